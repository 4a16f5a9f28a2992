"""Usage as people compare it: with the week before, and with what is usual in this season."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..telemetry.series import HOUR
from .days import Days, band_on, usual_on
from .facts import Facts
from .said import PERCENT, Amount, Sentence

SAME: Final = 5.0
"""Percent by which nobody says that it is more or less."""

WEEK: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """How the last seven days compare."""

    percent: float | None
    """With the seven before them; None while that cannot be said."""

    usual_percent: float | None
    """With what is usual on these days of the week in this season; None likewise."""

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The same to be told."""
        told = []
        for against, percent in (("week", self.percent), ("season", self.usual_percent)):
            if percent is None:
                continue
            how = "same" if abs(percent) < SAME else "more" if percent > 0 else "less"
            params = {} if how == "same" else {"percent": Amount(abs(percent), PERCENT)}
            told.append(Sentence(f"trend_{against}_{how}", params))
        return tuple(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualDay:
    """What is usual on a day, kWh."""

    low: float
    high: float
    """Between them eight days of ten lie."""

    expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HourOfToday:
    """One hour of today."""

    start: int
    """Its first minute, UTC."""

    energy: float | None
    """KWh; None where that is not known, and in hours that are not over."""

    low: float | None
    high: float | None
    """What is usual in it, kWh; None while that is not known."""


def trend_of(facts: Facts, days: Days, year_ago: Days) -> Trend:
    """How the last seven days compare."""
    percent = None if facts.usage is None else facts.usage.trend
    week = days.between(facts.today - WEEK, facts.today)
    before = days.between(0, facts.today - WEEK)
    usual = [usual_on(date, before, year_ago) for date in week.dates.tolist()]
    known = [expected for expected in usual if expected is not None]
    usual_percent = None
    if len(week.dates) >= WEEK - 1 and len(known) == len(usual) and sum(known) > 0:
        usual_percent = round(100 * (float(week.energy.sum()) / sum(known) - 1), 1)
    return Trend(percent=percent, usual_percent=usual_percent)


def usual_today(facts: Facts, days: Days, year_ago: Days) -> UsualDay | None:
    """What is usual on a day like today; None while too few are known."""
    expected = usual_on(facts.today, days, year_ago)
    band = band_on(facts.today, days)
    if expected is None or band is None:
        return None
    return UsualDay(
        low=round(min(band[0], expected), 2),
        high=round(max(band[1], expected), 2),
        expected=round(expected, 2),
    )


def hours_of_today(facts: Facts, starts: list[int]) -> tuple[HourOfToday, ...]:
    """The hours of today that begin at ``starts`` (minutes, UTC)."""
    hours = facts.hours
    known = dict(zip(hours.starts.tolist(), hours.energy.tolist(), strict=True))

    def told(start: int) -> HourOfToday:
        energy, expected = known.get(start, np.nan), facts.expected.get(start)
        return HourOfToday(
            start=start,
            energy=None if np.isnan(energy) or start + HOUR > facts.now else round(energy, 3),
            low=None if expected is None else round(max(0.0, expected.low) / 1000, 3),
            high=None if expected is None else round(max(0.0, expected.high) / 1000, 3),
        )

    return tuple(map(told, starts))
