"""A slave that is not ours: libmodbus serving the identity and live blocks of a CSJ meter."""

from __future__ import annotations

import asyncio
from pathlib import Path
import shutil
import subprocess

from modbus_connection import ModbusSerialParams
from modbus_connection.tmodbus import ModbusConnection
import pytest

from custom_components.csj_meter.bus.bus import LARGEST_READ, Bus
from custom_components.csj_meter.bus.errors import RefusedError
from custom_components.csj_meter.bus.timing import SERIAL_LATENCY, LineTiming
from custom_components.csj_meter.meters.discovery import discover
from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.meters.profile_loader import ProfileLibrary
from custom_components.csj_meter.meters.reading import Group

from .lines import null_modem

UNIT = 17

IDENTITY = [
    *(0x4353, 302, 0x0100, 3, 4, 0b0001_0011, 1, 0x0201, 0x0003, 2300, 8000, 1, 1),
    *(0x4C49, 0x424D, 0x4F44, 0x4255, 0x5300, 0x0000, 0),
]
"""A DTSY300 with firmware 2.1.3 whose serial number is LIBMODBUS; see docs/register-map.md."""

LIVE = [
    *(4711, 0b1, 2301, 2295, 2310, 3985, 3990, 3980),
    *(0, 1500, 0, 2500, 0, 3500, 0, 120),  # currents in mA
    *(0, 3450, 0, 5700, 0, 8000, 0, 17150),  # active power in 0.1 W
    *(0, 300, 0, 200, 0xFFFF, 0xFF9C, 0, 400),  # reactive power in 0.1 var
    *(0, 3463, 0, 5704, 0, 8001, 0, 17155),  # apparent power in 0.1 VA
    *(996, 999, 1000, 0xFFFF & -999, 4998, 210, 220, 230, 510, 520, 530, 37, 3333, 0xFFFF & -55, 3050, 2),
    *(1, 0x86A0),  # uptime
]

EXPECTED = {
    "sequence": 4711,
    "status": 1,
    "voltage_l1": 230.1,
    "voltage_l2": 229.5,
    "voltage_l3": 231.0,
    "voltage_l1_l2": 398.5,
    "current_l3": 3.5,
    "current_n": 0.12,
    "active_power_l1": 345.0,
    "active_power": 1715.0,
    "reactive_power_l3": -10.0,
    "reactive_power": 40.0,
    "apparent_power": 1715.5,
    "power_factor_l1": 0.996,
    "power_factor": -0.999,
    "frequency": 49.98,
    "voltage_thd_l1": 2.1,
    "current_thd_l3": 5.3,
    "voltage_unbalance": 0.37,
    "current_unbalance": 33.33,
    "temperature": -5.5,
    "battery_voltage": 3.05,
    "active_tariff": 2,
    "uptime": 100_000,
}
"""Worked out by hand from the words above."""


@pytest.fixture(scope="module")
def slave_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The slave, compiled."""
    compiler, pkg_config = shutil.which("cc"), shutil.which("pkg-config")
    if compiler is None or pkg_config is None:
        pytest.skip("no C compiler or pkg-config on this machine")
    flags = subprocess.run(
        [pkg_config, "--cflags", "--libs", "libmodbus"], capture_output=True, text=True, check=False
    )
    if flags.returncode:
        pytest.skip("libmodbus is not installed (Debian: libmodbus-dev)")
    program = tmp_path_factory.mktemp("slave") / "slave"
    source = Path(__file__).with_name("libmodbus_slave.c")
    subprocess.run([compiler, str(source), "-o", str(program), *flags.stdout.split()], check=True)
    return program


@pytest.mark.loopback
async def test_a_meter_served_by_libmodbus_is_discovered_and_read(slave_program: Path) -> None:
    assert (len(IDENTITY), len(LIVE)) == (20, 58)
    async with null_modem() as (ours, theirs):
        slave = await asyncio.create_subprocess_exec(
            slave_program, theirs, str(UNIT), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        assert slave.stdin is not None
        assert slave.stdout is not None
        slave.stdin.write(" ".join(map(str, IDENTITY + LIVE)).encode() + b"\n")
        assert await slave.stdout.readline() == b"ready\n"
        timing = LineTiming(latency=SERIAL_LATENCY)
        connection = ModbusConnection(ModbusSerialParams(device=ours), timeout=timing.patience(LARGEST_READ))
        library = ProfileLibrary.load()
        try:
            bus = Bus("line", connection.for_unit, timing)
            discovery = await discover(bus, library.profiles.values(), range(UNIT - 3, UNIT + 3))
            (found,) = discovery.found
            assert found.unit_id == UNIT
            assert found.identity.serial == "LIBMODBUS"
            assert found.identity.profile == "csj_3p_prepay"
            assert found.identity.model == "DTSY300"
            assert found.identity.firmware == "2.1.3"

            meter = Meter(bus, UNIT, library.profiles[found.identity.profile], found.identity)
            reading = await meter.read(Group.LIVE)
            assert {name: reading.values[name] for name in EXPECTED} == EXPECTED

            # what it does not serve is refused, and says so
            with pytest.raises(RefusedError, match="illegal data address"):
                await meter.read(Group.ENERGY)
        finally:
            await connection.close()
            slave.terminate()
            await slave.wait()
