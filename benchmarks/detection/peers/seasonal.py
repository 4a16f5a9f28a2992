"""ADTK's ``SeasonalAD`` on hourly means: fitted each week to the last 30 days, as one would let it run."""

from __future__ import annotations

from typing import Any, Final

from adtk.detector import SeasonalAD
import numpy as np
from numpy.typing import NDArray
import pandas as pd

from ..faults import Load
from .peer import OneScore

HOUR: Final = 60
DAY: Final = 24
"""Hours."""

WEEK, MONTH = 7 * DAY, 30 * DAY
"""Hours."""

MEASURED: Final = 0.75
"""Share of an hour that has to be measured."""

FACTOR: Final = 3.0
"""Of the detector, as it comes: interquartile ranges above the third quartile, where the alarms begin."""


def hourly(load: Load) -> NDArray[np.float64]:
    """Means of hours, NaN where too much is missing."""
    hours = load.astype(np.float64).reshape(-1, HOUR)
    here = np.isfinite(hours)
    with np.errstate(invalid="ignore"):
        means = np.nan_to_num(hours).sum(axis=1) / here.sum(axis=1)
    return np.where(here.mean(axis=1) >= MEASURED, means, np.nan)


def seasonal(load: Load) -> OneScore:
    """How far each hour is away from the usual one of the day, as the detector's factor ``c`` counts it."""
    means = hourly(load)
    # clocks that are put forward are the loads' own affair; the detector wants a grid
    hours = pd.Series(means, index=pd.date_range("2014-01-01", periods=len(means), freq="h"))
    scores = np.full(len(means), np.nan)
    for first in range(MONTH, len(means), WEEK):
        # it takes no gaps in what it is fitted to
        known = hours.iloc[first - MONTH : first].interpolate(limit_direction="both")
        scores[first : first + WEEK] = _week(known, hours.iloc[first : first + WEEK])
    return scores


def _week(known: Any, week: Any) -> OneScore:
    detector = SeasonalAD(freq=DAY, c=FACTOR)
    detector.fit(known)
    steps = detector.pipe_.steps
    decomposition, limit = steps["deseasonal_residual"]["model"], steps["iqr_ad"]["model"]
    low, high = np.quantile(np.abs(decomposition.predict(known)), [0.25, 0.75])
    if not np.isclose(high + FACTOR * (high - low), limit.abs_high_):
        raise RuntimeError("the detector's limit is another than the one taken for it")
    away: OneScore = np.abs(decomposition.predict(week).to_numpy())
    scores: OneScore = (away - high) / max(high - low, 1e-9)
    return scores
