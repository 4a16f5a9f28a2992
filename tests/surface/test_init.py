"""A bridge is set up, changed, taken down and removed, and leaves nothing behind."""

from __future__ import annotations

import asyncio
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.helpers.event import async_track_state_change_event
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter import async_remove_config_entry_device
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.meters.reading import Group
from custom_components.csj_meter.simulator import Fault, FaultKind, demo_line

from .conftest import Home, identity_of, subentry_of, write_profile


def polls(home: Home) -> list[asyncio.Task[Any]]:
    """The tasks that poll a line."""
    return [task for task in asyncio.all_tasks(home.hass.loop) if task.get_name().startswith("poll ")]


def new_subentry(home: Home, unit_id: int, **changes: Any) -> ConfigSubentry:
    """What a scan adds when it finds the meter at ``unit_id``."""
    data = subentry_of(home.line.meters[unit_id], **changes)
    return ConfigSubentry(
        data=MappingProxyType(dict(data["data"])),
        subentry_type=data["subentry_type"],
        title=data["title"],
        unique_id=data["unique_id"],
    )


def subentry_at(home: Home, unit_id: int) -> ConfigSubentry:
    """The subentry of the meter at ``unit_id``."""
    subentries: list[ConfigSubentry] = home.entry.get_subentries_of_type("meter")
    return next(subentry for subentry in subentries if subentry.data["unit_id"] == unit_id)


async def test_a_bridge_is_a_device_and_its_meters_hang_on_it(bridge: Home, hass: HomeAssistant) -> None:
    devices = dr.async_get(hass)
    cellar = devices.async_get_device_by_identifier((DOMAIN, bridge.entry.entry_id), bridge.entry.entry_id)
    meter = devices.async_get_device_by_identifier((DOMAIN, bridge.serial(1)), bridge.entry.entry_id)

    assert cellar is not None
    assert meter is not None
    assert (cellar.name, cellar.model) == ("Cellar", "Simulated line")
    assert meter.via_device_id == cellar.id
    assert (meter.name, meter.manufacturer, meter.model) == ("Home 1", "CSJ", "DTSY300")
    assert (meter.serial_number, meter.sw_version, meter.hw_version) == (bridge.serial(1), "1.4.2", "3")
    assert len(dr.async_entries_for_config_entry(devices, bridge.entry.entry_id)) == 3


async def test_entities_belong_to_the_subentry_of_their_meter(bridge: Home, hass: HomeAssistant) -> None:
    registry = er.async_get(hass)
    for subentry in bridge.entry.subentries.values():
        own = [
            entity
            for entity in er.async_entries_for_config_entry(registry, bridge.entry.entry_id)
            if entity.config_subentry_id == subentry.subentry_id
        ]
        assert own
        assert all(entity.unique_id.startswith(f"{subentry.unique_id}_") for entity in own)


async def test_unloading_stops_the_polling(bridge: Home) -> None:
    assert len(polls(bridge)) == 1

    assert await bridge.tear_down()

    assert bridge.state_of_entry() == "not_loaded"
    assert polls(bridge) == []
    assert bridge.state("sensor", 1, "active_power").state == STATE_UNAVAILABLE


async def test_a_reloaded_bridge_goes_on(bridge: Home, hass: HomeAssistant) -> None:
    assert await bridge.time.through(hass.config_entries.async_reload(bridge.entry.entry_id))
    await bridge.time.run(30)

    assert len(polls(bridge)) == 1
    assert float(bridge.state("sensor", 1, "active_power").state)


async def test_a_removed_bridge_leaves_nothing(
    bridge: Home, hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    await bridge.time.run(1000)
    assert f"csj_meter.{bridge.entry.entry_id}" in hass_storage

    await bridge.time.through(hass.config_entries.async_remove(bridge.entry.entry_id))

    assert polls(bridge) == []
    assert f"csj_meter.{bridge.entry.entry_id}" not in hass_storage
    assert not dr.async_entries_for_config_entry(dr.async_get(hass), bridge.entry.entry_id)
    assert not er.async_entries_for_config_entry(er.async_get(hass), bridge.entry.entry_id)


async def test_stopping_home_assistant_stops_the_polling(bridge: Home, hass: HomeAssistant) -> None:
    await bridge.time.through(hass.async_stop())

    assert polls(bridge) == []


async def test_a_link_that_is_down_is_tried_again(home: Home) -> None:
    home.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))

    assert not await home.set_up()

    assert home.state_of_entry() == "setup_retry"
    assert home.entry.error_reason_translation_key == "link_down"
    assert polls(home) == []

    home.line.faults.clear()
    await home.time.run(30)

    assert home.state_of_entry() == "loaded"
    assert float(home.state("sensor", 1, "active_power").state)


