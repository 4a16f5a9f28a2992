"""Who wants a block of registers oftener than its rhythm has it, and how often it is read then.

Somebody who watches a meter demands its block every so many seconds, for as long as they watch. Any number of
demands for a block cost one read: the most urgent one counts. All of them together may take a share of the
line; what would take more is read less often, everything by the same factor.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from ..bus.bus import Bus
from ..bus.timing import READ_REPLY_OVERHEAD, READ_REQUEST_CHARACTERS
from .meter import TYPICAL_TURNAROUND, Meter
from .reading import Group

FASTEST: Final = 1.0
SLOWEST: Final = 60.0
"""Seconds between two reads that can be demanded."""

SHARE: Final = 0.5
"""Part of the line that all demands together may take: the rhythm of the others goes on beside them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Demand:
    """One of them."""

    meter: Meter
    """Of which meter."""

    group: Group
    """Which block."""

    period: float
    """Seconds between two reads, 1..60."""

    refresh: Callable[[], Awaitable[None]] | None = None
    """Has the meter measure anew before it is read, where it does so less often by itself."""


class Demands:
    """All of one line."""

    def __init__(self, bus: Bus) -> None:
        """Nobody demands anything of ``bus``."""
        self._bus = bus
        self._demands: list[Demand] = []

    def add(self, demand: Demand) -> None:
        """Somebody begins to watch. Raises ValueError for a period that is not to be had."""
        if not FASTEST <= demand.period <= SLOWEST:
            raise ValueError(f"a period is {FASTEST:g} to {SLOWEST:g} s, not {demand.period:g}")
        self._demands.append(demand)

    def remove(self, demand: Demand) -> None:
        """Somebody watches no more; doing so again changes nothing."""
        if demand in self._demands:
            self._demands.remove(demand)

    def forget(self, meter: Meter) -> None:
        """A meter has left the line."""
        self._demands = [demand for demand in self._demands if demand.meter is not meter]

    def clear(self) -> None:
        """Nobody watches anything any more."""
        self._demands.clear()

    def period(self, meter: Meter, group: Group) -> float | None:
        """Seconds between two reads of a block; None when nobody demands it."""
        asked = self._asked()
        if (period := asked.get((meter, group))) is None:
            return None
        share = sum(self._seconds(*block) / its for block, its in asked.items())
        return period * max(1.0, share / SHARE)

    def refresh(self, meter: Meter, group: Group) -> Callable[[], Awaitable[None]] | None:
        """How to have the meter measure before the block is read; None where there is no need."""
        period = self.period(meter, group)
        interval = meter.reporting_interval
        if period is None or interval is None or interval <= period:
            return None
        return next((demand.refresh for demand in self._of(meter, group) if demand.refresh is not None), None)

    def _of(self, meter: Meter, group: Group) -> list[Demand]:
        return [one for one in self._demands if one.meter is meter and one.group is group]

    def _asked(self) -> dict[tuple[Meter, Group], float]:
        """Each block that is demanded, and how often at the most."""
        asked: dict[tuple[Meter, Group], float] = {}
        for demand in self._demands:
            if demand.group in demand.meter.groups:
                block = demand.meter, demand.group
                asked[block] = min(demand.period, asked.get(block, demand.period))
        return asked

    def _seconds(self, meter: Meter, group: Group) -> float:
        """How long the line is taken by one read of a block, with the order to measure before it."""
        timing = self._bus.timing
        turnaround = self._bus.statistics.unit(meter.unit_id).turnaround or TYPICAL_TURNAROUND
        seconds = sum(timing.read(count, turnaround) for _, _, count in meter.plan(group).blocks)
        if any(demand.refresh is not None for demand in self._of(meter, group)):
            characters = 2 * (READ_REQUEST_CHARACTERS + READ_REPLY_OVERHEAD)
            seconds += characters * timing.character + turnaround + timing.silence
        return seconds
