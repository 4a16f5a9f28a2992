"""Faults that fuzzing and reading for it have found, each with the input that showed it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
import datetime as dt
from decimal import Decimal
import gc
from pathlib import Path
import socket
import sqlite3
from typing import Any

from aiohttp.resolver import AsyncResolver
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import orjson
import probatio
import pytest

from custom_components.csj_meter.actions.energy import _known
from custom_components.csj_meter.actions.payments import amount
from custom_components.csj_meter.alerting.errors import DeliveryError
from custom_components.csj_meter.bus.dial_in import LOOPBACK, STRANGERS, Refusal, _whole
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.detection.holidays import CalendarUnreadableError, async_holidays
from custom_components.csj_meter.flow.tenants import _moment, _readings
from custom_components.csj_meter.link_data import InvalidLinkError, link_from_data
from custom_components.csj_meter.meters.identification import ImplausibleIdentityError, identity_of
from custom_components.csj_meter.meters.profile_loader import ProfileLibrary
from custom_components.csj_meter.meters.pulse import PulseCounter
from custom_components.csj_meter.meters.reading import Value
from custom_components.csj_meter.moments import any_moment, exact_moment
from custom_components.csj_meter.money.energy_history import _spread
from custom_components.csj_meter.money.prepayment import async_prepayment
from custom_components.csj_meter.prepay.errors import AmountError, LedgerUnavailableError
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.money import signed_amount_of
from custom_components.csj_meter.site.access import Permission, Role
from custom_components.csj_meter.site.audit import AuditEntry, AuditStore
from custom_components.csj_meter.site.errors import TenantError
from tests.simulated import PROFILES

from ..bus.calls import PATIENCE, framed
from .test_dial_in import TEXT, Callers, is_bounded, listening
from .test_work_order_replies import answering, whole

NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("phases", 2),
        ("phases", 65_535),
        ("tariffs", 32_767),
        ("ct_ratio", float("inf")),
        ("ct_ratio", -1.0),
        ("pt_ratio", 1e30),
        ("rated_voltage", float("inf")),
    ],
)
def test_a_device_that_says_of_itself_what_cannot_be(name: str, value: Value) -> None:
    """It was taken in: with 32767 tariffs, or with a ratio that no value could be multiplied with."""
    with pytest.raises(ImplausibleIdentityError, match=name.partition("_")[0]):
        identity_of(PROFILES["csj_3p"], {"serial": "CSJ1", name: value})


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "9999-12-31T23:59:59+00:00",
        "1969-12-31T23:59:59+00:00",
        "2026-13-45 99:99",
        "2026-02-30T00:00:00+00:00",
        "2026-11-27T12:00:00",
        "x" * 70_000,
        None,
        5,
    ],
)
def test_a_moment_that_no_calendar_can_show(text: Any) -> None:
    """Commands of the panel, actions and the audit log broke off; a work order made its list unusable."""
    with pytest.raises(probatio.Invalid):
        exact_moment(text)


def test_a_moment_of_a_selector() -> None:
    assert any_moment("2026-11-27T12:00:00+01:00") == dt.datetime(2026, 11, 27, 11, tzinfo=dt.UTC)
    for text in ("0001-01-01 00:00:00", "9999-12-31 23:59:59"):
        with pytest.raises(probatio.Invalid):
            any_moment(text)


def test_forms_about_tenants() -> None:
    with pytest.raises(TenantError, match="cannot_be"):
        _moment({"at": "9999-12-31 23:59:59"})
    with pytest.raises(TenantError, match="impossible_reading"):
        _readings({"energy": 1e300})


@pytest.mark.parametrize("value", [Decimal("sNaN"), Decimal("-1e999999999"), "-1e999999999", "NaN"])
def test_an_amount_that_cannot_be_counted(value: Decimal | str) -> None:
    with pytest.raises(AmountError):
        signed_amount_of(value)


def test_an_amount_that_nobody_has_typed() -> None:
    with pytest.raises(probatio.Invalid):
        amount("0" * 100_000)


def test_a_link_with_a_number_that_no_float_holds() -> None:
    with pytest.raises(InvalidLinkError):
        link_from_data({"link": "simulated", "seed": 10**400, "meters": 1})


@pytest.mark.parametrize("count", [1e308, float("inf"), float("nan"), 2.0**60])
def test_a_counter_that_has_counted_more_than_there_is(count: float) -> None:
    """1e308 pulses became the energy of the meter, for ever."""
    with pytest.raises(ValueError, match="cannot show"):
        PulseCounter(1000).observe(count, 1.7e9)


def test_a_profile_whose_name_is_no_text(tmp_path: Path) -> None:
    """The repair issue about it could not be sent, and so none could."""
    (tmp_path / b"\xff\xfe.yaml".decode("utf-8", "surrogateescape")).write_text("x", encoding="utf-8")
    (error,) = ProfileLibrary.load(tmp_path).errors
    orjson.dumps([error.file, error.problem, str(error)])


async def test_a_calendar_that_breaks(hass: HomeAssistant) -> None:
    """The task that asks for holidays ended for good."""

    async def broken(_: ServiceCall) -> Any:
        raise ValueError("its integration stumbled")

    hass.services.async_register("calendar", "get_events", broken, supports_response=SupportsResponse.ONLY)
    with pytest.raises(CalendarUnreadableError, match="stumbled"):
        await async_holidays(hass, "calendar.holidays", NOW.date(), NOW.date())


@pytest.mark.parametrize("data", [{"voucher": "zz"}, {"voucher": 5}, ["x"], "x"])
async def test_the_secret_of_vouchers_is_damaged(
    hass: HomeAssistant, hass_storage: dict[str, Any], data: Any
) -> None:
    """With another one no voucher that was sold would be good: the money waits for a backup."""
    key = f"{DOMAIN}.secrets"
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": data}
    with pytest.raises(LedgerUnavailableError, match="damaged"):
        await async_prepayment(hass)
    assert hass_storage[key]["data"] == data


def test_a_line_of_the_audit_log_that_a_disk_has_changed(tmp_path: Path) -> None:
    """One of them hid all the others."""
    store = AuditStore.at(path := tmp_path / "audit.db", NOW)
    for name in ("a", "b"):
        store.add(
            [
                AuditEntry(
                    id=name,
                    at=NOW,
                    user_id="1",
                    name=name,
                    role=Role.OWNER,
                    permission=Permission.SEE_METERS,
                    what="x",
                    serial=None,
                    circuit=None,
                    allowed=True,
                )
            ]
        )
    with closing(sqlite3.connect(path)) as database, database:
        for (trigger,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("UPDATE audit_entry SET role = 'ovner' WHERE id = 'a'")
    assert [line.entry.id for line in store.lines()] == ["b"]
    store.close()


@pytest.mark.parametrize(("column", "value"), [("balance", "x"), ("seen_at", "yesterday")])
def test_a_row_of_the_ledger_that_a_disk_has_changed(tmp_path: Path, column: str, value: str) -> None:
    """What money it was is not guessed, and the error is one that everybody is prepared for."""
    ledger = Ledger.at(path := tmp_path / "ledger.db")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("INSERT INTO prepay_meters VALUES ('1', 1, 100, 100, '2026-11-27 12:00:00.000000')")
        database.execute(f"UPDATE prepay_meters SET {column} = ?", (value,))
    with pytest.raises(LedgerUnavailableError, match="damaged"):
        ledger.known("1")
    ledger.close()


def test_pulses_that_are_told_at_once() -> None:
    """A hundred of them a moment after others were millions of kilowatts."""
    counter = PulseCounter(1000)
    counter.observe(0, 1.7e9)
    counter.observe(100, 1.7e9 + 0.001)
    assert counter.power(1.7e9 + 0.001) == pytest.approx(100_000)
    assert counter.energy == pytest.approx(0.1)


@pytest.mark.loopback
@pytest.mark.parametrize("status", [299, 599, 999])
async def test_a_status_that_has_no_name(hass: HomeAssistant, status: int) -> None:
    """A work order that was taken with 299 was sent again, as if nobody could be reached."""
    async with answering() as system:
        system.answer = whole(b"%d Anything" % status, b"")
        if status == 299:
            assert await system.asked(hass) == 299
        else:
            with pytest.raises(DeliveryError, match=f"answers {status}"):
                await system.asked(hass)


@pytest.mark.loopback
async def test_cookies_of_a_receiver_of_work_orders(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were kept where all integrations keep theirs, and would have gone to others of that domain."""

    async def found(_self: AsyncResolver, host: str, port: int, **_: Any) -> list[dict[str, Any]]:
        where = {"hostname": host, "host": "127.0.0.1", "port": port, "proto": 0, "flags": 0}
        return [where | {"family": socket.AF_INET}]

    monkeypatch.setattr(AsyncResolver, "resolve", found)  # an address has no cookies, only a name has
    async with answering() as system:
        cookies = [b"Set-Cookie: c%d=%s; Domain=example.org" % (number, b"x" * 4000) for number in range(50)]
        system.answer = whole(b"204 No Content", b"", b"Connection: close", *cookies)
        for _ in range(2):
            assert await system.asked(hass, "orders.example.org") == 204
        assert not any(b"cookie" in head.lower() for head in system.heads)
        assert not list(async_get_clientsession(hass).cookie_jar)


