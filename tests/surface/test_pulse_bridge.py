"""A pulse counter of Home Assistant as a meter among the others."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.json import ExtendedJSONEncoder
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.alerting.alerting import current_alerting
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.diagnostics import async_get_config_entry_diagnostics
from custom_components.csj_meter.meters.pulse import pulse_identity

from .driven_time import DrivenTime

COUNTER = "sensor.blinks"
IDENTITY = pulse_identity(COUNTER, "Pulse counter")


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A bridge that counts the pulses of one meter; the counter shows 1000."""
    hass.states.async_set(COUNTER, "1000")
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Blinks",
        data={"link": "pulse", "entity_id": COUNTER, "pulses_per_kwh": 1000.0},
        subentries_data=[
            {
                "data": {"profile": "pulse", "identity": IDENTITY.as_dict(), "circuit": ""},
                "subentry_type": "meter",
                "title": "Garage",
                "unique_id": IDENTITY.serial,
            }
        ],
    )
    entry.add_to_hass(hass)
    return entry


async def set_up(hass: HomeAssistant, time: DrivenTime, entry: MockConfigEntry) -> bool:
    """Set the bridge up."""
    done = await time.through(hass.config_entries.async_setup(entry.entry_id))
    await time.run(1)
    return done


def value(hass: HomeAssistant, key: str, platform: str = "sensor") -> str:
    """State of an entity of the meter."""
    entity_id = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{IDENTITY.serial}_{key}")
    assert entity_id is not None
    state = hass.states.get(entity_id)
    assert state is not None
    return state.state


async def test_pulses_are_energy_and_power(
    hass: HomeAssistant, driven_time: DrivenTime, entry: MockConfigEntry
) -> None:
    assert await set_up(hass, driven_time, entry)
    assert float(value(hass, "energy_import")) == 1.0

    for count in range(1001, 1011):
        await driven_time.run(3.6)
        hass.states.async_set(COUNTER, str(count))
    await driven_time.run(0)

    assert float(value(hass, "energy_import")) == pytest.approx(1.01)
    assert float(value(hass, "active_power")) == pytest.approx(1000, rel=0.01)
    assert value(hass, "connectivity", "binary_sensor") == "on"


async def test_there_is_no_power_after_a_reset_until_it_is_measured_again(
    hass: HomeAssistant, driven_time: DrivenTime, entry: MockConfigEntry
) -> None:
    assert await set_up(hass, driven_time, entry)
    shown = []
    for count in (1001, 1002, 0, 1, 2):
        await driven_time.run(3.6)
        hass.states.async_set(COUNTER, str(count))
        await driven_time.run(0)
        shown.append(value(hass, "active_power"))

    assert shown[3] == STATE_UNAVAILABLE
    assert [float(power) for power in (shown[1], shown[4])] == pytest.approx([1000, 1000], rel=0.01)
    assert float(value(hass, "energy_import")) == pytest.approx(1.004)


async def test_nobody_is_told_of_a_meter_that_counts_nothing_after_a_reload(
    hass: HomeAssistant, driven_time: DrivenTime, entry: MockConfigEntry
) -> None:
    assert await set_up(hass, driven_time, entry)
    for count in range(1001, 1013):
        await driven_time.run(60)
        hass.states.async_set(COUNTER, str(count))

    assert await driven_time.through(hass.config_entries.async_reload(entry.entry_id))
    await driven_time.run(15 * 60)

    assert value(hass, "active_power") == STATE_UNAVAILABLE, "nobody knows it before the next two pulses"
    assert value(hass, "connectivity", "binary_sensor") == "on"
    alerting = current_alerting(hass)
    assert alerting is not None
    assert not alerting.desk.alerts


