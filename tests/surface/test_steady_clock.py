from __future__ import annotations

from custom_components.csj_meter.steady_clock import SteadyClock


def steady(clock: SteadyClock, counted: range, ahead: float) -> list[bool]:
    return [clock.is_steady(second + ahead, second) for second in counted]


def test_a_clock_is_believed_after_an_hour() -> None:
    looks = steady(SteadyClock(), range(1000, 1000 + 3700, 60), 1.7e9)
    assert looks == [False] * 60 + [True] * 2


def test_a_jump_costs_another_hour_in_either_direction() -> None:
    clock = SteadyClock()
    assert steady(clock, range(0, 7200, 60), 0.0)[-1]
    assert not any(steady(clock, range(7200, 7500, 60), 400 * 86_400.0))
    assert steady(clock, range(7500, 7500 + 3700, 60), 0.0) == [False] * 60 + [True] * 2


def test_a_clock_that_is_being_adjusted_is_believed() -> None:
    clock = SteadyClock()
    assert [clock.is_steady(minute * 60.5, minute * 60.0) for minute in range(70)][-1]


def test_one_that_is_believed_at_once_loses_that_with_a_jump() -> None:
    clock = SteadyClock(believed=True)
    assert all(steady(clock, range(0, 600, 60), 0.0))
    assert steady(clock, range(600, 600 + 3700, 60), 400 * 86_400.0) == [False] * 60 + [True] * 2
