"""Vouchers of 20 EUR: made by the landlord, redeemed by the tenant."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from custom_components.csj_meter.prepay.movement import Movement
from custom_components.csj_meter.prepay.voucher_code import VoucherCode
from custom_components.csj_meter.prepay.vouchers import NewVoucher, Vouchers

from .model import LANDLORD, TENANT, Clock, LineMeter

SECRET: Final = b"a secret of at least 32 bytes....."
TWENTY: Final = Decimal("20.00")


async def new_voucher(
    vouchers: Vouchers, clock: Clock, serial: str | None = None, days: float = 30
) -> NewVoucher:
    return await vouchers.create(
        TWENTY,
        clock() + dt.timedelta(days=days),
        unit="EUR",
        actor=LANDLORD,
        serial=serial,
        note="flat 3",
    )


async def redeem(
    vouchers: Vouchers,
    code: VoucherCode | str,
    meter: LineMeter,
    guesser: str = "tom",
    key: str | None = None,
) -> Movement:
    return await vouchers.redeem(str(code), meter, guesser=guesser, actor=TENANT, key=key)
