"""Whole days, and how much is usual on a day: in this season, on this day of the week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..telemetry.columns import Floats
from .facts import Hours, Ints

WHOLE: Final = 22
"""Hours of a day that must be known for it to count."""

WEEKS: Final = 5
"""Weeks that say what is usual now: what was before them was another season."""

HALF_LIFE: Final = 21.0
"""Days after which a day counts half as much."""

YEAR: Final = 364
"""Days: the same day of the week, a year ago."""

AROUND: Final = 10
"""Days around it that count as the same season."""

LAST_YEAR: Final = 0.5
"""Weight of a day of last year."""

FEWEST: Final = (3, 4, 5)
"""Days that are enough: of the same weekday, of the same kind of day, of any."""

BAND: Final = (0.1, 0.9)
"""Quantiles between which a day is usual."""

FEWEST_OF_BAND: Final = 6

ORDINARY: Final = 2.5
"""How many times the median of days is still an ordinary day."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Days:
    """Local days of which enough is known, oldest first."""

    dates: Ints
    """As ``date.toordinal`` gives them."""

    energy: Floats
    """Import, kWh."""

    export: Floats
    """Export, kWh; 0 where nothing is known."""

    def between(self, first: int, end: int) -> Days:
        """Those from ``first`` to before ``end``."""
        chosen = (self.dates >= first) & (self.dates < end)
        return Days(dates=self.dates[chosen], energy=self.energy[chosen], export=self.export[chosen])


def days_of(hours: Hours) -> Days:
    """The whole days in some hours; the one that runs is not whole."""
    known = np.isfinite(hours.energy)
    dates, place = np.unique(hours.dates[known], return_inverse=True)
    count = np.bincount(place, minlength=len(dates))
    energy = np.bincount(place, hours.energy[known], len(dates))
    export = np.bincount(place, np.nan_to_num(hours.export[known]), len(dates))
    whole = count >= WHOLE
    return Days(
        dates=dates[whole],
        energy=energy[whole].astype(np.float64),
        export=export[whole].astype(np.float64),
    )


def usual_on(date: int, days: Days, year_ago: Days) -> float | None:
    """How many kWh are usual on a date, by the days before it; None while too few are known."""
    recent = days.between(date - 7 * WEEKS, date)
    before = year_ago.between(date - YEAR - AROUND, date - YEAR + AROUND + 1)
    dates = np.concatenate([recent.dates, before.dates])
    energy = np.concatenate([recent.energy, before.energy])
    weight = np.concatenate(
        [0.5 ** ((date - recent.dates) / HALF_LIFE), np.full(len(before.dates), LAST_YEAR)]
    )
    likes = (dates % 7 == date % 7, is_weekend(dates) == is_weekend(date), np.ones(len(dates), np.bool_))
    for like, fewest in zip(likes, FEWEST, strict=True):
        if like.sum() >= fewest:
            return _weighted_median(energy[like], weight[like])
    return None


def band_on(date: int, days: Days) -> tuple[float, float] | None:
    """Between how many kWh a day like this usually lies."""
    recent = ordinary(days.between(date - 7 * WEEKS, date))
    energy = recent.energy[is_weekend(recent.dates) == is_weekend(date)]
    if len(energy) < FEWEST_OF_BAND:
        return None
    low, high = np.quantile(energy, BAND)
    return float(low), float(high)


def ordinary(days: Days) -> Days:
    """Those on which nothing was left on all day."""
    if not len(days.dates):
        return days
    chosen = days.energy <= ORDINARY * np.median(days.energy)
    return Days(dates=days.dates[chosen], energy=days.energy[chosen], export=days.export[chosen])


def is_weekend(dates: Ints | int) -> NDArray[np.bool_]:
    """Whether dates are Saturdays or Sundays."""
    return np.asarray((np.asarray(dates) - 1) % 7 >= 5)


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values, kind="stable")
    summed = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(summed, summed[-1] / 2)])
