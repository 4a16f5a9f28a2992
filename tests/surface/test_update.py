"""Firmware as people see it: what is offered, and what is wrong with a file."""

from __future__ import annotations

from homeassistant.components.update.const import ATTR_INSTALLED_VERSION, ATTR_LATEST_VERSION, DATA_COMPONENT
from homeassistant.const import STATE_OFF, STATE_ON, EntityCategory
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.simulator.models import Model

from .conftest import Home, subentry_of
from .firmware_images import UNIT, entity_id, look, put, runs, started


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
