"""An SQLite file that one thing has for itself: opened, looked through, and moved away when it is broken."""

from __future__ import annotations

from collections.abc import Callable
import datetime as dt
from pathlib import Path

from sqlalchemy import URL, Connection, Engine

from .database import driver_connection, open_engine, reading, write_ahead, writing
from .errors import StoreBrokenError, StoreUnavailableError
from .integrity import is_suspect, look_through, set_aside, was_closed

type Prepare = Callable[[Engine], None]
"""Does something with a database that was not touched yet."""


def open_own_file(
    path: Path, now: dt.datetime, migrate: Callable[[Connection], None], prepare: Prepare | None = None
) -> tuple[Engine, Path | None]:
    """The database in a file, made when it is missing, and where a broken one was moved to.

    Raises StoreUnavailableError, and what ``migrate`` raises.
    """
    try:
        return _opened(path, migrate, prepare), None
    except StoreBrokenError as err:
        try:
            moved = set_aside(path, now)
        except OSError as problem:
            raise StoreUnavailableError(f"{path} is damaged and cannot be moved: {problem.strerror}") from err
        return _opened(path, migrate, prepare), moved


def _opened(path: Path, migrate: Callable[[Connection], None], prepare: Prepare | None) -> Engine:
    """The file, with its tables; one that was not closed or is under suspicion is looked through first."""
    engine = open_engine(URL.create("sqlite", database=str(path)))
    if prepare is not None:
        prepare(engine)
    try:
        try:
            doubtful = path.exists() and (is_suspect(path) or not was_closed(path))
        except OSError as err:
            raise StoreUnavailableError(f"{path} cannot be looked at: {err.strerror}") from err
        if doubtful:
            with reading(engine) as connection:
                look_through(driver_connection(connection), path)
        with writing(engine) as connection:
            migrate(connection)
        write_ahead(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine
