"""One line, many voices: turns, retries, quiet time and the fence, on simulated meters."""

from __future__ import annotations

import asyncio
import random
import time

from modbus_connection import ModbusTimeoutError
import pytest

from custom_components.csj_meter.bus.bus import Bus
from custom_components.csj_meter.bus.errors import (
    GarbledReplyError,
    LinkDownError,
    RefusedError,
    UnitError,
    UnitSilentError,
)
from custom_components.csj_meter.bus.timing import LineTiming
from custom_components.csj_meter.bus.turns import Priority
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from custom_components.csj_meter.simulator.line import Port
from custom_components.csj_meter.simulator.site import demo_line
from tests.simulated import Bench
from tests.virtual_time import VirtualTimeLoop, run_virtual

LIVE, LIVE_LENGTH = 0x0100, 58
ENERGY = 0x0200
MAGIC = 0x4353


async def _read_magic(bus: Bus, unit_id: int) -> None:
    assert (await bus.read(unit_id, "holding", 0, 2, priority=Priority.SLOW))[0] == MAGIC


def test_a_read_brings_the_registers_and_is_counted() -> None:
    async def story() -> None:
        bench = Bench.make()
        await _read_magic(bench.bus, 2)
        statistics = bench.bus.statistics.unit(2)
        assert (statistics.requests, statistics.answered, statistics.timeouts) == (1, 1, 0)
        assert statistics.last_success == pytest.approx(bench.clock(), abs=0.1)
        assert statistics.turnaround == pytest.approx(0.015, abs=0.002)
        assert statistics.round_trip_mean == pytest.approx(bench.bus.timing.read(2, 0.015), abs=0.006)

    run_virtual(story())


def test_a_line_that_is_never_idle_is_used_to_nearly_all_it_can_carry() -> None:
    async def story() -> float:
        bench = Bench.make(1)
        for _ in range(50):
            await bench.bus.read(1, "input", LIVE, LIVE_LENGTH, priority=Priority.LIVE)
        load, efficiency = bench.bus.load, bench.bus.statistics.efficiency
        assert load is not None
        assert load > 0.95
        assert efficiency is not None
        return efficiency

    assert run_virtual(story()) > 0.95


def test_a_refusal_names_its_code_and_is_not_repeated() -> None:
    async def story() -> None:
        bench = Bench.make()
        with pytest.raises(RefusedError, match=r"unit 1: refused with illegal data address \(2\)"):
            await bench.bus.read(1, "input", 0x7000, 2, priority=Priority.SLOW)
        assert bench.bus.statistics.unit(1).exceptions == {2: 1}
        assert bench.line.counters.requests == 1

    run_virtual(story())


def test_a_silent_unit_is_asked_twice_at_first_and_then_once() -> None:
    async def story() -> None:
        bench = Bench.make()
        bench.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=2))
        statistics = bench.bus.statistics.unit(2)
        for expected in (2, 3, 4):
            with pytest.raises(UnitSilentError):
                await bench.bus.read(2, "holding", 0, 2, priority=Priority.SLOW)
            assert statistics.requests == statistics.timeouts == expected
        bench.line.faults.clear()
        await _read_magic(bench.bus, 2)
        assert statistics.silent_since is None

    run_virtual(story())


def test_a_silent_unit_holds_the_line_no_longer_than_the_slowest_answer_twice() -> None:
    async def story() -> None:
        bench = Bench.make()
        bench.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=2))
        loop = asyncio.get_running_loop()
        start = loop.time()
        with pytest.raises(UnitSilentError):
            await bench.bus.read(2, "holding", 0, 2, priority=Priority.SLOW)
        await _read_magic(bench.bus, 1)
        timing = bench.bus.timing
        assert loop.time() - start < 2 * (timing.patience(125) + 0.1) + timing.read(2, 0.05)

    run_virtual(story())


def test_a_broken_frame_is_repeated_once_and_counted() -> None:
    async def story() -> None:
        bench = Bench.make()
        bench.line.faults.set(Fault(kind=FaultKind.CRC_ERRORS, unit=1, magnitude=1))
        with pytest.raises((GarbledReplyError, UnitSilentError)):
            await bench.bus.read(1, "holding", 0, 2, priority=Priority.SLOW)
        statistics = bench.bus.statistics.unit(1)
        assert statistics.requests == 2
        # a broken unit id or function code looks like nobody's frame
        assert statistics.garbled + statistics.timeouts == 2
        await _read_magic(bench.bus, 2)

    run_virtual(story())


