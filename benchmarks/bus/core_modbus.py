"""Samples a minute of one meter: our bus, and Home Assistant's own ``modbus`` integration.

Both read the same quantities of the same meter on the same line, in one run, as fast as they can.
Home Assistant is real and configured as its documentation says: one sensor a quantity.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from homeassistant.helpers import frame
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from custom_components.csj_meter.meters.discovery import identify
from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.meters.profile import Field, FieldType
from custom_components.csj_meter.meters.profile_loader import ProfileLibrary
from custom_components.csj_meter.meters.reading import Group

from ..lines import Line, bus_on, simulated_line

BAUDRATE = 9600
SECONDS = 20.0
UNIT = 1

_CORE_TYPES = {
    FieldType.U16: "uint16",
    FieldType.I16: "int16",
    FieldType.U32: "uint32",
    FieldType.I32: "int32",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Samples a minute; a sample is every quantity of the live block once."""

    quantities: int
    """Quantities in a sample."""

    ours: float
    """Samples a minute of our bus."""

    core: float
    """Samples a minute of Home Assistant's ``modbus``."""

    @property
    def ratio(self) -> float:
        """How many times more samples ours are."""
        return self.ours / self.core


def _sensor(field: Field) -> dict[str, Any]:
    """One sensor as a user would write it."""
    return {
        "name": field.quantity,
        "slave": UNIT,
        "address": field.address,
        "input_type": field.space,
        "data_type": _CORE_TYPES[field.type],
        "scale": field.scale,
        "precision": 3,
        "scan_interval": 1,
    }


async def _ours(line: Line) -> tuple[float, tuple[Field, ...]]:
    profiles = ProfileLibrary.load().profiles
    async with bus_on(line, BAUDRATE) as bus:
        identity = await identify(bus, UNIT, profiles.values())
        meter = Meter(bus, UNIT, profiles[identity.profile], identity)
        loop = asyncio.get_running_loop()
        start, samples = loop.time(), 0
        while loop.time() - start < SECONDS:
            await meter.read(Group.LIVE)
            samples += 1
        return 60 * samples / (loop.time() - start), meter.plan(Group.LIVE).fields


async def _core(line: Line, fields: tuple[Field, ...]) -> float:
    config = {
        "modbus": [
            {
                "name": "line",
                "type": "serial",
                "method": "rtu",
                "port": line.path,
                "baudrate": BAUDRATE,
                "bytesize": 8,
                "parity": "N",
                "stopbits": 1,
                "sensors": [_sensor(field) for field in fields],
            }
        ]
    }
    async with async_test_home_assistant() as hass:
        frame.async_setup(hass)
        assert await async_setup_component(hass, "modbus", config)
        await hass.async_start()
        await hass.async_block_till_done()
        loop = asyncio.get_running_loop()
        start, before = loop.time(), await line.requests()
        await asyncio.sleep(SECONDS)
        served, passed = await line.requests() - before, loop.time() - start
        states = [hass.states.get(f"sensor.{field.quantity}") for field in fields]
        if any(state is None or state.state == "unavailable" for state in states):
            raise RuntimeError("Home Assistant's modbus did not read the meter")
        await hass.async_stop(force=True)
    return 60 * served / len(fields) / passed


async def compare() -> Comparison:
    """Both in one run."""
    async with simulated_line(1, BAUDRATE) as line:
        ours, fields = await _ours(line)
        core = await _core(line, fields)
    return Comparison(quantities=len(fields), ours=ours, core=core)
