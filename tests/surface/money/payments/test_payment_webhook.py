"""A payment service calls over real HTTP: what gets through, and what is refused."""

from __future__ import annotations

import asyncio
import datetime as dt
from decimal import Decimal
import json
from typing import Any

from homeassistant.components import webhook
from homeassistant.util import dt as dt_util
from homeassistant.util.aiohttp import MockRequest
import pytest

from custom_components.csj_meter.prepay.payment import MAX_BODY, SIGNATURE_HEADER

from .shop import (
    NOTHING,
    OTHER_PREPAID,
    PREPAID,
    SECRET,
    WEBHOOK_ID,
    Reply,
    Shop,
    together,
)

pytestmark = pytest.mark.loopback

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
        together(shop.post(body, shop.sign(body)), shop.post(body, shop.sign(body)))
    )

    assert replies[0].short == (200, "done", "confirmed")
    assert replies[1] == replies[0]
    assert shop.on_the_meter()[0] == count + 1


async def test_payments_for_two_meters_at_once_both_get_there(shop: Shop) -> None:
    bodies = [shop.body(unit_id, key=f"for-{unit_id}") for unit_id in (PREPAID, OTHER_PREPAID)]

    replies = await shop.home.time.through(together(*(shop.post(body, shop.sign(body)) for body in bodies)))

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
