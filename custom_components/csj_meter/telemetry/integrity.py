"""Whether an SQLite file is whole, and what is done with one that is not.

Looking through a whole file costs a read of all of it: 400 MB take a second where they are still in memory,
8 s from a disk, and more from an SD card. So it is done when there is a reason: the last writer did not close
the file (its write-ahead log is still there), a statement found damage while it ran, or the last look was a
week ago. Otherwise opening the file, which compares its size with what its header says, must do.
"""

from __future__ import annotations

from collections.abc import Callable
import datetime as dt
import os
from pathlib import Path
import sqlite3
import time
from typing import Any, Final

from .errors import StoreBrokenError

WEEK: Final = 7 * 1440
"""Minutes between two looks at a file that was always closed."""

PATIENCE: Final = 30.0
"""Seconds that a look without a suspicion may take."""

BROKEN: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
"""SQLite's codes for a file that can be read and is no database."""

_STEPS_BETWEEN_LOOKS_AT_THE_CLOCK: Final = 10_000

_LOG: Final = "-wal"
_INDEX: Final = "-shm"


def code_of(err: BaseException | None) -> int:
    """SQLite's own code of an error, without the details in its upper bytes; 0 of another's."""
    code: int = getattr(err, "sqlite_errorcode", 0) & 0xFF if isinstance(err, sqlite3.Error) else 0
    return code


def was_closed(path: Path) -> bool:
    """Whether the last one who wrote has closed the file: the last to close removes the write-ahead log."""
    log = _beside(path, _LOG)
    return not log.exists() or not log.stat().st_size


def size_of(path: Path) -> int:
    """Bytes of the file and of its write-ahead log."""
    return sum(part.stat().st_size for part in (path, _beside(path, _LOG)) if part.exists())


def suspect(path: Path) -> None:
    """Have the file looked through when it is opened next: a statement has found it damaged."""
    _mark(path).touch()


def is_suspect(path: Path) -> bool:
    """Whether a statement has found the file damaged."""
    return _mark(path).exists()


def look_through(
    connection: sqlite3.Connection,
    path: Path,
    patience: float = PATIENCE,
    clock: Callable[[], float] = time.monotonic,
) -> bool:
    """Whether the file was looked through from end to end; False when that would have taken too long.

    A file that is under suspicion is looked through however long it takes, and cleared of it. Raises
    StoreBrokenError.
    """
    ends_at = clock() + patience
    if not is_suspect(path):
        connection.set_progress_handler(lambda: clock() > ends_at, _STEPS_BETWEEN_LOOKS_AT_THE_CLOCK)
    try:
        (problem,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.OperationalError as err:
        if code_of(err) == sqlite3.SQLITE_INTERRUPT:
            return False
        raise
    finally:
        connection.set_progress_handler(None, 0)
    if problem != "ok":
        raise StoreBrokenError(path, _one_line(problem))
    _mark(path).unlink(missing_ok=True)
    return True


def set_aside(path: Path, now: dt.datetime) -> Path:
    """Move a broken file, and what belongs to it, out of the way; the new place of the file itself.

    The file goes last: after a crash in between it is still found to be broken, or whole without its log.
    """
    name = f"{path.name}.broken-{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    target, number = path.with_name(name), 1
    while target.exists():
        number += 1
        target = path.with_name(f"{name}-{number}")
    _mark(path).unlink(missing_ok=True)
    for suffix in (_INDEX, _LOG):
        if (part := _beside(path, suffix)).exists():
            part.rename(_beside(target, suffix))
    path.rename(target)
    _flush_folder(path.parent)
    return target


def _mark(path: Path) -> Path:
    return _beside(path, "-suspect")


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _one_line(problem: Any) -> str:
    return " ".join(str(problem).split())


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
