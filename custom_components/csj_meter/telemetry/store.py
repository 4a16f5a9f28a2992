"""The telemetry of a site: samples of all meters by the minute, aggregates by the hour and day, outages.

One transaction a method, and all of them block: call them in an executor. What has returned is on disk. There
is one writer: methods that write take turns; those that read may run beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
import datetime as dt
from pathlib import Path
import threading
import time
from typing import Final, Self
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import URL, Connection, Engine, select

from ..meters.sample import Sample, moment_of
from .address import SQLITE, parse
from .arrivals import Arrivals
from .blocks import BlockLayout
from .columns import FIGURES
from .database import let_go, open_database, reading, size_of, writing
from .gaps import Gap, GapState, open_since, read_gaps, settle_gap
from .layout import Layout, Period
from .meter_rows import MeterRow, keep, known_row, read_rows
from .rollup import LONGEST_DAY, Rollup
from .rows import RowLayout
from .schema import METERS, MIGRATIONS, TOTALS
from .series import DAY, FOREVER, HOUR, Aggregates, Series
from .versions import Migration

PATIENCE: Final = 2
"""Minutes after its end at which an hour is closed: the sample that ends it has come by then."""

UNFILLED: Final = 2 * DAY
"""Minutes after an outage in which it can be filled however long ago it began."""

PART: Final = 31 * DAY
"""Minutes of samples that are taken in at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreStatus:
    """How much there is."""

    dialect: str
    """``sqlite`` or ``postgresql``."""

    size: int
    """Bytes on disk."""

    meters: int
    """Meters of which something is known."""

    oldest: int | None
    """Minute of the oldest sample."""

    newest: int | None
    """Minute of the newest sample."""