async def test_a_silent_meter_does_not_keep_a_bridge_from_starting(home: Home) -> None:
    home.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=1))

    assert await home.set_up()
    await home.time.run(30)

    assert home.state("sensor", 1, "active_power").state == STATE_UNAVAILABLE
    assert float(home.state("sensor", 2, "active_power").state)


async def test_a_bridge_without_meters_is_ready_for_the_first(home: Home, hass: HomeAssistant) -> None:
    home = home.with_meters()
    assert await home.set_up()

    hass.config_entries.async_add_subentry(home.entry, new_subentry(home, 4))
    await home.time.run(30)

    assert float(home.state("sensor", 4, "active_power").state)


async def test_a_meter_joins_while_the_others_are_polled(home: Home, hass: HomeAssistant) -> None:
    home = home.with_meters(*(subentry_of(home.line.meters[unit_id]) for unit_id in (1, 2)))
    assert await home.set_up()
    await home.time.run(30)
    task = polls(home)

    hass.config_entries.async_add_subentry(home.entry, new_subentry(home, 3))
    await home.time.run(30)

    assert polls(home) == task
    assert float(home.state("sensor", 3, "active_power").state)
    assert home.state("binary_sensor", 3, "connectivity").state == "on"
    assert home.entity_id("button", 3, "take_sample")
    entity = er.async_get(hass).async_get(home.entity_id("sensor", 3, "active_power") or "")
    assert entity is not None
    assert entity.config_subentry_id == subentry_at(home, 3).subentry_id


async def being_set_up(home: Home) -> asyncio.Task[bool]:
    """The set-up of a bridge, which just waits for a meter that does not answer."""
    home.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=1))
    home.entry.add_to_hass(home.hass)
    setting_up = home.hass.async_create_task(home.hass.config_entries.async_setup(home.entry.entry_id))
    await home.time.run(0.1)
    assert home.entry.state is ConfigEntryState.SETUP_IN_PROGRESS
    return setting_up


async def test_meters_that_come_and_go_while_a_bridge_is_set_up_are_followed(
    home: Home, hass: HomeAssistant
) -> None:
    setting_up = await being_set_up(home)
    hass.config_entries.async_add_subentry(home.entry, new_subentry(home, 3))
    hass.config_entries.async_remove_subentry(home.entry, subentry_at(home, 2).subentry_id)
    await home.time.run(30)

    await setting_up
    assert float(home.state("sensor", 3, "active_power").state)
    units = {one.source.unit_id for one in home.entry.runtime_data.coordinators.values()}
    assert units == {1, 3}


async def test_an_option_that_is_set_while_a_bridge_is_set_up_holds(home: Home, hass: HomeAssistant) -> None:
    setting_up = await being_set_up(home)
    hass.config_entries.async_update_entry(home.entry, options={"live_period": 20})
    await home.time.run(60)

    await setting_up
    runtime = home.entry.runtime_data
    periods = {runtime.poller.period(one.source, Group.LIVE) for one in runtime.coordinators.values()}
    assert max(periods) == 20.0  # a meter that samples fast is asked oftener


async def test_a_meter_leaves_while_the_others_are_polled(bridge: Home, hass: HomeAssistant) -> None:
    task = polls(bridge)
    before = bridge.line.counters.requests
    entity_id = bridge.entity_id("sensor", 2, "active_power")
    assert entity_id is not None

    hass.config_entries.async_remove_subentry(bridge.entry, subentry_at(bridge, 2).subentry_id)
    bridge.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=2))
    await bridge.time.run(120)

    assert polls(bridge) == task
    assert bridge.line.counters.requests > before
    assert hass.states.get(entity_id) is None
    assert bridge.entity_id("sensor", 2, "active_power") is None
    assert len(bridge.entry.runtime_data.coordinators) == 1
    assert bridge.bridge_state("sensor", "timeouts").state == "0", "nobody asks the meter that has left"
    assert float(bridge.state("sensor", 1, "active_power").state)


