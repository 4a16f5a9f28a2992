"""Finding unit ids on simulated lines."""

from __future__ import annotations

import asyncio

import pytest

from custom_components.csj_meter.bus.bus import Bus
from custom_components.csj_meter.bus.errors import LinkDownError
from custom_components.csj_meter.bus.scan import ALL_UNITS, ScanProgress, forget_strangers, scan
from custom_components.csj_meter.bus.timing import NETWORK_LATENCY, LineTiming
from custom_components.csj_meter.bus.turns import Priority
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from tests.simulated import Bench
from tests.virtual_time import run_virtual


def test_exactly_the_units_that_are_there_are_found() -> None:
    async def story() -> None:
        bench = Bench.make(6)
        result = await scan(bench.bus)
        assert result.hits == (1, 2, 3, 4, 5, 6)
        assert result.garbled == ()

    run_virtual(story())


def test_progress_counts_up_to_its_total() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        seen: list[ScanProgress] = []
        await scan(bench.bus, range(1, 21), seen.append)
        assert [step.done for step in seen] == list(range(1, len(seen) + 1))
        assert seen[0].total == 20
        assert seen[-1].done == seen[-1].total
        assert seen[-1].found == 3
        assert seen[4].unit_id == 5

    run_virtual(story())


def test_a_scan_takes_little_more_than_its_time_outs() -> None:
    async def story() -> float:
        bench = Bench.make(4)
        loop = asyncio.get_running_loop()
        start = loop.time()
        await scan(bench.bus)
        return loop.time() - start

    character = 10 / 9600
    floor = 243 * (15 * character + 0.050 + 0.016) + 4 * (17 * character + 0.015)
    assert run_virtual(story()) < 1.2 * floor


def test_noise_is_reported_and_not_called_a_meter() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        bench.line.faults.set(Fault(kind=FaultKind.CRC_ERRORS, unit=2, magnitude=1))
        result = await scan(bench.bus, range(1, 11))
        assert result.hits == (1, 3)
        assert result.garbled == (2,)

    run_virtual(story())


def test_a_meter_garbled_once_is_found_by_the_second_look() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        bench.line.faults.set(Fault(kind=FaultKind.CRC_ERRORS, unit=2, magnitude=1))

        def clear(progress: ScanProgress) -> None:
            if progress.unit_id == 5:
                bench.line.faults.clear()

        result = await scan(bench.bus, range(1, 11), clear)
        assert result.hits == (1, 2, 3)
        assert result.garbled == ()

    run_virtual(story())


def test_slow_meters_in_a_row_next_to_a_hit_are_found_by_the_second_look() -> None:
    async def story() -> None:
        bench = Bench.make(4)
        for unit in (2, 3, 4):
            bench.line.faults.set(Fault(kind=FaultKind.LATE_REPLIES, unit=unit, magnitude=0.1))
        result = await scan(bench.bus, range(1, 11))
        assert result.hits == (1, 2, 3, 4)

    run_virtual(story())


def test_when_nobody_answers_the_likely_ones_are_asked_again_slowly() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        await bench.bus.read(1, "holding", 0, 2, priority=Priority.SCAN)  # the link is open
        bench.line.faults.set(Fault(kind=FaultKind.LATE_REPLIES, magnitude=0.12))
        assert (await scan(bench.bus)).hits == (1, 2, 3)
        assert (await scan(bench.bus, patient=False)).hits == ()

    run_virtual(story())


def test_the_patience_for_a_network_gateway_is_learned_from_its_first_answers() -> None:
    async def story() -> float:
        bench = Bench.make(3, latency=1.0)
        loop = asyncio.get_running_loop()
        start = loop.time()
        assert (await scan(bench.bus)).hits == (1, 2, 3)
        return loop.time() - start

    assert run_virtual(story()) < 247 * 0.15


def test_a_scan_lets_live_polls_go_first() -> None:
    async def story() -> None:
        bench = Bench.make(2)
        scanning = asyncio.create_task(scan(bench.bus, ALL_UNITS))
        waits: list[float] = []
        loop = asyncio.get_running_loop()
        for _ in range(20):
            await asyncio.sleep(0.5)
            start = loop.time()
            await bench.bus.read(1, "input", 0x0100, 58, priority=Priority.LIVE)
            waits.append(loop.time() - start)
        assert max(waits) < 0.4
        assert (await scanning).hits == (1, 2)

    run_virtual(story())


def test_a_cancelled_scan_leaves_the_line_free() -> None:
    async def story() -> None:
        bench = Bench.make(2)
        scanning = asyncio.create_task(scan(bench.bus))
        await asyncio.sleep(3)
        scanning.cancel()
        with pytest.raises(asyncio.CancelledError):
            await scanning
        words = await bench.bus.read(1, "holding", 0, 2, priority=Priority.LIVE)
        assert words[0] == 0x4353
        assert len(asyncio.all_tasks()) == 1

    run_virtual(story())


def test_an_unplugged_line_ends_the_scan() -> None:
    async def story() -> None:
        bench = Bench.make(2)

        def unplug(progress: ScanProgress) -> None:
            if progress.unit_id == 5:
                bench.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))

        with pytest.raises(LinkDownError):
            await scan(bench.bus, on_progress=unplug)

    run_virtual(story())


def test_strangers_leave_no_statistics_behind() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        await scan(bench.bus, range(1, 11))
        forget_strangers(bench.bus, known=[1, 3], asked=range(1, 11))
        assert set(bench.bus.statistics.units) == {1, 3}

    run_virtual(story())


def test_an_exception_of_a_gateway_means_nobody_and_any_other_means_somebody() -> None:
    """A meter that refuses the probe is there; a gateway that says "no answer" has nobody."""

    async def story() -> None:
        bench = Bench.make(2)

        class Gateway:
            """Answers for absent units, as Modbus TCP gateways do."""

            def __init__(self, unit_id: int) -> None:
                self._unit = bench.line.unit(unit_id)
                self._unit_id = unit_id

            def __getattr__(self, name: str) -> object:
                return getattr(self._unit, name)

            async def read_holding_registers(self, address: int, count: int) -> list[int]:
                from modbus_connection import ModbusExceptionError

                if self._unit_id > 2:
                    raise ModbusExceptionError.from_code(11 if self._unit_id != 7 else 2)
                return await self._unit.read_holding_registers(address, count)

        timing = LineTiming(latency=NETWORK_LATENCY)
        bus = Bus("gateway", Gateway, timing, transaction_ids=True)  # type: ignore[arg-type]
        assert (await scan(bus, range(1, 11))).hits == (1, 2, 7)

    run_virtual(story())
