"""Twelve weeks of one household, minute by minute, and what is said of it each evening.

Detection, the alert desk and the aggregates are the real ones; only the power is made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
import datetime as dt
from decimal import Decimal
from functools import cache
from typing import Final

import numpy as np

from custom_components.csj_meter.alerts.desk import Desk
from custom_components.csj_meter.alerts.settings import AlertSettings
from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.anomaly.intake import INPUTS, ROW, Block
from custom_components.csj_meter.anomaly.meter import WatchedMeter
from custom_components.csj_meter.insights.days import days_of
from custom_components.csj_meter.insights.facts import Facts, Hours
from custom_components.csj_meter.insights.insight import Insights, insights_of
from custom_components.csj_meter.insights.tips import Tip, reasons
from custom_components.csj_meter.meters.sample import moment_of
from custom_components.csj_meter.prepay.tariffs import Prices
from custom_components.csj_meter.telemetry.aggregate import aggregate, hours_between, midnight
from custom_components.csj_meter.telemetry.series import Series
from custom_components.csj_meter.telemetry.usage import usage, used_between

from ..anomaly.stories import BERLIN, DAY, HOUR, Floats, home, minute_of, noise, on_the_wall, volts

START: Final = minute_of(dt.datetime(2026, 1, 5, tzinfo=BERLIN))
"""A Monday, midnight; clocks go forward in the last night but one."""

WEEKS: Final = 12
EVENING: Final = 20

FREEZER, HOLIDAY, BACK, HEATER, TARIFF, SUN, TENANT = 4, 6, 7, 8, 9, 10, 11
"""Number of the week in which it happens."""

HEATER_ON: Final = HEATER * 7 * DAY + DAY + 2 * HOUR
"""Tuesday, 2:00: the thermostat of the water heater sticks."""

HEATER_OFF: Final = HEATER_ON + 2 * DAY + 16 * HOUR
"""Thursday, 18:00: it is repaired."""

OLD_PRICES: Final = (0.30, 0.30)
NEW_PRICES: Final = (0.42, 0.18)
"""Of a kWh by day and by night (22:00 to 6:00)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """What was said at eight in the evening."""

    date: dt.date
    week: int
    facts: Facts
    insights: Insights
    reasons: tuple[Tip, ...]
    """All that there was a reason for that day, due or not."""

    @property
    def state(self) -> str:
        return self.insights.state.key

    @property
    def tips(self) -> list[str]:
        """Keys of the tips that were shown."""
        return [tip.sentence.key for tip in self.insights.shown_tips(raw=True, money=True)]

    @property
    def why(self) -> list[str]:
        return [tip.sentence.key for tip in self.reasons]


