"""A landlord who tops meters up."""

from __future__ import annotations

from decimal import Decimal

from custom_components.csj_meter.prepay.movement import Movement, Source
from custom_components.csj_meter.prepay.top_up import LATE, TopUps

from .model import LANDLORD, LineMeter

TEN = Decimal("10.00")
FIVE = Decimal("5.00")

AFTER_LATE = LATE.total_seconds() + 1


async def top_up(
    top_ups: TopUps, meter: LineMeter, amount: Decimal | str = TEN, key: str | None = None
) -> Movement:
    return await top_ups.top_up(meter, amount, actor=LANDLORD, source=Source.ACTION, key=key)
