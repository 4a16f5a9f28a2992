"""Tables of the audit log, and their version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Connection, Index, Integer, MetaData, String, Table, text

from ..telemetry.versions import Migration, bring_up_to_date
from .errors import AuditTooNewError

METADATA: Final = MetaData()

VERSION: Final = Table("audit_version", METADATA, Column("version", BigInteger, nullable=False))

ENTRIES: Final = Table(
    "audit_entry",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("at", BigInteger, nullable=False),
    Column("user_id", String(32)),
    Column("name", String(200), nullable=False),
    Column("role", String(16)),
    Column("permission", String(32), nullable=False),
    Column("what", String(200), nullable=False),
    Column("serial", String(64)),
    Column("circuit", String(200)),
    Column("allowed", Boolean, nullable=False),
    Index("audit_entry_by_time", "at"),
    sqlite_autoincrement=True,  # a number that is missing in between was removed
)
"""What was asked for, and the answer; ``at`` in ms UTC."""

OUTCOMES: Final = Table(
    "audit_outcome",
    METADATA,
    Column("entry", String(32), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("failed", Boolean, nullable=False),
    Column("detail", String(500), nullable=False),
)
"""What came of that which was allowed."""

APPEND_ONLY: Final = tuple(
    f"CREATE TRIGGER {table.name}_stays BEFORE UPDATE ON {table.name} "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    for table in (ENTRIES, OUTCOMES)
)
"""Nobody changes a line by mistake; only what is too old is removed."""

MIGRATIONS: Final[tuple[Migration, ...]] = ()
"""Item n brings version n + 1 to version n + 2; the tables above are what comes out at the end."""


def migrate(connection: Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Make the tables, or bring those of an older version up to date.

    Runs inside the caller's transaction. Raises AuditTooNewError when a newer version has written them.
    """

    def create() -> None:
        METADATA.create_all(connection)
        for trigger in APPEND_ONLY:
            connection.execute(text(trigger))

    bring_up_to_date(connection, VERSION, migrations, create=create, too_new=AuditTooNewError)
