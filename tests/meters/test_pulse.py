"""Pulses become energy and power, whatever the counter does to them."""

from __future__ import annotations

import math

from hypothesis import given, strategies as st
import pytest

from custom_components.csj_meter.meters.pulse import (
    AT_REST,
    PULSE_PROFILE,
    PulseCounter,
    PulseMeter,
    PulseState,
    pulse_identity,
)
from custom_components.csj_meter.meters.quantities import QUANTITIES
from custom_components.csj_meter.meters.reading import Group

START = 1_790_000_000.0


def counted(*readings: tuple[float, float], pulses_per_kwh: float = 1000) -> PulseCounter:
    """A counter that has shown (count, seconds after the start) one after the other."""
    counter = PulseCounter(pulses_per_kwh)
    for count, seconds in readings:
        counter.observe(count, START + seconds)
    return counter


def test_the_first_reading_is_the_energy_so_far() -> None:
    counter = counted((12_500, 0))

    assert counter.energy == 12.5
    assert counter.power(START) is None


def test_nothing_is_known_before_the_first_reading() -> None:
    counter = PulseCounter(1000)

    assert counter.energy is None
    assert counter.power(START) is None
    assert counter.state is None


def test_pulses_become_energy_and_power() -> None:
    counter = counted((0, 0), (1, 3.6), (2, 7.2))

    assert counter.energy == pytest.approx(0.002)
    assert counter.power(START + 7.2) == pytest.approx(1000)


def test_a_counter_that_reports_once_a_minute_has_a_steady_power_in_between() -> None:
    counter = counted((0, 0), (30, 60))

    assert counter.power(START + 60) == pytest.approx(1800)
    assert counter.power(START + 119) == pytest.approx(1800)


def test_power_falls_while_the_next_pulse_does_not_come() -> None:
    counter = counted((0, 0), (1, 3.6))

    assert counter.power(START + 3.6 + 36) == pytest.approx(100)


def test_power_is_zero_after_a_long_rest() -> None:
    counter = counted((0, 0), (1, 3.6))

    assert counter.power(START + 3.6 + AT_REST + 1) == 0


def test_a_meter_with_few_pulses_is_not_at_rest_between_them() -> None:
    counter = counted((0, 0), (1, 1200), pulses_per_kwh=10)

    assert counter.power(START + 1200 + AT_REST + 1) == pytest.approx(300)


def test_a_pulse_that_comes_too_soon_is_a_bounce() -> None:
    counter = counted((0, 0), (1, 10), (2, 10.01), (3, 20))

    assert counter.energy == pytest.approx(0.002)
    assert counter.bounces == 1
    assert counter.power(START + 20) == pytest.approx(360)


def test_after_the_clock_was_set_back_every_pulse_counts() -> None:
    before = [(pulse, 60.0 * pulse) for pulse in range(10)]
    counter = counted(*before)
    assert counter.power(START + 540) == pytest.approx(60)
    assert counter.power(START + 540 - 3570) is None
    for pulse in range(60):
        counter.observe(10 + pulse, START + 600 + 60 * pulse - 3600)
        # how long the first one took nobody knows
        power = counter.power(START + 600 + 60 * pulse - 3600)
        assert power is None if pulse == 0 else power == pytest.approx(60)

    assert counter.bounces == 0
    assert counter.energy == pytest.approx(0.069)


def test_a_moment_at_zero_is_not_a_reset() -> None:
    counter = counted((500, 0), (0, 5), (501, 6))

    assert counter.energy == pytest.approx(0.501)
    assert counter.resets == 0


def test_a_counter_that_goes_on_from_zero_was_reset() -> None:
    counter = counted((5000, 0), (0, 60), (0, 90), (3, 120), (4, 130))

    assert counter.energy == pytest.approx(5.004)
    assert counter.resets == 1


def test_there_is_no_power_across_a_reset() -> None:
    counter = counted((5000, 0), (5001, 10), (0, 60), (3, 120))

    assert counter.power(START + 120) is None


@pytest.mark.parametrize("low", [1_000_000, 400_000])
def test_a_counter_that_was_set_to_a_lower_number_adds_what_it_counts_from_there(low: int) -> None:
    counter = counted((5_000_000, 0), (low, 60), (low + 1, 70), (low + 2, 80))

    assert counter.energy == pytest.approx(5000.002)
    assert counter.resets == 1


@pytest.mark.parametrize("hours", [0.2, 10])
def test_a_counter_that_comes_back_a_little_behind_adds_what_it_counts_from_there(hours: float) -> None:
    counter = counted((12_345, 0), (12_340, 3600 * hours), (12_341, 3600 * hours + 60))

    assert counter.energy == pytest.approx(12.346)
    counter.observe(12_350, START + 3600 * hours + 120)
    assert counter.energy == pytest.approx(12.355)


