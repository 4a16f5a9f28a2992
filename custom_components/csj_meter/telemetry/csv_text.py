"""Columns of steps as CSV text, a whole chunk at a time.

A row is laid out in machine words of eight bytes: each holds a separator, a sign and up to four digits with
their point, looked up in a table. What a row does not need of its words is NUL, and all NULs are removed at
the end. So no value is formatted by itself, which is what makes an export fast.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
import datetime as dt
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from .columns import ABSENT, Steps
from .series import DAY, Minutes
from .spreadsheet import harmless

type Words = NDArray[np.uint64]
"""Eight bytes of text each, shape (n,)."""

type Cells = Words | bytes
"""Text of each row, or the text that all rows have."""

_GROUP: Final = 10_000
"""Four digits share a word."""

_LEADING_MINUS: Final = _GROUP
_FOLLOWING: Final = 2 * _GROUP
_NOTHING: Final = 3 * _GROUP
"""Where in a table: the first digits of a negative number, digits that follow others, no number at all."""

_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
_MINUTE: Final = dt.timedelta(minutes=1)
_START: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def text_cell(text: str, separator: str) -> str:
    """A text as one cell: harmless in spreadsheets, quoted where RFC 4180 asks for it."""
    # line ends and NULs have no business in the name of a meter
    text = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    text = harmless(text)
    return f'"{text.replace('"', '""')}"' if separator in text or '"' in text else text


def join(columns: Iterable[Cells], rows: int) -> bytes:
    """The text of ``rows`` rows that are made of these, from left to right."""
    words: list[Words] = []
    same = b""
    for cells in columns:
        if isinstance(cells, bytes):
            same += cells
        else:
            words.extend((*_constant(same), cells))
            same = b""
    words.extend(_constant(same))
    table = np.empty((rows, len(words)), np.uint64)
    for number, column in enumerate(words):
        table[:, number] = column
    return table.tobytes().translate(None, b"\0")


def _constant(text: bytes) -> Iterable[Words]:
    """The same text in all rows."""
    return np.frombuffer(text.ljust(-(-len(text) // 8) * 8, b"\0"), np.uint64)


def one_of(choice: NDArray[np.int64], texts: Sequence[bytes]) -> list[Cells]:
    """For each row the text with the number that ``choice`` says."""
    if (choice == choice[0]).all():
        return [texts[int(choice[0])]]
    width = -(-max(map(len, texts)) // 8)
    table = np.frombuffer(b"".join(text.ljust(width * 8, b"\0") for text in texts), np.uint64)
    return list(table.reshape(len(texts), width)[choice].T)


def clock(minutes: Minutes) -> list[Cells]:
    """``2026-11-22T21:40`` of minutes since 1970; two words."""
    days, of_day = np.divmod(minutes, DAY)
    first, last = int(days[0]), int(days[-1])
    dates = [dt.date.fromordinal(_EPOCH + day).isoformat().encode() for day in range(first, last + 1)]
    months = np.frombuffer(b"".join(date[:8] for date in dates), np.uint64)
    of_month = np.frombuffer(b"".join(date[8:].ljust(8, b"\0") for date in dates), np.uint64)
    return [months[days - first], of_month[days - first] | _times_of_day()[of_day]]


def same_offsets(minutes: Minutes, zone: ZoneInfo) -> list[tuple[slice, int]]:
    """Runs of ``minutes``, which rise, that have the same offset of local time: rows, and minutes east."""
    runs: list[tuple[slice, int]] = []
    first = 0
    while first < len(minutes):
        offset = offset_at(int(minutes[first]), zone)
        last = _last_with(offset, minutes, first, zone)
        runs.append((slice(first, last + 1), offset))
        first = last + 1
    return runs


def _last_with(offset: int, minutes: Minutes, first: int, zone: ZoneInfo) -> int:
    """The last row from ``first`` on before the offset becomes another."""
    last = first
    while last + 1 < len(minutes):
        # no place changes its clocks twice within a day
        within = int(np.searchsorted(minutes, minutes[last] + DAY, side="right")) - 1
        farther = max(within, last + 1)
        if offset_at(int(minutes[farther]), zone) == offset:
            last = farther
            continue
        low, high = last, farther
        while high - low > 1:
            middle = (low + high) // 2
            if offset_at(int(minutes[middle]), zone) == offset:
                low = middle
            else:
                high = middle
        return low
    return last


def offset_at(minute: int, zone: ZoneInfo) -> int:
    """How many minutes local time is ahead of UTC."""
    offset = (_START + minute * _MINUTE).astimezone(zone).utcoffset()
    return 0 if offset is None else offset // _MINUTE


def offset_text(offset: int) -> str:
    """``+01:00``."""
    hours, minutes = divmod(abs(offset), 60)
    return f"{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}"


def numbers(steps: Steps, decimals: int, separator: str, point: str) -> list[Cells]:
    """A column of numbers, each after its separator; nothing but that where there is no value."""
    absent = steps == ABSENT
    if some_absent := bool(absent.any()):
        if absent.all():
            return [separator.encode()]
        steps = np.where(absent, 0, steps)
    low, high = int(steps.min()), int(steps.max())
    if low == high and not some_absent and len(steps) > 1:
        return [join(numbers(steps[:1], decimals, separator, point), 1)]
    largest = max(high, -low)
    # half as wide is twice as fast
    width = np.int32 if largest < 1 << 31 else np.int64
    rest: NDArray[np.signedinteger] = (steps if low >= 0 else np.abs(steps)).astype(width)
    minus = 0 if low >= 0 else np.where(steps < 0, width(_LEADING_MINUS), width(0))
    groups = max(_groups_of(largest), decimals // 4 + 1)
    columns: list[Cells] = []
    for group in range(groups):
        top = group == groups - 1
        if top:
            places = rest + minus
        else:
            higher = rest // _GROUP
            places = rest - higher * _GROUP + np.where(higher != 0, width(_FOLLOWING), minus)
            rest = higher
        if some_absent:
            places = np.where(absent, width(_NOTHING), places)
        table = _digits(decimals - 4 * group, group > 0, separator if top else "", point)
        columns.append(np.take(table, places))
    columns.reverse()
    return columns


def _groups_of(number: int) -> int:
    """How many words a number fills."""
    return max(1, -(-len(str(number)) // 4))


@cache
def _times_of_day() -> Words:
    """``T21:40`` for each minute of a day, behind the two bytes of the day."""
    texts = (f"\0\0T{minute // 60:02}:{minute % 60:02}".encode() for minute in range(DAY))
    return np.frombuffer(b"".join(texts), np.uint64)


@cache
def _digits(fraction: int, follows: bool, separator: str, point: str) -> Words:
    """The texts of one group of four digits: as the first ones, the same of a negative number, after others.

    ``fraction`` of the digits are behind the point (from 4 on: all of them), none when it is 0 or less;
    ``follows``: there is a group to the right of this one. The last text is that of no number at all.
    """
    whole = 4 - min(max(fraction, 0), 4)
    # the digit before the point is always there
    has_units = 0 <= fraction < 4
    needed = whole - has_units
    values = np.arange(_GROUP)
    digits = np.stack([values // 10**place % 10 + ord("0") for place in (3, 2, 1, 0)], axis=1).astype(
        np.uint8
    )
    shown = np.stack([values >= 10 ** (3 - place) for place in range(4)], axis=1)
    shown[:, needed:] = True
    texts = np.zeros((_NOTHING + 1, 8), np.uint8)
    texts[:, 0] = ord(separator or "\0")
    places = [2 + place + (place >= whole) for place in range(4)]
    for first, sign, seen in (
        (0, "\0", shown),
        (_LEADING_MINUS, "-", shown),
        (_FOLLOWING, "\0", np.ones_like(shown)),
    ):
        part = texts[first : first + _GROUP]
        part[:, places] = digits * seen
        part[:, 1] = ord(sign) * seen[:, :whole].any(axis=1)
        if (0 < fraction < 4) or (fraction == 0 and follows):
            part[:, 2 + whole] = ord(point)
    return texts.view(np.uint64).reshape(-1)
