"""Firmware images where users put theirs, and what becomes of them at a meter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from homeassistant.components.homeassistant.const import DOMAIN as HA_DOMAIN
from homeassistant.components.update.const import DOMAIN as UPDATE_DOMAIN, SERVICE_INSTALL
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.simulator.firmware import build_image
from custom_components.csj_meter.simulator.models import Model

from .conftest import Home

UNIT = 1
"""A prepaid three-phase meter."""

PAYLOAD = bytes(range(256)) * 8


def put(
    hass: HomeAssistant, version: tuple[int, int, int], model: Model = Model.DTSY300, notes: str = ""
) -> Path:
    """Put an image where users put theirs."""
    folder = Path(hass.config.path(DOMAIN, "firmware"))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{model.name}-{'.'.join(map(str, version))}.bin"
    path.write_bytes(build_image(model, version, PAYLOAD))
    if notes:
        path.with_suffix(".md").write_text(notes, encoding="utf-8")
    return path


async def started(home: Home) -> Home:
    """The same, set up and with every group read once."""
    assert await home.set_up()
    await home.time.run(30)
    return home


def entity_id(home: Home, unit_id: int = UNIT) -> str:
    """Entity of the firmware of a meter."""
    found = home.entity_id("update", unit_id, "firmware")
    assert found is not None
    return found


async def install(home: Home, **data: str) -> None:
    """Install from the user interface."""
    call = home.hass.services.async_call(
        UPDATE_DOMAIN, SERVICE_INSTALL, {ATTR_ENTITY_ID: entity_id(home), **data}, blocking=True
    )
    await home.time.through(call)


async def look(home: Home) -> None:
    """Have the folder looked at, as with the action that updates an entity."""
    assert await async_setup_component(home.hass, HA_DOMAIN, {})
    await home.time.through(
        home.hass.services.async_call(
            HA_DOMAIN, "update_entity", {ATTR_ENTITY_ID: entity_id(home)}, blocking=True
        )
    )


def watch(home: Home, unit_id: int = UNIT) -> list[State]:
    """Every state of the firmware entity from now on."""
    states: list[State] = []

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) is not None:
            states.append(state)

    async_track_state_change_event(home.hass, entity_id(home, unit_id), changed)
    return states


def at_progress(home: Home, share: float, do: Callable[[], None], unit_id: int = UNIT) -> None:
    """Do something once when ``share`` (0..1) of an image has arrived."""
    done: list[bool] = []

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        percentage = None if state is None else state.attributes.get("update_percentage")
        if percentage is not None and percentage >= 100 * share and not done:
            done.append(True)
            do()

    async_track_state_change_event(home.hass, entity_id(home, unit_id), changed)


def runs(home: Home, unit_id: int = UNIT) -> str:
    """The version that the meter really runs."""
    return ".".join(map(str, home.line.meters[unit_id].firmware))
