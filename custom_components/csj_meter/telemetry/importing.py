"""Samples out of CSV files, of our own export or from elsewhere; ``docs/csv.md`` has both forms.

A file is read twice: once to see that all of it is right (``check``), once more to take it in (``batches``).
So a file with a mistake changes nothing. Both passes hold some thousands of rows at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
import csv
from dataclasses import dataclass, field
from itertools import batched, pairwise
import os
from typing import BinaryIO, Final
from zoneinfo import ZoneInfo

import numpy as np

from ..meters.quantities import Quantity
from ..meters.sample import Provenance
from .columns import Steps
from .csv_cells import Clock, steps_of
from .csv_errors import CsvError, CsvProblem
from .csv_header import Header, read_header
from .export import BYTE_ORDER_MARK, Telemetry
from .series import DAY, Minutes, Series
from .spreadsheet import harmless

LARGEST_FILE: Final = 4 << 30
"""Bytes; a year of ten meters by the minute is about half of it."""

LONGEST_LINE: Final = 64 * 1024

ROWS_AT_ONCE: Final = 4096
"""Rows that are turned into numbers together."""

BATCH: Final = 50_000
"""Rows that are kept until they are taken in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMeter:
    """A meter that rows may belong to."""

    serial: str
    """Serial number."""

    ct_ratio: float = 1.0
    """Current transformer ratio."""

    pt_ratio: float = 1.0
    """Voltage transformer ratio."""

    def plausible(self, quantity: Quantity, value: float) -> bool:
        """Whether the meter could have measured it."""
        return quantity.plausible(value, ct_ratio=self.ct_ratio, pt_ratio=self.pt_ratio)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """How a file is to be understood."""

    meters: Mapping[str, KnownMeter]
    """Serial number -> meter that may be named."""

    meter: KnownMeter | None = None
    """The one that all rows belong to; None: a column says it."""

    zone: ZoneInfo | None = None
    """Where times are local that have no offset; None: they must have one."""

    now: int
    """The minute since 1970 UTC that it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSummary:
    """What a file holds that is right."""

    rows: int = 0
    """Rows with values."""

    repeated: int = 0
    """Rows that a later row of the same meter and minute replaces."""

    meters: tuple[str, ...] = ()
    """Serial numbers, in order of appearance."""

    first: int | None = None
    """The oldest minute."""

    last: int | None = None
    """The newest minute."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Rows of several meters, in the order of the file."""

    serials: list[str]
    minutes: Minutes
    columns: dict[str, Steps]

    def by_meter(self) -> Iterator[tuple[str, Minutes, dict[str, Steps]]]:
        """The rows of each meter."""
        if len(set(self.serials)) == 1:
            yield self.serials[0], self.minutes, self.columns
            return
        rows: defaultdict[str, list[int]] = defaultdict(list)
        for row, serial in enumerate(self.serials):
            rows[serial].append(row)
        for serial, chosen in rows.items():
            columns = {name: steps[chosen] for name, steps in self.columns.items()}
            yield serial, self.minutes[chosen], columns


