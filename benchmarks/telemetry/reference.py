"""What has to be beaten: one row of floats a sample in SQLite, written and read without any detour.

There is no layer between this and the driver, and it keeps no aggregates, no outages and no totals: it writes
less than anything that is of use. Three orders are tried: a clustered key of meter and minute, rows as they
come with an index of the same, and a clustered key of minute and meter, in which one meter cannot be read
without reading all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
import csv
import datetime as dt
from enum import StrEnum
from pathlib import Path
import sqlite3
from typing import TextIO
from zoneinfo import ZoneInfo

from custom_components.csj_meter.meters.sample import Provenance, Sample
from custom_components.csj_meter.telemetry.columns import COLUMNS
from custom_components.csj_meter.telemetry.database import PAGE_SIZE, WAL_AUTOCHECKPOINT


class Order(StrEnum):
    """How the rows lie."""

    METER = "meter"
    """Clustered by meter and minute."""

    INDEX = "index"
    """As they come, with an index by meter and minute."""

    MINUTE = "minute"
    """Clustered by minute and meter."""


_KEYS = {
    Order.METER: "PRIMARY KEY (meter, minute)) WITHOUT ROWID",
    Order.INDEX: "UNIQUE (meter, minute))",
    Order.MINUTE: "PRIMARY KEY (minute, meter)) WITHOUT ROWID",
}


class Reference:
    """One table with a column for each quantity that some meter has."""

    def __init__(self, path: Path, order: Order, quantities: Iterable[str]) -> None:
        self._quantities = [quantity for quantity in COLUMNS if quantity in set(quantities)]
        self._path = path
        self._database = sqlite3.connect(path, isolation_level=None)
        run = self._database.execute
        run(f"PRAGMA page_size = {PAGE_SIZE}")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run(f"PRAGMA wal_autocheckpoint = {WAL_AUTOCHECKPOINT}")
        columns = ", ".join(f"{quantity} REAL" for quantity in self._quantities)
        run(
            "CREATE TABLE sample (meter INTEGER NOT NULL, minute INTEGER NOT NULL,"
            f" provenance INTEGER NOT NULL, {columns}, {_KEYS[order]}"
        )
        places = ", ".join("?" * (3 + len(self._quantities)))
        self._insert = f"INSERT INTO sample VALUES ({places})"  # noqa: S608 - question marks
        self._numbers: dict[str, int] = {}

    def append(self, samples: Iterable[Sample]) -> None:
        """One transaction."""
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany(
            self._insert,
            [
                (
                    self._numbers.setdefault(sample.serial, len(self._numbers)),
                    sample.minute,
                    int(sample.provenance),
                    *map(sample.values.get, self._quantities),
                )
                for sample in samples
            ],
        )
        self._database.execute("COMMIT")

    def close(self) -> None:
        """With everything in the one file."""
        self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._database.close()

    def reopen(self) -> None:
        """Go on after ``close``."""
        self._database = sqlite3.connect(self._path, isolation_level=None)

    def export(self, serial: str, columns: Sequence[str], header: str, zone: ZoneInfo, file: TextIO) -> None:
        """The rows of one meter as the CSV that the integration makes of them, one after the other."""
        writer = csv.writer(file)
        file.write(header)
        decimals = [COLUMNS[column].decimals for column in columns]
        for minute, provenance, *values in self._rows(serial, columns):
            moment = dt.datetime.fromtimestamp(minute * 60, dt.UTC)
            writer.writerow(
                [
                    moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    moment.astimezone(zone).isoformat(),
                    serial,
                    serial,
                    Provenance(provenance).word,
                    *(
                        "" if value is None else f"{value:.{places}f}"
                        for value, places in zip(values, decimals, strict=True)
                    ),
                ]
            )

    def _rows(self, serial: str, columns: Sequence[str]) -> Iterator[tuple[int, int, *tuple[float, ...]]]:
        chosen = ", ".join(columns)
        return self._database.execute(
            f"SELECT minute, provenance, {chosen} FROM sample WHERE meter = ? ORDER BY minute",  # noqa: S608 - names of columns
            (self._numbers[serial],),
        )
