"""A mail about alerts, as HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
import datetime as dt
from typing import Final

from ..language.dates import clock
from ..language.texts import Texts
from . import mail
from .alert import Alert
from .mail_wording import measured, moment, seen_since, standing, usual
from .message import AFTERWARDS, Message, Reason
from .wording import Wording

MOST_SHOWN: Final = 20
"""Entries of a list; who gets more looks into Home Assistant."""

LONGEST_PREVIEW: Final = 200
"""No list of mails shows more."""

FULL_STOPS: Final = ".。"


def alert_html(
    wording: Wording,
    message: Message,
    alerts: Sequence[Alert],
    members: Mapping[str, Sequence[Alert]],
    now: dt.datetime,
    *,
    channel: str = "",
    open_url: str | None = None,
) -> str:
    """The whole mail; ``alerts``: those that the message tells of, the worst first.

    ``channel``: its name, which the title of a test has. ``open_url``: complete address in Home Assistant
    that its button leads to; without one there is none.
    """
    return mail.to_html(_AlertMail(wording, message, alerts, members, now).whole(channel, open_url))


def tone_of(alert: Alert) -> mail.Tone:
    """How bad it is, at a glance."""
    return mail.TONES[alert.severity] if alert.is_open else mail.Tone.OVER


def and_more(count: int, wording: Wording) -> Iterator[mail.Part]:
    """That a list goes on, where it does."""
    if (more := count - MOST_SHOWN) > 0:
        yield mail.Paragraph(wording.and_more(more), muted=True)


class _AlertMail:
    """One mail."""

    def __init__(
        self,
        wording: Wording,
        message: Message,
        alerts: Sequence[Alert],
        members: Mapping[str, Sequence[Alert]],
        now: dt.datetime,
    ) -> None:
        self._wording = wording
        self._message = message
        self._alerts = () if message.reason is Reason.TEST else tuple(alerts)
        self._members = members
        self._now = now

    def whole(self, channel: str, open_url: str | None) -> mail.Mail:
        """All of it."""
        wording, message = self._wording, self._message
        tone, label, heading = self._head()
        parts = list(self._parts())
        if open_url is not None:
            parts.append(mail.Button(wording.texts("buttons.open"), open_url, tone))
        return mail.Mail(
            language=wording.texts.language,
            title=wording.message_title(message, self._alerts, channel),
            preview=wording.message_text(message, self._alerts, self._now, self._members)[:LONGEST_PREVIEW],
            tone=tone,
            label=label,
            heading=heading,
            parts=parts,
            foot=wording.texts("mail.foot", at=moment(self._now, wording)),
        )

    def _head(self) -> tuple[mail.Tone, str, str]:
        """Tone, label and heading."""
        wording, texts = self._wording, self._wording.texts
        if not self._alerts:
            return mail.Tone.CALM, texts("mail.test_label"), texts("mail.test_heading")
        worst = self._alerts[0]
        tone = tone_of(worst)
        label = wording.severity(worst.severity) if worst.is_open else texts("standing.cleared")
        if self._message.drill:
            tone, label = mail.Tone.DRILL, f"{texts('messages.drill')} · {label}"
        if len(self._alerts) > 1:
            return tone, label, texts("mail.count_alerts", count=str(len(self._alerts)))
        return tone, label, wording.heading(worst)

    def _parts(self) -> Iterator[mail.Part]:
        texts = self._wording.texts
        if not self._alerts:
            yield mail.Paragraph(self._wording.message_text(self._message, (), self._now))
            return
        if self._message.drill:
            yield mail.Banner(texts("messages.drill"), texts("mail.drill_text"), mail.Tone.DRILL)
        if len(self._alerts) == 1:
            yield from self._one(self._alerts[0])
        else:
            yield from self._many()

    def _one(self, alert: Alert) -> Iterator[mail.Part]:
        wording, texts = self._wording, self._wording.texts
        why = wording.why(self._message.reason, alert, self._now)
        if not alert.is_open:
            yield mail.Paragraph(why or wording.how_it_ended(alert), strong=True)
        elif why:
            yield mail.Banner(why, "", tone_of(alert))
        yield mail.Paragraph(wording.seen(alert), strong=alert.is_open and not why)
        acts = alert.is_open and self._message.reason not in AFTERWARDS
        if acts and (action := wording.action(alert)):
            yield mail.Banner(texts("mail.action"), action, tone_of(alert))
        yield mail.Facts(self._facts(alert))
        if acts and (causes := wording.causes(alert)):
            yield mail.Section(texts("mail.causes"))
            yield mail.Bullets(causes)
        if members := self._members.get(alert.id, ()):
            yield from self._area(members)

    def _facts(self, alert: Alert) -> list[tuple[str, str]]:
        wording, texts = self._wording, self._wording.texts
        pairs = [
            ("measured", measured(alert, texts)),
            ("usual", usual(alert, wording)),
            ("phase", None if alert.finding.phase is None else f"{alert.finding.phase}"),
            ("since", moment(alert.since, wording)),
            ("scope", wording.scope(alert).rstrip(FULL_STOPS)),
            ("state", standing(alert, wording) if alert.is_open else None),
            ("work_order", alert.ticket),
        ]
        return [(texts(f"mail.{key}"), value) for key, value in pairs if value]

    def _area(self, members: Sequence[Alert]) -> Iterator[mail.Part]:
        wording, texts = self._wording, self._wording.texts
        meters = _by_meter(members, wording)
        yield mail.Section(texts("mail.members"))
        yield mail.Grid(
            [texts(f"mail.{key}") for key in ("meter", "measured", "since")],
            [
                (
                    wording.where(its[0]),
                    _measured_by(its, texts) or texts("figures.nothing"),
                    clock(texts, min(one.since for one in its).astimezone(wording.zone), self._now),
                )
                for its in meters[:MOST_SHOWN]
            ],
        )
        yield from and_more(len(meters), wording)

    def _many(self) -> Iterator[mail.Part]:
        wording = self._wording
        yield mail.Listing(
            [
                mail.Entry(
                    tone=tone_of(alert),
                    title=wording.title(alert),
                    text=seen_since(alert, wording),
                )
                for alert in self._alerts[:MOST_SHOWN]
            ]
        )
        yield from and_more(len(self._alerts), wording)


def _by_meter(members: Sequence[Alert], wording: Wording) -> list[list[Alert]]:
    """The members of a circuit, those of one meter together, by its phases; by the names of the meters."""
    meters: dict[str, list[Alert]] = {}
    for member in sorted(members, key=lambda member: (member.finding.phase or 0, member.id)):
        meters.setdefault(member.finding.serial, []).append(member)
    return sorted(meters.values(), key=lambda its: (wording.where(its[0]), its[0].finding.serial))


def _measured_by(its: Sequence[Alert], texts: Texts) -> str:
    """What one meter has measured, at each phase that shows it; the same figure once."""
    return ", ".join(dict.fromkeys(filter(None, (measured(one, texts) for one in its))))
