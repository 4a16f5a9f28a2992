"""Finding unit ids on simulated lines."""

from __future__ import annotations

import asyncio
from collections.abc import Container
from typing import Any, override

import pytest

from custom_components.csj_meter.bus.bus import LARGEST_READ, Bus
from custom_components.csj_meter.bus.errors import LinkDownError, RefusedError, UnitSilentError
from custom_components.csj_meter.bus.scan import ALL_UNITS, ScanProgress, forget_strangers, scan
from custom_components.csj_meter.bus.timing import GATEWAY_LATENCY, NETWORK_LATENCY, LineTiming
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


class QueueingGateway(Bus):
    """A Modbus TCP gateway that asks one unit after the other, and waits for those that are silent."""

    def __init__(self, there: Container[int], gives_up: float) -> None:
        def nothing(unit_id: int) -> Any:
            raise AssertionError(unit_id)

        super().__init__("gateway", nothing, LineTiming(latency=GATEWAY_LATENCY), transaction_ids=True)
        self._there = there
        self._gives_up = gives_up
        self._free_at = 0.0

    @override
    async def read(self, unit_id: int, *_: Any, timeout: float | None = None, **__: Any) -> list[int]:
        loop = asyncio.get_running_loop()
        asked, is_there = loop.time(), unit_id in self._there
        self._free_at = max(asked, self._free_at) + (0.03 if is_there else self._gives_up)
        takes = self._free_at - asked
        assert timeout is not None
        timeout = min(timeout, self.timing.patience(LARGEST_READ))
        if not is_there or takes > timeout:
            await asyncio.sleep(timeout)
            raise UnitSilentError(unit_id, "no answer")
        await asyncio.sleep(takes)
        self.statistics.unit(unit_id).turnarounds.append(takes)
        return [0, 0]


@pytest.mark.parametrize("gives_up", [0.3, 1.0, 2.0])
def test_meters_behind_a_gateway_that_waits_for_silent_units_are_found(gives_up: float) -> None:
    async def story() -> float:
        bus = QueueingGateway({1, 2, 20, 200}, gives_up)
        assert (await scan(bus)).hits == (1, 2, 20, 200)
        loop = asyncio.get_running_loop()
        start = loop.time()
        await bus.read(1, timeout=0.1)  # it is through with all of them
        return loop.time() - start

    assert run_virtual(story()) < 0.1


def test_a_meter_that_goes_in_the_middle_of_a_scan_does_not_hold_it_up() -> None:
    async def story() -> float:
        there = {1}
        loop = asyncio.get_running_loop()
        start = loop.time()
        scanned = await scan(QueueingGateway(there, 0.3), range(1, 33), lambda _: there.clear())
        assert scanned.hits == (1,)
        return loop.time() - start

    assert run_virtual(story()) < 32 * 1.0 + 10


def test_a_unit_that_refuses_the_question_tells_as_well_that_a_gateway_is_through() -> None:
    class Refusing(QueueingGateway):
        @override
        async def read(self, unit_id: int, *words: Any, **more: Any) -> list[int]:
            await super().read(unit_id, *words, **more)
            raise RefusedError(unit_id, 2)

    async def story() -> None:
        assert (await scan(Refusing({1, 9}, 1.0), range(1, 10))).hits == (1, 9)

    run_virtual(story())


def test_a_gateway_is_given_time_before_the_first_meter_is_known() -> None:
    async def story() -> None:
        assert (await scan(QueueingGateway({40, 41}, 1.0))).hits == (40, 41)

    run_virtual(story())


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
