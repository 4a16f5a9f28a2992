"""Two scores that ask for the day of the week: a day unlike its kind, and the rule of the textbooks.

The textbook's z-score on the hour of the week is here because people know it and ask for it. It is off
unless they do: ``docs/detection.md`` tells how often it cries, measured on real homes.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from .baseline import Reference
from .load_memory import DAYS, HOURS, days_before, hours_before
from .memory import Bools, Floats, Memory, Slot
from .order_statistics import nth_largest

MONTH: Final = 30
"""Days that are looked back."""

WEEK: Final = 7 * 24
"""Hours."""

LEAST_SPREAD: Final = (30.0, 0.08)
"""Smallest standard deviation: W, and as a share of the mean."""

FEWEST: Final = 3
"""Weeks that make a mean."""

SEASON: Final = (0.6, 1.6)
"""Smallest and largest factor of the season."""

SLOTS: Final = (
    Slot(name="week_mean"),
    Slot(name="week_spread"),
    Slot(name="shape_error"),
    Slot(name="shape_usual"),
    Slot(name="shape_power"),
    Slot(name="day_shape", shape=(DAYS,), dtype=np.float32),
)


class WeekScores:
    """Scores of hours and days as days of the week."""

    def __init__(self, memory: Memory) -> None:
        """Use the arrays of ``memory``."""
        self._arrays = memory

    def begin_hour(self, hour: int) -> None:
        """Work out mean and spread of the hour number ``hour`` in the weeks before."""
        arrays = self._arrays
        past = arrays["hour_mean"][[(hour - back * WEEK) % HOURS for back in range(1, 5)]].astype(np.float64)
        known = np.isfinite(past)
        count = known.sum(axis=0)
        mean = np.where(known, past, 0.0).sum(axis=0) / np.maximum(count, 1)
        spread = np.sqrt((np.where(known, past - mean, 0.0) ** 2).sum(axis=0) / np.maximum(count - 1, 1))
        month = arrays["hour_mean"][hours_before(hour, 4 * WEEK)]
        season = np.clip(_mean(month[-WEEK:]) / _mean(month), *SEASON)
        mean *= np.where(np.isnan(season), 1.0, season)
        mean[count < FEWEST] = np.nan
        arrays["week_mean"][:] = mean
        arrays["week_spread"][:] = np.maximum(spread, np.maximum(LEAST_SPREAD[0], LEAST_SPREAD[1] * mean))

    def unusual(self, power: Floats) -> Floats:
        """|z| of a minute's power against its hour of the week."""
        arrays = self._arrays
        return np.abs(power - arrays["week_mean"]) / arrays["week_spread"]

    def close_day(self, day: int) -> None:
        """How far the day number ``day`` was from what was expected of it; before the baseline learns it."""
        arrays = self._arrays
        reference = arrays["reference"]
        actual = arrays["hour_mean"][hours_before((day + 1) * 24, 24)]
        expected = np.take_along_axis(arrays["forecast"], reference[None, None, :], axis=0)[0]
        known = np.isfinite(actual) & np.isfinite(expected)
        whole = known.sum(axis=0) >= 20
        # the shape, not the size: both days are made equal in what they use
        shares = [
            np.where(known, part, 0.0) / np.where(known, part, 0.0).sum(axis=0) for part in (actual, expected)
        ]
        error = np.where(whole, np.abs(shares[0] - shares[1]).sum(axis=0) * 50, np.nan)
        usual = nth_largest(arrays["day_shape"][days_before(day, MONTH)], 2)
        days = np.isfinite(arrays["day_shape"][days_before(day, MONTH)]).sum(axis=0)
        arrays["shape_error"][:] = error
        arrays["shape_power"][:] = np.where(known, actual, 0.0).sum(axis=0) / known.sum(axis=0)
        arrays["shape_usual"][:] = np.where(days >= 14, usual, np.nan)
        arrays["day_shape"][day % DAYS] = error

    def shape(self) -> Floats:
        """Distance of yesterday from its kind, in distances that are usual; 0 in homes, where days differ."""
        arrays = self._arrays
        working: Bools = arrays["reference"] != Reference.ALL_DAYS
        return np.where(working, arrays["shape_error"] / arrays["shape_usual"], 0.0)


def _mean(hours: Floats) -> Floats:
    known = np.isfinite(hours)
    mean: Floats = np.where(known, hours, 0.0).sum(axis=0) / known.sum(axis=0)
    return mean
