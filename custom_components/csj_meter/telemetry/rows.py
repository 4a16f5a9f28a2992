"""Samples and aggregates as rows of numbers: for PostgreSQL, and whoever wants to query it there.

One row a sample and one row an aggregate, with columns named as the quantities and figures are, in their
canonical units, so that a report or a Grafana needs no help from this software. What is written converts back
to the very steps it was made of. A row is the same whether its sample is open or closed; only who asks knows
the watermark.

SQLite can do it too, as what the compressed blocks are measured against.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
import datetime as dt
from typing import Any, Final, override

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    TIMESTAMP,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Double,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    TypeDecorator,
    delete,
    func,
    select,
)
from sqlalchemy.types import TypeEngine

from . import timescale
from .bulk import Rows, Upsert
from .columns import ABSENT, COLUMNS, COUNTS, FIGURES, Steps, in_units
from .layout import Layout, Period
from .series import DAY, Aggregates, Batch, Series

PURGED_AT_ONCE: Final = 4
"""Stretches of one meter that one step of purging removes."""

SAMPLES_OF_A_STEP: Final = DAY
"""Minutes of samples in such a stretch."""

AGGREGATES_OF_A_STEP: Final = 60 * DAY
"""Minutes of aggregates in such a stretch."""

_LAST_MINUTE: Final = int(dt.datetime(9999, 12, 31, tzinfo=dt.UTC).timestamp()) // 60


class Minute(TypeDecorator[int]):
    """A minute since 1970-01-01 UTC: a moment with a time zone in PostgreSQL, a whole number in SQLite."""

    impl = Integer
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return TIMESTAMP(timezone=True) if dialect.name == "postgresql" else Integer()

    @override
    def process_bind_param(self, value: int | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "postgresql":
            return value
        return dt.datetime.fromtimestamp(60 * min(value, _LAST_MINUTE), dt.UTC)

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:
        return int(value.timestamp()) // 60 if isinstance(value, dt.datetime) else value


_TABLES: Final = MetaData()

SAMPLES: Final = Table(
    "telemetry_sample",
    _TABLES,
    Column("meter", Integer, nullable=False),
    Column("at", Minute, nullable=False),
    Column("provenance", SmallInteger, nullable=False),
    *(Column(name, Double) for name in COLUMNS),
    PrimaryKeyConstraint("meter", "at"),
)
"""``at``: the minute; ``provenance``: a number of ``Provenance``."""


def _aggregates_table(name: str) -> Table:
    return Table(
        name,
        _TABLES,
        Column("meter", Integer, nullable=False),
        Column("at", Minute, nullable=False),
        Column("length", Integer, nullable=False),
        *(Column(key, Integer if key in COUNTS else Double) for key in FIGURES),
        PrimaryKeyConstraint("meter", "at"),
    )


AGGREGATES: Final[Mapping[Period, Table]] = {
    period: _aggregates_table(f"telemetry_{period.value}") for period in Period
}
"""``at``: the first minute; ``length``: minutes."""

_PUT_SAMPLES: Final = Upsert(table=SAMPLES, rank="provenance")
_PUT_AGGREGATES: Final = {period: Upsert(table=table) for period, table in AGGREGATES.items()}

_KEY: Final = ("meter", "at", "provenance")
_SAMPLE: Final = (*_KEY, *COLUMNS)


class RowLayout(Layout):
    """A row of numbers each, in PostgreSQL or SQLite."""

    @override
    def create(self, connection: Connection) -> None:
        _TABLES.create_all(connection)
        timescale.adopt(connection, SAMPLES.name)

    # samples

    @override
    def append(self, connection: Connection, batch: Batch) -> None:
        if len(batch.minutes):
            _PUT_SAMPLES.run(
                connection,
                {"meter": batch.meters, "at": batch.minutes, "provenance": batch.provenance}
                | {name: in_units(steps, COLUMNS[name].decimals) for name, steps in batch.columns.items()},
            )

    @override
    def open_samples(self, connection: Connection, watermarks: Mapping[int, int]) -> dict[int, Series]:
        meters_of: dict[int, list[int]] = {}
        for meter, watermark in watermarks.items():
            meters_of.setdefault(watermark, []).append(meter)
        found: dict[int, Series] = {}
        # meters are as a rule at the same hour; one that was away has its own
        for watermark, meters in meters_of.items():
            rows = Rows.fetch(
                connection, SAMPLES, _SAMPLE, SAMPLES.c.meter.in_(meters), SAMPLES.c.at >= watermark
            )
            found |= {meter: _series(part) for meter, part in rows.by_meter().items()}
        return found

    @override
    def close(
        self, connection: Connection, closed: Mapping[int, Series], still_open: Mapping[int, Series]
    ) -> None:
        """Nothing to do: a row stays what it is."""

    @override
    def merge(self, connection: Connection, meter: int, series: Series) -> None:
        self.append(connection, Batch.of_series({meter: series}))

    @override
    def read(
        self,
        connection: Connection,
        meter: int,
        since: int,
        until: int,
        quantities: frozenset[str] | None = None,
    ) -> Iterator[Series]:
        names = _SAMPLE if quantities is None else (*_KEY, *sorted(quantities))
        # one day after the other, so that nothing is kept open between two of them
        while since < until:
            stop = min(until, since // DAY * DAY + DAY)
            mine, at = SAMPLES.c.meter == meter, SAMPLES.c.at
            rows = Rows.fetch(connection, SAMPLES, names, mine, at >= since, at < stop)
            if len(rows):
                yield _series(rows)
                since = stop
            else:
                first = _first(connection, SAMPLES, meter, SAMPLES.c.at >= stop)
                since = until if first is None else max(stop, first)

    @override
    def neighbour(self, connection: Connection, meter: int, minute: int, *, older: bool) -> Series:
        at = SAMPLES.c.at
        which = func.max(at, type_=Minute()) if older else func.min(at, type_=Minute())
        side = at < minute if older else at >= minute
        found = connection.execute(select(which).where(SAMPLES.c.meter == meter, side)).scalar_one()
        if found is None:
            return Series.empty()
        return _series(Rows.fetch(connection, SAMPLES, _SAMPLE, SAMPLES.c.meter == meter, at == found))

    # aggregates

    @override
    def put(self, connection: Connection, meter: int, period: Period, aggregates: Aggregates) -> None:
        if len(aggregates):
            _PUT_AGGREGATES[period].run(
                connection,
                {
                    "meter": np.full(len(aggregates), meter),
                    "at": aggregates.starts,
                    "length": aggregates.lengths,
                }
                | {key: in_units(steps, FIGURES[key].decimals) for key, steps in aggregates.columns.items()},
            )

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
        table = AGGREGATES[period]
        names = ("meter", "at", "length", *(FIGURES if keys is None else keys))
        among, at = table.c.meter.in_(meters), table.c.at
        rows = Rows.fetch(connection, table, names, among, at >= since, at < until)
        return {meter: _aggregates(part) for meter, part in rows.by_meter().items()}

    # upkeep

    @override
    def tidy(self, connection: Connection, minute: int) -> bool:
        return False

    @override
    def retain(self, connection: Connection, days: int) -> None:
        timescale.retain(connection, SAMPLES.name, days)

    @override
    def last_closed(self, connection: Connection, watermarks: Mapping[int, int]) -> dict[int, int]:
        if timescale.is_hypertable(connection, SAMPLES.name):
            return {}  # chunks are of all meters, and the database drops them by itself
        found = {}
        for meter, watermark in watermarks.items():
            query = select(func.max(SAMPLES.c.at, type_=Minute())).where(
                SAMPLES.c.meter == meter, SAMPLES.c.at < watermark
            )
            if (minute := connection.execute(query).scalar_one()) is not None:
                found[meter] = int(minute)
        return found

    @override
    def purge(
        self, connection: Connection, samples_before: Mapping[int, int], aggregates_before: int
    ) -> bool:
        in_chunks = timescale.is_hypertable(connection, SAMPLES.name)
        if in_chunks and samples_before:
            # whole chunks only: taking rows out of a compressed one costs more than a week of them does
            timescale.drop_chunks(connection, SAMPLES.name, max(samples_before.values()))
        removed = 0
        for meter, minute in samples_before.items():
            steps = [(table, aggregates_before, AGGREGATES_OF_A_STEP) for table in AGGREGATES.values()]
            if not in_chunks:
                steps.append((SAMPLES, minute, SAMPLES_OF_A_STEP))
            for table, before, step in steps:
                while (first := _first(connection, table, meter, table.c.at < before)) is not None:
                    stop = min(before, first + step)
                    connection.execute(delete(table).where(table.c.meter == meter, table.c.at < stop))
                    removed += 1
                    if removed == PURGED_AT_ONCE:
                        return True
        return False


def _first(connection: Connection, table: Table, meter: int, condition: ColumnElement[bool]) -> int | None:
    """The first minute of a meter in a table."""
    query = select(func.min(table.c.at, type_=Minute())).where(table.c.meter == meter, condition)
    first: int | None = connection.execute(query).scalar_one()
    return first


def _series(rows: Rows) -> Series:
    decimals = {name: column.decimals for name, column in COLUMNS.items()}
    return Series(
        minutes=rows.integers("at"), provenance=rows.integers("provenance"), columns=_steps(rows, decimals)
    )


def _aggregates(rows: Rows) -> Aggregates:
    decimals = {key: figure.decimals for key, figure in FIGURES.items()}
    return Aggregates(
        starts=rows.integers("at"), lengths=rows.integers("length"), columns=_steps(rows, decimals)
    )


def _steps(rows: Rows, decimals: Mapping[str, int]) -> dict[str, Steps]:
    """The columns that have a value in any row; ``decimals`` by the name of the column."""
    places = [place for place, name in enumerate(rows.names) if name in decimals]
    missing: NDArray[np.bool_] = np.isnan(rows.values[:, places])
    scaled = np.where(missing, 0, rows.values[:, places])
    scaled *= [10.0 ** decimals[rows.names[place]] for place in places]
    steps = np.where(missing, ABSENT, np.rint(scaled).astype(np.int64))
    there = np.flatnonzero((~missing).any(axis=0)).tolist()
    return {rows.names[places[column]]: np.ascontiguousarray(steps[:, column]) for column in there}