class Store:
    """Telemetry in one database."""

    def __init__(
        self, engine: Engine, layout: Layout, zone: ZoneInfo, *, set_aside: Path | None = None
    ) -> None:
        """Work on a database that is open and up to date."""
        self.set_aside = set_aside
        """Where a broken SQLite file went when a new one had to be started."""
        self._engine = engine
        self._layout = layout
        self._rollup = Rollup(layout, zone)
        self._arrivals = Arrivals(layout, self._rollup)
        self._turn = threading.Lock()
        self._known: dict[str, MeterRow] | None = None
        self._purged: tuple[int, int] | None = None
        self._retained: int | None = None

    @classmethod
    def open(
        cls,
        address: str | URL,
        *,
        zone: ZoneInfo,
        layout: Layout | None = None,
        migrations: Sequence[Migration] = MIGRATIONS,
        clock: Callable[[], float] = time.time,
    ) -> Self:
        """Open a database, and make or update its tables.

        ``zone``: where local days begin and end. Raises what ``database.open_database`` raises.
        """
        if layout is None:
            sqlite = parse(address).get_backend_name() == SQLITE
            layout = BlockLayout() if sqlite else RowLayout()
        database = open_database(address, layout, migrations, clock=clock)
        return cls(database.engine, layout, zone, set_aside=database.set_aside)

    def close(self, patience: float = -1) -> None:
        """Let go of the database, when the one who writes is done.

        ``patience``: seconds to wait for that, without an end where it is negative; a connection that is
        still in use then is closed when it is given back.
        """
        is_done = self._turn.acquire(timeout=patience)
        try:
            let_go(self._engine)
        finally:
            if is_done:
                self._turn.release()

    # writing

    def append(self, samples: Sequence[Sample]) -> list[Gap]:
        """Add samples of now, of several meters; the outages that they end are returned.

        Of two samples of a minute the better stays (``Provenance``), and of two as good the newer.
        """
        if not samples:
            return []
        with self._writing() as (connection, known):
            return self._arrivals.take(connection, known, samples)

    def ingest(self, serial: str, series: Series) -> None:
        """Add any samples of one meter: of an outage, of a file. Doing so again changes nothing."""
        if not len(series):
            return
        with self._writing() as (connection, known):
            last = int(series.minutes[-1])
            row = known_row(connection, known, serial, last)
            row.newest = max(last, row.newest or 0)
            # they would be open, and too many for that
            self._rollup.close(connection, known.values(), {row.number: row.open_hour})
        for start in np.unique(series.minutes // PART * PART).tolist():
            self._ingest(serial, series.between(start, start + PART))

    def _ingest(self, serial: str, series: Series) -> None:
        with self._writing() as (connection, known):
            self._arrivals.add(connection, known[serial], series)

    def roll(self, minute: int) -> None:
        """Close the hours that are over at ``minute`` (now)."""
        over = (minute - PATIENCE) // HOUR * HOUR
        with self._writing() as (connection, known):
            until = {row.number: min(over, row.open_hour + HOUR) for row in known.values()}
            self._rollup.close(connection, known.values(), until)

    def tidy(self, minute: int) -> bool:
        """Do one small step of making older samples smaller; False when there is nothing to do."""
        with self._writing() as (connection, _):
            return self._layout.tidy(connection, minute)

    def purge(self, minute: int, *, raw_days: int, aggregate_months: int) -> bool:
        """Remove one small step's worth of what is too old at ``minute`` (now); False when all is gone.

        What is too old changes once a day (UTC), and until then there is nothing more to do. The last samples
        of a meter stay as long as aggregates do: what is used in an outage is known from both ends of it.
        """
        limits = (minute - raw_days * DAY) // DAY * DAY, _months_before(minute, aggregate_months)
        if limits == self._purged:
            return False
        with self._writing() as (connection, known):
            before = self._too_old(connection, known.values(), minute, limits)
            for row in known.values():
                if (row.kept_from or 0) < before[row.number]:
                    row.kept_from = before[row.number]
                    keep(connection, row)
            if raw_days != self._retained:
                self._layout.retain(connection, raw_days)
            more = self._layout.purge(connection, before, limits[1])
        self._retained = raw_days
        if not more:
            self._purged = limits
        return more

    def _too_old(
        self, connection: Connection, rows: Iterable[MeterRow], minute: int, limits: tuple[int, int]
    ) -> dict[int, int]:
        """Meter -> the minute before which its samples are too old: ``limits`` of samples and aggregates."""
        last = self._layout.last_closed(connection, {row.number: row.watermark for row in rows})
        begins = open_since(connection, minute - UNFILLED)
        before = {}
        for row in rows:
            needed = last.get(row.number, FOREVER)
            if row.number in last:
                needed = min(needed, begins.get(row.number, FOREVER))
            # with all of the local day that they are in
            whole = (needed - LONGEST_DAY) // DAY * DAY
            before[row.number] = min(limits[0], max(limits[1], whole))
        return before

    def settle_gap(self, gap: Gap, state: GapState) -> None:
        """Say what became of an outage."""
        with self._writing() as (connection, _):
            settle_gap(connection, gap.number, state)

    def told(self, serial: str, since: int, until: int) -> None:
        """Say that the hours of a meter before ``until`` have been told to others.

        ``since`` is what ``untold`` said; when more has changed meanwhile, all is told again.
        """
        with self._writing() as (connection, known):
            row = known.get(serial)
            if row is None or row.untold_from != since:
                return
            row.untold_from = until if until < row.watermark else None
            keep(connection, row)

    # reading

    def serials(self) -> list[str]:
        """The meters of which something is known."""
        with reading(self._engine) as connection:
            return list(connection.execute(select(METERS.c.serial).order_by(METERS.c.number)).scalars())

    def minutes(
        self, serial: str, since: int, until: int, quantities: frozenset[str] | None = None
    ) -> Iterator[Series]:
        """Samples from minute ``since`` to before minute ``until``, oldest first, at most a day at a time.

        With ``quantities``, all samples have only those: to read some takes a part of the time.
        """
        while since < until:
            with reading(self._engine) as connection:
                series = self._next_samples(connection, serial, since, until, quantities)
            if series is None:
                return
            if len(series):
                yield series
                since = int(series.minutes[-1])
            since = since // DAY * DAY + DAY

    def _next_samples(
        self,
        connection: Connection,
        serial: str,
        since: int,
        until: int,
        quantities: frozenset[str] | None,
    ) -> Series | None:
        """The samples of the first day that has any; None when there are no more."""
        row = read_rows(connection, (serial,)).get(serial)
        if row is None:
            return None
        stop = min(until, row.watermark)
        for closed in self._layout.read(connection, row.number, since, stop, quantities):
            end = int(closed.minutes[-1]) // DAY * DAY + DAY
            if row.watermark >= min(end, until):
                return closed
            # the rest of its day is still open
            rest = self._open(connection, row, row.watermark, min(end, until), quantities)
            return Series.joined((closed, rest))
        still_open = self._open(connection, row, since, until, quantities)
        if not len(still_open):
            return None
        return still_open.between(0, int(still_open.minutes[0]) // DAY * DAY + DAY)

    def _open(
        self,
        connection: Connection,
        row: MeterRow,
        since: int,
        until: int,
        quantities: frozenset[str] | None = None,
    ) -> Series:
        found = self._layout.open_samples(connection, {row.number: row.watermark})
        series = found.get(row.number, Series.empty())
        return (series if quantities is None else series.only(quantities)).between(since, until)

    def hours(
        self, serials: Collection[str], since: int, until: int, keys: Collection[str] | None = None
    ) -> dict[str, Aggregates]:
        """Closed hours that begin from minute ``since`` to before ``until``; only the figures ``keys``."""
        return self._aggregates(serials, Period.HOUR, since, until, keys)

    def days(
        self, serials: Collection[str], since: int, until: int, keys: Collection[str] | None = None
    ) -> dict[str, Aggregates]:
        """Local days that are over and begin from minute ``since`` to before ``until``."""
        return self._aggregates(serials, Period.DAY, since, until, keys)

    def totals(self, serial: str) -> dict[str, int]:
        """Sum of each ``used`` and ``cost`` figure over all hours of a meter ever closed, in steps."""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(TOTALS.c.figure, TOTALS.c.steps).join(METERS).where(METERS.c.serial == serial)
            ).all()
        sums = {row.figure: row.steps for row in rows}
        return {key: sums[figure.number] for key, figure in FIGURES.items() if figure.number in sums}

    def untold(self) -> dict[str, int]:
        """Meters whose closed hours have changed since they were told to others, and from which hour on."""
        with reading(self._engine) as connection:
            query = select(METERS.c.serial, METERS.c.untold_from).where(METERS.c.untold_from.is_not(None))
            return {row.serial: row.untold_from for row in connection.execute(query)}

    def watermark(self, serial: str) -> int | None:
        """The minute before which all hours of a meter are closed."""
        with reading(self._engine) as connection:
            query = select(METERS.c.watermark).where(METERS.c.serial == serial)
            return connection.execute(query).scalar_one_or_none()

    def span(self, serial: str) -> tuple[int, int] | None:
        """Minutes of the oldest and of the newest sample of a meter."""
        with reading(self._engine) as connection:
            return self._spans(connection, read_rows(connection, (serial,))).get(serial)

    def gaps(self, serial: str, state: GapState | None = None) -> list[Gap]:
        """Outages of a meter, oldest first."""
        with reading(self._engine) as connection:
            row = read_rows(connection, (serial,)).get(serial)
            return [] if row is None else read_gaps(connection, row.number, serial, state)

    def status(self) -> StoreStatus:
        """How much there is."""
        with reading(self._engine) as connection:
            rows = read_rows(connection)
            spans = self._spans(connection, rows).values()
            size = size_of(connection)
        return StoreStatus(
            dialect=self._engine.dialect.name,
            size=size,
            meters=len(rows),
            oldest=min((oldest for oldest, _ in spans), default=None),
            newest=max((newest for _, newest in spans), default=None),
        )

    def _spans(self, connection: Connection, rows: Mapping[str, MeterRow]) -> dict[str, tuple[int, int]]:
        """Minutes of the oldest and of the newest sample of the meters that have any."""
        watermarks = {row.number: row.watermark for row in rows.values()}
        still_open = self._layout.open_samples(connection, watermarks)
        found = {}
        for row in rows.values():
            parts = (
                self._layout.neighbour(connection, row.number, 0, older=False),
                self._layout.neighbour(connection, row.number, FOREVER, older=True),
                still_open.get(row.number, Series.empty()),
            )
            if len(minutes := np.concatenate([part.minutes for part in parts])):
                found[row.serial] = int(minutes.min()), int(minutes.max())
        return found

    def _aggregates(
        self,
        serials: Collection[str],
        period: Period,
        since: int,
        until: int,
        keys: Collection[str] | None,
    ) -> dict[str, Aggregates]:
        with reading(self._engine) as connection:
            numbers = {row.number: serial for serial, row in read_rows(connection, serials).items()}
            found = self._layout.aggregates(connection, numbers, period, since, until, keys)
        return {numbers[number]: aggregates for number, aggregates in found.items()}

    @contextmanager
    def _writing(self) -> Iterator[tuple[Connection, dict[str, MeterRow]]]:
        """The turn to write, and the meters; what was changed of them is read again after a failure."""
        with self._turn:
            known, self._known = self._known, None
            with writing(self._engine) as connection:
                if known is None:
                    known = read_rows(connection)
                    for serial, (_, newest) in self._spans(connection, known).items():
                        known[serial].newest = newest
                yield connection, known
            self._known = known


def _months_before(minute: int, months: int) -> int:
    """The first minute of the month (UTC) that was ``months`` before the one of ``minute``."""
    moment = moment_of(minute)
    number = moment.year * 12 + moment.month - 1 - months
    first = dt.datetime(number // 12, number % 12 + 1, 1, tzinfo=dt.UTC)
    return int(first.timestamp()) // 60
