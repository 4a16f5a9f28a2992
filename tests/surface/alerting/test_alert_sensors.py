"""How a meter stands, and how the site does: the worst active alert counts, and what people said of it."""

from __future__ import annotations

import datetime as dt

from homeassistant.core import State as EntityState
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.sensor_alerts import AlertStateSensor

from ...alerts.found import found
from .conftest import Site


def meter_state(site: Site, unit_id: int = 1) -> EntityState:
    return site.home.state("sensor", unit_id, "alert_state")


def site_state(site: Site) -> EntityState:
    entity_id = er.async_get(site.hass).async_get_entity_id("sensor", DOMAIN, "site_alert_state")
    assert entity_id is not None
    state = site.hass.states.get(entity_id)
    assert state is not None
    return state


async def test_it_shows_the_worst_of_what_is_confirmed(site: Site) -> None:
    serial = site.home.serial(1)
    assert meter_state(site).state == "ok"

    await site.find(found(serial, State.SUSPECTED))
    assert (meter_state(site).state, meter_state(site).attributes["alerts"]) == ("ok", [])
    await site.find(found(serial, kind=Kind.DRIFT, severity=Severity.INFO))
    assert meter_state(site).state == "info"
    await site.find(found(serial, kind=Kind.LEAK, severity=Severity.WARNING))
    assert meter_state(site).state == "warning"
    await site.find(found(serial))
    assert meter_state(site).state == "critical"
    assert [one["kind"] for one in meter_state(site).attributes["alerts"]] == ["voltage_sag", "leak", "drift"]
    await site.find(found(serial, State.CLEARED, minute=9))
    assert meter_state(site).state == "warning"
    assert meter_state(site, 2).state == "ok"


async def test_each_active_alert_is_listed_with_what_people_need_to_know(site: Site) -> None:
    serial = site.home.serial(1)

    await site.find(found(serial))

    (listed,) = meter_state(site).attributes["alerts"]
    (alert,) = site.alerting.active_of(serial)
    assert listed == {
        "id": alert.id,
        "kind": "voltage_sag",
        "severity": "critical",
        "state": "confirmed",
        "since": "2026-11-02T12:00:00+00:00",
        "title": "Critical: Voltage sag, Home 1",
        "drill": False,
    }
    assert AlertStateSensor._unrecorded_attributes == {"alerts"}


async def test_what_is_acknowledged_still_counts(site: Site) -> None:
    serial = site.home.serial(1)
    await site.find(found(serial))
    (alert,) = site.alerting.active_of(serial)

    await site.home.time.through(site.alerting.async_acknowledge(alert.id, "Ada"))

    assert meter_state(site).state == "critical"
    assert [one["state"] for one in meter_state(site).attributes["alerts"]] == ["acknowledged"]
    assert site_state(site).attributes["acknowledged"] == 1


@pytest.mark.parametrize("verdict", ["shelved", "false_alarm"])
async def test_what_is_shelved_or_a_false_alarm_does_not(site: Site, verdict: str) -> None:
    serial = site.home.serial(1)
    await site.find(found(serial), found(serial, kind=Kind.DRIFT, severity=Severity.INFO))
    alert = site.alerting.active_of(serial)[0]

    await site.home.time.through(
        site.alerting.async_shelve(alert.id, dt.timedelta(hours=1), "Ada")
        if verdict == "shelved"
        else site.alerting.async_report_false_alarm(alert.id, "Ada")
    )

    assert meter_state(site).state == "info"
    assert meter_state(site).attributes["alerts"][0]["state"] == verdict
    assert site_state(site).state == "info"
    assert (site_state(site).attributes["critical"], site_state(site).attributes[verdict]) == (0, 1)


async def test_a_drill_counts_and_says_that_it_is_one(site: Site) -> None:
    serial = site.home.serial(1)
    await site.find(found(serial, kind=Kind.LEAK, severity=Severity.WARNING))
    assert meter_state(site).attributes["drill"] is False
    until = dt.datetime.fromtimestamp(site.home.time.wall + 10, dt.UTC)

    await site.home.time.through(site.alerting.async_drill([found(serial)], until))
    assert (meter_state(site).state, meter_state(site).attributes["drill"]) == ("critical", True)
    assert (site_state(site).state, site_state(site).attributes["drill"]) == ("critical", True)

    await site.home.time.run(12)
    assert (meter_state(site).state, meter_state(site).attributes["drill"]) == ("warning", False)


@pytest.mark.meters(1, 2, 3, 4)
async def test_the_site_counts_what_befell_a_circuit_once(site: Site) -> None:
    serials = [site.home.serial(unit) for unit in (1, 2, 3)]

    await site.find(*(found(serial, scope=Scope.AREA) for serial in serials))
    await site.find(found(site.home.serial(4), kind=Kind.LEAK, severity=Severity.WARNING))

    state = site_state(site)
    assert state.state == "critical"
    counts = {name: state.attributes[name] for name in ("critical", "warning", "info", "unacknowledged")}
    assert counts == {"critical": 1, "warning": 1, "info": 0, "unacknowledged": 2}
    assert [meter_state(site, unit).state for unit in (1, 2, 3, 4)] == ["critical"] * 3 + ["warning"]


async def test_after_a_restart_it_is_right_at_once(site: Site) -> None:
    serial = await site.sag()
    assert "voltage_sag" in {one["kind"] for one in meter_state(site).attributes["alerts"]}
    shown = [*site.alerting.active_of(serial)]

    await site.restart()

    assert meter_state(site).state == site_state(site).state == "critical"
    assert [one["id"] for one in meter_state(site).attributes["alerts"]] == [alert.id for alert in shown]


async def test_a_meter_that_nobody_watches_is_not_called_well(site: Site) -> None:
    call = site.hass.services.async_call(
        "switch", "turn_off", {"entity_id": site.home.entity_id("switch", 1, "watch_load")}, blocking=True
    )
    await site.home.time.through(call)
    await site.home.time.run(130)

    assert meter_state(site).state == "unknown"
    assert site.home.state("binary_sensor", 1, "voltage_problem").state == "unknown"
    assert meter_state(site, 2).state == "ok"


async def test_nothing_is_written_while_nothing_changes(site: Site) -> None:
    await site.find(found(site.home.serial(1)))
    before = site.home.state("sensor", 2, "alert_state")

    await site.find(found(site.home.serial(1), kind=Kind.LEAK, severity=Severity.WARNING))

    assert site.home.state("sensor", 2, "alert_state").last_reported == before.last_reported
