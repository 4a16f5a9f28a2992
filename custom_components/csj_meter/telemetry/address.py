"""Where a database is: addresses as people write them, and how they are told without their secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from .errors import DatabaseAddressError, UnsupportedDatabaseError

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"

_POSTGRESQL_DRIVER: Final = "postgresql+psycopg"


def parse(address: str | URL) -> URL:
    """The address of a database, as the engine takes it.

    ``postgres://`` and ``postgresql://`` mean the one driver that is used, whatever driver was named. Raises
    DatabaseAddressError when it is no address, and UnsupportedDatabaseError when it is one of another
    database; neither repeats the address, which may hold a password.
    """
    try:
        url = make_url(address)
    except ArgumentError, ValueError:
        raise _not_an_address() from None  # what these say may quote the address
    backend = url.get_backend_name()
    if backend in ("postgres", POSTGRESQL):
        if url.host and "@" in url.host:
            raise _not_an_address()
        return url.set(drivername=_POSTGRESQL_DRIVER)
    if backend != SQLITE:
        raise UnsupportedDatabaseError(backend)
    if url.database in (None, "", ":memory:") or url.query:
        raise DatabaseAddressError("the address of an SQLite file is sqlite:/// and its path, nothing else")
    return url.set(drivername=SQLITE)


def at_file(path: Path) -> URL:
    """The address of an SQLite file."""
    return URL.create(SQLITE, database=str(path))


def path_of(url: URL) -> Path | None:
    """The file of an SQLite address; None of any other."""
    return Path(url.database) if url.get_backend_name() == SQLITE and url.database else None


def told(url: URL) -> str:
    """The address for people and logs: no password, no options (which may hold one as well)."""
    if (path := path_of(url)) is not None:
        return str(path)
    return URL.create(
        POSTGRESQL, username=url.username, host=url.host, port=url.port, database=url.database
    ).render_as_string()


def secrets_of(url: URL) -> tuple[str, ...]:
    """What must not be seen of an address."""
    hidden = (url.password, *(url.query.get(key) for key in ("password", "sslpassword")))
    return tuple(str(secret) for secret in hidden if secret)


def _not_an_address() -> DatabaseAddressError:
    return DatabaseAddressError(
        "this is not the address of a database: write postgresql://user:password@host:5432/database, "
        "with %40 for an @ in the password"
    )