async def test_it_has_nothing_that_needs_a_line(
    hass: HomeAssistant, driven_time: DrivenTime, entry: MockConfigEntry
) -> None:
    assert await set_up(hass, driven_time, entry)

    keys = {
        entity.unique_id.removeprefix(f"{IDENTITY.serial}_")
        for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    }
    measured = {"connectivity", "active_power", "energy_import"}
    used = {"usage_today", "usage_this_month", "usage_trend", "insight"}
    judged = {"expected_usage", "anomaly", "deviation", "watch_load"}
    alerts = {"alert", "alert_state", "load_problem", "communication_problem"}
    assert {key for key in keys if not key.startswith("site_")} == measured | used | judged | alerts
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, IDENTITY.serial), entry.entry_id)
    assert device is not None
    assert device.serial_number is None


async def test_a_counter_that_is_gone_takes_the_values_along(
    hass: HomeAssistant, driven_time: DrivenTime, entry: MockConfigEntry
) -> None:
    assert await set_up(hass, driven_time, entry)

    hass.states.async_set(COUNTER, STATE_UNAVAILABLE)
    await driven_time.run(0)

    assert value(hass, "energy_import") == STATE_UNAVAILABLE
    assert value(hass, "connectivity", "binary_sensor") == "off"


async def test_a_renamed_meter_goes_on_counting(
    hass: HomeAssistant, driven_time: DrivenTime, entry: MockConfigEntry
) -> None:
    assert await set_up(hass, driven_time, entry)
    subentry = entry.get_subentries_of_type("meter")[0]

    hass.config_entries.async_update_subentry(entry, subentry, title="Workshop")
    await driven_time.run(1)

    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, IDENTITY.serial), entry.entry_id)
    assert device is not None
    assert device.name == "Workshop"
    assert float(value(hass, "energy_import")) == 1.0


async def test_a_name_that_is_given_while_it_is_set_up_is_its_name(
    hass: HomeAssistant, driven_time: DrivenTime, entry: MockConfigEntry
) -> None:
    setting_up = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
    while not hasattr(entry, "runtime_data"):  # noqa: ASYNC110 - nobody is told of it
        await asyncio.sleep(0)
    assert entry.state is ConfigEntryState.SETUP_IN_PROGRESS
    (subentry,) = entry.subentries.values()
    hass.config_entries.async_update_subentry(entry, subentry, title="Shed")
    await driven_time.run(2)

    await setting_up
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, IDENTITY.serial), entry.entry_id)
    assert device is not None
    assert device.name == "Shed"


async def test_a_removed_counter_is_forgotten(
    hass: HomeAssistant, driven_time: DrivenTime, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    assert await set_up(hass, driven_time, entry)

    await driven_time.through(hass.config_entries.async_remove(entry.entry_id))

    assert not [key for key in hass_storage if key.startswith("csj_meter")]


async def test_settings_that_cannot_work_are_refused(
    hass: HomeAssistant, driven_time: DrivenTime, entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, data={**entry.data, "pulses_per_kwh": 0})

    assert not await set_up(hass, driven_time, entry)

    assert entry.error_reason_translation_key == "invalid_link"


async def test_diagnostics_tell_of_the_meter_and_not_of_the_counter(
    hass: HomeAssistant, driven_time: DrivenTime, entry: MockConfigEntry
) -> None:
    assert await set_up(hass, driven_time, entry)

    told = await async_get_config_entry_diagnostics(hass, entry)

    assert told["line"] is None
    assert told["meters"][0]["readings"]["energy"]["values"] == {"energy_import": 1.0}
    assert COUNTER not in json.dumps(told, cls=ExtendedJSONEncoder)


async def test_what_it_uses_is_known_from_the_first_midnight_on(
    hass: HomeAssistant, driven_time: DrivenTime, entry: MockConfigEntry
) -> None:
    await hass.config.async_set_time_zone("Pacific/Chatham")  # it is 23:45 there
    assert await set_up(hass, driven_time, entry)
    await driven_time.run(130)
    assert value(hass, "usage_today") == STATE_UNKNOWN

    await driven_time.run(840)
    hass.states.async_set(COUNTER, "1250")
    await driven_time.run(60)

    assert float(value(hass, "usage_today")) == 0.25
    assert float(value(hass, "usage_this_month")) == 0.25
