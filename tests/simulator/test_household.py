"""Homes that live."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.csj_meter.simulator import Household, Kind
from custom_components.csj_meter.simulator.appliances import weekday
from custom_components.csj_meter.simulator.household import DAY

PHASES = {Kind.FLAT: 1, Kind.HOUSE: 1, Kind.SOLAR: 3, Kind.HEAT_PUMP: 3, Kind.WORKSHOP: 3}


def ordinal(year: int, month: int, day: int) -> int:
    return (dt.date(year, month, day) - dt.date(1970, 1, 1)).days


def month(home: Household, number: int) -> np.ndarray:
    """Minute values of 28 days, shape (28, 1440)."""
    first = ordinal(2026, number, 1)
    return np.array([home.day(first + day).active.sum(axis=0) for day in range(28)])


@pytest.fixture(params=Kind)
def home(request: pytest.FixtureRequest) -> Household:
    return Household(11, request.param, PHASES[request.param])


def test_days_know_their_weekday() -> None:
    assert [weekday(ordinal(2026, 9, day)) for day in (21, 26, 27)] == [0, 5, 6]


def test_the_same_seed_lives_the_same_life(home: Household) -> None:
    twin = Household(11, home.kind, home.phases)
    stranger = Household(12, home.kind, home.phases)
    day = ordinal(2026, 5, 4)

    assert np.array_equal(home.day(day).active, twin.day(day).active)
    assert not np.array_equal(home.day(day).active, stranger.day(day).active)


def test_days_differ_from_each_other(home: Household) -> None:
    days = {home.day(ordinal(2026, 3, day)).active.sum().round(3) for day in range(1, 29)}

    assert len(days) > 12


def test_only_the_home_with_panels_feeds_in(home: Household) -> None:
    summer = month(home, 7)

    assert (summer.min() < -1000) == (home.kind is Kind.SOLAR)
    if home.kind is not Kind.SOLAR:
        assert summer.min() > 5


def test_consumption_is_that_of_such_a_home(home: Household) -> None:
    daily = [month(home, number).sum(axis=1).mean() / 60_000 for number in (1, 4, 7, 10)]
    low, high = {
        Kind.FLAT: (4, 14),
        Kind.HOUSE: (6, 22),
        Kind.SOLAR: (-25, 25),
        Kind.HEAT_PUMP: (6, 70),
        Kind.WORKSHOP: (60, 160),
    }[home.kind]

    assert low < min(daily)
    assert max(daily) < high


def test_evenings_are_busier_than_nights() -> None:
    days = month(Household(5, Kind.FLAT), 3).mean(axis=0)

    assert days[18 * 60 : 21 * 60].mean() > 2 * days[2 * 60 : 5 * 60].mean()


def test_a_heat_pump_has_its_season() -> None:
    home = Household(5, Kind.HEAT_PUMP, 3)

    assert month(home, 1).mean() > 2 * month(home, 7).mean()


def test_a_bakery_rests_on_sundays() -> None:
    home = Household(5, Kind.WORKSHOP, 3)
    days = month(home, 9).sum(axis=1)
    sundays = [days[day] for day in range(28) if weekday(ordinal(2026, 9, 1) + day) == 6]

    assert np.mean(sundays) < 0.45 * days.mean()


def test_a_fridge_has_duty_cycles() -> None:
    home = Household(5, Kind.FLAT)
    cold = home.day(ordinal(2026, 9, 21)).groups[0]
    starts = np.count_nonzero((cold[1:] > 0) & (cold[:-1] == 0))

    assert 20 < starts < 70
    assert 0.3 < np.count_nonzero(cold) / cold.size < 0.75


def test_panels_give_nothing_at_night_and_more_in_summer() -> None:
    home = Household(5, Kind.SOLAR, 3)
    panels = [group.name for group in home.groups].index("solar")
    june = np.array([home.day(ordinal(2026, 6, day)).groups[panels] for day in range(1, 29)])
    december = np.array([home.day(ordinal(2026, 12, day)).groups[panels] for day in range(1, 29)])

    assert np.all(june[:, : 3 * 60] == 0)
    assert -june.sum() > 3 * -december.sum() > 0


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 1439), st.floats(0, 59.99), st.sampled_from(Kind))
def test_a_moment_is_its_minute_with_a_small_ripple(minute: int, second: float, kind: Kind) -> None:
    home = Household(3, kind, PHASES[kind])
    day = ordinal(2026, 2, 3)
    load, whole = home.at(day * DAY + minute * 60 + second), home.day(day)

    assert load.active == pytest.approx(whole.active[:, minute], rel=0.0125, abs=1e-9)
    assert load.reactive == pytest.approx(whole.reactive[:, minute], rel=0.0125, abs=1e-9)


def test_the_ripple_adds_nothing_to_a_whole_minute() -> None:
    home = Household(3, Kind.FLAT)
    start = ordinal(2026, 2, 3) * DAY + 754 * 60
    seconds = [home.at(start + step / 100).active[0] for step in range(6000)]

    assert np.mean(seconds) == pytest.approx(home.day(ordinal(2026, 2, 3)).active[0, 754], rel=1e-9)
    assert home.ripple.seconds(start) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("phases", [0, 2, 4])
def test_a_home_has_one_or_three_phases(phases: int) -> None:
    with pytest.raises(ValueError, match="1 or 3 phases"):
        Household(1, Kind.FLAT, phases)
