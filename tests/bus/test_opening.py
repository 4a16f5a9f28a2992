"""A line that is opened: it may take longer than any reply on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import errno
import math
from typing import Any

from modbus_connection import ModbusSerialParams
from modbus_connection.tmodbus import ModbusConnection
import pytest
import serialx

from custom_components.csj_meter.bus import bus as bus_module
from custom_components.csj_meter.bus.bus import Bus
from custom_components.csj_meter.bus.errors import LinkDownError
from custom_components.csj_meter.bus.timing import LineTiming
from custom_components.csj_meter.simulator.serial import serve_pty
from custom_components.csj_meter.simulator.site import demo_line

BAUDRATE = 115200


@asynccontextmanager
async def opened() -> AsyncIterator[Bus]:
    async with serve_pty(demo_line(1, 1, baudrate=BAUDRATE)) as server:
        connection = ModbusConnection(ModbusSerialParams(device=server.path, baudrate=BAUDRATE))
        try:
            yield Bus("line", connection.for_unit, LineTiming(baudrate=BAUDRATE, latency=0.2))
        finally:
            await connection.close()


def slow_to_open(monkeypatch: pytest.MonkeyPatch, times: float, seconds: float = 60) -> list[str]:
    """Ports that take so many ``seconds`` to open, so many ``times``; the list of those that were opened."""
    opens = serialx.create_serial_connection
    asked: list[str] = []

    async def create(*args: Any, **options: Any) -> Any:
        asked.append(options["url"])
        if len(asked) <= times:
            await asyncio.sleep(seconds)
        return await opens(*args, **options)

    monkeypatch.setattr(serialx, "create_serial_connection", create)
    return asked


@pytest.mark.loopback
async def test_a_line_that_is_slow_to_open_is_given_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = slow_to_open(monkeypatch, 2)
    async with opened() as bus:
        assert not await bus.echoes()
    assert len(asked) == 3


@pytest.mark.loopback
async def test_a_line_that_is_always_slow_to_open_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = slow_to_open(monkeypatch, math.inf, 0.7)
    async with opened() as bus:
        assert not await bus.echoes()
    assert len(asked) > 1


@pytest.mark.loopback
async def test_a_port_that_an_attempt_still_holds_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opens = serialx.create_serial_connection
    asked = 0

    async def create(*args: Any, **options: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == 1:
            await asyncio.sleep(60)
        if asked < 4:
            raise OSError(errno.EBUSY, "Device or resource busy")
        return await opens(*args, **options)

    monkeypatch.setattr(serialx, "create_serial_connection", create)
    async with opened() as bus:
        assert not await bus.echoes()


@pytest.mark.loopback
async def test_a_line_that_never_opens_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus_module, "OPENING_PATIENCE", 0.5)
    asked = slow_to_open(monkeypatch, 1000)
    async with opened() as bus:
        with pytest.raises(LinkDownError):
            await bus.echoes()
    assert len(asked) > 1


@pytest.mark.loopback
async def test_a_port_that_is_not_there_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = slow_to_open(monkeypatch, 0)
    connection = ModbusConnection(ModbusSerialParams(device="/dev/no-such-port", baudrate=BAUDRATE))
    bus = Bus("line", connection.for_unit, LineTiming(baudrate=BAUDRATE, latency=0.2))
    with pytest.raises(LinkDownError):
        await bus.echoes()
    await connection.close()
    assert len(asked) == 1
