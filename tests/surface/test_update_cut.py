"""Firmware whose transfer is cut: by the line, by the bridge or by whoever waits for it."""

from __future__ import annotations

import asyncio
from typing import Any

from homeassistant.components.update.const import DOMAIN as UPDATE_DOMAIN, SERVICE_INSTALL
from homeassistant.const import ATTR_ENTITY_ID, STATE_ON
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from custom_components.csj_meter.simulator.firmware import Phase

from .conftest import Home
from .firmware_images import UNIT, at_progress, entity_id, install, put, runs, started, watch


@pytest.mark.parametrize("kind", [FaultKind.METER_DEAD, FaultKind.UNPLUGGED])
async def test_a_transfer_that_is_cut_says_so_and_goes_on_from_there(keyed: Home, kind: FaultKind) -> None:
    put(keyed.hass, (9, 8, 7))
    home = await started(keyed)
    old = runs(home)
    fault = Fault(kind=kind, unit=None if kind is FaultKind.UNPLUGGED else UNIT)
    at_progress(home, 0.1, lambda: home.line.faults.set(fault))

    with pytest.raises(HomeAssistantError) as told:
        await install(home)

    assert told.value.translation_key == "firmware_not_installed"
    told_of = told.value.translation_placeholders
    assert told_of is not None
    assert (told_of["version"], told_of["installed"]) == ("9.8.7", old)
    assert 10 <= int(told_of["percent"]) < 20
    assert runs(home) == old
    state = home.state("update", UNIT, "firmware")
    assert (state.state, state.attributes["in_progress"]) == (STATE_ON, False)
    assert state.attributes["update_percentage"] is None
    assert home.line.meters[UNIT].updater.phase(home.time.wall) is Phase.RECEIVING

    home.line.faults.clear()
    await home.time.run(600)
    states = watch(home)
    await install(home)

    assert runs(home) == "9.8.7"
    shown = [state.attributes["update_percentage"] for state in states if state.attributes["in_progress"]]
    assert min(percentage for percentage in shown if percentage is not None) >= 10


async def test_another_image_after_a_cut_is_sent_from_its_beginning(keyed: Home) -> None:
    put(keyed.hass, (9, 8, 7))
    home = await started(keyed)
    at_progress(home, 0.5, lambda: home.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=UNIT)))
    with pytest.raises(HomeAssistantError):
        await install(home)
    home.line.faults.clear()
    await home.time.run(600)
    put(home.hass, (9, 9, 0))
    states = watch(home)

    await install(home)  # the folder is looked at again before

    assert runs(home) == "9.9.0"
    shown = [state.attributes["update_percentage"] for state in states if state.attributes["in_progress"]]
    assert min(percentage for percentage in shown if percentage is not None) == 0


async def test_unloading_ends_a_transfer(keyed: Home) -> None:
    put(keyed.hass, (9, 8, 7))
    home = await started(keyed)
    old = runs(home)
    call = asyncio.ensure_future(
        home.hass.services.async_call(
            UPDATE_DOMAIN, SERVICE_INSTALL, {ATTR_ENTITY_ID: entity_id(home)}, blocking=True
        )
    )
    await home.time.run(2)
    entity = entity_id(home)

    assert await home.tear_down()

    with pytest.raises(HomeAssistantError) as told:
        await call
    assert told.value.translation_key == "firmware_not_installed"
    assert runs(home) == old
    assert not [task for task in asyncio.all_tasks() if "firmware" in task.get_name()]
    state = home.hass.states.get(entity)
    assert state is not None
    assert state.state == "unavailable"
    requests = home.line.counters.requests
    await home.time.run(60)
    assert home.line.counters.requests == requests


async def test_removing_the_meter_ends_its_transfer(keyed: Home) -> None:
    put(keyed.hass, (9, 8, 7))
    home = await started(keyed)
    call = asyncio.ensure_future(
        home.hass.services.async_call(
            UPDATE_DOMAIN, SERVICE_INSTALL, {ATTR_ENTITY_ID: entity_id(home)}, blocking=True
        )
    )
    await home.time.run(2)
    subentry = next(each for each in home.entry.subentries.values() if each.unique_id == home.serial(UNIT))
    home.hass.config_entries.async_remove_subentry(home.entry, subentry.subentry_id)
    await home.time.run(1)

    with pytest.raises(HomeAssistantError) as told:
        await call
    assert told.value.translation_key == "firmware_not_installed"
    assert not [task for task in asyncio.all_tasks() if "firmware" in task.get_name()]


async def test_who_gives_up_waiting_ends_the_transfer(keyed: Home) -> None:
    put(keyed.hass, (9, 8, 7))
    home = await started(keyed)
    call = asyncio.ensure_future(
        home.hass.services.async_call(
            UPDATE_DOMAIN, SERVICE_INSTALL, {ATTR_ENTITY_ID: entity_id(home)}, blocking=True
        )
    )
    await home.time.run(2)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await home.time.through(_result(call))

    assert home.state("update", UNIT, "firmware").attributes["in_progress"] is False
    await install(home)
    assert runs(home) == "9.8.7"


async def _result(future: asyncio.Future[Any]) -> None:
    await future
