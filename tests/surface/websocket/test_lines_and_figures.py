"""Work orders, lines and their search, figures, other settings tried, and the audit log."""

from __future__ import annotations

from homeassistant.util import dt as dt_util
import numpy as np
import pytest

from custom_components.csj_meter.access.audit_log import async_audit_log
from custom_components.csj_meter.history.telemetry import async_telemetry
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.site.access import Permission, Role
from custom_components.csj_meter.site.audit import AuditEntry
from custom_components.csj_meter.telemetry.series import DAY, Series

from .conftest import CIRCUIT, FRAMES, Office, frames

pytestmark = [pytest.mark.loopback, pytest.mark.meters(1, 2, 3, 4, 5, 6)]

UNIT = 2


async def test_a_work_order_from_its_beginning_to_its_end(office: Office) -> None:
    technician, watcher = await office.person(Role.TECHNICIAN), await office.viewer()
    landlord = await office.person(Role.LANDLORD, circuits=("Oak Street",))
    number = await watcher.subscribe("work_orders/subscribe")
    theirs = await landlord.subscribe("work_orders/subscribe")
    order = (
        await technician.ask(
            "work_orders/create", summary=" Change the battery ", serial=office.home.serial(UNIT)
        )
    )["work_order"]
    assert (order["summary"], order["created_by"], order["meter"]) == (
        "Change the battery",
        "Technician",
        "Home 2",
    )
    changed = await technician.ask(
        "work_orders/update", number=order["number"], description="CR2032", due="2026-11-02T08:00:00+01:00"
    )
    assert changed["work_order"]["summary"] == "Change the battery"
    assert changed["work_order"]["due_at"] == "2026-11-02T07:00:00+00:00"
    cleared = await technician.ask("work_orders/update", number=order["number"], due=None)
    assert (cleared["work_order"]["due_at"], cleared["work_order"]["description"]) == (None, "CR2032")
    done = await technician.ask("work_orders/complete", number=order["number"])
    assert done["work_order"]["completed_by"] == "Technician"
    again = await technician.ask("work_orders/reopen", number=order["number"])
    assert again["work_order"]["open"]
    await office.run(3)

    rows = [row for event in watcher.heard(number) for row in event["work_orders"]]
    assert rows[-1] == again["work_order"]
    assert [row for event in landlord.heard(theirs) for row in event["work_orders"]] == []
    assert await landlord.refused("work_orders/complete", number=order["number"]) == (
        "unauthorized",
        "not_allowed",
    )
    lines = (await watcher.ask("audit", serial=office.home.serial(UNIT)))["lines"]
    assert [(line["what"], line["outcome"]) for line in lines if line["name"] == "Technician"] == [
        ("csj_meter/work_orders/reopen", "done"),
        ("csj_meter/work_orders/complete", "done"),
        ("csj_meter/work_orders/update", "done"),
        ("csj_meter/work_orders/update", "done"),
        ("csj_meter/work_orders/create", "done"),
    ]


async def test_lines_show_their_errors(office: Office) -> None:
    viewer, bus = await office.viewer(), office.home.entry.runtime_data.bus
    number = await viewer.subscribe("bus/subscribe")
    (first,) = viewer.heard(number)
    (row,) = first["bridges"]
    assert (row["name"], row["link"], row["state"], row["up"]) == ("Cellar", "simulated", "loaded", True)
    assert {unit["serial"] for unit in row["units"]} == {office.home.serial(unit) for unit in range(1, 7)}
    office.home.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=UNIT))
    await office.run(90)
    row = viewer.heard(number)[-1]["bridges"][0]
    unit = next(one for one in row["units"] if one["unit_id"] == UNIT)
    assert unit["timeouts"] == bus.statistics.unit(UNIT).timeouts > 0
    assert unit["success_rate"] < 1


async def test_a_line_is_searched_while_it_is_polled(office: Office) -> None:
    viewer, entry = await office.viewer(), office.home.entry
    number = await viewer.subscribe("bus/scan", bridge=entry.entry_id, first=1, last=20)
    assert await viewer.refused("bus/scan", bridge=entry.entry_id) == (
        "service_validation_error",
        "scan_under_way",
    )
    await office.run(60)
    told = viewer.heard(number)
    assert [event["type"] for event in told[:-1]] == ["progress"] * (len(told) - 1)
    assert told[-1]["type"] == "result"
    assert told[-1]["hits"] == [{"unit_id": unit, "serial": office.home.serial(unit)} for unit in range(1, 7)]
    assert set(entry.runtime_data.bus.statistics.units) == set(range(1, 7))


async def test_a_search_ends_with_its_page_and_with_its_bridge(office: Office) -> None:
    viewer, entry = await office.viewer(), office.home.entry
    number = await viewer.subscribe("bus/scan", bridge=entry.entry_id)
    await office.run(3)
    await viewer.unsubscribe(number)
    await office.run(1)
    number = await viewer.subscribe("bus/scan", bridge=entry.entry_id)
    await office.run(2)
    viewer.heard(number)
    await office.reload()
    assert viewer.heard(number)[-1] == {"type": "ended"}
    await viewer.subscribe("bus/scan", bridge=entry.entry_id, first=1, last=1)


