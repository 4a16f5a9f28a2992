"""Amounts that are none, too large or in another unit are not sent, and what was paid adds up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from custom_components.csj_meter.prepay.errors import (
    AmountError,
    TopUpRefusedError,
    TopUpUncertainError,
    UnitMismatchError,
)
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import MovementKind, Source
from custom_components.csj_meter.prepay.order import Order
from custom_components.csj_meter.prepay.top_up import TopUps

from .landlord import FIVE, TEN, top_up
from .model import TENANT, Clock, Fate, LineMeter, at_once


@pytest.mark.parametrize(
    "amount", ["0", "0.00", "-1", "0.001", "12.345", "10000.00", "NaN", "Infinity", "ten"]
)
async def test_an_amount_that_is_none_is_not_even_asked_for(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, amount: str
) -> None:
    with pytest.raises(AmountError):
        await top_up(top_ups, meter, amount)
    assert ledger.movements() == ()


async def test_a_site_may_set_a_smaller_limit(ledger: Ledger, meter: LineMeter, clock: Clock) -> None:
    careful = TopUps(ledger, at_once, clock=clock, limit=Decimal("50.00"))

    await top_up(careful, meter, "50.00")
    with pytest.raises(AmountError, match=r"50\.00"):
        await top_up(careful, meter, "50.01")


async def test_more_than_the_meter_can_hold_is_not_sent(top_ups: TopUps, meter: LineMeter) -> None:
    meter.account.balance = Decimal("21474836.00")

    with pytest.raises(AmountError, match="hold"):
        await top_up(top_ups, meter, "0.48")
    await top_up(top_ups, meter, "0.47")


async def test_an_amount_in_another_unit_is_not_sent(top_ups: TopUps, meter: LineMeter) -> None:
    order = Order(
        kind=MovementKind.TOP_UP, amount=TEN, unit="kWh", actor=TENANT, source=Source.PORTAL, key=None
    )
    with pytest.raises(UnitMismatchError, match="EUR"):
        await top_ups.carry_out(meter, order)
    assert meter.writes == []


async def test_what_was_paid_counts_what_may_be_on_the_meter_and_nothing_that_is_not(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    start = clock()
    await top_up(top_ups, meter, TEN)
    clock.advance(3600)
    later = clock()
    meter.fates = iter([Fate.LOCKED, Fate.ARRIVES, Fate.REQUEST_LOST])
    with pytest.raises(TopUpRefusedError):
        await top_up(top_ups, meter, Decimal("70.00"))
    await top_up(top_ups, meter, FIVE)
    with pytest.raises(TopUpUncertainError):
        await top_up(top_ups, meter, Decimal("0.50"))

    assert ledger.paid_since(meter.serial, Source.ACTION, start) == Decimal("15.50")
    assert ledger.paid_since(meter.serial, Source.ACTION, later) == Decimal("5.50")
    assert ledger.paid_since(meter.serial, Source.WEBHOOK, start) == Decimal("0.00")
    assert ledger.paid_since("CSJ000000002", Source.ACTION, start) == Decimal("0.00")
