"""Genuine requests that cannot be met are told why, and nothing is moved."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from custom_components.csj_meter.const import CONF_KEY
from custom_components.csj_meter.money import payment_webhook
from custom_components.csj_meter.simulator.faults import FaultKind

from .shop import (
    NOTHING,
    OTHER_PREPAID,
    POSTPAID,
    PREPAID,
    Shop,
    at_the_write,
    lose_from_the_write_on,
    together,
)

pytestmark = pytest.mark.loopback

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

    replies = await shop.home.time.through(together(*(shop.post(body, shop.sign(body)) for body in bodies)))

    assert sorted(reply.status for reply in replies) == [200, 403]


async def test_what_is_uncertain_counts_towards_the_limit(shop: Shop) -> None:
    await shop.set(largest_per_day=Decimal("15.00"))
    lose_from_the_write_on(shop, FaultKind.LOST_REPLIES)
    assert (await shop.pay()).status == 202

    assert (await shop.pay(amount="2.51", key="order-2")).short == (403, "refused", "largest_per_day")


async def test_what_is_refused_at_the_meter_is_refused_for_good_under_this_key(shop: Shop) -> None:
    meter = shop.home.line.meters[PREPAID]
    at_the_write(shop, lambda: meter.pay_in(500))  # somebody else, who takes its count

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


async def test_a_key_that_turns_out_wrong_is_told_as_such_and_the_payment_is_still_to_be_made(
    shop: Shop,
) -> None:
    entry = shop.home.entry
    subentry = next(s for s in entry.subentries.values() if s.unique_id == shop.home.serial(PREPAID))
    for wrong in (1, 0):
        key = shop.home.line.meters[PREPAID].nameplate.key + wrong
        shop.hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, CONF_KEY: key})
        await shop.home.time.run(30)
        reply = await shop.pay()
        assert reply.short == ((503, "refused", "meter_locked") if wrong else (200, "done", "confirmed"))
        assert len(await shop.payments()) == 1 - wrong


async def test_nothing_is_kept_of_meters_that_somebody_has_made_up(shop: Shop) -> None:
    for number in range(5):
        assert (await shop.pay(meter=f"MADE-UP-{number}", key=f"order-{number}")).status == 404

    assert len(shop.hass.data[payment_webhook._WEBHOOK]._locks) == 0
