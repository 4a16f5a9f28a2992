"""Bridges in the dialogues: gateways and meters that they are about, and the ways to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.const import DOMAIN, SUBENTRY_METER
from custom_components.csj_meter.simulator import SimulatedLine

from .dialogue import Dialogue, Person

FAST = "115200"
REGISTRATION = "invented-house-7"


def meters_of(entry: ConfigEntry) -> dict[int, tuple[str | None, str, str]]:
    """Unit id (0 of a pulse counter) -> serial number, name and circuit of the meters of a bridge."""
    return {
        subentry.data.get("unit_id", 0): (subentry.unique_id, subentry.title, subentry.data["circuit"])
        for subentry in entry.get_subentries_of_type(SUBENTRY_METER)
    }


def serials(line: SimulatedLine) -> dict[int, str]:
    """Unit id -> serial number of the meters on a line."""
    return {unit_id: meter.nameplate.serial for unit_id, meter in line.meters.items()}


async def has_values(hass: HomeAssistant, entry: ConfigEntry, serial: str) -> None:
    """Return when the power of a meter has a number."""
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    entity_id = er.async_get(hass).async_get_entity_id("sensor", DOMAIN, f"{serial}_active_power")
    assert entity_id is not None
    async with asyncio.timeout(10):  # the line answers in real time
        while (state := hass.states.get(entity_id)) is None or not is_number(state.state):  # noqa: ASYNC110 - the line is real
            await asyncio.sleep(0.02)


def is_number(text: str) -> bool:
    """Whether a state is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


async def scan_first(dialogue: Dialogue, last: int) -> Dialogue:
    """Scan the first unit ids."""
    await dialogue.choose("scan_custom")
    await dialogue.fill(first=1, last=last)
    return await dialogue.wait()


@asynccontextmanager
async def calling_gateway(line: SimulatedLine, port: int, text: str) -> AsyncIterator[asyncio.Task[None]]:
    """A gateway on whose RS485 side the line is; the task ends when it is hung up on."""

    async def serve() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(text.encode())
        socket = line.attach(writer.write)
        try:
            while data := await reader.read(256):
                socket.feed(data)
        finally:
            socket.close()
            writer.close()

    task = asyncio.create_task(serve())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


def our_tasks() -> set[str]:
    """Names of the tasks of dialogues that still run."""
    return {
        name for task in asyncio.all_tasks() if (name := task.get_name()).startswith("csj_meter dialogue")
    }


async def all_is_quiet(person: Person) -> None:
    """Return when no task of a dialogue is left; a port takes a moment to close."""
    for _ in range(1000):
        if not our_tasks():
            return
        await person.wait(0.01)
    assert not our_tasks()


async def network(person: Person, kind: str, port: int, **values: Any) -> Dialogue:
    """Describe a gateway on this machine."""
    dialogue = await (await person.set_up()).choose(kind)
    return await dialogue.fill(**{"host": "127.0.0.1", "port": port, "baudrate": FAST, **values})


async def simulated(patient: Person, **values: Any) -> Dialogue:
    """Scan the simulated line."""
    dialogue = await (await patient.set_up()).choose("simulated")
    await dialogue.fill(**values)
    return await dialogue.wait()


def bridge(hass: HomeAssistant, title: str = "Cellar", **data: Any) -> MockConfigEntry:
    """A bridge that is configured, but not set up."""
    entry = MockConfigEntry(
        domain=DOMAIN, title=title, data={"baudrate": 9600, "parity": "N", "stopbits": 1, **data}
    )
    entry.add_to_hass(hass)
    return entry
