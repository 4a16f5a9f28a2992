"""The list of meters, as each role sees it."""

from __future__ import annotations

from typing import Any

from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.site.access import TABLE, Role
from custom_components.csj_meter.site_settings import TelemetrySettings, async_site_settings
from custom_components.csj_meter.websocket.command import API_VERSION
from custom_components.csj_meter.websocket.list_view import PAUSE

from .conftest import CIRCUIT, Office

pytestmark = [pytest.mark.loopback, pytest.mark.meters(1, 2, 3, 4, 5, 6)]


async def test_who_asks_is_told_what_they_may(office: Office) -> None:
    owner, nobody = await office.viewer(), await office.person(None)
    landlord = await office.person(Role.LANDLORD, circuits=(CIRCUIT,))
    told = {name: await who.ask("info") for name, who in (("o", owner), ("n", nobody), ("l", landlord))}

    assert {info["version"] for info in told.values()} == {API_VERSION}
    assert [told[name]["role"] for name in "onl"] == ["owner", "tenant", "landlord"]
    for info in told.values():
        table = TABLE[Role(info["role"])]
        assert info["permissions"] == {one.value: scope.value for one, scope in table.items()}
        assert info["language"] == "en"
        assert info["quantities"]["voltage_l1"] == {"unit": "V", "kind": "voltage"}


@pytest.mark.parametrize(
    ("settings", "days"),
    [
        (TelemetrySettings(), 775),
        (TelemetrySettings(aggregate_months=240), 7471),
        (TelemetrySettings(raw_days=3650), 3651),
    ],
    ids=["as it comes", "months", "days"],
)
async def test_who_asks_is_told_how_far_back_there_is_something(
    office: Office, settings: TelemetrySettings, days: int
) -> None:
    await (await async_site_settings(office.hass)).async_set_telemetry(settings)

    assert (await (await office.viewer()).ask("info"))["history_days"] == days


async def test_a_row_says_how_a_meter_stands(office: Office) -> None:
    viewer, home = await office.viewer(), office.home
    await office.run(90)
    rows = {row["serial"]: row for row in (await viewer.ask("meters/list"))["meters"]}

    assert set(rows) == {home.serial(unit) for unit in home.line.meters}
    row, truth = rows[home.serial(2)], home.line.meters[2].truth()
    assert (row["name"], row["circuit"], row["bridge_name"]) == ("Home 2", CIRCUIT, "Cellar")
    assert (row["state"], row["phases"]) == ("online", 1)
    assert row["balance"] == {"value": pytest.approx(float(str(truth["balance"])), abs=0.1), "unit": "EUR"}
    assert row["values"]["voltage_l1"] == pytest.approx(float(str(truth["voltage_l1"])), abs=5)
    assert row["health"]["unit_id"] == 2
    assert row["health"]["success_rate"] == 1.0
    assert row["health"]["key"] == "untried"
    assert row["last_contact"] is not None
    assert row["alerts"] == {"active": 0, "severity": None, "alert_ids": [], "titles": []}
    for meter in home.line.meters.values():
        assert str(meter.nameplate.key) not in str(rows)


@pytest.mark.parametrize(
    ("role", "seen", "money", "health", "alerts"),
    [
        (Role.TECHNICIAN, 6, False, True, True),
        (Role.SUPPORT, 6, False, False, True),
        (Role.LANDLORD, 3, True, False, True),
        (Role.TENANT, 1, True, False, True),
    ],
)
async def test_each_role_sees_its_own(
    office: Office, role: Role, seen: int, money: bool, health: bool, alerts: bool
) -> None:
    prepaid = office.home.serial(2)
    theirs: dict[str, Any] = {
        Role.LANDLORD: {"circuits": (CIRCUIT,)},
        Role.TENANT: {"meters": (prepaid,)},
    }.get(role, {})
    viewer = await office.person(role, **theirs)
    rows = {row["serial"]: row for row in (await viewer.ask("meters/list"))["meters"]}
    number = await viewer.subscribe("meters/subscribe")
    (first,) = viewer.heard(number)

    assert len(rows) == seen
    assert {row["serial"] for row in first["meters"]} == set(rows)
    row = rows[prepaid]
    assert (row["balance"] is not None, row["health"] is not None, row["alerts"] is not None) == (
        money,
        health,
        alerts,
    )


async def test_changes_come_together_and_at_most_once_a_second(office: Office) -> None:
    viewer, serial, registry = await office.viewer(), office.home.serial(1), dr.async_get(office.hass)
    device = registry.async_get_device_by_identifier((DOMAIN, serial), office.home.entry.entry_id)
    assert device is not None
    number = await viewer.subscribe("meters/subscribe")
    viewer.heard(number)
    for count in range(50):
        registry.async_update_device(device.id, name_by_user=f"Attic {count}")
        await office.home.time.run(0.1)
    await office.run(2)
    told = viewer.heard(number)
    print(f"50 changes in 5 s: {len(told)} events")  # noqa: T201

    assert len(told) <= 5 / PAUSE + 2
    assert [row["name"] for row in told[-1]["meters"] if row["serial"] == serial] in ([], ["Attic 49"])
    assert "Attic 49" in str(told)


async def test_an_alert_and_a_silence_are_changes(office: Office) -> None:
    viewer, line = await office.viewer(), office.home.line
    number = await viewer.subscribe("meters/subscribe")
    line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG, unit=4, magnitude=0.3))
    line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=5))
    await office.run(400)
    rows: dict[str, Any] = {}
    for event in viewer.heard(number):
        rows |= {row["serial"]: row for row in event["meters"]}

    sagging, dead = rows[office.home.serial(4)], rows[office.home.serial(5)]
    assert sagging["alerts"]["severity"] == "critical"
    assert sagging["alerts"]["titles"][0].startswith("Critical: Voltage sag")
    assert dead["state"] == "silent"
    assert dead["values"]["active_power"] is None
    assert dead["health"]["failed"]
