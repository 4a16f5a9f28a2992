"""Smallest, largest and middle values of windows and samples with holes in them, for many meters at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from .memory import Array, Floats, Ints

NORMAL: Final = {0.8: 0.8416, 0.9: 1.2816}
"""Quantile -> how many standard deviations above the mean it is where values are normally distributed."""


def trailing_min(values: Array, window: int, enough: float) -> Array:
    """Smallest of the ``window`` rows that end with each row, shape as ``values``.

    NaN where a share of less than ``enough`` of the window is there.
    """
    known = np.isfinite(values) | np.isposinf(values)
    lowest = np.where(known, values, np.inf)
    reach = 1
    while reach < window:
        step = min(reach, window - reach)
        shifted = np.full_like(lowest, np.inf)
        shifted[step:] = lowest[:-step]
        lowest = np.minimum(lowest, shifted)
        reach += step
    sums = np.cumsum(known, axis=0, dtype=np.int32)
    sums[window:] -= sums[:-window].copy()
    lowest[(sums < enough * window) | np.isinf(lowest)] = np.nan
    return lowest


def quantiles(values: Array, wanted: Sequence[float], least: int) -> list[Floats]:
    """The values at some ranks of each column, nearest rank; NaN where fewer than ``least`` are known."""
    ordered = np.sort(values, axis=0)  # NaN comes last
    count = np.isfinite(ordered).sum(axis=0)
    found = []
    for share in wanted:
        place: Ints = np.rint(share * np.maximum(count - 1, 0)).astype(np.int64)
        at = np.take_along_axis(ordered, place[None], axis=0)[0].astype(np.float64)
        at[count < least] = np.nan
        found.append(at)
    return found


def nth_largest(values: Array, rank: int) -> Floats:
    """The ``rank``-th largest of each column; of fewer values the smallest, of none minus infinity."""
    ordered = np.sort(np.where(np.isnan(values), -np.inf, values), axis=0)[::-1]
    count = (ordered > -np.inf).sum(axis=0)
    place = np.clip(np.minimum(rank, count) - 1, 0, None)
    found: Floats = np.take_along_axis(ordered, place[None], axis=0)[0].astype(np.float64)
    return found


def with_neighbours(hours: Array) -> Array:
    """Of hours of whole days, shape (24 * days, meters): those before, these and those after.

    Shape (3, days, 24, meters), NaN beyond the ends.
    """
    hole = np.full_like(hours[:1], np.nan)
    shifted = (np.concatenate([hole, hours[:-1]]), hours, np.concatenate([hours[1:], hole]))
    return np.stack(shifted).reshape(3, len(hours) // 24, 24, -1)
