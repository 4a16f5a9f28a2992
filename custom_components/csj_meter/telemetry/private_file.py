"""Files that nobody but their owner reads: what is measured, paid and written down tells how people live."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
import os
from typing import IO, Any, Final

PRIVATE: Final = 0o600
"""Rights of a file: its owner's alone."""

PRIVATE_FOLDER: Final = 0o700

_IN_MEMORY: Final = frozenset({"", ":memory:"})


def begin_private(path: str | os.PathLike[str]) -> IO[bytes]:
    """A new file for writing. Raises FileExistsError, or OSError."""
    return open(path, "xb", opener=_opener)


def keep_private(_dialect: Any, _record: Any, arguments: Sequence[Any], _keywords: Any) -> None:
    """For "do_connect" of an engine: SQLite finds an empty file in the place of one that is missing.

    It gives its log and index the same rights. A file that is there keeps those that its owner gave it.
    """
    path = arguments[0]
    if path in _IN_MEMORY:
        return
    with suppress(OSError):  # it is there already; whatever else is wrong, SQLite says in its own words
        begin_private(path).close()


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags, PRIVATE)
