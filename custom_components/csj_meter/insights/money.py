"""What usage costs: so far, by the end of the month, and what another hour of the day would save."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
import datetime as dt
from typing import Final

import numpy as np

from ..prepay.forecast import Forecast, Outlook
from ..telemetry.columns import Floats
from .days import Days, days_of, ordinary, usual_on
from .facts import Facts
from .said import DAYS, Amount, Sentence

LOOK_BACK: Final = 28
"""Days that say in which tariffs is used how much."""

MOVABLE: Final = 0.25
"""Share of what is used in the dear tariff that people may do at another hour: washing, dishes, charging."""

FEWEST: Final = 3

CHEAP_SHARE: Final = 0.8
"""Share of an hour's usage in the cheap tariff that makes it a cheap hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What usage costs, in ``unit``."""

    today: float | None
    month: float | None
    """So far; None where the price of some of it is not known."""

    projected_month: float | None
    """By its end, if the days to come are as usual, at the prices of now; None while that is not known."""

    unit: str

    @property
    def sentence(self) -> Sentence:
        """The same to be told."""
        if self.month is None:
            return Sentence("cost_unknown")
        month = Amount(self.month, self.unit)
        if self.projected_month is None:
            return Sentence("cost_month", {"month": month})
        projected = Amount(self.projected_month, self.unit)
        return Sentence("cost_projected", {"month": month, "projected": projected})


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """How long credit lasts."""

    days: float | None
    """None when that is longer than can be said, or not known."""

    sentence: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What it would save to do something at cheap hours."""

    dear: float
    """KWh used in dearer tariffs in 30 days, without what is always on."""

    moved: float
    """KWh of it that could be moved."""

    saving: float
    """What that saves in 30 days, in the currency."""

    share: float
    """The same as a share of the cost, 0..1."""

    cheap_price: float
    dear_price: float
    """For a kWh; of the dearer tariffs, what was paid on average."""

    cheap_hours: tuple[int, int] | None
    """From the beginning of the first hour to the beginning of the second; None where they change."""


def cost_of(facts: Facts, days: Days, year_ago: Days) -> Cost | None:
    """What usage costs; None where no price is known."""
    if facts.prices is None or facts.usage is None or not facts.currency:
        return None
    today, month = facts.usage.today.cost, facts.usage.this_month.cost
    return Cost(
        today=None if today is None else float(today),
        month=None if month is None else float(month),
        projected_month=None if month is None else _projected(facts, days, year_ago, float(month)),
        unit=facts.currency,
    )


def credit_of(forecast: Forecast | None) -> Credit | None:
    """How long credit lasts; None on a meter without."""
    if forecast is None:
        return None
    match forecast.outlook:
        case Outlook.EMPTY:
            return Credit(days=0.0, sentence=Sentence("credit_empty"))
        case Outlook.LASTS:
            return Credit(days=None, sentence=Sentence("credit_lasts"))
        case Outlook.UNKNOWN:
            return Credit(days=None, sentence=Sentence("credit_unknown"))
        case Outlook.RUNS_OUT:
            days = forecast.days or 0.0
            return Credit(
                days=days,
                sentence=Sentence("credit_under_a_day")
                if days < 1
                else Sentence("credit_days", {"days": Amount(float(int(days)), DAYS)}),
            )


def price_of(facts: Facts) -> float | None:
    """What a kWh costs on average, at the prices of now and in the tariffs of the last weeks."""
    if facts.prices is None:
        return None
    prices = _prices(facts)
    used = _by_tariff(facts, facts.today - LOOK_BACK)
    if used is None or used[len(prices) :].sum() > 0 or not used.sum() > 0:
        return float(prices[0]) if len(prices) == 1 else None
    return float((used[: len(prices)] * prices).sum() / used.sum())


def shift_of(facts: Facts, base_watts: float | None) -> Shift | None:
    """What it would save to use less in the dear tariffs; None without a cheap one, or with too few days."""
    if facts.prices is None:
        return None
    prices, used = _prices(facts), _by_tariff(facts, facts.today - LOOK_BACK)
    if used is None or used[len(prices) :].sum() > 0:
        return None
    used = used[: len(prices)]
    hours = facts.hours.between(facts.today - LOOK_BACK, facts.today)
    dates = ordinary(days_of(hours)).dates
    hours = hours.on(dates)
    days = len(dates)
    in_use = used > 0
    if days < 7 or in_use.sum() < 2:
        return None
    cheap = int(np.argmin(np.where(in_use, prices, np.inf)))
    is_dear = in_use & (prices > prices[cheap])
    if not is_dear.any():
        return None
    by_hour = hours.tariffs[:, : len(prices)]
    always = (base_watts or 0.0) / 1000
    dear_of_hours = np.nansum(by_hour[:, is_dear], axis=1)
    dear = float(np.clip(dear_of_hours - always, 0, None).sum()) * 30 / days
    dear_price = float((used[is_dear] * prices[is_dear]).sum() / used[is_dear].sum())
    saving = dear * MOVABLE * (dear_price - float(prices[cheap]))
    cost = float((used * prices).sum()) * 30 / days
    return Shift(
        dear=dear,
        moved=dear * MOVABLE,
        saving=saving,
        share=saving / cost if cost > 0 else 0.0,
        cheap_price=float(prices[cheap]),
        dear_price=dear_price,
        cheap_hours=_cheap_hours(hours.of_day.tolist(), by_hour[:, cheap], np.nansum(by_hour, axis=1)),
    )


def _cheap_hours(of_day: list[int], cheap: Floats, total: Floats) -> tuple[int, int] | None:
    """The one stretch of the day in which the cheap tariff counts; None where there is not one."""
    sums = np.zeros((2, 24))
    for hour, in_cheap, in_all in zip(of_day, np.nan_to_num(cheap), total, strict=True):
        sums[:, hour] += in_cheap, in_all
    is_cheap = [bool(sums[0, hour] > CHEAP_SHARE * sums[1, hour] > 0) for hour in range(24)]
    begins = [hour for hour in range(24) if is_cheap[hour] and not is_cheap[hour - 1]]
    ends = [hour for hour in range(24) if not is_cheap[hour] and is_cheap[hour - 1]]
    return (begins[0], ends[0]) if len(begins) == len(ends) == 1 else None


def _prices(facts: Facts) -> Floats:
    prices = () if facts.prices is None else facts.prices.per_kilowatt_hour
    return np.array([float(price) for price in prices], np.float64)


def _by_tariff(facts: Facts, since: int) -> Floats | None:
    """KWh by tariff since a date; None where nothing is known."""
    tariffs = facts.hours.between(since, facts.today).tariffs
    known = tariffs[np.isfinite(tariffs[:, 0])]
    return None if not len(known) else np.nansum(known, axis=0)


def _projected(facts: Facts, days: Days, year_ago: Days, so_far: float) -> float | None:
    price = price_of(facts)
    if price is None or facts.usage is None:
        return None
    today = dt.date.fromordinal(facts.today)
    last = facts.today + calendar.monthrange(today.year, today.month)[1] - today.day
    recent = days.between(facts.today - 14, facts.today).energy
    mean = float(recent.mean()) if len(recent) >= FEWEST else None
    energy = 0.0
    for date in range(facts.today, last + 1):
        # of days to come no more is known than today
        usual = usual_on(date, days, year_ago)
        if (usual := mean if usual is None else usual) is None:
            return None
        energy += max(0.0, usual - (facts.usage.today.energy or 0.0)) if date == facts.today else usual
    return round(so_far + energy * price, 2)
