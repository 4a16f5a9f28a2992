"""The database that telemetry lies in: how it is reached, opened and looked after, SQLite or PostgreSQL.

Every transaction begins with ``reading`` or ``writing``. Whatever a driver raises there leaves as an error
of this floor whose text names no secret; only mistakes of our own (a row that cannot be) come through as they
are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
import datetime as dt
import logging
from pathlib import Path
import sqlite3
import time
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, select, text, true, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import immutabledict

from ..meters.sample import minute_of
from . import integrity, timescale
from .address import SQLITE, parse, path_of, secrets_of, told
from .errors import DriverMissingError, StoreBrokenError, StoreUnavailableError
from .layout import Layout
from .private_file import keep_private
from .schema import MIGRATIONS, VERSION, migrate
from .versions import Migration

POSTGRESQL_REQUIREMENT: Final = "psycopg[binary]>=3.2.12,<4"
"""The driver of PostgreSQL, as pip takes it; it is installed when somebody gives the address of one."""

BUSY_TIMEOUT: Final = 10.0
"""Seconds to wait for another connection of SQLite that is writing."""

PAGE_SIZE: Final = 2048
"""Bytes of a page of a new SQLite file: of each block and aggregate the last page is half empty. Measured:
with 4096, a file is 10 % larger."""

JOURNAL_SIZE_LIMIT: Final = 8 * 2**20
"""Bytes that the write-ahead log of SQLite keeps on disk once it has been emptied."""

WAL_AUTOCHECKPOINT: Final = 1000
"""Pages in the write-ahead log of SQLite after which it is emptied into the file."""

CONNECT_TIMEOUT: Final = 10
"""Seconds until a PostgreSQL that does not answer is given up."""

STATEMENT_TIMEOUT: Final = 120
"""Seconds that one statement may take in PostgreSQL."""

LOCK_TIMEOUT: Final = 10
"""Seconds to wait for a lock in PostgreSQL."""

_POSTGRESQL_OPTIONS: Final = {
    "application_name": "csj_meter",
    "client_encoding": "utf8",
    "connect_timeout": CONNECT_TIMEOUT,
    # a line that is cut says nothing: find out within a minute, also while waiting for an answer
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 50_000,
}
"""What the address may change."""

_POSTGRESQL_SIZE: Final = text(
    "SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class "
    "WHERE relkind = 'r' AND relname LIKE 'telemetry\\_%' AND pg_table_is_visible(oid)"
)

_WRITES: Final = "csj_meter_writes"
_SECRETS: Final = "csj_meter_secrets"

LOGGER: Final = logging.getLogger(__name__)


def open_engine(address: str | URL) -> Engine:
    """The database, not yet touched.

    Raises DatabaseAddressError, UnsupportedDatabaseError and DriverMissingError.
    """
    url = parse(address)
    if url.get_backend_name() == SQLITE:
        engine = create_engine(url, hide_parameters=True)
        event.listen(engine, "do_connect", keep_private)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        # password and options go round the engine's address, so that nothing that shows the engine shows them
        _, hidden = url.get_dialect()().create_connect_args(url)
        engine = create_engine(
            url._replace(password=None, query=immutabledict()),
            connect_args={**_POSTGRESQL_OPTIONS, **hidden},
            execution_options={_SECRETS: secrets_of(url)},
            hide_parameters=True,
            max_overflow=5,
            pool_pre_ping=True,
            pool_size=3,
            pool_timeout=CONNECT_TIMEOUT,
            pool_use_lifo=True,
        )
    except ImportError as err:
        raise DriverMissingError(POSTGRESQL_REQUIREMENT) from err
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; SQLite has one at a time. All or nothing, on disk when it is left.

    Raises StoreUnavailableError, and StoreBrokenError when SQLite finds its file damaged.
    """
    with _translated(engine), engine.connect() as connection:
        connection.execution_options(**{_WRITES: True})
        with connection.begin():
            yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads: one state of the database throughout, whoever writes meanwhile.

    It neither waits for a writer nor makes one wait. Raises the same as ``writing``.
    """
    with _translated(engine), engine.connect() as connection:
        if engine.dialect.name != SQLITE:
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


def let_go(engine: Engine) -> None:
    """Close all connections: those at rest now, those that are still in use when they are given back."""
    event.listen(engine.pool, "checkin", _close)  # disposing forgets those in use, which stay open then
    engine.dispose()


def driver_connection(connection: Connection) -> sqlite3.Connection:
    """What is below a connection to SQLite."""
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    return driver


def write_ahead(engine: Engine) -> None:
    """Have SQLite keep a write-ahead log, for good: only in a file that is known to be ours."""
    with _translated(engine), engine.connect() as connection:
        driver_connection(connection).execute("PRAGMA journal_mode = WAL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A database that is ready for use."""

    engine: Engine
    """Where its connections come from; whoever has opened it disposes of it."""

    set_aside: Path | None
    """Where a broken SQLite file went when a new one had to be started."""


