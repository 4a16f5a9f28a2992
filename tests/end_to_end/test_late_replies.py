"""A late reply never becomes another read's value: every link, both Modbus stacks, real bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
import random
from typing import Final

from modbus_connection import ModbusConnection, ModbusSerialParams, ModbusTcpParams, tmodbus
import pytest

from cli.link import PatientConnection
from custom_components.csj_meter.bus.bus import LARGEST_READ, Bus
from custom_components.csj_meter.bus.errors import LinkDownError, UnitError, UnitSilentError
from custom_components.csj_meter.bus.timing import LineTiming
from custom_components.csj_meter.bus.turns import Priority
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from custom_components.csj_meter.simulator.line import SimulatedLine
from custom_components.csj_meter.simulator.serial import serve_pty
from custom_components.csj_meter.simulator.site import demo_line
from custom_components.csj_meter.simulator.tcp import serve_modbus_tcp, serve_rtu_over_tcp

type Params = ModbusSerialParams | ModbusTcpParams
type Stack = Callable[..., ModbusConnection]

STACKS: Final[dict[str, Stack]] = {
    "tmodbus": tmodbus.ModbusConnection,
    "pymodbus": PatientConnection,
}
ADDRESSES: Final = (0x0000, 0x0004, 0x0008, 0x000C)


@asynccontextmanager
async def _serial(line: SimulatedLine) -> AsyncIterator[Params]:
    async with serve_pty(line) as server:
        yield ModbusSerialParams(device=server.path, baudrate=115200)


@asynccontextmanager
async def _rtu_over_tcp(line: SimulatedLine) -> AsyncIterator[Params]:
    async with serve_rtu_over_tcp(line, "127.0.0.1", 0) as server:
        yield ModbusSerialParams(device=f"socket://127.0.0.1:{server.port}", baudrate=115200)


@asynccontextmanager
async def _modbus_tcp(line: SimulatedLine) -> AsyncIterator[Params]:
    async with serve_modbus_tcp(line, "127.0.0.1", 0) as server:
        yield ModbusTcpParams(host="127.0.0.1", port=server.port)


LINKS: Final[dict[str, Callable[[SimulatedLine], AbstractAsyncContextManager[Params]]]] = {
    "serial": _serial,
    "rtu over tcp": _rtu_over_tcp,
    "modbus tcp": _modbus_tcp,
}


async def told(bus: Bus, unit: int, address: int) -> list[int]:
    """What a meter says on a sound line, however long a busy machine takes to open it."""
    while True:
        try:
            return await bus.read(unit, "holding", address, 4, priority=Priority.LIVE)
        except LinkDownError, UnitSilentError:
            continue


@pytest.mark.loopback
@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("link", LINKS)
async def test_a_late_reply_is_nobodys_value(link: str, stack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # five seconds of waiting for each of many lost replies would be a long test; what is left is four times
    # as long as any reply is late, as on a busy machine all are later still
    monkeypatch.setattr("custom_components.csj_meter.bus.bus.OVERDUE", 1.0)
    line = demo_line(1, 2, baudrate=115200, turnaround=0.005)
    timing = LineTiming(baudrate=115200, max_turnaround=0.02, latency=0.03)
    luck = random.Random(f"{link} {stack}")
    async with LINKS[link](line) as params:
        connection = STACKS[stack](params, timeout=timing.patience(LARGEST_READ))
        bus = Bus("line", connection.for_unit, timing, transaction_ids=link == "modbus tcp")
        try:
            for unit in (1, 2):
                bus.guard(unit, "holding", 0)
            truth = {
                (unit, address): await told(bus, unit, address) for unit in (1, 2) for address in ADDRESSES
            }
            answered = lost = 0
            for _ in range(30):
                line.faults.clear()
                if luck.random() < 0.4:
                    late = luck.uniform(0.1, 0.25)
                    line.faults.set(Fault(kind=FaultKind.LATE_REPLIES, unit=1, magnitude=late))
                place = luck.choice(list(truth))
                try:
                    words = await bus.read(place[0], "holding", place[1], 4, priority=Priority.LIVE)
                except UnitError:
                    lost += 1
                else:
                    assert words == truth[place], place
                    answered += 1
            assert answered >= 10
            assert lost >= 3
        finally:
            await connection.close()
            await asyncio.sleep(0)
