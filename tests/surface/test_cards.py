"""The script of the cards is a resource of real dashboards: once, and gone with the last bridge."""

from __future__ import annotations

from typing import Any

from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.panel import FOLDER, content_hash

from .conftest import Home

pytestmark = pytest.mark.loopback

SOMEBODY_ELSES = "/local/mine.js"


def script() -> str:
    """The address of the script as it is installed."""
    return f"/csj_meter_static/{content_hash(FOLDER)}/cards.js"


async def frontend(home: Home, **lovelace: Any) -> None:
    """Home Assistant gets its real frontend, with real dashboards."""
    config = {"lovelace": lovelace} if lovelace else {}
    assert await home.time.through(async_setup_component(home.hass, "lovelace", config))
    assert await home.time.through(async_setup_component(home.hass, "frontend", {}))
    await home.time.run(0)


async def resources(home: Home) -> list[tuple[str, str]]:
    """Kind and address of all resources, as browsers are told them."""
    found = home.hass.data[LOVELACE_DATA].resources
    await home.time.through(found.async_get_info())
    return [(item["type"], item["url"]) for item in found.async_items()]


def extra_modules(hass: HomeAssistant) -> set[str]:
    """Scripts that come with the frontend itself."""
    return set(hass.data[DATA_EXTRA_MODULE_URL].urls)


async def test_the_script_is_a_resource(home: Home, hass: HomeAssistant) -> None:
    await frontend(home)

    assert await home.set_up()
    await home.time.run(0)

    assert await resources(home) == [("module", script())]
    assert not extra_modules(hass)


async def test_dashboards_may_come_later(home: Home) -> None:
    assert await home.set_up()

    await frontend(home)

    assert await resources(home) == [("module", script())]


async def test_an_older_one_is_replaced_and_others_stay(home: Home, hass: HomeAssistant) -> None:
    await frontend(home)
    stored = hass.data[LOVELACE_DATA].resources
    assert isinstance(stored, ResourceStorageCollection)
    for url in (SOMEBODY_ELSES, "/csj_meter_static/0000000000/cards.js", "/csj_meter_static/1/cards.js"):
        await home.time.through(stored.async_create_item({"res_type": "module", "url": url}))

    assert await home.set_up()
    await home.time.run(0)

    assert await resources(home) == [("module", SOMEBODY_ELSES), ("module", script())]


async def test_it_goes_with_the_last_bridge_and_comes_back(home: Home, hass: HomeAssistant) -> None:
    await frontend(home)
    assert await home.set_up()
    other = MockConfigEntry(
        domain=DOMAIN, data={"link": "pulse", "entity_id": "sensor.blinks", "pulses_per_kwh": 1000.0}
    )
    other.add_to_hass(hass)
    assert await home.time.through(hass.config_entries.async_setup(other.entry_id))

    await home.time.through(hass.config_entries.async_remove(other.entry_id))
    assert await resources(home) == [("module", script())]

    # a dashboard that has the cards says so in words, while its bridge is disabled
    by = ConfigEntryDisabler.USER
    await home.time.through(hass.config_entries.async_set_disabled_by(home.entry.entry_id, by))
    assert await resources(home) == [("module", script())]
    await home.time.through(hass.config_entries.async_set_disabled_by(home.entry.entry_id, None))

    await home.time.through(hass.config_entries.async_remove(home.entry.entry_id))
    await home.time.run(0)
    assert await resources(home) == []

    again = MockConfigEntry(domain=DOMAIN, data=dict(other.data))
    again.add_to_hass(hass)
    assert await home.time.through(hass.config_entries.async_setup(again.entry_id))
    await home.time.run(0)
    assert await resources(home) == [("module", script())]


async def test_where_resources_are_yaml_it_comes_with_the_frontend(home: Home, hass: HomeAssistant) -> None:
    await frontend(home, resource_mode="yaml", resources=[{"type": "module", "url": SOMEBODY_ELSES}])

    assert await home.set_up()
    await home.time.run(0)

    assert await resources(home) == [("module", SOMEBODY_ELSES)]
    assert extra_modules(hass) == {script()}

    await home.time.through(hass.config_entries.async_remove(home.entry.entry_id))
    await home.time.run(0)
    assert not extra_modules(hass)
