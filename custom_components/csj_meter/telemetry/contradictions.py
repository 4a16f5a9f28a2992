"""Counters that a wrong clock has put in the wrong minutes.

A counter never falls by itself. When Home Assistant's clock jumps back, or had been ahead for a while, the
meter is asked in minutes that are older than others that are there, and then what these say of the counters
cannot be: energy would be counted twice. The reading of now is believed; what contradicts it loses its
counters and keeps all that it says of its moment. A counter that has begun anew is no contradiction.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .columns import ABSENT, COLUMNS, Sort, Steps
from .series import Series


def set_right(known: Series, newer: Series) -> Series:
    """Those samples of ``known`` that ``newer`` ones contradict, without their counters.

    ``known`` reaches from some time before the newer ones to the last sample that there is.
    """
    younger = known.rows((known.minutes > newer.minutes[0]) & ~np.isin(known.minutes, newer.minutes))
    before = known.between(0, int(newer.minutes[0]))
    wrong = np.zeros(len(younger), np.bool_)
    for name, steps in newer.columns.items():
        if COLUMNS[name].sort is Sort.COUNTER and name in younger.columns:
            reached = _reached(newer, steps, younger)
            own = younger.columns[name]
            # what is below all that was there before has begun anew
            wrong |= (own != ABSENT) & (own < reached) & (own >= _last(before.steps(name)))
    chosen = younger.rows(wrong)
    return replace(
        chosen,
        columns={name: col for name, col in chosen.columns.items() if COLUMNS[name].sort is not Sort.COUNTER},
    )


def _reached(newer: Series, steps: Steps, younger: Series) -> Steps:
    """What a counter had reached by the newer samples before each of the younger ones."""
    highest = np.maximum.accumulate(steps)  # ABSENT is the smallest of all numbers
    places = np.searchsorted(newer.minutes, younger.minutes) - 1
    reached: Steps = highest[places]
    return reached


def _last(steps: Steps) -> int:
    """The last value that is there, or 0."""
    there: NDArray[np.int64] = steps[steps != ABSENT]
    return int(there[-1]) if len(there) else 0
