"""Voltage, current, power and their relatives fit together, in every home at every time."""

from __future__ import annotations

import math

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.csj_meter.simulator import (
    Fault,
    FaultKind,
    Kind,
    Model,
    SimulatedLine,
    SimulatedMeter,
    demo_line,
)
from custom_components.csj_meter.simulator.household import DAY
from tests.simulator.conftest import AUTUMN, Clock

CLOCK = Clock()
LINE = demo_line(seed=3, clock=CLOCK)

moments = given(st.integers(1, 6), st.floats(AUTUMN - 90 * DAY, AUTUMN + 90 * DAY))
thorough = settings(max_examples=80, deadline=None, derandomize=True)


def number(meter: SimulatedMeter, quantity: str) -> float:
    value = meter.truth()[quantity]
    assert isinstance(value, int | float)
    return value


def phases_of(meter: SimulatedMeter) -> list[str]:
    return ["_l1", "_l2", "_l3"][: meter.nameplate.model.phases]


@thorough
@moments
def test_powers_of_a_phase_are_one_triangle(unit: int, time: float) -> None:
    CLOCK.now, meter = time, LINE.meters[unit]
    for phase in phases_of(meter):
        active, reactive = number(meter, f"active_power{phase}"), number(meter, f"reactive_power{phase}")
        apparent = number(meter, f"apparent_power{phase}")
        assert apparent == pytest.approx(math.hypot(active, reactive), abs=0.15)
        assert number(meter, f"current{phase}") * number(meter, f"voltage{phase}") == pytest.approx(
            apparent, rel=0.0005, abs=0.3
        )
        ratio = active / apparent if apparent else 1.0
        assert number(meter, f"power_factor{phase}") == pytest.approx(ratio, abs=0.002)


@thorough
@moments
def test_totals_are_the_sums_of_the_phases(unit: int, time: float) -> None:
    CLOCK.now, meter = time, LINE.meters[unit]
    for quantity in ("active_power", "reactive_power", "apparent_power"):
        phases = sum(number(meter, quantity + phase) for phase in phases_of(meter))
        assert number(meter, quantity) == pytest.approx(phases, abs=1e-6)
    assert number(meter, "power_factor") == pytest.approx(
        number(meter, "active_power") / number(meter, "apparent_power"), abs=0.001
    )


@thorough
@moments
def test_every_value_is_that_of_a_healthy_supply(unit: int, time: float) -> None:
    CLOCK.now, meter = time, LINE.meters[unit]
    for phase in phases_of(meter):
        assert 210 < number(meter, f"voltage{phase}") < 250
        assert 0.5 < number(meter, f"voltage_thd{phase}") < 6
        assert 0 <= number(meter, f"current_thd{phase}") <= 300
        assert number(meter, f"current{phase}") < meter.nameplate.max_current
    assert 49.9 < number(meter, "frequency") < 50.1
    assert 3.4 < number(meter, "battery_voltage") < 3.7
    assert int(number(meter, "status")) & 1
    if len(phases_of(meter)) == 3:
        assert number(meter, "voltage_unbalance") < 5
        assert number(meter, "voltage_l1_l2") == pytest.approx(
            math.sqrt(3) * (number(meter, "voltage_l1") + number(meter, "voltage_l2")) / 2, rel=0.002
        )
    else:
        assert number(meter, "current_n") == number(meter, "current_l1")


@thorough
@moments
def test_the_thd_is_the_length_of_the_spectrum(unit: int, time: float) -> None:
    CLOCK.now, meter = time, LINE.meters[unit]
    truth = meter.truth()
    for phase in phases_of(meter):
        for kind in ("voltage", "current"):
            spectrum = truth[f"{kind}_harmonics{phase}"]
            if meter.nameplate.model is Model.DDS100:
                assert spectrum is None
            else:
                assert isinstance(spectrum, tuple)
                assert len(spectrum) == 30
                assert number(meter, f"{kind}_thd{phase}") == pytest.approx(math.hypot(*spectrum), abs=0.05)