async def test_a_renamed_meter_has_its_new_name_after_a_reload(bridge: Home, hass: HomeAssistant) -> None:
    task = polls(bridge)

    hass.config_entries.async_update_subentry(bridge.entry, subentry_at(bridge, 1), title="Attic")
    await bridge.time.run(30)

    assert polls(bridge) != task
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, bridge.serial(1)), bridge.entry.entry_id
    )
    assert device is not None
    assert device.name == "Attic"
    assert float(bridge.state("sensor", 1, "active_power").state)


async def test_a_new_circuit_reaches_its_sensor(bridge: Home, hass: HomeAssistant) -> None:
    subentry = subentry_at(bridge, 1)

    hass.config_entries.async_update_subentry(
        bridge.entry, subentry, data={**subentry.data, "circuit": "Transformer 7"}
    )
    await bridge.time.run(30)

    assert bridge.state("sensor", 1, "circuit").state == "Transformer 7"


@pytest.mark.meters(live_period=30)
async def test_a_firmware_update_shows_without_a_reload(bridge: Home, hass: HomeAssistant) -> None:
    task = polls(bridge)
    meter = bridge.line.meters[1]
    updated = type(meter.nameplate)(
        **{name: getattr(meter.nameplate, name) for name in type(meter.nameplate).__dataclass_fields__}
        | {"firmware": (1, 5, 0)}
    )
    meter.nameplate = updated

    await bridge.time.run(3700)

    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, bridge.serial(1)), bridge.entry.entry_id
    )
    assert device is not None
    assert device.sw_version == "1.5.0"
    assert subentry_at(bridge, 1).data["identity"]["firmware"] == "1.5.0"
    assert polls(bridge) == task


async def test_a_meter_that_offers_more_than_stored_gets_its_entities(home: Home) -> None:
    identity = identity_of(home.line.meters[1]).as_dict() | {"tariffs": 4}
    home = home.with_meters(subentry_of(home.line.meters[1], identity=identity))
    assert await home.set_up()
    assert home.entity_id("sensor", 1, "energy_import_t6") is None

    await home.time.run(60)

    assert float(home.state("sensor", 1, "energy_import_t6").state)


async def test_totals_go_on_after_a_restart_across_a_roll_over(
    home: Home, hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    home = home.with_meters(subentry_of(home.line.meters[2]))
    hass_storage[f"csj_meter.{home.entry.entry_id}"] = {
        "version": 1,
        "minor_version": 1,
        "key": f"csj_meter.{home.entry.entry_id}",
        "data": {home.serial(2): {"counters": {"energy_import": [999_999.5, 0]}}},
    }
    assert await home.set_up()
    await home.time.run(30)

    shown = float(home.state("sensor", 2, "energy_import").state)
    assert shown == pytest.approx(1_000_000 + float(str(home.line.meters[2].truth()["energy_import"])), abs=1)

    assert await home.tear_down()
    kept = hass_storage[f"csj_meter.{home.entry.entry_id}"]["data"][home.serial(2)]
    assert kept["counters"]["energy_import"][1] == 1
    assert kept["currency"] == 978
    assert await home.time.through(hass.config_entries.async_setup(home.entry.entry_id))
    await home.time.run(30)
    assert float(home.state("sensor", 2, "energy_import").state) >= shown


@pytest.mark.meters(live_period=30)
async def test_another_meter_in_its_place_is_pointed_out(
    bridge: Home, issue_registry: ir.IssueRegistry
) -> None:
    issue_id = f"foreign_meter_{subentry_at(bridge, 2).subentry_id}"
    bridge.line.faults.set(Fault(kind=FaultKind.FOREIGN_SERIAL, unit=2, magnitude=5))
    await bridge.time.run(3700)

    issue = issue_registry.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders == {
        "meter": "Home 2",
        "bridge": "Cellar",
        "unit": "2",
        "expected": bridge.serial(2),
        "found": bridge.serial(5),
    }

    bridge.line.faults.clear()
    await bridge.time.run(3700)

    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None


async def test_nothing_of_a_meter_that_was_exchanged_while_nobody_polled_is_taken_for_its_own(
    home: Home, everything_enabled: None, hass_storage: dict[str, Any], issue_registry: ir.IssueRegistry
) -> None:
    key = f"csj_meter.{home.entry.entry_id}"
    counters = {"energy_import": [0.5, 0]}
    hass_storage[key] = {
        "version": 1,
        "minor_version": 1,
        "key": key,
        "data": {home.serial(2): {"counters": counters}},
    }
    home.line.faults.set(Fault(kind=FaultKind.FOREIGN_SERIAL, unit=2, magnitude=5))
    assert await home.set_up()
    seen: list[str] = []

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) is not None:
            seen.append(state.state)

    for name in ("active_power", "energy_import", "balance"):
        entity_id = home.entity_id("sensor", 2, name)
        assert entity_id is not None
        async_track_state_change_event(home.hass, [entity_id], changed)
    await home.time.run(90)

    assert not [state for state in seen if state not in (STATE_UNAVAILABLE, STATE_UNKNOWN)]
    assert home.state("sensor", 2, "energy_import").state == STATE_UNAVAILABLE
    assert float(home.state("sensor", 1, "energy_import").state)
    issue_id = f"foreign_meter_{subentry_at(home, 2).subentry_id}"
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is not None
    assert await home.tear_down()
    assert hass_storage[key]["data"][home.serial(2)]["counters"] == counters


