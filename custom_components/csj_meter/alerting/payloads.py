"""A message as the action of Home Assistant that sends it: which action, and its data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
import datetime as dt
from types import MappingProxyType
from typing import Any, Final

from homeassistant.components.notify.const import DOMAIN as NOTIFY, NotifyEntityFeature
from homeassistant.const import ATTR_SUPPORTED_FEATURES
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.network import NoURLAvailableError, get_url

from ..alerts.alert import Alert
from ..alerts.alert_html import alert_html
from ..alerts.desk import Desk
from ..alerts.message import Message, Reason
from ..alerts.settings import Channel, Medium
from ..alerts.waits import TOO_OLD
from ..alerts.wording import Wording, as_sentence, short
from ..anomaly.kinds import SEVERITIES, Severity
from ..const import DOMAIN
from ..language.texts import Texts
from .channel_users import ACKNOWLEDGE, FALSE_ALARM
from .letters import Text
from .names import path_of

CLEAR: Final = "clear_notification"
"""Text that takes a notification of the app away."""

HELD: Final = int(TOO_OLD.total_seconds())
"""Seconds for which the makers of telephones keep what cannot be delivered yet: as long as it is of use."""

_IMPORTANCE: Final = MappingProxyType(
    {Severity.CRITICAL: "high", Severity.WARNING: "default", Severity.INFO: "low"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An action of Home Assistant."""

    domain: str
    action: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message with all that it tells of."""

    message: Message
    alerts: Sequence[Alert]
    """The worst first."""

    members: Mapping[str, Sequence[Alert]] = field(default_factory=dict)
    """Id of an area alert -> its members."""

    now: dt.datetime
    """UTC."""

    text: Text | None = None
    """What is said where it is about no alert: the weekly summary."""


def letter_of(desk: Desk, channel: Channel, message: Message, text: Text | None, now: dt.datetime) -> Letter:
    """A message with all that it tells of; of a circuit, only the meters that are the reader's business."""
    found = [alert for one in message.alerts if (alert := desk.find(one)) is not None]
    alerts = sorted(found, key=lambda alert: (-SEVERITIES.index(alert.severity), alert.raised_at))
    members = {
        alert.id: [one for one in desk.members_of(alert) if channel.covers(one.serial, one.circuit)]
        for alert in alerts
        if alert.is_area
    }
    return Letter(message=message, alerts=alerts, members=members, now=now, text=text)


def call_of(
    hass: HomeAssistant, channel: Channel, letter: Letter, wording: Wording, buttons: Collection[str]
) -> Call:
    """The action that sends a message over a channel. ``buttons``: those that its reader may press."""
    said = letter.text
    title = wording.message_title(letter.message, letter.alerts, channel.name) if said is None else said.title
    # a mail has one line for it, and no name keeps a mail from being sent
    title = " ".join(title.split())
    text = _text(channel, letter, wording)
    if channel.medium is Medium.SMS:
        return _notify(hass, channel, _sms(letter, wording, title, text), None)
    heading: str | None = title
    if _shows_no_title(hass, channel):
        both = (as_sentence(wording.texts, title), text)
        text = "\n".join(both) if "\n" in text else wording.texts.sentences(both)
        heading = None
    match channel.medium:
        case Medium.EMAIL:
            html = _alert_html(hass, channel, letter, wording) if said is None else said.html
            return _mail(hass, channel, heading, text, html)
        case Medium.PUSH:
            return _push(hass, channel, heading, text, letter, wording.texts, buttons)
    return _notify(hass, channel, text, heading)


def _text(channel: Channel, letter: Letter, wording: Wording) -> str:
    said = letter.text
    if said is None:
        return wording.message_text(letter.message, letter.alerts, letter.now, letter.members)
    # a telephone shows a few lines, and the app takes no more than 4 kB
    is_long = channel.medium in (Medium.EMAIL, Medium.MESSAGE)
    return said.text if is_long else said.short or said.text.partition("\n\n")[0]


def _sms(letter: Letter, wording: Wording, title: str, text: str) -> str:
    if letter.text is None:
        return wording.sms(letter.message, letter.alerts, letter.now)
    return letter.text.sms or short(wording.texts, title, text)


def _alert_html(hass: HomeAssistant, channel: Channel, letter: Letter, wording: Wording) -> str:
    path = path_of(hass, letter.alerts[0] if len(letter.alerts) == 1 else None)
    return alert_html(
        wording,
        letter.message,
        letter.alerts,
        letter.members,
        letter.now,
        channel=channel.name,
        open_url=address_of(hass, path) if letter.alerts else None,
    )


