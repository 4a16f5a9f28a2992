"""One simulated meter, read through a profile, against what it really measures."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from custom_components.csj_meter.bus.errors import UnitError
from custom_components.csj_meter.meters.counters import Counters
from custom_components.csj_meter.meters.errors import ForeignMeterError, ImplausibleReadingError
from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.meters.reading import Group
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from tests.simulated import PROFILES, Bench, differences
from tests.virtual_time import run_virtual


@pytest.mark.parametrize("unit", [1, 2, 3, 4, 5, 6])
def test_every_quantity_of_every_model_is_what_the_meter_means(unit: int) -> None:
    async def story() -> None:
        bench = Bench.make(6)
        meter = await bench.meter(unit)
        for _ in range(5):
            await asyncio.sleep(1000)
            for group in meter.groups:
                reading = await meter.read(group)
                truth = bench.line.meters[unit].truth()
                if group in (Group.LIVE, Group.ENERGY, Group.PREPAY, Group.HARMONICS):
                    assert differences(reading, truth) == {}, group
                    assert set(reading.values) <= set(truth)

    run_virtual(story())


def test_a_reading_is_kept_and_found_by_quantity() -> None:
    async def story() -> None:
        bench = Bench.make(1)
        meter = await bench.meter(1)
        assert meter.value("voltage_l1") is None
        reading = await meter.sample_now()
        assert meter.readings[Group.LIVE] is reading
        assert meter.value("voltage_l1") == reading.values["voltage_l1"]
        assert meter.value("a quantity of no meter") is None
        assert reading.at == pytest.approx(bench.clock(), abs=0.01)
        assert meter.group_of("balance") is Group.PREPAY
        assert isinstance((await meter.read(Group.PREPAY)).values["balance"], Decimal)

    run_virtual(story())


def test_the_reads_are_those_of_the_map_and_the_plan_tells_them() -> None:
    async def story() -> None:
        bench = Bench.make(1)
        meter = await bench.meter(1)
        expected = {
            Group.LIVE: [("input", 0x0100, 58)],
            Group.PREPAY: [("input", 0x0300, 32)],
            Group.HARMONICS: [("input", 0x0400, 120), ("input", 0x0478, 60)],
        }
        for group, blocks in expected.items():
            assert meter.plan(group).blocks == blocks
            before = bench.line.counters.requests
            await meter.read(group)
            assert bench.line.counters.requests - before == len(blocks)

    run_virtual(story())


def test_raw_registers_are_shown_by_address() -> None:
    async def story() -> None:
        bench = Bench.make(1)
        meter = await bench.meter(1)
        raw = await meter.read_raw(Group.IDENTITY)
        assert raw["holding"][0x0001] == 302

    run_virtual(story())


def test_a_value_that_no_meter_can_measure_drops_the_whole_reading() -> None:
    """The same registers with the wrong word order are nonsense, and noticed."""

    async def story() -> None:
        bench = Bench.make(1)
        good = await bench.meter(1)
        profile = PROFILES["csj_3p_prepay"]
        live = tuple(
            replace(field, word_order="little") if field.registers == 2 else field
            for field in profile.groups[Group.LIVE]
        )
        meter = Meter(
            bench.bus, 1, replace(profile, groups={**profile.groups, Group.LIVE: live}), good.identity
        )
        with pytest.raises(ImplausibleReadingError, match="cannot be"):
            await meter.read(Group.LIVE)
        assert Group.LIVE not in meter.readings
        assert bench.bus.statistics.unit(1).garbled == 1

    run_virtual(story())


def test_another_serial_number_is_refused_and_counted() -> None:
    async def story() -> None:
        bench = Bench.make(1)
        meter = await bench.meter(1)
        bench.line.faults.set(Fault(kind=FaultKind.FOREIGN_SERIAL, unit=1))
        with pytest.raises(
            ForeignMeterError, match=r"unit 1: serial number STRANGER\d+ answers instead of CSJ"
        ):
            await meter.verify_identity()
        assert bench.bus.statistics.unit(1).foreign == 1

    run_virtual(story())


def test_a_restart_of_the_meter_is_noticed_and_only_costs_a_look_at_its_serial_number() -> None:
    async def story() -> None:
        bench = Bench.make(1)
        meter = await bench.meter(1)
        for _ in range(3):
            await asyncio.sleep(60)
            await meter.read(Group.LIVE)
        assert Group.IDENTITY not in meter.readings
        bench.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=1))
        await asyncio.sleep(600)
        with pytest.raises(UnitError):
            await meter.read(Group.LIVE)
        bench.line.faults.clear()
        await asyncio.sleep(60)
        reading = await meter.read(Group.LIVE)
        uptime = reading.values["uptime"]
        assert isinstance(uptime, int)
        assert uptime < 120
        assert Group.IDENTITY in meter.readings

    run_virtual(story())


def test_energy_goes_on_across_the_roll_over_of_the_register() -> None:
    async def story() -> None:
        bench = Bench.make(1)
        meter = await bench.meter(1)
        register = (await meter.read(Group.ENERGY)).values["energy_import"]
        assert isinstance(register, float)
        # the same meter, remembered from before it rolled over
        state = {"energy_import": [999_999.5, 0]} | {
            name: [0.0, 0] for name in meter.quantities if name.startswith("energy_import_t")
        }
        remembered = Meter(
            bench.bus,
            1,
            meter.profile,
            meter.identity,
            counters=Counters.from_dict(state),
            wall_clock=bench.clock,
        )
        total = (await remembered.read(Group.ENERGY)).values["energy_import"]
        assert total == pytest.approx(1_000_000 + register, abs=0.05)

    run_virtual(story())


def test_an_energy_counter_that_falls_is_not_believed() -> None:
    async def story() -> None:
        bench = Bench.make(1)
        meter = await bench.meter(1)
        counters = Counters.from_dict({"energy_import": [500_000.0, 0]})
        remembered = Meter(bench.bus, 1, meter.profile, meter.identity, counters=counters)
        with pytest.raises(ImplausibleReadingError, match="energy_import"):
            await remembered.read(Group.ENERGY)

    run_virtual(story())


def test_a_meter_whose_counters_were_all_reset_is_believed_the_third_time() -> None:
    async def story() -> None:
        bench = Bench.make(1)
        meter = await bench.meter(1)
        known = {name: [500_000.0, 0] for name in meter.quantities if "energy" in name}
        counters = Counters.from_dict(known)
        remembered = Meter(bench.bus, 1, meter.profile, meter.identity, counters=counters)
        for _ in range(2):
            with pytest.raises(ImplausibleReadingError, match="energy"):
                await remembered.read(Group.ENERGY)
        truth = await meter.read(Group.ENERGY)
        assert (await remembered.read(Group.ENERGY)).values == truth.values

    run_virtual(story())


def test_a_counter_that_falls_is_not_believed_where_nobody_knows_its_end() -> None:
    async def story() -> None:
        bench = Bench.make(1)
        meter = await bench.meter(1)
        fields = meter.profile.groups[Group.ENERGY]
        endless = tuple(replace(field, modulus=None) for field in fields)
        profile = replace(meter.profile, groups={**meter.profile.groups, Group.ENERGY: endless})
        truth = (await meter.read(Group.ENERGY)).values
        counters = Counters.from_dict({"energy_import": [999_999.5, 0]})
        remembered = Meter(bench.bus, 1, profile, meter.identity, counters=counters)
        for _ in range(2):
            with pytest.raises(ImplausibleReadingError, match="energy_import"):
                await remembered.read(Group.ENERGY)
        assert (await remembered.read(Group.ENERGY)).values == truth

    run_virtual(story())
