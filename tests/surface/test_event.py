"""The meter's own log as events: each entry once, however the line and the meter behave."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from homeassistant.const import STATE_UNKNOWN
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.csj_meter.meter_log import PERIOD
from custom_components.csj_meter.meters.commands.rings import EventCode
from custom_components.csj_meter.simulator.faults import Fault, FaultKind

from .conftest import Home
from .heard import UNIT, listen


@pytest.fixture
async def opened(keyed: Home) -> Home:
    """A bridge that knows the keys of its two meters, set up."""
    assert await keyed.set_up()
    await keyed.time.run(30)
    return keyed


async def act(home: Home, platform: str, key: str, service: str, **data: Any) -> None:
    """Use an entity of the meter the way a person does."""
    call = home.hass.services.async_call(
        platform, service, {"entity_id": home.entity_id(platform, UNIT, key), **data}, blocking=True
    )
    await home.time.through(call)


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
