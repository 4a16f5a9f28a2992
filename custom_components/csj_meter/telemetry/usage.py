"""What a meter used today, this month and last week, out of its hours: what people compare.

Days and months are those of the home's clock. Where a zone is half an hour off, the hour in which its day
begins is shared between the two days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from ..meters.sample import moment_of
from .aggregate import midnight
from .columns import ABSENT, COST_DECIMALS, Steps
from .series import DAY, HOUR, Aggregates

WEEK: Final = 7 * DAY
"""Minutes that the trend compares: always 168 hours, whatever the clocks do."""

_ENOUGH: Final = 6 * DAY
"""Minutes of a week that must be known to compare it."""

_NOTHING: Final = 50
"""Steps of energy (0.5 kWh) in a week below which a percentage means nothing."""

_USED: Final = "energy_import_used"
_COST: Final = "energy_import_cost"
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What was used in some time."""

    since: int
    """First minute (since 1970-01-01 UTC)."""

    until: int
    """The minute after the last."""

    energy: float | None
    """Import, kWh, to 0.01; None when nothing is known of this time."""

    cost: Decimal | None
    """What it cost, in the meter's currency, to 0.01; None when the price of some of it is not known."""

    known: float
    """Share of this time of which the energy is known, 0..1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a meter used lately."""

    today: Used
    """Since local midnight."""

    this_month: Used
    """Since the first of the month."""

    last_month: Used
    """The whole month before."""

    last_week: Used
    """The last 168 full hours."""

    week_before: Used
    """The 168 hours before those."""

    trend: float | None
    """By how many percent ``last_week`` is more than ``week_before``; None when that cannot be said yet."""


def usage(hours: Aggregates, today: Aggregates, now: int, zone: ZoneInfo) -> Usage:
    """What was used until minute ``now``.

    ``hours``: the closed hours from the first of last month on, and at least of the last two weeks.
    ``today``: one aggregate from local midnight to now, or none. Raises ValueError when it begins at another
    minute.
    """
    day = moment_of(now, zone).date()
    this_month = day.replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    morning, month, month_before = (midnight(each, zone) for each in (day, this_month, last_month))
    if len(today) and today.starts.tolist() != [morning]:
        raise ValueError(f"today began at minute {morning}, not at {today.starts.tolist()}")
    full = _last_full_hour(hours, now)
    since_morning = _today(today, _sum(hours, morning, full).minutes + now - max(full, morning))
    last_week = _sum(hours, full - WEEK, full)
    week_before = _sum(hours, full - 2 * WEEK, full - WEEK)
    return Usage(
        today=since_morning.used(morning, now),
        this_month=(_sum(hours, month, morning) + since_morning).used(month, now),
        last_month=_sum(hours, month_before, month).used(month_before, month),
        last_week=last_week.used(full - WEEK, full),
        week_before=week_before.used(full - 2 * WEEK, full - WEEK),
        trend=_trend(last_week, week_before),
    )


def used_between(hours: Aggregates, since: int, until: int) -> Used:
    """What was used from minute ``since`` to before ``until``, as far as ``hours`` know."""
    return _sum(hours, since, until).used(since, until)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sum:
    """Energy and cost in steps, of what is known of some time."""

    minutes: int = 0
    """Of how many minutes the energy is known."""

    energy: int = 0

    priced: bool = False
    """Whether any cost is known."""

    unpriced: bool = False
    """Whether energy was used of which it is not."""

    cost: int = 0

    def __add__(self, other: _Sum) -> _Sum:
        """Both times together."""
        return _Sum(
            minutes=self.minutes + other.minutes,
            energy=self.energy + other.energy,
            priced=self.priced or other.priced,
            unpriced=self.unpriced or other.unpriced,
            cost=self.cost + other.cost,
        )

    def used(self, since: int, until: int) -> Used:
        """For people."""
        cost = Decimal(self.cost).scaleb(-COST_DECIMALS).quantize(_CENT, ROUND_HALF_UP)
        return Used(
            since=since,
            until=until,
            energy=round(self.energy / 100, 2) if self.minutes else None,
            cost=cost if self.priced and not self.unpriced else None,
            known=round(min(1.0, self.minutes / (until - since)), 4) if until > since else 0.0,
        )


def _last_full_hour(hours: Aggregates, now: int) -> int:
    """The end of the last hour that is over; the one before while that hour is not closed yet."""
    over = now // HOUR * HOUR
    return over - HOUR if len(hours) and int(hours.starts[-1]) == over - 2 * HOUR else over


def _sum(hours: Aggregates, since: int, until: int) -> _Sum:
    """What is known from minute ``since`` to before ``until``: hours that are not all in it count in part."""
    first = np.clip(since - hours.starts, 0, hours.lengths)
    last = np.clip(until - hours.starts, 0, hours.lengths)
    energy, cost = hours.steps(_USED), hours.steps(_COST)
    known = (energy != ABSENT) & (last > first)
    priced = known & (cost != ABSENT)

    def share(steps: Steps, chosen: NDArray[np.bool_]) -> int:
        some, length = steps[chosen], hours.lengths[chosen]
        return int((some * last[chosen] // length - some * first[chosen] // length).sum())

    return _Sum(
        minutes=int((last - first)[known].sum()),
        energy=share(energy, known),
        priced=bool(priced.any()),
        unpriced=bool((known & ~priced & (energy > 0)).any()),
        cost=share(cost, priced),
    )


def _today(today: Aggregates, minutes: int) -> _Sum:
    """What ``today`` says, of which ``minutes`` are known."""
    energy, cost = today.steps(_USED), today.steps(_COST)
    if not len(today) or energy[0] == ABSENT:
        return _Sum()
    priced = bool(cost[0] != ABSENT)
    return _Sum(
        minutes=minutes,
        energy=int(energy[0]),
        priced=priced,
        unpriced=not priced and bool(energy[0] > 0),
        cost=int(cost[0]) if priced else 0,
    )


def _trend(last_week: _Sum, week_before: _Sum) -> float | None:
    if min(last_week.minutes, week_before.minutes) < _ENOUGH or week_before.energy < _NOTHING:
        return None
    # each by the time that is known of it: an hour without figures is not an hour without usage
    rate, rate_before = (each.energy / each.minutes for each in (last_week, week_before))
    return round(100 * (rate / rate_before - 1), 1)
