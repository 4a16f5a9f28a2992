"""Vouchers: how they are made, listed and withdrawn, and the answer that each code gets."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
import sqlite3

import pytest

from custom_components.csj_meter.prepay.errors import (
    AmountError,
    ExpiredVoucherError,
    MistypedVoucherError,
    OtherMeterVoucherError,
    UnitMismatchError,
    UnknownVoucherError,
    UsedVoucherError,
    VoucherError,
    WithdrawnVoucherError,
)
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import MovementKind, MovementState, Source
from custom_components.csj_meter.prepay.top_up import TopUps
from custom_components.csj_meter.prepay.voucher import VoucherState
from custom_components.csj_meter.prepay.voucher_code import VoucherCode
from custom_components.csj_meter.prepay.vouchers import Vouchers

from .model import LANDLORD, TENANT, Clock, LineMeter, assert_nothing_unaccounted, at_once
from .voucher_sale import TWENTY, new_voucher, redeem


async def test_a_voucher_is_worth_its_amount_once(
    vouchers: Vouchers, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    new = await new_voucher(vouchers, clock)

    movement = await redeem(vouchers, new.code, meter)

    assert (movement.kind, movement.state, movement.amount) == (
        MovementKind.VOUCHER,
        MovementState.DONE,
        TWENTY,
    )
    assert (movement.source, movement.actor, movement.voucher_id) == (Source.VOUCHER, TENANT, new.voucher.id)
    assert meter.account.total == TWENTY
    with pytest.raises(UsedVoucherError) as told:
        await redeem(vouchers, new.code, meter)
    assert told.value.movement == movement
    assert meter.account.total == TWENTY
    assert [voucher.state_at(clock()) for voucher in await vouchers.all()] == [VoucherState.TAKEN]
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_mistyped_code_is_told_from_an_unknown_one(
    vouchers: Vouchers, meter: LineMeter, clock: Clock
) -> None:
    typed = str((await new_voucher(vouchers, clock)).code)
    slip = typed[:-1] + ("0" if typed[-1] != "0" else "2")

    with pytest.raises(MistypedVoucherError):
        await redeem(vouchers, slip, meter)
    with pytest.raises(UnknownVoucherError):
        await redeem(vouchers, VoucherCode.new(), meter)


async def test_an_expired_voucher_says_so(vouchers: Vouchers, meter: LineMeter, clock: Clock) -> None:
    new = await new_voucher(vouchers, clock, days=1)
    clock.advance(86_400)

    with pytest.raises(ExpiredVoucherError) as told:
        await redeem(vouchers, new.code, meter)

    assert told.value.expired_at == new.voucher.expires_at
    assert meter.writes == []


async def test_a_voucher_for_another_meter_says_no_more_than_that(
    vouchers: Vouchers, meter: LineMeter, clock: Clock
) -> None:
    other = LineMeter(clock, serial="CSJ000000002")
    new = await new_voucher(vouchers, clock, serial=other.serial)

    with pytest.raises(OtherMeterVoucherError):
        await redeem(vouchers, new.code, meter)
    await redeem(vouchers, new.code, other)
    with pytest.raises(OtherMeterVoucherError):
        await redeem(vouchers, new.code, meter)


async def test_a_withdrawn_voucher_is_worth_nothing(
    vouchers: Vouchers, meter: LineMeter, clock: Clock
) -> None:
    new, used = await new_voucher(vouchers, clock), await new_voucher(vouchers, clock)

    assert (await vouchers.withdraw(new.voucher.id)).state_at(clock()) is VoucherState.WITHDRAWN
    with pytest.raises(WithdrawnVoucherError):
        await redeem(vouchers, new.code, meter)
    await redeem(vouchers, used.code, meter)
    with pytest.raises(UsedVoucherError):
        await vouchers.withdraw(used.voucher.id)
    with pytest.raises(KeyError):
        await vouchers.withdraw("nobody's")


async def test_the_database_holds_no_code(
    vouchers: Vouchers, meter: LineMeter, clock: Clock, ledger: Ledger, path: Path
) -> None:
    new = await new_voucher(vouchers, clock)
    await redeem(vouchers, new.code, meter)
    ledger.close()

    with sqlite3.connect(path) as connection:
        everything = "\n".join(connection.iterdump())
    connection.close()
    assert new.voucher.id in everything
    assert str(new.code) not in everything
    assert str(new.code).replace("-", "") not in everything


async def test_a_voucher_that_is_withdrawn_while_the_meter_is_read_is_not_redeemed(
    vouchers: Vouchers, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    new = await new_voucher(vouchers, clock)

    async def _withdraw(what: str) -> None:
        if what == "has read" and not ledger.movements():
            await vouchers.withdraw(new.voucher.id)

    meter.between = _withdraw
    with pytest.raises(WithdrawnVoucherError):
        await redeem(vouchers, new.code, meter)

    assert ledger.movements() == ()
    assert meter.writes == []


async def test_a_voucher_in_another_unit_is_not_redeemed(
    vouchers: Vouchers, meter: LineMeter, clock: Clock
) -> None:
    new = await vouchers.create("50", clock() + dt.timedelta(days=1), unit="kWh", actor=LANDLORD)

    with pytest.raises(UnitMismatchError):
        await redeem(vouchers, new.code, meter)

    assert [voucher.state_at(clock()) for voucher in await vouchers.all()] == [VoucherState.VALID]


async def test_what_a_voucher_cannot_be(vouchers: Vouchers, ledger: Ledger, clock: Clock) -> None:
    tomorrow = clock() + dt.timedelta(days=1)
    with pytest.raises(AmountError):
        await vouchers.create("0", tomorrow, unit="EUR", actor=LANDLORD)
    with pytest.raises(VoucherError, match="expired"):
        await vouchers.create("5", clock(), unit="EUR", actor=LANDLORD)
    with pytest.raises(VoucherError, match="200"):
        await vouchers.create("5", tomorrow, unit="EUR", actor=LANDLORD, note="x" * 201)
    with pytest.raises(ValueError, match="32"):
        Vouchers(ledger, TopUps(ledger, at_once, clock=clock), at_once, clock=clock, secret=b"short")


async def test_vouchers_of_one_meter_are_listed_in_order(vouchers: Vouchers, clock: Clock) -> None:
    for serial in (None, "CSJ000000002", "CSJ000000001", "CSJ000000002"):
        await new_voucher(vouchers, clock, serial=serial)

    assert [voucher.number for voucher in await vouchers.all()] == [1, 2, 3, 4]
    assert [voucher.number for voucher in await vouchers.all("CSJ000000002")] == [2, 4]
