"""A payment service calls over real HTTP; simulated meters answer in driven time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
import datetime as dt
from decimal import Decimal
import hashlib
import hmac
import json
import logging
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.components import webhook
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.aiohttp import MockRequest
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.csj_meter import payment_webhook, prepayment
from custom_components.csj_meter.const import CONF_KEY, DOMAIN
from custom_components.csj_meter.meters.commands.registers import TOP_UP
from custom_components.csj_meter.prepay.audit import AuditLine
from custom_components.csj_meter.prepay.movement import Movement, Source
from custom_components.csj_meter.prepay.payment import MAX_BODY, SIGNATURE_HEADER
from custom_components.csj_meter.prepay.top_up import LATE
from custom_components.csj_meter.prepayment import LEDGER_FILE, Prepayment, async_prepayment
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from custom_components.csj_meter.simulator.line import Port
from custom_components.csj_meter.site_settings import async_site_settings

from .conftest import Home, subentry_of

pytestmark = pytest.mark.loopback

SECRET = "5f" * 32
WEBHOOK_ID = "c0ffee" * 10
PREPAID, OTHER_PREPAID, POSTPAID = 2, 5, 4
"""Unit ids."""

NOTHING = {"movement": None, "amount": None, "currency": None, "balance": None, "count": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the service hears."""

    status: int
    told: dict[str, Any]

    @property
    def short(self) -> tuple[int, str, str]:
        return self.status, self.told["state"], self.told["reason"]


class Shop:
    """A payment service."""

    def __init__(self, home: Home, client: TestClient[Any, Any]) -> None:
        self.home = home
        self.client = client
        self.hass = home.hass

    # what it does

    def body(self, unit_id: int = PREPAID, **changes: Any) -> bytes:
        asked = {"meter": self.home.serial(unit_id), "amount": "12.50", "currency": "EUR", "key": "order-1"}
        return json.dumps(asked | changes).encode()

    def sign(self, body: bytes, secret: str = SECRET, away: float = 0) -> str:
        signed_at = str(int(self.home.time.wall + away))
        signature = hmac.new(secret.encode(), signed_at.encode() + b"." + body, hashlib.sha256).hexdigest()
        return f"t={signed_at},v1={signature}"

    async def post(self, body: bytes, signature: str | None) -> Reply:
        headers = {} if signature is None else {SIGNATURE_HEADER: signature}
        url = webhook.async_generate_path(WEBHOOK_ID)
        async with self.client.post(url, data=body, headers=headers) as response:
            return Reply(status=response.status, told=await response.json())

    async def pay(self, unit_id: int = PREPAID, **changes: Any) -> Reply:
        body = self.body(unit_id, **changes)
        return await self.home.time.through(self.post(body, self.sign(body)))

    # what is true

    def on_the_meter(self, unit_id: int = PREPAID) -> tuple[int, Decimal]:
        """Count and amount of the last top-up."""
        meter = self.home.line.meters[unit_id]
        account = meter.credit_at(meter.local(self.home.time.wall))
        return account.top_up_count, Decimal(f"{account.last_top_up:.2f}")

    def fault(self, kind: FaultKind, unit_id: int = PREPAID, magnitude: float | None = None) -> None:
        self.home.line.faults.set(Fault(kind=kind, unit=unit_id, magnitude=magnitude))

    async def ask_ledger[T](self, question: Callable[[Prepayment], T]) -> T:
        async def ask() -> T:
            money = await async_prepayment(self.hass)
            return await money.run(lambda: question(money))

        return await self.home.time.through(ask())

    async def payments(self) -> tuple[Movement, ...]:
        movements = await self.ask_ledger(lambda money: money.ledger.movements())
        return tuple(movement for movement in movements if movement.source is Source.WEBHOOK)

    async def trail(self) -> tuple[AuditLine, ...]:
        return await self.ask_ledger(lambda money: money.audit.entries())

    async def outcomes(self) -> list[tuple[str, str, int]]:
        """The audit trail in short."""
        return [(str(line.what.outcome), line.what.reason, line.times) for line in await self.trail()]

    async def set(self, **changes: Any) -> None:
        settings = await async_site_settings(self.hass)
        await settings.async_set_payments(replace(settings.payments, **changes))


