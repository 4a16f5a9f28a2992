"""Detectors that learn what points are like: river's half-space trees and scikit-learn's isolation forest.

Both look at quarters of an hour, and at what longer times before them tell. The trees learn with every
quarter, the forest once a week.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from river import anomaly
from sklearn.ensemble import IsolationForest

from ..faults import Load
from .peer import OneScore

QUARTER: Final = 15
"""Minutes."""

DAY: Final = 96
WEEK, MONTH = 7 * DAY, 30 * DAY
"""Quarters."""

MEASURED: Final = 0.75
"""Share of a time that has to be measured."""

LARGEST: Final = 4.3
"""Decimal logarithm of the W that are more than any home takes: 20 kW."""

TREES, HEIGHT, WINDOW = 25, 6, MONTH
"""Of the half-space trees: of five settings the one that found most in other homes than those reported."""

USUAL: Final = 0.5
"""From here on the isolation forest takes a point for an outlier, as it comes."""

SEED: Final = 1

type Features = NDArray[np.float64]
"""0..1, shape (quarters, features); NaN where too much is missing."""


def features(load: Load) -> Features:
    """Mean, least and most of each quarter, floors of 3 and 24 hours, mean of 24 hours, hour of the day.

    Loads are told as logarithms, so that a floor of 100 W is not lost beside a peak of 10 kW.
    """
    quarters = load.astype(np.float64).reshape(-1, QUARTER)
    mean, least, most = (_told(of, quarters) for of in (np.nanmean, np.nanmin, np.nanmax))
    loads = [
        mean,
        least,
        most,
        _told(np.nanmin, _last(least, DAY // 8)),
        _told(np.nanmin, _last(least, DAY)),
        _told(np.nanmean, _last(mean, DAY)),
    ]
    angle = 2 * np.pi * np.arange(len(quarters)) / DAY
    circle = [(1 + np.sin(angle)) / 2, (1 + np.cos(angle)) / 2]
    return np.stack(
        [*(np.clip(np.log10(np.maximum(values, 1)) / LARGEST, 0, 1) for values in loads), *circle], axis=1
    )


def _told(of: Callable[..., NDArray[np.float64]], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """One figure of each row of which enough was measured."""
    enough = np.isfinite(rows).mean(axis=1) >= MEASURED
    told = np.full(len(rows), np.nan)
    told[enough] = of(rows[enough], axis=1)
    return told


def _last(values: NDArray[np.float64], quarters: int) -> NDArray[np.float64]:
    """The last ``quarters`` values at each quarter."""
    return sliding_window_view(np.pad(values, (quarters - 1, 0), constant_values=np.nan), quarters)


def half_space_trees(load: Load) -> OneScore:
    """Each quarter is scored, then learned."""
    rows = features(load)
    names = range(rows.shape[1])
    trees = anomaly.HalfSpaceTrees(n_trees=TREES, height=HEIGHT, window_size=WINDOW, seed=SEED)
    scores = np.full(len(rows), np.nan)
    for place in np.flatnonzero(np.isfinite(rows).all(axis=1)):
        point = dict(zip(names, rows[place].tolist(), strict=True))
        scores[place] = trees.score_one(point)
        trees.learn_one(point)
    return scores


def isolation_forest(load: Load) -> OneScore:
    """Learned each week from the last 30 days."""
    rows = features(load)
    known = np.isfinite(rows.sum(axis=1))
    scores = np.full(len(rows), np.nan)
    for first in range(MONTH, len(rows), WEEK):
        forest = IsolationForest(random_state=SEED)
        forest.fit(rows[first - MONTH : first][known[first - MONTH : first]])
        week = first + np.flatnonzero(known[first : first + WEEK])
        if len(week):
            scores[week] = -forest.score_samples(rows[week])
    return scores
