"""Meters that were exchanged while nobody listened: nothing that another one says is taken for theirs."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from custom_components.csj_meter.bus.errors import UnitSilentError
from custom_components.csj_meter.meters.counters import Counters
from custom_components.csj_meter.meters.errors import ForeignMeterError
from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.meters.poller import PollReport
from custom_components.csj_meter.meters.reading import Group
from custom_components.csj_meter.meters.rhythm import LONGEST_BACK_OFF
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from tests.simulated import PROFILES, Bench
from tests.virtual_time import run_virtual

from .polling import Watched, polling


def exchange(bench: Bench, one: int, other: int) -> None:
    """Somebody swaps two meters."""
    meters = bench.line.meters
    meters[one], meters[other] = meters[other], meters[one]
    meters[one].unit_id, meters[other].unit_id = one, other


def told(reports: list[PollReport]) -> set[tuple[int, Group]]:
    """What was taken for news of which meter."""
    return {(report.meter.unit_id, group) for report in reports for group in report.updated}


def test_meters_that_were_exchanged_while_nobody_polled_are_never_taken_for_each_other() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        meters = [await bench.meter(unit) for unit in (1, 2, 3)]
        exchange(bench, 1, 3)
        watched = Watched(bench, meters)
        watched.poller.start(meters)
        await asyncio.sleep(300)
        await watched.poller.stop()
        assert {unit for unit, _ in told(watched.reports)} == {2}
        for unit in (1, 3):
            assert not watched.online(unit)
            assert isinstance(watched.failed(unit)[Group.LIVE], ForeignMeterError)
            assert not meters[unit - 1].readings
            # a total would go on from the counter of the other one
            assert meters[unit - 1].counters.as_dict() == Counters().as_dict()

    run_virtual(story())


def test_a_cable_that_leads_to_other_meters_when_it_is_back_is_noticed_before_they_are_believed() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        async with polling(bench, 3) as watched:
            await asyncio.sleep(100)
            bench.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
            await asyncio.sleep(200)
            # as old as the one before, so that only the serial number tells them apart
            bench.line.faults.set(Fault(kind=FaultKind.FOREIGN_SERIAL, unit=1))
            seen = len(watched.reports)
            bench.line.faults.clear(FaultKind.UNPLUGGED)
            await asyncio.sleep(300)
            assert {unit for unit, _ in told(watched.reports[seen:])} == {2, 3}
            assert isinstance(watched.failed(1)[Group.ENERGY], ForeignMeterError)

    run_virtual(story())


def test_asking_another_meter_for_a_sample_says_so_and_does_not_bring_the_first_back() -> None:
    async def story() -> None:
        bench = Bench.make(2)
        async with polling(bench, 2) as watched:
            await asyncio.sleep(60)
            bench.line.faults.set(Fault(kind=FaultKind.LOST_REPLIES, unit=2, magnitude=1))
            await asyncio.sleep(300)
            assert not watched.online(2)
            seen = len(watched.reports)
            bench.line.faults.clear()
            bench.line.faults.set(Fault(kind=FaultKind.FOREIGN_SERIAL, unit=2))
            with pytest.raises(ForeignMeterError):
                await watched.poller.sample_now(watched.meters[1])
            await asyncio.sleep(LONGEST_BACK_OFF + 60)
            assert not watched.online(2)
            assert {unit for unit, _ in told(watched.reports[seen:])} == {1}

    run_virtual(story())


def test_what_a_command_reads_of_a_meter_that_is_off_line_counts_when_it_has_said_who_it_is() -> None:
    async def story() -> None:
        bench = Bench.make(2)
        async with polling(bench, 2) as watched:
            await asyncio.sleep(60)
            meter = watched.meters[1]
            bench.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=2))
            await asyncio.sleep(LONGEST_BACK_OFF)
            bench.line.faults.clear()
            bench.line.faults.set(Fault(kind=FaultKind.FOREIGN_SERIAL, unit=2))
            await meter.read(Group.PREPAY)
            watched.poller.heard(meter, [Group.PREPAY])
            await asyncio.sleep(2)
            assert not watched.online(2)
            # it is asked at once, however long it has been silent
            bench.line.faults.clear()
            seen = len(watched.reports)
            watched.poller.heard(meter, [Group.PREPAY])
            await asyncio.sleep(2)
            assert watched.online(2)
            after = [report for report in watched.reports[seen:] if report.meter is meter]
            assert not after[0].updated

    run_virtual(story())


def test_nothing_is_asked_of_a_meter_twice_to_know_who_it_is() -> None:
    async def story() -> None:
        bench = Bench.make(8)
        async with polling(bench, 8) as watched:
            await asyncio.sleep(60)
        for meter in watched.meters:
            first = min(watched.times[meter.unit_id, group][0] for group in meter.groups)
            assert watched.times[meter.unit_id, Group.IDENTITY] == [first]

    run_virtual(story())


def test_a_silent_meter_goes_off_line_at_the_start_as_fast_as_ever() -> None:
    async def story() -> None:
        bench = Bench.make(2)
        meters = [await bench.meter(unit) for unit in (1, 2)]
        bench.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=2))
        watched = Watched(bench, meters)
        watched.poller.start(meters)
        await asyncio.sleep(10)
        assert not watched.online(2)
        assert isinstance(watched.failed(2)[Group.LIVE], UnitSilentError)
        bench.line.faults.clear()
        await asyncio.sleep(60)
        assert watched.failed(2) == {}
        await watched.poller.stop()

    run_virtual(story())


def test_a_meter_that_tells_no_serial_number_is_polled_without_it() -> None:
    async def story() -> None:
        bench = Bench.make(1)
        known = await bench.meter(1)
        profile = PROFILES[known.identity.profile]
        words = tuple(field for field in profile.groups[Group.IDENTITY] if field.quantity != "serial")
        nameless = replace(profile, groups={**profile.groups, Group.IDENTITY: words})
        meter = Meter(bench.bus, 1, nameless, known.identity, wall_clock=bench.clock)
        watched = Watched(bench, [meter])
        watched.poller.start([meter])
        await asyncio.sleep(100)
        assert watched.failed(1) == {}
        assert watched.times[1, Group.LIVE][0] < watched.times[1, Group.IDENTITY][0]
        bench.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=1))
        await asyncio.sleep(300)
        assert not watched.online(1)
        bench.line.faults.clear()
        await watched.poller.sample_now(meter)
        assert watched.online(1)
        await watched.poller.stop()

    run_virtual(story())
