"""Faults: how they are asked for, and what they do to the physics."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from custom_components.csj_meter.simulator import (
    MAGNITUDES,
    Fault,
    FaultKind,
    Model,
    SimulatedLine,
    SimulatedMeter,
    demo_line,
)
from tests.simulator.conftest import AUTUMN, Clock

INTERVAL = 5.0


class TestWords:
    """``KIND[:UNIT][=VALUE]``."""

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("echo", Fault(kind=FaultKind.ECHO)),
            ("voltage_sag:3=0.25", Fault(kind=FaultKind.VOLTAGE_SAG, unit=3, magnitude=0.25)),
            ("Voltage-Sag:3", Fault(kind=FaultKind.VOLTAGE_SAG, unit=3)),
            ("crc_errors=0.5", Fault(kind=FaultKind.CRC_ERRORS, magnitude=0.5)),
            ("meter_dead:247", Fault(kind=FaultKind.METER_DEAD, unit=247)),
        ],
    )
    def test_a_fault_is_read(self, text: str, fault: Fault) -> None:
        assert Fault.parse(text) == fault

    @pytest.mark.parametrize("kind", FaultKind)
    def test_every_kind_can_be_typed(self, kind: FaultKind) -> None:
        text = f"{kind}:1" if kind not in (FaultKind.ECHO, FaultKind.UNPLUGGED) else str(kind)

        assert Fault.parse(text).kind is kind

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("voltage_sagg", "voltage_sag, voltage_swell, phase_imbalance"),
            ("", "use one of"),
            ("leak:x", "voltage_sag:3=0.25"),
            ("leak=much", "voltage_sag:3=0.25"),
            ("leak:", "cut short"),
            ("leak=", "cut short"),
            ("leak:0", "use 1 to 247"),
            ("leak:1=-5", "from 0 to 20000"),
            ("crc_errors=2", "share of the replies"),
            ("meter_dead=1", "takes no value"),
            ("phase_loss:1=1.5", "whole number from 1 to 3 .number of the phase., not 1.5"),
            ("foreign_serial:1=2.5", "whole number from 0 to 247"),
            ("leak=nan", "from 0 to 20000"),
            ("echo:3", "leave out the unit"),
            ("duplicate_unit_id", "needs a unit, for example duplicate_unit_id:1"),
        ],
    )
    def test_a_mistake_is_told_with_its_remedy(self, text: str, told: str) -> None:
        with pytest.raises(ValueError, match=told):
            Fault.parse(text)

    @pytest.mark.parametrize(("kind", "limits"), MAGNITUDES.items())
    def test_every_default_is_allowed(self, kind: FaultKind, limits: object) -> None:
        fault = Fault(kind=kind, unit=1, magnitude=MAGNITUDES[kind].default)

        assert fault.size == Fault(kind=kind, unit=1).size


class TestBoard:
    """Switching."""

    def test_the_fault_of_a_unit_goes_before_that_of_the_line(self, line: SimulatedLine) -> None:
        line.faults.set(Fault(kind=FaultKind.LEAK, magnitude=100))
        line.faults.set(Fault(kind=FaultKind.LEAK, unit=2, magnitude=900))
        sizes = [line.faults.on(FaultKind.LEAK, unit).size for unit in (1, 2)]  # type: ignore[union-attr]

        assert sizes == [100, 900]

    @pytest.mark.parametrize(
        ("cleared", "left"),
        [
            ((FaultKind.LEAK, 2), {("leak", None), ("echo", None)}),
            ((FaultKind.LEAK,), {("echo", None)}),
            ((), set()),
            ((FaultKind.OVERLOAD,), {("leak", None), ("leak", 2), ("echo", None)}),
        ],
    )
    def test_clearing(
        self, line: SimulatedLine, cleared: tuple[FaultKind, int], left: set[tuple[str, int | None]]
    ) -> None:
        for text in ("leak", "leak:2", "echo"):
            line.faults.set(Fault.parse(text))

        line.faults.clear(*cleared)

        assert {(str(fault.kind), fault.unit) for fault in line.faults} == left
        assert bool(line.faults) == bool(left)


type Look = Callable[[int], dict[str, float]]


@pytest.fixture
def look(line: SimulatedLine, clock: Clock) -> Look:
    """The numbers of a unit at the next sample."""

    def numbers(unit: int) -> dict[str, float]:
        clock.now += INTERVAL
        truth = line.meters[unit].truth()
        return {name: value for name, value in truth.items() if isinstance(value, int | float)}

    return numbers


def three_phase(line: SimulatedLine) -> SimulatedMeter:
    return line.meters[1]


def test_a_sag_of_the_line_lowers_all_voltages(line: SimulatedLine, look: Look) -> None:
    before = {unit: look(unit) for unit in line.meters}
    line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG, magnitude=0.25))

    for unit, was in before.items():
        now = look(unit)
        for quantity in ("voltage_l1", "voltage_l2", "voltage_l3"):
            if quantity in was:
                assert now[quantity] == pytest.approx(0.75 * was[quantity], rel=0.02)
                assert now[quantity] < 180


def test_a_sag_of_one_meter_leaves_its_neighbours_alone(line: SimulatedLine, look: Look) -> None:
    before = look(2)["voltage_l1"]
    line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG, unit=1))

    assert look(1)["voltage_l2"] < 180
    assert look(2)["voltage_l1"] == pytest.approx(before, rel=0.01)


def test_a_swell_raises_voltage_and_power(line: SimulatedLine, look: Look) -> None:
    before = look(1)
    line.faults.set(Fault(kind=FaultKind.VOLTAGE_SWELL, magnitude=0.2))
    after = look(1)

    assert after["voltage_l1"] == pytest.approx(1.2 * before["voltage_l1"], rel=0.02)
    assert after["active_power"] == pytest.approx(1.2**1.3 * before["active_power"], rel=0.05)


def test_phase_imbalance_is_the_unbalance_that_was_asked_for(line: SimulatedLine, look: Look) -> None:
    line.faults.set(Fault(kind=FaultKind.PHASE_IMBALANCE, unit=1, magnitude=0.18))

    assert look(1)["voltage_unbalance"] == pytest.approx(18, abs=0.5)


@pytest.mark.parametrize("phase", [1, 2, 3])
def test_a_lost_phase_carries_nothing(line: SimulatedLine, look: Look, phase: int) -> None:
    line.faults.set(Fault(kind=FaultKind.PHASE_LOSS, unit=1, magnitude=phase))
    now = look(1)
    others = {1, 2, 3} - {phase}

    assert now[f"voltage_l{phase}"] < 10
    assert now[f"current_l{phase}"] == now[f"active_power_l{phase}"] == 0
    assert all(now[f"voltage_l{other}"] > 215 for other in others)
    assert now["voltage_unbalance"] > 60


def test_a_phase_lost_on_the_line_silences_the_single_phase_meters_on_it(line: SimulatedLine) -> None:
    single = next(meter for meter in line.meters.values() if meter.nameplate.model is Model.DDSY100)
    lost = single.connection.phases[0] + 1
    line.faults.set(Fault(kind=FaultKind.PHASE_LOSS, magnitude=lost))

    assert not single.powered
    for meter in line.meters.values():
        assert meter.powered == (len(meter.connection.phases) == 3 or meter.connection.phases[0] != lost - 1)


def test_zero_current_is_a_blind_meter_in_a_living_home(
    line: SimulatedLine, look: Look, clock: Clock
) -> None:
    feeder = line.meters[2].connection.feeder
    before = look(2)
    loaded = feeder.voltages(AUTUMN)
    line.faults.set(Fault(kind=FaultKind.ZERO_CURRENT, unit=2))
    now = look(2)
    clock.now += 7200
    later = look(2)

    assert now["current_l1"] == now["active_power"] == now["apparent_power"] == now["current_thd_l1"] == 0
    assert now["power_factor"] == 1
    assert now["voltage_l1"] > 215
    assert later["energy_import"] == pytest.approx(before["energy_import"], abs=0.011)
    assert feeder.voltages(AUTUMN) == pytest.approx(loaded)


def test_an_overload_goes_beyond_the_nameplate_and_says_so(line: SimulatedLine, look: Look) -> None:
    line.faults.set(Fault(kind=FaultKind.OVERLOAD, unit=2, magnitude=1.25))
    now = look(2)

    assert now["current_l1"] == pytest.approx(1.25 * 60, rel=0.05)
    assert int(now["status"]) & 1 << 4


@pytest.mark.parametrize(
    ("kind", "watts"), [(FaultKind.LEAK, 300), (FaultKind.STUCK_APPLIANCE, 2000)], ids=str
)
def test_a_leak_draws_power_is_metered_and_paid(
    line: SimulatedLine, clock: Clock, kind: FaultKind, watts: float
) -> None:
    meter = three_phase(line)
    line.faults.set(Fault(kind=kind, unit=meter.unit_id))
    with_fault = meter.connection.load(meter.local(AUTUMN)).active.sum()
    clock.now += 6 * 3600
    truth = meter.truth()
    local = meter.local(clock.now // INTERVAL * INTERVAL)
    undisturbed = meter.energy.at(local)
    tariff_price = meter.credit.cost(meter.extra.at(local))

    assert with_fault - meter.household.at(AUTUMN).active.sum() == pytest.approx(watts)
    assert truth["energy_import"] == pytest.approx(undisturbed[:8].sum() + 6 * watts / 1000, abs=0.08)
    assert truth["balance"] == pytest.approx(meter.credit.at(local).balance - tariff_price, abs=0.006)
    assert tariff_price > 6 * watts / 1000 * 0.19


def test_extra_energy_stays_after_the_fault_and_is_counted_once(line: SimulatedLine, clock: Clock) -> None:
    meter = three_phase(line)
    line.faults.set(Fault(kind=FaultKind.LEAK, unit=1, magnitude=1000))
    for _ in range(720):
        clock.now += INTERVAL
        meter.truth()
    line.faults.clear(FaultKind.LEAK)
    clock.now += 7200
    local = meter.local(clock.now)

    assert meter.counters(local)[:8].sum() - meter.energy.at(local)[:8].sum() == pytest.approx(1.0, abs=1e-4)


def test_asking_often_or_rarely_counts_the_same(clock: Clock) -> None:
    extras = []
    for steps in (1, 97):
        clock.now = AUTUMN
        line = demo_line(clock=clock)
        meter = three_phase(line)
        meter.truth()
        line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG, unit=1))
        for step in range(steps):
            clock.now = AUTUMN + 5000 * (step + 1) / steps
            meter.truth()
        extras.append(meter.extra.at(meter.local(clock.now)))

    assert np.allclose(extras[0], extras[1], atol=1e-9)
    assert extras[0].min() < -0.01


def test_energy_never_falls_under_any_electrical_fault(line: SimulatedLine, clock: Clock) -> None:
    meter = three_phase(line)
    last = np.zeros(18)
    for kind in ("voltage_sag", "phase_loss:1=2", "zero_current:1", "overload:1", "meter_dead:1", "leak"):
        line.faults.set(Fault.parse(kind))
        for _ in range(20):
            clock.now += 37
            meter.settle()
            now = meter.counters(meter.local(clock.now))
            assert (now - last).min() > -1e-9
            last = now
        line.faults.clear()


def test_a_dead_meter_comes_back_with_its_counters_and_a_new_uptime(
    line: SimulatedLine, look: Look, clock: Clock
) -> None:
    before = look(1)
    line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=1))
    assert not line.meters[1].powered
    clock.now += 3600
    line.faults.clear(FaultKind.METER_DEAD)
    after = look(1)

    assert line.meters[1].truth() is not None
    assert after["uptime"] <= INTERVAL
    assert after["energy_import"] == pytest.approx(before["energy_import"], abs=0.05)


def test_a_frozen_meter_stands_still_and_catches_up(line: SimulatedLine, look: Look, clock: Clock) -> None:
    line.faults.set(Fault(kind=FaultKind.METER_FROZEN, unit=1))
    first = look(1)
    clock.now += 600
    second = look(1)
    line.faults.clear(FaultKind.METER_FROZEN)
    third = look(1)

    assert {name for name in first if first[name] != second[name]} == {"clock"}
    assert third["sequence"] == (first["sequence"] + (clock.now - AUTUMN) // INTERVAL) % 65536
    assert third["energy_import"] > first["energy_import"]


def test_a_frozen_meter_keeps_its_sample_whatever_else_happens(line: SimulatedLine, look: Look) -> None:
    line.faults.set(Fault(kind=FaultKind.METER_FROZEN, unit=1))
    first = look(1)
    line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG))

    assert look(1)["voltage_l1"] == first["voltage_l1"]
