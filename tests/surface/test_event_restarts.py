"""Nothing of a meter's log is told twice or lost, whatever stops, starts or is removed in between."""

from __future__ import annotations

import asyncio
from typing import Any

from homeassistant.core import CoreState, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.storage import Store
import pytest

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.meter_log import PERIOD
from custom_components.csj_meter.simulator.faults import Fault, FaultKind

from .conftest import Home, subentry_of
from .heard import UNIT, kept, listen, restart


@pytest.fixture
async def opened(keyed: Home) -> Home:
    """A bridge that knows the keys of its two meters, set up."""
    assert await keyed.set_up()
    await keyed.time.run(30)
    return keyed


async def test_nothing_is_told_twice_or_lost_when_home_assistant_restarts(opened: Home) -> None:
    heard = listen(opened)
    meter = opened.line.meters[UNIT]
    meter.log(8, 1)
    await opened.time.run(PERIOD + 5)
    assert heard.values == [1]

    meter.log(8, 2)  # not heard yet
    assert await opened.tear_down()
    meter.log(8, 3)
    meter.log(8, 4)
    await opened.time.run(600)
    assert heard.values == [1]
    assert await opened.time.through(opened.hass.config_entries.async_setup(opened.entry.entry_id))
    await opened.time.run(30)
    assert heard.values == [1, 2, 3, 4]

    await restart(opened)
    await restart(opened)
    await opened.time.run(PERIOD + 5)
    assert heard.values == [1, 2, 3, 4]


@pytest.mark.parametrize("after", [0.01, 0.1, 0.3, 0.6, 1, 2])
async def test_unloading_in_the_midst_of_it_neither_doubles_nor_loses(opened: Home, after: float) -> None:
    heard = listen(opened)
    meter = opened.line.meters[UNIT]
    for number in range(70):
        meter.log(8, number)
    opened.line.faults.set(Fault(kind=FaultKind.COVER_OPENED, unit=UNIT))  # which hurries
    log = opened.entry.runtime_data.log
    log._wake.set()
    next(iter(log._watches.values())).due = 0.0
    await opened.time.run(after)

    await restart(opened)
    await opened.time.run(PERIOD + 5)

    assert heard.values == [*range(70), 0, 4]
    assert heard.types[70:] == ["cover_opened", "relay_opened"]


async def being_written(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something is logged, and time stands just after its position was written, before it is told."""
    writing = asyncio.Event()
    save = Store.async_save

    async def slow(store: Store[Any], data: Any) -> None:
        await save(store, data)
        if store.key.endswith(".log"):
            writing.set()
            await asyncio.sleep(5)

    monkeypatch.setattr(Store, "async_save", slow)
    home.line.meters[UNIT].log(9, 2600)
    while not writing.is_set():
        await home.time.run(1)


async def test_what_nobody_has_heard_because_its_position_was_being_written_is_still_new(
    opened: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = listen(opened)
    await being_written(opened, monkeypatch)

    await restart(opened)
    await opened.time.run(PERIOD + 5)

    assert heard.values == [2600]
    log = opened.entry.runtime_data.log
    assert [entry.value for entry in log.entries(opened.serial(UNIT))] == [2600]


async def test_what_is_being_told_when_home_assistant_stops_is_told_to_the_end(
    opened: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = listen(opened)
    await being_written(opened, monkeypatch)
    assert heard.events == []

    await opened.time.through(opened.entry.runtime_data.stop())

    assert heard.values == [2600]


async def test_the_position_is_kept_before_anybody_hears(opened: Home, hass_storage: dict[str, Any]) -> None:
    values: list[int] = []
    entity_id = opened.entity_id("event", UNIT, "meter_log")
    assert entity_id is not None

    @callback
    def changed(_: Event[EventStateChangedData]) -> None:
        values.append(kept(opened, hass_storage)[opened.serial(UNIT)]["entry"][2])

    async_track_state_change_event(opened.hass, entity_id, changed)
    opened.line.meters[UNIT].log(8, 54321)
    await opened.time.run(PERIOD + 5)

    assert values == [54321]


async def test_the_newest_entries_stay_known_each_once(opened: Home, hass_storage: dict[str, Any]) -> None:
    def values() -> list[int]:
        return [entry.value for entry in opened.entry.runtime_data.log.entries(opened.serial(UNIT))]

    assert values() == []
    for number in range(60):
        opened.line.meters[UNIT].log(8, number)
    await opened.time.run(PERIOD + 5)
    await restart(opened)
    assert values() == list(range(60))

    for number in range(60, 120):
        opened.line.meters[UNIT].log(8, number)
    await opened.time.run(PERIOD + 5)
    await restart(opened)

    assert values() == list(range(20, 120))
    assert [value for _, _, value in kept(opened, hass_storage)[opened.serial(UNIT)]["told"]] == values()
    assert opened.entry.runtime_data.log.entries(opened.serial(2)) == ()


async def test_before_home_assistant_has_started_nobody_is_told(home: Home) -> None:
    bridge = home.with_meters(subentry_of(home.line.meters[UNIT]))
    assert await bridge.set_up()
    await bridge.time.run(30)
    heard = listen(bridge)
    assert await bridge.tear_down()
    bridge.line.meters[UNIT].log(8, 5)
    bridge.hass.set_state(CoreState.not_running)
    assert await bridge.time.through(bridge.hass.config_entries.async_setup(bridge.entry.entry_id))
    await bridge.time.run(300)
    assert heard.events == []

    bridge.hass.set_state(CoreState.running)
    bridge.hass.bus.async_fire("homeassistant_started")
    await bridge.time.run(30)

    assert heard.values == [5]


async def test_unloading_leaves_nothing(opened: Home) -> None:
    coordinators = list(opened.entry.runtime_data.coordinators.values())
    assert await opened.tear_down()

    assert not [task for task in asyncio.all_tasks() if "logs of" in task.get_name()]
    assert all(not coordinator._listeners for coordinator in coordinators)


async def test_removing_the_bridge_removes_the_file(opened: Home, hass_storage: dict[str, Any]) -> None:
    assert set(kept(opened, hass_storage)) == {opened.serial(UNIT), opened.serial(2)}

    await opened.time.through(opened.hass.config_entries.async_remove(opened.entry.entry_id))

    assert f"{DOMAIN}.{opened.entry.entry_id}.log" not in hass_storage


async def test_a_meter_that_was_removed_and_comes_back_is_new(
    opened: Home, hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    subentry = next(iter(opened.entry.subentries.values()))
    assert subentry.unique_id == opened.serial(UNIT)
    hass.config_entries.async_remove_subentry(opened.entry, subentry.subentry_id)
    await opened.time.run(30)
    opened.line.meters[UNIT].log(8, 7)
    opened.line.meters[2].log(8, 8)
    await opened.time.run(PERIOD + 5)
    assert set(kept(opened, hass_storage)) == {opened.serial(2)}

    hass.config_entries.async_add_subentry(opened.entry, subentry)
    await opened.time.run(30)
    heard = listen(opened)
    await opened.time.run(PERIOD + 5)
    assert heard.events == []
    opened.line.meters[UNIT].log(8, 9)
    await opened.time.run(PERIOD + 5)
    assert heard.values == [9]
