"""Triggers of automations, in automations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
import datetime as dt
import json
from pathlib import Path
from typing import Any

from homeassistant.helpers import (
    area_registry as ar,
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.helpers.dispatcher import DATA_DISPATCHER
from homeassistant.helpers.trigger import async_get_all_descriptions, async_validate_trigger_config
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict
import probatio
import pytest

from custom_components import csj_meter
from custom_components.csj_meter.alerting.status import SIGNAL_ALERT_EVENTS
from custom_components.csj_meter.alerts.drill import drill_findings
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State
from custom_components.csj_meter.trigger import TRIGGERS

from ...alerts.found import found
from .automations import Ran, device_id
from .conftest import Site

FOLDER = Path(csj_meter.__file__).parent


@pytest.fixture
def ran(site: Site) -> Ran:
    """An automation of the site."""
    return Ran(site.hass)


def alert(event: str, target: Mapping[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """A trigger for alerts."""
    trigger: dict[str, Any] = {"trigger": f"csj_meter.alert_{event}", "options": options}
    return trigger if target is None else trigger | {"target": target}


def names(ran: Ran) -> list[str]:
    """Whom the automation ran for."""
    return [said["name"] for said in ran.said]


async def test_a_trigger_tells_what_the_event_tells(site: Site, ran: Ran) -> None:
    await ran.automate(alert("confirmed"))
    await site.find(found(site.home.serial(1), State.SUSPECTED), found(site.home.serial(1)))

    confirmed = next(event for event in site.events if event["type"] == "confirmed")
    assert json.loads(json.dumps(ran.said)) == [json.loads(json.dumps(confirmed))]
    assert ran.said[0]["title"] == "Critical: Voltage sag, Home 1"


@pytest.mark.parametrize("event", ["raised", "confirmed", "escalated", "acknowledged", "cleared"])
async def test_each_trigger_hears_of_its_own_event_alone(site: Site, ran: Ran, event: str) -> None:
    await ran.automate(alert(event))
    serial = site.home.serial(1)
    await site.find(found(serial, State.SUSPECTED, severity=Severity.WARNING))
    await site.find(found(serial, severity=Severity.WARNING))
    await site.find(found(serial, minute=4))
    identity = site.alerting.desk.active[0].id
    await site.home.time.through(site.alerting.async_acknowledge(identity, "Ada"))
    await site.find(found(serial, State.CLEARED, minute=20))

    assert [said["type"] for said in ran.said] == [event]
    assert {said["alert_id"] for said in ran.said} == {identity}


@pytest.mark.meters(1, 2, 3, 4)
async def test_a_trigger_goes_by_severity_and_kind(site: Site, ran: Ran) -> None:
    await ran.automate(alert("confirmed", severity=["warning", "info"], kind=["leak", "overload"]))
    await site.find(
        found(site.home.serial(1), kind=Kind.LEAK, severity=Severity.WARNING),
        found(site.home.serial(2), kind=Kind.LEAK, severity=Severity.CRITICAL),
        found(site.home.serial(3), kind=Kind.DRIFT, severity=Severity.INFO),
        found(site.home.serial(4), kind=Kind.OVERLOAD, severity=Severity.INFO),
    )

    assert names(ran) == ["Home 1", "Home 4"]


@pytest.mark.meters(1, 2, 3, 4)
@pytest.mark.parametrize(
    ("reach", "expected"),
    [
        ("any", ["circuit Elm Row", "Home 4"]),
        ("individual", ["Home 4"]),
        ("area", ["circuit Elm Row"]),
    ],
)
async def test_a_circuit_speaks_for_its_meters(site: Site, ran: Ran, reach: str, expected: list[str]) -> None:
    await ran.automate(alert("confirmed", reach=reach))
    await site.find(
        *(
            found(site.home.serial(unit), kind=Kind.OUTAGE, scope=Scope.AREA, circuit="Elm Row")
            for unit in (1, 2, 3)
        ),
        found(site.home.serial(4)),
    )

    assert names(ran) == expected
    if reach != "individual":
        assert [member["name"] for member in ran.said[0]["members"]] == ["Home 1", "Home 2", "Home 3"]


@pytest.mark.parametrize(("include", "expected"), [(False, ["Home 2"]), (True, ["Home 1", "Home 2"])])
async def test_drills_count_only_when_asked_for(
    site: Site, ran: Ran, include: bool, expected: list[str]
) -> None:
    await ran.automate(alert("confirmed", include_drills=include))
    now = dt_util.utcnow()
    findings = drill_findings(Kind.OVERLOAD, site.home.serial(1), now)
    await site.home.time.through(site.alerting.async_drill(findings, now + dt.timedelta(minutes=5)))
    await site.find(found(site.home.serial(2)))

    assert names(ran) == expected


@pytest.mark.meters(1, 2, 3, 4, 5, 6)
async def test_targets_are_devices_entities_areas_floors_and_labels(site: Site, ran: Ran) -> None:
    hass, home = site.hass, site.home
    area, label = ar.async_get(hass).async_create("Cellar"), lr.async_get(hass).async_create("Tenants")
    devices, entities = dr.async_get(hass), er.async_get(hass)
    devices.async_update_device(device_id(home, 2), area_id=area.id)
    devices.async_update_device(device_id(home, 3), labels={label.label_id})
    floor = fr.async_get(hass).async_create("Top floor")
    attic = ar.async_get(hass).async_create("Attic", floor_id=floor.floor_id)
    devices.async_update_device(device_id(home, 5), area_id=attic.id)
    entity_id = home.entity_id("sensor", 4, "active_power")
    assert entity_id is not None
    await ran.automate(
        alert(
            "confirmed",
            {
                "device_id": device_id(home, 1),
                "area_id": area.id,
                "floor_id": floor.floor_id,
                "label_id": label.label_id,
                "entity_id": entity_id,
            },
        )
    )
    await site.find(*(found(home.serial(unit)) for unit in range(1, 7)))
    assert names(ran) == ["Home 1", "Home 2", "Home 3", "Home 4", "Home 5"]

    # a meter that is moved is meant from then on
    devices.async_update_device(device_id(home, 6), area_id=area.id)
    devices.async_update_device(device_id(home, 5), area_id=None)
    entities.async_update_entity(entity_id, new_entity_id="sensor.another")
    await site.find(*(found(home.serial(unit), since=60, minute=62) for unit in (5, 6)))
    assert names(ran)[5:] == ["Home 6"]


@pytest.mark.meters(1, 2, 3, 4)
async def test_whose_meter_joins_a_circuit_late_hears_of_it_once(site: Site, ran: Ran) -> None:
    home = site.home
    await ran.automate(alert("confirmed", {"device_id": [device_id(home, 2), device_id(home, 3)]}))

    def lost(unit: int) -> Any:
        return found(home.serial(unit), kind=Kind.OUTAGE, scope=Scope.AREA, circuit="Elm Row")

    await site.find(lost(1))
    assert names(ran) == []
    await site.find(lost(2))
    assert names(ran) == ["circuit Elm Row"]
    await site.find(lost(3), lost(4))
    assert names(ran) == ["circuit Elm Row"]


async def test_a_trigger_survives_a_reload_and_leaves_no_listener(site: Site, ran: Ran) -> None:
    hass, home = site.hass, site.home

    def listeners() -> int:
        return len(hass.data[DATA_DISPATCHER].get(SIGNAL_ALERT_EVENTS, {}))

    before = listeners()
    await ran.automate(alert("confirmed"))
    assert listeners() == before + 1

    assert await home.time.through(hass.config_entries.async_reload(home.entry.entry_id))
    await home.time.run(5)
    await site.find(found(home.serial(1)))
    assert names(ran) == ["Home 1"]

    await ran.stop()
    await hass.async_block_till_done()
    await site.find(found(home.serial(2)))
    assert names(ran) == ["Home 1"]
    assert listeners() == before


@pytest.mark.parametrize(
    "options",
    [{"severity": ["terrible"]}, {"kind": ["gremlins"]}, {"reach": "galaxy"}, {"levity": True}],
)
async def test_options_that_mean_nothing_are_refused(site: Site, options: dict[str, Any]) -> None:
    with pytest.raises(probatio.Invalid):
        await async_validate_trigger_config(site.hass, cv.TRIGGER_SCHEMA([alert("confirmed", **options)]))


async def test_every_trigger_is_described(site: Site) -> None:
    described = await async_get_all_descriptions(site.hass)
    ours = {name: about for name, about in described.items() if name.startswith("csj_meter.")}
    told = json.loads((FOLDER / "translations" / "en.json").read_text(encoding="utf-8"))
    icons = json.loads((FOLDER / "icons.json").read_text(encoding="utf-8"))
    assert {name.removeprefix("csj_meter.") for name in ours} == set(TRIGGERS)
    assert set(told["triggers"]) == set(icons["triggers"]) == set(TRIGGERS)

    for name, about in ours.items():
        assert about is not None, name
        fields = about["fields"]
        texts = told["triggers"][name.removeprefix("csj_meter.")]
        assert set(texts.get("fields", {})) == set(fields), name
        for key, field in fields.items():
            if (select := field["selector"].get("select")) is not None:
                words = told["selector"][select["translation_key"]]["options"]
                assert set(select["options"]) == set(words), key
    kinds = await site.hass.async_add_executor_job(load_yaml_dict, str(FOLDER / "triggers.yaml"))
    assert set(kinds["alert_raised"]["fields"]["kind"]["selector"]["select"]["options"]) == set(Kind)


# credit


async def set_low(site: Site, unit: int, low: bool) -> None:
    """Let the credit of a prepaid meter be low, or not, by its threshold."""
    meter = site.home.line.meters[unit]
    meter.settings = replace(meter.settings, alarms=(9000.0 if low else 0.5, 0.1))
    await site.home.time.run(60)


def credit(event: str, target: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A trigger for credit."""
    trigger: dict[str, Any] = {"trigger": f"csj_meter.credit_{event}"}
    return trigger if target is None else trigger | {"target": target}