@pytest.fixture
async def paid_home(home: Home) -> Home:
    """A bridge whose prepaid meters have their keys, not set up yet; payments are enabled."""
    meters = home.line.meters
    for meter in meters.values():
        meter.end_habits()  # nobody but these tests tops up
    settings = await async_site_settings(home.hass)
    await settings.async_set_payments(
        replace(settings.payments, enabled=True, provider="Example Pay", webhook_id=WEBHOOK_ID, secret=SECRET)
    )
    return home.with_meters(
        *(
            subentry_of(meters[unit_id], **{CONF_KEY: meters[unit_id].nameplate.key})
            for unit_id in (PREPAID, OTHER_PREPAID)
        ),
        subentry_of(meters[POSTPAID]),
    )


@pytest.fixture
async def shop(
    paid_home: Home, everything_enabled: None, hass_client_no_auth: ClientSessionGenerator
) -> Shop:
    """The service, and a bridge that is set up."""
    return await _opened(paid_home, hass_client_no_auth)


async def _opened(home: Home, new_client: ClientSessionGenerator) -> Shop:
    assert await home.set_up()
    await home.time.run(30)
    return Shop(home, await home.time.through(new_client()))


# --- money that gets there ----------------------------------------------------------------


async def test_a_payment_is_on_the_meter_when_the_service_is_told_so(shop: Shop) -> None:
    count, _ = shop.on_the_meter()

    reply = await shop.pay(note="invoice 7")

    assert reply.short == (200, "done", "confirmed")
    assert shop.on_the_meter() == (count + 1, Decimal("12.50"))
    (movement,) = await shop.payments()
    assert (movement.actor.name, movement.actor.id, movement.note) == ("Example Pay", None, "invoice 7")
    assert reply.told == {
        "state": "done",
        "reason": "confirmed",
        "movement": movement.id,
        "amount": "12.50",
        "currency": "EUR",
        "balance": str(movement.balance_after),
        "count": count + 1,
    }
    (line,) = await shop.trail()
    assert (line.what.actor, line.what.serial, line.what.amount, line.what.unit) == (
        "Example Pay",
        shop.home.serial(PREPAID),
        Decimal("12.50"),
        "EUR",
    )
    assert (line.what.outcome, line.what.reason) == ("allowed", "confirmed")


async def test_the_balance_is_shown_at_once(shop: Shop) -> None:
    before = float(shop.home.state("sensor", PREPAID, "balance").state)

    await shop.pay(amount="50.00")

    assert float(shop.home.state("sensor", PREPAID, "balance").state) == pytest.approx(before + 50, abs=0.1)


async def test_a_repeated_key_is_answered_again_and_sent_once(shop: Shop) -> None:
    first = await shop.pay()
    on_it = shop.on_the_meter()
    await shop.home.time.run(600)

    again = await shop.pay()

    assert again == first
    assert shop.on_the_meter() == on_it
    assert len(await shop.payments()) == 1


async def test_the_very_same_bytes_played_back_change_nothing(shop: Shop) -> None:
    body = shop.body()
    signature = shop.sign(body)
    through = shop.home.time.through
    first = await through(shop.post(body, signature))
    on_it = shop.on_the_meter()

    replies = [await through(shop.post(body, signature)) for _ in range(5)]

    assert replies == [first] * 5
    assert shop.on_the_meter() == on_it
    assert sum(times for _, _, times in await shop.outcomes()) == 6


async def test_two_calls_at_once_with_one_key_are_one_top_up(shop: Shop) -> None:
    count, _ = shop.on_the_meter()
    body = shop.body()

    replies = await shop.home.time.through(
        _together(shop.post(body, shop.sign(body)), shop.post(body, shop.sign(body)))
    )

    assert replies[0].short == (200, "done", "confirmed")
    assert replies[1] == replies[0]
    assert shop.on_the_meter()[0] == count + 1


async def test_payments_for_two_meters_at_once_both_get_there(shop: Shop) -> None:
    bodies = [shop.body(unit_id, key=f"for-{unit_id}") for unit_id in (PREPAID, OTHER_PREPAID)]

    replies = await shop.home.time.through(_together(*(shop.post(body, shop.sign(body)) for body in bodies)))

    assert [reply.status for reply in replies] == [200, 200]


async def test_a_payment_through_the_cloud_is_like_any_other(shop: Shop) -> None:
    body = shop.body()
    request = MockRequest(
        content=body, headers={SIGNATURE_HEADER: shop.sign(body)}, method="POST", mock_source="cloud"
    )

    response = await shop.home.time.through(webhook.async_handle_webhook(shop.hass, WEBHOOK_ID, request))

    assert response.status == 200
    assert json.loads(response.text or "")["state"] == "done"