@thorough
@moments
def test_unbalance_is_the_largest_deviation_from_the_mean(unit: int, time: float) -> None:
    CLOCK.now, meter = time, LINE.meters[unit]
    if meter.nameplate.model.phases == 1:
        assert meter.truth()["voltage_unbalance"] is None
        return
    for kind, step in (("voltage", 0.1), ("current", 0.001)):
        values = np.array([number(meter, kind + phase) for phase in phases_of(meter)])
        expected = 100 * np.abs(values - values.mean()).max() / values.mean()
        assert number(meter, f"{kind}_unbalance") == pytest.approx(
            expected, abs=0.01 + 200 * step / values.mean()
        )


@thorough
@moments
def test_tariff_counters_add_up_to_the_total(unit: int, time: float) -> None:
    CLOCK.now, meter = time, LINE.meters[unit]
    tariffs = meter.nameplate.tariffs
    total = sum(number(meter, f"energy_import_t{tariff}") for tariff in range(1, tariffs + 1))

    assert number(meter, "energy_import") == pytest.approx(total, abs=1e-6)
    assert 1 <= number(meter, "active_tariff") <= tariffs
    if tariffs < 8:
        assert meter.truth()[f"energy_import_t{tariffs + 1}"] is None


def test_the_home_with_panels_exports_at_noon_and_counts_it(line: SimulatedLine, clock: Clock) -> None:
    meter = next(meter for meter in line.meters.values() if meter.household.kind is Kind.SOLAR)
    july = AUTUMN // DAY * DAY - 65 * DAY + 12 * 3600
    clock.now = july
    before = number(meter, "energy_export")
    powers = []
    for minute in range(120):
        clock.now = july + 60 * minute
        powers.append(number(meter, "active_power"))

    assert min(powers) < -500
    assert number(meter, "energy_export") - before == pytest.approx(
        sum(-power for power in powers if power < 0) / 60_000, rel=0.05
    )


def test_neighbours_on_a_phase_sag_together(line: SimulatedLine, clock: Clock) -> None:
    feeder = line.meters[1].connection.feeder
    meters = [meter for meter in line.meters.values() if meter.circuit == feeder.name]
    single = next(meter for meter in meters if meter.nameplate.model.phases == 1)
    phase = single.connection.phases[0]
    day = int(AUTUMN // DAY)
    volts = feeder.day(day)

    three_phase = line.meters[1]
    quantity = f"voltage_l{phase + 1}"
    ours, theirs = [], []
    for step in range(300):
        clock.now = AUTUMN + 60 * step
        ours.append(number(single, "voltage_l1"))
        theirs.append(number(three_phase, quantity))

    assert np.corrcoef(ours, theirs)[0, 1] > 0.9
    assert volts[phase].std() > 0.3


def test_a_load_pulls_down_the_voltage_of_the_whole_phase(line: SimulatedLine, clock: Clock) -> None:
    feeder = line.meters[1].connection.feeder
    time = AUTUMN
    before = feeder.voltages(time)
    home = line.meters[2].connection
    phase = home.phases[0]
    ohms = feeder.resistance

    line.faults.set(Fault(kind=FaultKind.STUCK_APPLIANCE, unit=2, magnitude=5000))
    after = feeder.voltages(time)

    drop = before - after
    assert drop[phase] == pytest.approx(ohms * 5000 / 230, rel=1e-6)
    assert [drop[other] for other in range(3) if other != phase] == [0, 0]


def test_voltage_follows_the_undisturbed_day(line: SimulatedLine) -> None:
    feeder = line.meters[1].connection.feeder
    day = int(AUTUMN // DAY)
    for minute in (0, 300, 1111, 1439):
        now = feeder.voltages(float(day * DAY + minute * 60))
        assert now == pytest.approx(feeder.day(day)[:, minute], abs=0.1)
