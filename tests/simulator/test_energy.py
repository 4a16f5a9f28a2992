"""Counters are the integral of power, whoever asks and whenever."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.csj_meter.simulator import Household, Kind
from custom_components.csj_meter.simulator.credit import Credit
from custom_components.csj_meter.simulator.energy import EXPORT, IMPORT, EnergyHistory
from custom_components.csj_meter.simulator.household import DAY
from custom_components.csj_meter.simulator.models import FOUR_TARIFFS, SIX_TARIFFS

FIRST = 20_600
"""A day in May 2026."""

SECONDS = st.floats(min_value=FIRST * DAY, max_value=(FIRST + 12) * DAY)


def history(kind: Kind = Kind.SOLAR, initial: float = 0.0) -> EnergyHistory:
    return EnergyHistory(Household(4, kind, 3), SIX_TARIFFS, FIRST, initial)


SOLAR = history()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(SECONDS, st.floats(min_value=0, max_value=7200))
def test_counters_never_fall(time: float, later: float) -> None:
    gained = SOLAR.at(time + later) - SOLAR.at(time)

    assert gained.min() >= -1e-9


def test_what_is_gained_within_a_minute_is_power_times_time() -> None:
    home, start = SOLAR.household, (FIRST + 3) * DAY + 19 * 3600 + 17
    steps = [float(home.at(start + second / 10 + 0.05).active.sum()) for second in range(300)]

    gained = SOLAR.at(start + 30) - SOLAR.at(start)

    assert gained[IMPORT].sum() - gained[EXPORT].sum() == pytest.approx(sum(steps) / 10 / 3.6e6, rel=1e-6)


def test_a_new_reckoning_finds_the_same_counters() -> None:
    time = (FIRST + 9) * DAY + 50_001.5

    assert np.allclose(history().at(time), SOLAR.at(time), atol=1e-9)


def test_midnight_is_no_step() -> None:
    midnight = (FIRST + 5) * DAY

    assert SOLAR.at(midnight - 0.001) == pytest.approx(SOLAR.at(midnight + 0.001), abs=1e-5)


def test_tariffs_count_in_their_hours_only() -> None:
    monday = FIRST + (4 - FIRST) % 7  # 1970-01-05 was one
    weekend_day = SOLAR.at((monday + 5) * DAY + 10 * 3600) - SOLAR.at((monday + 5) * DAY + 8 * 3600)
    evening = SOLAR.at(monday * DAY + 21 * 3600) - SOLAR.at(monday * DAY + 17 * 3600)

    assert np.flatnonzero(weekend_day[IMPORT] + weekend_day[EXPORT]).tolist() == [4]
    assert np.flatnonzero(evening[IMPORT] + evening[EXPORT]).tolist() == [2]


def test_there_is_nothing_before_the_installation_but_what_was_on_the_counter() -> None:
    counters = history(initial=12.5).at((FIRST - 100) * DAY)

    assert counters.tolist() == [12.5] + [0.0] * 17


def test_maximum_demand_grows_through_the_month_and_starts_again() -> None:
    energy = history(Kind.WORKSHOP)
    june = 20_605  # 2026-06-01
    demands = [energy.max_demand((june + day) * DAY - 1) for day in range(2, 28)]
    blocks = energy.household.day(june).active.sum(axis=0).reshape(96, 15).mean(axis=1)

    assert demands == sorted(demands)
    assert energy.max_demand(june * DAY + 100) == 0
    assert energy.max_demand((june + 1) * DAY) == pytest.approx(blocks.max())
    assert energy.max_demand((FIRST - 1) * DAY) == 0


def test_a_schedule_holds_its_last_tariff_until_midnight() -> None:
    monday = FIRST + (4 - FIRST) % 7

    assert [FOUR_TARIFFS.tariff(monday * DAY + hour * 3600) for hour in (0, 6, 17, 23.99)] == [1, 2, 3, 4]
    assert FOUR_TARIFFS.tariff((monday + 6) * DAY + 12 * 3600) == 4


class TestCredit:
    """The account of a prepayment meter."""

    prices = (0.2, 0.3, 0.4, 0.3, 0.25, 0.3, 0.2, 0.2)

    @pytest.fixture
    def credit(self) -> Credit:
        return Credit(history(Kind.HEAT_PUMP), self.prices, seed=4, comfort=10)

    def test_balance_falls_with_consumption_at_the_price_of_the_tariff(self, credit: Credit) -> None:
        energy = history(Kind.HEAT_PUMP)
        start = (FIRST + 30) * DAY + 5 * 3600
        gained = energy.at(start + 7200) - energy.at(start)

        spent = credit.at(start).balance - credit.at(start + 7200).balance

        assert spent == pytest.approx(gained[:8] @ np.array(self.prices), abs=1e-9)
        assert spent > 0

    def test_people_top_up_in_the_evening_before_it_runs_out(self, credit: Credit) -> None:
        end = (FIRST + 120) * DAY
        top_ups = credit.top_ups(end)
        balances = [credit.at(FIRST * DAY + hour * 3600).balance for hour in range(24 * 120)]

        assert 5 < len(top_ups) < 60
        assert [top_up.count for top_up in top_ups] == list(range(1, len(top_ups) + 1))
        assert all(17 <= top_up.time % DAY / 3600 <= 21 for top_up in top_ups)
        assert min(balances) > -5
        assert max(balances) < 200

    def test_a_top_up_is_money_once(self, credit: Credit) -> None:
        top_up = credit.top_ups((FIRST + 60) * DAY)[-1]
        before, after = credit.at(top_up.time - 1), credit.at(top_up.time + 1)

        assert after.balance - before.balance == pytest.approx(top_up.amount, abs=0.01)
        assert (before.top_up_count, after.top_up_count) == (top_up.count - 1, top_up.count)
        assert after.last_top_up == top_up.amount

    def test_a_restart_finds_the_same_balance(self, credit: Credit) -> None:
        time = (FIRST + 77) * DAY + 40_000
        again = Credit(history(Kind.HEAT_PUMP), self.prices, seed=4, comfort=10)
        for day in range(70):
            credit.at((FIRST + day) * DAY)

        assert again.at(time) == credit.at(time)
