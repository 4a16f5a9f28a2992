"""Bridges that a newer version has set up: they are pointed out, as Home Assistant does not start them."""

from __future__ import annotations

from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.const import DOMAIN, ENTRY_VERSION


@pytest.mark.parametrize(("source", "pointed_out"), [(SOURCE_USER, True), (SOURCE_IGNORE, False)])
async def test_a_bridge_of_a_newer_version(hass: HomeAssistant, source: str, pointed_out: bool) -> None:
    entry = MockConfigEntry(domain=DOMAIN, source=source, version=ENTRY_VERSION + 1)
    entry.add_to_hass(hass)
    await async_setup_component(hass, DOMAIN, {})

    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"newer_bridge_{entry.entry_id}")
    assert (issue is not None) is pointed_out
