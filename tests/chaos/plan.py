"""What happens in a run, and when: a list that follows from a seed, made before anything happens."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
import random
from typing import Any, Final

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR

QUIET_START: Final = 1.0 * HOUR
"""Nothing happens before: meters are found, and tell what they have kept."""

LINES: Final = 3
SHORTEST: Final = 0.25
"""Days; less has no room for what must happen in a run."""
LONGEST: Final = 366.0

PREPAID: Final = (0, 1, 4)
THREE_PHASES: Final = (0, 2, 5)
"""Places among the six homes of the simulator."""

NOISE: Final = {
    "crc_errors": 0.25,
    "dropped_bytes": 0.25,
    "lost_requests": 0.2,
    "lost_replies": 0.2,
    "late_replies": 0.8,
}
"""Kinds of line noise, with what the simulator takes as their magnitude."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Disaster:
    """One thing that happens."""

    at: float
    """Seconds of true time after the beginning of the run."""

    kind: str
    """What; the methods of ``disasters`` have these names."""

    what: dict[str, Any] = field(default_factory=dict, compare=False)
    """Its details."""

    def __str__(self) -> str:
        days, rest = divmod(self.at, DAY)
        details = " ".join(f"{name}={value}" for name, value in self.what.items())
        return f"day {days:2.0f} {rest // HOUR:02.0f}:{rest % HOUR / 60:04.1f}  {self.kind:<12} {details}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """How large the site is."""

    meters: int
    lines: int = LINES
    reporting_interval: int = 60
    """Seconds between two samples of each meter."""

    def units(self, line: int) -> int:
        """Meters on a line: unit ids 1, 2, 3 ..."""
        return self.meters // self.lines + (line >= self.lines - self.meters % self.lines)

    def somebody(self, dice: random.Random, homes: Collection[int] = range(6)) -> dict[str, int]:
        """One meter; of these ``homes``, which the simulator builds again and again."""
        line = dice.randrange(self.lines)
        units = [unit for unit in range(1, self.units(line) + 1) if (unit - 1) % 6 in homes]
        return {"line": line, "unit": dice.choice(units)}


MOST_ATTEMPTS: Final = 100


class _Calendar:
    """Gives moments to disasters, so that what is expected of each can be told."""

    def __init__(self, dice: random.Random, end: float) -> None:
        self._dice = dice
        self._end = end
        self._taken: dict[object, list[tuple[float, float]]] = {}
        self.disasters: list[Disaster] = []

    def put(self, kind: str, seconds: float, what: dict[str, Any], *places: object, quiet: float = 0) -> bool:
        """Somewhere in the run where none of ``places`` is taken ``quiet`` s before and after.

        Where the run is too full for that, closer to the others, but never at the same time.
        """
        for attempt in range(MOST_ATTEMPTS):
            quiet *= 1 - attempt / MOST_ATTEMPTS
            at = round(self._dice.uniform(QUIET_START, self._end - seconds - quiet), 1)
            span = (at - quiet, at + seconds + quiet)
            if self._free(span, places):
                for place in places:
                    self._taken.setdefault(place, []).append(span)
                self.disasters.append(Disaster(at=at, kind=kind, what=what))
                return True
        return False

    def _free(self, span: tuple[float, float], places: tuple[object, ...]) -> bool:
        return all(
            span[1] <= since or until <= span[0]
            for place in places
            for since, until in self._taken.get(place, ())
        )


def plan(seed: int, site: Site, days: float) -> list[Disaster]:
    """Everything that happens in a run of so many days, in order; the same seed gives the same."""
    dice = random.Random(seed)
    calendar = _Calendar(dice, days * DAY)
    many = max(1.0, days)  # even the shortest run has one of each

    def times(a_day: float) -> range:
        return range(max(1, round(a_day * many)))

    def seconds(low: float, high: float) -> float:
        return round(60 * dice.uniform(low, high))

    _ends_of_lives(calendar, dice, many)
    for trouble in ("disk_full", "locked"):
        for _ in times(0.2):
            calendar.put(trouble, span := seconds(3, 90), {"for": span}, "disk", "home", quiet=0.3 * HOUR)
    for hours in (2, -0.1, -1, 5, -3)[: max(2, round(many / 5))]:
        calendar.put("clock", 0, {"by": round(hours * HOUR)}, "home", quiet=abs(hours) * HOUR + HOUR)
    for line in range(site.lines):
        for _ in times(0.3):
            calendar.put(
                "unplugged", span := seconds(1, 45), {"line": line, "for": span}, line, quiet=0.5 * HOUR
            )
        if line:
            for _ in times(0.3):
                calendar.put(
                    "gateway", span := seconds(0.2, 15), {"line": line, "for": span}, line, quiet=0.5 * HOUR
                )
        for kind, magnitude in NOISE.items():
            for _ in times(0.25):
                what = {"line": line, "fault": kind, "size": magnitude, "for": (span := seconds(5, 60))}
                calendar.put("noise", span, what, (line, "noise"))
    _faults(calendar, site, dice, many)
    _people(calendar, site, dice, many)
    return sorted(calendar.disasters)


def _ends_of_lives(calendar: _Calendar, dice: random.Random, many: float) -> None:
    """How Home Assistant ends, and for how long; rarely the disk does worse."""
    for kind, a_day in (("kill", 0.45), ("restart", 0.3), ("damage", 0.1)):
        for _ in range(max(1, round(a_day * many))):
            long = many > 2 and dice.random() < 0.25
            off = round(60 * (dice.uniform(60, 200) if long else dice.uniform(1, 20)))
            what = {"steps": dice.randrange(40)} if kind == "kill" else {}
            calendar.put(kind, off, what | {"off": off}, "home", quiet=HOUR)


def _faults(calendar: _Calendar, site: Site, dice: random.Random, many: float) -> None:
    """What befalls single meters, long enough for an alert each; the line carries what they say meanwhile."""
    a_day = site.meters / 12
    for kind, size, low, high in (
        ("voltage_sag", 0.3, 15, 60),
        ("voltage_swell", 0.16, 15, 60),
        ("phase_loss", 1, 15, 60),
        ("meter_dead", None, 15, 240),
        ("cover_opened", None, 15, 60),
    ):
        for _ in range(max(1, round(a_day * many / 5))):
            who = site.somebody(dice, THREE_PHASES if kind == "phase_loss" else range(6))
            span = round(60 * dice.uniform(low, high))
            what = who | {"fault": kind, "size": size, "for": span}
            place = (who["line"], who["unit"])
            # an alert needs half an hour on both sides, in which the line is well and the clock right
            calendar.put("fault", span, what, place, quiet=0.7 * HOUR)


def _people(calendar: _Calendar, site: Site, dice: random.Random, many: float) -> None:
    """What people do, and those who pay."""
    for _ in range(max(1, round(0.3 * many))):
        span = round(60 * dice.uniform(10, 120))
        calendar.put(
            "channels", span, {"for": span, "which": dice.choice(["phone", "sms", "mail"])}, "channels"
        )
    for edit in ("periods", "rename", "leave", "role", "threshold", "quiet_hours"):
        for _ in range(max(1, round(0.15 * many))):
            calendar.put(
                "edit", 2 * HOUR if edit == "leave" else 0, site.somebody(dice) | {"edit": edit}, "edit"
            )
    for number in range(max(3, round(site.meters * many / 8))):
        who = site.somebody(dice, PREPAID)
        what = who | {
            "amount": dice.randrange(500, 9000),
            "key": f"order {number}",
            "rival": dice.random() < 0.15,
        }
        calendar.put("top_up", 0, what)
