"""What comes into the store: samples of now, late ones, and those that contradict what is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from itertools import chain

import numpy as np
from sqlalchemy import Connection

from ..meters.sample import Sample
from .contradictions import has_counters, set_right
from .gaps import Gap, add_gaps, outage_before
from .layout import Layout
from .meter_rows import MeterRow, known_row
from .rollup import Rollup
from .series import DAY, FOREVER, HOUR, Batch, Series


class Arrivals:
    """Takes samples in; aggregates and outages are what they say afterwards."""

    def __init__(self, layout: Layout, rollup: Rollup) -> None:
        """Keep samples in ``layout``, and have ``rollup`` close and mend hours."""
        self._layout = layout
        self._rollup = rollup

    def take(
        self, connection: Connection, known: dict[str, MeterRow], samples: Sequence[Sample]
    ) -> list[Gap]:
        """Samples of several meters, ``known`` or not; the outages that they end are returned."""
        gaps: list[Gap] = []
        late: dict[str, list[Sample]] = defaultdict(list)
        now: list[tuple[int, Sample]] = []
        behind: dict[str, list[Sample]] = defaultdict(list)
        mending: set[str] = set()
        for sample in sorted(samples, key=lambda sample: sample.minute):
            row = known_row(connection, known, sample.serial, sample.minute)
            if outage := outage_before(row, sample.minute, partial(self._knows_any, connection, row)):
                gaps += add_gaps(connection, row.number, row.serial, [outage])
            if row.newest is not None and sample.minute <= row.newest:
                behind[sample.serial].append(sample)
            if sample.minute < row.watermark:
                late[sample.serial].append(sample)
            else:
                now.append((row.number, sample))
                if sample.serial in behind or row.unfinished_from is not None:
                    mending.add(sample.serial)
            row.last = sample.minute
            row.newest = sample.minute if row.newest is None else max(row.newest, sample.minute)
        wrong = {
            serial: self._contradicted(connection, known[serial], some) for serial, some in behind.items()
        }
        if now:
            numbers, kept = zip(*now, strict=True)
            self._layout.append(connection, Batch.of_samples(numbers, kept))
        for serial, some in late.items():
            series, right = Series.of_samples(some), wrong.get(serial, Series.empty())
            is_late = np.isin(right.minutes, series.minutes)
            self._rollup.merge(connection, known[serial], series.merged(right.rows(is_late)))
            wrong[serial] = right.rows(~is_late)
        for serial, series in wrong.items():
            self.add(connection, known[serial], series)
        for serial in mending:
            self._rollup.mend_end(connection, known[serial])
        return gaps

    def add(self, connection: Connection, row: MeterRow, series: Series) -> None:
        """Any samples of one meter, open or closed."""
        closed, open_samples = series.between(0, row.watermark), series.between(row.watermark, FOREVER)
        if len(open_samples):
            self._layout.append(connection, Batch.of_series({row.number: open_samples}))
        if len(closed):
            self._rollup.merge(connection, row, closed)
        if len(open_samples):
            self._rollup.mend_end(connection, row)

    def _contradicted(self, connection: Connection, row: MeterRow, some: Sequence[Sample]) -> Series:
        """Samples whose counters cannot be, now that there are ``some`` that are older than the newest."""
        newer = Series.of_samples(some)
        first = int(newer.minutes[0])
        before = self._samples(connection, row, first - 3 * HOUR, first)
        closed = self._layout.read(connection, row.number, first, row.watermark)
        younger = chain(closed, (self._open(connection, row).between(first, FOREVER),))
        return set_right(before, younger, newer, is_first=lambda: self._is_first(connection, row, first))

    def _is_first(self, connection: Connection, row: MeterRow, minute: int) -> bool:
        """Whether a day before a minute there are no samples, and since then none with counters."""
        before = self._samples(connection, row, minute - DAY, minute)
        older = self._layout.neighbour(connection, row.number, minute - DAY, older=True)
        return not has_counters(before) and not len(older)

    def _knows_any(self, connection: Connection, row: MeterRow, since: int, until: int) -> bool:
        return bool(len(self._samples(connection, row, since, until)))

    def _samples(self, connection: Connection, row: MeterRow, since: int, until: int) -> Series:
        closed = self._layout.read(connection, row.number, since, min(until, row.watermark))
        parts = list(closed) if since < row.watermark else []
        if until > row.watermark:
            parts.append(self._open(connection, row).between(since, until))
        return Series.joined(parts)

    def _open(self, connection: Connection, row: MeterRow) -> Series:
        found = self._layout.open_samples(connection, {row.number: row.watermark})
        return found.get(row.number, Series.empty())
