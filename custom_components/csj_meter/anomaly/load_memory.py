"""The load of every meter in rings: minutes become quarter hours, those become hours, and hours become days.

The rings are by the clock on the wall (see ``local_time``): slot ``hour % HOURS`` of an hour ring, slot
``day % DAYS`` of a day ring. What was not measured is NaN.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from .local_time import HOUR
from .memory import Array, Bools, Floats, Ints, Memory, Slot

QUARTER: Final = 15
"""Minutes."""

HOURS: Final = 33 * 24
"""Hours that are remembered: 30 days, the longest trailing window, and a day of slack."""

DAYS: Final = 64
"""Days of which a few figures are remembered."""

QUARTERS: Final = 16
"""Quarter hours that are remembered."""

MINUTES: Final = 16
"""Minutes that are remembered."""

ENOUGH: Final = 0.75
"""Share of a window that must have been measured: a hole must not look like a change."""

FLOOR_WINDOWS: Final = (11, 15)
"""Quarter hours of ``hour_floor``: a little less than three and four hours, to be found within."""

RUNNING: Final = (("sum", 0.0), ("count", 0.0), ("min", np.inf), ("max", -np.inf))
"""Figures of a span that is not over, and what they begin with."""

SLOTS: Final = (
    *(
        Slot(name=f"open_{span}_{figure}", fill=fill)
        for span in ("quarter", "hour")
        for figure, fill in RUNNING
    ),
    Slot(name="open_day_max", fill=-np.inf),
    Slot(name="last_power"),
    Slot(name="last_wall", dtype=np.int64, fill=-1),
    Slot(name="last_minute", dtype=np.int64, fill=-1),
    Slot(name="minute_ring", shape=(MINUTES,), dtype=np.float32),
    Slot(name="quarter_min", shape=(QUARTERS,), dtype=np.float32),
    Slot(name="hour_min", shape=(HOURS,), dtype=np.float32),
    Slot(name="hour_mean", shape=(HOURS,), dtype=np.float32),
    Slot(name="hour_max", shape=(HOURS,), dtype=np.float32),
    Slot(name="hour_floor", shape=(len(FLOOR_WINDOWS), HOURS), dtype=np.float32),
    Slot(name="hour_guarded", shape=(HOURS,), dtype=np.bool_, fill=False),
    Slot(name="day_min", shape=(DAYS,), dtype=np.float32),
    Slot(name="day_max", shape=(DAYS,), dtype=np.float32),
)
"""The arrays of this module. ``hour_floor`` is the smallest power of the ``FLOOR_WINDOWS`` before the end of
the hour, ``hour_guarded`` what nothing is learnt from."""


class LoadMemory:
    """The rings, and how minutes get into them."""

    def __init__(self, memory: Memory, interval: Ints) -> None:
        """Use the arrays of ``memory``; ``interval``: minutes between the samples of each meter."""
        self.arrays = memory
        """Where the rings are."""
        self._steady = bool((interval == 1).all())
        self._newest = int(memory["last_minute"].max(initial=-1))

    def add(self, minute: int, wall: int, power: Floats, fresh: Bools, interval: Ints) -> None:
        """Take a minute in: W, which meters said it, and how many minutes a sample of each stands for."""
        arrays = self.arrays
        last = arrays["last_minute"]
        self._skip_minutes(minute, interval)
        value = np.where(fresh, power, np.nan)
        since = np.where(last < 0, interval, np.minimum(minute - last, interval))
        total, count = arrays["open_quarter_sum"], arrays["open_quarter_count"]
        np.add(total, power * since, out=total, where=fresh)
        np.add(count, since, out=count, where=fresh)
        lowest, highest = arrays["open_quarter_min"], arrays["open_quarter_max"]
        np.fmin(lowest, value, out=lowest)
        np.fmax(highest, value, out=highest)
        np.copyto(arrays["last_power"], power, where=fresh)
        np.copyto(arrays["last_wall"], wall, where=fresh)
        np.copyto(last, minute, where=fresh)
        self._newest = minute
        standing = value if self._steady else np.where(minute - last < interval, arrays["last_power"], np.nan)
        arrays["minute_ring"][minute % MINUTES] = standing

    def trailing_minutes(self, minute: int, count: int, columns: Ints) -> Floats:
        """The smallest power of the ``count`` minutes up to ``minute`` of some meters.

        NaN where a quarter of them is missing.
        """
        return _smallest(self.arrays["minute_ring"][:, columns], minute, count, MINUTES)

    def floors(self, quarter: int) -> Floats:
        """The smallest power of the ``FLOOR_WINDOWS`` up to the quarter hour, shape (2, meters).

        NaN where too many are missing.
        """
        ring = self.arrays["quarter_min"]
        return np.stack([_smallest(ring, quarter, window, QUARTERS) for window in FLOOR_WINDOWS])

    def close_quarter(self, quarter: int, interval: Ints) -> None:
        """The quarter hour is over. ``interval``: minutes between the samples of each meter."""
        arrays = self.arrays
        count = arrays["open_quarter_count"]
        # minutes that the samples of a quarter of an hour stand for, if none is lost
        whole = np.maximum(QUARTER // interval, 1) * interval
        there = count >= np.minimum(ENOUGH * QUARTER, whole)
        # a meter that reports less often than that stands where it stood
        age = (quarter + 1) * QUARTER - arrays["last_wall"]
        held = ~there & (interval > QUARTER) & (age <= interval)
        lowest = np.where(there, arrays["open_quarter_min"], np.where(held, arrays["last_power"], np.nan))
        arrays["quarter_min"][quarter % QUARTERS] = lowest
        for figure, join in (("sum", np.add), ("count", np.add), ("min", np.fmin), ("max", np.fmax)):
            of_hour = arrays[f"open_hour_{figure}"]
            join(of_hour, arrays[f"open_quarter_{figure}"], out=of_hour)
        self._begin("quarter")

    def close_hour(self, hour: int, guarded: Bools) -> None:
        """The hour number ``hour`` is over; nothing is learnt from it where it is ``guarded``."""
        arrays, slot = self.arrays, hour % HOURS
        count = arrays["open_hour_count"]
        there = count >= ENOUGH * HOUR
        arrays["hour_min"][slot] = np.where(there, arrays["open_hour_min"], np.nan)
        arrays["hour_max"][slot] = np.where(there, arrays["open_hour_max"], np.nan)
        arrays["hour_mean"][slot] = np.where(there, arrays["open_hour_sum"] / np.maximum(count, 1.0), np.nan)
        arrays["hour_floor"][:, slot] = self.floors(hour * 4 + 3)
        arrays["hour_guarded"][slot] = guarded
        largest = arrays["open_day_max"]
        np.fmax(largest, arrays["open_hour_max"], out=largest)
        self._begin("hour")

    def close_day(self, day: int) -> None:
        """The day number ``day`` is over, and all its hours are closed."""
        arrays, slot = self.arrays, day % DAYS
        some = arrays["hour_min"][hours_before((day + 1) * 24, 24)]
        there = np.isfinite(some).sum(0) >= ENOUGH * 24
        arrays["day_min"][slot] = np.where(there, np.fmin.reduce(some, axis=0), np.nan)
        largest = arrays["open_day_max"]
        arrays["day_max"][slot] = np.where(largest > -np.inf, largest, np.nan)
        largest[:] = -np.inf

    def _skip_minutes(self, minute: int, interval: Ints) -> None:
        """Nobody measured the minutes before ``minute``: who reports less often stands where it stood."""
        arrays = self.arrays
        for missed in range(max(self._newest + 1, minute - MINUTES), minute):
            stands = missed - arrays["last_minute"] < interval
            arrays["minute_ring"][missed % MINUTES] = np.where(stands, arrays["last_power"], np.nan)

    def _begin(self, span: str) -> None:
        for figure, fill in RUNNING:
            self.arrays[f"open_{span}_{figure}"][:] = fill


def hours_before(hour: int, count: int) -> Ints:
    """Slots of the ``count`` hours before number ``hour``, oldest first."""
    return np.arange(hour - count, hour) % HOURS


def days_before(day: int, count: int) -> Ints:
    """Slots of the ``count`` days before number ``day``, oldest first."""
    return np.arange(day - count, day) % DAYS


def _smallest(ring: Array, now: int, count: int, length: int) -> Floats:
    """Smallest of the ``count`` slots of a ring up to number ``now``; NaN where too few are known."""
    some = ring[np.arange(now - count + 1, now + 1) % length]
    known = np.isfinite(some).sum(0) >= ENOUGH * count
    return np.where(known, np.fmin.reduce(some, axis=0), np.nan).astype(np.float64)
