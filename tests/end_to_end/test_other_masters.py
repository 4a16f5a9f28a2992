"""Masters and gateways that are not ours: mbpoll reads the simulated line, ser2net carries it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
import re

from modbus_connection import ModbusSerialParams
from modbus_connection.tmodbus import ModbusConnection
import pytest

from custom_components.csj_meter.bus.bus import LARGEST_READ, Bus
from custom_components.csj_meter.bus.timing import NETWORK_LATENCY, SERIAL_LATENCY, LineTiming
from custom_components.csj_meter.meters.discovery import discover
from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.meters.reading import Group
from custom_components.csj_meter.simulator.line import SimulatedLine
from custom_components.csj_meter.simulator.serial import serve_pty
from custom_components.csj_meter.simulator.site import demo_line
from custom_components.csj_meter.simulator.tcp import serve_modbus_tcp
from tests.simulated import PROFILES, differences

from .gateways import program, ser2net

FROZEN = 1_793_440_800.0
"""2026-10-31 10:00 UTC: the meters' clock stands still, so that two masters see one sample."""


def _line(meters: int = 3) -> SimulatedLine:
    return demo_line(1, meters, clock=lambda: FROZEN)


async def _mbpoll(*words: str) -> list[int]:
    """Registers that mbpoll prints."""
    process = await asyncio.create_subprocess_exec(
        program("mbpoll"), *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()
    # a value above 32767 is printed twice, as "65535 (-1)"
    return [int(value) for value in re.findall(r"^\[\d+\]:\s+(\d+)", out.decode(), re.MULTILINE)]


@asynccontextmanager
async def _bus(params: ModbusSerialParams, latency: float) -> AsyncIterator[Bus]:
    timing = LineTiming(latency=latency)
    connection = ModbusConnection(params, timeout=timing.patience(LARGEST_READ))
    try:
        yield Bus("line", connection.for_unit, timing)
    finally:
        await connection.close()


async def _read_all(bus: Bus, line: SimulatedLine) -> dict[int, Meter]:
    """Discover the line and read the live block of every meter."""
    discovery = await discover(bus, PROFILES.values(), range(1, len(line.meters) + 1))
    assert [found.unit_id for found in discovery.found] == sorted(line.meters)
    meters = {}
    for found in discovery.found:
        meter = meters[found.unit_id] = Meter(
            bus, found.unit_id, PROFILES[found.identity.profile], found.identity
        )
        assert differences(await meter.read(Group.LIVE), line.meters[found.unit_id].truth()) == {}
    return meters


@pytest.mark.loopback
async def test_mbpoll_on_the_serial_line_reads_what_our_profile_reads() -> None:
    line = _line(1)
    async with serve_pty(line) as server:
        async with _bus(ModbusSerialParams(device=server.path), SERIAL_LATENCY) as bus:
            meter = (await _read_all(bus, line))[1]
            raw = (await meter.read_raw(Group.LIVE))["input"]
        words = await _mbpoll(
            *("-m", "rtu", "-a", "1", "-b", "9600", "-P", "none", "-t", "3", "-0", "-r", str(0x0100)),
            *("-c", "58", "-o", "1", "-1", server.path),
        )
    assert words == [raw[0x0100 + offset] for offset in range(58)]
    assert words[2] / 10 == meter.value("voltage_l1")
    assert ((words[0x16] << 16) + words[0x17]) / 10 == pytest.approx(meter.value("active_power"))


@pytest.mark.loopback
async def test_mbpoll_over_modbus_tcp_reads_the_identity() -> None:
    line = _line(1)
    async with serve_modbus_tcp(line, "127.0.0.1", 0) as server:
        words = await _mbpoll(
            *("-m", "tcp", "-a", "1", "-t", "4", "-0", "-r", "0", "-c", "20", "-o", "1", "-1"),
            *("-p", str(server.port), "127.0.0.1"),
        )
    assert words[:4] == [0x4353, 302, 0x0100, 3]
    assert words[19] == 0


@pytest.mark.loopback
async def test_a_line_behind_ser2net_is_discovered_and_read(tmp_path: Path) -> None:
    line = _line(3)
    async with serve_pty(line) as server, ser2net(tmp_path, server.path) as port:
        device = f"socket://127.0.0.1:{port}"
        async with _bus(ModbusSerialParams(device=device, baudrate=115200), NETWORK_LATENCY) as bus:
            await _read_all(bus, line)