def test_an_unplugged_line_says_so_and_works_again_when_it_is_back() -> None:
    async def story() -> None:
        bench = Bench.make()
        await _read_magic(bench.bus, 1)
        bench.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
        with pytest.raises(LinkDownError, match="line: "):
            await bench.bus.read(1, "holding", 0, 2, priority=Priority.SLOW)
        bench.line.faults.clear()
        await _read_magic(bench.bus, 1)

    run_virtual(story())


def test_an_adapter_with_local_echo_is_recognised_and_a_sound_one_is_not() -> None:
    async def story() -> None:
        bench = Bench.make()
        assert not await bench.bus.echoes()
        bench.line.faults.set(Fault(kind=FaultKind.ECHO))
        assert await bench.bus.echoes()

    run_virtual(story())


def test_a_command_overtakes_everything_that_waits() -> None:
    async def story() -> list[str]:
        bench = Bench.make()
        done: list[str] = []

        async def ask(name: str, priority: Priority) -> None:
            await bench.bus.read(1, "input", LIVE, LIVE_LENGTH, priority=priority)
            done.append(name)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(ask("first", Priority.SLOW))
            await asyncio.sleep(0.001)
            for number in range(3):
                tasks.create_task(ask(f"live {number}", Priority.LIVE))
            await asyncio.sleep(0.001)
            tasks.create_task(ask("command", Priority.COMMAND))
        return done

    assert run_virtual(story()) == ["first", "command", "live 0", "live 1", "live 2"]


def test_the_line_is_silent_between_any_two_frames() -> None:
    async def story() -> None:
        bench = Bench.make(4)
        async with asyncio.TaskGroup() as tasks:
            for unit in range(1, 5):
                for _ in range(20):
                    tasks.create_task(_read_magic(bench.bus, unit))
        assert bench.line.counters.requests == 80
        assert bench.line.counters.crowded == 0
        assert bench.line.counters.collisions == 0

    run_virtual(story())


def test_after_a_lost_reply_nobody_speaks_until_it_must_have_passed() -> None:
    """A reply that comes a little too late does not collide with the next meter's question."""

    async def story() -> None:
        bench = Bench.make()
        patience = bench.bus.timing.patience(125)
        bench.line.faults.set(Fault(kind=FaultKind.LATE_REPLIES, unit=1, magnitude=patience))
        for _ in range(10):
            with pytest.raises(UnitError):
                await bench.bus.read(1, "holding", 0, 2, priority=Priority.SLOW)
            await _read_magic(bench.bus, 2)
        assert bench.line.counters.collisions == 0
        assert bench.bus.statistics.unit(2).answered == bench.bus.statistics.unit(2).requests

    run_virtual(story())


@pytest.mark.parametrize("seed", range(20))
def test_a_late_reply_never_becomes_the_answer_to_another_question(seed: int) -> None:
    """Reads of one length at many places, replies late by anything up to 3 s."""

    async def story() -> tuple[int, int]:
        bench = Bench.make()
        luck = random.Random(seed)
        bench.bus.guard(1, "holding", 0)
        bench.bus.guard(2, "holding", 0)
        reference = {
            (unit, address): await bench.bus.read(unit, "holding", address, 4, priority=Priority.LIVE)
            for unit in (1, 2)
            for address in (0x0000, 0x0004, 0x0008, 0x000C, 0x0010)
        }
        answered = lost = 0
        for _ in range(120):
            late = luck.choice([0.0, 0.0, luck.uniform(0.05, 0.6), luck.uniform(0.3, 3.0)])
            bench.line.faults.clear()
            if late:
                bench.line.faults.set(Fault(kind=FaultKind.LATE_REPLIES, unit=1, magnitude=late))
            unit, address = luck.choice([*((1, a) for _, a in reference), *reference])
            try:
                words = await bench.bus.read(unit, "holding", address, 4, priority=Priority.LIVE)
            except UnitError:
                lost += 1
            else:
                assert words == reference[unit, address]
                answered += 1
        return answered, lost

    answered, lost = run_virtual(story())
    assert answered > 20
    assert lost > 5


def test_the_link_alone_would_believe_a_late_reply() -> None:
    """The danger is real: the same two reads without the bus."""

    async def story() -> None:
        bench = Bench.make()
        unit = bench.line.unit(1)
        unit.require_timeout(0.3)
        bench.line.faults.set(Fault(kind=FaultKind.LATE_REPLIES, unit=1, magnitude=0.3))
        with pytest.raises(ModbusTimeoutError):
            await unit.read_holding_registers(0x0000, 4)
        bench.line.faults.clear()
        assert (await unit.read_holding_registers(0x0008, 4))[0] == MAGIC

    run_virtual(story())


