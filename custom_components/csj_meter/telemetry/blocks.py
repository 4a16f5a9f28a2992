"""Samples and aggregates in compressed blocks: little to write and to keep, for SQLite on a small machine.

A minute of all meters is one row of the journal. When an hour is over, each meter gets a block of it, and
when the day (UTC) is over, one of the day. Aggregates lie in blocks too, of a day's hours or of about a
month's days. A block is replaced whole, in one transaction, so it is never half written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, override

import numpy as np
from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    RowMapping,
    SmallInteger,
    Table,
    bindparam,
    delete,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.sqlite import insert

from .layout import Layout, Period
from .packing import (
    packed_aggregates,
    packed_batch,
    packed_series,
    trimmed,
    unpacked_aggregates,
    unpacked_batches,
    unpacked_series,
)
from .series import DAY, HOUR, Aggregates, Batch, Minutes, Series

_TABLES: Final = MetaData()

JOURNAL: Final = Table(
    "telemetry_journal",
    _TABLES,
    Column("number", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
"""Open samples, one row a commit; the later row is the newer."""

BLOCKS: Final = Table(
    "telemetry_blocks",
    _TABLES,
    Column("meter", Integer, primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("length", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Closed samples of one meter from minute ``start`` on, for an hour or a day (UTC); no two overlap."""

_OF_AN_HOUR: Final = BLOCKS.c.length == literal_column(str(HOUR))
"""Written out: SQLite does not use a partial index for a parameter."""

HOURLY: Final = Index("telemetry_blocks_hourly", BLOCKS.c.start, sqlite_where=_OF_AN_HOUR)
"""The blocks of hours, which are to become blocks of days."""

