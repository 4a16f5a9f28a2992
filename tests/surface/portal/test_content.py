"""What a tenant sees and does: their own meter, since they moved in, and each voucher once."""

from __future__ import annotations

import asyncio
import csv
from dataclasses import replace
import datetime as dt
from decimal import Decimal
from functools import partial
import io

from aiohttp import ClientPayloadError
from homeassistant.helpers.dispatcher import async_dispatcher_send
import pytest

from custom_components.csj_meter.alerting.alerting import current_alerting
from custom_components.csj_meter.anomaly.advice import advice_of
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State
from custom_components.csj_meter.detection.status import SIGNAL_FINDINGS
from custom_components.csj_meter.meters.commands.registers import TOP_UP
from custom_components.csj_meter.meters.sample import minute_of
from custom_components.csj_meter.money import credit_forecast
from custom_components.csj_meter.prepay.forecast import NOTHING_KNOWN, Forecast, Outlook
from custom_components.csj_meter.prepay.voucher_code import VoucherCode
from custom_components.csj_meter.simulator import Fault, FaultKind, SimulatedMeter
from custom_components.csj_meter.site.tenants import Tenancies
from custom_components.csj_meter.telemetry.errors import StoreUnavailableError
from custom_components.csj_meter.telemetry.export import Export
from custom_components.csj_meter.tenants.book import async_tenants

from .conftest import OTHER, UNIT, Portal

pytestmark = pytest.mark.loopback

KEY = "0123456789abcdef-1"

WRITE_REGISTERS = 16
"""Function code."""


async def test_the_first_page_has_what_is_theirs_and_nothing_else(portal: Portal) -> None:
    phone = await portal.opened()
    reply = await phone.get("api/overview")
    told, text = reply.told, reply.body.decode()

    assert (told["tenant"], told["meter"], told["serial"]) == (
        "Ada Lovelace",
        "Home 2",
        portal.home.serial(UNIT),
    )
    assert told["online"]
    assert told["credit"]["unit"] == "EUR"
    assert told["credit"]["balance"] > 0
    assert told["can_top_up"]
    assert told["texts"]["page.title"]
    assert told["language"] == "en"
    assert len(told["usage"]["days"]) == 31
    # they have moved in just now: what would be opened has nothing in it
    assert told["months"] == []
    assert (await phone.get("api/statement?month=2026-10")).short == (404, "nothing_yet")
    for secret in ("Bob", portal.home.serial(OTHER), "Home 5", "sensor.", "entity_id", "device_id"):
        assert secret not in text, secret
    assert portal.home.entry.entry_id not in text
    assert str(portal.home.line.meters[UNIT].nameplate.key) not in text


async def test_a_voucher_is_on_the_meter_once_however_often_it_is_sent(portal: Portal) -> None:
    phone, code = await portal.opened(), await portal.voucher(20)
    before, count = (await phone.get("api/overview")).told["credit"]["balance"], portal.on_the_meter()
    entry = {"kind": "voucher", "code": code.lower(), "key": KEY}

    first = await phone.post("api/top_up", entry)
    assert (first.status, first.told["state"], first.told["amount"]) == (200, "done", 20.0)
    again = await phone.post("api/top_up", entry)
    assert again.told == first.told
    replayed = await phone.post("api/top_up", {**entry, "key": "another-key-altogether"})
    assert replayed.told == {"state": "refused", "word": "voucher_used"}
    other = await portal.opened(portal.bob)
    assert (await other.post("api/top_up", entry)).told == {"state": "refused", "word": "voucher_used"}

    assert portal.on_the_meter() == count + 1
    after = (await phone.get("api/overview")).told
    assert after["credit"]["balance"] == pytest.approx(before + 20, abs=0.5)
    assert [one["amount"] for one in after["payments"]] == [20.0]
    assert after["summary"]["topped_up"] == 20.0
    written = [line for line in await portal.audited() if line.entry.what == "portal: top up by voucher"]
    assert [(line.word, line.outcome.detail) for line in written if line.outcome] == [
        ("failed", "voucher_used"),
        ("failed", "voucher_used"),
        ("done", ""),
        ("done", ""),
    ]


async def test_two_at_once_are_one(portal: Portal) -> None:
    phone, code, count = await portal.opened(), await portal.voucher(), portal.on_the_meter()
    entry = {"kind": "voucher", "code": code, "key": KEY}

    async def both() -> list[str]:
        async def send() -> str:
            headers = {"X-CSJ-Portal": "1"}
            url = f"{phone.url}/csj_meter/portal/api/top_up"
            async with phone.session.post(url, json=entry, headers=headers) as response:
                return str((await response.json())["state"])

        return list(await asyncio.gather(send(), send()))

    states = await portal.home.time.through(both())
    assert "done" in states
    assert portal.on_the_meter() == count + 1
    assert (await phone.post("api/top_up", entry)).told["state"] == "done"


