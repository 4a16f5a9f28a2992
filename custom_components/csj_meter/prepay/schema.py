"""Tables of the ledger, their version, and how the database is opened.

Everything here is plain SQL that SQLite and PostgreSQL both speak. What SQLite needs beside it (a
write-ahead log that is flushed at every commit, transactions that lock when they begin) is told to it when a
connection is made.
"""

from __future__ import annotations

from collections.abc import Sequence
import datetime as dt
from decimal import Decimal
from typing import Any, Final, override

from sqlalchemy import (
    URL,
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    create_engine,
    event,
)

from ..telemetry.private_file import keep_private
from ..telemetry.versions import Migration, bring_up_to_date
from .errors import LedgerTooNewError
from .money import from_hundredths, to_hundredths

BUSY_TIMEOUT: Final = 30.0
"""Seconds to wait for another connection of SQLite that is writing."""


class Hundredths(TypeDecorator[Decimal]):
    """An exact amount, stored as a whole number of hundredths."""

    impl = BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else to_hundredths(value)

    @override
    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else from_hundredths(value)


class UtcTime(TypeDecorator[dt.datetime]):
    """A moment with a time zone, stored in UTC without one: SQLite knows no zones."""

    impl = DateTime
    cache_ok = True

    @override
    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    @override
    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        return None if value is None else value.replace(tzinfo=dt.UTC)


_Serial: Final = BigInteger().with_variant(Integer, "sqlite")
"""Numbers itself: on SQLite only a plain INTEGER does."""

METADATA: Final = MetaData()

VERSION: Final = Table("prepay_version", METADATA, Column("version", Integer, nullable=False))

METERS: Final = Table(
    "prepay_meters",
    METADATA,
    Column("serial", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_amount", Hundredths, nullable=False),
    Column("balance", Hundredths, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
)
"""What the ledger last knew of each meter: every count up to ``count`` is accounted for."""

VOUCHERS: Final = Table(
    "prepay_vouchers",
    METADATA,
    Column("number", _Serial, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("amount", Hundredths, nullable=False),
    Column("unit", String(8), nullable=False),
    Column("serial", String(64)),
    Column("note", String(200), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("withdrawn_at", UtcTime),
    Column("actor_id", String(64)),
    Column("actor_name", String(200), nullable=False),
    Column("movement_id", String(36)),
)
"""``movement_id``: the movement that has taken the voucher; cleared when that was refused."""

MOVEMENTS: Final = Table(
    "prepay_movements",
    METADATA,
    Column("number", _Serial, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("serial", String(64), nullable=False),
    Column("open_on", String(64), unique=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("amount", Hundredths),
    Column("unit", String(8), nullable=False),
    Column("count", Integer),
    Column("balance_before", Hundredths),
    Column("balance_after", Hundredths),
    Column("actor_id", String(64)),
    Column("actor_name", String(200), nullable=False),
    Column("source", String(16), nullable=False),
    Column("key", String(200)),
    Column("reason", String(32)),
    Column("note", String(500), nullable=False),
    Column("detail", String(500), nullable=False),
    Column("voucher_id", String(36), ForeignKey("prepay_vouchers.id")),
    Column("created_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    Column("settled_at", UtcTime),
    UniqueConstraint("source", "key", name="prepay_movement_key"),
    Index("prepay_movements_of_meter", "serial", "created_at"),
)
"""``open_on``: the meter that is to settle it. It is unique, so a meter never has two open movements,
whoever writes; movements that are settled have none."""

CHANGES: Final = Table(
    "prepay_changes",
    METADATA,
    Column("number", _Serial, primary_key=True, autoincrement=True),
    Column("movement_id", String(36), ForeignKey("prepay_movements.id"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("before", String(16)),
    Column("after", String(16), nullable=False),
    Column("reason", String(32)),
    Column("detail", String(500), nullable=False),
    Column("count", Integer),
    Column("balance", Hundredths),
)
"""Every state that every movement was ever in; lines are only added."""

GUESSES: Final = Table(
    "prepay_guesses",
    METADATA,
    Column("guesser", String(200), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Column("blocked_until", UtcTime, nullable=False),
)
"""Who has tried voucher codes that do not exist."""

AUDIT: Final = Table(
    "prepay_audit",
    METADATA,
    Column("number", _Serial, primary_key=True, autoincrement=True),
    Column("at", UtcTime, nullable=False, index=True),
    Column("last_at", UtcTime, nullable=False),
    Column("times", Integer, nullable=False),
    Column("authenticated", Boolean, nullable=False),
    Column("source", String(16), nullable=False),
    Column("actor_name", String(200), nullable=False),
    Column("asked", String(16), nullable=False),
    Column("serial", String(64)),
    Column("amount", Hundredths),
    Column("unit", String(8)),
    Column("outcome", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("detail", String(500), nullable=False),
)
"""What was asked for and how it was answered; lines are only added, counted up and outlived."""

PRICES: Final = Table(
    "prepay_prices",
    METADATA,
    Column("number", _Serial, primary_key=True, autoincrement=True),
    Column("serial", String(64), nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("per_kilowatt_hour", String(200), nullable=False),
    Index("prepay_prices_of_meter", "serial", "since"),
)
"""The prices that a meter was seen with for the first time at ``since``: tariff 1 first, by commas."""

MIGRATIONS: Final[tuple[Migration, ...]] = ()
"""Item n brings version n + 1 to version n + 2; the tables above are what comes out at the end."""


def open_engine(url: str | URL) -> Engine:
    """The database, not yet touched."""
    engine = create_engine(url, hide_parameters=True)  # who paid what is nobody's business in a log
    if engine.dialect.name == "sqlite":
        event.listen(engine, "do_connect", keep_private)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def migrate(connection: Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Make the tables, or bring those of an older version up to date.

    Runs inside the caller's transaction: afterwards the database is of the newest version, or what it was.
    Raises LedgerTooNewError when a newer version has written it.
    """
    bring_up_to_date(
        connection,
        VERSION,
        migrations,
        create=lambda: METADATA.create_all(connection),
        too_new=LedgerTooNewError,
    )


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = (
        None  # transactions begin where SQLAlchemy says so, not where the driver thinks
    )
    connection.execute(f"PRAGMA busy_timeout = {round(BUSY_TIMEOUT * 1000)}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # a commit that returned survives a power cut
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    # locking at once, a transaction that first reads and then writes cannot be overtaken in between
    connection.exec_driver_sql("BEGIN IMMEDIATE")
