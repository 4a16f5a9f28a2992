"""How the measurements of the site are doing is shown once, at the bridge that was there first."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
import sqlite3

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.const import EntityCategory
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.history.opening import DATABASE_FILE
from custom_components.csj_meter.sensor_site import SITE_SENSORS
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.telemetry import database

from .conftest import Home, subentry_of


def site_state(home: Home, key: str) -> str:
    """What a sensor of the site shows."""
    entity_id = er.async_get(home.hass).async_get_entity_id("sensor", DOMAIN, f"site_{key}")
    assert entity_id is not None, key
    state = home.hass.states.get(entity_id)
    assert state is not None, f"{entity_id} has no state"
    return state.state


def carrier(home: Home) -> str | None:
    """Id of the bridge whose device has the sensors of the site; all of them are on the same."""
    registry, devices = er.async_get(home.hass), dr.async_get(home.hass)
    found = {
        (entity.config_entry_id, entity.device_id)
        for entity in registry.entities.values()
        if entity.unique_id.startswith("site_")
    }
    if not found:
        return None
    ((entry_id, device_id),) = found
    assert device_id is not None
    device = devices.async_get(device_id)
    assert device is not None
    assert (DOMAIN, entry_id) in device.identifiers
    return entry_id


@pytest.fixture
def alone(home: Home) -> Home:
    """A bridge with one meter, not set up yet."""
    return home.with_meters(subentry_of(home.line.meters[2]))


@pytest.fixture
def second(home: Home) -> MockConfigEntry:
    """Another bridge, younger than the first: a pulse counter."""
    home.hass.states.async_set("sensor.pulses", "1000")
    return MockConfigEntry(
        domain=DOMAIN,
        title="Garage",
        entry_id="made-later",  # of two that were made in the same moment, that is the second
        data={"link": "pulse", "entity_id": "sensor.pulses", "pulses_per_kwh": 1000},
    )


async def set_up(home: Home, entry: MockConfigEntry) -> None:
    entry.add_to_hass(home.hass)
    assert await home.time.through(home.hass.config_entries.async_setup(entry.entry_id))


async def test_they_tell_how_much_there_is_and_that_it_is_written(
    alone: Home, everything_enabled: None
) -> None:
    assert await alone.set_up()
    began = alone.time.wall

    await alone.time.run(700)

    assert float(site_state(alone, "database_size")) > 0
    oldest = dt_util.parse_datetime(site_state(alone, "oldest_sample"))
    assert oldest is not None
    assert oldest.timestamp() <= began
    assert float(site_state(alone, "write_rate")) == pytest.approx(1, abs=0.2)
    assert float(site_state(alone, "write_lag")) == 0
    assert site_state(alone, "waiting_samples") == "0"
    assert site_state(alone, "database_trouble") == "none"


async def test_they_are_for_technicians_and_the_rare_ones_are_off(alone: Home) -> None:
    assert await alone.set_up()

    registry = er.async_get(alone.hass)
    for description in SITE_SENSORS:
        entity_id = registry.async_get_entity_id("sensor", DOMAIN, f"site_{description.key}")
        entity = registry.async_get(entity_id or "")
        assert entity is not None
        assert entity.entity_category is EntityCategory.DIAGNOSTIC
        rare = description.key in {"write_rate", "write_lag", "waiting_samples"}
        assert (entity.disabled_by is not None) is rare, description.key


async def test_a_database_that_is_locked_shows(
    alone: Home, everything_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.01)  # nobody is going to let go of it
    assert await alone.set_up()
    await alone.time.run(130)
    file = Path(alone.hass.config.path(DATABASE_FILE))
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        await alone.time.run(300)

        assert site_state(alone, "database_trouble") == "telemetry_unavailable"
        trouble = alone.hass.states.get("sensor.cellar_database_trouble")
        assert trouble is not None
        assert "locked" in trouble.attributes["error"]
        assert float(site_state(alone, "waiting_samples")) >= 4
        assert float(site_state(alone, "write_lag")) > 180
        other.execute("ROLLBACK")
    await alone.time.run(120)

    assert site_state(alone, "database_trouble") == "none"
    trouble = alone.hass.states.get("sensor.cellar_database_trouble")
    assert trouble is not None
    assert "error" not in trouble.attributes
    assert site_state(alone, "waiting_samples") == "0"


async def test_with_two_bridges_the_older_one_carries_them(alone: Home, second: MockConfigEntry) -> None:
    assert await alone.set_up()
    await set_up(alone, second)

    assert carrier(alone) == alone.entry.entry_id


async def test_it_does_not_matter_which_is_set_up_first(alone: Home, second: MockConfigEntry) -> None:
    second.add_to_hass(alone.hass)
    alone.entry.add_to_hass(alone.hass)

    assert await alone.time.through(alone.hass.config_entries.async_setup(second.entry_id))

    assert carrier(alone) == alone.entry.entry_id


async def test_when_the_older_one_is_removed_the_next_one_takes_them_over(
    alone: Home, second: MockConfigEntry
) -> None:
    assert await alone.set_up()
    await set_up(alone, second)
    await alone.time.run(130)

    await alone.time.through(alone.hass.config_entries.async_remove(alone.entry.entry_id))
    await alone.time.run(70)

    assert carrier(alone) == second.entry_id
    assert float(site_state(alone, "database_size")) > 0
    assert await alone.time.through(alone.hass.config_entries.async_reload(second.entry_id))
    assert carrier(alone) == second.entry_id


async def test_a_bridge_that_is_not_used_carries_nothing(alone: Home, second: MockConfigEntry) -> None:
    assert await alone.set_up()
    await set_up(alone, second)
    disable = alone.hass.config_entries.async_set_disabled_by
    await alone.time.through(disable(alone.entry.entry_id, ConfigEntryDisabler.USER))

    assert carrier(alone) == second.entry_id
    assert await alone.time.through(alone.hass.config_entries.async_reload(second.entry_id))
    assert carrier(alone) == second.entry_id

    # back in use, it leaves them where they are: two of each would be one too many
    await alone.time.through(disable(alone.entry.entry_id, None))
    assert carrier(alone) == second.entry_id


async def test_a_bridge_that_cannot_be_set_up_carries_nothing(alone: Home, second: MockConfigEntry) -> None:
    alone.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
    assert not await alone.set_up()
    await set_up(alone, second)
    assert carrier(alone) == second.entry_id

    alone.line.faults.clear()
    await alone.time.run(60)
    assert alone.state_of_entry() == "loaded"
    assert carrier(alone) == second.entry_id, "they stay where they are"


async def test_a_removed_stranger_changes_nothing(alone: Home) -> None:
    stranger = MockConfigEntry(domain="other")
    stranger.add_to_hass(alone.hass)
    assert await alone.set_up()

    await alone.time.through(alone.hass.config_entries.async_remove(stranger.entry_id))

    assert carrier(alone) == alone.entry.entry_id
