"""What a meter uses as a rule, hour by hour."""

from __future__ import annotations

from collections.abc import Callable
import datetime as dt
from math import pi, sin
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from custom_components.csj_meter.anomaly.baseline import MONTH, Baseline, Expected, Reference
from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.anomaly.engine_slots import SLOTS
from custom_components.csj_meter.anomaly.load_memory import HOURS, days_before
from custom_components.csj_meter.anomaly.local_time import Holidays, LocalTime, weekday
from custom_components.csj_meter.anomaly.memory import Memory
from custom_components.csj_meter.anomaly.meter import WatchedMeter

from .stories import BERLIN, NOON

FIRST_DAY = 20_514
"""A Monday."""

type Load = Callable[[int, int], float]
"""Day and hour of the day -> W."""


class Past:
    """A baseline that has lived through so many days of one load."""

    def __init__(self, load: Load, days: int = 42, holidays: Holidays = frozenset()) -> None:
        assert weekday(FIRST_DAY) == 0
        self.memory = Memory(SLOTS, ["A"])
        self.baseline = Baseline(self.memory, LocalTime(ZoneInfo("UTC"), holidays))
        self.until = (FIRST_DAY + days) * 24
        for hour in range(FIRST_DAY * 24, self.until):
            self.memory["hour_mean"][hour % HOURS] = load(hour // 24, hour % 24)
            self.memory["known_days"][:] = min(MONTH, hour // 24 - FIRST_DAY + 1)
            with np.errstate(all="ignore"):
                self.baseline.close_hour(hour)
                if hour % 24 == 23:
                    self.baseline.learn(hour // 24)

    def at(self, days_on: int, hour: int) -> Expected:
        """What is expected so many days after the last one."""
        found = self.baseline.at(0, self.until + days_on * 24 + hour, self.until)
        assert found is not None
        return found


def workshop(day: int, hour: int) -> float:
    return 3000.0 + day % 3 if weekday(day) < 5 and 7 <= hour < 16 else 100.0 + day % 3


def bakery(day: int, hour: int) -> float:
    """Open on Tuesdays only."""
    return 2000.0 if weekday(day) == 1 and 7 <= hour < 16 else 100.0


def home(day: int, hour: int) -> float:
    """Whatever the day of the week."""
    return usual(hour) + float(np.random.default_rng(day * 24 + hour).uniform(-150, 150))


def usual(hour: int) -> float:
    """More in the evening than in the morning."""
    return 500.0 - 250.0 * sin(2 * pi * hour / 24)


@pytest.mark.parametrize(
    ("load", "reference"),
    [(home, Reference.ALL_DAYS), (workshop, Reference.DAY_TYPE), (bakery, Reference.WEEKDAY)],
)
def test_each_meter_has_the_reference_that_errs_least_on_it(load: Load, reference: Reference) -> None:
    assert Past(load).at(0, 10).reference is reference


def test_a_workshop_is_expected_to_rest_on_days_off() -> None:
    past = Past(workshop)

    assert past.at(0, 10).power == pytest.approx(3001, abs=1)  # Monday
    assert past.at(4, 10).power == pytest.approx(3001, abs=1)
    assert past.at(5, 10).power == pytest.approx(101, abs=1)  # Saturday
    assert (past.at(5, 10).low, past.at(5, 10).high) == pytest.approx((100, 102))


def test_on_a_holiday_a_workshop_is_expected_to_rest() -> None:
    """Christmas is a Friday."""
    christmas = (dt.date(2026, 12, 25) - dt.date(1970, 1, 1)).days
    past = Past(workshop, holidays=frozenset({dt.date(2026, 12, 25)}))
    days_on = christmas - past.until // 24

    assert past.at(days_on, 10).power == pytest.approx(101, abs=1)
    assert past.at(days_on - 1, 10).power == pytest.approx(3001, abs=1)


@pytest.fixture(scope="module")
def at_home() -> Past:
    return Past(home)


@pytest.mark.parametrize("days_on", [0, 1, 6, -10])
def test_any_hour_of_a_home_has_its_band(at_home: Past, days_on: int) -> None:
    for hour in range(24):
        expected = at_home.at(days_on, hour)

        assert expected.power == pytest.approx(usual(hour), abs=50)
        assert expected.low == pytest.approx(usual(hour) - 120, abs=60)
        assert expected.high == pytest.approx(usual(hour) + 120, abs=60)


def test_recent_days_weigh_more_as_the_season_goes() -> None:
    past = Past(lambda day, _: 100.0 + 10.0 * (day - FIRST_DAY))

    # the mean of the last 30 days is 365 W
    assert 400 < past.at(0, 10).power < 500


@pytest.mark.parametrize(("days", "sure"), [(1, 1 / 21), (7, 1 / 3), (21, 1.0), (42, 1.0)])
def test_it_says_how_sure_it_is(days: int, sure: float) -> None:
    expected = Past(home, days).at(0, 12)

    assert expected.days == min(days, MONTH)
    assert expected.sure == pytest.approx(sure)


def test_before_the_first_day_nothing_is_expected() -> None:
    engine = Engine([WatchedMeter(serial="A")], BERLIN)

    assert engine.expected("A", NOON) is None
    with pytest.raises(KeyError):
        engine.expected("B", NOON)


def test_what_is_guarded_or_older_than_a_new_habit_is_not_learnt() -> None:
    past = Past(lambda day, _: 100.0 if day < FIRST_DAY + 40 else 5000.0)
    last = np.arange(past.until - 48, past.until) % HOURS
    past.memory["hour_guarded"][last] = True
    past.baseline.learn(past.until // 24 - 1)
    assert past.at(0, 10).power == pytest.approx(100)

    past.memory["hour_guarded"][last] = False
    past.memory["learn_from"][0] = past.until - 48
    past.baseline.learn(past.until // 24 - 1)
    assert past.at(0, 10).power == pytest.approx(5000)
    assert len(days_before(past.until // 24, MONTH)) == MONTH


def test_holes_are_left_out() -> None:
    past = Past(lambda day, hour: float("nan") if day % 2 else 100.0 + hour)

    assert past.at(0, 10).power == pytest.approx(110, abs=0.1)
