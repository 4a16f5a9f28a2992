"""Telemetry as CSV: which columns there are, in which pieces it is read, and how a row looks.

An export is cut into pieces of some days of one meter. A piece is read, turned into text and forgotten, so an
export of any length takes as much memory as one piece, and whoever goes on with half an export begins at a
piece. The same request gives the same bytes as long as nothing in its range changes. What the columns mean is
in ``docs/csv.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
import gzip
from typing import Final, Protocol, Self
from zoneinfo import ZoneInfo

from ..meters.quantities import QUANTITIES, Unit
from ..meters.sample import Provenance
from .columns import COLUMNS, COUNTS, FIGURES, STATS, Stat
from .csv_text import Cells, clock, join, numbers, offset_text, one_of, same_offsets, text_cell
from .series import DAY, HOUR, Aggregates, Series

LINE_END: Final = "\r\n"
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
LEAST_COMPRESSION: Final = 1
"""The next levels take twice as long for a few percent."""

LONG: Final = 400 * DAY
"""Minutes of a range that is looked at more closely."""

UTC_TIME: Final = "utc_time"
LOCAL_TIME: Final = "local_time"
METER: Final = "meter"
NAME: Final = "name"
CURRENCY: Final = "currency"
PROVENANCE: Final = "provenance"
LENGTH: Final = "minutes"
"""Names of the columns that are no quantities."""


class Resolution(StrEnum):
    """What a row stands for."""

    MINUTE = "minute"
    """A sample."""

    HOUR = "hour"
    """An hour of UTC."""

    DAY = "day"
    """A local day."""


PIECES: Final = {Resolution.MINUTE: 7 * DAY, Resolution.HOUR: 32 * DAY, Resolution.DAY: 366 * DAY}
"""Minutes of a piece; of samples the first piece is a day, so that something comes at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a table is written down."""

    separator: str = ","
    """Between the cells of a row."""

    point: str = "."
    """Between a number and its decimals."""

    marked: bool = False
    """Whether the text begins with the mark by which spreadsheets know UTF-8."""


DIALECTS: Final[Mapping[str, Dialect]] = {
    "standard": Dialect(),
    "spreadsheet": Dialect(marked=True),
    "spreadsheet_comma": Dialect(separator=";", point=",", marked=True),
}
"""For programs (RFC 4180), for spreadsheets, and for spreadsheets where decimals follow a comma."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedMeter:
    """A meter as its rows name it."""

    serial: str
    """Serial number."""

    name: str
    """What people call it."""

    currency: str = ""
    """Unit of its credit, such as EUR or kWh; empty when nobody knows."""

    offered: frozenset[str] = frozenset()
    """Quantities that it offers, which have a column even where no sample has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What is to be exported."""

    meters: tuple[ExportedMeter, ...]
    """One after the other."""

    since: int
    """First minute since 1970 UTC; aggregates that begin from it on."""

    until: int
    """The minute before which it ends."""

    resolution: Resolution
    """What a row is."""

    zone: ZoneInfo
    """Whose local time is told."""

    dialect: Dialect = field(default_factory=Dialect)
    """How it is written."""

    compressed: bool = False
    """Whether it is packed: each piece is a gzip member, all together are one gzip file."""

    hidden: frozenset[str] = frozenset()
    """Quantities that are left out."""