async def test_days_left_are_those_of_the_money_that_has_just_come_in(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, code = await portal.opened(), await portal.voucher()

    def a_day_for_each_euro(balance: Decimal, **_: object) -> Forecast:
        return replace(NOTHING_KNOWN, outlook=Outlook.RUNS_OUT, days=float(balance))

    monkeypatch.setattr(credit_forecast, "forecast", a_day_for_each_euro)
    entry = {"kind": "voucher", "code": code, "key": KEY}
    assert (await phone.post("api/top_up", entry)).told["state"] == "done"

    credit = (await phone.get("api/overview")).told["credit"]
    assert credit["days"] == pytest.approx(credit["balance"], abs=0.1)


async def test_mistakes_have_their_word_and_guessing_takes_time(portal: Portal) -> None:
    phone = await portal.opened()
    for_other = await portal.voucher(5, OTHER)

    async def word(code: str, key: str, kind: str = "voucher") -> str | None:
        told = (await phone.post("api/top_up", {"kind": kind, "code": code, "key": key * 20})).told
        return str(told.get("word"))

    assert await word("ABC", "a") == "voucher_mistyped"
    assert await word(for_other, "b") == "voucher_for_other_meter"
    assert await word("123", "c", "token") == "impossible_token"
    words = [await word(str(VoucherCode.new()), letter) for letter in "defgh"]
    assert words[:3] == ["voucher_unknown"] * 3
    assert words[-1] == "too_many_guesses"


async def test_what_is_not_certain_is_called_that_and_is_never_sent_twice(portal: Portal) -> None:
    phone, code, count = await portal.opened(), await portal.voucher(), portal.on_the_meter()
    entry = {"kind": "voucher", "code": code, "key": KEY}
    portal.home.line.faults.set(Fault(kind=FaultKind.LOST_REPLIES, unit=UNIT))
    told = (await phone.post("api/top_up", entry)).told
    portal.home.line.faults.clear()
    assert told["state"] in ("uncertain", "refused")
    await portal.home.time.run(300)

    again = (await phone.post("api/top_up", entry)).told
    if told["state"] == "uncertain":
        assert again["state"] == "done" or again == {"state": "refused", "word": "not_now"}
    assert portal.on_the_meter() <= count + 1


async def test_what_is_not_certain_stays_so_while_the_bridge_is_away(portal: Portal) -> None:
    phone, code, count = await portal.opened(), await portal.voucher(), portal.on_the_meter()
    entry = {"kind": "voucher", "code": code, "key": KEY}
    lose_the_reply_to_the_top_up(portal)
    assert (await phone.post("api/top_up", entry)).told == {"state": "uncertain"}
    assert await portal.home.tear_down()

    assert (await phone.post("api/top_up", entry)).told == {"state": "uncertain"}
    other = {**entry, "key": "another-key-altogether"}
    assert (await phone.post("api/top_up", other)).told == {"state": "refused", "word": "not_now"}

    portal.home.line.faults.clear()
    setting_up = portal.hass.config_entries.async_setup(portal.home.entry.entry_id)
    assert await portal.home.time.through(setting_up)
    await portal.home.time.run(60)
    assert (await phone.post("api/top_up", entry)).told["state"] == "done"
    assert await portal.home.tear_down()
    assert (await phone.post("api/top_up", entry)).told["state"] == "done", (
        "also when nobody can ask the meter"
    )
    assert portal.on_the_meter() == count + 1


def lose_the_reply_to_the_top_up(portal: Portal) -> None:
    """From the write of the money on nothing is heard of the meter."""
    line = portal.home.line
    reply = line._reply

    def lost(meter: SimulatedMeter, frame: bytes) -> bytes:
        answer = reply(meter, frame)
        if frame[1] == WRITE_REGISTERS and int.from_bytes(frame[2:4]) == TOP_UP:
            line.faults.set(Fault(kind=FaultKind.LOST_REPLIES, unit=UNIT, magnitude=1.0))
        return answer

    line._reply = lost  # type: ignore[method-assign]


async def test_only_so_many_entries_are_tried(portal: Portal) -> None:
    phone = await portal.opened()
    statuses = []
    for number in range(32):
        entry = {"kind": "voucher", "code": "ABC", "key": f"key-of-20-letters-{number}"}
        statuses.append((await phone.post("api/top_up", entry)).status)
    assert statuses == [200] * 30 + [429] * 2


@pytest.mark.days
@pytest.mark.meters(live_period=30)
async def test_measurements_are_taken_away_of_the_time_since_they_moved_in(portal: Portal) -> None:
    phone = await portal.opened()
    assert (await phone.get("api/csv?resolution=hour")).short == (404, "nothing_yet")
    await portal.home.time.run(3600 * 2 + 600)

    for resolution in ("hour", "minute"):
        reply = await phone.get(f"api/csv?resolution={resolution}")
        rows = list(csv.DictReader(io.StringIO(reply.body.decode(), newline=""), strict=True))
        assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert {row["meter"] for row in rows} == {portal.home.serial(UNIT)}
        times = [dt.datetime.fromisoformat(row["utc_time"]) for row in rows]
        assert min(times) >= portal.ada.moved_in.at
        assert portal.home.serial(OTHER) not in reply.body.decode()
    for wrong in (
        "csv",
        "csv?resolution=day",
        "csv?resolution=hour&meters=x",
        "csv?resolution=hour&resolution=hour",
    ):
        assert (await phone.get(f"api/{wrong}")).short == (400, "malformed"), wrong
    assert "portal: csv by hour done" in await portal.lines()


@pytest.mark.meters(live_period=30)
async def test_a_download_that_breaks_off_is_not_said_to_be_done(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await portal.opened()
    await portal.home.time.run(600)

    def fail(*_: object, **__: object) -> None:
        raise StoreUnavailableError("disk on fire")

    monkeypatch.setattr(Export, "part", fail)
    with pytest.raises(ClientPayloadError):
        await phone.get("api/csv?resolution=minute")

    line = (await portal.audited())[0]
    assert (line.entry.what, line.word, line.outcome and line.outcome.detail) == (
        "portal: csv by minute",
        "failed",
        "not_now",
    )


async def test_only_so_much_is_downloaded(portal: Portal) -> None:
    phone = await portal.opened()
    statuses = [(await phone.get("api/csv?resolution=hour")).status for _ in range(14)]
    assert statuses == [404] * 12 + [429] * 2


@pytest.mark.days
@pytest.mark.meters(live_period=30)
async def test_a_statement_is_theirs_alone_and_in_their_language(portal: Portal) -> None:
    tenants = await async_tenants(portal.hass)
    await tenants.async_change(
        lambda all_: all_.changed(portal.ada.id, lambda one: replace(one, language="de"))
    )
    phone, code = await portal.opened(), await portal.voucher(20)
    await phone.post("api/top_up", {"kind": "voucher", "code": code, "key": KEY})
    await portal.home.time.run(3600 * 3)

    (month, *rest) = (await phone.get("api/overview")).told["months"]
    assert (month, rest) == ("2026-10", [])
    page = (await phone.get(f"api/statement?month={month}")).body.decode()
    assert page.startswith('<!doctype html>\n<html lang="de">')
    assert "20,00" in page
    assert "Abrechnung 31. Oktober 2026" in page
    assert (await phone.get("api/statement?month=2026-09")).short == (404, "nothing_yet")
    for wrong in (
        "statement",
        "statement?month=x",
        "statement?month=2026-13",
        "statement?month=2026-10&meter=1",
    ):
        assert (await phone.get(f"api/{wrong}")).short == (400, "malformed"), wrong


@pytest.mark.days
@pytest.mark.meters(live_period=30)
async def test_hours_of_a_day(portal: Portal) -> None:
    phone = await portal.opened()
    await portal.home.time.run(3600 * 2 + 600)
    told = (await phone.get("api/hours?day=2026-10-31")).told
    assert len(told["hours"]) == 24
    # driven time begins at three in the morning here, and they had not moved in before
    assert [one["energy"] for one in told["hours"][:3]] == [None] * 3
    assert any(one["energy"] is not None for one in told["hours"])
    assert "portal: hours refused" not in await portal.lines()
    for wrong in ("hours", "hours?day=x", "hours?day=1970-01-01", "hours?day=2026-10-31&serial=1"):
        assert (await phone.get(f"api/{wrong}")).short == (400, "malformed"), wrong
    assert "portal: hours refused" in await portal.lines()


async def test_alerts_of_their_meter_alone(portal: Portal) -> None:
    phone = await portal.opened()
    await portal.home.time.run(120)
    for unit in (UNIT, OTHER):
        portal.home.line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG, unit=unit, magnitude=0.3))
    await portal.home.time.run(400)
    told = (await phone.get("api/overview")).told
    portal.home.line.faults.clear()
    titles = [one["title"] for one in told["alerts"]]
    assert titles
    assert all(one["active"] for one in told["alerts"])
    assert "Home 5" not in str(told["alerts"])
    assert told["summary"]["alerts"] == len(titles)