def address_of(hass: HomeAssistant, path: str) -> str | None:
    """The whole address of a page of this Home Assistant; None where it does not know its own."""
    try:
        return f"{get_url(hass, prefer_external=True)}{path}"
    except NoURLAvailableError:
        return None


def exists(hass: HomeAssistant, channel: Channel) -> bool:
    """Whether the notify entity or action of a channel is there."""
    return _is_entity(hass, channel) or hass.services.has_service(
        NOTIFY, channel.target.removeprefix("notify.")
    )


def _is_entity(hass: HomeAssistant, channel: Channel) -> bool:
    return hass.states.get(channel.target) is not None


def _shows_no_title(hass: HomeAssistant, channel: Channel) -> bool:
    """Whether a channel is an entity that leaves titles out: then the text must say it all."""
    state = hass.states.get(channel.target)
    if state is None:
        return False
    return not state.attributes.get(ATTR_SUPPORTED_FEATURES, 0) & NotifyEntityFeature.TITLE


def _notify(
    hass: HomeAssistant, channel: Channel, text: str, title: str | None, data: Mapping[str, Any] | None = None
) -> Call:
    body: dict[str, Any] = {"message": text}
    if title is not None:
        body["title"] = title
    if _is_entity(hass, channel):
        return Call(domain=NOTIFY, action="send_message", data={"entity_id": channel.target, **body})
    if channel.address is not None:
        body["target"] = [channel.address]
    if data:
        body["data"] = dict(data)
    return Call(domain=NOTIFY, action=channel.target.removeprefix("notify."), data=body)


def _mail(hass: HomeAssistant, channel: Channel, title: str | None, text: str, html: str) -> Call:
    entity = er.async_get(hass).async_get(channel.target)
    if entity is not None and entity.platform == "smtp" and hass.services.has_service("smtp", "send_message"):
        data = {"entity_id": channel.target, "title": title, "message": text, "html": html}
        return Call(domain="smtp", action="send_message", data=data)
    return _notify(hass, channel, text, title, {"html": html})


def _push(
    hass: HomeAssistant,
    channel: Channel,
    title: str | None,
    text: str,
    letter: Letter,
    texts: Texts,
    buttons: Collection[str],
) -> Call:
    message = letter.message
    tag = _tag(message)
    path = path_of(hass, letter.alerts[0] if len(letter.alerts) == 1 else None)
    if message.reason is Reason.JOINED:
        return _notify(hass, channel, CLEAR, None, {"tag": tag})
    critical = message.severity is Severity.CRITICAL and message.sounds
    data: dict[str, Any] = {
        "tag": tag,
        "group": DOMAIN,
        "url": path,
        "clickAction": path,
        "channel": "CSJ Meter critical" if critical else "CSJ Meter",
        "importance": _IMPORTANCE.get(message.severity or Severity.INFO, "default"),
        "notification_icon": "mdi:meter-electric",
    }
    if message.sounds or message.reason is Reason.TEST:
        # at once, also while the telephone sleeps; and when it has no network, as soon as it has
        data |= {"ttl": HELD, "priority": "high"}
    if critical:
        # Android: the alarm stream sounds although the phone is silent; iOS: a critical alert
        data |= {"media_stream": "alarm_stream"}
        data["push"] = {
            "sound": {"name": "default", "critical": 1, "volume": 1.0},
            "interruption-level": "critical",
        }
    elif not message.sounds:
        data |= {"alert_once": True, "importance": "low"}
        data["push"] = {"sound": "none", "interruption-level": "passive"}
    elif message.severity is Severity.WARNING:
        data["push"] = {"interruption-level": "time-sensitive"}
    if message.sounds and any(alert.is_active for alert in letter.alerts):
        known = (
            (ACKNOWLEDGE, {"title": texts("buttons.acknowledge")}),
            (FALSE_ALARM, {"title": texts("buttons.false_alarm"), "destructive": True}),
        )
        data["actions"] = [
            *({"action": f"{name}:{message.id}", **button} for name, button in known if name in buttons),
            {"action": "URI", "title": texts("buttons.open"), "uri": path},
        ]
    if message.drill:
        data["subtitle"] = texts("messages.drill")
    return _notify(hass, channel, text, title, data)


def _tag(message: Message) -> str:
    """By it an update takes the place of what was shown before."""
    return f"{DOMAIN}_{message.alerts[0] if len(message.alerts) == 1 else message.id}"