async def test_a_meter_without_its_profile_is_pointed_out_and_the_others_work(
    home: Home, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    meters = home.line.meters
    home = home.with_meters(subentry_of(meters[1], profile="lost"), subentry_of(meters[2]))
    assert await home.set_up()
    await home.time.run(30)
    issue_id = f"missing_profile_{subentry_at(home, 1).subentry_id}"

    issue = issue_registry.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders == {"meter": "Home 1", "profile": "lost"}
    assert home.entity_id("sensor", 1, "active_power") is None
    assert float(home.state("sensor", 2, "active_power").state)

    assert await home.tear_down()
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None

    assert await home.time.through(hass.config_entries.async_setup(home.entry.entry_id))
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is not None
    hass.config_entries.async_remove_subentry(home.entry, subentry_at(home, 1).subentry_id)
    await home.time.run(1)
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None


async def test_a_meter_that_is_given_another_profile_misses_none_any_more(
    home: Home, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    meters = home.line.meters
    home = home.with_meters(subentry_of(meters[1], profile="lost"), subentry_of(meters[2]))
    assert await home.set_up()
    await home.time.run(30)
    subentry = subentry_at(home, 1)
    issue_id = f"missing_profile_{subentry.subentry_id}"
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is not None

    data = {**subentry.data, "profile": identity_of(meters[1]).profile}
    hass.config_entries.async_update_subentry(home.entry, subentry, data=data)
    await home.time.run(30)

    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None
    assert float(home.state("sensor", 1, "active_power").state)


async def test_totals_go_on_when_a_broken_profile_was_mended(
    home: Home, hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    meters = home.line.meters
    home = home.with_meters(subentry_of(meters[1]), subentry_of(meters[2], profile="mine"))
    key = f"csj_meter.{home.entry.entry_id}"
    before = {"counters": {"energy_import": [0.5, 1]}, "currency": 978, "credit_mode": "money"}
    data = {home.serial(2): before, "removed long ago": before}
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": data}
    write_profile(hass, "mine", "extends: csj_3p_prepay\nspeed: fast\n")
    assert await home.set_up()
    await home.time.run(1000)
    assert hass_storage[key]["data"].keys() == {home.serial(1), home.serial(2)}

    assert await home.tear_down()
    assert hass_storage[key]["data"].keys() == {home.serial(1), home.serial(2)}
    assert hass_storage[key]["data"][home.serial(2)] == before
    write_profile(hass, "mine", "extends: csj_3p_prepay\n")
    assert await home.time.through(hass.config_entries.async_setup(home.entry.entry_id))
    await home.time.run(30)
    assert float(home.state("sensor", 2, "energy_import").state) > 1_000_000

    hass.config_entries.async_remove_subentry(home.entry, subentry_at(home, 2).subentry_id)
    await home.time.run(1)
    assert await home.tear_down()
    assert hass_storage[key]["data"].keys() == {home.serial(1)}


async def test_a_meter_can_join_with_a_profile_that_was_written_just_now(
    home: Home, hass: HomeAssistant
) -> None:
    home = home.with_meters(subentry_of(home.line.meters[2]))
    assert await home.set_up()
    await home.time.run(10)
    write_profile(hass, "mine", "extends: csj_3p\n")

    hass.config_entries.async_add_subentry(home.entry, new_subentry(home, 3, profile="mine"))
    await home.time.run(30)

    assert float(home.state("sensor", 3, "active_power").state)
    assert float(home.state("sensor", 2, "active_power").state)


async def test_a_broken_profile_file_is_pointed_out_until_it_is_mended(
    home: Home, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    write_profile(hass, "mine", "extends: csj_3p\nspeed: fast\n")
    assert await home.set_up()

    issue = issue_registry.async_get_issue(DOMAIN, "broken_profile_mine")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["line"] == "2"

    write_profile(hass, "mine", "extends: csj_3p\n")
    assert await home.time.through(hass.config_entries.async_reload(home.entry.entry_id))

    assert issue_registry.async_get_issue(DOMAIN, "broken_profile_mine") is None


async def test_only_devices_that_are_gone_can_be_removed(bridge: Home, hass: HomeAssistant) -> None:
    devices = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(devices, bridge.entry.entry_id):
        assert not await async_remove_config_entry_device(hass, bridge.entry, device)
    old = devices.async_get_or_create(
        config_entry_id=bridge.entry.entry_id, identifiers={(DOMAIN, "exchanged long ago")}
    )

    assert await async_remove_config_entry_device(hass, bridge.entry, old)


async def test_a_meter_that_is_not_set_up_cannot_be_removed(home: Home, hass: HomeAssistant) -> None:
    home = home.with_meters(subentry_of(home.line.meters[1]), subentry_of(home.line.meters[2]))
    assert await home.set_up()
    assert await home.tear_down()
    subentry = subentry_at(home, 1)
    hass.config_entries.async_update_subentry(home.entry, subentry, data={**subentry.data, "profile": "lost"})
    devices = dr.async_get(hass)
    known = dr.async_entries_for_config_entry(devices, home.entry.entry_id)
    old = devices.async_get_or_create(
        config_entry_id=home.entry.entry_id, identifiers={(DOMAIN, "exchanged long ago")}
    )
    assert len(known) == 3

    async def removable() -> set[str]:
        return {
            device.id
            for device in (*known, old)
            if await async_remove_config_entry_device(hass, home.entry, device)
        }

    assert await removable() == {old.id}
    assert await home.time.through(hass.config_entries.async_setup(home.entry.entry_id))
    assert len(home.entry.runtime_data.coordinators) == 1
    assert await removable() == {old.id}


async def test_disabled_entities_cost_no_state(home: Home, hass: HomeAssistant) -> None:
    assert await home.set_up()
    await home.time.run(30)

    registry = er.async_get(hass)
    entity = registry.async_get(home.entity_id("sensor", 1, "voltage_harmonics_l1") or "")
    assert entity is not None
    assert entity.disabled_by is er.RegistryEntryDisabler.INTEGRATION


@pytest.mark.loopback
async def test_a_bridge_waits_for_a_gateway_that_has_not_called_yet(
    hass: HomeAssistant, unused_tcp_port: int
) -> None:
    meter = demo_line(1, 1).meters[1]
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Field",
        data={"link": "dial_in", "listen_port": unused_tcp_port, "registration": "", "baudrate": 9600},
        subentries_data=[subentry_of(meter)],
    )
    entry.add_to_hass(hass)

    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    entity_id = er.async_get(hass).async_get_entity_id(
        "sensor", DOMAIN, f"{meter.nameplate.serial}_active_power"
    )
    assert entity_id is not None
    state = hass.states.get(entity_id)
    assert state is not None
    assert state.state == STATE_UNAVAILABLE
    assert await hass.config_entries.async_unload(entry.entry_id)
