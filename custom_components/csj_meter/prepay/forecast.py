"""How long the credit lasts: the habits of the last weeks, at the prices of the weeks to come.

Each hour of the week has its expected use, learnt from the same hours before; where there are few of them,
similar hours help out. The walk into the future is done hour by hour on the local clock, so day tables,
weekends and clock changes count. How far days and weeks have strayed from what was expected of them says how
sure it is. No randomness: the same history, the same answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
import datetime as dt
from decimal import Decimal
from enum import StrEnum
import math
from typing import Final
from zoneinfo import ZoneInfo

from .hourly_energy import HourlyEnergy, HourlyLoad
from .money import round_money
from .tariffs import SATURDAY, Prices, Schedule, exact

LOOK_BACK: Final = dt.timedelta(days=28)
"""History that counts: four of every hour of the week."""

HORIZON: Final = dt.timedelta(days=366)
"""Beyond it, credit simply lasts."""

HALF_LIFE: Final = 10.0
"""Days after which a day counts half as much."""

PRIOR: Final = 0.5
"""How many hours of its own an hour of the week needs to count as much as its likes."""

QUANTILE: Final = 1.2816
"""Standard deviations from the expectation to either end of the range: 10 % lie beyond each."""

LEAST_LEVEL_ERROR: Final = 0.11
"""Share by which the coming weeks differ from the last ones, at least: weather, guests, holidays."""

DAY_ERROR_INFLATION: Final = 1.2
"""Days stray more from an expectation that was not learnt from them."""

KNOWN_DAY: Final = 20
"""Known hours that make a day worth judging the expectation by."""

COMPLETE: Final = 0.75
"""Share of the hours since history began that are known, if there are no large gaps."""

DAY: Final = 24
DAY_LONG: Final = dt.timedelta(days=1)
HOUR: Final = dt.timedelta(hours=1)
HALF_HOUR: Final = dt.timedelta(minutes=30)
QUARTER: Final = dt.timedelta(minutes=15)

LEAST_COST: Final = 1e-4
"""Cost a day below which nobody uses anything."""


class Outlook(StrEnum):
    """What becomes of the credit."""

    RUNS_OUT = "runs_out"
    """``Forecast.days`` from now."""
    LASTS = "lasts"
    """Longer than a year, or nothing is used at all."""
    EMPTY = "empty"
    """It is used up already."""
    UNKNOWN = "unknown"
    """Less than a day of history."""


class Confidence(StrEnum):
    """How much there is to judge by."""

    NONE = "none"
    LOW = "low"
    """Less than a week of history, or habits that change a lot."""
    MEDIUM = "medium"
    """Less than three weeks, or with large gaps."""
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How long the credit of a meter lasts."""

    outlook: Outlook
    """What becomes of it."""

    confidence: Confidence
    """How much there was to judge by."""

    days: float | None
    """Expected days from now; 0 when it is used up, None when it lasts or nothing is known."""

    earliest: float | None
    """It lasts longer than so many days in nine cases out of ten; None as ``days``."""

    latest: float | None
    """It ends before so many days in nine cases out of ten; None when that is more than a year."""

    runs_out_at: dt.datetime | None
    """``days`` from now, UTC."""

    per_day: Decimal | None
    """Expected cost of a day, mean of the coming week, in the unit of the balance."""

    known_days: float
    """Days of history that were known."""


NOTHING_KNOWN: Final = Forecast(
    outlook=Outlook.UNKNOWN,
    confidence=Confidence.NONE,
    days=None,
    earliest=None,
    latest=None,
    runs_out_at=None,
    per_day=None,
    known_days=0.0,
)
"""Of a meter that has not said its balance yet."""


