"""Samples: when values change, and that a new simulator remembers them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from custom_components.csj_meter.simulator import (
    Household,
    Kind,
    Model,
    Mounting,
    Nameplate,
    Settings,
    SimulatedLine,
    SimulatedMeter,
    demo_line,
)
from custom_components.csj_meter.simulator.feeder import Feeder
from tests.simulator.conftest import AUTUMN, Clock

UNIT = 1


def without_clock(meter: SimulatedMeter) -> Mapping[str, object]:
    return {name: value for name, value in meter.truth().items() if name != "clock"}


def test_values_change_with_a_sample_only(line: SimulatedLine, clock: Clock) -> None:
    meter = line.meters[UNIT]
    first = without_clock(meter)
    clock.now += 4.9
    assert without_clock(meter) == first

    clock.now += 0.2
    second = without_clock(meter)

    assert second != first
    assert second["sequence"] == (first["sequence"] + 1) % 65536  # type: ignore[operator]


def test_the_sequence_counts_samples_and_wraps(clock: Clock) -> None:
    line = demo_line(clock=clock, reporting_interval=60)
    clock.now = 65536 * 60 * 440
    meter = line.meters[UNIT]
    sequences = []
    for _ in range(3):
        sequences.append(meter.truth()["sequence"])
        clock.now += 60

    assert sequences == [0, 1, 2]


def test_a_restarted_simulator_goes_on_where_the_old_one_was(line: SimulatedLine, clock: Clock) -> None:
    for step in range(50):
        clock.now = AUTUMN + 977.7 * step
        line.meters[UNIT].truth()
    again = demo_line(clock=clock)

    for unit, meter in line.meters.items():
        assert again.meters[unit].truth() == meter.truth()


def test_another_seed_is_another_street(line: SimulatedLine, clock: Clock) -> None:
    other = demo_line(seed=2, clock=clock)

    assert other.meters[UNIT].truth() != line.meters[UNIT].truth()
    assert other.meters[UNIT].nameplate.serial != line.meters[UNIT].nameplate.serial


def test_uptime_runs_and_restarts_at_the_power_cuts_of_the_past(line: SimulatedLine, clock: Clock) -> None:
    meter = line.meters[UNIT]
    start = meter.invented_starts(AUTUMN)[-1]
    uptimes = []
    for offset in (-60, 0, 60, 600):
        clock.now = start + offset
        uptimes.append(meter.truth()["uptime"])

    assert uptimes[0] > 86400 * 30  # type: ignore[operator]
    assert uptimes[1:] == [0, 60 - (start + 60) % 5, 600 - (start + 600) % 5]


def test_a_clock_before_the_installation_is_no_disaster(line: SimulatedLine, clock: Clock) -> None:
    clock.now = 1_600_000_000.0
    truth = line.meters[UNIT].truth()

    assert truth["uptime"] == 0
    assert truth["energy_import"] == line.meters[UNIT].energy.at(0)[0]


@pytest.fixture
def brimming(clock: Clock) -> SimulatedMeter:
    """A meter whose counter is about to roll over."""
    return SimulatedMeter(
        Mounting(unit_id=7, phases=(0,), installed=int(AUTUMN // 86400) - 2, initial_import=999_950.0),
        Nameplate(model=Model.DDS100, serial="CSJ000000007"),
        Household(9, Kind.HOUSE),
        Feeder("Elm Row", 1),
        clock=clock,
    )


def test_a_full_counter_begins_again_at_zero(brimming: SimulatedMeter, clock: Clock) -> None:
    shown = []
    for _ in range(24 * 8):
        shown.append(float(brimming.truth()["energy_import"]))  # type: ignore[arg-type]
        clock.now += 3600
    steps = np.diff(shown)

    assert shown[0] > 999_950
    assert shown[-1] < 200
    assert np.count_nonzero(steps < 0) == 1
    assert shown[-1] + 1_000_000 - shown[0] == pytest.approx(
        float(brimming.energy.at(clock.now - 3600)[:8].sum() - brimming.energy.at(AUTUMN)[:8].sum()), abs=0.1
    )


def test_a_meter_must_fit_its_home(clock: Clock) -> None:
    with pytest.raises(ValueError, match="DTS300 has 3 phases"):
        SimulatedMeter(
            Mounting(unit_id=1, phases=(0,), installed=20_000),
            Nameplate(model=Model.DTS300, serial="X"),
            Household(9, Kind.HOUSE),
            Feeder("Elm Row", 1),
            clock=clock,
        )


@pytest.mark.parametrize("unit", [0, 248])
def test_a_meter_needs_a_unit_id(unit: int, clock: Clock) -> None:
    with pytest.raises(ValueError, match="use 1 to 247"):
        SimulatedMeter(
            Mounting(unit_id=unit, phases=(0,), installed=20_000),
            Nameplate(model=Model.DDS100, serial="X"),
            Household(9, Kind.HOUSE),
            Feeder("Elm Row", 1),
            clock=clock,
        )


@pytest.mark.parametrize(
    ("serial", "tariffs"), [("", 4), ("THIRTEEN-CHAR", 4), ("Ü1", 4), ("OK", 3), ("OK", 9)]
)
def test_a_nameplate_fits_the_register_map(serial: str, tariffs: int) -> None:
    with pytest.raises(ValueError, match=r"serial|tariffs"):
        Nameplate(model=Model.DDS100, serial=serial, tariffs=tariffs)


def test_a_low_balance_shows_in_the_status(clock: Clock) -> None:
    meter = SimulatedMeter(
        Mounting(unit_id=7, phases=(0,), installed=int(AUTUMN // 86400) - 3),
        Nameplate(model=Model.DDSY100, serial="CSJ000000007"),
        Household(9, Kind.HOUSE),
        Feeder("Elm Row", 1),
        clock=clock,
        settings=Settings(alarms=(30.0, 1.0)),
    )

    assert meter.truth()["status"] == 0b0101
