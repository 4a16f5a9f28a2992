"""Alerts on the panel: from a fault on the line to somebody who answers, with the evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from homeassistant.helpers.dispatcher import async_dispatcher_send
import numpy as np
import pytest

from custom_components.csj_meter.alerting.alerting import current_alerting
from custom_components.csj_meter.anomaly.finding import Standing, Witness
from custom_components.csj_meter.anomaly.kinds import Kind, Severity
from custom_components.csj_meter.detection.engine_file import engine_path
from custom_components.csj_meter.detection.status import SIGNAL_FINDINGS
from custom_components.csj_meter.history.telemetry import async_telemetry
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.site.access import Role
from custom_components.csj_meter.telemetry.series import DAY, Series

from ...alerts.found import found
from .conftest import CIRCUIT, Office, Viewer

pytestmark = [pytest.mark.loopback, pytest.mark.meters(1, 2, 3)]

UNIT = 2


class Told:
    """The alerts that one viewer sees."""

    def __init__(self, viewer: Viewer, number: int) -> None:
        self.viewer, self.number = viewer, number
        self._alerts: dict[str, dict[str, Any]] = {}

    @classmethod
    async def to(cls, viewer: Viewer) -> Told:
        return cls(viewer, await viewer.subscribe("alerts/subscribe"))

    @property
    def alerts(self) -> dict[str, dict[str, Any]]:
        for event in self.viewer.heard(self.number):
            self._alerts |= {row["alert_id"]: row for row in event["alerts"]}
            for alert_id in event["removed"]:
                del self._alerts[alert_id]
        return self._alerts


async def sag(office: Office, *units: int) -> None:
    for unit in units:
        office.home.line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG, unit=unit, magnitude=0.3))
    await office.run(300)


async def test_a_sag_is_told_shown_answered_and_over(office: Office) -> None:
    viewer, serial = await office.viewer(), office.home.serial(UNIT)
    told = await Told.to(viewer)
    assert told.alerts == {}
    await office.run(120)
    await sag(office, UNIT)
    (alert,) = told.alerts.values()
    assert (alert["kind"], alert["state"], alert["serial"]) == ("voltage_sag", "confirmed", serial)

    evidence = await viewer.ask("alerts/evidence", alert_id=alert["alert_id"])
    samples = evidence["samples"]
    lowest = min(filter(None, samples["series"]["voltage_l1"]["min"]))
    highest = max(filter(None, samples["series"]["voltage_l1"]["max"]))
    assert (evidence["quantity"], evidence["serial"], samples["resolution"]) == (
        "voltage_l1",
        serial,
        "minute",
    )
    assert lowest < 180 < highest
    # its neighbours on the circuit were asked
    assert {one["serial"] for one in evidence["witnesses"]} <= {office.home.serial(1), office.home.serial(3)}
    assert evidence["band"] is None

    answered = await viewer.ask("alerts/acknowledge", alert_id=alert["alert_id"])
    assert answered["alert"]["state"] == "acknowledged"
    assert answered["alert"]["acknowledged_by"] == "Mock User"
    await office.run(2)
    assert told.alerts[alert["alert_id"]]["state"] == "acknowledged"
    order = await viewer.ask("alerts/create_work_order", alert_id=alert["alert_id"])
    again = await viewer.ask("alerts/create_work_order", alert_id=alert["alert_id"])
    assert order["work_order"]["name"] == again["work_order"]["name"] == "WO-0001"
    shelved = await viewer.ask("alerts/shelve", alert_id=alert["alert_id"], minutes=60)
    assert shelved["alert"]["state"] == "shelved"
    false = await viewer.ask("alerts/report_false_alarm", alert_id=alert["alert_id"])
    assert false["alert"]["state"] == "false_alarm"

    office.home.line.faults.clear()
    await office.run(300)
    assert told.alerts == {}
    # it is over, and its evidence can still be looked at
    over = await viewer.ask("alerts/evidence", alert_id=alert["alert_id"])
    assert over["alert"]["state"] == "cleared"
    assert await viewer.refused("alerts/acknowledge", alert_id=alert["alert_id"]) == (
        "service_validation_error",
        "alert_not_active",
    )


@pytest.mark.meters(1, 2, 3, 4)
async def test_of_an_area_each_sees_their_own_meters(office: Office) -> None:
    mine = office.home.serial(UNIT)
    owner, tenant = await office.viewer(), await office.person(Role.TENANT, meters=(mine,))
    landlord = await office.person(Role.LANDLORD, circuits=("Oak Street",))
    told = [await Told.to(one) for one in (owner, tenant, landlord)]
    await office.run(120)
    await sag(office, 1, 2, 3)
    area = next(one for one in told[0].alerts.values() if one["scope"] == "area" and one["serial"] is None)

    assert {one["serial"] for one in area["members"]} == {office.home.serial(unit) for unit in (1, 2, 3)}
    assert {one["serial"] for one in told[1].alerts[area["alert_id"]]["members"]} == {mine}
    for neighbour in (office.home.serial(1), office.home.serial(3), "Home 1", "Home 3"):
        assert neighbour not in str(told[1].alerts)
    assert told[2].alerts == {}
    evidence = await tenant.ask("alerts/evidence", alert_id=area["alert_id"])
    assert evidence["serial"] == mine
    assert office.home.serial(1) not in str(evidence)
    # whoever may not know of an alert learns nothing of it
    for name in ("alerts/evidence",):
        assert await landlord.refused(name, alert_id=area["alert_id"]) == ("not_found", "no_such_alert")
    assert await tenant.refused("alerts/acknowledge", alert_id=area["alert_id"]) == (
        "unauthorized",
        "not_allowed",
    )


async def test_alerts_and_work_orders_go_with_their_meter_to_another_circuit(office: Office) -> None:
    before = await office.person(Role.LANDLORD, circuits=("Oak Street",))
    now = await office.person(Role.LANDLORD, circuits=(CIRCUIT,))
    # it hung on Oak Street when this was found
    finding = found(office.home.serial(UNIT), circuit="Oak Street", severity=Severity.WARNING)
    async_dispatcher_send(office.hass, SIGNAL_FINDINGS, [finding])
    await office.run(1)
    alerting = current_alerting(office.hass)
    assert alerting is not None
    (alert,) = alerting.desk.alerts
    assert alert.circuit == "Oak Street"

    refused = ("unauthorized", "not_allowed")
    for name in ("report_false_alarm", "acknowledge", "create_work_order"):
        assert await before.refused(f"alerts/{name}", alert_id=alert.id) == refused
    assert await before.refused("alerts/shelve", alert_id=alert.id, minutes=60) == refused
    order = (await now.ask("alerts/create_work_order", alert_id=alert.id))["work_order"]["number"]
    assert await before.refused("work_orders/complete", number=order) == refused
    assert (await now.ask("work_orders/complete", number=order))["work_order"]["open"] is False


async def test_a_load_is_shown_with_what_is_usual(office: Office) -> None:
    """With five weeks of past, the hours around an alert have an expected value and a band."""
    serial, time = office.home.serial(UNIT), office.home.time
    assert await office.home.tear_down()
    now = int(time.wall) // 60
    minutes = np.arange(now - 30 * DAY, now - 10)
    power = np.where(minutes // 60 % 24 < 6, 100.0, 500.0) + minutes % 7
    telemetry = await async_telemetry(office.hass)
    await time.through(
        telemetry.async_run(
            lambda store: store.ingest(serial, Series.measured(minutes, {"active_power": power}))
        )
    )
    engine_path(office.hass).unlink(missing_ok=True)
    assert await time.through(office.hass.config_entries.async_setup(office.home.entry.entry_id))
    await office.run(400)
    since = int(time.wall) // 60 - 3
    finding = found(
        serial,
        kind=Kind.HIGH_USAGE,
        severity=Severity.WARNING,
        circuit=CIRCUIT,
        quantity="active_power",
        phase=None,
        value=4000.0,
        low=None,
        witnesses=(
            Witness(serial=office.home.serial(1), standing=Standing.NORMAL, since=since, value=300.0),
        ),
    )
    async_dispatcher_send(office.hass, SIGNAL_FINDINGS, [replace(finding, since=since, at=since + 2)])
    await office.run(2)
    viewer = await office.viewer()
    alerting = current_alerting(office.hass)
    assert alerting is not None
    alert = next(one for one in alerting.desk.alerts if one.kind is Kind.HIGH_USAGE)
    evidence = await viewer.ask("alerts/evidence", alert_id=alert.id)

    assert evidence["band"]
    for hour in evidence["band"]:
        assert hour["low"] <= hour["expected"] <= hour["high"]
        assert hour["expected"] == pytest.approx(503, abs=30)
    assert evidence["witnesses"] == [
        {
            "serial": office.home.serial(1),
            "name": "Home 1",
            "standing": "normal",
            "since": evidence["witnesses"][0]["since"],
            "value": 300.0,
        }
    ]
    support = await office.person(Role.SUPPORT)
    shown = await support.ask("alerts/evidence", alert_id=alert.id)
    assert shown["samples"]["resolution"] == "hour"
