"""What can be wrong with a CSV file that somebody wants to import."""

from __future__ import annotations

from enum import StrEnum

from .errors import TelemetryError


class CsvProblem(StrEnum):
    """One kind of mistake; the surface has a sentence for each, which says what to do."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    CHANGED = "changed"
    ENCODING = "encoding"
    MALFORMED = "malformed"
    LONG_LINE = "long_line"
    MANY_COLUMNS = "many_columns"
    NO_TIME = "no_time"
    NO_METER = "no_meter"
    NO_QUANTITY = "no_quantity"
    AGGREGATES = "aggregates"
    UNKNOWN_COLUMN = "unknown_column"
    REPEATED_COLUMN = "repeated_column"
    WRONG_UNIT = "wrong_unit"
    CELLS = "cells"
    BAD_TIME = "bad_time"
    NAIVE_TIME = "naive_time"
    AMBIGUOUS_TIME = "ambiguous_time"
    SKIPPED_TIME = "skipped_time"
    FUTURE_TIME = "future_time"
    EARLY_TIME = "early_time"
    UNKNOWN_METER = "unknown_meter"
    OTHER_METER = "other_meter"
    NOT_A_NUMBER = "not_a_number"
    NOT_WHOLE = "not_whole"
    IMPLAUSIBLE = "implausible"


LONGEST_VALUE = 60
"""Letters of a cell that are repeated in a message."""


class CsvError(TelemetryError):
    """A file that cannot be imported; nothing of it was."""

    def __init__(self, problem: CsvProblem, line: int = 1, column: str = "", **details: str) -> None:
        """``column`` is its header; ``details`` are what the sentence about the problem tells besides."""
        self.problem = problem
        self.line = line
        self.column = _shortened(column)
        self.details = {key: _shortened(value) for key, value in details.items()}
        told = ", ".join(f"{key} {value}" for key, value in self.details.items())
        where = f"line {line}" + (f", column {self.column}" if column else "")
        super().__init__(f"{where}: {problem.value}" + (f" ({told})" if told else ""))

    @property
    def placeholders(self) -> dict[str, str]:
        """What a sentence about it may name."""
        return {"line": str(self.line), "column": self.column, **self.details}


def _shortened(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else f"{value[: LONGEST_VALUE - 1]}…"