def open_database(
    address: str | URL,
    layout: Layout,
    migrations: Sequence[Migration] = MIGRATIONS,
    *,
    clock: Callable[[], float] = time.time,
) -> Database:
    """Open a database, look at its health, and make or update its tables.

    ``clock``: the time now (UTC s). Raises StoreUnavailableError and StoreTooNewError besides what
    ``open_engine`` and ``migrate`` do; then the database is as it was.
    """
    engine = open_engine(address)
    path = path_of(engine.url)
    set_aside = None
    try:
        try:
            _make_ready(engine, layout, migrations, clock)
        except StoreBrokenError as err:
            if path is None:
                raise
            engine.dispose()
            set_aside = _set_aside(path, clock)
            LOGGER.warning("%s; it was moved to %s, and a new one is begun", err, set_aside)
            _make_ready(engine, layout, migrations, clock)
    except BaseException:
        engine.dispose()
        raise
    return Database(engine=engine, set_aside=set_aside)


def size_of(connection: Connection) -> int:
    """Bytes on disk of all that telemetry keeps in this database."""
    if (path := path_of(connection.engine.url)) is not None:
        return integrity.size_of(path)
    return int(connection.execute(_POSTGRESQL_SIZE).scalar_one()) + timescale.size(connection)


def _make_ready(
    engine: Engine, layout: Layout, migrations: Sequence[Migration], clock: Callable[[], float]
) -> None:
    path = path_of(engine.url)
    if path is None:
        with writing(engine) as connection:
            migrate(connection, layout, migrations)
        return
    now = minute_of(clock())
    due = _is_due(engine, path, now)
    if due:
        with _translated(engine), engine.connect() as connection:
            integrity.look_through(driver_connection(connection), path)
    with writing(engine) as connection:
        migrate(connection, layout, migrations)
        connection.execute(
            update(VERSION).values(checked=now).where(true() if due else VERSION.c.checked.is_(None))
        )
    write_ahead(engine)


def _is_due(engine: Engine, path: Path, now: int) -> bool:
    try:
        if not path.exists() or not path.stat().st_size:
            return False
        if integrity.is_suspect(path) or not integrity.was_closed(path):
            return True
    except OSError as err:
        raise StoreUnavailableError(f"{path} cannot be looked at: {err.strerror}") from err
    with reading(engine) as connection:
        if not inspect(connection).has_table(VERSION.name):
            return False
        checked = connection.execute(select(VERSION.c.checked)).scalar()
    return checked is None or not checked <= now < checked + integrity.WEEK


def _set_aside(path: Path, clock: Callable[[], float]) -> Path:
    try:
        return integrity.set_aside(path, dt.datetime.fromtimestamp(clock(), dt.UTC))
    except OSError as err:
        raise StoreUnavailableError(f"{path} is damaged and cannot be moved: {err.strerror}") from err


@contextmanager
def _translated(engine: Engine) -> Iterator[None]:
    try:
        yield
    except IntegrityError, DataError:
        raise
    except (DBAPIError, sqlite3.Error) as err:
        cause = err.orig if isinstance(err, DBAPIError) else err
        problem = _first_line(cause, engine)
        path = path_of(engine.url)
        if path is not None and integrity.code_of(cause) in integrity.BROKEN:
            with suppress(OSError):  # it is found again by whoever meets the damage again
                integrity.suspect(path)
            raise StoreBrokenError(path, problem) from err
        raise StoreUnavailableError(f"{told(engine.url)} cannot be used: {problem}") from err
    except PoolTimeoutError as err:
        raise StoreUnavailableError(f"{told(engine.url)} cannot be used: too many readers at once") from err


def _first_line(err: BaseException | None, engine: Engine) -> str:
    # further lines may quote a row
    line = next(iter(str(err).strip().splitlines()), type(err).__name__)
    for secret in engine.get_execution_options().get(_SECRETS, ()):
        line = line.replace(secret, "***")
    return line


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = (
        None  # transactions begin where SQLAlchemy says so, not where the driver thinks
    )
    for name, value in (
        ("busy_timeout", round(BUSY_TIMEOUT * 1000)),
        ("page_size", PAGE_SIZE),
        ("journal_size_limit", JOURNAL_SIZE_LIMIT),
        ("wal_autocheckpoint", WAL_AUTOCHECKPOINT),
        ("synchronous", "FULL"),  # a commit that returned survives a power cut
        ("foreign_keys", "ON"),
    ):
        connection.execute(f"PRAGMA {name} = {value}")


def _close(_: Any, connection: ConnectionPoolEntry) -> None:
    connection.close()


def _begin_sqlite(connection: Connection) -> None:
    # locking at once, a transaction that first reads and then writes cannot be overtaken in between
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_postgresql(connection: Any, _: Any) -> None:
    # told after connecting: not every pooler lets options of the server through
    connection.autocommit = True
    connection.execute(f"SET statement_timeout = '{STATEMENT_TIMEOUT}s'")
    connection.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}s'")
    connection.execute("SET timezone = 'UTC'")
    connection.autocommit = False
    from .postgresql_arrays import teach  # not without the driver

    teach(connection)
