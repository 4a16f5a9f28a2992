"""The first line of a CSV file that is imported: which column is what, and in which unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import csv
from dataclasses import dataclass
from difflib import get_close_matches
import re
from types import MappingProxyType
from typing import Final

from ..meters.quantities import QUANTITIES, Unit
from .columns import COLUMNS, FIGURES
from .csv_errors import CsvError, CsvProblem
from .export import CURRENCY, LENGTH, LOCAL_TIME, METER, NAME, PROVENANCE, UTC_TIME

TIME: Final = "time"
"""Name of the column of time in files from elsewhere."""

TIMES: Final = (UTC_TIME, TIME, LOCAL_TIME)
"""Columns that say when; the first one that is there counts."""

IGNORED: Final = frozenset({NAME, CURRENCY, PROVENANCE, *TIMES})
"""Columns of exports that say nothing new."""

SEPARATORS: Final = (",", ";", "\t")

MOST_COLUMNS: Final = 256

FACTORS: Final[Mapping[Unit, Mapping[str, float]]] = MappingProxyType(
    {
        Unit.NONE: {"": 1},
        Unit.VOLT: {"V": 1, "mV": 0.001, "kV": 1000},
        Unit.AMPERE: {"A": 1, "mA": 0.001, "kA": 1000},
        Unit.WATT: {"W": 1, "kW": 1000, "MW": 1_000_000},
        Unit.VAR: {"var": 1, "kvar": 1000, "Mvar": 1_000_000},
        Unit.HERTZ: {"Hz": 1},
        Unit.PERCENT: {"%": 1},
        Unit.CELSIUS: {"°C": 1},
        Unit.KILOWATT_HOUR: {"kWh": 1, "Wh": 0.001, "MWh": 1000},
        Unit.KILOVAR_HOUR: {"kvarh": 1, "varh": 0.001, "Mvarh": 1000},
    }
)
"""Unit of a quantity -> units that it is understood in, with what makes its own unit of them."""

_MONEY: Final = {
    Unit.MONEY: (re.compile(r"[A-Za-z]{3}"), "EUR"),
    Unit.MONEY_PER_KILOWATT_HOUR: (re.compile(r"[A-Za-z]{3}/kWh"), "EUR/kWh"),
}
"""Units that name a currency, with an example; credit may be kWh as well, which has three letters too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityColumn:
    """A column with the values of a quantity."""

    place: int
    """Which cell of a row."""

    title: str
    """As the file has it."""

    quantity: str
    """Canonical name."""

    factor: float
    """What makes the canonical unit of the unit of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the cells of each row are."""

    separator: str
    """Between cells."""

    titles: tuple[str, ...]
    """As the file has them, without empty ones at the end."""

    time: int
    """The cell that says when."""

    meter: int | None
    """The cell with the serial number."""

    quantities: tuple[QuantityColumn, ...]
    """The cells with values."""


def read_header(line: str) -> Header:
    """What the first line of a file says. Raises CsvError."""
    if not line.strip():
        raise CsvError(CsvProblem.EMPTY)
    for separator in SEPARATORS:
        titles = _cells(line, separator)
        names = [_name_and_unit(title)[0] for title in titles]
        if any(name in TIMES for name in names):
            break
    else:
        raise CsvError(CsvProblem.NO_TIME)
    if len(titles) > MOST_COLUMNS:
        raise CsvError(CsvProblem.MANY_COLUMNS, most=str(MOST_COLUMNS))
    for place, name in enumerate(names):
        if name in names[:place]:
            raise CsvError(CsvProblem.REPEATED_COLUMN, column=titles[place])
    if LENGTH in names or any(name in FIGURES for name in names):
        raise CsvError(CsvProblem.AGGREGATES)
    columns = [
        _quantity_column(place, title)
        for place, title in enumerate(titles)
        if names[place] not in IGNORED and names[place] != METER
    ]
    if not columns:
        raise CsvError(CsvProblem.NO_QUANTITY)
    return Header(
        separator=separator,
        titles=tuple(titles),
        time=next(names.index(name) for name in TIMES if name in names),
        meter=names.index(METER) if METER in names else None,
        quantities=tuple(columns),
    )


def _cells(line: str, separator: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error as err:
        raise CsvError(CsvProblem.MALFORMED, error=str(err)) from err
    titles = [cell.strip() for cell in cells]
    while titles and not titles[-1]:  # spreadsheets leave empty columns behind
        titles.pop()
    return titles


def _name_and_unit(title: str) -> tuple[str, str | None]:
    """What a title names, and the unit in brackets behind it."""
    # a pattern for it would go through a long title again and again
    name, opened, rest = title.partition("[")
    unit, closed, behind = rest.partition("]")
    if not (opened and closed) or behind or "]" in name or "[" in unit:
        return "_".join(title.lower().split()), None
    return "_".join(name.lower().split()), unit.strip()


def _quantity_column(place: int, title: str) -> QuantityColumn:
    name, unit = _name_and_unit(title)
    if name not in COLUMNS:
        nearest: Sequence[str] = get_close_matches(name, COLUMNS, n=3)
        raise CsvError(
            CsvProblem.UNKNOWN_COLUMN, column=title, nearest=", ".join(nearest or ("active_power", "…"))
        )
    return QuantityColumn(place=place, title=title, quantity=name, factor=_factor(name, unit, title))


def _factor(quantity: str, unit: str | None, title: str) -> float:
    own = QUANTITIES[quantity].unit
    if unit is None:
        return 1
    if own in _MONEY:
        # which money it is, only the meter knows
        pattern, example = _MONEY[own]
        factors: Mapping[str, float] = {unit if pattern.fullmatch(unit) else example: 1}
    else:
        factors = FACTORS[own]
    if unit not in factors:
        raise CsvError(CsvProblem.WRONG_UNIT, column=title, unit=unit, units=", ".join(filter(None, factors)))
    return factors[unit]
