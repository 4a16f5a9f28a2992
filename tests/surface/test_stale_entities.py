"""What a meter has no longer leaves the registry; what it may have again stays."""

from __future__ import annotations

from typing import Any

from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.csj_meter.number import SettingNumber

from .conftest import Home

UNIT = 1


async def changed(home: Home, **data: Any) -> None:
    """Another setting of the first meter."""
    (subentry,) = (one for one in home.entry.subentries.values() if one.data["unit_id"] == UNIT)
    home.hass.config_entries.async_update_subentry(home.entry, subentry, data={**subentry.data, **data})
    await home.time.run(60)


def entries(home: Home) -> list[er.RegistryEntry]:
    """All that is known of the bridge."""
    return er.async_entries_for_config_entry(er.async_get(home.hass), home.entry.entry_id)


def left_over(home: Home) -> list[str]:
    """Entities that nothing stands behind."""
    states = (home.hass.states.get(one.entity_id) for one in entries(home))
    return [state.entity_id for state in states if state is not None and state.attributes.get("restored")]


async def test_without_a_circuit_there_is_no_sensor_of_it(bridge: Home) -> None:
    assert bridge.entity_id("sensor", UNIT, "circuit") is not None

    await changed(bridge, circuit="")

    assert bridge.entity_id("sensor", UNIT, "circuit") is None
    assert left_over(bridge) == []


async def test_what_another_profile_does_not_know_is_gone_and_the_rest_stays(bridge: Home) -> None:
    voltage = bridge.entity_id("sensor", UNIT, "voltage_l1")
    assert voltage is not None
    er.async_get(bridge.hass).async_update_entity(voltage, name="Mains")

    await changed(bridge, profile="csj_1p")

    assert left_over(bridge) == []
    assert bridge.entity_id("sensor", UNIT, "balance") is None
    known = er.async_get(bridge.hass).async_get(voltage)
    assert known is not None
    assert known.name == "Mains"


async def test_of_a_meter_whose_profile_is_missing_everything_stays(bridge: Home) -> None:
    voltage = bridge.entity_id("sensor", UNIT, "voltage_l1")

    await changed(bridge, profile="gone")

    assert voltage is not None
    assert bridge.entity_id("sensor", UNIT, "voltage_l1") == voltage


async def test_nothing_goes_when_something_could_not_be_added(
    bridge: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = {one.entity_id for one in entries(bridge)}

    def fails(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(SettingNumber, "__init__", fails)
    assert await bridge.time.through(bridge.hass.config_entries.async_reload(bridge.entry.entry_id))
    await bridge.time.run(60)

    assert {one.entity_id for one in entries(bridge)} == before
    assert "could not be added" in caplog.text
