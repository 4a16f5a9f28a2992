"""Many rows of numbers at once, into a table and out of it.

A row that goes in takes the place of the one with the same key. Numbers travel as arrays of doubles, NaN for
what is not there: SQLite takes NaN for NULL by itself, PostgreSQL is told to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Double, Integer, SmallInteger, Table, func, select

from .columns import Floats

ROWS_AT_ONCE: Final = 10_000
"""Rows of one statement: some megabytes."""

KEY: Final = ("meter", "at")
"""What there is one row of, in every table written here."""

_CASTS: Final = {Integer: "integer", SmallInteger: "smallint", Double: "float8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Upsert:
    """How rows get into one table."""

    table: Table
    """Its primary key is ``KEY``; ``at`` is a minute, the other columns are numbers."""

    rank: str | None = None
    """A row stays when this column of it is greater than that of the new row."""

    def run(self, connection: Connection, columns: Mapping[str, NDArray[Any]]) -> None:
        """Put rows in, in any order; of two with the same key the better, then the later one.

        ``columns``: name -> its values, each of shape (n,); columns that are left out become NULL.
        """
        chosen = self._chosen(columns)
        names = tuple(columns)
        statement = _statement(connection.dialect.name, self.table, names, self.rank)
        for start in range(0, len(chosen), ROWS_AT_ONCE):
            part = chosen[start : start + ROWS_AT_ONCE]
            values = [np.asarray(columns[name][part], np.float64) for name in names]
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(statement, tuple(values))
            else:
                rows = [tuple(row) for row in np.column_stack(values).tolist()]
                connection.exec_driver_sql(statement, rows)

    def _chosen(self, columns: Mapping[str, NDArray[Any]]) -> NDArray[np.intp]:
        """The rows to put in, in the order of their keys: neighbours go to the same page."""
        meters, minutes = (columns[name] for name in KEY)
        ranks = np.zeros_like(meters) if self.rank is None else columns[self.rank]
        order = np.lexsort((ranks, minutes, meters))
        # the last of those with one key is the one that stays
        last = np.append((np.diff(meters[order]) != 0) | (np.diff(minutes[order]) != 0), [True])
        chosen: NDArray[np.intp] = order[last]
        return chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of a table, ordered by their keys."""

    names: tuple[str, ...]
    """The columns."""

    values: Floats
    """Shape (rows, columns); NaN for what is not there."""

    @classmethod
    def fetch(
        cls, connection: Connection, table: Table, names: Sequence[str], *conditions: ColumnElement[bool]
    ) -> Self:
        """All rows for which the conditions hold; ``at`` comes as a minute."""
        result = connection.execute(
            select(*(_readable(connection, table, name) for name in names))
            .where(*conditions)
            .order_by(*(table.c[name] for name in KEY))
        )
        # straight from the driver: there is nothing to convert, and wrapping each row costs as much again
        assert result.cursor is not None  # noqa: S101 - for the type checker: a query has one
        found = result.cursor.fetchall()
        result.close()
        values = np.array(found, np.float64).reshape(len(found), len(names))
        return cls(names=tuple(names), values=values)

    def __len__(self) -> int:
        """How many."""
        return len(self.values)

    def integers(self, name: str) -> NDArray[np.int64]:
        """A column of whole numbers that has no NULL."""
        return self.values[:, self.names.index(name)].astype(np.int64)

    def by_meter(self) -> dict[int, Rows]:
        """The rows of each meter."""
        meters = self.integers("meter")
        numbers, starts = np.unique(meters, return_index=True)
        parts = np.split(self.values, starts[1:])
        return {
            meter: Rows(names=self.names, values=part)
            for meter, part in zip(numbers.tolist(), parts, strict=False)  # nothing is split into one part
        }


def _readable(connection: Connection, table: Table, name: str) -> ColumnElement[Any]:
    column = table.c[name]
    if name == "at" and connection.dialect.name == "postgresql":
        return func.date_part("epoch", column) / 60
    return column


@cache
def _statement(dialect: str, table: Table, names: tuple[str, ...], rank: str | None) -> str:
    """The statement of an upsert; ``names``: the columns that are given."""
    others = [column.name for column in table.c if column.name not in KEY]
    replaced = ", ".join(f"{name} = excluded.{name}" for name in others)
    better = f" WHERE excluded.{rank} >= {table.name}.{rank}" if rank else ""
    if dialect == "postgresql":
        arrays = ", ".join(["%s"] * len(names))
        values = ", ".join(_converted(table, name) for name in names)
        source = f"SELECT {values} FROM unnest({arrays}) AS given ({', '.join(names)})"  # noqa: S608 - our own names
    else:
        source = f"VALUES ({', '.join('?' * len(names))})"
    return (
        f"INSERT INTO {table.name} ({', '.join(names)}) {source} "
        f"ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {replaced}{better}"
    )


def _converted(table: Table, name: str) -> str:
    if name == "at":
        return "to_timestamp(at * 60)"
    return f"nullif({name}, 'NaN')::{_CASTS[type(table.c[name].type)]}"