def forecast(
    balance: Decimal,
    *,
    now: dt.datetime,
    zone: ZoneInfo,
    prices: Prices,
    load: HourlyLoad,
    schedule: Schedule | None = None,
    overdraft: Decimal = Decimal(0),
) -> Forecast:
    """How long ``balance`` lasts; the supply ends when it is overdrawn by ``overdraft``.

    ``load`` is asked once, for the last four weeks. ``prices`` and ``schedule`` are those of the coming
    weeks; without day tables, each hour is taken to be in the tariffs that it was in. For a meter that counts
    kWh: ``Prices.by_energy()``. Raises TariffError for energy in a tariff without a price.
    """
    hours = _known_hours(load(now - LOOK_BACK, now), now, zone)
    known_days = len(hours) / DAY
    available = float(balance + overdraft)
    if available <= 0:
        return _without_end(Outlook.EMPTY, Confidence.HIGH, known_days, days=0.0, at=now)
    if known_days < 1:
        return _without_end(Outlook.UNKNOWN, Confidence.NONE, known_days)
    costs = _Costs(prices, schedule)
    expected = _Expectation(hours, costs)
    week = [expected.cost_at((now + step * HOUR + HALF_HOUR).astimezone(zone)) for step in range(7 * DAY)]
    per_day = sum(week) / 7
    if per_day < LEAST_COST:
        return _without_end(Outlook.LASTS, _confidence(hours), known_days, per_day=per_day)
    errors = expected.errors(per_day)
    days, earliest, latest = _walk(available, expected, errors, now, zone)
    confidence = _confidence(hours)
    if days is None:
        return _without_end(Outlook.LASTS, confidence, known_days, earliest=earliest, per_day=per_day)
    if earliest is None or latest is None or latest - earliest > days:
        confidence = min(confidence, Confidence.LOW, key=list(Confidence).index)
    return Forecast(
        outlook=Outlook.RUNS_OUT,
        confidence=confidence,
        days=days,
        earliest=earliest,
        latest=latest,
        runs_out_at=now + dt.timedelta(days=days),
        per_day=round_money(exact(per_day)),
        known_days=known_days,
    )


def _without_end(
    outlook: Outlook,
    confidence: Confidence,
    known_days: float,
    *,
    days: float | None = None,
    earliest: float | None = None,
    at: dt.datetime | None = None,
    per_day: float | None = None,
) -> Forecast:
    return Forecast(
        outlook=outlook,
        confidence=confidence,
        days=days,
        earliest=days if earliest is None else earliest,
        latest=days,
        runs_out_at=at,
        per_day=None if per_day is None else round_money(exact(per_day)),
        known_days=known_days,
    )


@dataclass(frozen=True, slots=True)
class _KnownHour:
    """One hour of history."""

    local: dt.datetime
    """Its middle on the clock on the wall."""

    age: float
    """Days."""

    energy: tuple[float, ...]
    """kWh by tariff."""


def _known_hours(history: HourlyEnergy, now: dt.datetime, zone: ZoneInfo) -> list[_KnownHour]:
    return [
        _KnownHour((hour.start + HALF_HOUR).astimezone(zone), (now - hour.start) / DAY_LONG, hour.energy)
        for hour in history.between(now - LOOK_BACK, now)
        if hour.energy is not None and hour.end - hour.start == HOUR
    ]


def _confidence(hours: list[_KnownHour]) -> Confidence:
    """By how much history there is, and how complete it is since it began."""
    days = len(hours) / DAY
    if days < 7:
        return Confidence.LOW
    complete = days >= COMPLETE * max(hour.age for hour in hours)
    return Confidence.HIGH if days >= 21 and complete else Confidence.MEDIUM


class _Costs:
    """What an hour costs: with day tables its energy at the price of the time, without as it was counted."""

    def __init__(self, prices: Prices, schedule: Schedule | None) -> None:
        self._prices = prices
        self._schedule = schedule
        self._known: dict[tuple[int, int, int], float] = {}

    def worth(self, energy: tuple[float, ...]) -> float:
        """What is learnt of an hour: kWh with day tables, its cost without."""
        return sum(energy) if self._schedule is not None else float(self._prices.cost(energy))

    def price(self, middle: dt.datetime) -> float:
        """What one such worth costs in the hour around ``middle`` on the local clock."""
        if (schedule := self._schedule) is None:
            return 1.0
        key = (middle.weekday(), middle.hour, middle.minute)
        if key not in self._known:
            parts = [middle.replace(tzinfo=None) + offset * QUARTER for offset in (-1.5, -0.5, 0.5, 1.5)]
            self._known[key] = sum(float(self._prices.of(schedule.tariff_at(part))) for part in parts) / len(
                parts
            )
        return self._known[key]


