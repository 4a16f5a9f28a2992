"""The load of every meter in rings: minutes become quarter hours, those become hours, and hours become days.

The rings are by the clock on the wall (see ``local_time``): slot ``hour % HOURS`` of an hour ring, slot
``day % DAYS`` of a day ring. What was not measured is NaN.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from .local_time import HOUR
from .memory import Bools, Floats, Ints, Memory, Places, Slot
from .stretch import newest

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

FLOOR_WINDOWS: Final = (10, 15)
"""Quarter hours of ``hour_floor``: so much less than three and four hours that it is found within."""

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
        self._interval = interval
        self._steady = bool((interval == 1).all())
        # minutes that the samples of a quarter of an hour stand for, if none is lost
        whole = np.maximum(QUARTER // interval, 1) * interval
        self._enough = np.minimum(ENOUGH * QUARTER, whole)
        self._rare = interval > QUARTER
        self.newest_floors = np.full((len(FLOOR_WINDOWS), len(interval)), np.nan)
        """``floors`` up to the quarter of an hour that was closed last."""
        self._newest = int(memory["last_minute"].max(initial=-1))

    def catch_up(self, minute: int) -> None:
        """Nobody measured the minutes before ``minute``: who reports less often stands where it stood."""
        arrays = self.arrays
        for missed in range(max(self._newest + 1, minute - MINUTES), minute):
            stands = missed - arrays["last_minute"] < self._interval
            arrays["minute_ring"][missed % MINUTES] = np.where(stands, arrays["last_power"], np.nan)
        self._newest = max(self._newest, minute - 1)

    def add(self, minute: int, wall: int, power: Floats, known: Bools) -> None:
        """Take minutes of one quarter of an hour in, from ``minute`` on, when the wall shows ``wall``.

        ``power`` in W and whether it is known, both of the shape (minutes, meters).
        """
        self.catch_up(minute)
        arrays, count = self.arrays, len(power)
        whole = np.count_nonzero(known) == known.size
        value = power if whole else np.where(known, power, np.nan)
        standing = value if self._steady else self.standing(minute, power, known)
        arrays["minute_ring"][np.arange(minute, minute + count) % MINUTES] = standing
        lowest, highest = arrays["open_quarter_min"], arrays["open_quarter_max"]
        np.fmin(lowest, value[0] if count == 1 else np.fmin.reduce(value, axis=0), out=lowest)
        np.fmax(highest, value[0] if count == 1 else np.fmax.reduce(value, axis=0), out=highest)
        gained, stands = power, np.int64(count)
        if not (whole and self._steady):
            since = self._since(minute, known)
            gained, stands = np.where(known, power * since, 0.0), np.where(known, since, 0).sum(axis=0)
        total, minutes_known = arrays["open_quarter_sum"], arrays["open_quarter_count"]
        # one after the other: a sum of floats depends on its order
        if count == 1:
            total += gained[0]
        else:
            total[:] = np.add.accumulate(np.concatenate([total[None], gained]), axis=0)[-1]
        minutes_known += stands
        self._remember(minute, wall, power, known, whole=whole)
        self._newest = minute + count - 1

    def _since(self, minute: int, known: Bools) -> Ints:
        """Minutes that each sample stands for."""
        minutes = np.arange(minute, minute + len(known))[:, None]
        before = newest(self.arrays["last_minute"], minutes, known)[:-1]
        return np.where(before < 0, self._interval, np.minimum(minutes - before, self._interval))

    def _remember(self, minute: int, wall: int, power: Floats, known: Bools, *, whole: bool) -> None:
        """The last sample of each meter."""
        arrays, final = self.arrays, len(power) - 1
        if whole:
            arrays["last_power"][:] = power[final]
            arrays["last_wall"].fill(wall + final)
            arrays["last_minute"].fill(minute + final)
            return
        some = np.logical_or.reduce(known, axis=0)
        place = final - known[::-1].argmax(axis=0)
        np.copyto(arrays["last_power"], power[place, np.arange(len(place))], where=some)
        np.copyto(arrays["last_wall"], wall + place, where=some)
        np.copyto(arrays["last_minute"], minute + place, where=some)

    def standing(self, minute: int, power: Floats, known: Bools) -> Floats:
        """The power of minutes from ``minute`` on, each as long as its sample stands.

        To be asked before they are added.
        """
        if self._steady:
            return np.where(known, power, np.nan)
        arrays, count = self.arrays, len(power)
        numbers = np.arange(count)[:, None]
        place = newest(np.full(len(self._interval), -1), numbers, known)[1:]
        held = np.take_along_axis(np.concatenate([arrays["last_power"][None], power]), place + 1, axis=0)
        since = np.where(place < 0, arrays["last_minute"], minute + place)
        return np.where(minute + numbers - since < self._interval, held, np.nan)

    def lowest_so_far(self, power: Floats, known: Bools, columns: Ints) -> Floats:
        """The smallest power of the hour that is not over, up to each of some minutes.

        To be asked before they are added.
        """
        arrays = self.arrays
        before = np.minimum(arrays["open_quarter_min"][columns], arrays["open_hour_min"][columns])
        value = np.where(known[:, columns], power[:, columns], np.nan)
        lowest: Floats = np.fmin(before, np.fmin.accumulate(value, axis=0))
        return lowest

    def trailing(
        self, minute: int, power: Floats, known: Bools, count: int, at: tuple[Places, ...]
    ) -> Floats:
        """The smallest power of the ``count`` minutes up to some, of minutes from ``minute`` on.

        ``at``: number of the minute, and which meter. NaN where a quarter is missing. To be asked before they
        are added.
        """
        ring = self.arrays["minute_ring"]
        past = ring[np.arange(minute - count + 1, minute) % MINUTES]
        recent = np.concatenate([past, self.standing(minute, power, known).astype(ring.dtype)])
        windows = recent[at[0] + np.arange(count)[:, None], at[1]]
        return _smallest(windows.astype(np.float64))

    def floors(self, quarter: int) -> Floats:
        """The smallest power of the ``FLOOR_WINDOWS`` up to the quarter hour, shape (2, meters).

        NaN where too many are missing.
        """
        slots = np.arange(quarter - max(FLOOR_WINDOWS) + 1, quarter + 1) % QUARTERS
        recent = self.arrays["quarter_min"][slots].astype(np.float64)
        return np.stack([_smallest(recent[-window:]) for window in FLOOR_WINDOWS])

    def close_quarter(self, quarter: int) -> None:
        """The quarter hour is over."""
        arrays = self.arrays
        there = arrays["open_quarter_count"] >= self._enough
        lowest = np.where(there, arrays["open_quarter_min"], np.nan)
        if np.count_nonzero(self._rare):
            # a meter that reports less often than that stands where it stood
            age = (quarter + 1) * QUARTER - arrays["last_wall"]
            np.copyto(lowest, arrays["last_power"], where=~there & self._rare & (age <= self._interval))
        arrays["quarter_min"][quarter % QUARTERS] = lowest
        for figure, join in (("sum", np.add), ("count", np.add), ("min", np.fmin), ("max", np.fmax)):
            of_hour = arrays[f"open_hour_{figure}"]
            join(of_hour, arrays[f"open_quarter_{figure}"], out=of_hour)
        self._begin("quarter")
        self.newest_floors = self.floors(quarter)

    def close_hour(self, hour: int, guarded: Bools) -> None:
        """The hour number ``hour`` is over; nothing is learnt from it where it is ``guarded``."""
        arrays, slot = self.arrays, hour % HOURS
        count = arrays["open_hour_count"]
        there = count >= ENOUGH * HOUR
        arrays["hour_min"][slot] = np.where(there, arrays["open_hour_min"], np.nan)
        arrays["hour_max"][slot] = np.where(there, arrays["open_hour_max"], np.nan)
        arrays["hour_mean"][slot] = np.where(there, arrays["open_hour_sum"] / np.maximum(count, 1.0), np.nan)
        arrays["hour_floor"][:, slot] = self.newest_floors
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

    def _begin(self, span: str) -> None:
        for figure, fill in RUNNING:
            self.arrays[f"open_{span}_{figure}"][:] = fill


def hours_before(hour: int, count: int) -> Ints:
    """Slots of the ``count`` hours before number ``hour``, oldest first."""
    return np.arange(hour - count, hour) % HOURS


def days_before(day: int, count: int) -> Ints:
    """Slots of the ``count`` days before number ``day``, oldest first."""
    return np.arange(day - count, day) % DAYS


def _smallest(some: Floats) -> Floats:
    """Smallest of the rows; NaN where too few are known."""
    lowest: Floats = np.fmin.reduce(some, axis=0)
    known = np.isfinite(some)
    if np.count_nonzero(known) < known.size:
        lowest[np.add.reduce(known, axis=0) < ENOUGH * len(some)] = np.nan
    return lowest
