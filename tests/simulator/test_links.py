"""Real clients of two makes on a real pty, on RTU over TCP and on Modbus TCP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import pty
import tty
import zlib

from modbus_connection import ModbusTimeoutError, ModbusUnit, ServerDeviceFailureError
from pymodbus import FramerType
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
import pytest

from custom_components.csj_meter.simulator import (
    SimulatedLine,
    build_image,
    serve_modbus_tcp,
    serve_pty,
    serve_rtu_over_tcp,
    serve_serial,
)
from tests.simulator.conftest import Clock, words

from .clients import FAST, Read, fast_line, pymodbus_client, tmodbus_serial, tmodbus_tcp


@pytest.fixture
def line(clock: Clock) -> SimulatedLine:
    return fast_line(clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """A line served on one kind of link, with clients of both makes."""

    tmodbus: Callable[[], AbstractAsyncContextManager[Callable[[int], ModbusUnit]]]
    pymodbus: Callable[[], AbstractAsyncContextManager[Read]]


@pytest.fixture(params=["pty", "rtu_over_tcp", "modbus_tcp", "wifi", "serial"])
async def wired(request: pytest.FixtureRequest, line: SimulatedLine, tmp_path: Path) -> AsyncIterator[Wired]:
    if request.param in ("pty", "serial"):
        async with served_serially(request.param, line) as path:
            yield Wired(
                tmodbus=lambda: tmodbus_serial(path),
                pymodbus=lambda: pymodbus_client(
                    AsyncModbusSerialClient(path, baudrate=FAST, timeout=1, retries=0)
                ),
            )
    elif request.param == "rtu_over_tcp":
        async with serve_rtu_over_tcp(line) as server:
            yield Wired(
                tmodbus=lambda: tmodbus_serial(f"socket://127.0.0.1:{server.port}"),
                pymodbus=lambda: pymodbus_client(
                    AsyncModbusTcpClient(
                        "127.0.0.1", port=server.port, framer=FramerType.RTU, timeout=1, retries=0
                    )
                ),
            )
    else:
        async with serve_modbus_tcp(line, wifi=request.param == "wifi") as server:
            yield Wired(
                tmodbus=lambda: tmodbus_tcp(server.port),
                pymodbus=lambda: pymodbus_client(
                    AsyncModbusTcpClient("127.0.0.1", port=server.port, timeout=1, retries=0)
                ),
            )


@asynccontextmanager
async def served_serially(kind: str, line: SimulatedLine) -> AsyncIterator[str]:
    if kind == "pty":
        async with serve_pty(line) as server:
            yield server.path
        return
    async with pty_pair() as (near, far), serve_serial(line, near):
        yield far


@asynccontextmanager
async def pty_pair() -> AsyncIterator[tuple[str, str]]:
    """Two serial ports with a cable between them."""
    loop = asyncio.get_running_loop()
    masters, slaves = zip(*(pty.openpty() for _ in range(2)), strict=True)

    def pump(source: int, sink: int) -> None:
        os.write(sink, os.read(source, 1024))

    for descriptor in slaves:
        tty.setraw(descriptor)
    for source, sink in (masters, masters[::-1]):
        loop.add_reader(source, pump, source, sink)
    try:
        yield os.ttyname(slaves[0]), os.ttyname(slaves[1])
    finally:
        for descriptor in (*masters, *slaves):
            loop.remove_reader(descriptor)
            os.close(descriptor)


async def test_both_makes_of_client_read_what_is_true(wired: Wired, line: SimulatedLine) -> None:
    async with wired.pymodbus() as read:
        by_pymodbus = {unit: await read(unit, 0x0100, 58) for unit in line.meters}
    async with wired.tmodbus() as unit_of:
        by_tmodbus = {unit: await unit_of(unit).read_input_registers(0x0100, 58) for unit in line.meters}

    assert by_pymodbus == by_tmodbus
    for unit, meter in line.meters.items():
        assert by_tmodbus[unit][2] == round(float(meter.truth()["voltage_l1"]) * 10)  # type: ignore[arg-type]


async def test_every_function_gets_through(wired: Wired) -> None:
    async with wired.tmodbus() as unit_of:
        unit = unit_of(1)
        assert (await unit.read_holding_registers(0, 20))[:2] == [0x4353, 302]
        assert await unit.read_device_identification() == {0: b"CSJ", 1: b"DTSY300", 2: b"1.4.2"}
        assert await unit.report_server_id() == b"CSJ DTSY300 1.4.2"
        profile = await unit.read_file_record(1, 16, 120)
        assert profile[7] == sum(profile[:7]) % 65536
        assert len(await unit.read_file_record(1, 3, 7)) == 7


async def test_commands_get_through_and_are_answered(wired: Wired, line: SimulatedLine) -> None:
    meter = line.meters[1]
    image = build_image(302, (3, 0, 0), bytes(500))
    content = [int.from_bytes(image[place : place + 2]) for place in range(0, len(image), 2)]
    async with wired.tmodbus() as units:
        unit = units(1)
        with pytest.raises(ServerDeviceFailureError):
            await unit.write_register(0x0500, 7)
        await unit.write_registers(0x0600, [*words(meter.nameplate.key)])
        await unit.write_register(0x0500, 7)
        (count,) = await unit.read_input_registers(0x0303, 1)
        await unit.write_registers(0x0610, [0, 1234, count + 1])
        await unit.write_registers(0x0540, [*words(len(image)), *words(zlib.crc32(image)), 1])
        for start in range(0, len(content), 60):
            await unit.write_file_record(10, start, content[start : start + 60])

    assert meter.settings.reporting_interval == 7
    assert meter.state.credited == 1234
    assert bytes(meter.state.transfer.image) == image


async def test_a_meter_that_moves_answers_from_where_it_was(wired: Wired, line: SimulatedLine) -> None:
    async with wired.tmodbus() as units:
        await units(1).write_registers(0x0600, [*words(line.meters[1].nameplate.key)])
        await units(1).write_register(0x0504, 100)

        assert (await units(100).read_holding_registers(0x0504, 1)) == [100]
        with pytest.raises(ModbusTimeoutError):
            await units(1).read_holding_registers(0x0504, 1)


async def test_an_unknown_unit_is_silent_and_the_next_is_served(wired: Wired) -> None:
    async with wired.tmodbus() as unit_of:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await unit_of(99).read_holding_registers(0, 2)
        assert await unit_of(2).read_holding_registers(0, 1) == [0x4353]


async def test_clients_may_come_and_go(wired: Wired) -> None:
    for _ in range(3):
        async with wired.tmodbus() as unit_of:
            assert await unit_of(2).read_holding_registers(0, 1) == [0x4353]