def test_a_counter_that_began_at_zero_while_nobody_watched_was_reset() -> None:
    counter = counted((12_345, 0), (40, 600), (41, 660))

    assert counter.energy == pytest.approx(12.386)


def test_a_leap_after_a_fall_is_not_energy() -> None:
    counter = counted((5_000_000, 0), (1_000_000, 60), (3_000_000, 70), (3_000_001, 80))

    assert counter.energy == pytest.approx(5000.001)


def test_another_counter_goes_on_where_the_meter_is() -> None:
    state = PulseState(count=1000, energy=412.0, at=START, counter_id="one")
    counter = PulseCounter(1000, state, "another")

    assert counter.state == state
    assert not counter.observe(9000, START + 8 * 3600)
    assert counter.energy == 412.0
    assert counter.power(START + 8 * 3600) is None
    counter.observe(9001, START + 8 * 3600 + 10)
    assert counter.energy == pytest.approx(412.001)
    assert counter.state is not None
    assert PulseState.from_dict(counter.state.as_dict()).counter_id == "another"


def test_the_lowest_count_of_a_fall_is_where_it_went_on_from() -> None:
    counter = counted((500, 0), (100, 5), (0, 6), (1, 16))

    assert counter.energy == pytest.approx(0.501)
    assert counter.resets == 1


def test_a_leap_that_no_connection_can_carry_is_not_energy() -> None:
    counter = counted((0, 0), (1_000_000, 60), (1_000_001, 70))

    assert counter.energy == pytest.approx(0.001)
    assert counter.resets == 1


def test_pulses_that_came_while_nobody_watched_count() -> None:
    before = counted((1000, 0))
    assert before.state is not None

    after = PulseCounter(1000, PulseState.from_dict(before.state.as_dict()))
    after.observe(9000, START + 8 * 3600)

    assert after.energy == pytest.approx(9)
    assert after.power(START + 8 * 3600) == pytest.approx(1000)


def test_two_readings_at_the_same_moment_give_no_power() -> None:
    counter = counted((0, 0), (5, 0))

    assert counter.energy == pytest.approx(0.005)
    assert counter.power(START) is None


@pytest.mark.parametrize("count", [math.nan, math.inf, -1])
def test_a_count_that_is_none_is_refused(count: float) -> None:
    with pytest.raises(ValueError, match="counter cannot show"):
        PulseCounter(1000).observe(count, START)


@pytest.mark.parametrize("constant", [0, -1000, math.nan, math.inf])
def test_a_constant_that_is_none_is_refused(constant: float) -> None:
    with pytest.raises(ValueError, match="pulses per kWh"):
        PulseCounter(constant)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"count": 1, "energy": 1},
        {"count": None, "energy": 1, "at": 1},
        {"count": "one", "energy": 1, "at": 1},
        {"count": -1, "energy": 1, "at": 1},
        {"count": 1, "energy": math.nan, "at": 1},
        {"count": 1, "energy": 1, "at": 1, "counter_id": ["one"]},
    ],
)
def test_a_broken_state_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"pulse counter|could not convert"):
        PulseState.from_dict(data)


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.floats(0, 10**5, allow_nan=False)), min_size=1, max_size=40)
)
def test_energy_never_falls(readings: list[tuple[int, float]]) -> None:
    counter = PulseCounter(800)
    at = START
    before = 0.0
    for count, seconds in readings:
        at += seconds
        counter.observe(count, at)
        assert counter.energy is not None
        assert counter.energy >= before
        before = counter.energy
        power = counter.power(at)
        assert power is None or power >= 0


def test_a_pulse_meter_offers_power_and_energy_under_their_canonical_names() -> None:
    meter = PulseMeter(pulse_identity("heat_pump", "Pulse counter"), counted((0, 0), (1, 3.6)))

    assert meter.quantities <= set(QUANTITIES)
    assert meter.refresh(START + 3.6) == {Group.LIVE, Group.ENERGY}
    for quantity in meter.quantities:
        group = meter.group_of(quantity)
        assert group is not None
        assert quantity in meter.readings[group].values
    assert meter.group_of("voltage_l1") is None
    assert meter.identity.profile == PULSE_PROFILE
    assert not meter.status_bits


def test_a_pulse_meter_has_no_power_before_two_pulses() -> None:
    meter = PulseMeter(pulse_identity("heat_pump", "Pulse counter"), counted((7, 0)))

    assert meter.refresh(START) == {Group.ENERGY}
    assert Group.LIVE not in meter.readings


def test_a_pulse_meter_has_no_power_any_more_once_it_is_not_known() -> None:
    meter = PulseMeter(pulse_identity("heat_pump", "Pulse counter"), counted((5000, 0), (5001, 10)))
    assert meter.refresh(START + 10) == {Group.LIVE, Group.ENERGY}
    meter.counter.observe(0, START + 60)
    meter.counter.observe(1, START + 70)

    assert meter.refresh(START + 70) == {Group.ENERGY}
    assert set(meter.readings) == {Group.ENERGY}
