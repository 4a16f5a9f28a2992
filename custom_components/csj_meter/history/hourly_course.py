"""The closed hours of a meter as statistics want them: how each quantity went on from hour to hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..meters.quantities import PHASES
from ..telemetry.columns import ABSENT, FIGURES, TARIFF_ENERGIES
from ..telemetry.series import DAY, FOREVER, HOUR, Aggregates
from ..telemetry.store import Store

COST: Final = "cost"
"""Key of the course of what the import costs."""

TARIFF_COSTS: Final[Mapping[str, str]] = {
    f"{COST}_t{tariff}": str(tariff) for tariff, _ in enumerate(TARIFF_ENERGIES, 1)
}
"""Key of the course of what the import costs in a tariff -> that tariff."""

COUNTERS: Final = ("energy_import", *TARIFF_ENERGIES, "energy_export")
"""Counters that have a course, by their quantity."""

VOLTAGES: Final = tuple(f"voltage_l{phase}" for phase in PHASES)
"""Levels that have one."""

SUMS: Final[Mapping[str, str]] = {
    **{counter: f"{counter}_used" for counter in COUNTERS},
    COST: "energy_import_cost",
    **{key: f"energy_import_t{tariff}_cost" for key, tariff in TARIFF_COSTS.items()},
}
"""Key of a course that adds up -> the figure that says how much came on in an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One hour of a course."""

    start: int
    """Minute since 1970-01-01 UTC, on the hour."""

    used: int | None = None
    """What came on in this hour, in steps; None for a level."""

    state: float | None = None
    """What the counter showed last in this hour; None where the samples are gone."""

    mean: float | None = None
    low: float | None = None
    high: float | None = None
    """Of a level."""


type Courses = dict[str, list[Point]]
"""Key -> its hours, oldest first; hours of which nothing is known are left out."""


def closed_hours(serial: str, since: int, until: int, store: Store) -> Aggregates:
    """The closed hours of a meter that begin in a time, with the figures that courses need."""
    keys = (*SUMS.values(), *(f"{level}_{stat}" for level in VOLTAGES for stat in ("mean", "min", "max")))
    return store.hours([serial], since, until, keys).get(serial, Aggregates.empty())


def first_difference(one: Aggregates, other: Aggregates) -> int:
    """The first hour (minute) that is not the same in both; far in the future when all are."""
    length = min(len(one), len(other))
    same = one.starts[:length] == other.starts[:length]
    for key in one.columns.keys() | other.columns.keys():
        same &= one.steps(key)[:length] == other.steps(key)[:length]
    if not same.all():
        place = int(np.argmin(same))
        return int(min(one.starts[place], other.starts[place]))
    longer = one if len(one) > length else other
    return int(longer.starts[length]) if len(longer) > length else FOREVER


def courses(serial: str, hours: Aggregates, store: Store) -> Courses:
    """The courses of some closed hours; blocks."""
    states = _states(serial, hours, store)
    found: Courses = {}
    for key, figure in SUMS.items():
        used = hours.steps(figure)
        found[key] = [
            Point(
                start=int(hours.starts[place]),
                used=int(used[place]),
                state=states.get((key, int(hours.starts[place]))),
            )
            for place in np.flatnonzero(used != ABSENT).tolist()
        ]
    for key in VOLTAGES:
        mean, low, high = (hours.numbers(f"{key}_{stat}") for stat in ("mean", "min", "max"))
        found[key] = [
            Point(
                start=int(hours.starts[place]),
                mean=float(mean[place]),
                low=float(low[place]),
                high=float(high[place]),
            )
            for place in np.flatnonzero(~np.isnan(mean)).tolist()
        ]
    return {key: points for key, points in found.items() if points}


def decimals_of(key: str) -> int:
    """How many decimals the steps of a course stand for."""
    return FIGURES[SUMS[key]].decimals


def _states(serial: str, hours: Aggregates, store: Store) -> dict[tuple[str, int], float]:
    """What each counter showed last in each hour."""
    found: dict[tuple[str, int], float] = {}
    if not len(hours):
        return found
    start, until = int(hours.starts[0]), int(hours.starts[-1]) + HOUR
    for day in range(start // DAY * DAY, until, DAY):
        for series in store.minutes(serial, max(start, day), min(until, day + DAY)):
            for counter in COUNTERS:
                steps = series.steps(counter)
                known = np.flatnonzero(steps != ABSENT)
                starts = series.minutes[known] // HOUR * HOUR
                last = np.flatnonzero(np.append(np.diff(starts) != 0, [True])[: len(starts)])
                numbers = series.numbers(counter)[known]
                for place in last.tolist():
                    found[counter, int(starts[place])] = float(numbers[place])
    return found
