"""Whatever the libraries of the line log, no key of a meter is in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import logging
import re

from modbus_connection import ModbusSerialParams, ModbusTcpParams
from modbus_connection.pymodbus import ModbusConnection as PymodbusConnection
from modbus_connection.tmodbus import ModbusConnection as TmodbusConnection
import pytest

from custom_components.csj_meter.bus.bus import LARGEST_READ, Bus
from custom_components.csj_meter.bus.timing import LineTiming
from custom_components.csj_meter.meters.commands.errors import OutcomeUnknownError
from custom_components.csj_meter.meters.commands.registers import UNLOCK
from custom_components.csj_meter.meters.commands.session import Session, words_of
from custom_components.csj_meter.meters.commands.wire_log import HIDDEN
from custom_components.csj_meter.meters.discovery import identify
from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.simulator import (
    Fault,
    FaultKind,
    SimulatedLine,
    demo_line,
    serve_modbus_tcp,
    serve_pty,
)
from tests.simulated import PROFILES

BAUDRATE = 115200


def spellings(key: int) -> list[str]:
    """How the key could be found in a log."""
    raw = key.to_bytes(4)
    return [
        str(key),
        raw.hex(),
        raw.hex(" "),
        " ".join(hex(byte) for byte in raw),
        repr(raw)[2:-1],
        f"[{key >> 16}, {key & 0xFFFF}]",
    ]


@asynccontextmanager
async def served(line: SimulatedLine, link: str) -> AsyncIterator[ModbusTcpParams | ModbusSerialParams]:
    """The line on a real socket or pty."""
    if link == "tcp":
        async with serve_modbus_tcp(line) as gateway:
            yield ModbusTcpParams(host="127.0.0.1", port=gateway.port)
    else:
        async with serve_pty(line) as pty:
            yield ModbusSerialParams(device=pty.path, baudrate=BAUDRATE)


@pytest.mark.parametrize("backend", [TmodbusConnection, PymodbusConnection])
@pytest.mark.parametrize("link", ["serial", "tcp", "echo"])
async def test_a_key_is_in_no_log_of_the_line(
    backend: type[TmodbusConnection] | type[PymodbusConnection], link: str, caplog: pytest.LogCaptureFixture
) -> None:
    line = demo_line(1, 1, baudrate=BAUDRATE)
    key = line.meters[1].nameplate.key
    timing = LineTiming(baudrate=BAUDRATE)
    caplog.set_level(logging.DEBUG)
    for name in ("tmodbus", "serialx", "pymodbus.logging", "modbus_connection"):
        caplog.set_level(logging.DEBUG, name)
    async with served(line, link) as params:
        connection = backend(params, timeout=timing.patience(LARGEST_READ))
        try:
            bus = Bus("line", connection.for_unit, timing, transaction_ids=link == "tcp")
            identity = await identify(bus, 1, PROFILES.values())
            session = Session(Meter(bus, 1, PROFILES[identity.profile], identity), key)
            assert await session.test_key() > 0
            if link == "echo":
                line.faults.set(Fault(kind=FaultKind.ECHO))
                # one of the libraries takes the echo for the answer
                with suppress(OutcomeUnknownError):
                    await session.write(UNLOCK, words_of(key, 2), locked=False)
        finally:
            await connection.close()

    assert HIDDEN in caplog.text
    for text in spellings(key):
        hit = re.search(re.escape(text), caplog.text, re.IGNORECASE)
        assert hit is None, caplog.text[max(0, hit.start() - 300) : hit.end() + 20]
