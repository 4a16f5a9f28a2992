"""The statistics of a line, against numbers worked out by hand."""

from __future__ import annotations

import pytest

from custom_components.csj_meter.bus.statistics import LOAD_WINDOW, BusStatistics, UnitStatistics


def test_nothing_is_claimed_before_the_first_exchange() -> None:
    unit, bus = UnitStatistics(), BusStatistics()
    assert unit.success_rate is None
    assert unit.round_trip_mean is None
    assert unit.round_trip_p95 is None
    assert unit.turnaround is None
    assert bus.load(100.0) is None
    assert bus.efficiency is None


def test_a_refusal_is_an_answer_and_a_time_out_is_none() -> None:
    unit = UnitStatistics(requests=10, answered=6, timeouts=2, exceptions={2: 1, 6: 1})
    assert unit.success_rate == pytest.approx(0.8)


def test_round_trips_give_mean_and_nearest_rank_percentile() -> None:
    unit = UnitStatistics()
    unit.round_trips.extend(n / 1000 for n in range(1, 101))
    assert unit.round_trip_mean == pytest.approx(0.0505)
    assert unit.round_trip_p95 == pytest.approx(0.095)


def test_the_turnaround_is_a_median_so_that_one_slow_answer_does_not_move_it() -> None:
    unit = UnitStatistics()
    unit.turnarounds.extend([0.015, 0.016, 0.400, 0.015, 0.014])
    assert unit.turnaround == pytest.approx(0.015)


def test_load_is_busy_time_over_the_window() -> None:
    bus = BusStatistics()
    bus.record(0.0, 0.1, 0.09)
    bus.record(1.0, 1.1, 0.09)
    assert bus.load(2.0) == pytest.approx(0.1)
    assert bus.efficiency == pytest.approx(0.9)


def test_old_exchanges_leave_the_window() -> None:
    bus = BusStatistics()
    bus.record(0.0, 10.0, 5.0)
    bus.record(LOAD_WINDOW + 20.0, LOAD_WINDOW + 21.0, 1.0)
    assert bus.load(LOAD_WINDOW + 21.0) == pytest.approx(1.0 / LOAD_WINDOW)
    assert bus.efficiency == pytest.approx(1.0)


def test_a_lost_request_costs_time_and_brings_nothing() -> None:
    bus = BusStatistics()
    bus.record(0.0, 0.1, 0.1)
    bus.record(0.1, 0.4, 0.0)
    assert bus.efficiency == pytest.approx(0.25)


def test_the_bus_sums_its_units() -> None:
    bus = BusStatistics()
    bus.unit(1).timeouts = 3
    bus.unit(2).timeouts = 4
    assert bus.total("timeouts") == 7
