"""Rows of Home Assistant's statistics: made of hours, and compared with what its recorder has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
import datetime as dt
import math
from typing import TYPE_CHECKING, Any, Final, Literal

from ..meters.sample import moment_of
from .hourly_course import Point

if TYPE_CHECKING:
    from homeassistant.components.recorder.models import StatisticData

type Figure = Literal["change", "last_reset", "max", "mean", "min", "state", "sum"]
"""What the recorder can be asked for of a row."""

FIGURES: Final[set[Figure]] = {"sum", "mean", "min", "max"}
"""What a row has, if it is seen to be written."""


def is_number(value: object, largest: float) -> bool:
    """Whether it is a number as a meter tells them; a database keeps whatever somebody writes into it."""
    return isinstance(value, int | float) and abs(value) <= largest


def sum_rows(points: list[Point], base: float, decimals: int) -> list[StatisticData]:
    """Rows that add up from ``base`` on, exactly."""
    total = round(base * 10**decimals)
    rows: list[StatisticData] = []
    for point in points:
        total += point.used or 0
        row: StatisticData = {"start": moment_of(point.start), "sum": round(total / 10**decimals, decimals)}
        if point.state is not None:
            row["state"] = point.state
        rows.append(row)
    return rows


def with_ahead(rows: list[StatisticData], ahead: Iterable[dt.datetime]) -> list[StatisticData]:
    """The same, and hours ``ahead`` of which nothing is known by now: with the sum of the hour before."""
    sums = {row["start"]: row for row in rows}
    for start in ahead:
        if start not in sums and (before := [row for row in rows if row["start"] < start]):
            sums[start] = {"start": start, "sum": before[-1]["sum"]}
    return [sums[start] for start in sorted(sums)]


def is_written(rows: list[StatisticData], written: Iterable[Mapping[str, Any]]) -> bool:
    """Whether all rows are there as they were sent."""
    found = {row["start"]: row for row in written}
    return all(
        _same(row.get(figure), found.get(row["start"].timestamp(), {}).get(figure))
        for row in rows
        for figure in FIGURES
    )


def _same(sent: Any, written: Any) -> bool:
    """Whether a figure is what was sent, if any was: databases and units may round it."""
    if sent is None:
        return True
    return is_number(written, math.inf) and math.isclose(sent, written, rel_tol=1e-9, abs_tol=1e-6)


def level_rows(points: list[Point]) -> list[StatisticData]:
    """Rows of a level."""
    return [
        {"start": moment_of(point.start), "mean": point.mean, "min": point.low, "max": point.high}
        for point in points
        if point.mean is not None and point.low is not None and point.high is not None
    ]
