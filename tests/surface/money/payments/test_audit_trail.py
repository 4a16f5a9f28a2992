"""The audit trail over the days: it is cut to its length, and complete when Home Assistant stops."""

from __future__ import annotations

from dataclasses import replace
import datetime as dt
from pathlib import Path

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.util import dt as dt_util
import pytest
from sqlalchemy import text

from custom_components.csj_meter.money.prepayment import LEDGER_FILE, Prepayment
from custom_components.csj_meter.prepay.audit import RETENTION, AuditTrail
from custom_components.csj_meter.prepay.ledger import Ledger

from .shop import Shop, is_ledger_open

pytestmark = [pytest.mark.loopback, pytest.mark.usefixtures("short_days")]

MINUTE = dt.timedelta(minutes=1)


def _stop_writing(money: Prepayment) -> None:
    with money.ledger.transaction() as connection:
        connection.execute(text("PRAGMA query_only = ON"))


async def test_what_is_too_old_goes_by_itself(shop: Shop) -> None:
    await shop.pay(amount="100.01")
    (line,) = await shop.trail()
    ancient = replace(line.what, detail="long ago")
    await shop.ask_ledger(lambda money: money.audit.add(ancient, dt_util.utcnow() - RETENTION - MINUTE))
    assert len(await shop.trail()) == 2

    await shop.home.time.run(190)

    assert [kept.what for kept in await shop.trail()] == [line.what]


async def test_every_count_is_on_disk_when_home_assistant_has_stopped(shop: Shop) -> None:
    for _ in range(3):
        await shop.home.time.through(shop.post(b"{}", None))
    shop.hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await shop.home.time.run(0)

    assert not is_ledger_open(shop.hass)
    ledger = Ledger.at(Path(shop.hass.config.path(LEDGER_FILE)))
    assert [line.times for line in AuditTrail(ledger).entries()] == [3]
    ledger.close()


async def test_a_disk_that_takes_nothing_more_is_told_and_keeps_nobody_from_stopping(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        await shop.home.time.through(shop.post(b"{}", None))
    await shop.ask_ledger(_stop_writing)

    reply = await shop.pay()
    await shop.home.time.run(190)
    assert await shop.home.tear_down()

    assert reply.short == (503, "refused", "ledger_unavailable")
    assert "The audit trail could not be purged" in caplog.text
    assert "The last counts of the audit trail are lost" in caplog.text