async def test_a_tip_is_dismissed_by_whom_it_is_told(portal: Portal) -> None:
    phone, other = await portal.opened(), await portal.opened(portal.bob)
    await portal.home.time.run(240)  # what began before somebody moved in is not theirs
    leak = Finding(
        at=minute_of(portal.home.time.wall),
        serial=portal.home.serial(UNIT),
        kind=Kind.LEAK,
        severity=Severity.WARNING,
        state=State.CONFIRMED,
        since=minute_of(portal.home.time.wall),
        quantity="active_power",
        value=400.0,
        expected=100.0,  # of those before her
        advice=advice_of(Kind.LEAK, Scope.UNKNOWN, {}, gateway_lost=False, neighbours_active=False),
    )
    async_dispatcher_send(portal.hass, SIGNAL_FINDINGS, [leak])
    await portal.home.time.run(1)  # with the next minute, detection says that there is none
    told = (await phone.get("api/overview")).told
    (tip,) = told["tips"]
    assert "400 W is always on" in tip["text"]
    assert {figure["label"]: figure["value"] for figure in tip["figures"]}.items() >= {("Now", 400.0)}
    assert "Usual" not in str(tip)
    (alert,) = told["alerts"]
    assert (alert["title"], alert["text"], bool(alert["action"])) == ("Leak", "", True)

    # of others' tips nobody knows the key, and a neighbour's phone has no use for it
    assert (await other.get("api/overview")).told["tips"] == []
    for stranger, key in ((other, tip["key"]), (phone, "0" * 16), (phone, "x"), (phone, 7)):
        assert (await stranger.post("api/dismiss_tip", {"key": key})).short == (400, "malformed")
    assert (await phone.get("api/overview")).told["tips"] == [tip]
    assert (await phone.post("api/dismiss_tip", {"key": tip["key"]})).status == 200
    assert (await phone.get("api/overview")).told["tips"] == []
    assert {"portal: dismiss tip done", "portal: dismiss tip refused"} <= set(await portal.lines())


