"""A real Home Assistant finds the meters of a real line, and shows what they measure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Final

from homeassistant.components.modbus.connection import async_get_connection_info
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.meters.quantities import QUANTITIES, Kind
from custom_components.csj_meter.simulator.line import SimulatedLine
from custom_components.csj_meter.simulator.serial import serve_pty
from custom_components.csj_meter.simulator.site import demo_line
from custom_components.csj_meter.simulator.tcp import serve_modbus_tcp
from tests.surface.flows.dialogue import Dialogue, Person

from .gateways import ser2net

FROZEN: Final = 1_793_440_800.0
"""2026-10-31 10:00 UTC: the meters' time stands still, so that states and truth are of one sample."""

METERS: Final = 3
KINDS: Final = frozenset(
    {
        *(Kind.VOLTAGE, Kind.CURRENT, Kind.ACTIVE_POWER, Kind.REACTIVE_POWER, Kind.APPARENT_POWER),
        *(Kind.FREQUENCY, Kind.ENERGY_COUNTER, Kind.TEMPERATURE),
    }
)
"""Quantities whose sensors show the number itself, in the canonical unit."""

type Link = Callable[[SimulatedLine, Path], AbstractAsyncContextManager[tuple[str, dict[str, Any]]]]


@asynccontextmanager
async def _serial(line: SimulatedLine, _: Path) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    async with serve_pty(line) as server:
        yield "serial", {"device": server.path, "baudrate": "9600", "parity": "none"}


@asynccontextmanager
async def _behind_ser2net(line: SimulatedLine, folder: Path) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    async with serve_pty(line) as server, ser2net(folder, server.path) as port:
        yield "rtu_over_tcp", {"host": "127.0.0.1", "port": port, "baudrate": "9600"}


@asynccontextmanager
async def _modbus_tcp(line: SimulatedLine, _: Path) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    async with serve_modbus_tcp(line, "127.0.0.1", 0) as server:
        yield "modbus_tcp", {"host": "127.0.0.1", "port": server.port, "baudrate": "9600"}


LINKS: Final[Mapping[str, Link]] = {
    "serial": _serial,
    "ser2net": _behind_ser2net,
    "modbus tcp": _modbus_tcp,
}


async def _set_up(hass: HomeAssistant, link: str, fields: dict[str, Any]) -> ConfigEntry:
    """Walk through the dialogue as a person does."""
    dialogue: Dialogue = await (await Person(hass).set_up()).choose(link)
    await dialogue.fill(**fields)
    await dialogue.choose("scan_custom")
    await dialogue.fill(first=1, last=METERS + 1)
    await dialogue.wait()
    assert dialogue.at == "meters", dialogue
    await dialogue.fill()
    assert dialogue.at == "created", dialogue
    return dialogue.entry


def _states(hass: HomeAssistant, serial: str) -> dict[str, str]:
    """Quantity -> state of the enabled sensors of one meter."""
    registry = er.async_get(hass)
    states = {}
    for quantity in QUANTITIES.values():
        entity_id = registry.async_get_entity_id("sensor", DOMAIN, f"{serial}_{quantity.name}")
        if quantity.kind in KINDS and entity_id is not None and (state := hass.states.get(entity_id)):
            states[quantity.name] = state.state
    return states


async def _wait_for_values(hass: HomeAssistant, serials: list[str]) -> None:
    """Until every meter shows its energy, which is read after its live block."""
    async with asyncio.timeout(30):
        while any(  # noqa: ASYNC110 - the line is real
            _states(hass, serial).get("energy_import", "unknown") in {"unknown", "unavailable"}
            for serial in serials
        ):
            await asyncio.sleep(0.05)


@pytest.mark.loopback
@pytest.mark.parametrize("link", LINKS)
async def test_the_meters_of_a_line_are_found_and_their_values_shown(
    hass: HomeAssistant, tmp_path: Path, link: str
) -> None:
    line = demo_line(1, METERS, clock=lambda: FROZEN)
    async with LINKS[link](line, tmp_path) as (kind, fields):
        entry = await _set_up(hass, kind, fields)
        serials = [meter.nameplate.serial for meter in line.meters.values()]
        assert [meter.unique_id for meter in entry.subentries.values()] == serials
        await _wait_for_values(hass, serials)

        for meter in line.meters.values():
            truth = meter.truth()
            states = _states(hass, meter.nameplate.serial)
            assert {"voltage_l1", "active_power", "energy_import", "frequency"} <= set(states)
            wrong = {
                name: (state, truth[name])
                for name, state in states.items()
                if abs(float(state) - float(str(truth[name]))) > 0.001
            }
            assert not wrong

        # the link is Home Assistant's own, shared one
        (connection,) = async_get_connection_info(hass)
        assert connection.connected
        assert set(connection.units) == {entry.entry_id}

        assert await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()
        assert async_get_connection_info(hass) == []
