"""Something new that is on every day: a step in power at certain hours, and what appliance that may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..telemetry.columns import Floats
from .days import WHOLE
from .facts import Hours

RECENT: Final = 4
"""Days on which it must have been on: the last whole ones."""

BEFORE: Final = 28
"""Days before them that say what was usual."""

FEWEST: Final = 10

LEAST: Final = 0.25
"""KWh an hour by which it must stand out."""

ALWAYS: Final = 20
"""Hours a day from which something is on all the time."""

NIGHT: Final = frozenset({22, 23, 0, 1, 2, 3, 4, 5, 6})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that has been on at the same hours on each of the last days, and was not before."""

    since: int
    """The first of these dates, as an ordinal."""

    first: int
    """Hour of the day in which it goes on, 0..23."""

    end: int
    """The hour after the last; the same as ``first`` when it is always on."""

    watts: float
    """Mean power above what was usual in these hours."""

    energy: float
    """KWh a day above what was usual."""

    @property
    def hours(self) -> int:
        """How many hours a day, 1..24."""
        return (self.end - self.first - 1) % 24 + 1

    @property
    def appliance(self) -> str:
        """What it may be: the last part of the key of its text."""
        return appliance_of(self.watts, self.hours, self.first)


def appliance_of(watts: float, hours: int, first: int | None = None) -> str:
    """What an appliance of so many W may be that is on for so many hours a day, from hour ``first`` on."""
    if hours >= ALWAYS:
        limits = ((30, "standby"), (250, "refrigerator"), (900, "pump"), (4500, "water_heater"))
        return next((name for most, name in limits if watts < most), "heating")
    if watts < 900:
        return "pump" if hours >= 4 else "small_appliance"
    at_night = first is not None and first in NIGHT
    if watts >= 3300:
        return "car_charger" if at_night else "heating"
    return "water_heater" if at_night or hours <= 3 else "heater"


def step_of(hours: Hours, today: int) -> Step | None:
    """What is new in the last days; the longest stretch of the day where there are several."""
    recent, before = (
        _by_day(hours, today - RECENT, today),
        _by_day(hours, today - RECENT - BEFORE, today - RECENT),
    )
    if len(recent) < RECENT or len(before) < FEWEST:
        return None
    with np.errstate(all="ignore"):
        usual, high = np.nanmedian(before, axis=0), _or_beside(np.nanquantile(before, 0.95, axis=0))
        more = np.nanmedian(recent, axis=0) - usual
        stands_out = (more > LEAST) & (np.nanmin(recent, axis=0) > high)
    stretch = _longest(stands_out.tolist())
    if stretch is None:
        return None
    first, count = stretch
    chosen = [(first + place) % 24 for place in range(count)]
    energy = float(more[chosen].sum())
    return Step(
        since=_since(hours, today, chosen, high),
        first=first,
        end=(first + count) % 24,
        watts=round(1000 * energy / count),
        energy=round(energy, 2),
    )


def _or_beside(high: Floats) -> Floats:
    """The most of each hour and its neighbours: what goes by its own clock moves when summer time ends."""
    most: Floats = np.nanmax((np.roll(high, 1), high, np.roll(high, -1)), axis=0)
    return most


def _by_day(hours: Hours, first: int, end: int) -> Floats:
    """KWh of each hour of each whole day from a date to before another, shape (days, 24)."""
    some = hours.between(first, end)
    rows = []
    for date in np.unique(some.dates).tolist():
        row = np.full(24, np.nan)
        of_day = some.dates == date
        row[some.of_day[of_day]] = some.energy[of_day]
        if np.isfinite(row).sum() >= WHOLE:
            rows.append(row)
    return np.array(rows).reshape(-1, 24)


def _since(hours: Hours, today: int, chosen: list[int], high: Floats) -> int:
    """The first date from which on these hours stand out."""
    since = today - RECENT
    for date in range(today - RECENT - 1, today - RECENT - BEFORE, -1):
        day = _by_day(hours, date, date + 1)
        if not len(day) or not (day[0][chosen] > high[chosen]).all():
            break
        since = date
    return since


def _longest(stands_out: list[bool]) -> tuple[int, int] | None:
    """First hour and length of the longest stretch, around midnight if need be; None where there is none."""
    if all(stands_out):
        return 0, 24
    found: tuple[int, int] | None = None
    for first in range(24):
        if not stands_out[first] or stands_out[first - 1]:
            continue
        count = 1
        while stands_out[(first + count) % 24]:
            count += 1
        if found is None or count > found[1]:
            found = first, count
    return found