def prepaid(site: Site) -> list[int]:
    """Unit ids of the meters that have credit."""
    return [
        unit for unit in site.home.line.meters if site.home.entity_id("binary_sensor", unit, "credit_low")
    ]


@pytest.mark.parametrize(("event", "lows"), [("became_low", [True]), ("no_longer_low", [True, False])])
async def test_credit_that_becomes_low_or_ceases_to_be(
    site: Site, ran: Ran, event: str, lows: list[bool]
) -> None:
    unit, other, *_ = prepaid(site)
    await set_low(site, unit, False)
    await set_low(site, other, False)
    await ran.automate(credit(event, {"device_id": device_id(site.home, unit)}))
    for low in lows:
        await set_low(site, other, low)
        await set_low(site, unit, low)

    [said] = ran.said
    assert said["name"] == f"Home {unit}"
    assert said["serial"] == site.home.serial(unit)
    assert said["device_id"] == device_id(site.home, unit)
    assert said["entity_id"] == site.home.entity_id("binary_sensor", unit, "credit_low")
    assert said["balance"] == float(site.home.state("sensor", unit, "balance").state)
    assert said["unit"] == "EUR"
    assert said["days_left"] is None or said["days_left"] > 0


async def test_credit_that_becomes_low_while_the_bridge_is_reloaded_is_not_missed(
    site: Site, ran: Ran
) -> None:
    hass, home, unit = site.hass, site.home, prepaid(site)[0]
    await set_low(site, unit, False)
    await ran.automate(credit("became_low"))
    assert await home.tear_down()
    await set_low(site, unit, True)
    assert ran.said == []
    assert await home.time.through(hass.config_entries.async_setup(home.entry.entry_id))
    await home.time.run(60)
    assert names(ran) == [f"Home {unit}"]
    await ran.stop()
    await set_low(site, unit, False)
    await set_low(site, unit, True)
    assert names(ran) == [f"Home {unit}"]
