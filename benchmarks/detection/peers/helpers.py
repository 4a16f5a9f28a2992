"""Home Assistant's own helpers, as a user would join them: ``statistics``, a template and ``threshold``.

Their arithmetic for whole series at once; ``helpers_check`` compares it with the helpers themselves. The
power of the meter is in whole watts and comes once a minute. Means look back a week at most: Home Assistant
keeps ten days of states, and a ``statistics`` sensor goes through all that it holds with every sample.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..faults import Load
from ..homes import DAY
from ..scoring import Alarms
from .peer import OneScore, Scores

SHORT: Final = 60
LONG: Final = 7 * DAY
"""``max_age`` of the sensors, in minutes."""

PRECISION: Final = 2
"""Decimals of a ``statistics`` sensor, as it comes."""

HYSTERESIS: Final = 0.1
"""Of ``threshold``, by its upper limit."""

type Whole = NDArray[np.int64]


def statistics(load: Load, max_age: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """States of two ``statistics`` sensors, ``mean`` and ``standard_deviation``: NaN while unavailable.

    A sample that is exactly ``max_age`` old still counts. Sums are whole numbers, so that they are as exact
    as those of Python's ``statistics``.
    """
    here = np.isfinite(load)
    watts = np.where(here, np.rint(load), 0).astype(np.int64)
    count, total, squares = (
        _last(values, max_age + 1) for values in (here.astype(np.int64), watts, watts * watts)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = _rounded(total / count)
        spread = np.sqrt((count * squares - total * total) / (count * (count - 1)))
    spread[count == 1] = 0.0
    deviation = _rounded(spread)
    # without a sample the source is unavailable, and so is the sensor
    mean[~here] = deviation[~here] = np.nan
    return mean, deviation


def _last(values: Whole, samples: int) -> Whole:
    """Sums over the last ``samples`` minutes."""
    total = np.concatenate([np.zeros(1, np.int64), np.cumsum(values)])
    sums: Whole = total[1:].copy()
    sums[samples:] -= total[1:-samples]
    return sums


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """As Python rounds, which looks at what a number is exactly where NumPy has made it larger first."""
    rounded = np.round(values, PRECISION)
    scaled = values * 10**PRECISION
    for place in np.flatnonzero(np.abs(scaled - np.floor(scaled) - 0.5) < 1e-6):
        rounded[place] = round(float(values[place]), PRECISION)
    return rounded


def deviation(load: Load) -> OneScore:
    """Template ``|power - mean| / standard deviation`` over a week; without spread it fails."""
    mean, spread = statistics(load, LONG)
    spread[spread == 0] = np.nan
    return np.abs(np.rint(load) - mean) / spread


def ratio(load: Load) -> OneScore:
    """Template ``mean of an hour / mean of a week``."""
    short, _ = statistics(load, SHORT)
    long, _ = statistics(load, LONG)
    long[long == 0] = np.nan
    return short / long


def threshold(scores: Scores, upper: float) -> Alarms:
    """State of a ``threshold`` sensor with an ``upper`` limit.

    It goes on above limit and hysteresis, off below limit less hysteresis, and stays in between. Without a
    value it has no state, and after that it starts off.
    """
    margin = HYSTERESIS * upper
    on = scores > upper + margin
    settled = on | (scores < upper - margin) | np.isnan(scores)
    rows = np.arange(len(scores))[:, None]
    last = np.maximum.accumulate(np.where(settled, rows, -1), axis=0)
    return np.take_along_axis(on, np.maximum(last, 0), axis=0) & (last >= 0)
