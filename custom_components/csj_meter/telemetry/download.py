"""Exports on their way to somebody, and how one that was cut off goes on where it stopped.

Of each part that was sent, its size and a checksum are remembered, a few bytes for a week of a meter. From
them it is known in which part a byte lies, so nothing before that part is made again. The part in which the
download was cut off must be what it was; if not, the text has changed meanwhile and the whole is sent anew.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from itertools import accumulate
import secrets
import threading
from typing import Final
import zlib

from .errors import TelemetryError
from .export import Export, Part, Telemetry

MOST_DOWNLOADS: Final = 16
"""How many downloads can be gone on with; older ones begin anew."""


class ChangedError(TelemetryError):
    """What was exported has changed since the first half of it was sent."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """What is remembered of a part."""

    size: int
    checksum: int


class Download:
    """An export that is sent in parts: the header, then its pieces."""

    def __init__(self, export: Export) -> None:
        """Begin to send ``export``."""
        self.export = export
        self.tag = secrets.token_hex(16)
        """Stands for these very bytes."""
        self._marks: list[_Mark] = []
        self._lock = threading.Lock()

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return 1 + len(self.export.pieces)

    @property
    def measured(self) -> bool:
        """Whether all parts have been made once, so that the size is known."""
        return len(self._marks) == self.parts

    @property
    def size(self) -> int:
        """Bytes of the parts that have been made."""
        return sum(mark.size for mark in self._marks)

    def part(self, store: Telemetry, number: int) -> Part:
        """Make a part; no later one than the next. Blocks.

        Raises ChangedError when it was made before and was another.
        """
        part = self.export.part(store, number - 1) if number else self.export.start()
        mark = _Mark(len(part.data), zlib.crc32(part.data))
        with self._lock:  # somebody may ask for it twice
            if number == len(self._marks):
                self._marks.append(mark)
            elif self._marks[number] != mark:
                raise ChangedError("the measurements have changed since the first part was sent")
        return part

    def measure(self, store: Telemetry) -> None:
        """Make the first part that was not made yet, to know its size. Blocks."""
        if not self.measured:
            self.part(store, len(self._marks))

    def place(self, offset: int) -> tuple[int, int]:
        """The part in which the byte ``offset`` lies, and how many bytes of it come before.

        Raises IndexError when it is not in a part that was made.
        """
        for number, end in enumerate(accumulate(mark.size for mark in self._marks)):
            if offset < end:
                return number, offset - end + self._marks[number].size
        raise IndexError(offset)

    def agrees(self, other: Download) -> bool:
        """Whether both are the same as far as both were made."""
        return all(mine == theirs for mine, theirs in zip(self._marks, other._marks, strict=False))


class Downloads:
    """Those that can be gone on with."""

    def __init__(self) -> None:
        """None at first."""
        self._known: OrderedDict[str, tuple[str, Download]] = OrderedDict()

    def begin(self, asked: str, export: Export) -> Download:
        """A new download; ``asked`` is what was asked for, word for word."""
        download = Download(export)
        self._known[download.tag] = asked, download
        while len(self._known) > MOST_DOWNLOADS:
            self._known.popitem(last=False)
        return download

    def find(self, asked: str, tag: str | None) -> Download | None:
        """The download to go on with: the one with this tag, or without a tag the only one there can be."""
        if tag is not None:
            known = self._known.get(tag)
            return known[1] if known is not None and known[0] == asked else None
        same = [download for what, download in self._known.values() if what == asked]
        if not same or not all(download.agrees(same[-1]) for download in same):
            return None
        return max(same, key=lambda download: download.size)
