"""The four models of the family, and what one particular meter is: nameplate, mounting, settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, IntFlag

from . import noise
from .energy import Schedule


class Capability(IntFlag):
    """Capability bits of the identity block."""

    RELAY = 1
    PREPAY = 2
    HARMONICS = 4
    EXPORT = 8
    BATTERY = 16
    LOAD_PROFILE = 32
    FIRMWARE_UPDATE = 64
    STS_TOKEN = 128


class Model(IntEnum):
    """Model codes of the identity block."""

    DDS100 = 101
    DDSY100 = 102
    DTS300 = 301
    DTSY300 = 302

    @property
    def phases(self) -> int:
        """1 or 3."""
        return 3 if self >= Model.DTS300 else 1

    @property
    def capabilities(self) -> Capability:
        """What every meter of the model can do."""
        return _CAPABILITIES[self]


_CAPABILITIES = {
    Model.DDS100: Capability.BATTERY | Capability.LOAD_PROFILE | Capability.FIRMWARE_UPDATE,
    Model.DDSY100: ~Capability.EXPORT,
    Model.DTS300: Capability.HARMONICS
    | Capability.EXPORT
    | Capability.BATTERY
    | Capability.LOAD_PROFILE
    | Capability.FIRMWARE_UPDATE,
    Model.DTSY300: ~Capability(0),
}

FOUR_TARIFFS = Schedule(
    weekday=((0, 1), (360, 2), (1020, 3), (1260, 4)),
    saturday=((0, 1), (420, 2), (1320, 4)),
    sunday=((0, 1), (480, 4)),
)
"""Night, day, peak, evening."""

SIX_TARIFFS = Schedule(
    weekday=((0, 1), (360, 2), (1020, 3), (1260, 4)),
    saturday=((0, 1), (420, 5), (1080, 6), (1320, 1)),
    sunday=((0, 1), (480, 5), (1080, 6), (1320, 1)),
)
"""As four, and day and evening of the weekend."""

EIGHT_TARIFFS = Schedule(
    weekday=((0, 1), (300, 2), (480, 3), (720, 4), (1020, 3), (1260, 2)),
    saturday=((0, 5), (360, 6), (1200, 5)),
    sunday=((0, 7), (480, 8), (1200, 7)),
)
"""For a business that knows what it does when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nameplate:
    """What is printed on a meter, and what it can do."""

    model: Model
    """Which of the four."""

    serial: str
    """Serial number, at most 12 ASCII characters."""

    firmware: tuple[int, int, int] = (1, 4, 2)
    """Major, minor, patch."""

    hardware: int = 3
    """Hardware revision."""

    tariffs: int = 4
    """Number of tariffs, 4..8."""

    rated_voltage: float = 230.0
    """V, phase to neutral."""

    max_current: float = 60.0
    """A, primary."""

    ct_ratio: int = 1
    """Current transformer ratio, already applied to every value."""

    pt_ratio: int = 1
    """Voltage transformer ratio, likewise."""

    thermometer: bool = True
    """Whether the temperature sensor is fitted."""

    def __post_init__(self) -> None:
        """Refuse what does not fit the register map.

        Raises ``ValueError``.
        """
        if not 1 <= len(self.serial) <= 12 or not self.serial.isascii():
            raise ValueError(f"serial {self.serial!r} is not 1 to 12 ASCII characters")
        if not 4 <= self.tariffs <= 8:
            raise ValueError(f"a meter has 4 to 8 tariffs, not {self.tariffs}")

    @property
    def firmware_text(self) -> str:
        """Version as delivered, "major.minor.patch"."""
        return ".".join(map(str, self.firmware))

    @property
    def key(self) -> int:
        """What unlocks it: eight digits, the same for ever, and in no register."""
        return 10_000_000 + noise.choice(noise.key(0, "unlock", self.serial), 0, 90_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mounting:
    """Where and when a meter was mounted."""

    unit_id: int
    """Its unit id on the line, 1..247."""

    phases: tuple[int, ...]
    """Phases of the feeder, 0..2, that it is connected to."""

    installed: int
    """First day, counted from 1970-01-01."""

    utc_offset: int = 0
    """Seconds from UTC to its own time, which knows no daylight saving."""

    initial_import: float = 0.0
    """kWh of tariff 1 that were on the counter on the first day."""

    turnaround: float | None = None
    """Seconds before it answers; None for that of the line."""

    drift: float = 0.0
    """Seconds a day by which its clock is fast."""

    label: str = ""
    """Where it hangs, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be set on a meter."""

    reporting_interval: int = 5
    """Seconds between two samples."""

    load_profile_interval: int = 15
    """Minutes of one load profile entry."""

    alarms: tuple[float, float] = (5.0, 2.0)
    """Balance below which alarm 1 (low) and alarm 2 (very low) come, in the currency."""

    overdraft_limit: float = 1.0
    """How far the balance may fall below zero, in the currency."""

    prices: tuple[float, ...] = (0.19, 0.28, 0.36, 0.27, 0.25, 0.29, 0.22, 0.24)
    """Per kWh of tariff 1..8, in the currency."""

    schedule: Schedule = field(default=FOUR_TARIFFS)
    """Day tables."""

    currency: int = 978
    """ISO 4217 number."""

    credit_mode: int = 0
    """0: credit is money, 1: credit is kWh."""

    @property
    def rates(self) -> tuple[float, ...]:
        """What a kWh of tariff 1..8 takes from the credit."""
        return (1.0,) * len(self.prices) if self.credit_mode else self.prices
