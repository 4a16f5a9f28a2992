"""Lines of the logbook: one for each step of an alert, in words, on the sensor of the meter."""

from __future__ import annotations

import datetime as dt
from typing import Any

from homeassistant.components.logbook.const import DOMAIN as LOGBOOK
from homeassistant.components.logbook.models import LogbookConfig, async_event_to_row
from homeassistant.components.logbook.processor import EventProcessor
from homeassistant.core import Event, callback
import pytest

from custom_components.csj_meter.alerting.status import EVENT_ALERT
from custom_components.csj_meter.alerts.alert import AlertEventType
from custom_components.csj_meter.anomaly.kinds import Scope, State
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.language.texts import english, placeholders_of
from custom_components.csj_meter.logbook import async_describe_events, line_of

from ...alerts.found import found
from ...languages import Asked
from .conftest import Site


@pytest.fixture
async def logged(site: Site) -> list[Event[Any]]:
    """Every event from now on, with the logbook knowing how to tell of it."""
    events: list[Event[Any]] = []

    @callback
    def happened(event: Event[Any]) -> None:
        events.append(event)

    site.hass.bus.async_listen(EVENT_ALERT, happened)
    described: dict[Any, Any] = {}
    site.hass.data[LOGBOOK] = LogbookConfig(described, None, None)

    @callback
    def describe(domain: str, event_type: str, how: Any) -> None:
        described[event_type] = (domain, how)

    async_describe_events(site.hass, describe)
    return events


def lines(site: Site, events: list[Event[Any]]) -> list[dict[str, Any]]:
    """What Home Assistant's logbook makes of them."""
    rows = [row for event in events if (row := async_event_to_row(event)) is not None]
    return EventProcessor(site.hass, (EVENT_ALERT,)).humanify(row for row in rows)


async def test_each_step_is_one_line_of_the_sensor_of_the_meter(site: Site, logged: list[Event[Any]]) -> None:
    serial = site.home.serial(1)
    await site.find(found(serial, State.SUSPECTED))
    await site.find(found(serial))
    (alert,) = site.alerting.active_of(serial)
    await site.home.time.through(site.alerting.async_acknowledge(alert.id, "Ada"))
    await site.find(found(serial, State.CLEARED, minute=9))

    told = lines(site, logged)

    assert len(told) == len(site.events) == 4
    assert {line["entity_id"] for line in told} == {site.home.entity_id("sensor", 1, "alert_state")}
    assert {line["domain"] for line in told} == {DOMAIN}
    assert [line["name"] for line in told][1] == "Critical: Voltage sag, Home 1"
    messages = [line["message"] for line in told]
    assert messages[0].startswith("is suspected: 171 V at phase 1;")
    assert messages[1].startswith("is confirmed: 171 V at phase 1;")
    assert messages[2] == "is acknowledged by Ada"
    assert messages[3].startswith("Normal again after ")


async def test_what_befalls_a_circuit_is_a_line_of_the_sensor_of_the_site(
    site: Site, logged: list[Event[Any]]
) -> None:
    await site.find(*(found(site.home.serial(unit), scope=Scope.AREA) for unit in (1, 2)))

    sensors = [line["entity_id"] for line in lines(site, logged)]

    assert sensors.count("sensor.cellar_alert_state_of_the_site") == 2
    assert len(sensors) == 6


async def test_shelving_says_until_when_and_by_whom(site: Site, logged: list[Event[Any]]) -> None:
    await site.find(found(site.home.serial(1)))
    (alert,) = site.alerting.active_of(site.home.serial(1))
    await site.home.time.through(site.alerting.async_shelve(alert.id, dt.timedelta(hours=2), "Ada"))

    # by the clock of Home Assistant, which is that of California
    assert lines(site, logged)[-1]["message"] == "is shelved until Sat 31 October, 05:00 by Ada"


def test_there_is_a_line_for_every_step_and_cause_and_none_is_left_over() -> None:
    texts = Asked(english())
    for step in AlertEventType:
        escalated = step is AlertEventType.ESCALATED
        for cause in ("unacknowledged", "worsened") if escalated else (None, "chattering", "not_repaired"):
            for by in (None, "Ada"):
                data = {"type": step.value, "cause": cause, "by": by, "message": "It is so."}
                assert line_of(data, texts)

    lines = {key for key in english().templates if key.startswith("logbook.")}
    assert lines == {key for key in texts.words if key.startswith("logbook.")}
    for key in lines:
        assert texts.words[key] == {placeholders_of(english().templates[key])}, key