# --- callers that nobody knows ------------------------------------------------------------


async def test_a_wrong_signature_is_refused_and_nothing_told(shop: Shop) -> None:
    on_it = shop.on_the_meter()
    body, unknown = shop.body(), shop.body(meter="CSJ000000000")

    replies = [
        await shop.home.time.through(shop.post(asked, shop.sign(asked, secret="a0" * 32)))
        for asked in (body, unknown, b"nonsense")
    ]

    assert replies == [Reply(status=401, told={"state": "refused", "reason": "signature", **NOTHING})] * 3
    assert shop.on_the_meter() == on_it
    (line,) = await shop.trail()
    assert (line.what.actor, line.what.serial, line.what.reason, line.times) == ("", None, "signature", 3)


async def test_without_a_signature_nothing_is_looked_at(shop: Shop) -> None:
    reply = await shop.home.time.through(shop.post(shop.body(), None))

    assert reply.short == (401, "refused", "signature")


async def test_a_changed_amount_is_refused(shop: Shop) -> None:
    signature = shop.sign(shop.body())

    reply = await shop.home.time.through(shop.post(shop.body(amount="99.99"), signature))

    assert reply.short == (401, "refused", "signature")


@pytest.mark.parametrize("away", [-301, 301])
async def test_an_old_or_future_signature_is_refused(shop: Shop, away: float) -> None:
    body = shop.body()

    reply = await shop.home.time.through(shop.post(body, shop.sign(body, away=away)))

    assert reply.short == (401, "refused", "time")
    assert await shop.outcomes() == [("refused", "time", 1)]


async def test_a_request_that_is_played_back_later_is_refused(shop: Shop) -> None:
    body = shop.body()
    signature = shop.sign(body)
    await shop.home.time.through(shop.post(body, signature))
    await shop.home.time.run(301)

    assert (await shop.home.time.through(shop.post(body, signature))).short == (401, "refused", "time")


async def test_a_body_without_end_is_not_read_to_its_end(shop: Shop) -> None:
    body = b" " * (MAX_BODY + 1)

    reply = await shop.home.time.through(shop.post(body, shop.sign(body)))

    assert reply.short == (400, "refused", "too_large")


async def test_a_body_that_never_comes_is_not_waited_for(shop: Shop) -> None:
    async def stall() -> tuple[int, dict[str, Any]]:
        async def drip() -> Any:
            yield b"{"
            await asyncio.sleep(60)

        url = webhook.async_generate_path(WEBHOOK_ID)
        async with shop.client.post(url, data=drip()) as response:
            return response.status, await response.json()

    status, told = await shop.home.time.through(stall())

    assert (status, told["reason"]) == (400, "incomplete")


async def test_only_posting_is_possible(shop: Shop) -> None:
    async def get() -> int:
        async with shop.client.get(webhook.async_generate_path(WEBHOOK_ID)) as response:
            return response.status

    assert await shop.home.time.through(get()) == 405


async def test_after_a_change_of_the_secret_the_old_one_is_good_for_its_time(shop: Shop) -> None:
    new = "07" * 32
    await shop.set(secret=new, old_secret=SECRET, old_secret_until=dt_util.utcnow() + dt.timedelta(minutes=2))
    through = shop.home.time.through
    body = shop.body()

    assert (await shop.pay()).status == 200
    assert (await through(shop.post(body, shop.sign(body, secret=new)))).status == 200
    await shop.home.time.run(120)
    assert (await shop.pay()).short == (401, "refused", "signature")
    assert (await through(shop.post(body, shop.sign(body, secret=new)))).status == 200


# --- requests that cannot be met ----------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"amount": 12.5}, 400, "amount"),
        ({"amount": "0.00"}, 400, "amount"),
        ({"extra": 1}, 400, "unknown_field"),
        ({"key": ""}, 400, "key"),
        ({"meter": "CSJ000000000"}, 404, "unknown_meter"),
        ({"amount": "100.01"}, 403, "largest_amount"),
        ({"currency": "USD"}, 422, "currency"),
        ({"currency": "kWh"}, 422, "currency"),
    ],
)
async def test_a_genuine_request_that_cannot_be_met_is_told_why(
    shop: Shop, changes: dict[str, Any], status: int, reason: str
) -> None:
    on_it = shop.on_the_meter()

    reply = await shop.pay(**changes)

    assert reply.short == (status, "refused", reason)
    assert reply.told == {"state": "refused", "reason": reason, **NOTHING}
    assert shop.on_the_meter() == on_it
    assert await shop.payments() == ()
    (line,) = await shop.trail()
    assert (line.what.outcome, line.what.reason, line.what.actor) == ("refused", reason, "Example Pay")


