"""Gateways that call a line on this machine, and what is asked of them through its relay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from modbus_connection import ModbusSerialParams, ModbusUnit
from modbus_connection.tmodbus import ModbusConnection
from pymodbus.framer import FramerRTU

from custom_components.csj_meter.bus.dial_in import LOOPBACK, DialIn

PATIENCE = 5.0
"""Seconds in which anything on the loopback interface happens."""


def framed(frame: bytes) -> bytes:
    """A frame with its checksum."""
    return frame + FramerRTU.compute_CRC(frame).to_bytes(2, "big")


def answer(unit: int, *registers: int) -> bytes:
    """A reply to a read of holding registers."""
    words = b"".join(register.to_bytes(2, "big") for register in registers)
    return framed(bytes([unit, 3, len(words)]) + words)


async def happens(condition: Callable[[], bool]) -> None:
    """Return as soon as the condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what happens here has no event to wait for
            await asyncio.sleep(0.001)


class Gateway:
    """A 4G gateway with one meter behind it, whose registers hold their own address."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.questions: list[bytes] = []
        self.before = b""
        self.after = b""
        self.mute = False
        self.task = asyncio.create_task(self._serve())

    @classmethod
    async def call(cls, line: DialIn, introduction: bytes = b"") -> Gateway:
        gateway = cls(*await asyncio.open_connection(LOOPBACK, line.port))
        if introduction:
            gateway.writer.write(introduction)
        return gateway

    async def _serve(self) -> None:
        while question := await self.reader.read(256):
            self.questions.append(question)
            if self.mute:
                continue
            first, count = int.from_bytes(question[2:4], "big"), int.from_bytes(question[4:6], "big")
            reply = answer(question[0], *range(first, first + count))
            self.writer.write(self.before + reply + self.after)

    async def hung_up(self) -> None:
        """Return when the other side has closed."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait([self.task])

    async def hang_up(self) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])
        self.writer.close()


@asynccontextmanager
async def listening(registration: bytes = b"") -> AsyncIterator[DialIn]:
    line = DialIn(0, registration, host=LOOPBACK)
    await line.start()
    try:
        yield line
    finally:
        await line.stop()


@asynccontextmanager
async def linked(line: DialIn) -> AsyncIterator[ModbusUnit]:
    """A Modbus link to the relay, as Home Assistant makes it."""
    device = f"socket://{LOOPBACK}:{line.relay_port}"
    connection = ModbusConnection(ModbusSerialParams(device=device, baudrate=115200), timeout=1.0)
    try:
        yield connection.for_unit(7)
    finally:
        await connection.close()


async def retried(read: Callable[[], Coroutine[Any, Any, list[int]]]) -> list[int]:
    """A read that may have to notice first that its connection has gone."""
    try:
        return await read()
    except Exception:  # noqa: BLE001 - which one depends on how far the news has come
        return await read()