class _Expectation:
    """What each hour of the week is expected to cost, and how wrong that was."""

    def __init__(self, hours: list[_KnownHour], costs: _Costs) -> None:
        self._hours = hours
        self._costs = costs
        self._sums: defaultdict[Hashable, float] = defaultdict(float)
        self._weights: defaultdict[Hashable, float] = defaultdict(float)
        for hour in hours:
            weight = 0.5 ** (hour.age / HALF_LIFE)
            for likes in _likes(hour.local):
                self._sums[likes] += weight * costs.worth(hour.energy)
                self._weights[likes] += weight
        self._by_hour: dict[tuple[int, int], float] = {}

    def cost_at(self, middle: dt.datetime) -> float:
        """Expected cost of the hour around ``middle`` on the local clock."""
        slot = (middle.weekday(), middle.hour)
        if slot not in self._by_hour:
            self._by_hour[slot] = self._worth(middle)
        return self._by_hour[slot] * self._costs.price(middle)

    def _worth(self, middle: dt.datetime) -> float:
        """From all hours over its likes to the same hour of the week: each corrects the one before."""
        worth = 0.0
        for likes in _likes(middle):
            prior = PRIOR if likes else 0.0
            worth = (self._sums[likes] + prior * worth) / (self._weights[likes] + prior)
        return worth

    def errors(self, per_day: float) -> tuple[float, float]:
        """Standard deviations of one day's cost, and of the cost of all days to come together."""
        actual: defaultdict[dt.date, float] = defaultdict(float)
        expected: defaultdict[dt.date, float] = defaultdict(float)
        known: defaultdict[dt.date, int] = defaultdict(int)
        for hour in self._hours:
            day = hour.local.date()
            actual[day] += self._costs.worth(hour.energy) * self._costs.price(hour.local)
            expected[day] += self.cost_at(hour.local)
            known[day] += 1
        strayed = [
            (actual[day] - expected[day]) * DAY / known[day] for day in known if known[day] >= KNOWN_DAY
        ]
        if len(strayed) < 3:
            return per_day / 2, per_day / 2
        of_a_day = DAY_ERROR_INFLATION * math.sqrt(sum(error**2 for error in strayed) / (len(strayed) - 1))
        return of_a_day, max(LEAST_LEVEL_ERROR * per_day, of_a_day / math.sqrt(len(strayed)))


def _likes(middle: dt.datetime) -> Iterable[tuple[object, ...]]:
    """The groups that an hour belongs to, from all hours to its own hour of the week."""
    return (
        (),
        (middle.hour,),
        (middle.hour, middle.weekday() >= SATURDAY),
        (middle.weekday(), middle.hour, "own"),
    )


def _walk(
    available: float,
    expected: _Expectation,
    errors: tuple[float, float],
    now: dt.datetime,
    zone: ZoneInfo,
) -> tuple[float | None, float | None, float | None]:
    """Days until the credit is gone: expected, at the earliest, at the latest; None beyond the horizon."""
    ends: dict[float, float | None] = {0.0: None, QUANTILE: None, -QUANTILE: None}
    before = dict.fromkeys(ends, 0.0)
    cost = 0.0
    for step in range(HORIZON // HOUR):
        cost += expected.cost_at((now + step * HOUR + HALF_HOUR).astimezone(zone))
        days = (step + 1) / DAY
        deviation = math.hypot(errors[0] * math.sqrt(days), errors[1] * days)
        for quantile, end in ends.items():
            spent = cost + quantile * deviation
            if end is None and spent >= available:
                part = (available - before[quantile]) / (spent - before[quantile])
                ends[quantile] = round((step + part) / DAY, 2)
            before[quantile] = spent
        if None not in ends.values():
            break
    return ends[0.0], ends[QUANTILE], ends[-QUANTILE]