async def test_a_refused_request_leaves_its_key_free(shop: Shop) -> None:
    await shop.pay(currency="USD")

    assert (await shop.pay()).status == 200


async def test_a_meter_that_takes_no_money_says_so(shop: Shop) -> None:
    assert (await shop.pay(POSTPAID)).short == (422, "refused", "not_prepaid")


async def test_a_key_cannot_stand_for_two_things(shop: Shop) -> None:
    await shop.pay()

    replies = [
        await shop.pay(amount="12.51"),
        await shop.pay(OTHER_PREPAID),
        await shop.pay(currency="USD"),
    ]

    assert [reply.short for reply in replies] == [(409, "refused", "key_reused")] * 3
    assert len(await shop.payments()) == 1


async def test_the_sum_of_a_day_is_limited_on_each_meter(shop: Shop) -> None:
    await shop.hass.config.async_set_time_zone("Pacific/Chatham")  # where it is a quarter to midnight
    for number in range(3):
        assert (await shop.pay(amount="100.00", key=f"order-{number}")).status == 200

    assert (await shop.pay(amount="0.01", key="order-3")).short == (403, "refused", "largest_per_day")
    assert (await shop.pay(amount="100.00", key="order-2")).status == 200, "it is paid already"
    assert (await shop.pay(OTHER_PREPAID, amount="100.00", key="order-4")).status == 200
    await shop.home.time.run(15 * 60)
    assert (await shop.pay(amount="0.01", key="order-3")).status == 200


async def test_two_payments_at_once_do_not_slip_under_the_limit(shop: Shop) -> None:
    await shop.set(largest_per_day=Decimal("15.00"))
    bodies = [shop.body(key=f"order-{number}") for number in range(2)]

    replies = await shop.home.time.through(_together(*(shop.post(body, shop.sign(body)) for body in bodies)))

    assert sorted(reply.status for reply in replies) == [200, 403]


async def test_what_is_uncertain_counts_towards_the_limit(shop: Shop) -> None:
    await shop.set(largest_per_day=Decimal("15.00"))
    _lose_from_the_write_on(shop, FaultKind.LOST_REPLIES)
    assert (await shop.pay()).status == 202

    assert (await shop.pay(amount="2.51", key="order-2")).short == (403, "refused", "largest_per_day")


async def test_what_is_refused_at_the_meter_is_refused_for_good_under_this_key(shop: Shop) -> None:
    meter = shop.home.line.meters[PREPAID]
    _at_the_write(shop, lambda: meter.pay_in(500))  # somebody else, who takes its count

    first = await shop.pay()
    again = await shop.pay()
    anew = await shop.pay(key="order-2")

    assert first.short == (422, "refused", "rival")
    assert first.told["movement"] is not None
    assert again == first
    assert anew.short == (200, "done", "confirmed")


async def test_a_wrong_key_of_the_meter_is_a_matter_for_its_owner(shop: Shop) -> None:
    entry = shop.home.entry
    subentry = next(s for s in entry.subentries.values() if s.unique_id == shop.home.serial(PREPAID))
    data = {name: value for name, value in subentry.data.items() if name != CONF_KEY}
    shop.hass.config_entries.async_update_subentry(entry, subentry, data=data)
    await shop.home.time.run(30)

    assert (await shop.pay()).short == (503, "refused", "meter_locked")
    assert await shop.payments() == ()


# --- lines that fail ----------------------------------------------------------------------


async def test_a_silent_meter_is_paid_when_the_service_comes_again(shop: Shop) -> None:
    shop.fault(FaultKind.METER_DEAD)
    first = await shop.pay()
    shop.home.line.faults.clear()

    again = await shop.pay()

    assert first.short == (503, "refused", "meter_silent")
    assert again.short == (200, "done", "confirmed")
    assert [line[:2] for line in await shop.outcomes()] == [
        ("refused", "meter_silent"),
        ("allowed", "confirmed"),
    ]


