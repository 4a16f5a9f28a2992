"""Who is told what, how and when: settings of the site.

``AlertSettings.from_dict`` is the door for what people write; it says where something is wrong and what would
be right.
"""

from __future__ import annotations

from dataclasses import dataclass, field
import datetime as dt
from enum import StrEnum
import re
from typing import Any, Final, Self
from urllib.parse import urlsplit

from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from ..anomaly.kinds import Kind, Severity
from .settings_shape import SettingError, decoded

LONGEST_NAME: Final = 100
_TARGET: Final = re.compile(r"notify\.[a-z0-9_]+")
MOST_CHANNELS: Final = 100
MOST_ROUTES: Final = 100
MOST_LEVELS: Final = 2
"""How often an alert can escalate."""

LONGEST_SHELF: Final = dt.timedelta(days=7)
"""Nobody forgets an alert for longer."""


class AlertSettingsError(SettingError):
    """A setting of alerts that makes no sense."""


class Medium(StrEnum):
    """By what somebody is told."""

    PUSH = "push"
    """Notification of the Home Assistant app: an update replaces it, and it has buttons."""

    SMS = "sms"
    """A text of 160 characters."""

    EMAIL = "email"
    """A mail with HTML and plain text."""

    MESSAGE = "message"
    """Title and text through any notify entity or action: a chat, a speaker, a display."""

    WEBHOOK = "webhook"
    """A signed call of the technicians' own system; it is set up with the work orders."""


IDEMPOTENT: Final = frozenset({Medium.PUSH, Medium.WEBHOOK})
"""Media where the same message a second time takes the place of the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way to one person."""

    id: str
    """Never changes."""

    name: str
    """What people call it: "Anna's phone"."""

    medium: Medium
    target: str
    """Notify entity, or notify action such as ``notify.mobile_app_phone``."""

    person: str
    """Who reads it. Limits count for the person, whatever the channel."""

    address: str | None = None
    """Telephone number or mail address, for a target that serves many."""

    meters: tuple[str, ...] = ()
    """Serial numbers of the meters it is told about; empty for all of them."""

    circuits: tuple[str, ...] = ()
    """Circuits it is told about besides; empty for all when ``meters`` is empty as well."""

    fallback: str | None = None
    """Id of the channel that takes over when this one fails."""

    quiet: bool = True
    """Whether quiet hours hold for it."""

    user: str | None = None
    """Id of the user of Home Assistant whose phone it is; None where nobody has said so."""

    def __post_init__(self) -> None:
        for name in ("id", "name", "target", "person"):
            value = getattr(self, name)
            if not 0 < len(value) <= LONGEST_NAME or not value.isprintable() or value != value.strip():
                raise AlertSettingsError(name, "nameless")
        if _TARGET.fullmatch(self.target) is None:
            raise AlertSettingsError("target", "no_notify")
        if self.address is not None and (
            not 0 < len(self.address) <= LONGEST_NAME or not self.address.isprintable()
        ):
            raise AlertSettingsError("address", "nameless")
        if self.user is not None and not (0 < len(self.user) <= LONGEST_NAME and self.user.isprintable()):
            raise AlertSettingsError("user", "cannot_be")
        if self.medium is Medium.EMAIL and self.address is not None and "@" not in self.address:
            raise AlertSettingsError("address", "no_mail_address")

    def covers(
        self, serial: str | None, circuit: str | None, member_serials: frozenset[str] = frozenset()
    ) -> bool:
        """Whether it is told of a meter, or of a circuit with these meters."""
        if not self.meters and not self.circuits:
            return True
        if circuit is not None and circuit in self.circuits:
            return True
        return serial in self.meters or not member_serials.isdisjoint(self.meters)


