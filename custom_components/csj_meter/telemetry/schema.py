"""Tables that every layout has: version, meters and gaps; and how versions are brought up to date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    inspect,
    text,
)

from .errors import ForeignDatabaseError, StoreTooNewError
from .layout import Layout
from .versions import Migration, bring_up_to_date

_Serial: Final = BigInteger().with_variant(Integer, "sqlite")
"""Numbers itself: on SQLite only a plain INTEGER does."""

METADATA: Final = MetaData()

VERSION: Final = Table(
    "telemetry_version",
    METADATA,
    Column("version", Integer, nullable=False),
    Column("checked", BigInteger),
)
"""One row. ``checked``: the minute at which the file was last looked through from end to end."""

METERS: Final = Table(
    "telemetry_meter",
    METADATA,
    Column("number", _Serial, primary_key=True, autoincrement=True),
    Column("serial", String(64), nullable=False, unique=True),
    Column("watermark", BigInteger, nullable=False),
    Column("kept_from", BigInteger),
    Column("unfinished_from", BigInteger),
    Column("untold_from", BigInteger),
)
"""``watermark``: all hours before this minute are closed. ``kept_from``: samples before it were removed for
their age. ``unfinished_from``: from this hour on, closed hours depend on a sample that was still to come when
they were closed. ``untold_from``: from here on, the hours have changed since they were told to others."""

TOTALS: Final = Table(
    "telemetry_total",
    METADATA,
    Column("meter", BigInteger, ForeignKey(METERS.c.number), primary_key=True, autoincrement=False),
    Column("figure", Integer, primary_key=True, autoincrement=False),
    Column("steps", BigInteger, nullable=False),
)
"""Sum of a figure over all hours ever closed, those that were removed for their age included."""

GAPS: Final = Table(
    "telemetry_gap",
    METADATA,
    Column("number", _Serial, primary_key=True, autoincrement=True),
    Column("meter", ForeignKey(METERS.c.number), nullable=False, index=True),
    Column("since", BigInteger),
    Column("until", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
)
"""Outages: ``since`` is the minute of the last sample before (none before the first ever), ``until`` that of
the first one after."""

MIGRATIONS: Final[tuple[Migration, ...]] = ()
"""Item n brings version n + 1 to version n + 2; the tables above are what comes out at the end."""

_MIGRATION_LOCK: Final = 0x63736A  # any number that nobody else's advisory lock has


def migrate(connection: Connection, layout: Layout, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Make the tables, or bring those of an older version up to date.

    Runs inside the caller's transaction: afterwards the database is of the newest version, or what it was.
    Raises StoreTooNewError when a newer version has written it, ForeignDatabaseError when it is an SQLite
    file of somebody else.
    """
    if connection.dialect.name == "postgresql":
        # two installations that start together take turns; a migration may take longer than a statement may
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})

    def create() -> None:
        if connection.dialect.name == "sqlite" and inspect(connection).get_table_names():
            raise ForeignDatabaseError(connection.engine.url.database or "")
        METADATA.create_all(connection)
        layout.create(connection)

    bring_up_to_date(connection, VERSION, migrations, create=create, too_new=StoreTooNewError)
