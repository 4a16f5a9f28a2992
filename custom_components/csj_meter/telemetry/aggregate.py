"""Hours, local days and any other span, out of samples.

Nothing here depends on how it was asked for. Energy is the difference of a running total at the two ends of
a period; the total between two samples is interpolated by whole steps, so that a chain of periods adds up to
the counter exactly, and the same period gives the same figures whichever samples around it were loaded. A day
is worked out from its samples, not from its hours: a local day need not begin with an hour in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from ..meters.sample import MINUTE, Provenance, moment_of
from .columns import ABSENT, COLUMNS, COUNTS, FIGURES, TARIFF_ENERGIES, Sort, Stat, Steps
from .series import HOUR, Aggregates, Minutes, Series

_HIGHEST: Final = int(np.iinfo(np.int64).max)
PRICE_OF: Final[Mapping[str, str]] = MappingProxyType(
    {energy: energy.replace("energy_import", "price") for energy in TARIFF_ENERGIES}
)
"""Counter -> price of a tariff."""


def aggregate(series: Series, starts: Minutes, ends: Minutes) -> Aggregates:
    """One aggregate for each period from minute ``starts[i]`` to before ``ends[i]``: rising, not overlapping.

    ``series`` has the samples of the periods and, where there are any, at least one more before the first
    start and one at or after the last end. Where such a neighbour lacks a counter or price of the meter, more
    samples are needed up to one that has it: what was used at the edge depends on them.

    - Levels: mean (halves up), smallest and largest of the samples in the period; states: the last one;
      flags: every bit.
    - Used: how much the running total rose. Between two samples it rises evenly, before the first and after
      the last it stands still, and a counter that falls used nothing. Absent outside of its samples.
    - Cost: the energy between two samples has the price of the older one; where none is known by then, the
      next one that is. Absent where energy was used and no price is known at all. The cost of the whole
      import is that of its tariffs.
    """
    periods = _Periods.of(series.minutes, starts, ends)
    found: dict[str, Steps] = {}
    kinds = np.stack([series.provenance == provenance for provenance in Provenance])
    counts = periods.spread(periods.reduce(np.add, kinds.astype(np.int64)), 0)
    found.update(zip(COUNTS, counts, strict=True))
    for sort, stats in _SUMMARIES.items():
        names = [name for name in series.columns if COLUMNS[name].sort is sort]
        if names:
            rows = np.stack([series.columns[name] for name in names])
            for stat, steps in stats(periods, rows).items():
                _add(found, names, stat, steps)
    _add_counters(found, series, periods)
    return Aggregates(
        starts=periods.starts,
        lengths=periods.ends - periods.starts,
        columns={key: found[key] for key in FIGURES if key in found},
    )


def hours_between(since: int, until: int) -> tuple[Minutes, Minutes]:
    """Starts and ends of the hours (UTC) that overlap the time from minute ``since`` to before ``until``."""
    if until <= since:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    starts = np.arange(since // HOUR * HOUR, until, HOUR, dtype=np.int64)
    return starts, starts + HOUR


def local_days_between(since: int, until: int, zone: ZoneInfo) -> tuple[Minutes, Minutes]:
    """Starts and ends of the days of ``zone`` that overlap the time from ``since`` to before ``until``.

    A day begins at its first midnight, or at the first minute it has; a date that a zone left out is no day.
    """
    if until <= since:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    day = timedelta(days=1)
    first = moment_of(since, zone).date()
    # one more: where clocks go back just after midnight, yesterday's date is shown again in the new day
    last = moment_of(until - 1, zone).date() + 2 * day
    dates = (first + number * day for number in range((last - first).days + 1))
    edges = np.unique(np.fromiter((midnight(each, zone) for each in dates), np.int64))
    starts, ends = edges[:-1], edges[1:]
    overlapping = (ends > since) & (starts < until)
    return starts[overlapping], ends[overlapping]


def midnight(day: date, zone: ZoneInfo) -> int:
    """The minute with which a day of ``zone`` begins."""
    # fold 0: the first of two midnights, and the end of the gap for one that there is not
    return int(datetime.combine(day, time(), zone).timestamp()) // MINUTE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Periods:
    """Periods, and which rows of a series belong to each."""

    starts: Minutes
    ends: Minutes

    filled: NDArray[np.intp]
    """Which periods have samples."""

    cuts: NDArray[np.intp]
    """First row of each filled period and the row after it, by turns; without the last."""

    stop: int
    """The row after the last filled period."""

    @classmethod
    def of(cls, minutes: Minutes, starts: Minutes, ends: Minutes) -> _Periods:
        """Find the rows of each period."""
        first, after = np.searchsorted(minutes, starts), np.searchsorted(minutes, ends)
        (filled,) = np.nonzero(after > first)
        return cls(
            starts=np.asarray(starts, np.int64),
            ends=np.asarray(ends, np.int64),
            filled=filled,
            cuts=np.column_stack((first[filled], after[filled])).ravel()[:-1],
            stop=int(after[filled[-1]]) if len(filled) else 0,
        )

    def reduce(self, function: np.ufunc, rows: Steps) -> Steps:
        """One value of each column for each filled period; ``rows`` and result have a row for each column."""
        if not len(self.filled):
            return np.empty((len(rows), 0), np.int64)
        return np.ascontiguousarray(function.reduceat(rows[:, : self.stop], self.cuts, axis=1)[:, ::2])

    def spread(self, reduced: Steps, nothing: int = ABSENT) -> Steps:
        """The same for each period: ``nothing`` for those without samples."""
        if len(self.filled) == len(self.starts):
            return reduced
        spread = np.full((len(reduced), len(self.starts)), nothing, np.int64)
        spread[:, self.filled] = reduced
        return spread


def _levels(periods: _Periods, rows: Steps) -> dict[Stat, Steps]:
    """Mean, smallest and largest."""
    absent = rows == ABSENT
    # ABSENT is the smallest of all numbers: the largest of some values never is ABSENT unless all are
    largest = periods.reduce(np.maximum, rows)
    if absent.any():
        count = periods.reduce(np.add, (~absent).astype(np.int64))
        total = periods.reduce(np.add, np.where(absent, 0, rows))
        smallest = periods.reduce(np.minimum, np.where(absent, _HIGHEST, rows))
        nowhere = count == 0
        smallest[nowhere] = ABSENT
        mean = (2 * total + count) // np.where(nowhere, 1, 2 * count)
        mean[nowhere] = ABSENT
    else:
        count = np.diff(np.append(periods.cuts, periods.stop))[::2]
        smallest = periods.reduce(np.minimum, rows)
        mean = (2 * periods.reduce(np.add, rows) + count) // (2 * count)
    return {
        Stat.MEAN: periods.spread(mean),
        Stat.MIN: periods.spread(smallest),
        Stat.MAX: periods.spread(largest),
    }


def _states(periods: _Periods, rows: Steps) -> dict[Stat, Steps]:
    """The last one that is there."""
    places = np.where(rows == ABSENT, -1, np.arange(rows.shape[1]))
    last = periods.reduce(np.maximum, places)
    value = np.take_along_axis(rows, np.maximum(last, 0), axis=1)
    return {Stat.LAST: periods.spread(np.where(last < 0, ABSENT, value))}


def _flags(periods: _Periods, rows: Steps) -> dict[Stat, Steps]:
    """All bits that were set."""
    some = periods.reduce(np.maximum, rows) != ABSENT
    bits = periods.reduce(np.bitwise_or, np.where(rows == ABSENT, 0, rows))
    return {Stat.ANY: periods.spread(np.where(some, bits, ABSENT))}


_SUMMARIES: Final = {Sort.LEVEL: _levels, Sort.STATE: _states, Sort.FLAGS: _flags}


def _add(found: dict[str, Steps], names: Sequence[str], stat: Stat, steps: Steps) -> None:
    """Put one figure of several quantities where it is anywhere."""
    there = (steps != ABSENT).any(axis=1)
    for name, row, some in zip(names, steps, there, strict=True):
        if some:
            found[f"{name}_{stat.name.lower()}"] = row


def _add_counters(found: dict[str, Steps], series: Series, periods: _Periods) -> None:
    """Put what was used and what it cost."""
    edges = np.concatenate((periods.starts, periods.ends))
    prices = _known_prices(series)
    total = np.zeros(len(periods.starts), np.int64)
    some = np.zeros(len(periods.starts), np.bool_)
    unknown = np.zeros(len(periods.starts), np.bool_)
    for minutes, rows, names in _counters(series):
        within = (periods.starts <= minutes[-1]) & (periods.ends > minutes[0])
        rises = np.maximum(np.diff(rows, axis=1), 0)
        _add(found, names, Stat.USED, _between(_totals(minutes, rises, edges), within))
        priced = [name for name in names if name in prices]
        if priced:
            chosen = [names.index(name) for name in priced]
            known = np.searchsorted(series.minutes, minutes[:-1])
            weights = np.stack([prices[name] for name in priced])[:, known]
            costs = _between(_totals(minutes, rises[chosen], edges, weights), within)
            _add(found, priced, Stat.COST, costs)
            some |= within
            total += np.where(within, costs, 0).sum(axis=0)
        for name in set(names).intersection(TARIFF_ENERGIES).difference(priced):
            if (used := found.get(f"{name}_used")) is not None:
                unknown |= used > 0
    if (some & ~unknown).any():
        found["energy_import_cost"] = np.where(some & ~unknown, total, ABSENT)


def _counters(series: Series) -> Iterator[tuple[Minutes, Steps, list[str]]]:
    """Counters, those of the same samples together: minutes, values without absent ones, and names."""
    names = [name for name in series.columns if COLUMNS[name].sort is Sort.COUNTER]
    if not names or not len(series):
        return
    rows = np.stack([series.columns[name] for name in names])
    present = rows != ABSENT
    if present.all():
        yield series.minutes, rows, names
        return
    together: dict[bytes, list[int]] = {}
    for place, mask in enumerate(present):
        together.setdefault(mask.tobytes(), []).append(place)
    for places in together.values():
        mask = present[places[0]]
        if mask.any():
            yield series.minutes[mask], rows[places][:, mask], [names[place] for place in places]


def _totals(minutes: Minutes, rises: Steps, at: Minutes, weights: Steps | None = None) -> Steps:
    """Running totals at the minutes ``at``, a row for each counter; each rise counts ``weights`` times.

    ``rises``: what each counter rose from one of ``minutes`` to the next.
    """
    if len(minutes) < 2:
        return np.zeros((len(rises), len(at)), np.int64)
    left = np.clip(np.searchsorted(minutes, at, side="right") - 1, 0, len(minutes) - 2)
    width = minutes[left + 1] - minutes[left]
    elapsed = np.clip(at - minutes[left], 0, width)
    part = rises[:, left] * elapsed // width
    if weights is not None:
        part *= weights[:, left]
        rises = rises * weights
    whole = np.zeros((len(rises), len(minutes)), np.int64)
    np.cumsum(rises, axis=1, out=whole[:, 1:])
    totals: Steps = whole[:, left] + part
    return totals


def _between(totals: Steps, within: NDArray[np.bool_]) -> Steps:
    """Difference of totals at the ends and the starts; absent where not ``within``."""
    at_start, at_end = np.split(totals, 2, axis=1)
    return np.where(within, at_end - at_start, ABSENT)


def _known_prices(series: Series) -> Mapping[str, Steps]:
    """Counter of a tariff -> the price that holds from each sample on; without those that never have one."""
    known: dict[str, Steps] = {}
    places = np.arange(len(series))
    for energy, price in PRICE_OF.items():
        steps = series.columns.get(price)
        if steps is None:
            continue
        absent = steps == ABSENT
        if absent.all():
            continue
        if absent.any():
            last = np.maximum.accumulate(np.where(absent, -1, places))
            steps = steps[np.where(last < 0, np.argmin(absent), last)]
        known[energy] = steps
    return known
