"""Whether measurements could be kept in a PostgreSQL database, asked before anything is set.

Nothing is left behind in a database that is tried: neither tables nor rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
import socket
from typing import Final

from homeassistant.core import HomeAssistant
from sqlalchemy import URL, Connection, inspect, select, text

from ..telemetry.address import POSTGRESQL, parse, told
from ..telemetry.database import CONNECT_TIMEOUT, open_engine, reading
from ..telemetry.errors import (
    DatabaseAddressError,
    DriverMissingError,
    StoreUnavailableError,
    UnsupportedDatabaseError,
)
from ..telemetry.schema import METADATA, MIGRATIONS, VERSION
from .opening import async_driver

USUAL_PORT: Final = 5432

UNICODE: Final = "UTF8"
"""The only encoding that every serial number fits in."""


NEEDED_RIGHTS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")
"""On tables that are there already."""


class Reason(StrEnum):
    """Why a database cannot be used; also the translation key of the error."""

    IMPOSSIBLE_ADDRESS = "impossible_address"
    NOT_POSTGRESQL = "not_postgresql"
    DRIVER_MISSING = "driver_missing"
    UNREACHABLE = "unreachable"
    LOGIN_REFUSED = "login_refused"
    READ_ONLY = "read_only"
    NO_RIGHTS = "no_rights"
    NOT_UNICODE = "not_unicode"
    TOO_NEW = "too_new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """What is in the way."""

    reason: Reason
    """Which kind it is."""

    told: str = ""
    """What the database or its driver says, without secrets."""


async def async_try_database(hass: HomeAssistant, address: str) -> Obstacle | None:
    """Whether measurements could be kept at ``address``; None when they could."""
    try:
        url = parse(address)
        if url.get_backend_name() != POSTGRESQL:
            return Obstacle(reason=Reason.NOT_POSTGRESQL)
        await async_driver(hass, url)
        return await hass.async_add_executor_job(_try, url)
    except UnsupportedDatabaseError:
        return Obstacle(reason=Reason.NOT_POSTGRESQL)
    except DatabaseAddressError:
        return Obstacle(reason=Reason.IMPOSSIBLE_ADDRESS)
    except DriverMissingError as err:
        return Obstacle(reason=Reason.DRIVER_MISSING, told=err.requirement)


def _try(url: URL) -> Obstacle | None:
    """Log in and look around; blocks for seconds where nobody answers."""
    engine = open_engine(url)
    try:
        with reading(engine) as connection:
            reason = _reason_against(connection)
    except StoreUnavailableError as err:
        reason = Reason.LOGIN_REFUSED if _is_listening(url) else Reason.UNREACHABLE
        # whose address it is stands above the answer already
        return Obstacle(reason=reason, told=str(err).removeprefix(f"{told(url)} cannot be used: "))
    finally:
        engine.dispose()
    return None if reason is None else Obstacle(reason=reason)


def _reason_against(connection: Connection) -> Reason | None:
    """What is wrong with a database that lets us in."""
    if connection.execute(text("SELECT pg_is_in_recovery()")).scalar_one():
        return Reason.READ_ONLY
    if connection.execute(text("SHOW server_encoding")).scalar_one() != UNICODE:
        return Reason.NOT_UNICODE
    there = inspect(connection)
    if not there.has_table(VERSION.name):
        may_create = text("SELECT has_schema_privilege(current_schema(), 'CREATE')")
        return None if connection.execute(may_create).scalar_one() else Reason.NO_RIGHTS
    rights = " AND ".join(f"has_table_privilege(CAST(:table AS text), '{right}')" for right in NEEDED_RIGHTS)
    for table in filter(there.has_table, METADATA.tables):
        if not connection.execute(text(f"SELECT {rights}"), {"table": table}).scalar_one():
            return Reason.NO_RIGHTS
    found = connection.execute(select(VERSION.c.version)).scalar_one()
    return Reason.TOO_NEW if found > 1 + len(MIGRATIONS) else None


def _is_listening(url: URL) -> bool:
    """Whether there is somebody at the address: then it was the login that failed."""
    if url.host is None:
        return False  # a socket of this machine, or one of several hosts: nobody to knock at
    try:
        with socket.create_connection((url.host, url.port or USUAL_PORT), CONNECT_TIMEOUT):
            return True
    except OSError:
        return False
