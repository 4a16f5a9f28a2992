"""A counter is watched: what it shows, when it is silent, when it is renamed, and what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.link_data import PulseLink
from custom_components.csj_meter.meters.pulse import pulse_identity
from custom_components.csj_meter.meters.reading import Group
from custom_components.csj_meter.pulse_feed import SAVE_DELAY, PulseFeed, async_forget_pulses

from .driven_time import DrivenTime

COUNTER = "sensor.pulses"


class Listener:
    """Who the feed reports to."""

    def __init__(self) -> None:
        self.online: list[bool] = []
        self.updated: list[frozenset[Group]] = []

    def __call__(self, *, online: bool, failed: Mapping[Group, Exception], updated: frozenset[Group]) -> None:
        assert not failed
        self.online.append(online)
        self.updated.append(updated)


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """The bridge of the counter."""
    entry = MockConfigEntry(
        domain=DOMAIN, title="Heat pump", data={"link": "pulse", "entity_id": COUNTER, "pulses_per_kwh": 1000}
    )
    entry.add_to_hass(hass)
    return entry


async def loaded_feed(hass: HomeAssistant, entry: MockConfigEntry) -> PulseFeed:
    """A feed that has read what was kept."""
    link = PulseLink(entity_id=entry.data["entity_id"], pulses_per_kwh=1000)
    feed = PulseFeed(hass, entry, link, pulse_identity("invented", "Pulse counter"))
    await feed.async_load()
    return feed


def stored(hass_storage: dict[str, Any], entry: MockConfigEntry) -> Any:
    """What is on disk."""
    return hass_storage[f"{DOMAIN}.{entry.entry_id}.pulse"]["data"]


async def test_silence_and_nonsense_are_told_once(
    hass: HomeAssistant, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    listener = Listener()
    feed = await loaded_feed(hass, entry)
    feed.start(listener)
    assert listener.online == [False]
    for state in ("unavailable", "12", "12.0", "many", "nan", "unknown", "12"):
        hass.states.async_set(COUNTER, state)
        await hass.async_block_till_done()
    await feed.async_stop()

    assert listener.online == [False, False, True, True, False, False, False, True]
    assert feed.meter.counter.energy == pytest.approx(0.012)
    assert caplog.text.count("does not say anything") == 1
    assert caplog.text.count("shows 'many'") == 1
    assert caplog.text.count("counts again") == 2


async def test_power_falls_between_the_pulses(
    hass: HomeAssistant, driven_time: DrivenTime, entry: MockConfigEntry
) -> None:
    listener = Listener()
    feed = await driven_time.through(loaded_feed(hass, entry))
    for count in ("1", "2"):
        hass.states.async_set(COUNTER, count)
        if count == "1":
            feed.start(listener)
        await driven_time.run(3.6)
    told = len(listener.updated)
    await driven_time.run(36)

    assert len(listener.updated) > told
    assert listener.updated[-1] == {Group.LIVE, Group.ENERGY}
    power = feed.meter.readings[Group.LIVE].values["active_power"]
    assert isinstance(power, float)
    assert 80 < power < 200
    hass.states.async_remove(COUNTER)
    await driven_time.run(0)
    told = len(listener.updated)
    await driven_time.run(60)
    assert len(listener.updated) == told
    await driven_time.through(feed.async_stop())


async def test_what_was_counted_outlives_a_restart(
    hass: HomeAssistant, driven_time: DrivenTime, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    hass.states.async_set(COUNTER, "5000")
    feed = await driven_time.through(loaded_feed(hass, entry))
    feed.start(Listener())
    hass.states.async_set(COUNTER, "0")
    await driven_time.run(60)
    hass.states.async_set(COUNTER, "20")
    await driven_time.run(SAVE_DELAY + 1)
    assert stored(hass_storage, entry)["energy"] == pytest.approx(5.02)
    hass.states.async_set(COUNTER, "21")
    await driven_time.run(0)
    await driven_time.through(feed.async_stop())
    assert stored(hass_storage, entry)["energy"] == pytest.approx(5.021)

    hass.states.async_set(COUNTER, "30")
    after = await driven_time.through(loaded_feed(hass, entry))
    after.start(Listener())
    assert after.meter.counter.energy == pytest.approx(5.03)
    await driven_time.through(after.async_stop())


async def test_a_broken_file_is_said_and_the_counter_taken_as_it_is(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    key = f"{DOMAIN}.{entry.entry_id}.pulse"
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": {"energy": "much"}}
    hass.states.async_set(COUNTER, "5000")
    feed = await loaded_feed(hass, entry)
    feed.start(Listener())

    assert feed.meter.counter.energy == 5
    assert "the energy starts anew" in caplog.text
    await feed.async_stop()


async def test_a_counter_with_another_name_is_followed(
    hass: HomeAssistant, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    entity_registry.async_get_or_create("sensor", "esphome", "invented-1", suggested_object_id="pulses")
    feed = await loaded_feed(hass, entry)
    feed.start(Listener())
    entity_registry.async_update_entity(COUNTER, name="Blinks")
    await hass.async_block_till_done()
    assert entry.data["entity_id"] == COUNTER
    entity_registry.async_update_entity(COUNTER, new_entity_id="sensor.blinks")
    await hass.async_block_till_done()

    assert entry.data["entity_id"] == "sensor.blinks"
    await feed.async_stop()


async def test_another_counter_goes_on_where_the_meter_is(
    hass: HomeAssistant,
    driven_time: DrivenTime,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    hass.states.async_set(COUNTER, "5000")
    before = await driven_time.through(loaded_feed(hass, entry))
    before.start(Listener())
    await driven_time.through(before.async_stop())
    await driven_time.run(3600)
    hass.config_entries.async_update_entry(entry, data={**entry.data, "entity_id": "sensor.other"})
    silent = await driven_time.through(loaded_feed(hass, entry))
    silent.start(Listener())
    await driven_time.through(silent.async_stop())

    hass.states.async_set("sensor.other", "9000")
    after = await driven_time.through(loaded_feed(hass, entry))
    after.start(Listener())
    assert after.meter.counter.energy == 5
    hass.states.async_set("sensor.other", "9100")
    await driven_time.run(60)
    await driven_time.through(after.async_stop())

    assert stored(hass_storage, entry)["energy"] == pytest.approx(5.1)


async def test_a_counter_with_another_name_or_that_was_only_registered_is_the_same(
    hass: HomeAssistant, driven_time: DrivenTime, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    hass.states.async_set(COUNTER, "5000")
    energies = []
    for count, name in ((5000, COUNTER), (5010, COUNTER), (5020, "sensor.blinks")):
        hass.states.async_set(name, str(count))
        hass.config_entries.async_update_entry(entry, data={**entry.data, "entity_id": name})
        feed = await driven_time.through(loaded_feed(hass, entry))
        feed.start(Listener())
        energies.append(feed.meter.counter.energy)
        await driven_time.through(feed.async_stop())
        await driven_time.run(60)
        if count == 5000:
            hass.states.async_remove(COUNTER)
            entity_registry.async_get_or_create("sensor", "esphome", "1", suggested_object_id="pulses")
        elif count == 5010:
            entity_registry.async_update_entity(COUNTER, new_entity_id="sensor.blinks")

    assert energies == [5, pytest.approx(5.01), pytest.approx(5.02)]


async def test_a_counter_whose_id_was_not_kept_yet_goes_on(
    hass: HomeAssistant, driven_time: DrivenTime, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    key = f"{DOMAIN}.{entry.entry_id}.pulse"
    data = {"count": 5000, "energy": 412, "at": driven_time.wall - 600}
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": data}
    hass.states.async_set(COUNTER, "5001")
    feed = await driven_time.through(loaded_feed(hass, entry))
    feed.start(Listener())

    assert feed.meter.counter.energy == pytest.approx(412.001)
    await driven_time.through(feed.async_stop())


async def test_a_feed_that_never_saw_its_counter_keeps_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    feed = await loaded_feed(hass, entry)
    feed.start(Listener())
    await feed.async_stop()

    assert f"{DOMAIN}.{entry.entry_id}.pulse" not in hass_storage


async def test_a_removed_bridge_leaves_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    hass.states.async_set(COUNTER, "1")
    feed = await loaded_feed(hass, entry)
    feed.start(Listener())
    await feed.async_stop()
    await async_forget_pulses(hass, entry.entry_id)

    assert f"{DOMAIN}.{entry.entry_id}.pulse" not in hass_storage
