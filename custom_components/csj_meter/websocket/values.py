"""Measured values as plain JSON."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
import math

from ..meters.reading import Value
from ..telemetry.columns import Floats


def plain(value: Value) -> float | int | str | list[float | None] | None:
    """One value: lists for harmonics, numbers for money, null where there is none."""
    match value:
        case Decimal():
            return float(value)
        case float() if not math.isfinite(value):
            return None
        case tuple():
            return list(value)
        case _:
            return value


def numbers(values: Floats) -> list[float | None]:
    """A row of values, null where there is none."""
    return [value if math.isfinite(value) else None for value in values.tolist()]


def moment(seconds: float | None) -> str | None:
    """Seconds since 1970-01-01 UTC as ISO 8601."""
    return None if seconds is None else dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()


def iso(at: dt.datetime | None) -> str | None:
    """A moment as ISO 8601."""
    return None if at is None else at.isoformat()