@dataclass(slots=True)
class Household:
    """The meter, what it measured, and those who look at it."""

    power: Floats
    series: Series
    engine: Engine
    desk: Desk = field(default_factory=lambda: Desk(AlertSettings(), BERLIN))
    told: int = 0
    """Minutes that the engine has been told."""

    def listen(self, until: int) -> None:
        """Let engine and desk know of the minutes up to number ``until``."""
        while self.told < until:
            end = min(until, self.told + 6 * HOUR)
            values = np.full((end - self.told, len(INPUTS), 1), np.nan)
            span = slice(self.told, end)
            values[:, ROW["active_power"], 0] = self.power[span]
            values[:, ROW["voltage_l1"], 0] = volts(end - self.told, self.told)
            values[:, ROW["current_l1"], 0] = np.abs(self.power[span]) / 230
            fresh = np.ones((end - self.told, 1), np.bool_)
            block = Block(minute=START + self.told, values=values, fresh=fresh)
            for finding in self.engine.observe_block(block):
                self.desk.take([finding], moment_of(finding.at))
            self.told = end

    def facts(self, now: int) -> Facts:
        """All that is known at minute ``now``."""
        local = moment_of(now).astimezone(BERLIN)
        morning = midnight(local.date(), BERLIN)
        monday = midnight(local.date() - dt.timedelta(days=local.weekday()), BERLIN)
        starts, ends = hours_between(START, now // HOUR * HOUR)
        hours = aggregate(self.series, starts, ends)
        today = aggregate(self.series.between(morning - HOUR, now + 1), np.array([morning]), np.array([now]))
        week = (now - START) // (7 * DAY)
        prices = NEW_PRICES if week >= TARIFF else OLD_PRICES
        moved_in = START + TENANT * 7 * DAY
        kept = Hours.of(hours, BERLIN, moved_in if now >= moved_in else 0)
        expected = {
            start: found
            for start in range(morning, morning + DAY, HOUR)
            if (found := self.engine.expected("A", start)) is not None
        }
        its = hours if now < moved_in else hours.between(moved_in, now)
        return Facts(
            serial="A",
            now=now,
            zone=BERLIN,
            hours=kept,
            usage=usage(its, today, now, BERLIN),
            yesterday=used_between(its, morning - DAY, morning),
            this_week=used_between(its, monday, now),
            expected=expected,
            known_days=self.engine.known_days("A"),
            alerts=tuple(self.desk.active),
            moved_in=moved_in if now >= moved_in else None,
            supply=True,
            prices=Prices(tuple(Decimal(str(price)) for price in prices)),
            currency="EUR",
        )

    def evenings(self) -> Iterator[Evening]:
        for day in range(7 * WEEKS):
            date = dt.date(2026, 1, 5) + dt.timedelta(days=day)
            now = minute_of(dt.datetime.combine(date, dt.time(EVENING), BERLIN))
            self.listen(now - START)
            facts = self.facts(now)
            starts = sorted(facts.expected)
            insights = insights_of(facts, starts)
            found = tuple(reasons(facts, days_of(facts.hours), insights.base_load))
            yield Evening(date=date, week=day // 7, facts=facts, insights=insights, reasons=found)


def household() -> Household:
    """The twelve weeks, as they are measured."""
    length = 7 * WEEKS * DAY
    minutes = np.arange(length)
    wall = on_the_wall(START + minutes)
    week, of_day = minutes // (7 * DAY), wall % DAY
    load = home(wall, 1)
    load += np.where(week >= FREEZER, 110.0 * (wall % 40 < 20), 0.0)
    away = 70.0 + 90.0 * (wall % 45 < 15) + 110.0 * (wall % 40 < 20) + noise(length, 7, 1.0)
    load = np.where(week == HOLIDAY, away, load)
    load += 2400.0 * ((minutes >= HEATER_ON) & (minutes < HEATER_OFF))
    sun = np.clip(np.sin((of_day - 8 * HOUR) / (8 * HOUR) * np.pi), 0, None)
    sun *= (of_day >= 8 * HOUR) & (of_day < 16 * HOUR)
    load -= np.where(week == SUN, 2200.0 * sun, 0.0)
    evening = (of_day >= 17 * HOUR) & (of_day < 23 * HOUR)
    load = np.where(week >= TENANT, 240.0 + 1800.0 * evening + noise(length, 9, 5.0), load)
    night = (of_day >= 22 * HOUR) | (of_day < 6 * HOUR)
    dear, cheap = (np.where(chosen, np.clip(load, 0, None), 0.0) for chosen in (~night, night))
    counters = {"energy_import_t1": dear, "energy_import_t2": cheap, "energy_export": np.clip(-load, 0, None)}
    summed = {name: 1000 + np.cumsum(watts) / 60_000 for name, watts in counters.items()}
    summed["energy_import"] = summed["energy_import_t1"] + summed["energy_import_t2"]
    prices = {
        f"price_t{tariff + 1}": np.where(week >= TARIFF, NEW_PRICES[tariff], OLD_PRICES[tariff])
        for tariff in range(2)
    }
    series = Series.measured(START + minutes, {**summed, **prices, "active_power": load})
    meter = WatchedMeter(serial="A", max_current=60.0, may_export=True)
    return Household(load, series, Engine([meter], BERLIN))


@cache
def evenings() -> tuple[Evening, ...]:
    """What was said on each evening of the twelve weeks."""
    return tuple(household().evenings())
