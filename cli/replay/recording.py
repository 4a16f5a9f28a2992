"""The file as a whole: read, judged, and kept as numbers until it is replayed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
import csv
import datetime as dt
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Final, Protocol, TextIO

import numpy as np

from custom_components.csj_meter.anomaly.intake import INPUTS
from custom_components.csj_meter.anomaly.meter import WatchedMeter

from ..errors import CommandError
from .cells import Bools, CellError, Floats, Places, judge, minutes_of, moment, names_of, numbers_of, shown
from .header import Header, read_header
from .learnt import Learnt
from .settings_file import Stated
from .table import FIRST_VALUE, METER, MINUTE, RoomError, Table

ROWS_AT_ONCE: Final = 8192
"""Rows that are turned into numbers together."""

BLOCK: Final = 1 << 20
"""Letters that are read together; no line is longer."""

MOST_METERS: Final = 10_000
"""Serial numbers in a file: more are a column that holds something else."""


VOLTAGE: Final = "voltage_l1"
"""What says which voltage is nominal."""

THREE_PHASE: Final = frozenset({"voltage_l2", "current_l2", "active_power_l2"})
"""Quantities that a meter has only if it has three phases."""


class Reader(Protocol):
    """Rows of a CSV file, as the standard library reads them."""

    @property
    def line_num(self) -> int:
        """Lines that were read so far."""

    def __iter__(self) -> Iterator[list[str]]:
        """Itself."""

    def __next__(self) -> list[str]:
        """The next row."""


class Recording:
    """What a file says."""

    def __init__(self, header: Header, stated: Mapping[str, Stated]) -> None:
        """Begin without rows. ``stated``: what somebody has said of meters."""
        self.inputs = [column.quantity.name for column in header.columns if column.quantity.name in INPUTS]
        """Quantities of the table."""
        self.table = Table(len(self.inputs))
        """Minute, meter and values of each row; whoever has it closes it."""
        self.serials: list[str] = []
        """Serial numbers by the number that a meter has in the table."""
        self.offset: dt.timedelta | None = None
        """From UTC, of the first row."""
        self._header = header
        self._stated = stated
        self._places: dict[str, int] = {}
        self._circuits: dict[str, tuple[str, int]] = {}
        self._ct_ratios = np.empty(0)
        self._learnt = Learnt()

    def meters(self) -> list[WatchedMeter]:
        """All meters, in the order of ``serials``."""
        circuits = {serial: circuit for serial, (circuit, _) in self._circuits.items()}
        return self._learnt.meters(self.serials, circuits, self._stated)

    def take(self, lines: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
        """Rows of the file, with their lines. Raises CommandError for the first that is wrong."""
        problem: CommandError | None = None
        while rows:
            try:
                found = self._numbers(lines, rows)
            except CellError as err:
                # columns are read one after the other: an earlier row may be wrong in a later column
                problem = CommandError(f"line {lines[err.row]}, column {err.column}: {err.problem}")
                rows = rows[: err.row]
            else:
                break
        if problem is not None:
            raise problem
        self._keep(*found)

    def _numbers(self, lines: Sequence[int], rows: Sequence[Sequence[str]]) -> tuple[Floats, Bools, Bools]:
        """Rows of the table, which of them have a value, and which have one of a second phase."""
        header, cells = self._header, list(zip(*rows, strict=True))
        with _column(header.titles[header.time]):
            minutes = minutes_of(cells[header.time])
        if self.offset is None:
            self.offset = moment(cells[header.time][0]).utcoffset()
        with _column(header.titles[header.meter]):
            places = self._places_of(names_of(cells[header.meter]))
        if header.circuit is not None:
            with _column(header.titles[header.circuit]):
                self._note_circuits(lines, places, names_of(cells[header.circuit]))
        table = np.full((len(rows), FIRST_VALUE + len(self.inputs)), np.nan)
        table[:, MINUTE], table[:, METER] = minutes, places
        said, several = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
        ratios = self._ct_ratios[places]
        for column in header.columns:
            quantity = column.quantity
            with _column(column.title):
                numbers = numbers_of(cells[column.place], quantity)
                if numbers is None:
                    continue
                if quantity.items == 1:
                    judge(cells[column.place], numbers, quantity, ratios)
            there = np.isfinite(numbers)
            said |= there
            if quantity.name in THREE_PHASE:
                several |= there
            if quantity.name in self.inputs:
                table[:, FIRST_VALUE + self.inputs.index(quantity.name)] = numbers
        return table, said, several

    def _keep(self, table: Floats, said: Bools, several: Bools) -> None:
        """Rows that have a value."""
        if not said.all():
            table, several = table[said], several[said]
        voltage = np.full(len(table), np.nan)
        if VOLTAGE in self.inputs:
            voltage = table[:, FIRST_VALUE + self.inputs.index(VOLTAGE)]
        minutes, places = (table[:, place].astype(np.int64) for place in (MINUTE, METER))
        self._learnt.note(len(self.serials), minutes, places, voltage, several)
        self.table.append(table)

    def _places_of(self, serials: Sequence[str]) -> Places:
        """The numbers of meters; new ones get the next. Raises CellError."""
        for serial in dict.fromkeys(serials):
            if serial in self._places:
                continue
            row = serials.index(serial)
            if not serial:
                raise CellError(row, "empty: write the serial number of the meter")
            if len(self.serials) == MOST_METERS:
                raise CellError(row, f"more than {MOST_METERS} meters: is this the right column?")
            self._places[serial] = len(self.serials)
            self.serials.append(serial)
            ratio = self._stated.get(serial, Stated()).ct_ratio
            self._ct_ratios = np.append(self._ct_ratios, ratio)
        return np.fromiter(map(self._places.__getitem__, serials), np.int64, len(serials))

    def _note_circuits(self, lines: Sequence[int], places: Places, circuits: Sequence[str]) -> None:
        """Which circuits meters hang on: each on one, or on none that is known. Raises CellError."""
        pairs = list(zip(places.tolist(), circuits, strict=True))
        for place, circuit in dict.fromkeys(pairs):
            if not circuit:
                continue
            serial, row = self.serials[place], pairs.index((place, circuit))
            known, line = self._circuits.setdefault(serial, (circuit, lines[row]))
            if known != circuit:
                raise CellError(
                    row,
                    f"meter {serial} is on {shown(circuit)} here and on {shown(known)} in line {line}: "
                    "write the same circuit in all its rows",
                )


@contextmanager
def _column(title: str) -> Iterator[None]:
    """Mistakes in the body are in the column ``title``."""
    try:
        yield
    except CellError as err:
        err.column = title
        raise


@contextmanager
def recorded(path: Path, stated: Mapping[str, Stated]) -> Iterator[Recording]:
    """What a file says, while the body runs. Raises CommandError when it is not right to its end."""
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            reader = csv.reader(_lines(file), strict=True)
            header = read_header(_first(reader))
            recording = Recording(header, stated)
            try:
                for lines, rows in _rows(reader, len(header.titles)):
                    recording.take(lines, rows)
                if not recording.table.rows:
                    raise CommandError("no row has a value: there is nothing to replay")
            except BaseException:
                recording.table.close()
                raise
    except RoomError:
        raise
    except CommandError as err:
        raise CommandError(f"{path}: {err}") from err
    except OSError as err:
        raise CommandError(f"cannot read {path}: {err.strerror}; give the path of a CSV file") from err
    with closing(recording.table):
        yield recording


def _first(reader: Reader) -> list[str]:
    try:
        return next(reader, [])
    except csv.Error as err:
        raise CommandError(f"line 1: {err}; it must name the columns, separated by commas") from err


def _rows(reader: Reader, width: int) -> Iterator[tuple[Sequence[int], list[list[str]]]]:
    """Rows with the lines they begin in, some thousands at a time; those without anything are left out."""
    while True:
        before = reader.line_num
        try:
            rows = list(islice(reader, ROWS_AT_ONCE))
        except csv.Error as err:
            raise CommandError(
                f"line {reader.line_num}: {err}; quote cells with commas or quotes in them as in RFC 4180"
            ) from err
        if not rows:
            return
        lines: Sequence[int] = range(before + 1, before + 1 + len(rows))
        if reader.line_num - before != len(rows):
            lines = _lines_of(before, rows)
        if set(map(len, rows)) != {width} or not all(map(any, rows)):
            lines, rows = _tidied(lines, rows, width)
        if rows:
            yield lines, rows


def _lines_of(before: int, rows: Iterable[Sequence[str]]) -> list[int]:
    """The lines that rows begin in, where cells have line ends in them."""
    lines, line = [], before + 1
    for row in rows:
        lines.append(line)
        line += 1 + sum(cell.count("\n") for cell in row)
    return lines


def _tidied(lines: Sequence[int], rows: Sequence[list[str]], width: int) -> tuple[list[int], list[list[str]]]:
    """Without rows that are empty, and without empty cells behind the last column. Raises CommandError."""
    kept_lines, kept = [], []
    for line, row in zip(lines, rows, strict=True):
        while len(row) > width and not row[-1].strip():
            row.pop()
        if not any(row):
            continue
        if len(row) != width:
            raise CommandError(
                f"line {line}: {len(row)} cells, but line 1 names {width} columns: are commas missing?"
            )
        kept_lines.append(line)
        kept.append(row)
    return kept_lines, kept


def _lines(file: TextIO) -> Iterator[str]:
    """Lines with their ends; none without end gets into memory. Raises CommandError."""
    number, rest = 0, ""
    while block := file.read(BLOCK):
        cut = block.rfind("\n") + 1
        if not cut:
            rest += block
        else:
            for line in StringIO(rest + block[:cut], newline="\n"):
                number += 1
                yield line
            rest = block[cut:]
        if len(rest) > BLOCK:
            raise CommandError(f"line {number + 1}: longer than {BLOCK} letters: is it a CSV file?")
    if rest:
        yield rest
