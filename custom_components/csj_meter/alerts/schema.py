"""Tables of alerts, messages and work orders, and their version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    MetaData,
    String,
    Table,
    Text,
)

from ..telemetry.versions import Migration, bring_up_to_date
from .errors import AlertsTooNewError

METADATA: Final = MetaData()

VERSION: Final = Table("alert_version", METADATA, Column("version", BigInteger, nullable=False))

ALERTS: Final = Table(
    "alert",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("serial", String(64)),
    Column("circuit", String(200)),
    Column("kind", String(32), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("drill", Boolean, nullable=False),
    Column("raised", BigInteger, nullable=False),
    Column("cleared", BigInteger),
    Column("shelved_until", BigInteger),
    Column("body", Text, nullable=False),
    Index("alert_by_time", "raised"),
    Index("alert_of_meter", "serial", "raised"),
    Index("alert_open", "cleared"),
)
"""Times in s UTC. ``body``: the alert as JSON; the other columns say of it what is asked for."""

MESSAGES: Final = Table(
    "alert_message",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("settled", BigInteger, index=True),
    Column("body", Text, nullable=False),
    Index("alert_message_by_time", "created"),
)

WORK_ORDERS: Final = Table(
    "alert_work_order",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("alert", String(16), index=True),
    Column("completed", BigInteger),
    Column("created", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)

NOTES: Final = Table(
    "alert_note", METADATA, Column("key", String(64), primary_key=True), Column("value", Text, nullable=False)
)
"""What has to be remembered besides, such as when the last weekly summary went out."""

MIGRATIONS: Final[tuple[Migration, ...]] = ()
"""Item n brings version n + 1 to version n + 2; the tables above are what comes out at the end."""


def migrate(connection: Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Make the tables, or bring those of an older version up to date.

    Runs inside the caller's transaction. Raises AlertsTooNewError when a newer version has written them.
    """
    bring_up_to_date(
        connection,
        VERSION,
        migrations,
        create=lambda: METADATA.create_all(connection),
        too_new=AlertsTooNewError,
    )
