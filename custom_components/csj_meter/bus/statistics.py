"""What the line has done: counts and times per unit and for the whole bus.

Nothing here decides anything; the bus records, entities and the diagnostics file read.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from statistics import fmean
from typing import Final

REMEMBERED_ROUND_TRIPS: Final = 256
"""Enough for a stable 95th percentile, few enough to follow a change within the hour."""

LOAD_WINDOW: Final = 300.0
"""Seconds over which load and efficiency are averaged."""


@dataclass(slots=True)
class UnitStatistics:
    """Exchanges with one unit since the bus was opened."""

    requests: int = 0
    """Requests sent, retries included."""

    answered: int = 0
    """Requests that brought the answer to the question asked."""

    timeouts: int = 0
    """Requests without an answer."""

    garbled: int = 0
    """Replies with a broken checksum or frame."""

    stale: int = 0
    """Valid replies to another question, dropped."""

    foreign: int = 0
    """Readings dropped because another meter answered at this unit id."""

    frozen: int = 0
    """Readings dropped because the meter had stopped measuring."""

    overslept: int = 0
    """Requests repeated because this program was busy when the answer came."""

    exceptions: dict[int, int] = field(default_factory=dict)
    """Modbus exception code -> how often."""

    last_success: float | None = None
    """Seconds since 1970-01-01 UTC of the last answer."""

    silent_since: float | None = None
    """Seconds since 1970-01-01 UTC of the first failure after the last answer."""

    round_trips: deque[float] = field(
        default_factory=lambda: deque(maxlen=REMEMBERED_ROUND_TRIPS), repr=False
    )
    """Seconds from request to reply, newest last."""

    turnarounds: deque[float] = field(
        default_factory=lambda: deque(maxlen=REMEMBERED_ROUND_TRIPS), repr=False
    )
    """Round trips without the time on the wire, in seconds."""

    @property
    def success_rate(self) -> float | None:
        """Share of requests that were answered, refusals included; None before the first.

        A request that is still under way does not count yet.
        """
        good = self.answered + sum(self.exceptions.values())
        finished = good + self.timeouts + self.garbled + self.stale
        return good / finished if finished else None

    @property
    def round_trip_mean(self) -> float | None:
        """Mean round trip in seconds."""
        return fmean(self.round_trips) if self.round_trips else None

    @property
    def round_trip_p95(self) -> float | None:
        """95th percentile of the round trip in seconds (nearest rank)."""
        if not self.round_trips:
            return None
        ordered = sorted(self.round_trips)
        return ordered[-(-95 * len(ordered) // 100) - 1]

    @property
    def turnaround(self) -> float | None:
        """Median time that the meter takes to start its answer, in seconds."""
        if not self.turnarounds:
            return None
        return sorted(self.turnarounds)[len(self.turnarounds) // 2]


@dataclass(slots=True)
class _Exchange:
    """Time that one exchange took and the time it would have taken at best."""

    end: float
    busy: float
    floor: float


class BusStatistics:
    """Load and efficiency of the line over the last minutes, and the sums of its units."""

    def __init__(self) -> None:
        """Start empty."""
        self.units: dict[int, UnitStatistics] = {}
        self._exchanges: deque[_Exchange] = deque()
        self._opened: float | None = None

    def unit(self, unit_id: int) -> UnitStatistics:
        """Statistics of one unit; made when it is first asked for."""
        return self.units.setdefault(unit_id, UnitStatistics())

    def record(self, start: float, end: float, floor: float) -> None:
        """Count an exchange from ``start`` to ``end``; ``floor`` is 0 when it brought nothing."""
        if self._opened is None:
            self._opened = start
        self._exchanges.append(_Exchange(end, end - start, floor))
        self._forget(end)

    def _forget(self, now: float) -> None:
        while self._exchanges and self._exchanges[0].end < now - LOAD_WINDOW:
            self._exchanges.popleft()

    def load(self, now: float) -> float | None:
        """Share of the time that the line was in use, 0..1."""
        if self._opened is None or now <= self._opened:
            return None
        self._forget(now)
        busy = sum(exchange.busy for exchange in self._exchanges)
        return min(1.0, busy / min(LOAD_WINDOW, now - self._opened))

    @property
    def efficiency(self) -> float | None:
        """Theoretical floor of what was learned / time spent learning it, 0..1."""
        busy = sum(exchange.busy for exchange in self._exchanges)
        if not busy:
            return None
        return min(1.0, sum(exchange.floor for exchange in self._exchanges) / busy)

    def total(self, counter: str) -> int:
        """Sum of one counter over all units, for example ``total("timeouts")``."""
        return sum(getattr(unit, counter) for unit in self.units.values())
