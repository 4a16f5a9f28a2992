"""Cells as minutes and numbers; what is neither is an error that says what would be right."""

from __future__ import annotations

from collections.abc import Sequence
import datetime as dt
import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from custom_components.csj_meter.meters.quantities import Kind, Quantity

type Floats = NDArray[np.float64]
type Bools = NDArray[np.bool_]
type Minutes = NDArray[np.int64]
type Places = NDArray[np.int64]
"""Numbers of meters."""

YEARS: Final = range(2000, 2100)
"""Nothing is older, whatever a clock says that was never set."""

LONGEST_SHOWN: Final = 40
"""Letters of a cell that are repeated in a message."""

LONGEST_NAME: Final = 64
"""Letters of a serial number or circuit."""

WHOLE: Final = frozenset({Kind.NUMBER, Kind.CODE, Kind.FLAGS})
"""Kinds whose values are whole numbers."""

_EXAMPLE: Final = "write for example 2026-03-01T14:05:00+01:00 or 2026-03-01T13:05:00Z"


class CellError(Exception):
    """A cell that cannot be right."""

    def __init__(self, row: int, problem: str) -> None:
        """``row`` counts from the first of the cells that were handed in."""
        super().__init__(problem)
        self.row = row
        self.problem = problem
        self.column = ""
        """Title of the column, for whoever knows it to say."""


def shown(cell: str) -> str:
    """A cell as it may stand in a message: quoted, on one line, short."""
    return ascii(cell if len(cell) <= LONGEST_SHOWN else f"{cell[: LONGEST_SHOWN - 3]}...")


def moment(cell: str) -> dt.datetime:
    """ISO 8601 with an offset. Raises ValueError with what is wrong."""
    try:
        at = dt.datetime.fromisoformat(cell.strip())
    except ValueError:
        raise ValueError(f"{shown(cell)} is no time: {_EXAMPLE}") from None
    if at.tzinfo is None:
        raise ValueError(f"{shown(cell)} has no offset from UTC: {_EXAMPLE}")
    if at.year not in YEARS:
        raise ValueError(f"{shown(cell)} is not in the years {YEARS[0]} to {YEARS[-1]}")
    return at


def minutes_of(cells: Sequence[str]) -> Minutes:
    """The minutes (UTC, since 1970) that times are in. Raises CellError."""
    known: dict[str, int] = {}
    for cell in dict.fromkeys(cells):
        try:
            known[cell] = int(moment(cell).timestamp() // 60)
        except ValueError as err:
            raise CellError(cells.index(cell), str(err)) from err
    return np.fromiter(map(known.__getitem__, cells), np.int64, len(cells))


def names_of(cells: Sequence[str]) -> list[str]:
    """Serial numbers or circuits, without spaces around them. Raises CellError."""
    known: dict[str, str] = {}
    for cell in dict.fromkeys(cells):
        name = cell.strip()
        if len(name) > LONGEST_NAME:
            raise CellError(cells.index(cell), f"longer than {LONGEST_NAME} letters: is it the right column?")
        if not name.isprintable():
            raise CellError(cells.index(cell), f"{shown(cell)} is no text in UTF-8: write letters and digits")
        known[cell] = name
    return [known[cell] for cell in cells]


def numbers_of(cells: Sequence[str], quantity: Quantity) -> Floats | None:
    """The values of a quantity, NaN where there is none; None when all cells are empty. Raises CellError."""
    if not any(cells):
        return None
    if quantity.items > 1 or quantity.codes:
        known = {cell: _unusual(cells.index(cell), cell, quantity) for cell in dict.fromkeys(cells)}
        return np.fromiter(map(known.__getitem__, cells), np.float64, len(cells))
    empty = cells.count("")
    try:
        filled = [cell or "nan" for cell in cells] if empty else cells
        numbers = np.fromiter(map(float, filled), np.float64, len(cells))
    except ValueError:
        numbers = np.empty(0)  # one of them is none, or has nothing but spaces in it
    # NaN, infinity and digits with underscores are numbers for Python, but not for anybody else
    missing = int(np.isnan(numbers).sum()) if len(numbers) else -1
    if missing != empty or np.isinf(numbers).any() or "_" in "".join(cells):
        numbers = np.array([_number(row, cell) for row, cell in enumerate(cells)])
    if quantity.kind in WHOLE and (broken := np.flatnonzero(numbers != np.rint(numbers))).size:
        for row in broken[np.isfinite(numbers[broken])].tolist():
            raise CellError(row, f"{shown(cells[row])} is not whole: write {quantity.name} as a whole number")
    return numbers


def judge(cells: Sequence[str], numbers: Floats, quantity: Quantity, ct_ratios: Floats) -> None:
    """See that meters can have measured it. ``ct_ratios``: of the meter of each row. Raises CellError."""
    if not np.isfinite(numbers).any():
        return
    # what is possible on any meter need not be looked at by meter
    if quantity.plausible(float(np.nanmin(numbers))) and quantity.plausible(float(np.nanmax(numbers))):
        return
    for row, (number, ratio) in enumerate(zip(numbers.tolist(), ct_ratios.tolist(), strict=True)):
        if not math.isnan(number) and not quantity.plausible(number, ct_ratio=ratio):
            raise CellError(row, _impossible(cells[row], quantity))


def _number(row: int, cell: str) -> float:
    text = cell.strip()
    if not text:
        return math.nan
    try:
        number = math.nan if "_" in text else float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        remedy = "write a point before decimals" if "," in text else "write for example 231.4, or nothing"
        raise CellError(row, f"{shown(cell)} is not a number: {remedy}")
    return number


def _unusual(row: int, cell: str, quantity: Quantity) -> float:
    """A code, as word or number, or a list of numbers; of a list the first one stands for all."""
    if not (text := cell.strip()):
        return math.nan
    if text in quantity.words:
        return quantity.words[text]
    if quantity.codes and text not in map(str, quantity.words.values()):
        words = ", ".join(f"{word} ({number})" for word, number in quantity.words.items())
        raise CellError(row, f"{shown(cell)} is no {quantity.name}: write one of {words}")
    values = tuple(_number(row, item) for item in text.split())
    if not quantity.plausible(values):
        raise CellError(row, f"{_impossible(cell, quantity)}, {quantity.items} numbers at most")
    return values[0]


def _impossible(cell: str, quantity: Quantity) -> str:
    unit = f" {quantity.unit}" if quantity.unit else ""
    return (
        f"{shown(cell)} cannot be: {quantity.name} is from {quantity.low:.12g} to {quantity.high:.12g}{unit};"
        " leave the cell empty where nothing was measured"
    )