WORK_ORDERS: Final = Channel(
    id="work_orders",
    name="Work orders",
    medium=Medium.WEBHOOK,
    target="notify.work_orders",
    person="Work orders",
    quiet=False,
)
"""The channel of the webhook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One line of the routing table: alerts of these go to those. All lines that fit count."""

    severities: tuple[Severity, ...]
    channels: tuple[str, ...]
    """Ids of channels."""

    kinds: tuple[Kind, ...] = ()
    """Empty for all."""

    meters: tuple[str, ...] = ()
    """Serial numbers; empty for all."""

    circuits: tuple[str, ...] = ()
    """Empty for all."""

    level: int = 0
    """0: at once; 1 and more: when it has escalated so often."""

    def __post_init__(self) -> None:
        if not self.severities:
            raise AlertSettingsError("severities", "empty")
        if not 0 <= self.level <= MOST_LEVELS:
            raise AlertSettingsError("level", "out_of_range")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """When nobody is woken for less than something critical; by the clock on the wall."""

    start: dt.time = dt.time(22)
    end: dt.time = dt.time(7)
    enabled: bool = False

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            if getattr(self, name).tzinfo is not None:
                raise AlertSettingsError(name, "cannot_be")


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """When others are told because nobody has acknowledged."""

    after: tuple[int, ...] = (10, 30)
    """Minutes after the confirmation, one a level."""

    severities: tuple[Severity, ...] = (Severity.CRITICAL,)

    def __post_init__(self) -> None:
        if len(self.after) > MOST_LEVELS:
            raise AlertSettingsError("after", "too_many")
        if any(not 1 <= minutes <= 24 * 60 for minutes in self.after) or sorted(set(self.after)) != list(
            self.after
        ):
            raise AlertSettingsError("after", "not_ascending")


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodControl:
    """How much a person and a list can bear."""

    most_per_hour: int = 12
    """Messages that make a sound, for one person; what is more comes together in one."""

    chattering_count: int = 3
    """Confirmations within ``chattering_minutes`` from which an alert counts as chattering."""

    chattering_minutes: int = 60
    shelve_minutes: int = 60
    """How long what chatters is shelved."""

    def __post_init__(self) -> None:
        for name, low, high in (
            ("most_per_hour", 4, 120),
            ("chattering_count", 2, 60),
            ("chattering_minutes", 1, 24 * 60),
            ("shelve_minutes", 1, 24 * 60),
        ):
            if not low <= getattr(self, name) <= high:
                raise AlertSettingsError(name, "out_of_range", f"{low} … {high}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarySettings:
    """The weekly summary."""

    weekday: int = 0
    """0 = Monday."""

    hour: int = 8
    channels: tuple[str, ...] = ()
    """Ids of the channels that get it; nobody does when empty."""

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise AlertSettingsError("weekday", "out_of_range", "0 … 6")
        if not 0 <= self.hour <= 23:
            raise AlertSettingsError("hour", "out_of_range", "0 … 23")


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSettings:
    """When work orders are opened, and where else they go."""

    severities: tuple[Severity, ...] = (Severity.CRITICAL,)
    """For these one is opened by itself."""

    webhook_url: str | None = field(default=None, repr=False)
    """Where each step of a work order is posted to; it may hold a token, so that it is never shown."""

    webhook_secret: str | None = field(default=None, repr=False)
    """Key of the signature."""

    def __post_init__(self) -> None:
        if self.webhook_url is not None and not _is_web_address(self.webhook_url):
            raise AlertSettingsError("webhook_url", "no_url")
        if self.webhook_url is not None and not self.webhook_secret:
            raise AlertSettingsError("webhook_secret", "no_secret")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """All of them."""

    channels: tuple[Channel, ...] = ()
    routes: tuple[Route, ...] = ()
    quiet_hours: QuietHours = QuietHours()
    escalation: Escalation = Escalation()
    flood: FloodControl = FloodControl()
    summary: SummarySettings = SummarySettings()
    tickets: TicketSettings = TicketSettings()

    def __post_init__(self) -> None:
        if len(self.channels) > MOST_CHANNELS or len(self.routes) > MOST_ROUTES:
            raise AlertSettingsError("channels", "too_many")
        known = {channel.id: channel for channel in self.channels}
        if len(known) != len(self.channels) or WORK_ORDERS.id in known:
            raise AlertSettingsError("channels", "twice")
        if len({channel.name for channel in self.channels}) != len(self.channels):
            raise AlertSettingsError("name", "name_taken")
        for asked in (*(route.channels for route in self.routes), self.summary.channels):
            if not set(asked) <= known.keys():
                raise AlertSettingsError("channels", "unknown_channel")
        for channel in self.channels:
            seen, fallback = {channel.id}, channel.fallback
            while fallback is not None:
                if fallback not in known:
                    raise AlertSettingsError("fallback", "unknown_channel")
                if fallback in seen:
                    raise AlertSettingsError("fallback", "fallback_in_circles")
                seen.add(fallback)
                fallback = known[fallback].fallback

    def channel(self, channel_id: str) -> Channel | None:
        """The channel of an id; ``WORK_ORDERS`` is there while they have a webhook."""
        if channel_id == WORK_ORDERS.id:
            return None if self.tickets.webhook_url is None else WORK_ORDERS
        return next((channel for channel in self.channels if channel.id == channel_id), None)

    @classmethod
    def from_dict(cls, stored: object) -> Self:
        """What ``as_dict`` gave or a person wrote. Raises AlertSettingsError."""
        settings: Self = decoded(stored, cls, _DECODER, AlertSettingsError)
        return settings

    def as_dict(self) -> dict[str, Any]:
        """For storage: plain data that ``from_dict`` takes."""
        stored: dict[str, Any] = _ENCODER.encode(self)
        for channel in stored["channels"]:
            if channel["user"] is None:  # releases before it was there refuse what they do not know
                del channel["user"]
        return stored


def _is_web_address(text: str) -> bool:
    """Whether it is an address of the web, with a host."""
    if not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or a host that cannot be
        return False


_DECODER: Final = BasicDecoder(AlertSettings)
_ENCODER: Final = BasicEncoder(AlertSettings)
