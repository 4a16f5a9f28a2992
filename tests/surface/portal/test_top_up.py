"""What a tenant is told of an entry that the meter cannot take now."""

from __future__ import annotations

from decimal import Decimal

from homeassistant.util import dt as dt_util
import pytest

from custom_components.csj_meter.money.prepayment import async_prepayment
from custom_components.csj_meter.prepay.credit import Credit
from custom_components.csj_meter.prepay.movement import Actor, MovementKind, Source
from custom_components.csj_meter.prepay.order import Order

from .conftest import UNIT, Portal

pytestmark = pytest.mark.loopback

KEY = "0123456789abcdef-1"


async def test_while_another_is_being_settled_nothing_is_sent_and_that_is_said(portal: Portal) -> None:
    phone, code, count = await portal.opened(), await portal.voucher(), portal.on_the_meter()
    serial, ledger = portal.home.serial(UNIT), (await async_prepayment(portal.hass)).ledger
    known = ledger.known(serial)
    assert known is not None
    order = Order(
        kind=MovementKind.TOP_UP,
        amount=Decimal(5),
        actor=Actor(id=None, name="automation"),
        source=Source.ACTION,
    )
    credit = Credit(balance=known.balance, count=known.count, last_amount=known.last_amount, unit="EUR")
    another = ledger.begin(serial, order, credit, dt_util.utcnow())
    ledger.mark_sent(another.id, dt_util.utcnow())
    entry = {"kind": "voucher", "code": code, "key": KEY}

    told = (await phone.post("api/top_up", entry)).told

    assert told == {"state": "refused", "word": "top_up_pending"}
    assert portal.on_the_meter() == count
    await portal.home.time.run(300)
    assert (await phone.post("api/top_up", entry)).told["state"] == "done"
    assert portal.on_the_meter() == count + 1