@pytest.mark.loopback
async def test_a_crowd_at_the_port_of_a_gateway() -> None:
    """All that waited were taken at once, before any was sent away and before anybody else had a turn."""
    async with listening(TEXT) as line:
        callers = Callers(line)
        callers.do("crowd", 0, b"")
        callers.do("crowd", 0, b"")
        async with asyncio.timeout(PATIENCE):
            while line.refusals[Refusal.OCCUPIED] < 80 - STRANGERS:
                await asyncio.sleep(0)
                is_bounded(line)
        callers.hang_up()


def test_bytes_that_are_too_many_for_a_frame() -> None:
    """Their checksum was reckoned anew with each byte that came: a third of a second for one question."""
    assert _whole(framed(bytes(254)))
    assert not _whole(framed(bytes(255)))


@pytest.mark.loopback
async def test_a_caller_that_is_gone_before_it_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, nothing_unforeseen: Callable[[object], None]
) -> None:
    """Some systems say so when the connection is set up: the task that served it ended with a traceback."""
    loop = asyncio.get_running_loop()
    taken = asyncio.Event()

    async def gone(*_: Any) -> Any:
        taken.set()
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(loop, "connect_accepted_socket", gone)
    async with listening(TEXT) as line:
        socket.create_connection((LOOPBACK, line.port)).close()
        await asyncio.wait_for(taken.wait(), PATIENCE)
        await asyncio.sleep(0)
    gc.collect()  # an error that nobody has fetched is told when its task goes
    nothing_unforeseen("gone")


@pytest.mark.parametrize("change", [1e300, -1e300, float("inf"), float("nan"), "x", b"x"])
def test_a_row_of_the_recorder_that_no_meter_has_counted(change: Any) -> None:
    """The statement broke off, or billed 1e300 kWh."""
    start = NOW.timestamp()
    rows = [
        {"start": start + 3600 * hour, "change": used} for hour, used in ((0, 1.0), (2, change), (4, 2.0))
    ]
    assert _spread(rows, NOW, 5) == [1.0, None, None, 1.0, 1.0]


@pytest.mark.parametrize(
    "preferences", [True, [], {}, {"energy_sources": None}, {"energy_sources": "x"}, {"energy_sources": [5]}]
)
def test_preferences_of_the_energy_dashboard_that_somebody_has_edited(preferences: object) -> None:
    """The action broke off with a traceback."""
    with pytest.raises(ServiceValidationError) as refused:
        _known(preferences)
    assert refused.value.translation_key == "energy_damaged"
