"""From samples to aggregates: which hours and days a change touches, and what becomes of them.

How much a counter rose in an hour depends on the samples around it as well: an outage is shared out between
the hours that it lasted. So whatever adds samples works out anew everything between the sample before and
the sample after them, in the same transaction. Aggregates are therefore always what the samples say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, select, update

from .aggregate import aggregate, hours_between, local_days_between
from .columns import ABSENT, COUNTS, FIGURES, Stat, Steps
from .contradictions import has_counters
from .layout import Layout, Period
from .meter_rows import MeterRow, keep
from .purged import hours_gone, may_be_put
from .schema import TOTALS
from .series import DAY, FOREVER, HOUR, Aggregates, Minutes, Series

COUNTER: Final = "energy_import"
"""The counter whose samples decide how far a change reaches; all counters are read together."""

WINDOW: Final = 8 * DAY
"""Minutes that are worked out at once, to bound the memory."""

LONGEST_DAY: Final = DAY + HOUR
"""Minutes of the local day on which clocks go back."""

WIDEST: Final = 62
"""Days around a sample in which one that has the counters is looked for: as long as load profiles last."""


class Rollup:
    """Closes hours and days, and mends those that turn out different."""

    def __init__(self, layout: Layout, zone: ZoneInfo) -> None:
        """Local days are those of ``zone``."""
        self._layout = layout
        self._zone = zone

    def close(self, connection: Connection, meters: Iterable[MeterRow], until: Mapping[int, int]) -> None:
        """Close hours of some meters: number -> the hour that is not closed yet.

        ``meters`` are all that there are: they share the journal.
        """
        due = [row for row in meters if until.get(row.number, row.watermark) > row.watermark]
        if not due:
            return
        samples = self._layout.open_samples(connection, {row.number: row.watermark for row in meters})
        closed: dict[int, Series] = {}
        still_open: dict[int, Series] = {}
        for number, series in samples.items():
            place = int(np.searchsorted(series.minutes, until.get(number, 0)))
            closed[number], still_open[number] = series.rows(slice(0, place)), series.rows(slice(place, None))
        self._layout.close(connection, _some(closed), _some(still_open))
        for row in due:
            since = row.watermark if row.unfinished_from is None else row.unfinished_from
            after = still_open.get(row.number, Series.empty())
            row.watermark = until[row.number]
            self._work_out(connection, row, since, row.watermark, after)
            row.unfinished_from = self._unfinished(connection, row, after)
            keep(connection, row)

    def merge(self, connection: Connection, row: MeterRow, series: Series) -> None:
        """Add samples of hours that are closed already."""
        first, last = int(series.minutes[0]), int(series.minutes[-1])
        counts = has_counters(series) or any(
            map(has_counters, self._layout.read(connection, row.number, first, last + 1))
        )
        self._layout.merge(connection, row.number, series)
        after = self._open(connection, row)
        if not counts:  # then it changes no energy, however far away the next counters are
            self._mend(connection, row, first, last, after)
            return
        before = self._around(connection, row.number, first, older=True)
        behind = self._around(connection, row.number, last + 1, older=False).merged(after)
        # samples without counters say nothing of energy; one of a clock that was ahead may be a year away
        reach = _counted(behind, last=False) if _has_counter(behind).any() else last
        self._mend(connection, row, min(first, _counted(before, last=True)), max(last, reach), after)

    def mend_end(self, connection: Connection, row: MeterRow) -> None:
        """Work out anew what is closed and depends on the first open sample: there is another one now."""
        before = self._around(connection, row.number, row.watermark, older=True)
        if len(before):
            after = self._open(connection, row)
            self._mend(connection, row, _counted(before, last=True), row.watermark - 1, after)

    def _open(self, connection: Connection, row: MeterRow) -> Series:
        found = self._layout.open_samples(connection, {row.number: row.watermark})
        return found.get(row.number, Series.empty())

    def _mend(self, connection: Connection, row: MeterRow, first: int, last: int, after: Series) -> None:
        """Work out anew the closed hours from the one of minute ``first`` to the one of minute ``last``."""
        until = min(last // HOUR * HOUR + HOUR, row.watermark)
        self._work_out(connection, row, first // HOUR * HOUR, until, after)
        row.unfinished_from = self._unfinished(connection, row, after)
        keep(connection, row)

    def _unfinished(self, connection: Connection, row: MeterRow, after: Series) -> int | None:
        """The hour whose figures depend on a sample that is still to come."""
        if _has_counter(after).any():
            return None
        last = self._around(connection, row.number, row.watermark, older=True)
        if not len(last):
            return None
        return min(_counted(last, last=True), row.watermark - 1) // HOUR * HOUR

    def _work_out(self, connection: Connection, row: MeterRow, since: int, until: int, after: Series) -> None:
        """Aggregate closed samples anew from hour to hour, and the local days that this touches."""
        # the local days at both ends reach further
        gone = self._gone(connection, row, since - LONGEST_DAY, until + LONGEST_DAY, after)
        window = since
        while window < until:
            end = min(until, window + WINDOW)
            hours = hours_between(window, end)
            starts, ends = local_days_between(window, end, self._zone)
            over = ends <= row.watermark
            days = (starts[over], ends[over])
            first = min([window, *days[0][:1].tolist()])
            last = max([end, *days[1][-1:].tolist()])
            series = self._with_context(connection, row.number, first, last, after)
            self._put(connection, row, Period.HOUR, series, hours, gone)
            self._put(connection, row, Period.DAY, series, days, gone)
            window = end
        row.untold_from = since if row.untold_from is None else min(since, row.untold_from)

    def _gone(self, connection: Connection, row: MeterRow, since: int, until: int, after: Series) -> Minutes:
        """The hours that lack samples, from the counters before a time to those behind it."""
        none = np.empty(0, np.int64)
        if row.kept_from is None:
            return none
        before = self._around(connection, row.number, since, older=True)
        first = _counted(before, last=True) // HOUR * HOUR if len(before) else 0
        if first >= row.kept_from:
            return none
        behind = self._around(connection, row.number, until, older=False).merged(after)
        last = min(row.kept_from, _counted(behind, last=False) if len(behind) else FOREVER)
        known = self._layout.aggregates(connection, [row.number], Period.HOUR, first, last, COUNTS)
        if row.number not in known:
            return none
        there = Series.joined(self._layout.read(connection, row.number, first, last + HOUR, frozenset()))
        return hours_gone(known[row.number], there.minutes)

    def _with_context(
        self, connection: Connection, meter: int, since: int, until: int, after: Series
    ) -> Series:
        """The closed samples of a time, with those around it that tell how counters went on."""
        return Series.joined(
            (
                self._around(connection, meter, since, older=True),
                *self._layout.read(connection, meter, since, until),
                self._around(connection, meter, until, older=False).merged(after),
            )
        )

    def _around(self, connection: Connection, meter: int, minute: int, *, older: bool) -> Series:
        """The closed samples next to ``minute`` on one side, up to one that has the counters."""
        found = self._layout.neighbour(connection, meter, minute, older=older)
        if not len(found) or _has_counter(found).any():
            return found
        nearest = int(found.minutes[0])
        parts: list[Series] = []
        for number in range(WIDEST):
            start = nearest // DAY * DAY + (-number if older else number) * DAY
            span = (start, min(start + DAY, nearest + 1)) if older else (max(start, nearest), start + DAY)
            part = Series.joined(self._layout.read(connection, meter, *span))
            having = part.minutes[_has_counter(part)]
            if len(having):
                part = (
                    part.between(int(having[-1]), FOREVER) if older else part.between(0, int(having[0]) + 1)
                )
            parts.append(part)
            if len(having):
                break
        return Series.joined(reversed(parts) if older else parts)

    def _put(
        self,
        connection: Connection,
        row: MeterRow,
        period: Period,
        series: Series,
        periods: tuple[Minutes, Minutes],
        gone: Minutes,
    ) -> None:
        starts, ends = periods
        if not len(starts):
            return
        since, until = int(starts[0]), int(starts[-1]) + 1
        known = self._layout.aggregates(connection, [row.number], period, since, until)
        old = known.get(row.number, Aggregates.empty())
        new = aggregate(series, starts, ends)
        if row.kept_from is not None:
            counted = series.minutes[_has_counter(series)]
            first = int(series.minutes[0]) if len(series) else FOREVER
            new = new.rows(may_be_put(new, old, counted, first=first, kept_from=row.kept_from, gone=gone))
        if not len(new):
            return
        self._layout.put(connection, row.number, period, new)
        if period is Period.HOUR:
            replaced = old.rows(np.isin(old.starts, new.starts))
            _add_to_totals(connection, row.number, replaced, new)


def _some(by_meter: Mapping[int, Series]) -> dict[int, Series]:
    return {meter: series for meter, series in by_meter.items() if len(series)}


def _has_counter(series: Series) -> np.ndarray:
    """Which samples have the counters."""
    return np.asarray(series.steps(COUNTER) != ABSENT)


def _counted(series: Series, *, last: bool) -> int:
    """Minute of the last or first sample that has the counters, or of any if none has; far away without."""
    if not len(series):
        return np.iinfo(np.int64).max if last else 0
    having = series.minutes[_has_counter(series)]
    some = having if len(having) else series.minutes
    return int(some[-1 if last else 0])


def _add_to_totals(connection: Connection, meter: int, old: Aggregates, new: Aggregates) -> None:
    """Count what has become more."""
    rises = {
        figure.number: _sum(new.steps(key)) - _sum(old.steps(key))
        for key, figure in FIGURES.items()
        if figure.stat in {Stat.USED, Stat.COST} and (key in new.columns or key in old.columns)
    }
    if not rises:
        return
    query = select(TOTALS.c.figure, TOTALS.c.steps).where(TOTALS.c.meter == meter)
    known = {found.figure: found.steps for found in connection.execute(query)}
    for figure, rise in rises.items():
        if figure not in known:
            connection.execute(TOTALS.insert().values(meter=meter, figure=figure, steps=rise))
        elif rise:
            connection.execute(
                update(TOTALS)
                .where(TOTALS.c.meter == meter, TOTALS.c.figure == figure)
                .values(steps=known[figure] + rise)
            )


def _sum(steps: Steps) -> int:
    return int(steps[steps != ABSENT].sum())