AGGREGATES: Final = Table(
    "telemetry_aggregates",
    _TABLES,
    Column("period", SmallInteger, primary_key=True),
    Column("meter", Integer, primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Aggregates of one meter that begin in the window from minute ``start`` on."""

WINDOWS: Final[Mapping[Period, int]] = {Period.HOUR: DAY, Period.DAY: 32 * DAY}
"""Minutes of a window of aggregates."""

_CODES: Final[Mapping[Period, int]] = {Period.HOUR: 1, Period.DAY: 2}

TIDIED_AT_ONCE: Final = 8
"""Days of one meter that one step of tidying makes."""

PURGED_AT_ONCE: Final = 64
"""Blocks that one step of purging removes, of each table."""

SETTLED: Final = 2 * HOUR
"""Minutes after its end at which a day is put together: late samples have come by then."""


_BLOCKS_OF: Final = (
    select(BLOCKS)
    .where(
        BLOCKS.c.meter == bindparam("meter"),
        BLOCKS.c.start >= bindparam("day"),
        BLOCKS.c.start > bindparam("since") - BLOCKS.c.length,
        BLOCKS.c.start < bindparam("until"),
    )
    .order_by(BLOCKS.c.start)
)
"""Made once: an export asks it for every day."""


def _unpacked(bodies: Iterable[bytes]) -> tuple[Minutes, Series] | None:
    """Numbers of the meters and their samples, in the order of both, to be read only; None for nothing."""
    batch = unpacked_batches(bodies)
    if batch is None:
        return None
    meters, samples = batch
    # of each meter's minute the best is kept, and of those as good the newest: the last in this order
    order = np.lexsort((samples.provenance, samples.minutes, meters))
    ordered = meters[order]
    same = (np.diff(ordered) == 0) & (np.diff(samples.minutes[order]) == 0)
    kept = order[np.append(~same, [True])]
    meters, samples = meters[kept], samples.rows(kept)
    for numbers in (meters, samples.minutes, samples.provenance, *samples.columns.values()):
        numbers.flags.writeable = False
    return meters, samples


class BlockLayout(Layout):
    """Compressed blocks in SQLite."""

    def __init__(self) -> None:
        """Begin with nothing unpacked."""
        self._unpacked: tuple[tuple[bytes, ...], tuple[Minutes, Series] | None] = ((), None)
        """The journal as it was read last, and what is in it."""

    @override
    def create(self, connection: Connection) -> None:
        _TABLES.create_all(connection)

    # open samples

    @override
    def append(self, connection: Connection, batch: Batch) -> None:
        if len(batch.minutes):
            connection.execute(JOURNAL.insert().values(body=packed_batch(batch)))

    @override
    def open_samples(self, connection: Connection, watermarks: Mapping[int, int]) -> dict[int, Series]:
        bodies = tuple(connection.execute(select(JOURNAL.c.body).order_by(JOURNAL.c.number)).scalars())
        # all meters share it, and whoever asks for one of them asks for the others next
        known, journal = self._unpacked
        if bodies != known:
            journal = _unpacked(bodies)
            self._unpacked = bodies, journal
        if journal is None:
            return {}
        meters, samples = journal
        found = {}
        for meter in watermarks:
            first, last = np.searchsorted(meters, (meter, meter + 1))
            if first < last:
                found[meter] = trimmed(samples.rows(slice(int(first), int(last))))
        return found

    @override
    def close(
        self, connection: Connection, closed: Mapping[int, Series], still_open: Mapping[int, Series]
    ) -> None:
        connection.execute(delete(JOURNAL))
        for meter, series in closed.items():
            self.merge(connection, meter, series)
        if still_open:
            self.append(connection, Batch.of_series(still_open))

    # closed samples

    @override
    def merge(self, connection: Connection, meter: int, series: Series) -> None:
        for day, part in _by_window(series, DAY):
            many = len(part) > DAY // 2  # then they are not written hour by hour
            span = (day, day + DAY) if many else (int(part.minutes[0]), int(part.minutes[-1]) + 1)
            blocks = [_block(row) for row in self._blocks(connection, meter, *span)]
            if many or any(length == DAY for _, length, _ in blocks):
                for start, length, _ in blocks:
                    if length != DAY:
                        self._remove(connection, meter, start)
                merged = Series.joined(one for _, _, one in blocks).merged(part)
                self._write(connection, meter, day, DAY, merged)
                continue
            known = {start: one for start, _, one in blocks}
            for hour, samples in _by_window(part, HOUR):
                merged = known[hour].merged(samples) if hour in known else samples
                self._write(connection, meter, hour, HOUR, merged)

    @override
    def read(
        self,
        connection: Connection,
        meter: int,
        since: int,
        until: int,
        quantities: frozenset[str] | None = None,
    ) -> Iterator[Series]:
        # one day after the other, so that nothing is kept open between two of them
        day = since // DAY * DAY
        while day < until:
            rows = self._blocks(connection, meter, day, min(day + DAY, until))
            if not rows:
                day = self._first_after(connection, meter, day + DAY, until)
                continue
            series = Series.joined(_block(row, quantities)[2] for row in rows).between(since, until)
            if len(series):
                yield series
            day += DAY

    @override
    def neighbour(self, connection: Connection, meter: int, minute: int, *, older: bool) -> Series:
        query = select(BLOCKS).where(BLOCKS.c.meter == meter)
        if older:
            query = query.where(BLOCKS.c.start < minute).order_by(BLOCKS.c.start.desc())
        else:
            still = (BLOCKS.c.start > minute - DAY) & (BLOCKS.c.start > minute - BLOCKS.c.length)
            query = query.where(still).order_by(BLOCKS.c.start)
        with connection.execute(query) as rows:
            for row in rows.mappings():
                series = _block(row)[2]
                place = int(np.searchsorted(series.minutes, minute))
                if older and place > 0:
                    return series.rows(slice(place - 1, place))
                if not older and place < len(series):
                    return series.rows(slice(place, place + 1))
        return Series.empty()

    # aggregates

    @override
    def put(self, connection: Connection, meter: int, period: Period, aggregates: Aggregates) -> None:
        window = WINDOWS[period]
        starts = aggregates.starts // window * window
        for start in np.unique(starts).tolist():
            newer = aggregates.rows(starts == start)
            known = connection.execute(
                select(AGGREGATES.c.body).where(
                    AGGREGATES.c.period == _CODES[period],
                    AGGREGATES.c.meter == meter,
                    AGGREGATES.c.start == start,
                )
            ).scalar_one_or_none()
            body = packed_aggregates(newer if known is None else unpacked_aggregates(known).replaced(newer))
            row = {"period": _CODES[period], "meter": meter, "start": start, "body": body}
            connection.execute(insert(AGGREGATES).values(row).on_conflict_do_update(set_={"body": body}))

    @override
    def aggregates(
        self,
        connection: Connection,
        meters: Collection[int],
        period: Period,
        since: int,
        until: int,
        keys: Collection[str] | None = None,
    ) -> dict[int, Aggregates]:
        found: dict[int, Aggregates] = {}
        for meter in meters:
            bodies = connection.execute(
                select(AGGREGATES.c.body)
                .where(
                    AGGREGATES.c.period == _CODES[period],
                    AGGREGATES.c.meter == meter,
                    AGGREGATES.c.start > since - WINDOWS[period],
                    AGGREGATES.c.start < until,
                )
                .order_by(AGGREGATES.c.start)
            ).scalars()
            joined = Aggregates.joined([unpacked_aggregates(body, keys) for body in bodies]).between(
                since, until
            )
            if len(joined):
                found[meter] = joined
        return found

    # upkeep

    @override
    def tidy(self, connection: Connection, minute: int) -> bool:
        ended = (minute - SETTLED) // DAY * DAY
        due = connection.execute(
            select(BLOCKS.c.meter, BLOCKS.c.start)
            .where(_OF_AN_HOUR, BLOCKS.c.start < ended)
            .order_by(BLOCKS.c.start)
            .limit(TIDIED_AT_ONCE)
        ).all()
        for meter, day_start in {(meter, start // DAY * DAY) for meter, start in due}:
            rows = self._blocks(connection, meter, day_start, day_start + DAY)
            series = Series.joined(_block(row)[2] for row in rows)
            for row in rows:
                self._remove(connection, meter, row["start"])
            if len(series):  # unless all of them have rotted
                self._write(connection, meter, day_start, DAY, series)
        return bool(due)

    @override
    def retain(self, connection: Connection, days: int) -> None:
        """Nothing to do: SQLite does nothing by itself."""

    @override
    def last_closed(self, connection: Connection, watermarks: Mapping[int, int]) -> dict[int, int]:
        found = {}
        for meter in watermarks:
            # of each by itself: for all at once, SQLite reads every block
            query = select(func.max(BLOCKS.c.start)).where(BLOCKS.c.meter == meter)
            if (start := connection.execute(query).scalar_one()) is not None:
                found[meter] = int(start)
        return found

    @override
    def purge(
        self, connection: Connection, samples_before: Mapping[int, int], aggregates_before: int
    ) -> bool:
        removed = 0
        for meter, before in samples_before.items():
            removed += self._purge_meter(connection, meter, before, aggregates_before)
            if removed >= PURGED_AT_ONCE:
                return True
        return False

    def _purge_meter(self, connection: Connection, meter: int, samples: int, aggregates: int) -> int:
        old = (
            connection.execute(
                select(BLOCKS.c.start)
                .where(BLOCKS.c.meter == meter, BLOCKS.c.start <= samples - BLOCKS.c.length)
                .order_by(BLOCKS.c.start)
                .limit(PURGED_AT_ONCE)
            )
            .scalars()
            .all()
        )
        for start in old:
            self._remove(connection, meter, start)
        removed = len(old)
        for period, window in WINDOWS.items():
            removed += connection.execute(
                delete(AGGREGATES).where(
                    AGGREGATES.c.period == _CODES[period],
                    AGGREGATES.c.meter == meter,
                    AGGREGATES.c.start <= aggregates - window,
                )
            ).rowcount
        return removed

    # single blocks

    def _blocks(self, connection: Connection, meter: int, since: int, until: int) -> list[RowMapping]:
        """The blocks that have some of this time."""
        times = {"meter": meter, "day": since // DAY * DAY, "since": since, "until": until}
        return list(connection.execute(_BLOCKS_OF, times).mappings().all())

    def _first_after(self, connection: Connection, meter: int, minute: int, until: int) -> int:
        """The day of the first block from ``minute`` on, or ``until``."""
        start = connection.execute(
            select(BLOCKS.c.start)
            .where(BLOCKS.c.meter == meter, BLOCKS.c.start >= minute, BLOCKS.c.start < until)
            .order_by(BLOCKS.c.start)
            .limit(1)
        ).scalar_one_or_none()
        return until if start is None else int(start) // DAY * DAY

    def _write(self, connection: Connection, meter: int, start: int, length: int, series: Series) -> None:
        body = packed_series(series)
        row = {"meter": meter, "start": start, "length": length, "body": body}
        connection.execute(
            insert(BLOCKS).values(row).on_conflict_do_update(set_={"length": length, "body": body})
        )

    def _remove(self, connection: Connection, meter: int, start: int) -> None:
        connection.execute(delete(BLOCKS).where(BLOCKS.c.meter == meter, BLOCKS.c.start == start))


def _by_window(series: Series, window: int) -> Iterator[tuple[int, Series]]:
    """The samples by the window of minutes that they are in."""
    starts = series.minutes // window * window
    for start in np.unique(starts).tolist():
        yield start, series.between(start, start + window)


def _block(row: RowMapping, quantities: frozenset[str] | None = None) -> tuple[int, int, Series]:
    """Start and length in minutes, and the samples, or only ``quantities`` of them."""
    return int(row["start"]), int(row["length"]), unpacked_series(row["body"], quantities)
