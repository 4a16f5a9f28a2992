"""A line that is fast, as real time passes at it, and real clients of two makes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
import fcntl
import os

from modbus_connection import ModbusUnit
from modbus_connection.tmodbus import connect_serial, connect_tcp
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient

from custom_components.csj_meter.simulator import SimulatedLine, demo_line
from tests.simulator.conftest import Clock

FAST = 115200

type Read = Callable[[int, int, int], Awaitable[list[int]]]
"""Reads input registers: (unit, address, count)."""


def fast_line(clock: Clock) -> SimulatedLine:
    """The demo line, fast: real time passes here."""
    line = demo_line(clock=clock, baudrate=FAST, turnaround=0.005)
    line.prepare()
    return line


@asynccontextmanager
async def tmodbus_serial(device: str, baudrate: int = FAST) -> AsyncIterator[Callable[[int], ModbusUnit]]:
    connection = await connect_serial(device, baudrate=baudrate, timeout=1)
    try:
        yield connection.for_unit
    finally:
        await connection.close()
        await released(device)


async def released(device: str) -> None:
    """Return when a port is locked by nobody: it is closed in a thread, after its connection."""
    async with asyncio.timeout(5):
        while await asyncio.to_thread(_is_locked, device):  # noqa: ASYNC110 - another thread closes it
            await asyncio.sleep(0.001)


def _is_locked(device: str) -> bool:
    try:
        port = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    except FileNotFoundError:  # its line has gone before
        return False
    try:
        fcntl.flock(port, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(port)
    return False


@asynccontextmanager
async def tmodbus_tcp(port: int) -> AsyncIterator[Callable[[int], ModbusUnit]]:
    connection = await connect_tcp("127.0.0.1", port=port, timeout=1)
    try:
        yield connection.for_unit
    finally:
        await connection.close()


@asynccontextmanager
async def pymodbus_client(client: AsyncModbusSerialClient | AsyncModbusTcpClient) -> AsyncIterator[Read]:
    assert await client.connect()

    async def read(unit: int, address: int, count: int) -> list[int]:
        reply = await client.read_input_registers(address, count=count, device_id=unit)
        assert not reply.isError()
        return list(reply.registers)

    try:
        yield read
    finally:
        client.close()
