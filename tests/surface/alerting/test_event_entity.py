"""Steps of alerts as event entities: on the meter they are about, each once, none before somebody hears."""

from __future__ import annotations

from typing import Any

from homeassistant.core import CoreState, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_track_state_change_event

from custom_components.csj_meter.alerting.event_feed import LONGEST_WAIT
from custom_components.csj_meter.anomaly.kinds import Scope, State
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.detection.status import SIGNAL_FINDINGS
from custom_components.csj_meter.event import ALERT, ALERT_FACTS

from ...alerts.found import found
from ..conftest import Home
from .conftest import Site


def entity_of(home: Home, owner: str) -> str:
    """The event entity of a meter, or of the site."""
    entity_id = er.async_get(home.hass).async_get_entity_id("event", DOMAIN, f"{owner}_{ALERT.key}")
    assert entity_id is not None
    return entity_id


def listen(home: Home, owner: str) -> list[dict[str, Any]]:
    """Attributes of every event of an entity from now on; what it was restored with is none."""
    heard: list[dict[str, Any]] = []
    seen: set[str] = set()
    if (state := home.hass.states.get(entity_of(home, owner))) is not None:
        seen.add(state.state)

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new is None or new.state in ("unknown", "unavailable") or new.state in seen:
            return
        seen.add(new.state)
        heard.append(dict(new.attributes))

    async_track_state_change_event(home.hass, entity_of(home, owner), changed)
    return heard


def steps(heard: list[dict[str, Any]]) -> list[str]:
    return [event["event_type"] for event in heard]


async def test_each_step_is_an_event_of_the_meter_that_it_is_about(site: Site) -> None:
    serial, other = site.home.serial(1), site.home.serial(2)
    heard, neighbour = listen(site.home, serial), listen(site.home, other)
    circuits = listen(site.home, "site")

    await site.find(found(serial, State.SUSPECTED))
    await site.find(found(serial))
    (alert,) = site.alerting.active_of(serial)
    await site.home.time.through(site.alerting.async_acknowledge(alert.id, "Ada"))
    await site.find(found(serial, State.CLEARED, minute=9))

    assert steps(heard) == ["raised", "confirmed", "acknowledged", "cleared"]
    assert neighbour == circuits == []
    assert [event["by"] for event in heard] == [None, None, "Ada", None]
    confirmed = heard[1]
    assert confirmed["alert_id"] == alert.id
    assert (confirmed["kind"], confirmed["severity"], confirmed["state"]) == (
        "voltage_sag",
        "critical",
        "confirmed",
    )
    assert (confirmed["value"], confirmed["unit"], confirmed["low"], confirmed["drill"]) == (
        171.0,
        "V",
        180.0,
        False,
    )
    assert confirmed["title"] == "Critical: Voltage sag, Home 1"
    assert confirmed["message"].startswith("171 V at phase 1;")


async def test_an_event_has_the_flat_fields_of_the_event_of_the_bus(site: Site) -> None:
    serial = site.home.serial(1)
    heard = listen(site.home, serial)

    await site.find(found(serial))

    assert steps(heard) == [event["type"] for event in site.events] == ["raised", "confirmed"]
    for event, fired in zip(heard, site.events, strict=True):
        assert {name: event[name] for name in ALERT_FACTS} == {name: fired[name] for name in ALERT_FACTS}
        assert not any(isinstance(event[name], list | dict) for name in ALERT_FACTS)


async def test_what_befalls_a_circuit_is_an_event_of_the_site_and_members_are_of_their_meters(
    site: Site,
) -> None:
    serials = [site.home.serial(unit) for unit in (1, 2)]
    heard = [listen(site.home, serial) for serial in serials]
    circuits = listen(site.home, "site")

    await site.find(*(found(serial, scope=Scope.AREA) for serial in serials))

    assert [steps(one) for one in heard] == [["raised", "confirmed"]] * 2
    assert steps(circuits) == ["raised", "confirmed"]
    assert (circuits[0]["scope"], circuits[0]["circuit"]) == ("area", "street")
    assert {one[-1]["area_alert_id"] for one in heard} == {circuits[0]["alert_id"]}


async def test_the_event_entity_of_the_site_is_on_the_device_of_the_bridge(site: Site) -> None:
    registry, devices = er.async_get(site.hass), dr.async_get(site.hass)
    entity = registry.async_get(entity_of(site.home, "site"))
    assert entity is not None
    assert entity.device_id is not None
    device = devices.async_get(entity.device_id)

    assert device is not None
    assert (DOMAIN, site.home.entry.entry_id) in device.identifiers


async def test_nothing_is_told_before_home_assistant_runs_and_all_of_it_then(
    home: Home, hass: HomeAssistant
) -> None:
    hass.set_state(CoreState.starting)
    assert await home.set_up()
    await home.time.run(5)
    serial = home.serial(1)
    heard = listen(home, serial)

    async_dispatcher_send(hass, SIGNAL_FINDINGS, [found(serial)])
    await home.time.run(1)
    assert heard == []

    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await home.time.run(1)
    assert steps(heard) == ["raised", "confirmed"]


async def test_it_is_told_as_well_when_the_clock_is_set_right_meanwhile(
    home: Home, hass: HomeAssistant
) -> None:
    hass.set_state(CoreState.starting)
    assert await home.set_up()
    await home.time.run(5)
    heard = listen(home, home.serial(1))
    async_dispatcher_send(hass, SIGNAL_FINDINGS, [found(home.serial(1))])
    await home.time.run(1)
    await home.time.step(5 * 3600)

    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await home.time.run(1)
    assert steps(heard)[:2] == ["raised", "confirmed"]


async def test_what_happens_before_its_entity_is_there_is_told_when_it_is(site: Site) -> None:
    serial = site.home.serial(1)
    entity_id = entity_of(site.home, serial)
    registry = er.async_get(site.hass)
    registry.async_update_entity(entity_id, disabled_by=er.RegistryEntryDisabler.USER)
    await site.home.time.run(60)
    assert site.hass.states.get(entity_id) is None
    heard = listen(site.home, serial)
    await site.find(found(serial))

    registry.async_update_entity(entity_id, disabled_by=None)
    await site.home.time.run(60)

    assert steps(heard)[:2] == ["raised", "confirmed"]


async def test_an_entity_that_is_enabled_later_does_not_begin_with_what_is_no_news_any_more(
    site: Site,
) -> None:
    serial = site.home.serial(1)
    entity_id = entity_of(site.home, serial)
    registry = er.async_get(site.hass)
    registry.async_update_entity(entity_id, disabled_by=er.RegistryEntryDisabler.USER)
    await site.home.time.run(60)
    heard = listen(site.home, serial)
    await site.find(found(serial))
    await site.home.time.run(LONGEST_WAIT + 60)

    registry.async_update_entity(entity_id, disabled_by=None)
    await site.home.time.run(60)

    assert "confirmed" not in steps(heard)


async def test_a_restart_repeats_nothing(site: Site) -> None:
    serial = await site.sag()
    heard = listen(site.home, serial)

    await site.restart()
    await site.home.time.run(130)

    assert [event["event_type"] for event in heard if event["kind"] == "voltage_sag"] == []