def test_a_retry_of_the_same_registers_need_not_wait() -> None:
    async def story() -> None:
        bench = Bench.make()
        bench.bus.guard(1, "holding", 0)
        bench.line.faults.set(Fault(kind=FaultKind.CRC_ERRORS, unit=1, magnitude=1))
        with pytest.raises(UnitError):
            await bench.bus.read(1, "input", LIVE, LIVE_LENGTH, priority=Priority.LIVE)
        bench.line.faults.clear()
        loop = asyncio.get_running_loop()
        start = loop.time()
        await bench.bus.read(1, "input", LIVE, LIVE_LENGTH, priority=Priority.LIVE)
        await bench.bus.read(1, "input", ENERGY, 42, priority=Priority.LIVE)
        assert loop.time() - start < 1.0

    run_virtual(story())


def test_cancelling_a_read_frees_the_line_and_its_reply_is_not_taken_for_another() -> None:
    async def story() -> None:
        bench = Bench.make()
        bench.bus.guard(1, "holding", 0)
        task = asyncio.create_task(bench.bus.read(1, "holding", 0x0000, 4, priority=Priority.LIVE))
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        words = await bench.bus.read(1, "holding", 0x0009, 4, priority=Priority.LIVE)
        assert words[0] == 2300  # the rated voltage, in 0.1 V

    run_virtual(story())


def test_a_unit_describes_itself_or_not() -> None:
    async def story() -> None:
        bench = Bench.make()
        description = await bench.bus.describe(1)
        assert description is not None
        assert description.startswith("CSJ DTSY300 ")
        assert await bench.bus.describe(99) is None

    run_virtual(story())


async def test_a_busy_program_does_not_blame_the_meter() -> None:
    """Real time: the event loop is blocked for longer than the meter may take."""
    clock = time.time
    line = demo_line(1, 1, clock=clock, baudrate=115200)
    timing = LineTiming(baudrate=115200, latency=0.02)
    bus = Bus("line", line.unit, timing)
    await _read_magic(bus, 1)
    transmit = line.transmit

    def then_block(frame: bytes, port: Port) -> float:
        line.transmit = transmit  # type: ignore[method-assign]
        asyncio.get_running_loop().call_soon(time.sleep, timing.patience(125) + 0.2)
        return transmit(frame, port)

    line.transmit = then_block  # type: ignore[method-assign]
    await _read_magic(bus, 1)
    statistics = bus.statistics.unit(1)
    assert (statistics.timeouts, statistics.overslept) == (0, 1)
    assert statistics.success_rate == 1.0


def test_an_answer_that_was_slept_through_is_not_taken_for_another() -> None:
    """It answers the repeat, and the answer to the repeat comes while something else is asked."""

    async def story() -> None:
        bench = Bench.make()
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        bench.bus.guard(1, "holding", 0)
        magic, rated = [
            await bench.bus.read(1, "holding", address, 4, priority=Priority.LIVE)
            for address in (0x0000, 0x0009)
        ]
        patience = bench.bus.timing.patience(125)
        late = patience + 0.15
        bench.line.faults.set(Fault(kind=FaultKind.LATE_REPLIES, unit=1, magnitude=late))
        loop.call_later(patience - 0.01, loop.jump, 0.11)  # the program is busy when the time is over
        assert await bench.bus.read(1, "holding", 0x0000, 4, priority=Priority.LIVE) == magic
        statistics = bench.bus.statistics.unit(1)
        assert (statistics.overslept, statistics.timeouts) == (1, 0)
        bench.line.faults.clear()
        await asyncio.sleep(patience + 0.08)  # until just before the other answer

        assert await bench.bus.read(1, "holding", 0x0009, 4, priority=Priority.LIVE) == rated
        assert rated != magic

    run_virtual(story())


def test_files_are_read_in_runs_of_records() -> None:
    async def story() -> None:
        bench = Bench.make()
        newest, filled = await bench.bus.read(1, "holding", 0x0530, 2, priority=Priority.SLOW)
        assert filled > 0
        file, record = 1 + newest // 1200, newest % 1200 * 8
        entry = await bench.bus.read_file(1, file, record, 8, priority=Priority.SLOW)
        assert sum(entry[:7]) % 65536 == entry[7]

    run_virtual(story())


def test_a_write_is_refused_in_the_words_of_the_bus_and_never_repeated() -> None:
    async def story() -> None:
        bench = Bench.make()
        with pytest.raises(RefusedError):
            await bench.bus.write(1, 0x7000, [1])
        bench.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=2))
        before = bench.line.counters.requests
        with pytest.raises(UnitSilentError, match="no answer to a write of 1 at 0x0602"):
            await bench.bus.write(2, 0x0602, [1])
        assert bench.line.counters.requests == before + 1

    run_virtual(story())
