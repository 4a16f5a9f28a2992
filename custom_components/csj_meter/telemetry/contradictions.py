"""Counters that a wrong clock has put in the wrong minutes.

A counter never falls by itself. When Home Assistant's clock jumps back, or had been ahead for a while, the
meter is asked in minutes that are older than others that are there, and then what these say of the counters
cannot be: energy would be counted twice. What is wrong loses its counters and keeps all that it says of its
moment. As a rule the reading of now is believed. But where it lies in the midst of more than a day of samples
that it contradicts, it is the clock of now that is wrong, such as that of a small computer which was without
power and has not asked for the time yet: a minute of it must not cost the months before. So it is, for a day,
where it lies before all that there is. A counter that has begun anew is no contradiction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .columns import ABSENT, COLUMNS, Sort, Steps
from .series import DAY, Series

MOST: Final = DAY
"""Samples that lose their counters for the sake of newer ones."""

MIDST: Final = DAY
"""Minutes after the newer samples in which the first that they contradict lies, if they are in the midst."""


def set_right(
    before: Series, younger: Iterable[Series], newer: Series, *, is_first: Callable[[], bool]
) -> Series:
    """Those samples that cannot be, without their counters: younger ones, or all of the ``newer`` ones.

    ``before``: samples of some time before the newer ones; ``younger``: samples from the first of the newer
    ones to the last that there is, day by day. ``is_first``: whether no counters are known of the time before
    them, and they have not been so for more than a day.
    """
    found: list[Series] = []
    for day in younger:
        others = day.rows((day.minutes > newer.minutes[0]) & ~np.isin(day.minutes, newer.minutes))
        wrong = _contradicted(before, others, newer)
        if wrong.any():
            found.append(others.rows(wrong))
        elif has_counters(others):
            break  # counters rise: what comes later is even less of a contradiction
        many = sum(map(len, found)) > MOST
        if many and (found[0].minutes[0] - newer.minutes[-1] <= MIDST or is_first()):
            return _without_counters(newer)
    return Series.joined(_without_counters(wrong) for wrong in found)


def _contradicted(before: Series, younger: Series, newer: Series) -> NDArray[np.bool_]:
    """Which of the younger samples the newer ones contradict."""
    wrong = np.zeros(len(younger), np.bool_)
    for name, steps in newer.columns.items():
        if _is_counter(name) and name in younger.columns:
            reached = _reached(newer, steps, younger)
            own = younger.columns[name]
            # what is below all that was there before has begun anew
            wrong |= (own != ABSENT) & (own < reached) & (own >= _last(before.steps(name)))
    return wrong


def has_counters(series: Series) -> bool:
    """Whether any of the samples has any."""
    return any((steps != ABSENT).any() for name, steps in series.columns.items() if _is_counter(name))


def _is_counter(name: str) -> bool:
    return COLUMNS[name].sort is Sort.COUNTER


def _without_counters(series: Series) -> Series:
    columns = {name: steps for name, steps in series.columns.items() if not _is_counter(name)}
    return replace(series, columns=columns)


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
