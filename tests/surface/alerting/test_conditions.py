"""Conditions of automations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
import datetime as dt
import json
from pathlib import Path
from typing import Any

from homeassistant.helpers import condition, config_validation as cv
from homeassistant.helpers.condition import ConditionChecker
from homeassistant.helpers.dispatcher import DATA_DISPATCHER
from homeassistant.util import dt as dt_util
import probatio
import pytest

from custom_components import csj_meter
from custom_components.csj_meter.alerting.status import SIGNAL_ALERTS
from custom_components.csj_meter.alerts.drill import drill_findings
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State
from custom_components.csj_meter.condition import CONDITIONS

from ...alerts.found import found
from .automations import device_id
from .conftest import Site

FOLDER = Path(csj_meter.__file__).parent


async def checker(site: Site, name: str, target: Any = None, **options: Any) -> ConditionChecker:
    """A condition as automations have it."""
    written: dict[str, Any] = {"condition": f"csj_meter.{name}"}
    if options:
        written["options"] = options
    if target is not None:
        written["target"] = target
    config = await condition.async_validate_condition_config(site.hass, cv.CONDITION_SCHEMA(written))
    return await condition.async_from_config(site.hass, config)


async def test_an_alert_is_active_from_its_confirmation_to_its_end(site: Site) -> None:
    active, serial = await checker(site, "is_alert_active"), site.home.serial(1)
    said = [active.async_check()]
    for findings in (found(serial, State.SUSPECTED), found(serial)):
        await site.find(findings)
        said.append(active.async_check())
    [alert] = site.alerting.desk.active
    await site.home.time.through(site.alerting.async_acknowledge(alert.id, "Ada"))
    said.append(active.async_check())
    await site.find(found(serial, State.CLEARED, minute=9))
    said.append(active.async_check())

    assert said == [False, False, True, True, False]
    active.async_unload()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"severity": ["critical"]}, True),
        ({"severity": ["warning", "info"]}, False),
        ({"kind": ["voltage_sag"]}, True),
        ({"kind": ["leak"]}, False),
        ({"reach": "individual"}, True),
        ({"reach": "area"}, False),
        ({"include_drills": True}, True),
    ],
)
async def test_options_choose_among_alerts(site: Site, options: Mapping[str, Any], expected: bool) -> None:
    active = await checker(site, "is_alert_active", **options)
    await site.find(found(site.home.serial(1)))
    assert active.async_check() is expected
    active.async_unload()


async def test_a_drill_counts_only_when_asked_for(site: Site) -> None:
    real = await checker(site, "is_alert_active")
    any_at_all = await checker(site, "is_alert_active", include_drills=True)
    now = dt_util.utcnow()
    findings = drill_findings(Kind.LEAK, site.home.serial(1), now)
    await site.home.time.through(site.alerting.async_drill(findings, now + dt.timedelta(minutes=5)))

    assert (real.async_check(), any_at_all.async_check()) == (False, True)
    await site.home.time.run(5 * 60 + 5)
    assert any_at_all.async_check() is False
    real.async_unload()
    any_at_all.async_unload()


@pytest.mark.meters(1, 2, 3)
async def test_a_circuit_is_active_for_those_of_its_meters_that_are_not_well(site: Site) -> None:
    home = site.home
    one = await checker(site, "is_alert_active", {"device_id": device_id(home, 1)}, reach="area")
    two = await checker(site, "is_alert_active", {"device_id": device_id(home, 2)})
    three = await checker(site, "is_alert_active", {"device_id": [device_id(home, 3)]})

    def lost(unit: int, state: State = State.CONFIRMED, minute: int = 2) -> Any:
        serial = home.serial(unit)
        return found(serial, state, kind=Kind.OUTAGE, scope=Scope.AREA, circuit="Elm Row", minute=minute)

    await site.find(lost(1), lost(2))
    assert [one.async_check(), two.async_check(), three.async_check()] == [True, True, False]
    await site.find(lost(1, State.CLEARED, 9))
    assert [one.async_check(), two.async_check(), three.async_check()] == [False, True, False]
    for each in (one, two, three):
        each.async_unload()


async def test_it_tells_when_it_may_have_changed_and_leaves_no_listener(site: Site) -> None:
    active = await checker(site, "is_alert_active")
    told: list[bool | None] = []

    def listeners() -> int:
        return len(site.hass.data[DATA_DISPATCHER].get(SIGNAL_ALERTS, {}))

    before = listeners()
    stop = await active.async_track_changes(lambda: told.append(active.async_check()))
    await site.find(found(site.home.serial(1)))
    assert told
    assert told[-1] is True
    stop()
    assert listeners() == before
    count = len(told)
    await site.find(found(site.home.serial(1), State.CLEARED, minute=9))
    assert len(told) == count
    active.async_unload()


async def test_it_survives_a_reload_and_is_false_while_nobody_watches(site: Site) -> None:
    hass, home = site.hass, site.home
    active = await checker(site, "is_alert_active", severity=["critical"])
    await site.find(found(home.serial(1)))
    assert active.async_check() is True
    assert await home.tear_down()
    assert active.async_check() is False
    assert await home.time.through(hass.config_entries.async_setup(home.entry.entry_id))
    await site.find(found(home.serial(2), severity=Severity.CRITICAL))
    assert active.async_check() is True
    active.async_unload()


async def test_credit_is_low_while_the_meter_says_so(site: Site) -> None:
    home = site.home
    unit, other = [
        unit for unit in home.line.meters if home.entity_id("binary_sensor", unit, "credit_low") is not None
    ][:2]

    async def set_low(low: bool) -> None:
        for one, threshold in ((unit, 9000.0 if low else 0.5), (other, 0.5)):
            meter = home.line.meters[one]
            meter.settings = replace(meter.settings, alarms=(threshold, 0.1))
        await home.time.run(60)

    await set_low(False)
    mine = await checker(site, "is_credit_low", {"device_id": device_id(home, unit)})
    others = await checker(site, "is_credit_low", {"device_id": device_id(home, other)})
    site_wide = await checker(site, "is_credit_low")
    assert [mine.async_check(), others.async_check()] == [False, False]
    await set_low(True)
    assert [mine.async_check(), others.async_check(), site_wide.async_check()] == [True, False, True]
    for each in (mine, others, site_wide):
        each.async_unload()


@pytest.mark.parametrize("options", [{"severity": ["terrible"]}, {"kind": ["gremlins"]}, {"levity": True}])
async def test_options_that_mean_nothing_are_refused(site: Site, options: dict[str, Any]) -> None:
    with pytest.raises(probatio.Invalid):
        await checker(site, "is_alert_active", **options)


async def test_every_condition_is_described(site: Site) -> None:
    described = await condition.async_get_all_descriptions(site.hass)
    ours = {name: about for name, about in described.items() if name.startswith("csj_meter.")}
    told = json.loads((FOLDER / "translations" / "en.json").read_text(encoding="utf-8"))
    icons = json.loads((FOLDER / "icons.json").read_text(encoding="utf-8"))
    assert {name.removeprefix("csj_meter.") for name in ours} == set(CONDITIONS)
    assert set(told["conditions"]) == set(icons["conditions"]) == set(CONDITIONS)
    for name, about in ours.items():
        assert about is not None, name
        texts = told["conditions"][name.removeprefix("csj_meter.")]
        assert set(texts.get("fields", {})) == set(about["fields"]), name
