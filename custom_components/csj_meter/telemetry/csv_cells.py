"""Cells of a CSV file as minutes and steps; what is no time, no number or no possible value is an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import datetime as dt
import math
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from ..meters.quantities import QUANTITIES, Quantity
from .columns import ABSENT, COLUMNS, Floats, Steps
from .csv_errors import CsvError, CsvProblem
from .csv_header import QuantityColumn
from .series import DAY, Minutes

EARLIEST: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""Nothing is older: a clock that was never set says 1970."""

EPOCH_DIGITS: Final = range(9, 12)
"""Digits of seconds since 1970; fewer are a date, more are milliseconds."""

_START: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MINUTE: Final = dt.timedelta(minutes=1)
_EARLIEST: Final = (EARLIEST - _START) // _MINUTE


class Judge(Protocol):
    """Who knows what a meter can measure."""

    def plausible(self, quantity: Quantity, value: float) -> bool:
        """Whether the meter could have measured it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How times are understood."""

    zone: ZoneInfo | None
    """Where times are local that have no offset; None: they must have one."""

    now: int
    """The minute since 1970 UTC that it is."""

    def minutes(self, cells: Sequence[str], lines: Sequence[int], title: str) -> Minutes:
        """The minutes that cells say. Raises CsvError."""
        minutes = []
        for cell, line in zip(cells, lines, strict=True):
            try:
                minutes.append(self._minute(cell))
            except _TimeError as err:
                raise CsvError(err.problem, line, title, value=cell) from err
        return np.array(minutes, np.int64)

    def _minute(self, cell: str) -> int:
        cell = cell.strip()
        if cell.isdecimal() and len(cell) in EPOCH_DIGITS:
            minute = int(cell) // 60
        else:
            try:
                at = dt.datetime.fromisoformat(cell)
            except ValueError as err:
                raise _TimeError(CsvProblem.BAD_TIME) from err
            if at.tzinfo is None:
                at = self._local(at)
            minute = (at - _START) // _MINUTE
        if minute < _EARLIEST:
            raise _TimeError(CsvProblem.EARLY_TIME)
        if minute > self.now + DAY:
            raise _TimeError(CsvProblem.FUTURE_TIME)
        return minute

    def _local(self, at: dt.datetime) -> dt.datetime:
        """The moment that a time without offset is, when there is exactly one."""
        if self.zone is None:
            raise _TimeError(CsvProblem.NAIVE_TIME)
        earlier, later = at.replace(tzinfo=self.zone, fold=0), at.replace(tzinfo=self.zone, fold=1)
        before, after = earlier.utcoffset(), later.utcoffset()
        if before != after and before is not None and after is not None:
            # clocks are put back: both are right; or forward: neither is
            raise _TimeError(CsvProblem.AMBIGUOUS_TIME if before > after else CsvProblem.SKIPPED_TIME)
        return earlier


class _TimeError(Exception):
    """What is wrong with a time."""

    def __init__(self, problem: CsvProblem) -> None:
        super().__init__(problem)
        self.problem = problem


def steps_of(
    cells: Sequence[str],
    column: QuantityColumn,
    lines: Sequence[int],
    meters: Sequence[Judge],
    *,
    comma: bool,
) -> tuple[Steps, NDArray[np.bool_]] | None:
    """The steps of a column, and where there is a value; None when there is none at all.

    ``comma``: decimals may follow a comma. Raises CsvError.
    """
    if not any(cells):
        return None
    numbers = _numbers(cells, column, lines, comma=comma)
    there = ~np.isnan(numbers)
    if not there.any():
        return None
    numbers *= column.factor
    quantity, decimals = QUANTITIES[column.quantity], COLUMNS[column.quantity].decimals
    lowest, highest = float(np.nanmin(numbers)), float(np.nanmax(numbers))
    # what is possible on any meter need not be looked at by meter
    if not (quantity.plausible(lowest) and quantity.plausible(highest)):
        for number, cell, line, meter in zip(numbers.tolist(), cells, lines, meters, strict=True):
            if not math.isnan(number) and not meter.plausible(quantity, number):
                raise CsvError(
                    CsvProblem.IMPLAUSIBLE,
                    line,
                    column.title,
                    value=cell,
                    low=f"{quantity.low:.12g}",
                    high=f"{quantity.high:.12g}",
                )
    scaled = np.where(there, numbers, 0) * 10.0**decimals
    steps = np.rint(scaled).astype(np.int64)
    if decimals == 0 and (broken := np.flatnonzero(scaled != steps)).size:
        row = int(broken[0])
        raise CsvError(CsvProblem.NOT_WHOLE, lines[row], column.title, value=cells[row])
    return np.where(there, steps, ABSENT), there


def _numbers(cells: Sequence[str], column: QuantityColumn, lines: Sequence[int], *, comma: bool) -> Floats:
    """The numbers in cells; NaN for empty ones."""
    if comma:
        cells = [cell.replace(",", ".") for cell in cells]
    try:
        numbers = np.array([float(cell) if cell else math.nan for cell in cells])
    except ValueError:
        numbers = np.empty(0)  # one of them is none, or has spaces around it
    # NaN, infinity and digits with underscores are numbers for Python, but not for anybody else
    empty = int(np.isnan(numbers).sum()) if len(numbers) else -1
    if empty == list(cells).count("") and not np.isinf(numbers).any() and "_" not in "".join(cells):
        return numbers
    return np.array([_number(cell, column, line) for cell, line in zip(cells, lines, strict=True)])


def _number(cell: str, column: QuantityColumn, line: int) -> float:
    text = cell.strip()
    if not text:
        return math.nan
    try:
        number = math.nan if "_" in text else float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise CsvError(CsvProblem.NOT_A_NUMBER, line, column.title, value=cell)
    return number
