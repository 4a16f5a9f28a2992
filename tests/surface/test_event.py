"""The meter's own log as events: each entry once, whatever is restarted in between."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import CoreState, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.storage import Store
import pytest

from custom_components.csj_meter.const import CONF_KEY, DOMAIN
from custom_components.csj_meter.meter_log import PERIOD
from custom_components.csj_meter.meters.commands.rings import EventCode
from custom_components.csj_meter.simulator.faults import Fault, FaultKind

from .conftest import Home, subentry_of

UNIT = 1
"""A prepaid three-phase meter."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Every event of one meter's log, as an automation would hear it."""

    events: list[dict[str, Any]]

    @property
    def types(self) -> list[str]:
        """Kinds of the entries, in order."""
        return [event["event_type"] for event in self.events]

    @property
    def values(self) -> list[int]:
        """Values of the entries, in order."""
        return [event["value"] for event in self.events]


def listen(home: Home, unit_id: int = UNIT) -> Heard:
    """Listen from now on; the entity need not exist yet."""
    heard = Heard([])
    entity_id = home.entity_id("event", unit_id, "meter_log")
    assert entity_id is not None

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        new, old = event.data["new_state"], event.data["old_state"]
        # as the trigger of event entities does: unavailable and back again is no event
        if new is None or new.state in {"unavailable", "unknown"} or "event_type" not in new.attributes:
            return
        if heard.events and heard.events[-1]["state"] == new.state:
            return
        if old is not None and old.state == "unavailable" and new.state in restored:
            return
        heard.events.append({"state": new.state, **new.attributes})

    state = home.hass.states.get(entity_id)
    restored = set() if state is None else {state.state}
    async_track_state_change_event(home.hass, entity_id, changed)
    return heard


@pytest.fixture
async def opened(home: Home) -> Home:
    """A bridge that knows the keys of its two meters, set up."""
    bridge = home.with_meters(
        *(
            subentry_of(home.line.meters[unit], **{CONF_KEY: home.line.meters[unit].nameplate.key})
            for unit in (UNIT, 2)
        )
    )
    assert await bridge.set_up()
    await bridge.time.run(30)
    return bridge


async def act(home: Home, platform: str, key: str, service: str, **data: Any) -> None:
    """Use an entity of the meter the way a person does."""
    call = home.hass.services.async_call(
        platform, service, {"entity_id": home.entity_id(platform, UNIT, key), **data}, blocking=True
    )
    await home.time.through(call)


async def restart(home: Home) -> None:
    """Unload the bridge and set it up again, as a restart of Home Assistant does."""
    assert await home.tear_down()
    assert await home.time.through(home.hass.config_entries.async_setup(home.entry.entry_id))
    await home.time.run(30)


def kept(home: Home, storage: dict[str, Any]) -> dict[str, Any]:
    """What is kept of the positions, by serial number."""
    positions: dict[str, Any] = storage[f"{DOMAIN}.{home.entry.entry_id}.log"]["data"]
    return positions


async def test_what_was_logged_before_anybody_listened_is_history(opened: Home) -> None:
    state = opened.state("event", UNIT, "meter_log")

    assert state.state == STATE_UNKNOWN
    assert state.attributes["event_types"] == [code.name.lower() for code in EventCode] + ["other"]
    assert opened.line.meters[UNIT].event_log.filled > 3
    await opened.time.run(600)
    assert opened.state("event", UNIT, "meter_log").state == STATE_UNKNOWN


async def test_an_entry_is_an_event_with_its_time_code_and_value(opened: Home) -> None:
    heard = listen(opened)
    moment = int(opened.time.wall)

    opened.line.meters[UNIT].log(8, 1789)
    await opened.time.run(PERIOD + 5)

    (event,) = heard.events
    assert event["event_type"] == "sag"
    assert (event["code"], event["value"]) == (8, 1789)
    assert abs(datetime.fromisoformat(event["time"]).timestamp() - moment) <= 60  # by the meter's own clock
    assert datetime.fromisoformat(event["time"]).tzinfo == UTC


async def test_a_code_that_nobody_knows_is_something_else(opened: Home) -> None:
    heard = listen(opened)

    opened.line.meters[UNIT].log(4711, 5)
    await opened.time.run(PERIOD + 5)

    assert [(event["event_type"], event["code"]) for event in heard.events] == [("other", 4711)]


@pytest.mark.meters(live_period=30)
async def test_what_is_done_to_a_meter_is_in_its_log_once_and_soon(opened: Home) -> None:
    heard = listen(opened)
    neighbour = listen(opened, 2)
    await opened.time.run(PERIOD)

    await act(opened, "switch", "supply", "turn_off")
    await opened.time.run(3)
    assert heard.types == ["relay_opened"]

    await act(opened, "switch", "supply", "turn_on")
    await opened.time.run(3)
    assert heard.types[1:] == ["relay_closed"]

    opened.line.meters[UNIT].pay_in(2500)
    await opened.time.run(PERIOD + 10)
    assert heard.types[2:] == ["top_up"]
    assert heard.values[2] == 25

    await act(opened, "button", "restart", "press")
    await opened.time.run(10)
    assert heard.types[3:] == ["power_down", "power_up"]

    opened.line.faults.set(Fault(kind=FaultKind.COVER_OPENED, unit=UNIT))
    await opened.time.run(15)
    assert heard.types[5:] == ["cover_opened"]

    await opened.time.run(3600)
    assert len(heard.types) == 6
    assert neighbour.events == []


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


