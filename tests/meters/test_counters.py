"""Counters across roll-over, restart, noise and replacement."""

from __future__ import annotations

import json

from hypothesis import given, strategies as st
import pytest

from custom_components.csj_meter.meters.counters import CONVINCED, CounterFellError, Counters

MODULUS = 1_000_000.0


def _take(counters: Counters, value: float, modulus: float | None = MODULUS) -> float:
    counters.check({"energy_import": (value, modulus)})
    return counters.advance("energy_import", value, modulus)


def test_a_register_that_rolls_over_goes_on_counting() -> None:
    counters = Counters()
    assert _take(counters, 999_999.98) == pytest.approx(999_999.98)
    assert _take(counters, 0.03) == pytest.approx(1_000_000.03)
    assert _take(counters, 12.5) == pytest.approx(1_000_012.5)


def test_the_turns_survive_a_restart_as_json() -> None:
    counters = Counters()
    _take(counters, 999_999.98)
    _take(counters, 0.03)
    again = Counters.from_dict(json.loads(json.dumps(counters.as_dict())))
    assert _take(again, 0.05) == pytest.approx(1_000_000.05)


def test_a_roll_over_while_nobody_looked_is_counted_from_the_stored_register() -> None:
    again = Counters.from_dict({"energy_import": [999_990.0, 0]})
    assert _take(again, 3.0) == pytest.approx(1_000_003.0)


def test_a_fall_is_not_believed_at_once_and_changes_nothing() -> None:
    counters = Counters()
    _take(counters, 500.0)
    with pytest.raises(CounterFellError, match=r"energy_import fell from 500.0 to 3.0"):
        _take(counters, 3.0)
    assert _take(counters, 500.1) == pytest.approx(500.1)


def test_a_meter_that_insists_has_been_replaced() -> None:
    counters = Counters()
    _take(counters, 500.0)
    for _ in range(CONVINCED - 1):
        with pytest.raises(CounterFellError):
            _take(counters, 3.0)
    assert _take(counters, 3.0) == pytest.approx(3.0)
    assert _take(counters, 3.1) == pytest.approx(3.1)


def test_one_good_reading_between_takes_the_doubt_away() -> None:
    counters = Counters()
    _take(counters, 500.0)
    for _ in range(5):
        with pytest.raises(CounterFellError):
            _take(counters, 3.0)
        _take(counters, 500.0)


def test_nothing_of_a_reading_is_taken_when_one_register_falls() -> None:
    counters = Counters()
    both = {"a": (10.0, MODULUS), "b": (10.0, MODULUS)}
    counters.check(both)
    for quantity, (value, modulus) in both.items():
        counters.advance(quantity, value, modulus)
    with pytest.raises(CounterFellError):
        counters.check({"a": (11.0, MODULUS), "b": (1.0, MODULUS)})
    assert counters.as_dict() == {"a": [10.0, 0], "b": [10.0, 0]}


MANY = [f"energy_import_t{tariff}" for tariff in range(1, 9)]


def _take_all(counters: Counters, value: float, modulus: float | None = MODULUS, **others: float) -> None:
    """A reading in which all counters say the same, but for some."""
    readings = {name: (others.get(name, value), modulus) for name in MANY}
    counters.check(readings)
    for name, (register, its) in readings.items():
        counters.advance(name, register, its)


@pytest.mark.parametrize("modulus", [MODULUS, None])
def test_a_reset_of_all_counters_is_believed_as_soon_as_that_of_one(modulus: float | None) -> None:
    counters = Counters()
    _take_all(counters, 500.0, modulus)
    for _ in range(CONVINCED - 1):
        with pytest.raises(CounterFellError):
            _take_all(counters, 3.0, modulus)
    _take_all(counters, 3.0, modulus)
    assert set(map(tuple, counters.as_dict().values())) == {(3.0, 0)}


def test_turns_are_kept_while_other_counters_are_doubted() -> None:
    counters = Counters.from_dict({name: [500.0, 2] for name in MANY})
    for _ in range(CONVINCED - 1):
        with pytest.raises(CounterFellError):
            _take_all(counters, 500.0, energy_import_t1=3.0)
    with pytest.raises(CounterFellError, match="energy_import_t2 fell"):
        _take_all(counters, 500.0, energy_import_t1=3.0, energy_import_t2=3.0)
    _take_all(counters, 501.0)
    assert set(map(tuple, counters.as_dict().values())) == {(501.0, 2)}


def test_what_has_risen_again_in_a_refused_reading_is_not_doubted_any_more() -> None:
    counters = Counters()
    _take_all(counters, 500.0)
    for name in MANY[:2] * CONVINCED:
        with pytest.raises(CounterFellError, match=f"{name} fell"):
            _take_all(counters, 500.0, **{name: 3.0})


def test_a_counter_whose_end_is_not_known_rises_and_never_turns() -> None:
    counters = Counters()
    assert _take(counters, 999_999.98, None) == 999_999.98
    for _ in range(CONVINCED - 1):
        with pytest.raises(CounterFellError):
            _take(counters, 0.03, None)
    assert _take(counters, 0.03, None) == 0.03
    assert counters.as_dict() == {"energy_import": [0.03, 0]}


@given(
    start=st.integers(0, 99_999_999),
    steps=st.lists(st.integers(0, 5_000_000), max_size=60),
)
def test_the_total_rises_by_exactly_what_was_used(start: int, steps: list[int]) -> None:
    """Whatever a meter counts in hundredths, no use is lost or invented at the roll-over."""
    counters = Counters()
    register = start
    first = _take(counters, register / 100)
    used = 0
    for step in steps:
        used += step
        register = (register + step) % 100_000_000
        total = _take(counters, register / 100)
        assert total - first == pytest.approx(used / 100, abs=1e-5)
