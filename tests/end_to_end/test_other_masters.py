"""Masters and gateways that are not ours: mbpoll reads the simulated line, ser2net carries it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
import re
import shutil
import socket

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

from .lines import null_modem

FROZEN = 1_793_440_800.0
"""2026-10-31 10:00 UTC: the meters' clock stands still, so that two masters see one sample."""


def _line(meters: int = 3) -> SimulatedLine:
    return demo_line(1, meters, clock=lambda: FROZEN)


def _program(name: str) -> str:
    # Debian keeps daemons where users do not look
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if path is None:
        pytest.skip(f"{name} is not installed (a Debian package of that name)")
    return path


async def _mbpoll(*words: str) -> list[int]:
    """Registers that mbpoll prints."""
    process = await asyncio.create_subprocess_exec(
        _program("mbpoll"), *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
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
    async with null_modem() as (ours, _), serve_pty(line) as server:
        assert ours
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _ser2net_configuration(folder: Path, port: int, device: str) -> Path:
    configuration = folder / "ser2net.yaml"
    configuration.write_text(
        f"connection: &bus\n"
        f"  accepter: tcp,127.0.0.1,{port}\n"
        f"  connector: serialdev,{device},9600n81,local\n"
        f"  options: {{kickolduser: true, max-connections: 1}}\n"
    )
    return configuration


@pytest.mark.loopback
async def test_a_line_behind_ser2net_is_discovered_and_read(tmp_path: Path) -> None:
    line, port = _line(3), _free_port()
    async with serve_pty(line) as server:
        gateway = await asyncio.create_subprocess_exec(
            *(_program("ser2net"), "-n", "-c", str(_ser2net_configuration(tmp_path, port, server.path))),
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await _wait_for(port)
            device = f"socket://127.0.0.1:{port}"
            async with _bus(ModbusSerialParams(device=device, baudrate=115200), NETWORK_LATENCY) as bus:
                await _read_all(bus, line)
        finally:
            gateway.terminate()
            await gateway.wait()


async def _wait_for(port: int) -> None:
    """Until somebody listens."""
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                await writer.wait_closed()
                return