async def test_figures_of_a_period(office: Office) -> None:
    support, owner = await office.person(Role.SUPPORT), await office.viewer()
    await office.run(120)
    office.home.line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG, unit=4, magnitude=0.3))
    await office.run(300)
    told = (await support.ask("kpis", days=7))["kpis"]

    assert told["alarms"] == 1
    assert told["confirmation"]["n"] == 1
    assert told["confirmation"]["median"] <= 180
    assert told["top_up_success"] is None
    assert (await owner.ask("kpis"))["kpis"]["alarms"] == 1


async def _remember(office: Office, days: int) -> None:
    """Some days of a meter in the store, with a sag of five minutes each noon."""
    until = int(office.home.time.wall) // 60 - 10
    minutes = np.arange(until - days * DAY, until)
    sag = (minutes % DAY >= 720) & (minutes % DAY < 725)
    series = Series.measured(
        minutes,
        {"voltage_l1": np.where(sag, 175.0, 230.0), "active_power": np.full(len(minutes), 300.0)},
    )
    telemetry = await async_telemetry(office.hass)
    serial = office.home.serial(UNIT)
    await office.home.time.through(telemetry.async_run(lambda store: store.ingest(serial, series)))


@pytest.mark.days
async def test_other_settings_are_tried_on_the_past(office: Office) -> None:
    await _remember(office, 30)
    viewer, serial = await office.viewer(), office.home.serial(UNIT)
    other = await office.person(Role.TECHNICIAN)
    number = await viewer.send("csj_meter/what_if", kind="voltage_sag", serial=serial, threshold=0.7, days=5)
    viewer.events[number] = []
    await frames()
    refused = await other.result(await other.send("csj_meter/what_if", kind="leak"))
    assert refused["error"]["translation_key"] == "replay_under_way"
    await office.run(1)
    *progress, result = viewer.heard(number)

    done = [event["done"] for event in progress]
    assert done == sorted(done)
    assert len(done) > 5
    assert done[-1] > 0.9
    assert result["type"] == "result"
    assert result["now"]["findings"] == 5
    assert result["then"] == {"findings": 0, "meters": 0, "severities": {}}
    assert result["findings"] == []
    # and nothing was saved
    again = await viewer.subscribe("what_if", kind="voltage_sag", serial=serial, days=5)
    await office.run(1)
    assert viewer.heard(again)[-1]["then"]["findings"] == 5


async def test_who_leaves_ends_what_was_tried(office: Office) -> None:
    await _remember(office, 30)
    viewer = await office.viewer()
    number = await viewer.send("csj_meter/what_if", kind="voltage_sag", circuit=CIRCUIT)
    for _ in range(2000):
        await office.hass.async_add_executor_job(int)  # time for the thread
        await frames(FRAMES)
        if any(event["type"] == "progress" for event in viewer.events.get(number, [])):
            break
    await viewer.unsubscribe(number)
    await office.run(1)

    assert [event["type"] for event in viewer.events[number] if event["type"] != "progress"] == []
    # the next one need not wait
    await viewer.subscribe("what_if", kind="voltage_sag", days=1)


async def test_the_audit_log_is_read_in_parts(office: Office) -> None:
    owner, technician = await office.viewer(), await office.person(Role.TECHNICIAN)
    for _ in range(5):
        await technician.ask("work_orders/create", summary="Look")
        await office.run(1)
    assert await technician.refused("audit") == ("unauthorized", "not_allowed")
    some = await owner.ask("audit", limit=2)
    refused = await owner.ask("audit", allowed=False)

    assert (len(some["lines"]), some["more"]) == (2, True)
    assert some["lines"][0]["what"] == "csj_meter/audit"
    assert [(line["name"], line["role"]) for line in refused["lines"]] == [("Technician", "technician")]

    whole, page = await owner.ask("audit"), some
    paged = page["lines"]
    while page["more"]:
        page = await owner.ask("audit", limit=2, before_number=paged[-1]["number"])
        paged = paged + page["lines"]
    assert paged == whole["lines"]
    assert len(paged) >= 6


async def test_all_who_asked_at_the_portal_are_found_together(office: Office) -> None:
    owner = await office.viewer()
    log = await async_audit_log(office.hass)
    for name, role in (("portal", Role.TENANT), ("portal", Role.OWNER), ("Ada", Role.TENANT)):
        await log.async_add(
            AuditEntry(
                id=f"{name} {role}",
                at=dt_util.utcnow(),
                user_id=None,
                name=name,
                role=role,
                permission=Permission.SEE_METERS,
                what="portal: sign in",
                allowed=True,
            )
        )
    asked = await owner.ask("audit", portal=True)
    assert [(line["name"], line["role"]) for line in asked["lines"]] == [("portal", "tenant")]