async def test_what_began_before_they_moved_in_is_not_told_them(portal: Portal) -> None:
    phone = await portal.opened()
    now = minute_of(portal.home.time.wall)
    for kind, ago in ((Kind.LEAK, 60), (Kind.VOLTAGE_SAG, 30)):
        finding = Finding(
            at=now,
            serial=portal.home.serial(UNIT),
            kind=kind,
            severity=Severity.WARNING,
            state=State.CONFIRMED,
            since=now - ago,
            quantity="active_power" if kind is Kind.LEAK else "voltage_l1",
            value=400.0,
            expected=100.0,
            advice=advice_of(kind, Scope.UNKNOWN, {}, gateway_lost=False, neighbours_active=False),
        )
        async_dispatcher_send(portal.hass, SIGNAL_FINDINGS, [finding])
    await portal.home.time.run(1)
    alerting = current_alerting(portal.hass)
    assert alerting is not None
    assert len(alerting.active_of(portal.home.serial(UNIT))) == 2

    told = (await phone.get("api/overview")).told
    assert (told["alerts"], told["tips"]) == ([], [])


async def test_a_message_becomes_a_work_order(portal: Portal) -> None:
    phone = await portal.opened()
    reply = await phone.post("api/message", {"text": "The lamp in the hall\x00 is broken.\nSince Monday."})
    assert (reply.status, reply.told) == (200, {})
    alerting = current_alerting(portal.hass)
    assert alerting is not None
    (order,) = alerting.work_orders.orders
    assert (order.summary, order.serial) == ("Message from the tenant: Home 2", portal.home.serial(UNIT))
    assert order.description == "The lamp in the hall  is broken.\nSince Monday."
    for wrong in ({"text": ""}, {"text": " \n "}, {"text": "x" * 1001}, {"text": 1}, {}):
        assert (await phone.post("api/message", wrong)).status == 400
    statuses = [(await phone.post("api/message", {"text": "Hello"})).status for _ in range(6)]
    assert statuses == [200] * 4 + [429] * 2


async def test_a_meter_that_is_gone_is_told_as_far_as_it_is_known(portal: Portal) -> None:
    phone = await portal.opened()
    assert await portal.home.tear_down()
    told = (await phone.get("api/overview")).told
    assert (told["online"], told["credit"], told["can_top_up"]) == (False, None, False)
    entry = {"kind": "voucher", "code": "ABC", "key": KEY}
    assert (await phone.post("api/top_up", entry)).told == {"state": "refused", "word": "not_now"}


async def test_each_is_told_in_their_language(portal: Portal) -> None:
    phone = await portal.opened()
    english = (await phone.get("api/overview")).told["texts"]
    book = await async_tenants(portal.hass)
    for language in ("de", "tlh"):
        ada = replace(book.tenancies.get(portal.ada.id), language=language)
        change = partial(Tenancies.with_tenancy, tenancy=ada)
        await portal.home.time.through(book.async_change(change))
        overview = (await phone.get("api/overview")).told
        assert overview["language"] == language
        assert overview["texts"].keys() == english.keys()
        same = overview["texts"]["credit.low"] == english["credit.low"]
        assert same is (language == "tlh")
