"""Faults that can be switched on and off while the line runs, per meter or for all of it.

Electrical faults are felt by the physics (a leak draws power, is metered and pulls the voltage
down); faults of meter and line are felt by whoever talks to them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class FaultKind(StrEnum):
    """What can go wrong; the value is the word on the command line."""

    VOLTAGE_SAG = "voltage_sag"
    VOLTAGE_SWELL = "voltage_swell"
    PHASE_IMBALANCE = "phase_imbalance"
    PHASE_LOSS = "phase_loss"
    ZERO_CURRENT = "zero_current"
    OVERLOAD = "overload"
    LEAK = "leak"
    STUCK_APPLIANCE = "stuck_appliance"
    METER_DEAD = "meter_dead"
    METER_FROZEN = "meter_frozen"
    CRC_ERRORS = "crc_errors"
    DROPPED_BYTES = "dropped_bytes"
    LATE_REPLIES = "late_replies"
    FOREIGN_SERIAL = "foreign_serial"
    DUPLICATE_UNIT_ID = "duplicate_unit_id"
    ECHO = "echo"
    UNPLUGGED = "unplugged"
    RELAY_STUCK = "relay_stuck"
    COVER_OPENED = "cover_opened"
    BUSY = "busy"
    LOST_REQUESTS = "lost_requests"
    LOST_REPLIES = "lost_replies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Magnitude:
    """What the number of a fault means and may be."""

    default: float
    """Taken when none is given."""

    low: float
    """Smallest allowed."""

    high: float
    """Largest allowed."""

    meaning: str
    """For people."""

    whole: bool = False
    """Whether it counts or numbers something."""


MAGNITUDES: Final[dict[FaultKind, Magnitude]] = {
    FaultKind.VOLTAGE_SAG: Magnitude(
        default=0.25, low=0, high=0.95, meaning="share of the voltage that is lost"
    ),
    FaultKind.VOLTAGE_SWELL: Magnitude(
        default=0.15, low=0, high=1, meaning="share of the voltage that is added"
    ),
    FaultKind.PHASE_IMBALANCE: Magnitude(default=0.2, low=0, high=0.9, meaning="unbalance of the voltages"),
    FaultKind.PHASE_LOSS: Magnitude(default=1, low=1, high=3, meaning="number of the phase", whole=True),
    FaultKind.OVERLOAD: Magnitude(default=1.2, low=0, high=6, meaning="current as a multiple of the maximum"),
    FaultKind.LEAK: Magnitude(default=300, low=0, high=20000, meaning="W"),
    FaultKind.STUCK_APPLIANCE: Magnitude(default=2000, low=0, high=20000, meaning="W"),
    FaultKind.CRC_ERRORS: Magnitude(default=0.2, low=0, high=1, meaning="share of the replies"),
    FaultKind.DROPPED_BYTES: Magnitude(default=0.2, low=0, high=1, meaning="share of the replies"),
    FaultKind.LATE_REPLIES: Magnitude(default=0.5, low=0, high=60, meaning="s"),
    FaultKind.BUSY: Magnitude(
        default=2, low=0, high=3600, meaning="s from now on in which every request is refused"
    ),
    FaultKind.LOST_REQUESTS: Magnitude(
        default=0.2, low=0, high=1, meaning="share of the requests that the meter does not hear"
    ),
    FaultKind.LOST_REPLIES: Magnitude(
        default=0.2, low=0, high=1, meaning="share of the replies that nobody hears"
    ),
    FaultKind.FOREIGN_SERIAL: Magnitude(
        default=0,
        low=0,
        high=247,
        meaning="unit whose serial number is shown, 0 for a stranger's",
        whole=True,
    ),
}
"""Faults that take a number; the others are on or off."""

LINE_ONLY: Final = frozenset({FaultKind.ECHO, FaultKind.UNPLUGGED})
UNIT_ONLY: Final = frozenset({FaultKind.FOREIGN_SERIAL, FaultKind.DUPLICATE_UNIT_ID})

ELECTRICAL: Final = frozenset(
    {
        FaultKind.VOLTAGE_SAG,
        FaultKind.VOLTAGE_SWELL,
        FaultKind.PHASE_IMBALANCE,
        FaultKind.PHASE_LOSS,
        FaultKind.ZERO_CURRENT,
        FaultKind.OVERLOAD,
        FaultKind.LEAK,
        FaultKind.STUCK_APPLIANCE,
        FaultKind.METER_DEAD,
    }
)
"""Faults that change what a meter measures or counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault at one place."""

    kind: FaultKind
    """What."""

    unit: int | None = None
    """Unit id, or None for every meter of the line (or the line itself)."""

    magnitude: float | None = None
    """How much, see ``MAGNITUDES``; None for the default."""

    def __post_init__(self) -> None:
        """Refuse what makes no sense.

        Raises ``ValueError`` that says what would.
        """
        if self.kind in LINE_ONLY and self.unit is not None:
            raise ValueError(f"{self.kind} is a fault of the whole line: leave out the unit")
        if self.kind in UNIT_ONLY and self.unit is None:
            raise ValueError(f"{self.kind} needs a unit, for example {self.kind}:1")
        if self.unit is not None and not 1 <= self.unit <= 247:
            raise ValueError(f"unit {self.unit} is not a unit id: use 1 to 247")
        if self.magnitude is None:
            return
        limits = MAGNITUDES.get(self.kind)
        if limits is None:
            raise ValueError(f"{self.kind} takes no value, it is on or off")
        if not limits.low <= self.magnitude <= limits.high or (limits.whole and self.magnitude % 1):
            number = "whole number" if limits.whole else "value"
            raise ValueError(
                f"{self.kind} takes a {number} from {limits.low:g} to {limits.high:g} "
                f"({limits.meaning}), not {self.magnitude:g}"
            )

    @property
    def size(self) -> float:
        """The magnitude, or its default; 0 for faults that have none."""
        if self.magnitude is not None:
            return self.magnitude
        limits = MAGNITUDES.get(self.kind)
        return limits.default if limits else 0.0

    def verify_there(self, units: Collection[int]) -> None:
        """Raises ``ValueError`` when it is for a meter that is none of ``units``."""
        if self.unit is not None and self.unit not in units:
            raise ValueError(
                f"{self.kind} is for a meter that is not there: use a unit from {min(units)} to "
                f"{max(units)}, or leave it out for all meters"
            )

    @classmethod
    def parse(cls, text: str) -> Fault:
        """A fault from ``KIND[:UNIT][=VALUE]``, as typed on a command line.

        Raises ``ValueError`` that names what is allowed.
        """
        head, _, value = text.partition("=")
        word, _, unit = head.partition(":")
        try:
            kind = FaultKind(word.strip().lower().replace("-", "_"))
        except ValueError:
            kinds = ", ".join(FaultKind)
            raise ValueError(f"unknown fault {word!r}: use one of {kinds}") from None
        if ("=" in text and not value) or (":" in head and not unit):
            raise ValueError(
                f"{text!r} is cut short: write KIND[:UNIT][=VALUE], for example voltage_sag:3=0.25"
            )
        try:
            number = int(unit) if unit else None
            magnitude = float(value) if value else None
        except ValueError:
            raise ValueError(
                f"{text!r} is not KIND[:UNIT][=VALUE] with numbers, for example voltage_sag:3=0.25"
            ) from None
        return cls(kind=kind, unit=number, magnitude=magnitude)


class FaultBoard:
    """The switches: at most one fault of a kind at a place."""

    def __init__(self) -> None:
        """Begin with everything in order."""
        self._active: dict[tuple[FaultKind, int | None], Fault] = {}
        self._before: list[Callable[[], None]] = []
        self._after: list[Callable[[], None]] = []

    def __iter__(self) -> Iterator[Fault]:
        """The active faults."""
        return iter(list(self._active.values()))

    def watch(self, *, before: Callable[[], None], after: Callable[[], None]) -> None:
        """Be told right before and right after every change, to settle accounts."""
        self._before.append(before)
        self._after.append(after)

    def set(self, fault: Fault) -> None:
        """Switch a fault on, or change its magnitude."""
        with _Change(self._before, self._after):
            self._active[fault.kind, fault.unit] = fault

    def clear(self, kind: FaultKind | None = None, unit: int | None = None) -> None:
        """Switch off one fault; without a unit all of that kind, without a kind all."""
        gone = [
            place
            for place in self._active
            if (kind is None or place[0] is kind) and (unit is None or place[1] == unit)
        ]
        if gone:
            with _Change(self._before, self._after):
                for place in gone:
                    del self._active[place]

    def of_unit(self, kind: FaultKind, unit: int) -> Fault | None:
        """The fault that was set for this very unit."""
        return self._active.get((kind, unit))

    def of_line(self, kind: FaultKind) -> Fault | None:
        """The fault that was set for the whole line."""
        return self._active.get((kind, None))

    def on(self, kind: FaultKind, unit: int) -> Fault | None:
        """The fault as this unit feels it: its own before that of the line."""
        return self.of_unit(kind, unit) or self.of_line(kind)

    def __bool__(self) -> bool:
        """Whether anything is wrong."""
        return bool(self._active)


class _Change:
    """Brackets one change with the watchers' calls."""

    def __init__(self, before: list[Callable[[], None]], after: list[Callable[[], None]]) -> None:
        self._calls = before, after

    def __enter__(self) -> None:
        for call in self._calls[0]:
            call()

    def __exit__(self, *_: object) -> None:
        for call in self._calls[1]:
            call()
