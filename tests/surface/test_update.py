"""Firmware as people see it: offered, installed, cut, refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from homeassistant.components.homeassistant.const import DOMAIN as HA_DOMAIN
from homeassistant.components.update.const import (
    ATTR_INSTALLED_VERSION,
    ATTR_LATEST_VERSION,
    ATTR_VERSION,
    DATA_COMPONENT,
    DOMAIN as UPDATE_DOMAIN,
    SERVICE_INSTALL,
)
from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_ON, EntityCategory
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component
import pytest

from custom_components.csj_meter.const import CONF_KEY, DOMAIN
from custom_components.csj_meter.meters.poller import FAST_PERIOD
from custom_components.csj_meter.meters.reading import Group
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from custom_components.csj_meter.simulator.firmware import Phase, build_image
from custom_components.csj_meter.simulator.models import Model

from .conftest import Home, subentry_of

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


@pytest.fixture
def keyed(home: Home) -> Home:
    """A bridge that knows the keys of its meters, not set up yet."""
    return home.with_meters(
        *(subentry_of(meter, **{CONF_KEY: meter.nameplate.key}) for meter in home.meters())
    )


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


async def test_without_images_what_runs_is_the_latest(keyed: Home) -> None:
    home = await started(keyed)

    state = home.state("update", UNIT, "firmware")

    assert state.state == STATE_OFF
    assert state.attributes[ATTR_INSTALLED_VERSION] == state.attributes[ATTR_LATEST_VERSION] == runs(home)
    assert state.attributes["title"] == "CSJ DTSY300"
    assert state.attributes["device_class"] == "firmware"
    entry = er.async_get(home.hass).async_get(entity_id(home))
    assert entry is not None
    assert entry.entity_category is EntityCategory.CONFIG
    assert entry.original_name is None or entry.original_name == "Firmware"


async def test_the_newest_for_the_model_is_offered(keyed: Home) -> None:
    put(keyed.hass, (9, 8, 7), notes="# 9.8.7\n\nCounts better.")
    put(keyed.hass, (9, 10, 0), notes="# 9.10.0\n\nCounts best.")
    put(keyed.hass, (0, 1, 0))
    put(keyed.hass, (10, 0, 0), Model.DTS300)
    home = await started(keyed)

    state = home.state("update", UNIT, "firmware")

    assert state.state == STATE_ON
    assert state.attributes[ATTR_LATEST_VERSION] == "9.10.0"
    assert state.attributes["release_summary"] == "Counts best."


async def test_what_is_older_or_for_other_models_is_not_offered(keyed: Home) -> None:
    put(keyed.hass, (0, 1, 0))
    put(keyed.hass, (10, 0, 0), Model.DTS300)
    home = await started(keyed)

    state = home.state("update", UNIT, "firmware")

    assert state.state == STATE_OFF
    assert state.attributes[ATTR_LATEST_VERSION] == runs(home)
    assert state.attributes["release_summary"] is None


async def test_the_release_text_can_be_read(keyed: Home) -> None:
    put(keyed.hass, (9, 8, 7), notes="# 9.8.7\n\nCounts better.")
    home = await started(keyed)
    entity = home.hass.data[DATA_COMPONENT].get_entity(entity_id(home))

    assert entity is not None
    assert await entity.async_release_notes() == "# 9.8.7\n\nCounts better."


@pytest.mark.usefixtures("everything_enabled")
async def test_a_meter_that_takes_no_commands_has_no_firmware_to_install(home: Home) -> None:
    meter = home.line.meters[UNIT]
    plain = home.with_meters(subentry_of(meter, profile="eastron_sdm630"))
    await plain.set_up()

    assert plain.entity_id("update", UNIT, "firmware") is None


async def test_an_image_reaches_the_meter_and_runs(keyed: Home) -> None:
    put(keyed.hass, (9, 8, 7))
    home = await started(keyed)
    states = watch(home)

    await install(home)

    assert runs(home) == "9.8.7"
    state = home.state("update", UNIT, "firmware")
    assert state.state == STATE_OFF
    assert state.attributes[ATTR_INSTALLED_VERSION] == "9.8.7"
    assert state.attributes["in_progress"] is False
    device = dr.async_get(home.hass).async_get_device_by_identifier(
        (DOMAIN, home.serial(UNIT)), home.entry.entry_id
    )
    assert device is not None
    assert device.sw_version == "9.8.7"
    stored = [dict(subentry.data) for subentry in home.entry.subentries.values()]
    assert [data["identity"]["firmware"] for data in stored if data["unit_id"] == UNIT] == ["9.8.7"]
    shown = [state.attributes["update_percentage"] for state in states if state.attributes["in_progress"]]
    assert shown[0] is None
    assert shown[1:] == sorted(shown[1:])
    assert {0, 100} < set(shown)
    assert home.state_of_entry() == "loaded"


async def test_an_older_version_is_installed_when_it_is_asked_for(keyed: Home) -> None:
    put(keyed.hass, (0, 1, 0))
    home = await started(keyed)

    await install(home, **{ATTR_VERSION: "0.1.0"})

    assert runs(home) == "0.1.0"
    state = home.state("update", UNIT, "firmware")
    assert (state.state, state.attributes[ATTR_INSTALLED_VERSION]) == (STATE_OFF, "0.1.0")


async def test_a_version_that_is_not_there_is_named_with_those_that_are(keyed: Home) -> None:
    put(keyed.hass, (9, 8, 7))
    put(keyed.hass, (7, 7, 7), Model.DTS300)
    home = await started(keyed)

    with pytest.raises(ServiceValidationError) as told:
        await install(home, **{ATTR_VERSION: "7.7.7"})

    assert told.value.translation_key == "firmware_missing"
    assert told.value.translation_placeholders == {"version": "7.7.7", "model": "DTSY300", "known": "9.8.7"}
    assert home.state("update", UNIT, "firmware").attributes["in_progress"] is False


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


async def test_an_image_that_arrives_broken_leaves_the_old_firmware(
    keyed: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(keyed.hass, (9, 8, 7))
    home = await started(keyed)
    old = runs(home)
    updater = home.line.meters[UNIT].updater
    receive = updater.receive

    def broken_flash(file: int, record: int, values: list[int], now: float) -> None:
        receive(file, record, [value ^ (record == 120) for value in values], now)

    monkeypatch.setattr(updater, "receive", broken_flash)
    with pytest.raises(HomeAssistantError) as told:
        await install(home)
    assert told.value.translation_key == "firmware_not_installed"
    assert "bad_crc" in (told.value.translation_placeholders or {})["error"]
    assert runs(home) == old

    monkeypatch.setattr(updater, "receive", receive)
    await install(home)
    assert runs(home) == "9.8.7"


async def test_without_the_key_nothing_is_sent(home: Home) -> None:
    put(home.hass, (9, 8, 7))
    await started(home)

    with pytest.raises(HomeAssistantError) as told:
        await install(home)

    assert told.value.translation_key == "firmware_not_installed"
    assert "its key is not known" in (told.value.translation_placeholders or {})["error"]
    assert home.line.meters[UNIT].updater.phase(home.time.wall) is Phase.IDLE


async def test_a_meter_that_misses_its_restart_says_so_and_is_restarted_later(keyed: Home) -> None:
    put(keyed.hass, (9, 8, 7))
    home = await started(keyed)
    meter = home.line.meters[UNIT]
    old = runs(home)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(meter, "restart", lambda: None)
        with pytest.raises(HomeAssistantError) as told:
            await install(home)

    assert told.value.translation_key == "firmware_waits"
    assert runs(home) == old
    assert home.state("update", UNIT, "firmware").state == STATE_ON

    states = watch(home)
    await install(home)
    assert runs(home) == "9.8.7"
    assert {state.attributes.get("update_percentage") for state in states} <= {None, 100}


async def test_only_one_install_at_a_time(keyed: Home) -> None:
    put(keyed.hass, (9, 8, 7))
    home = await started(keyed)
    first = home.hass.async_create_task(
        home.hass.services.async_call(
            UPDATE_DOMAIN, SERVICE_INSTALL, {ATTR_ENTITY_ID: entity_id(home)}, blocking=True
        )
    )
    await home.time.run(2)
    assert home.state("update", UNIT, "firmware").attributes["in_progress"] is True

    with pytest.raises(HomeAssistantError) as told:
        await install(home)

    assert told.value.translation_key == "update_in_progress"
    assert home.state("update", UNIT, "firmware").attributes["in_progress"] is True
    await home.time.run(120)
    await first
    assert runs(home) == "9.8.7"


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


@pytest.mark.meters(live_period=30)
async def test_a_new_file_is_seen_within_the_hour_or_when_asked_for(home: Home) -> None:
    await started(home.with_meters(subentry_of(home.line.meters[UNIT])))
    put(home.hass, (9, 8, 7))
    assert home.state("update", UNIT, "firmware").state == STATE_OFF

    await home.time.run(3700)
    assert home.state("update", UNIT, "firmware").attributes[ATTR_LATEST_VERSION] == "9.8.7"

    put(home.hass, (9, 8, 8))
    await look(home)
    assert home.state("update", UNIT, "firmware").attributes[ATTR_LATEST_VERSION] == "9.8.8"


async def test_a_broken_file_is_an_issue_until_it_is_gone(keyed: Home) -> None:
    path = put(keyed.hass, (9, 8, 7))
    path.write_bytes(b"nothing")
    home = await started(keyed)
    issues = ir.async_get(home.hass)

    issue = issues.async_get_issue(DOMAIN, f"broken_firmware_{path.name}")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["file"] == path.name
    assert set(issue.translation_placeholders) == {"file", "problem", "remedy"}
    assert home.state("update", UNIT, "firmware").state == STATE_OFF

    path.unlink()
    await look(home)
    assert issues.async_get_issue(DOMAIN, f"broken_firmware_{path.name}") is None


async def test_an_image_that_is_exchanged_for_nonsense_is_not_sent(
    keyed: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(keyed.hass, (9, 8, 7))
    home = await started(keyed)
    path.write_bytes(b"nothing")

    with pytest.raises(HomeAssistantError) as told:
        await install(home)

    assert told.value.translation_key == "firmware_missing"
    assert home.line.meters[UNIT].updater.phase(home.time.wall) is Phase.IDLE


async def test_the_other_meters_are_read_in_time_while_an_image_is_sent(keyed: Home) -> None:
    folder = put(keyed.hass, (9, 8, 7)).parent
    (folder / "DTSY300-9.8.7.bin").write_bytes(build_image(Model.DTSY300, (9, 8, 7), bytes(40_000)))
    home = await started(keyed)
    times: dict[str, list[float]] = {}

    def heard(serial: str) -> None:
        coordinator = next(c for c in coordinators if c.identity.serial == serial)
        if Group.LIVE in coordinator.data.updated:
            times.setdefault(serial, []).append(coordinator.data.readings[Group.LIVE].at)

    coordinators = list(home.entry.runtime_data.coordinators.values())
    for coordinator in coordinators:
        serial = coordinator.identity.serial
        coordinator.async_add_listener(lambda serial=serial: heard(serial))
    await home.time.run(120)
    begun = home.time.wall

    await install(home)

    ended = home.time.wall
    await home.time.run(60)
    assert ended - begun > 60, "the image is too small to disturb anybody"
    assert len(times) == len(coordinators)
    for serial, moments in times.items():
        if serial == home.serial(UNIT):
            continue
        gaps = [after - before for before, after in pairwise(moments)]
        assert max(gaps) < FAST_PERIOD + 1.0, serial
