"""Whether a live reading goes on from the one before: the same meter, still measuring.

A CSJ meter numbers its samples and counts the seconds since it was started. A number that
stands still is a frozen meter; seconds that do not fit the time passed are a restart, or
another meter at the same unit id, which only its serial number can tell. How much time has passed
says a clock that counts seconds: the one on the wall may be set meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from .reading import Reading

FROZEN_AFTER: Final = 3
"""Missed samples that make a meter frozen."""

CLOCK_TOLERANCE: Final = 0.02
"""Error of a meter's second counter; crystals are a hundred times better, cheap ones warm up."""

SLACK: Final = 5.0
"""Seconds for rounding, a slow line and a late sample."""


class Verdict(Enum):
    """What the reading says about the meter."""

    CONTINUES = auto()
    FROZEN = auto()
    SUSPECT = auto()
    """Restarted or exchanged: ask who it is."""


@dataclass(slots=True)
class Continuity:
    """Follows the sample number and the uptime of one meter."""

    _sequence: float | None = None
    _sequence_since: float = 0.0
    _uptime: float | None = None
    _uptime_at: float = 0.0

    def judge(self, reading: Reading, now: float, interval: float | None) -> Verdict:
        """Judge a live reading of ``now``; ``interval`` is the meter's reporting interval in s, if known."""
        sequence, uptime = reading.values.get("sequence"), reading.values.get("uptime")
        if isinstance(uptime, int | float) and self._uptime is not None:
            passed = now - self._uptime_at
            tolerance = SLACK + (interval or 3600.0) + CLOCK_TOLERANCE * abs(passed)
            if abs(uptime - self._uptime - passed) > tolerance and uptime != self._uptime:
                return Verdict.SUSPECT
        if sequence is None or sequence != self._sequence or interval is None:
            return Verdict.CONTINUES
        frozen = self.still_for(now) > FROZEN_AFTER * interval + SLACK
        return Verdict.FROZEN if frozen else Verdict.CONTINUES

    def accept(self, reading: Reading, now: float) -> None:
        """Go on from this reading of ``now``."""
        sequence, uptime = reading.values.get("sequence"), reading.values.get("uptime")
        if isinstance(sequence, int | float) and sequence != self._sequence:
            self._sequence, self._sequence_since = sequence, now
        if isinstance(uptime, int | float):
            self._uptime, self._uptime_at = uptime, now

    def still_for(self, now: float) -> float:
        """Seconds for which the sample number has not changed."""
        return now - self._sequence_since

    def forget(self) -> None:
        """Start anew, after the meter has said who it is."""
        self._sequence = self._uptime = None