@dataclass(slots=True)
class SeenMinutes:
    """Which minutes of which meters have come by: a bit each."""

    _days: dict[tuple[str, int], bytes] = field(default_factory=dict)

    def add(self, serial: str, minutes: Minutes) -> Minutes:
        """Note minutes, in any order; those that are new, rising."""
        fresh = []
        single = np.unique(minutes)
        days = single // DAY
        for day in np.unique(days).tolist():
            of_day = single[days == day] - day * DAY
            known = self._days.get((serial, day), bytes(DAY // 8))
            flags = np.unpackbits(np.frombuffer(known, np.uint8))
            fresh.append(of_day[flags[of_day] == 0] + day * DAY)
            flags[of_day] = 1
            self._days[serial, day] = np.packbits(flags).tobytes()
        return np.concatenate(fresh) if fresh else single


class CsvFile:
    """A file that is to be imported; its methods block."""

    def __init__(self, file: BinaryIO, request: ImportRequest) -> None:
        """Read an open file from its beginning. Raises CsvError when it is too large."""
        self._file = file
        self._request = request
        self._clock = Clock(zone=request.zone, now=request.now)
        self._state = self._look()
        if self._state[0] > LARGEST_FILE:
            raise CsvError(CsvProblem.TOO_LARGE, most=f"{LARGEST_FILE >> 30} GiB")

    def check(self) -> FileSummary:
        """Read all of it and see that it is right. Raises CsvError."""
        rows = repeated = 0
        first: int | None = None
        last: int | None = None
        meters: dict[str, None] = {}
        seen = SeenMinutes()
        for chunk in self._chunks():
            for serial, minutes, _ in chunk.by_meter():
                rows += len(minutes)
                repeated += len(minutes) - len(seen.add(serial, minutes))
                meters[serial] = None
                low, high = int(minutes.min()), int(minutes.max())
                first = low if first is None else min(first, low)
                last = high if last is None else max(last, high)
        if not rows:
            raise CsvError(CsvProblem.EMPTY)
        return FileSummary(rows=rows, repeated=repeated, meters=tuple(meters), first=first, last=last)

    def batches(self) -> Iterator[tuple[str, Series]]:
        """Its samples in batches of one meter, later rows in later batches. Raises CsvError."""
        if self._look() != self._state:
            raise CsvError(CsvProblem.CHANGED)
        waiting: defaultdict[str, list[Series]] = defaultdict(list)
        rows = 0
        for chunk in self._chunks():
            for serial, minutes, columns in chunk.by_meter():
                waiting[serial].append(_series(minutes, columns))
                rows += len(minutes)
            if rows >= BATCH:
                yield from ((serial, _merged(parts)) for serial, parts in waiting.items())
                waiting.clear()
                rows = 0
        yield from ((serial, _merged(parts)) for serial, parts in waiting.items())

    def _look(self) -> tuple[int, int]:
        status = os.fstat(self._file.fileno())
        return status.st_size, status.st_mtime_ns

    def _chunks(self) -> Iterator[_Chunk]:
        """All rows that have a value."""
        self._file.seek(0)
        lines = _lines(self._file)
        header = read_header(next(lines, ""))
        if header.meter is None and self._request.meter is None:
            raise CsvError(CsvProblem.NO_METER)
        for rows in batched(_rows(lines, header), ROWS_AT_ONCE, strict=False):
            chunk = self._chunk(header, [line for line, _ in rows], [cells for _, cells in rows])
            if chunk.serials:
                yield chunk

    def _chunk(self, header: Header, lines: list[int], rows: list[list[str]]) -> _Chunk:
        cells = list(zip(*rows, strict=True))
        minutes = self._clock.minutes(cells[header.time], lines, header.titles[header.time])
        serials = self._serials(header, lines, cells)
        columns: dict[str, Steps] = {}
        there = np.zeros(len(lines), bool)
        meters = [self._meter(serial) for serial in serials]
        for column in header.quantities:
            found = steps_of(cells[column.place], column, lines, meters, comma=header.separator != ",")
            if found is not None:
                columns[column.quantity], values = found
                there |= values
        if there.all():
            return _Chunk(serials, minutes, columns)
        kept = np.flatnonzero(there)
        return _Chunk(
            [serials[row] for row in kept.tolist()],
            minutes[kept],
            {name: steps[kept] for name, steps in columns.items()},
        )

    def _meter(self, serial: str) -> KnownMeter:
        one = self._request.meter
        return one if one is not None else self._request.meters[serial]

    def _serials(self, header: Header, lines: list[int], cells: list[tuple[str, ...]]) -> list[str]:
        one = self._request.meter
        if header.meter is None:
            assert one is not None  # noqa: S101 - for the type checker: looked at with the header
            return [one.serial] * len(lines)
        serials = [_serial(cell) for cell in cells[header.meter]]
        for serial in dict.fromkeys(serials):
            if one is not None and serial == one.serial:
                continue
            if one is None and serial in self._request.meters:
                continue
            problem = CsvProblem.UNKNOWN_METER if one is None else CsvProblem.OTHER_METER
            line = lines[serials.index(serial)]
            raise CsvError(problem, line, header.titles[header.meter], value=serial)
        return serials


def _lines(file: BinaryIO) -> Iterator[str]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise CsvError(CsvProblem.LONG_LINE, number, most=str(LONGEST_LINE))
        try:
            yield line.removeprefix(BYTE_ORDER_MARK).decode() if number == 1 else line.decode()
        except UnicodeDecodeError as err:
            raise CsvError(CsvProblem.ENCODING, number) from err


def _rows(lines: Iterator[str], header: Header) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and cells of the rows that are not empty."""
    width = len(header.titles)
    reader = csv.reader(lines, delimiter=header.separator, strict=True)
    while True:
        number = reader.line_num + 2  # the header is the first line
        try:
            cells = next(reader, None)
        except csv.Error as err:
            raise CsvError(CsvProblem.MALFORMED, number, error=str(err)) from err
        if cells is None:
            return
        if not any(cells):
            continue
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) != width:
            raise CsvError(CsvProblem.CELLS, number, found=str(len(cells)), expected=str(width))
        yield number, cells


def _serial(cell: str) -> str:
    """As it was before an export made it harmless."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell


def _series(minutes: Minutes, columns: dict[str, Steps]) -> Series:
    """Rows in any order, of which the later one of a minute stays."""
    order = np.argsort(minutes, kind="stable")
    ordered = minutes[order]
    kept = order[np.append(np.diff(ordered) != 0, [True])]
    return Series(
        minutes=minutes[kept],
        provenance=np.full(len(kept), int(Provenance.IMPORTED), np.int64),
        columns={name: steps[kept] for name, steps in columns.items()},
    )


def _merged(parts: list[Series]) -> Series:
    if all(one.minutes[-1] < other.minutes[0] for one, other in pairwise(parts)):
        return Series.joined(parts)
    merged = Series.empty()
    for part in parts:
        merged = merged.merged(part)
    return merged


def overruled(store: Telemetry, serial: str, minutes: Minutes) -> int:
    """How many of these minutes, which rise, the meter itself has been measured in. Blocks."""
    if not len(minutes):
        return 0
    count = 0
    for known in store.minutes(serial, int(minutes[0]), int(minutes[-1]) + 1):
        measured = known.minutes[known.provenance > Provenance.IMPORTED]
        count += int(np.isin(measured, minutes, assume_unique=True).sum())
    return count
