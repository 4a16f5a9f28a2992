"""Rules of deviations from a mean: what one would write down first.

Both want three samples in a row, so a score is the smallest of three: of ``|z|``, how many standard
deviations a sample is away from the mean of the last 30 days.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..faults import Load
from .peer import OneScore

HOUR: Final = 60
WEEK: Final = 7 * 24
"""Hours."""

MONTH: Final = 30 * 24
"""Hours."""

HALF_LIFE: Final = 10.0
"""Days after which a week counts half: how the season gets into the baseline."""

SMALLEST: Final = 1.0
"""W; no standard deviation is smaller than what the meter can tell apart."""

type Sums = NDArray[np.float64]
"""Shape (hours, 3): how many samples, their sum, the sum of their squares."""


def _sums(load: Load) -> Sums:
    """Hour by hour."""
    hours = load.astype(np.float64).reshape(-1, HOUR)
    known = np.nan_to_num(hours)
    return np.stack([np.isfinite(hours).sum(axis=1), known.sum(axis=1), (known * known).sum(axis=1)], axis=1)


def _three_in_a_row(load: Load, sums: Sums) -> OneScore:
    """Deviations of the samples of each hour from a baseline of each hour."""
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sums[:, 1] / sums[:, 0]
        deviation = np.sqrt(np.maximum(sums[:, 2] / sums[:, 0] - mean * mean, SMALLEST**2))
    z: OneScore = np.abs(load - np.repeat(mean, HOUR)) / np.repeat(deviation, HOUR)
    z[2:] = np.minimum(np.minimum(z[2:], z[1:-1]), z[:-2])
    z[:2] = np.nan
    return z


def hour_of_week(load: Load) -> OneScore:
    """Away from the same hour of the week in the last 30 days, the last weeks counting most."""
    sums = _sums(load)
    before = np.zeros_like(sums)
    for weeks in range(1, MONTH // WEEK + 1):
        before[weeks * WEEK :] += 0.5 ** (7 * weeks / HALF_LIFE) * sums[: -weeks * WEEK]
    return _three_in_a_row(load, before)


def month(load: Load) -> OneScore:
    """Away from all samples of the last 30 days."""
    total = np.concatenate([np.zeros((1, 3)), np.cumsum(_sums(load), axis=0)])
    before = total[:-1].copy()
    before[MONTH:] -= total[: -MONTH - 1]
    return _three_in_a_row(load, before)
