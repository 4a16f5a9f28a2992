"""Rows of numbers in a temporary file: more of them than memory holds, handed out by time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
import tempfile
from typing import Final

import numpy as np

from ..errors import CommandError
from .cells import Floats

MINUTE: Final = 0
"""The number of a row that says when; float64 holds minutes exactly."""

METER: Final = 1
"""The number of a row that says of which meter."""

FIRST_VALUE: Final = 2
"""From here on they are values."""

AT_ONCE: Final = 16_384
"""Rows that are handed out together."""

MOST_UNSORTED: Final = 20_000_000
"""Rows that are sorted; it takes 16 bytes of memory each."""


class RoomError(CommandError):
    """There is no room for a file that is none of the user's."""


@contextmanager
def _finding_room() -> Iterator[None]:
    """Raise RoomError when the body cannot write."""
    try:
        yield
    except OSError as err:
        folder = tempfile.tempdir or "for temporary files"
        raise RoomError(
            f"cannot keep the rows in the folder {folder}: {err.strerror}; make room there, or set TMPDIR to "
            "another folder"
        ) from err


class Table:
    """Rows of ``FIRST_VALUE`` and more numbers; to be closed."""

    def __init__(self, values: int) -> None:
        """Begin without rows. ``values``: how many a row has. Raises RoomError."""
        with _finding_room():
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - ``close`` does it
        self._width = FIRST_VALUE + values
        self._newest = -1.0
        self._is_sorted = True
        self.rows = 0
        """How many there are."""

    def close(self) -> None:
        """Give the space back."""
        with suppress(OSError):  # what found no room is not needed any more
            self._file.close()

    def append(self, rows: Floats) -> None:
        """Write rows behind those that are there. Raises RoomError, and CommandError for too many."""
        if not len(rows):
            return
        minutes = rows[:, MINUTE]
        self._is_sorted = (
            self._is_sorted and bool((np.diff(minutes) >= 0).all()) and bool(minutes[0] >= self._newest)
        )
        self._newest = float(minutes[-1])
        self.rows += len(rows)
        if not self._is_sorted and self.rows > MOST_UNSORTED:
            raise CommandError(
                f"a file of more than {MOST_UNSORTED} rows must be sorted by time: "
                "write them all with the same offset and sort the lines"
            )
        with _finding_room():
            self._file.write(np.ascontiguousarray(rows).tobytes())
            self._file.flush()

    def by_time(self) -> Iterator[Floats]:
        """All rows by their minutes, some thousands at a time."""
        if not self.rows:
            return
        table = np.memmap(self._file, np.float64, "r", shape=(self.rows, self._width))
        order = None if self._is_sorted else np.argsort(table[:, MINUTE], kind="stable")
        for start in range(0, self.rows, AT_ONCE):
            chosen = slice(start, start + AT_ONCE)
            yield np.array(table[chosen] if order is None else table[order[chosen]])
