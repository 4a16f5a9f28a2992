"""Guessing at vouchers gets slow, and slips of the finger are no guesses."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from custom_components.csj_meter.prepay.errors import (
    MistypedVoucherError,
    TooManyGuessesError,
    UnknownVoucherError,
)
from custom_components.csj_meter.prepay.guessing import FREE, LONGEST_DELAY, delay_after
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.top_up import TopUps
from custom_components.csj_meter.prepay.voucher_code import VoucherCode
from custom_components.csj_meter.prepay.vouchers import Vouchers

from .model import Clock, LineMeter, at_once
from .voucher_sale import SECRET, new_voucher, redeem


async def test_guessing_gets_slower_and_slower(vouchers: Vouchers, meter: LineMeter, clock: Clock) -> None:
    waits: list[float] = []
    for _ in range(FREE + 12):
        with pytest.raises(UnknownVoucherError):
            await redeem(vouchers, VoucherCode.new(), meter)
        waited = 0.0
        try:
            await redeem(vouchers, VoucherCode.new(), meter)
        except TooManyGuessesError as err:
            waited = (err.retry_at - clock()).total_seconds()
            clock.now = err.retry_at
        except UnknownVoucherError:
            continue
        waits.append(waited)

    assert waits[:4] == [5, 10, 20, 40]
    assert waits[-1] == LONGEST_DELAY.total_seconds()


async def test_while_it_waits_even_a_good_code_is_not_looked_at(
    vouchers: Vouchers, meter: LineMeter, clock: Clock
) -> None:
    new = await new_voucher(vouchers, clock)
    for _ in range(FREE):
        with pytest.raises(UnknownVoucherError):
            await redeem(vouchers, VoucherCode.new(), meter, guesser="mallory")

    with pytest.raises(TooManyGuessesError):
        await redeem(vouchers, new.code, meter, guesser="mallory")
    await redeem(vouchers, new.code, meter, guesser="tom")


async def test_slips_of_the_finger_are_no_guesses(vouchers: Vouchers, meter: LineMeter, clock: Clock) -> None:
    new = await new_voucher(vouchers, clock)
    for _ in range(20):
        with pytest.raises(MistypedVoucherError):
            await redeem(vouchers, "0000-0000-0000-0000-0001", meter)

    await redeem(vouchers, new.code, meter)


async def test_the_wait_survives_a_restart(
    vouchers: Vouchers, meter: LineMeter, clock: Clock, ledger: Ledger, path: Path
) -> None:
    for _ in range(FREE):
        with pytest.raises(UnknownVoucherError):
            await redeem(vouchers, VoucherCode.new(), meter)
    ledger.close()

    again = Ledger.at(path)
    reborn = Vouchers(again, TopUps(again, at_once, clock=clock), at_once, clock=clock, secret=SECRET)
    with pytest.raises(TooManyGuessesError):
        await redeem(reborn, VoucherCode.new(), meter)
    again.close()


async def test_a_day_of_peace_is_forgiven_and_so_is_a_redeemed_voucher(
    vouchers: Vouchers, meter: LineMeter, clock: Clock
) -> None:
    async def _fail(times: int) -> None:
        for _ in range(times):
            with pytest.raises(UnknownVoucherError):
                await redeem(vouchers, VoucherCode.new(), meter)

    await _fail(FREE)
    clock.advance(86_401)
    await _fail(FREE - 1)
    await redeem(vouchers, (await new_voucher(vouchers, clock)).code, meter)
    await _fail(FREE)


async def test_a_voucher_that_is_sent_again_forgives_nothing(
    vouchers: Vouchers, meter: LineMeter, clock: Clock
) -> None:
    new = await new_voucher(vouchers, clock)
    paid = await redeem(vouchers, new.code, meter, key="once")
    for _ in range(FREE - 1):
        with pytest.raises(UnknownVoucherError):
            await redeem(vouchers, VoucherCode.new(), meter)

    assert await redeem(vouchers, new.code, meter, key="once") == paid

    with pytest.raises(UnknownVoucherError):
        await redeem(vouchers, VoucherCode.new(), meter)
    with pytest.raises(TooManyGuessesError):
        await redeem(vouchers, VoucherCode.new(), meter)


def test_the_wait_never_shrinks() -> None:
    waits = [delay_after(failures) for failures in range(200)]

    assert waits == sorted(waits)
    assert waits[FREE - 1] == dt.timedelta(0)
    assert waits[-1] == LONGEST_DELAY
