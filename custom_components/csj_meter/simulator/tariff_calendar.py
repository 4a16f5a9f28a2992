"""Which tariff counts when, with every change of the day tables and of the clock remembered."""

from __future__ import annotations

import math

import numpy as np

from .appliances import MINUTES
from .energy import Numbers, Schedule
from .household import DAY
from .state import CalendarChange


class TariffCalendar:
    """The tariffs of one meter in its own time."""

    def __init__(self, delivered: Schedule, changes: list[CalendarChange]) -> None:
        """Begin with the day tables as ``delivered``; ``changes`` are oldest first."""
        self._delivered = delivered
        self._changes = changes

    def change(self, time: float, schedule: Schedule, offset: float) -> float | None:
        """Go by other day tables, and a clock that is ``offset`` s fast, from the next minute after ``time``.

        Returns from when on, None when that changes nothing.
        """
        start = 60.0 * math.ceil(time / 60)
        shift = round(offset / 60)
        if (schedule, shift) == self._at(start):
            return None
        while self._changes and self._changes[-1].time >= start:
            self._changes.pop()
        self._changes.append(CalendarChange(time=start, schedule=schedule, shift=shift))
        return start

    def tariffs(self, ordinal: int) -> Numbers:
        """The tariff of every minute of a day, shape (1440,)."""
        start, end = ordinal * DAY, (ordinal + 1) * DAY
        tariffs = _shown(*self._at(start), ordinal)
        for change in self._changes:
            if start < change.time < end:
                minute = int(change.time - start) // 60
                tariffs = tariffs.copy()
                tariffs[minute:] = _shown(change.schedule, change.shift, ordinal)[minute:]
        return tariffs

    def tariff(self, time: float) -> int:
        """The tariff at a moment of the meter's own time."""
        schedule, shift = self._at(time)
        return schedule.tariff(time + 60 * shift)

    def _at(self, time: float) -> tuple[Schedule, int]:
        """Day tables and minutes that the clock is fast."""
        for change in reversed(self._changes):
            if change.time <= time:
                return change.schedule, change.shift
        return self._delivered, 0


def _shown(schedule: Schedule, shift: int, ordinal: int) -> Numbers:
    """The tariffs of a true day by a clock that is ``shift`` minutes fast."""
    if not shift:
        return schedule.tariffs(ordinal)
    days, minutes = divmod(shift, MINUTES)
    both = np.concatenate([schedule.tariffs(ordinal + days), schedule.tariffs(ordinal + days + 1)])
    return both[minutes : minutes + MINUTES]
