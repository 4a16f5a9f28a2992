"""Lines that fail, callers that hang up, and the life of the webhook itself."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
import logging
from pathlib import Path
from typing import Any

from homeassistant.components import webhook
from homeassistant.config_entries import SOURCE_IGNORE
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.aiohttp import MockRequest, MockStreamReader
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.meters.commands.registers import UNLOCK
from custom_components.csj_meter.money import payment_webhook
from custom_components.csj_meter.money.prepayment import LEDGER_FILE
from custom_components.csj_meter.prepay.payment import SIGNATURE_HEADER
from custom_components.csj_meter.prepay.top_up import LATE
from custom_components.csj_meter.simulator.faults import FaultKind
from custom_components.csj_meter.simulator.registers import RefusalError
from custom_components.csj_meter.site_settings import async_site_settings

from ...conftest import Home
from .shop import (
    PREPAID,
    SECRET,
    WEBHOOK_ID,
    Reply,
    Shop,
    at_the_write,
    is_ledger_open,
    lose_from_the_write_on,
    opened,
    under_way,
)

pytestmark = pytest.mark.loopback

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


async def test_a_lost_reply_to_unlocking_leaves_the_key_free_for_when_the_service_comes_again(
    shop: Shop,
) -> None:
    count, _ = shop.on_the_meter()
    at_the_write(shop, lambda: shop.fault(FaultKind.LOST_REPLIES, magnitude=1), UNLOCK)
    first = await shop.pay()
    shop.home.line.faults.clear()

    again = await shop.pay()

    assert first.short == (503, "refused", "meter_silent")
    assert again.short == (200, "done", "confirmed")
    assert shop.on_the_meter() == (count + 1, Decimal("12.50"))


async def test_a_meter_that_is_locked_out_is_paid_when_it_looks_at_keys_again(shop: Shop) -> None:
    lock = shop.home.line.meters[PREPAID].lock
    for _ in range(3):
        with pytest.raises(RefusalError):
            lock.unlock(1, shop.home.time.wall)

    first = await shop.pay()
    again = await shop.pay()
    await shop.home.time.run(300)

    assert [first.short, again.short] == [(503, "refused", "meter_locked")] * 2
    assert await shop.payments() == ()
    assert (await shop.pay()).short == (200, "done", "confirmed")


async def test_what_is_uncertain_settles_when_the_service_asks_again(shop: Shop) -> None:
    count, _ = shop.on_the_meter()
    lose_from_the_write_on(shop, FaultKind.LOST_REPLIES)
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
    lose_from_the_write_on(shop, FaultKind.LOST_REQUESTS)
    assert (await shop.pay()).status == 202
    shop.home.line.faults.clear()
    await shop.home.time.run(LATE.total_seconds() + 60)

    assert (await shop.pay()).short == (422, "refused", "not_arrived")
    assert (await shop.pay(key="order-2")).status == 200
    assert shop.on_the_meter()[0] == count + 1


async def test_while_one_is_uncertain_another_waits(shop: Shop) -> None:
    lose_from_the_write_on(shop, FaultKind.LOST_REQUESTS)
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
    while not under_way(shop.hass):
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
    shop = await opened(paid_home, hass_client_no_auth)
    on_it = shop.on_the_meter()

    replies = [await shop.pay() for _ in range(2)]

    assert [reply.short for reply in replies] == [(503, "refused", "ledger_unavailable")] * 2
    assert shop.on_the_meter() == on_it
    assert caplog.text.count("The audit trail cannot be written") == 1


async def test_a_mistake_of_ours_is_no_answer_that_somebody_could_take_for_a_yes(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    runtime = shop.home.entry.runtime_data
    shop.home.entry.runtime_data = None
    reply = await shop.pay()
    shop.home.entry.runtime_data = runtime

    assert reply.short == (500, "uncertain", "internal_error")
    assert "could not be dealt with" in caplog.text
    assert (await shop.pay()).short == (200, "done", "confirmed")


async def test_a_connection_that_breaks_leaves_no_address_in_the_log(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    class BrokenStream(MockStreamReader):
        async def read(self, byte_count: int = -1) -> bytes:
            raise ConnectionResetError("the other side is gone")

    class Broken(MockRequest):
        @property
        def content(self) -> MockStreamReader:
            return BrokenStream(b"")

    caplog.set_level(logging.INFO)
    request = Broken(content=b"", method="POST", mock_source="cloud")

    response = await shop.home.time.through(webhook.async_handle_webhook(shop.hass, WEBHOOK_ID, request))

    assert response.status == 500
    assert "the other side is gone" in caplog.text
    assert WEBHOOK_ID not in caplog.text


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
    assert not is_ledger_open(shop.hass)


async def test_unloading_waits_for_what_is_under_way_and_leaves_nothing_behind(shop: Shop) -> None:
    count, _ = shop.on_the_meter()
    body = shop.body()

    async def pay_and_unload() -> tuple[Reply, int]:
        paying = asyncio.ensure_future(shop.post(body, shop.sign(body)))
        while not under_way(shop.hass):  # noqa: ASYNC110 - the webhook has no event for this
            await asyncio.sleep(0.001)  # the time is driven
        assert await shop.hass.config_entries.async_unload(shop.home.entry.entry_id)
        left = under_way(shop.hass)
        return await paying, left

    reply, left = await shop.home.time.through(pay_and_unload())

    assert left == 0
    assert reply.short == (200, "done", "confirmed")
    assert shop.on_the_meter() == (count + 1, Decimal("12.50"))
    assert not is_ledger_open(shop.hass)


async def test_with_the_last_bridge_address_and_secret_are_forgotten(shop: Shop) -> None:
    # an adapter that somebody does not want to be told of is no bridge
    MockConfigEntry(domain=DOMAIN, source=SOURCE_IGNORE, unique_id="invented").add_to_hass(shop.hass)
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