async def test_what_is_uncertain_settles_when_the_service_asks_again(shop: Shop) -> None:
    count, _ = shop.on_the_meter()
    _lose_from_the_write_on(shop, FaultKind.LOST_REPLIES)
    first = await shop.pay()
    still = await shop.pay()
    shop.home.line.faults.clear()

    again = await shop.pay()

    assert first.short == (202, "uncertain", "reply_lost")
    assert still.status == 202
    assert first.told["movement"] == still.told["movement"] == again.told["movement"]
    assert again.short == (200, "done", "found")
    assert shop.on_the_meter() == (count + 1, Decimal("12.50"))


async def test_a_request_that_was_lost_is_refused_in_the_end_and_may_come_with_a_new_key(shop: Shop) -> None:
    count, _ = shop.on_the_meter()
    _lose_from_the_write_on(shop, FaultKind.LOST_REQUESTS)
    assert (await shop.pay()).status == 202
    shop.home.line.faults.clear()
    await shop.home.time.run(LATE.total_seconds() + 60)

    assert (await shop.pay()).short == (422, "refused", "not_arrived")
    assert (await shop.pay(key="order-2")).status == 200
    assert shop.on_the_meter()[0] == count + 1


async def test_while_one_is_uncertain_another_waits(shop: Shop) -> None:
    _lose_from_the_write_on(shop, FaultKind.LOST_REQUESTS)
    assert (await shop.pay()).status == 202
    shop.home.line.faults.clear()

    reply = await shop.pay(key="order-2")

    assert reply.short == (202, "pending", "another_under_way")
    assert [line[:2] for line in await shop.outcomes()] == [
        ("allowed", "reply_lost"),
        ("refused", "another_under_way"),
    ]


async def test_a_caller_that_hangs_up_does_not_stop_its_top_up(shop: Shop) -> None:
    count, _ = shop.on_the_meter()
    body = shop.body()
    call = asyncio.ensure_future(shop.post(body, shop.sign(body)))
    while not _under_way(shop.hass):
        await shop.home.time.run(0.01)
    call.cancel()
    await shop.home.time.run(30)

    assert call.cancelled()
    assert shop.on_the_meter() == (count + 1, Decimal("12.50"))
    assert (await shop.pay()).short == (200, "done", "confirmed")


async def test_what_takes_long_is_answered_meanwhile(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payment_webhook, "ANSWER_WITHIN", 0.05)

    first = await shop.pay()
    await shop.home.time.run(30)
    monkeypatch.setattr(payment_webhook, "ANSWER_WITHIN", 25)
    again = await shop.pay()

    assert first.short == (202, "pending", "under_way")
    assert again.short == (200, "done", "confirmed")
    assert len(await shop.payments()) == 1


