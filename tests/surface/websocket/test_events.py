"""The log of what has happened: from all who know of it, page by page, and for each who may."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.csj_meter.access.audit_log import FURTHER_REFUSALS
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.history.telemetry import async_telemetry
from custom_components.csj_meter.meter_log import PERIOD
from custom_components.csj_meter.meters.sample import MINUTE
from custom_components.csj_meter.money.prepayment import async_prepayment
from custom_components.csj_meter.prepay.movement import Actor
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.site.access import Role
from custom_components.csj_meter.telemetry.errors import StoreUnavailableError
from custom_components.csj_meter.websocket.event_texts import async_event_texts

from .conftest import CIRCUIT, Office, Viewer

pytestmark = [pytest.mark.loopback, pytest.mark.meters(2, 3, 6)]

UNIT, NEXT_DOOR, ELSEWHERE = 2, 3, 6


async def events(viewer: Viewer, unit: int | None = UNIT, **data: Any) -> list[dict[str, Any]]:
    """One page of the log of a meter; of all of them without one."""
    if unit is not None:
        data["serial"] = viewer.office.home.serial(unit)
    told = await viewer.ask("events", **data)
    assert told["missing"] == []
    rows: list[dict[str, Any]] = told["events"]
    assert [row["at"] for row in rows] == sorted((row["at"] for row in rows), reverse=True)
    return rows


def kinds(rows: list[dict[str, Any]], source: str) -> list[str]:
    return [row["kind"] for row in rows if row["source"] == source]


@pytest.fixture
async def eventful(office: Office) -> Office:
    """A meter on which something of every kind has happened."""
    home, owner = office.home, await office.viewer()
    serial = home.serial(UNIT)
    await office.run(PERIOD)
    home.line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG, unit=UNIT, magnitude=0.3))
    await office.run(300)
    number = await owner.subscribe("alerts/subscribe")
    (alert,) = owner.heard(number)[0]["alerts"]
    await owner.ask("alerts/acknowledge", alert_id=alert["alert_id"])
    await owner.unsubscribe(number)
    home.line.faults.clear()
    await office.run(400)
    await owner.ask("command", serial=serial, command="reporting_interval", value=30)
    await owner.refused("command", serial=serial, command="reporting_interval", value=0)
    home.line.meters[UNIT].log(3, 0)
    home.line.meters[UNIT].log(4711, 5)
    await office.run(PERIOD + 5)
    await home.time.through(_async_pay(office, serial))
    return office


async def _async_pay(office: Office, serial: str) -> None:
    """Somebody writes down that cash was paid in."""
    prepayment, at = (
        await async_prepayment(office.hass),
        dt.datetime.fromtimestamp(office.home.time.wall, dt.UTC),
    )
    await prepayment.run(
        lambda: prepayment.ledger.correct(
            serial, Decimal("12.50"), "EUR", actor=Actor(id=None, name="Ada"), at=at, note="cash"
        )
    )


async def test_every_source_tells_what_it_knows(eventful: Office) -> None:
    rows = await events(await eventful.viewer())

    assert kinds(rows, "alert") == ["cleared", "acknowledged", "confirmed", "raised"]
    cleared, _, confirmed, _ = [row for row in rows if row["source"] == "alert"]
    assert (confirmed["alert_kind"], confirmed["severity"], confirmed["drill"]) == (
        "voltage_sag",
        "critical",
        False,
    )
    assert confirmed["until"] == cleared["at"]
    # it is over by now, and was not when it was confirmed
    assert confirmed["text"].startswith("Confirmed: Critical: Voltage sag, ")
    assert cleared["text"].startswith("Over: Critical: Voltage sag, ")
    assert [row["by"] for row in rows if row["kind"] == "acknowledged"] == ["Mock User"]

    logged = [row for row in rows if row["source"] == "meter"]
    assert {"cover_opened", "other", "settings_changed"} <= {row["kind"] for row in logged}
    assert [(row["code"], row["value"]) for row in logged if row["kind"] == "other"] == [(4711, 5)]
    assert [row["text"] for row in logged if row["kind"] == "cover_opened"] == ["Cover opened"]

    failed, done = [row for row in rows if row["source"] == "command"]
    assert (failed["kind"], failed["detail"], done["kind"]) == ("failed", "value_out_of_range", "done")
    assert done["what"] == f"{DOMAIN}/command reporting_interval: 30"
    assert done["text"] == "Reporting interval (30 s): done"
    assert (done["by"], done["role"], done["permission"]) == ("Mock User", "owner", "command")

    (payment,) = [row for row in rows if row["source"] == "payment"]
    assert (payment["amount"], payment["unit"], payment["payment_kind"]) == (12.5, "EUR", "correction")
    assert payment["text"] == "Payment of 12.50 EUR: On the meter"
    assert payment["by"] == "Ada"

    assert {row["serial"] for row in rows} == {eventful.home.serial(UNIT)}
    assert {row["circuit"] for row in rows} == {CIRCUIT}
    assert len({row["id"] for row in rows}) == len(rows)


async def test_a_time_without_contact_is_a_span(office: Office) -> None:
    viewer, home = await office.viewer(), office.home
    await office.run(120)
    home.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=UNIT))
    began = home.time.wall
    await office.run(40 * 60)
    home.line.faults.clear()
    await office.run(15 * 60)

    (gap,) = await events(viewer, sources=["contact"])
    since, until = (dt.datetime.fromisoformat(gap[name]).timestamp() for name in ("at", "until"))
    assert since == pytest.approx(began, abs=3 * MINUTE)
    assert 35 * MINUTE < until - since < 55 * MINUTE
    assert gap["text"] == f"No contact for {round((until - since) / 60)} min"
    # it reaches into what comes after its beginning, and not into what comes before or after all of it
    middle = dt.datetime.fromtimestamp((since + until) / 2, dt.UTC).isoformat()
    assert await events(viewer, sources=["contact"], start=middle) == [gap]
    assert await events(viewer, sources=["contact"], end=middle) == [gap]
    after = dt.datetime.fromtimestamp(until + 60, dt.UTC).isoformat()
    assert await events(viewer, sources=["contact"], start=after) == []
    assert await events(viewer, sources=["contact"], end=gap["at"]) == []


async def test_an_alert_that_lasts_is_a_mark_wherever_somebody_looks(office: Office) -> None:
    viewer = await office.viewer()
    office.home.line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG, unit=UNIT, magnitude=0.3))
    await office.run(900)
    now = dt.datetime.fromtimestamp(office.home.time.wall, dt.UTC)

    rows = await events(viewer, sources=["alert"], start=(now - dt.timedelta(minutes=5)).isoformat())

    assert [(row["kind"], row["until"]) for row in rows if row["kind"] != "escalated"] == [
        ("confirmed", None)
    ]


async def test_who_has_shelved_an_alert_is_told_with_the_moment(office: Office) -> None:
    viewer = await office.viewer()
    office.home.line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG, unit=UNIT, magnitude=0.3))
    await office.run(400)
    (alert,) = [row for row in await events(viewer, sources=["alert"]) if row["kind"] == "confirmed"]
    await viewer.ask("alerts/shelve", alert_id=alert["alert_id"], minutes=60)
    at = dt.datetime.fromtimestamp(office.home.time.wall, dt.UTC)

    (shelved,) = [row for row in await events(viewer, sources=["alert"]) if row["kind"] == "shelved"]

    assert (shelved["by"], shelved["text"].split(":")[0]) == ("Mock User", "Shelved")
    assert abs((dt.datetime.fromisoformat(shelved["at"]) - at).total_seconds()) < 5


async def test_pages_have_everything_once(eventful: Office) -> None:
    viewer = await eventful.viewer()
    whole = await events(viewer)
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    for _ in range(len(whole)):
        told = await viewer.ask("events", serial=eventful.home.serial(UNIT), limit=2, **cursor)
        found += told["events"]
        if told["next"] is None:
            break
        assert len(told["events"]) == 2
        cursor = {"before": told["next"]}

    assert found == whole
    assert len(whole) > 8
    start, end = whole[-3]["at"], whole[1]["at"]
    between = await events(viewer, start=start, end=end)
    assert [row for row in between if row["until"] is None] == [
        row for row in whole if start <= row["at"] < end and row["until"] is None
    ]


async def test_each_role_is_told_what_it_may_know(eventful: Office) -> None:
    serial = eventful.home.serial(UNIT)
    sources = {}
    for role, theirs in (
        (Role.TECHNICIAN, {}),
        (Role.SUPPORT, {}),
        (Role.LANDLORD, {"circuits": (CIRCUIT,)}),
        (Role.TENANT, {"meters": (serial,)}),
    ):
        viewer = await eventful.person(role, **theirs)
        rows = await events(viewer)
        sources[role] = {row["source"] for row in rows}
        if role is Role.TECHNICIAN:
            commands = [row for row in rows if row["source"] == "command"]
            assert [(row["by"], row["role"]) for row in commands] == [(None, "owner")] * 2

    assert sources == {
        Role.TECHNICIAN: {"alert", "meter", "command"},
        Role.SUPPORT: {"alert", "meter"},
        Role.LANDLORD: {"alert", "meter", "payment"},
        Role.TENANT: {"alert", "meter", "payment"},
    }


async def test_refusals_are_for_those_who_see_the_audit_log(eventful: Office) -> None:
    owner, technician = await eventful.viewer(), await eventful.person(Role.TECHNICIAN)
    tenant = await eventful.person(Role.TENANT, meters=(eventful.home.serial(UNIT),))
    said = {"serial": eventful.home.serial(UNIT), "command": "supply"}
    for value in (True, False):
        await tenant.refused("command", value=value, **said)
    await eventful.run(1)
    await technician.ask("command", value=True, **said)

    assert kinds(await events(owner), "command") == ["done", "refused", "failed", "done"]
    rows = await events(technician)
    assert kinds(rows, "command") == ["done", "failed", "done"]
    assert [row["by"] for row in rows if row["source"] == "command"] == ["Technician", None, None]


async def test_what_a_command_has_set_is_said_as_its_entity_shows_it(office: Office) -> None:
    viewer, serial = await office.viewer(), office.home.serial(UNIT)
    for command, value in (
        ("supply", False),
        ("supply", True),
        ("relay_mode", "automatic"),
        ("reporting_interval", 7),
        ("credit_alarm_1", 2.5),
        ("price_t1", 0.375),
    ):
        await viewer.ask("command", serial=serial, command=command, value=value)

    assert {row["text"] for row in await events(viewer) if row["source"] == "command"} == {
        "Supply (off): done",
        "Supply (on): done",
        "Relay mode (Automatic): done",
        "Reporting interval (7 s): done",
        "Low credit threshold (2.5 EUR): done",
        "Price tariff 1 (0.375 EUR/kWh): done",
    }


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("supply: True", "Supply (on): done"),  # as earlier releases wrote it
        ("reporting_interval: 7.0", "Reporting interval (7): done"),  # the meter is not read at the moment
        ("firmware: 1.4.2", "Firmware (1.4.2): done"),
        ("csj_meter/command restart", "Restart: done"),
        ("reporting_interval: much", "Reporting interval (much): done"),
    ],
)
async def test_values_of_older_lines(hass: HomeAssistant, what: str, said: str) -> None:
    texts = await async_event_texts(hass)

    assert texts.command(what, "done") == said


async def test_many_refused_commands_have_a_text(hass: HomeAssistant) -> None:
    texts = await async_event_texts(hass)

    assert texts.command(FURTHER_REFUSALS, "refused") == "Further commands within a minute: refused"


async def test_prices_are_commands_for_those_who_see_money(office: Office) -> None:
    owner, technician = await office.viewer(), await office.person(Role.TECHNICIAN)
    await owner.ask("command", serial=office.home.serial(UNIT), command="price_t1", value=0.5)

    assert kinds(await events(owner), "command") == ["done"]
    assert kinds(await events(technician), "command") == []


async def test_top_ups_in_the_log_of_a_meter_are_money(office: Office) -> None:
    office.home.line.meters[UNIT].log(6, 2500)
    await office.run(PERIOD + 5)

    assert kinds(await events(await office.viewer()), "meter") == ["top_up"]
    assert kinds(await events(await office.person(Role.TECHNICIAN)), "meter") == []


async def test_of_the_whole_site_everybody_hears_what_is_theirs(eventful: Office) -> None:
    home = eventful.home
    for unit in (NEXT_DOOR, ELSEWHERE):
        home.line.meters[unit].log(3, 0)
    await eventful.run(PERIOD + 5)
    owner, landlord = await eventful.viewer(), await eventful.person(Role.LANDLORD, circuits=(CIRCUIT,))
    tenant = await eventful.person(Role.TENANT, meters=(home.serial(UNIT),))

    def opened(rows: list[dict[str, Any]]) -> set[str]:
        return {row["serial"] for row in rows if row["kind"] == "cover_opened"}

    assert opened(await events(owner, None)) == {home.serial(unit) for unit in (UNIT, NEXT_DOOR, ELSEWHERE)}
    assert opened(await events(landlord, None)) == {home.serial(UNIT), home.serial(NEXT_DOOR)}
    assert opened(await events(tenant, None)) == {home.serial(UNIT)}
    told = {row["serial"] for row in await events(tenant, None)}
    assert told == {home.serial(UNIT)}


@pytest.mark.meters(1, 2, 3)
async def test_a_circuit_speaks_for_its_meters(office: Office) -> None:
    viewer, home = await office.viewer(), office.home
    for unit in (1, 2, 3):
        home.line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG, unit=unit, magnitude=0.3))
    await office.run(400)
    landlord = await office.person(Role.LANDLORD, circuits=(CIRCUIT,))

    for who in (viewer, landlord):
        rows = [row for row in await events(who, None) if row["kind"] == "confirmed"]
        assert [(row["serial"], row["circuit"]) for row in rows] == [(None, CIRCUIT)]
    assert kinds(await events(viewer), "alert").count("confirmed") == 1  # the meter's own


async def test_a_log_outlives_a_reload(eventful: Office) -> None:
    viewer = await eventful.viewer()
    before = [row for row in await events(viewer) if row["source"] == "meter"]

    await eventful.reload()

    assert [row for row in await events(viewer) if row["source"] == "meter"] == before


async def test_what_cannot_be_read_now_is_said_and_the_rest_told(
    eventful: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = await eventful.viewer()
    telemetry = await async_telemetry(eventful.hass)
    store = telemetry._store
    assert store is not None

    def lost(*_: Any) -> Any:
        raise StoreUnavailableError("the disk has gone")

    monkeypatch.setattr(store, "gaps", lost)

    told = await viewer.ask("events", serial=eventful.home.serial(UNIT))
    assert told["missing"] == ["contact"]
    assert {row["source"] for row in told["events"]} == {"alert", "meter", "command", "payment"}
