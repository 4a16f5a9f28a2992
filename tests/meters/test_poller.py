"""The rhythm of polling on simulated lines, in virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from custom_components.csj_meter.bus.scan import scan
from custom_components.csj_meter.meters.errors import MeterFrozenError
from custom_components.csj_meter.meters.identity import Capability
from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.meters.poller import Poller, PollReport
from custom_components.csj_meter.meters.reading import Group
from custom_components.csj_meter.meters.rhythm import DEFAULT_PERIODS
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from tests.simulated import PROFILES, Bench
from tests.virtual_time import run_virtual

from .polling import Watched, polling


def test_every_group_is_read_at_once_and_then_in_its_rhythm() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        async with polling(bench, 3) as watched:
            await asyncio.sleep(3700)
        for meter in watched.meters:
            for group in meter.groups:
                times = watched.times[meter.unit_id, group]
                assert times[0] - watched.times[1, Group.LIVE][0] < 5
                expected = 3700 / DEFAULT_PERIODS[group]
                assert expected - 1 <= len(times) <= expected + 2, (meter.unit_id, group)
        assert watched.wrong == []

    run_virtual(story())


def test_the_meters_of_a_bus_are_spread_over_the_period() -> None:
    async def story() -> None:
        bench = Bench.make(6)
        async with polling(bench, 6) as watched:
            await asyncio.sleep(600)
        places = sorted(watched.times[unit, Group.LIVE][-1] % 60 for unit in range(1, 7))
        gaps = [later - earlier for earlier, later in pairwise(places)]
        assert all(gap == pytest.approx(10, abs=1) for gap in gaps)

    run_virtual(story())


def test_a_frozen_meter_is_not_believed() -> None:
    async def story() -> None:
        bench = Bench.make(1)
        async with polling(bench, 1) as watched:
            await asyncio.sleep(120)
            bench.line.faults.set(Fault(kind=FaultKind.METER_FROZEN, unit=1))
            await asyncio.sleep(180)
            assert isinstance(watched.failed(1)[Group.LIVE], MeterFrozenError)
            assert bench.bus.statistics.unit(1).frozen >= 1
            assert watched.online(1)
            bench.line.faults.clear()
            await asyncio.sleep(120)
            assert watched.failed(1) == {}
        assert watched.wrong == []

    run_virtual(story())


def test_a_sample_that_is_asked_for_comes_at_once_and_is_reported() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        async with polling(bench, 3) as watched:
            await asyncio.sleep(100)
            start, seen = bench.clock(), len(watched.times[2, Group.LIVE])
            reading = await watched.poller.sample_now(watched.meters[1])
            assert bench.clock() - start < 1
            assert reading.values["voltage_l1"] is not None
            assert len(watched.times[2, Group.LIVE]) == seen + 1

    run_virtual(story())


def test_what_a_command_has_read_is_told_once_and_not_when_it_is_of_before_a_failure() -> None:
    async def story() -> None:
        bench = Bench.make(1)
        async with polling(bench, 1) as watched:
            await asyncio.sleep(70)
            (meter,) = watched.meters
            seen = len(watched.reports)
            watched.poller.heard(meter, meter.readings)  # all of it was read by polling
            assert len(watched.reports) == seen
            await meter.read(Group.ENERGY)
            for _ in range(2):
                watched.poller.heard(meter, [Group.ENERGY])
            assert [report.updated for report in watched.reports[seen:]] == [{Group.ENERGY}]

            await meter.read(Group.LIVE)
            bench.line.faults.set(Fault(kind=FaultKind.METER_FROZEN, unit=1))
            await asyncio.sleep(300)
            assert isinstance(watched.failed(1)[Group.LIVE], MeterFrozenError)
            watched.poller.heard(meter, [Group.LIVE])
            assert isinstance(watched.failed(1)[Group.LIVE], MeterFrozenError)

    run_virtual(story())


def test_a_meter_that_reports_fast_is_polled_fast() -> None:
    async def story() -> None:
        bench = Bench.make(1, reporting_interval=5)
        async with polling(bench, 1) as watched:
            await asyncio.sleep(600)
        times = watched.times[1, Group.LIVE]
        # the simulated meter samples every 5 s
        assert len(times) == pytest.approx(60, abs=3)

    run_virtual(story())


def test_a_meter_can_join_and_leave_while_the_others_are_polled() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        async with polling(bench, 2) as watched:
            await asyncio.sleep(100)
            third = await bench.meter(3)
            watched.poller.add(third)
            await asyncio.sleep(200)
            assert len(watched.times[3, Group.LIVE]) >= 3
            watched.poller.remove(watched.meters[0])
            seen = len(watched.times[1, Group.LIVE])
            await asyncio.sleep(200)
            assert len(watched.times[1, Group.LIVE]) == seen
            assert 1 not in bench.bus.statistics.units

    run_virtual(story())


def test_a_scan_does_not_stop_the_polling() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        async with polling(bench, 3) as watched:
            await asyncio.sleep(120)
            result = await scan(bench.bus)
            assert result.hits == (1, 2, 3)
            await asyncio.sleep(120)
        for unit in (1, 2, 3):
            times = watched.times[unit, Group.LIVE][1:]
            steps = [later - earlier for earlier, later in pairwise(times)]
            assert max(steps) - min(steps) < 2
        assert watched.wrong == []

    run_virtual(story())


def test_stopping_in_the_middle_of_a_read_leaves_nothing_behind() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        watched = Watched(bench, [await bench.meter(1)])
        for pause in (0.0, 0.001, 0.05, 0.2, 1.0):
            poller = Poller(bench.bus, lambda report: None)
            poller.start(watched.meters)
            await asyncio.sleep(pause)
            await poller.stop()
            assert len(asyncio.all_tasks()) == 1
        await bench.bus.read(1, "holding", 0, 2, priority=0)  # type: ignore[arg-type]

    run_virtual(story())


def test_a_block_that_a_new_firmware_brings_or_drops_is_polled_or_not() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        plain = (await bench.meter(3)).identity
        identity = replace(
            plain, capabilities=plain.capabilities | {Capability.PREPAY} - {Capability.HARMONICS}
        )
        meter = Meter(bench.bus, 3, PROFILES["csj_3p_prepay"], identity, wall_clock=bench.clock)
        watched = Watched(bench, [meter])
        watched.poller.start([meter])
        await asyncio.sleep(1000)
        await watched.poller.stop()
        assert meter.identity.capabilities == plain.capabilities
        assert Group.PREPAY not in meter.groups
        assert watched.failed(3) == {}
        assert len(watched.times[3, Group.HARMONICS]) == 2

    run_virtual(story())


def test_a_listener_that_fails_is_told_in_the_log_and_does_not_stop_the_polling(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def story() -> int:
        bench = Bench.make(1)
        heard: list[PollReport] = []

        def listen(report: PollReport) -> None:
            heard.append(report)
            raise ValueError("boom")

        poller = Poller(bench.bus, listen)
        poller.start([await bench.meter(1)])
        await asyncio.sleep(600)
        await poller.stop()
        return len(heard)

    assert run_virtual(story()) > 10
    assert "boom" in caplog.text
