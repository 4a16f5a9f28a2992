"""History: what the demo imports must be what the meters would have said."""

from __future__ import annotations

from itertools import pairwise

import pytest

from custom_components.csj_meter.simulator import Fault, FaultKind, HistoryRow, SimulatedLine
from tests.simulator.conftest import AUTUMN, Clock

HOUR = 3600.0
DAYS_35 = 35 * 24


def rows(line: SimulatedLine, unit: int, hours: int = 48) -> list[HistoryRow]:
    return list(line.meters[unit].history(AUTUMN - hours * HOUR, AUTUMN))


def test_full_hours_in_order_up_to_now(line: SimulatedLine) -> None:
    past = rows(line, 1)

    assert len(past) == 47
    assert all(row.start % HOUR == 0 for row in past)
    assert all(later.start - earlier.start == HOUR for earlier, later in pairwise(past))
    assert past[-1].start + HOUR <= AUTUMN


@pytest.mark.parametrize("unit", range(1, 7))
def test_energy_is_mean_power_times_time(line: SimulatedLine, unit: int) -> None:
    for earlier, later in pairwise(rows(line, unit)):
        gained = later.energy_import - earlier.energy_import
        if later.energy_export is not None and earlier.energy_export is not None:
            gained -= later.energy_export - earlier.energy_export
        assert gained == pytest.approx(later.power.mean / 1000, abs=1e-6)
        assert later.power.low <= later.power.mean <= later.power.high
        assert sum(later.energy_import_tariffs) == pytest.approx(later.energy_import)


@pytest.mark.parametrize("unit", range(1, 7))
def test_the_counters_are_those_that_the_meter_showed(line: SimulatedLine, clock: Clock, unit: int) -> None:
    meter = line.meters[unit]
    row = rows(line, unit)[-1]
    clock.now = row.start + HOUR
    truth = meter.truth()

    assert truth["energy_import"] == pytest.approx(row.energy_import, abs=0.05)
    assert (
        truth["balance"] == pytest.approx(row.balance, abs=0.006) if row.balance else "balance" not in truth
    )
    assert (row.energy_export is None) == (truth["energy_export"] is None)
    assert len(row.voltages) == meter.nameplate.model.phases


def test_voltages_are_those_that_the_meter_measured(line: SimulatedLine, clock: Clock) -> None:
    meter = line.meters[2]
    row = rows(line, 2)[-1]
    measured = []
    for minute in range(60):
        clock.now = row.start + 60 * minute
        measured.append(float(meter.truth()["voltage_l1"]))  # type: ignore[arg-type]

    assert sum(measured) / 60 == pytest.approx(row.voltages[0].mean, abs=0.1)
    assert min(measured) == pytest.approx(row.voltages[0].low, abs=0.3)


def test_thirty_five_days_are_there(line: SimulatedLine) -> None:
    past = rows(line, 3, DAYS_35)

    assert len(past) == DAYS_35 - 1
    assert past[0].power != past[24].power


def test_nothing_happened_before_the_installation(line: SimulatedLine) -> None:
    meter = line.meters[1]
    past = list(meter.history(meter.installed_at - 5 * HOUR, meter.installed_at + 3 * HOUR))

    assert [row.start for row in past] == [meter.installed_at + hour * HOUR for hour in range(3)]


def test_a_leak_is_part_of_history(line: SimulatedLine, clock: Clock) -> None:
    before = rows(line, 1)[-1]
    line.faults.set(Fault(kind=FaultKind.LEAK, unit=1, magnitude=2000))
    clock.now += 3 * HOUR
    during = list(line.meters[1].history(AUTUMN, clock.now))[-1]

    assert during.power.mean > 1500
    assert during.energy_import > before.energy_import + 3


@pytest.mark.parametrize("step", [0, 30, 90, -60])
def test_steps_are_whole_minutes(line: SimulatedLine, step: int) -> None:
    with pytest.raises(ValueError, match="whole minutes"):
        list(line.meters[1].history(AUTUMN - HOUR, AUTUMN, step))
