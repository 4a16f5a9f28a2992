"""Meters and lines that are silent, foreign or lost while they are polled, and their return."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import pairwise
import logging

import pytest

from custom_components.csj_meter.bus.errors import LinkDownError, RefusedError, UnitBusyError, UnitSilentError
from custom_components.csj_meter.bus.timing import DIAL_IN_LATENCY
from custom_components.csj_meter.meters.errors import ForeignMeterError, OverdueError
from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.meters.poller import Poller, PollReport
from custom_components.csj_meter.meters.reading import Group
from custom_components.csj_meter.meters.rhythm import FIRST_BACK_OFF, LONGEST_BACK_OFF
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from tests.simulated import PROFILES, Bench
from tests.virtual_time import run_virtual

from .polling import Watched, polling


def test_one_dead_and_one_noisy_meter_do_not_disturb_the_other_six() -> None:
    """Eight meters at 9600 baud for twelve hours: rhythm, truth and statistics."""

    async def story() -> None:
        bench = Bench.make(8)
        async with polling(bench, 8) as watched:
            await asyncio.sleep(120)
            bench.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=3))
            bench.line.faults.set(Fault(kind=FaultKind.CRC_ERRORS, unit=6, magnitude=0.2))
            await asyncio.sleep(12 * 3600)

        for unit in (1, 2, 4, 5, 7, 8):
            times = watched.times[unit, Group.LIVE][1:]
            assert len(times) >= 12 * 60
            steps = [later - earlier for earlier, later in pairwise(times)]
            assert max(abs(step - 60) for step in steps) < 1, unit
            statistics = bench.bus.statistics.unit(unit)
            assert statistics.answered == statistics.requests
            assert watched.online(unit)
        assert watched.wrong == []

        dead, noisy = bench.bus.statistics.unit(3), bench.bus.statistics.unit(6)
        assert not watched.online(3)
        assert dead.timeouts == dead.requests - dead.answered
        # back-off: a probe every five minutes in the end
        assert 12 * 12 <= dead.timeouts <= 12 * 12 + 12
        assert watched.online(6)
        broken = (noisy.garbled + noisy.timeouts) / noisy.requests
        assert broken == pytest.approx(0.2, abs=0.04)
        assert noisy.answered > 0.75 * noisy.requests
        # a noisy meter loses nearly nothing: one retry, and another five seconds later
        assert len(watched.times[6, Group.LIVE]) > 0.98 * 12 * 60

    run_virtual(story())


def test_a_meter_that_falls_silent_goes_off_line_once_and_returns_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def story() -> None:
        bench = Bench.make(2)
        async with polling(bench, 2) as watched:
            await asyncio.sleep(100)
            bench.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=2))
            await asyncio.sleep(70)
            assert not watched.online(2)
            assert watched.online(1)
            await asyncio.sleep(1800)
            bench.line.faults.clear()
            await asyncio.sleep(LONGEST_BACK_OFF + 10)
            assert watched.online(2)
            assert watched.failed(2) == {}
        serial = bench.line.meters[2].nameplate.serial
        told = [record.getMessage() for record in caplog.records if serial in record.getMessage()]
        assert len(told) == 2
        assert "is off line" in told[0]
        assert "is back" in told[1]

    with caplog.at_level(logging.INFO):
        run_virtual(story())


def test_what_was_known_before_a_silence_is_not_shown_after_it_until_it_is_read_again() -> None:
    async def story() -> None:
        bench = Bench.make(2)
        async with polling(bench, 2) as watched:
            await asyncio.sleep(100)
            bench.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=2))
            await asyncio.sleep(1800)
            assert not watched.online(2)
            bench.line.faults.clear()
            seen = len(watched.reports)
            await asyncio.sleep(LONGEST_BACK_OFF + 10)
        after = [report for report in watched.reports[seen:] if report.meter.unit_id == 2 and report.online]
        read: set[Group] = set()
        for report in after:
            read |= report.updated
            assert report.failed.keys() == set(report.meter.groups) - read
        assert not after[0].updated
        assert not after[-1].failed

    run_virtual(story())


def test_a_meter_that_is_busy_for_long_costs_the_others_little() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        async with polling(bench, 3) as watched:
            await asyncio.sleep(100)
            bench.line.faults.set(Fault(kind=FaultKind.BUSY, unit=2, magnitude=3600))
            await asyncio.sleep(10)
            # so short a time may be nothing but its own affairs
            assert watched.online(2)
            await asyncio.sleep(1800)
            assert not watched.online(2)
            assert isinstance(watched.failed(2)[Group.LIVE], UnitBusyError)
            bench.line.faults.clear()
            await asyncio.sleep(LONGEST_BACK_OFF + 10)
            assert watched.online(2)
            assert watched.failed(2) == {}
        for unit in (1, 3):
            steps = [later - earlier for earlier, later in pairwise(watched.times[unit, Group.LIVE][1:])]
            assert max(abs(step - 60) for step in steps) < 3, unit
            assert watched.failed(unit) == {}
        load = bench.bus.load
        assert load is not None
        assert load < 0.1
        assert watched.wrong == []

    run_virtual(story())


def test_a_meter_that_is_busy_for_some_seconds_stays_on_line() -> None:
    async def story() -> None:
        bench = Bench.make(2)
        async with polling(bench, 2) as watched:
            await asyncio.sleep(115)
            bench.line.faults.set(Fault(kind=FaultKind.BUSY, unit=1, magnitude=8))
            seen = len(watched.reports)
            await asyncio.sleep(60)
            assert all(report.online for report in watched.reports[seen:])
            assert watched.failed(1) == {}

    run_virtual(story())


def test_the_probes_of_a_silent_meter_get_rarer() -> None:
    async def story() -> list[float]:
        bench = Bench.make(1)
        async with polling(bench, 1) as watched:
            await asyncio.sleep(10)
            bench.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=1))
            await asyncio.sleep(100)
            times: list[float] = []
            before = bench.bus.statistics.unit(1).requests
            for _ in range(2000):
                await asyncio.sleep(1)
                if (now := bench.bus.statistics.unit(1).requests) != before:
                    before = now
                    times.append(bench.clock())
            assert not watched.online(1)
        return [later - earlier for earlier, later in pairwise(times)]

    steps = run_virtual(story())
    assert steps[0] <= 16 * FIRST_BACK_OFF
    assert steps == sorted(steps)
    assert steps[-1] == pytest.approx(LONGEST_BACK_OFF, abs=2)


def test_a_block_that_fails_does_not_take_the_others_along() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        # a firmware that has moved its energy block: reads at the known place are refused
        known = PROFILES["csj_3p"]
        moved = tuple(replace(field, address=field.address + 0x5000) for field in known.groups[Group.ENERGY])
        profile = replace(
            known,
            groups={**known.groups, Group.ENERGY: moved},
            ranges={**known.ranges, "input": (*known.ranges["input"], (0x5200, 0x5229))},
        )
        identity = (await bench.meter(3)).identity
        meter = Meter(bench.bus, 3, profile, identity, wall_clock=bench.clock)
        watched = Watched(bench, [meter])
        watched.poller.start([meter])
        await asyncio.sleep(200)
        await watched.poller.stop()
        assert watched.online(3)
        assert isinstance(watched.failed(3)[Group.ENERGY], RefusedError)
        assert watched.failed(3).keys() == {Group.ENERGY}
        assert len(watched.times[3, Group.LIVE]) >= 4

    run_virtual(story())


def test_a_meter_exchanged_at_its_unit_id_is_never_taken_for_the_old_one() -> None:
    async def story() -> None:
        bench = Bench.make(2)
        async with polling(bench, 2) as watched:
            await asyncio.sleep(120)
            # somebody swaps the meters of two flats
            one, two = bench.line.meters[1], bench.line.meters[2]
            one.unit_id, two.unit_id = 2, 1
            bench.line.meters[1], bench.line.meters[2] = two, one
            seen = len(watched.reports)
            await asyncio.sleep(3700)
            after = watched.reports[seen:]
            assert not any(
                Group.LIVE in report.updated for report in after if report.meter.unit_id == 1
            ) or all(
                report.meter.identity.serial == two.nameplate.serial for report in after if report.updated
            )
            assert isinstance(next(iter(watched.failed(1).values())), ForeignMeterError)
            assert bench.bus.statistics.unit(1).foreign > 0

    run_virtual(story())


def test_a_foreign_serial_number_takes_the_values_away_within_the_hour() -> None:
    async def story() -> None:
        bench = Bench.make(1)
        async with polling(bench, 1) as watched:
            await asyncio.sleep(120)
            bench.line.faults.set(Fault(kind=FaultKind.FOREIGN_SERIAL, unit=1))
            await asyncio.sleep(3600)
            assert isinstance(watched.failed(1)[Group.IDENTITY], ForeignMeterError)
            assert watched.failed(1).keys() >= {Group.LIVE, Group.ENERGY}
            assert not watched.online(1)
            bench.line.faults.clear()
            await asyncio.sleep(3600)
            assert watched.failed(1) == {}

    run_virtual(story())


def test_an_unplugged_adapter_is_one_event_and_all_return_with_it(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        bench = Bench.make(3)
        async with polling(bench, 3) as watched:
            await asyncio.sleep(100)
            bench.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
            await asyncio.sleep(300)
            assert not any(watched.online(unit) for unit in (1, 2, 3))
            bench.line.faults.clear()
            await asyncio.sleep(120)
            assert all(watched.online(unit) for unit in (1, 2, 3))
            assert all(watched.failed(unit) == {} for unit in (1, 2, 3))
        told = [
            record.getMessage() for record in caplog.records if record.name.startswith("custom_components")
        ]
        assert [text for text in told if "link" in text] == told
        assert len(told) == 2

    with caplog.at_level(logging.INFO):
        run_virtual(story())


def test_what_should_have_been_read_while_the_link_was_lost_is_not_shown_until_it_is() -> None:
    async def story() -> None:
        bench = Bench.make(2)
        async with polling(bench, 2) as watched:
            await asyncio.sleep(100)
            bench.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
            await asyncio.sleep(300)
            bench.line.faults.clear()
            seen = len(watched.reports)
            await asyncio.sleep(120)
        for unit in (1, 2):
            after = [report for report in watched.reports[seen:] if report.meter.unit_id == unit]
            # these are read each minute; what is read each hour is no older than it was allowed to be
            missing = {Group.LIVE, Group.ENERGY, Group.PREPAY} & set(after[0].meter.groups)
            read: set[Group] = set()
            for report in after:
                read |= report.updated
                assert not report.online or report.failed.keys() == missing - read
                assert all(isinstance(error, LinkDownError) for error in report.failed.values())
            assert any(report.online and report.failed for report in after)
            assert not after[-1].failed
            assert Group.SETTINGS not in read

    run_virtual(story())


def test_asking_a_silent_meter_for_a_sample_fails_and_finds_it_when_it_is_back() -> None:
    async def story() -> None:
        bench = Bench.make(2)
        async with polling(bench, 2) as watched:
            await asyncio.sleep(60)
            bench.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=2))
            await asyncio.sleep(1000)
            with pytest.raises(UnitSilentError):
                await watched.poller.sample_now(watched.meters[1])
            bench.line.faults.clear()
            await watched.poller.sample_now(watched.meters[1])
            assert watched.online(2)

    run_virtual(story())


def test_a_lost_line_is_told_meter_by_meter_whatever_a_listener_makes_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def story() -> list[str]:
        bench = Bench.make(3)
        order: list[str] = []

        def listen(report: PollReport) -> None:
            if report.online:
                order.clear()
                return
            order.append("meter")
            asyncio.get_running_loop().call_soon(order.append, "others")
            raise ValueError("boom")

        poller = Poller(bench.bus, listen)
        poller.start([await bench.meter(unit) for unit in (1, 2, 3)])
        await asyncio.sleep(100)
        bench.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
        await asyncio.sleep(300)
        lost = list(order)
        bench.line.faults.clear()
        await asyncio.sleep(120)
        assert order == [], "polling has ended"
        await poller.stop()
        return lost

    assert run_virtual(story()) == 3 * ["meter", "others"]
    assert caplog.text.count("a listener of meter") == 3


def test_what_waits_behind_those_that_do_not_answer_is_not_shown_for_ever() -> None:
    """Behind a mobile network each answer that is lost is waited for nearly two seconds."""

    async def story() -> None:
        bench = Bench.make(32, latency=DIAL_IN_LATENCY)
        async with polling(bench, 32) as watched:
            await asyncio.sleep(200)
            bench.line.faults.set(Fault(kind=FaultKind.LOST_REPLIES, magnitude=0.8))
            hidden = 0
            for _ in range(180):
                await asyncio.sleep(5)
                for meter in watched.meters:
                    report = watched.poller.report(meter)
                    ages = {
                        group: bench.clock() - meter.readings[group].at
                        for group in (Group.LIVE, Group.ENERGY)
                        if report.online and group not in report.failed
                    }
                    assert all(age < 160 for age in ages.values()), (meter.unit_id, ages)
                    hidden += isinstance(report.failed.get(Group.LIVE), OverdueError)
            assert hidden
            bench.line.faults.clear()
            await asyncio.sleep(LONGEST_BACK_OFF + 70)
            assert all(watched.failed(meter.unit_id) == {} for meter in watched.meters)

    run_virtual(story())


def test_a_line_that_is_only_slow_shows_what_it_has() -> None:
    async def story() -> None:
        bench = Bench.make(32, baudrate=1200)
        async with polling(bench, 32) as watched:
            await asyncio.sleep(3600)
            assert all(watched.failed(meter.unit_id) == {} for meter in watched.meters)
            times = watched.times[7, Group.ENERGY]
            assert max(later - earlier for earlier, later in pairwise(times)) > 90

    run_virtual(story())