async def test_a_ledger_that_cannot_be_used_moves_no_money(
    paid_home: Home, hass_client_no_auth: ClientSessionGenerator, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Path(paid_home.hass.config.path(LEDGER_FILE))
    await paid_home.hass.async_add_executor_job(broken.write_bytes, b"this is no database" * 100)
    shop = await _opened(paid_home, hass_client_no_auth)
    on_it = shop.on_the_meter()

    replies = [await shop.pay() for _ in range(2)]

    assert [reply.short for reply in replies] == [(503, "refused", "ledger_unavailable")] * 2
    assert shop.on_the_meter() == on_it
    assert caplog.text.count("The audit trail cannot be written") == 1


# --- its life -----------------------------------------------------------------------------


async def test_disabled_it_is_not_there(shop: Shop) -> None:
    on_it = shop.on_the_meter()
    await shop.set(enabled=False)
    body = shop.body()

    async def call() -> tuple[int, bytes]:
        url = webhook.async_generate_path(WEBHOOK_ID)
        async with shop.client.post(url, data=body, headers={SIGNATURE_HEADER: shop.sign(body)}) as response:
            return response.status, await response.read()

    # this is how Home Assistant answers for every address that is none
    assert await shop.home.time.through(call()) == (200, b"")
    assert shop.on_the_meter() == on_it
    await shop.set(enabled=True)
    assert (await shop.pay()).status == 200


async def test_from_elsewhere_only_if_that_is_wanted(shop: Shop) -> None:
    await shop.set(local_only=True)
    body = shop.body()
    request = MockRequest(
        content=body,
        headers={SIGNATURE_HEADER: shop.sign(body)},
        method="POST",
        mock_source="cloud",
        remote="203.0.113.7",
    )
    on_it = shop.on_the_meter()

    await shop.home.time.through(webhook.async_handle_webhook(shop.hass, WEBHOOK_ID, request))

    assert shop.on_the_meter() == on_it
    assert (await shop.pay()).status == 200, "this one calls from this machine"


async def test_while_the_bridge_is_not_set_up_the_service_is_told_to_come_again(shop: Shop) -> None:
    paid = await shop.pay()
    assert await shop.home.tear_down()

    assert (await shop.pay(key="order-2")).short == (503, "refused", "not_ready")
    assert await shop.pay() == paid, "what was paid is answered all the same"
    assert not _is_ledger_open(shop.hass)


async def test_unloading_waits_for_what_is_under_way_and_leaves_nothing_behind(shop: Shop) -> None:
    count, _ = shop.on_the_meter()
    body = shop.body()

    async def pay_and_unload() -> tuple[Reply, int]:
        paying = asyncio.ensure_future(shop.post(body, shop.sign(body)))
        while not _under_way(shop.hass):  # noqa: ASYNC110 - the webhook has no event for this
            await asyncio.sleep(0.001)  # the time is driven
        assert await shop.hass.config_entries.async_unload(shop.home.entry.entry_id)
        left = _under_way(shop.hass)
        return await paying, left

    reply, left = await shop.home.time.through(pay_and_unload())

    assert left == 0
    assert reply.short == (200, "done", "confirmed")
    assert shop.on_the_meter() == (count + 1, Decimal("12.50"))
    assert not _is_ledger_open(shop.hass)


async def test_with_the_last_bridge_address_and_secret_are_forgotten(shop: Shop) -> None:
    await shop.home.time.through(shop.hass.config_entries.async_remove(shop.home.entry.entry_id))

    settings = await async_site_settings(shop.hass)
    assert settings.payments.secret is None
    assert not settings.payments.enabled
    assert not (Path(shop.hass.config.path(".storage")) / f"{DOMAIN}.site").exists()
    handlers: dict[str, Any] = shop.hass.data[webhook._HANDLERS]
    assert WEBHOOK_ID not in handlers


async def test_settings_survive_a_restart(hass: HomeAssistant, paid_home: Home) -> None:
    before = (await async_site_settings(hass)).payments
    stored = before
    await (await async_site_settings(hass)).async_set_payments(
        stored := replace(before, old_secret="a0" * 32, old_secret_until=dt_util.utcnow())
    )
    hass.data.pop(f"{DOMAIN}_site_settings")

    assert (await async_site_settings(hass)).payments == stored


async def test_no_secret_is_in_any_log_or_audit_line(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = shop.body()
    signatures = [shop.sign(body), shop.sign(body, secret="a0" * 32), shop.sign(body, away=-999)]

    for signature in signatures:
        await shop.home.time.through(shop.post(body, signature))
    await shop.pay(amount="100.01")
    await shop.pay(amount="nonsense")
    trail = repr(await shop.trail())

    private = [SECRET, *(signature.partition("v1=")[2] for signature in signatures)]
    assert not [word for word in private if word in caplog.text or word in trail]
    assert WEBHOOK_ID not in trail
    ours = [record.getMessage() for record in caplog.records if DOMAIN in record.name]
    assert ours
    assert not [message for message in ours if WEBHOOK_ID in message]
    settings = await async_site_settings(shop.hass)
    assert SECRET not in repr(settings.payments)
    assert WEBHOOK_ID not in repr(settings.payments)


def _at_the_write(shop: Shop, happens: Callable[[], None]) -> None:
    """Have something happen just before the next top-up is put on the line."""
    line = shop.home.line
    transmit = line.transmit

    def watched(frame: bytes, port: Port) -> float:
        if frame[:4] == bytes([PREPAID, 0x10, *TOP_UP.to_bytes(2)]):
            line.transmit = transmit  # type: ignore[method-assign]
            happens()
        return transmit(frame, port)

    line.transmit = watched  # type: ignore[method-assign]


def _lose_from_the_write_on(shop: Shop, kind: FaultKind) -> None:
    """Lose all requests or replies, from the next top-up on."""
    _at_the_write(shop, lambda: shop.fault(kind, magnitude=1))


async def _together[T](*coroutines: Coroutine[Any, Any, T]) -> list[T]:
    return await asyncio.gather(*coroutines)


def _under_way(hass: HomeAssistant) -> int:
    return len(hass.data[payment_webhook._WEBHOOK]._under_way)


def _is_ledger_open(hass: HomeAssistant) -> bool:
    return hass.data[prepayment._DOOR].open is not None