async def test_a_meter_that_was_off_line_tells_all_of_it_when_it_is_back(opened: Home) -> None:
    heard = listen(opened)
    meter = opened.line.meters[UNIT]
    opened.line.faults.set(Fault(kind=FaultKind.LOST_REQUESTS, unit=UNIT, magnitude=1))
    await opened.time.run(300)
    assert opened.state("binary_sensor", UNIT, "connectivity").state == "off"
    for number in range(5):
        meter.log(8, number)
    asked = opened.entry.runtime_data.bus.statistics.unit(UNIT).requests
    await opened.time.run(900)
    # nothing but the probes of the poller, which are rare
    assert opened.entry.runtime_data.bus.statistics.unit(UNIT).requests - asked < 10
    assert heard.events == []

    opened.line.faults.clear()
    await opened.time.run(400)

    assert heard.values == [0, 1, 2, 3, 4]


async def test_a_ring_that_has_come_round_in_a_silence_is_told_all_the_same(opened: Home) -> None:
    meter = opened.line.meters[UNIT]
    for number in range(100):
        meter.log(9, number)
    await opened.time.run(PERIOD + 5)
    heard = listen(opened)
    opened.line.faults.set(Fault(kind=FaultKind.LOST_REQUESTS, unit=UNIT, magnitude=1))
    await opened.time.run(300)
    for number in range(100):
        meter.log(8, number)  # the end of the log is where it was
    opened.line.faults.clear()
    await opened.time.run(400)

    assert heard.values == list(range(100))


async def test_a_power_cut_is_told_after_it(opened: Home) -> None:
    heard = listen(opened)
    opened.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=UNIT))
    await opened.time.run(600)
    opened.line.faults.clear()
    await opened.time.run(400)

    assert set(heard.types) <= {"power_down", "power_up"}


@pytest.mark.parametrize("count", [100, 130, 250])
async def test_of_a_ring_that_has_run_over_the_rest_is_told_and_the_loss_is_logged_once(
    opened: Home, count: int, caplog: pytest.LogCaptureFixture
) -> None:
    heard = listen(opened)
    meter = opened.line.meters[UNIT]
    assert await opened.tear_down()
    for number in range(count):
        meter.log(8, number)
    await opened.time.run(5)
    assert await opened.time.through(opened.hass.config_entries.async_setup(opened.entry.entry_id))
    await opened.time.run(180)

    assert heard.values == list(range(count))[-100:]
    assert caplog.text.count("has run over") == 1


async def test_entries_of_the_same_second_are_all_told(opened: Home) -> None:
    heard = listen(opened)
    meter = opened.line.meters[UNIT]
    for _ in range(3):
        meter.log(8, 1)
    await opened.time.run(PERIOD + 5)

    assert heard.values == [1, 1, 1]
    assert len({event["state"] for event in heard.events}) == 3


async def test_lost_replies_delay_the_log_and_nothing_else(opened: Home) -> None:
    heard = listen(opened)
    meter = opened.line.meters[UNIT]
    opened.line.faults.set(Fault(kind=FaultKind.LOST_REPLIES, unit=UNIT, magnitude=0.3))
    for number in range(40):
        meter.log(8, number)
        await opened.time.run(20)
    opened.line.faults.clear()
    await opened.time.run(900)

    assert heard.values == list(range(40))


async def test_an_exchanged_meter_begins_with_its_own_log(opened: Home) -> None:
    heard = listen(opened)
    opened.line.faults.set(Fault(kind=FaultKind.FOREIGN_SERIAL, unit=UNIT))
    opened.line.meters[UNIT].restart()
    await opened.time.run(600)

    assert heard.events == []

    opened.line.faults.clear()
    await opened.time.run(600)
    assert heard.types == ["power_down", "power_up"]


async def test_while_nobody_listens_the_log_is_left_alone_and_waits(opened: Home) -> None:
    entity_id = opened.entity_id("event", UNIT, "meter_log")
    assert entity_id is not None
    registry = er.async_get(opened.hass)
    registry.async_update_entity(entity_id, disabled_by=er.RegistryEntryDisabler.USER)
    await opened.time.run(60)
    assert opened.hass.states.get(entity_id) is None
    opened.line.meters[UNIT].log(8, 7)
    await opened.time.run(600)

    registry.async_update_entity(entity_id, disabled_by=None)
    heard = listen(opened)
    await opened.time.run(120)

    assert heard.values == [7]


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
