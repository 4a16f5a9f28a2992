"""TimescaleDB, where a PostgreSQL has it: samples in chunks of a week that are compressed when they are over.

Everything here does nothing on a database without it, and what a licence or a right forbids is left out and
logged: without TimescaleDB the samples lie in a plain table, and nothing else changes.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Final

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import INTERVAL
from sqlalchemy.exc import DBAPIError

CHUNK: Final = dt.timedelta(days=7)
"""What a chunk holds."""

COMPRESSED_AFTER: Final = dt.timedelta(days=7)
"""The age at which a chunk is compressed; a load profile that comes later than that costs more."""

LOGGER: Final = logging.getLogger(__name__)

# the loader's setting: without it in shared_preload_libraries, creating the extension ends the connection
_CAN_BE_CREATED: Final = text(
    "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb') "
    "AND EXISTS (SELECT FROM pg_settings WHERE name = 'timescaledb.max_background_workers')"
)
_IS_CREATED: Final = text("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb')")
_IS_HYPERTABLE: Final = text(
    "SELECT EXISTS (SELECT FROM timescaledb_information.hypertables "
    "WHERE hypertable_schema = current_schema() AND hypertable_name = :table)"
)
_MAKE_HYPERTABLE: Final = text(
    "SELECT create_hypertable(CAST(:table AS regclass), 'at', "
    "chunk_time_interval => :chunk, create_default_indexes => false)"
).bindparams(bindparam("chunk", CHUNK, INTERVAL))
_COMPRESS: Final = text(
    "SELECT add_compression_policy(CAST(:table AS regclass), compress_after => :age)"
).bindparams(bindparam("age", COMPRESSED_AFTER, INTERVAL))
_FORGET_RETENTION: Final = text("SELECT remove_retention_policy(CAST(:table AS regclass), if_exists => true)")
_RETAIN: Final = text("SELECT add_retention_policy(CAST(:table AS regclass), drop_after => :age)").bindparams(
    bindparam("age", type_=INTERVAL)
)
_DROP_CHUNKS: Final = text(
    "SELECT drop_chunks(CAST(:table AS regclass), older_than => to_timestamp(:minute * 60))"
)

_SIZE: Final = text(
    "SELECT coalesce(sum(hypertable_size(format('%I.%I', hypertable_schema, hypertable_name)::regclass)), 0) "
    "FROM timescaledb_information.hypertables WHERE hypertable_schema = current_schema()"
)


def adopt(connection: Connection, table: str) -> None:
    """Make a hypertable of a table that was just made, with its chunks compressed; ``at`` is its time."""
    if connection.dialect.name != "postgresql":
        return
    if not connection.execute(_IS_CREATED).scalar_one():
        if not connection.execute(_CAN_BE_CREATED).scalar_one():
            return
        if not _try(connection, "CREATE EXTENSION IF NOT EXISTS timescaledb"):
            return
    connection.execute(_MAKE_HYPERTABLE, {"table": table})
    LOGGER.info("TimescaleDB keeps %s", table)
    settings = "timescaledb.compress, timescaledb.compress_segmentby = 'meter'"
    if _try(connection, f"ALTER TABLE {table} SET ({settings}, timescaledb.compress_orderby = 'at')"):
        connection.execute(_COMPRESS, {"table": table})


def is_hypertable(connection: Connection, table: str) -> bool:
    """Whether TimescaleDB keeps a table."""
    if connection.dialect.name != "postgresql" or not connection.execute(_IS_CREATED).scalar_one():
        return False
    return bool(connection.execute(_IS_HYPERTABLE, {"table": table}).scalar_one())


def retain(connection: Connection, table: str, days: int) -> None:
    """Have the database itself drop chunks that are older; to be called again when the setting changes."""
    if not is_hypertable(connection, table):
        return
    try:
        with connection.begin_nested():
            connection.execute(_FORGET_RETENTION, {"table": table})
            connection.execute(_RETAIN, {"table": table, "age": dt.timedelta(days=days)})
    except DBAPIError as err:
        LOGGER.info("TimescaleDB does not drop old chunks by itself: %s", _first_line(err))


def drop_chunks(connection: Connection, table: str, before: int) -> None:
    """Drop the chunks of a hypertable in which all is older than minute ``before``."""
    connection.execute(_DROP_CHUNKS, {"table": table, "minute": before})


def size(connection: Connection) -> int:
    """Bytes of all hypertables of the current schema."""
    if connection.dialect.name != "postgresql" or not connection.execute(_IS_CREATED).scalar_one():
        return 0
    return int(connection.execute(_SIZE).scalar_one())


def _try(connection: Connection, statement: str) -> bool:
    """Whether a statement is allowed; the transaction goes on either way."""
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(statement)
    except DBAPIError as err:
        LOGGER.info("TimescaleDB is not used in full: %s", _first_line(err))
        return False
    return True


def _first_line(err: DBAPIError) -> str:
    return str(err.orig).strip().split("\n", 1)[0]
