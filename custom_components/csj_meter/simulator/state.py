"""What has happened to a meter and cannot be told from its seed: commands, money, switching.

Plain data, so that it can be kept in a file. The physics stays a function of seed and time; what
is here is replayed on it: contact changes gate the load, postings carry the balance on. Lists
are bounded, what is older is blurred into a starting point.

Times are in s since 1970-01-01, UTC, unless a field says that they are the meter's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Self, cast

from .energy import Schedule
from .models import Settings
from .plain import Plain, from_plain, to_plain

KEPT_EVENTS: Final = 200
"""Twice what the event log shows."""

KEPT_POSTINGS: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterEvent:
    """One entry of the event log."""

    time: int
    """When it happened."""

    code: int
    """1 power up, 2 power down, 3 cover opened, 4 relay opened, 5 relay closed, 6 top-up, 7 settings
    changed, 8 sag, 9 swell, 10 firmware updated, 11 clock set."""

    value: int
    """Cause for 4, whole currency for 6, first register for 7, 0.1 V for 8 and 9, major and minor
    version for 10, otherwise 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChange:
    """The relay's contact has moved."""

    time: float
    """When, in the meter's own time."""

    closed: bool
    """Where it is since then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChange:
    """Other day tables, or another idea of the time of day."""

    time: float
    """From when on, in the meter's own time; a whole minute."""

    schedule: Schedule
    """Day tables."""

    shift: int
    """Minutes by which its clock is fast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSetting:
    """The clock has been set."""

    time: float
    """When."""

    offset: float
    """Seconds by which it was fast after that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """The account right after something has changed it."""

    time: float
    """When, in the meter's own time."""

    balance: float
    """In the currency."""

    top_up_count: int
    """Number of top-ups."""

    last_top_up: float
    """Amount of the last one."""

    prices: tuple[float, ...]
    """Per kWh of tariff 1..8, from then on."""

    counters: tuple[float, ...]
    """Imports of tariff 1..8 at that time, kWh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """Where the numbering of samples goes on from."""

    since: float = 0.0
    """Samples on the grid of the reporting interval count from here on."""

    shown: float = 0.0
    """When the sample was taken that shows until the first of them."""

    sequence: int = 0
    """The number of that sample, before it wraps."""


@dataclass(slots=True, kw_only=True)
class Transfer:
    """New firmware on its way into the meter."""

    size: int = 0
    """Bytes of the image."""

    crc: int = 0
    """Its CRC-32."""

    phase: int = 0
    """What holding 0x0545 says, see ``firmware.Phase``."""

    until: float = 0.0
    """When the verification is through."""

    image: bytearray = field(default_factory=bytearray)
    """What has been received; zeros where nothing has."""


@dataclass(slots=True, kw_only=True)
class MeterState:
    """All that a meter has to remember; a new one has lived by its seed alone."""

    unit_id: int | None = None
    """Unit id, None as mounted."""

    settings: Settings | None = None
    """None as delivered."""

    speed: int | None = None
    """Line speed that it speaks at, None for that of its line."""

    parity: str | None = None
    """Likewise."""

    next_speed: int | None = None
    """From the next start on."""

    next_parity: str | None = None
    """Likewise."""

    settled_at: float | None = None
    """Until when everything is worked out, in the meter's own time."""

    started_at: float | None = None
    """The last start that its seed does not know."""

    answers_from: float = 0.0
    """It is silent before."""

    sampling: Sampling = Sampling()
    """How samples are numbered."""

    profile_since: float | None = None
    """Start of the first load profile entry, None for the installation."""

    unlocked_until: float = 0.0
    """Settings and commands are open before."""

    wrong_keys: int = 0
    """In a row."""

    locked_out_until: float = 0.0
    """No key is looked at before."""

    clocks: list[ClockSetting] = field(default_factory=list)
    """Oldest first; the last one counts."""

    calendar: list[CalendarChange] = field(default_factory=list)
    """Oldest first."""

    contact: list[ContactChange] = field(default_factory=list)
    """Oldest first."""

    carried: tuple[float, ...] = ()
    """What forgotten contact and calendar changes have made of the 18 counters."""

    relay_mode: int = 0
    """0 automatic, 1 forced closed, 2 forced open."""

    relay_cause: int = 0
    """Why the contact is open, 0 when it is not."""

    overloaded: bool = False
    """The relay has opened for an overload, and nobody has looked after it."""

    cover_opened: bool = False
    """The cover has been opened, and nobody has looked after it."""

    mirrored_at: float = 0.0
    """When account or relay last changed: the prepayment block shows that at once."""

    postings: list[Posting] = field(default_factory=list)
    """Oldest first; empty while the account is that of the seed."""

    habits_end: float | None = None
    """The people of the seed do not top up any more after that, in the meter's own time; None: they do."""

    credited: int = 0
    """All that has been credited through the line, 0.01."""

    tokens: list[int] = field(default_factory=list)
    """Numbers of the last tokens, rising."""

    token_result: int = 0
    """What became of the last one."""

    firmware: tuple[int, int, int] | None = None
    """Major, minor, patch; None as delivered."""

    transfer: Transfer = field(default_factory=Transfer)
    """Firmware on its way."""

    events: list[MeterEvent] = field(default_factory=list)
    """What has happened, in order; the invented past is in the event log."""

    forgotten_events: int = 0
    """How many more there were."""

    extra_times: list[float] = field(default_factory=list)
    """Points of the energy that faults have made, in the meter's own time."""

    extra_points: list[tuple[float, ...]] = field(default_factory=list)
    """18 counters each."""

    def log(self, event: MeterEvent) -> None:
        """Add to the event log."""
        self.events.append(event)
        if (surplus := len(self.events) - KEPT_EVENTS) > 0:
            del self.events[:surplus]
            self.forgotten_events += surplus

    def post(self, posting: Posting) -> None:
        """Add to the account."""
        self.postings.append(posting)
        del self.postings[:-KEPT_POSTINGS]

    def as_dict(self) -> dict[str, Plain]:
        """Plain data, for a file."""
        return cast("dict[str, Plain]", to_plain(self))

    @classmethod
    def from_dict(cls, plain: object) -> Self:
        """The state that became ``plain``. Raises ``ValueError`` when it is none."""
        return from_plain(cls, plain)
