"""A unit that has something else to do (exception 6), on links that ask it again by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from modbus_connection import ModbusTcpParams
from modbus_connection.tmodbus import ModbusConnection
import pytest

from custom_components.csj_meter.bus.bus import BUSY_PATIENCE, Bus
from custom_components.csj_meter.bus.errors import UnitBusyError, UnitSilentError
from custom_components.csj_meter.bus.timing import LineTiming
from custom_components.csj_meter.bus.turns import Priority
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from tests.simulated import Bench
from tests.virtual_time import run_virtual

SAMPLE_ORDER = 0x0602


class BusyGateway:
    """A Modbus TCP gateway whose unit answers that it is busy, a number of times."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.questions: list[bytes] = []

    @classmethod
    @asynccontextmanager
    async def line(cls, times: int) -> AsyncIterator[tuple[BusyGateway, Bus]]:
        """The gateway, and a bus on the link that Home Assistant has."""
        gateway = cls(times)
        server = await asyncio.start_server(gateway._serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        link = ModbusConnection(ModbusTcpParams(host="127.0.0.1", port=port))
        try:
            yield gateway, Bus("line", link.for_unit, LineTiming(latency=0.1), transaction_ids=True)
        finally:
            await link.close()
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while header := await reader.read(7):
            pdu = await reader.readexactly(int.from_bytes(header[4:6], "big") - 1)
            self.questions.append(pdu)
            reply = pdu[:5] if pdu[0] == 0x10 else bytes([pdu[0], 2 * pdu[4], *bytes(2 * pdu[4])])
            if self.left:
                self.left -= 1
                reply = bytes([pdu[0] | 0x80, 6])
            writer.write(header[:4] + (len(reply) + 1).to_bytes(2, "big") + header[6:] + reply)
        writer.close()


def test_the_link_asks_a_busy_unit_again_and_is_not_let_go_on() -> None:
    """The library that Home Assistant links with, over a real socket."""

    async def story() -> None:
        loop = asyncio.get_running_loop()
        async with BusyGateway.line(1000) as (gateway, bus):
            for _ in range(2):  # once on a link that is being opened
                before, asked = loop.time(), len(gateway.questions)
                with pytest.raises(UnitBusyError, match="busy for"):
                    await bus.read(1, "holding", 0, 2, priority=Priority.LIVE)
                assert loop.time() - before < 6
                assert len(gateway.questions) - asked <= 3
            before, asked = loop.time(), len(gateway.questions)
            with pytest.raises(UnitSilentError):
                await bus.write(1, 0x0500, [17])
            assert loop.time() - before < 6
            assert bus.statistics.unit(1).exceptions == {6: 2}
            # nothing goes on behind its back
            asked = len(gateway.questions)
            await asyncio.sleep(100)
            assert len(gateway.questions) == asked

    run_virtual(story())


@pytest.mark.parametrize("times", [1, 2])
def test_a_write_that_finds_the_unit_busy_for_a_moment_is_carried_out_once(times: int) -> None:
    async def story() -> None:
        async with BusyGateway.line(0) as (gateway, bus):
            await bus.read(1, "holding", 0, 2, priority=Priority.LIVE)
            gateway.left = times
            await bus.write(1, 0x0500, [17])
            assert len(gateway.questions) == 1 + times + 1

    run_virtual(story())


def test_others_on_the_line_hardly_wait_for_a_busy_unit() -> None:
    async def story() -> None:
        bench = Bench.make(2)
        loop = asyncio.get_running_loop()
        for unit in (1, 2):
            await bench.bus.read(unit, "holding", 0, 2, priority=Priority.LIVE)
        bench.line.faults.set(Fault(kind=FaultKind.BUSY, unit=1, magnitude=3600))
        start = loop.time()
        busy = asyncio.create_task(bench.bus.read(1, "holding", 0, 2, priority=Priority.COMMAND))
        await asyncio.sleep(0)
        await bench.bus.read(2, "holding", 0, 2, priority=Priority.SLOW)
        assert loop.time() - start < 3
        assert not busy.done()
        with pytest.raises(UnitBusyError):
            await busy
        assert BUSY_PATIENCE <= loop.time() - start < BUSY_PATIENCE + 3

    run_virtual(story())


def test_whoever_waits_for_a_busy_unit_gets_its_answer_when_it_has_time() -> None:
    async def story() -> None:
        bench = Bench.make(1)
        (magic, version) = await bench.bus.read(1, "holding", 0, 2, priority=Priority.COMMAND)
        bench.line.faults.set(Fault(kind=FaultKind.BUSY, unit=1, magnitude=4))
        assert await bench.bus.read(1, "holding", 0, 2, priority=Priority.COMMAND) == [magic, version]
        # and no late answer is taken for that to another question
        other = await bench.bus.read(1, "holding", 0x0007, 2, priority=Priority.COMMAND)
        assert other != [magic, version]

    run_virtual(story())


def test_what_becomes_of_a_write_to_a_busy_unit_is_not_known() -> None:
    async def story() -> None:
        bench = Bench.make(1)
        loop = asyncio.get_running_loop()
        await bench.bus.read(1, "holding", 0, 2, priority=Priority.COMMAND)
        bench.line.faults.set(Fault(kind=FaultKind.BUSY, unit=1, magnitude=3600))
        start = loop.time()
        with pytest.raises(UnitSilentError):
            await bench.bus.write(1, SAMPLE_ORDER, [1])
        assert loop.time() - start < 6

    run_virtual(story())