class Telemetry(Protocol):
    """Where samples come from: the store; every method blocks."""

    def span(self, serial: str) -> tuple[int, int] | None:
        """The oldest and the newest minute with a sample."""

    def minutes(self, serial: str, since: int, until: int) -> Iterator[Series]:
        """Samples, oldest first."""

    def hours(self, serials: Sequence[str], since: int, until: int) -> Mapping[str, Aggregates]:
        """Hours that begin in this time."""

    def days(self, serials: Sequence[str], since: int, until: int) -> Mapping[str, Aggregates]:
        """Local days that begin in this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What is read at once."""

    meter: int
    """Which of the meters of the request."""

    since: int
    """First minute."""

    until: int
    """The minute before which it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece as text."""

    data: bytes
    """UTF-8, or a gzip member of it."""

    rows: int
    """How many rows are in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A request whose columns are known."""

    request: ExportRequest
    """What is to be exported."""

    columns: tuple[str, ...]
    """Stored quantities, or figures of aggregates, in the order of their columns."""

    pieces: tuple[Piece, ...]
    """In the order of the text."""

    @classmethod
    def plan(cls, store: Telemetry, request: ExportRequest) -> Self:
        """Look which columns there are; blocks, for milliseconds."""
        found = _quantities(store, request)
        stored = [quantity for quantity in QUANTITIES if quantity in found and quantity in COLUMNS]
        if request.resolution is Resolution.MINUTE:
            columns = stored
        else:
            costs = {figure.quantity for figure in FIGURES.values() if figure.stat is Stat.COST}
            if not any(quantity.startswith("price_") for quantity in stored):
                costs = set()
            columns = [*COUNTS]
            for quantity in stored:
                stats = STATS[COLUMNS[quantity].sort]
                for stat in (*stats, Stat.COST) if quantity in costs else stats:
                    columns.append(f"{quantity}_{stat.name.lower()}")
        return cls(request=request, columns=tuple(columns), pieces=tuple(_pieces(store, request)))

    def start(self) -> Part:
        """The header."""
        request = self.request
        separator = request.dialect.separator
        cells = [UTC_TIME, LOCAL_TIME, METER, NAME]
        if self._currency is None:
            cells.append(CURRENCY)
        cells.append(PROVENANCE if request.resolution is Resolution.MINUTE else LENGTH)
        cells += [titled(column, self._currency or "") for column in self.columns]
        text = separator.join(text_cell(cell, separator) for cell in cells) + LINE_END
        mark = BYTE_ORDER_MARK if request.dialect.marked else b""
        return self._packed(mark + text.encode(), 0)

    def part(self, store: Telemetry, number: int) -> Part:
        """A piece as text, empty when there is nothing; blocks."""
        piece = self.pieces[number]
        meter = self.request.meters[piece.meter]
        found: Iterable[Series | Aggregates]
        match self.request.resolution:
            case Resolution.MINUTE:
                found = store.minutes(meter.serial, piece.since, piece.until)
            case Resolution.HOUR:
                found = store.hours([meter.serial], piece.since, piece.until).values()
            case Resolution.DAY:
                found = store.days([meter.serial], piece.since, piece.until).values()
        chunks = [(self.text(meter, chunk), len(chunk)) for chunk in found]
        return self._packed(b"".join(text for text, _ in chunks), sum(rows for _, rows in chunks))

    def parts(self, store: Telemetry) -> Iterator[Part]:
        """All of it, piece by piece; blocks between them."""
        yield self.start()
        for number in range(len(self.pieces)):
            yield self.part(store, number)

    def text(self, meter: ExportedMeter, chunk: Series | Aggregates) -> bytes:
        """The rows of samples, or of aggregates, of a meter."""
        dialect = self.request.dialect
        separator = dialect.separator
        minutes = chunk.minutes if isinstance(chunk, Series) else chunk.starts
        names = [meter.serial, meter.name]
        if self._currency is None:
            names.append(meter.currency)
        named = separator.join(text_cell(name, separator) for name in names)
        texts = []
        for rows, offset in same_offsets(minutes, self.request.zone):
            some, times = chunk.rows(rows), minutes[rows]
            cells: list[Cells] = [
                *clock(times),
                f":00Z{separator}".encode(),
                *clock(times + offset),
                f":00{offset_text(offset)}{separator}{named}".encode(),
            ]
            if isinstance(some, Series):
                cells += [separator.encode(), *one_of(some.provenance, _PROVENANCES)]
                decimals = {column: COLUMNS[column].decimals for column in self.columns}
            else:
                cells += numbers(some.lengths, 0, separator, dialect.point)
                decimals = {column: FIGURES[column].decimals for column in self.columns}
            for column in self.columns:
                if column in some.columns:
                    cells += numbers(some.columns[column], decimals[column], separator, dialect.point)
                else:
                    cells.append(separator.encode())
            texts.append(join([*cells, LINE_END.encode()], len(times)))
        return b"".join(texts)

    @property
    def _currency(self) -> str | None:
        """The unit of credit; None where meters have different ones, which a column of its own then tells."""
        units = {meter.currency for meter in self.request.meters}
        return units.pop() if len(units) == 1 else None

    def _packed(self, text: bytes, rows: int) -> Part:
        data = gzip.compress(text, LEAST_COMPRESSION, mtime=0) if text and self.request.compressed else text
        return Part(data=data, rows=rows)


_PROVENANCES: Final = tuple(
    Provenance(number).word.encode() if number in Provenance else b"" for number in range(max(Provenance) + 1)
)
"""The word of each provenance, by its number."""


def titled(column: str, currency: str) -> str:
    """The header of a stored quantity or of a figure of an aggregate: its name, and its unit in brackets."""
    figure = FIGURES.get(column)
    quantity = column if figure is None else figure.quantity
    if quantity is None:
        return column
    # where credit is energy, prices and costs are of no currency
    money = "" if currency == Unit.KILOWATT_HOUR else currency
    if figure is not None and figure.stat is Stat.COST:
        unit = money
    else:
        match QUANTITIES[quantity].unit:
            case Unit.MONEY:
                unit = currency
            case Unit.MONEY_PER_KILOWATT_HOUR:
                unit = f"{money}/{Unit.KILOWATT_HOUR}" if money else ""
            case other:
                unit = other.value
    return f"{column} [{unit}]" if unit else column


def _quantities(store: Telemetry, request: ExportRequest) -> set[str]:
    """Quantities that the meters offer, and those that their samples have had in this time all the same.

    What a meter does not offer, but a file did that was imported, is known by the hours and days it made.
    """
    found = {name for meter in request.meters for name in meter.offered}
    since, until = request.since, request.until
    serials = [meter.serial for meter in request.meters]
    made = [
        *store.days(serials, since - DAY, until).values(),
        *store.hours(serials, max(since - HOUR, until - 2 * DAY), until).values(),
    ]
    found |= {quantity for one in made for key in one.columns if (quantity := FIGURES[key].quantity)}
    for meter in request.meters:
        if not meter.offered and (span := store.span(meter.serial)) is not None:
            # nobody knows what it offers: its first and last samples may tell more
            first, last = max(since, span[0]), min(until, span[1] + 1)
            for begin, end in ((first, min(first + DAY, last)), (max(first, last - DAY), last)):
                for chunk in store.minutes(meter.serial, begin, end) if begin < end else ():
                    found |= set(chunk.columns)
    return found - request.hidden


def _pieces(store: Telemetry, request: ExportRequest) -> Iterator[Piece]:
    size = PIECES[request.resolution]
    by_minute = request.resolution is Resolution.MINUTE
    for number, meter in enumerate(request.meters):
        since, until = request.since, request.until
        if until - since > LONG:
            # years may be asked for where only weeks are
            if by_minute and (span := store.span(meter.serial)) is not None:
                since, until = max(since, span[0]), min(until, span[1] + 1)
            elif by_minute:
                continue
        while since < until:
            first = by_minute and not number and since < request.since + DAY
            end = min(until, since // DAY * DAY + (DAY if first else size))
            yield Piece(meter=number, since=since, until=end)
            since = end
