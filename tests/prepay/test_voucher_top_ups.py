"""A voucher is worth its amount once, whatever line, meter and process do while it is redeemed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from itertools import count
from pathlib import Path
import random

import pytest

from custom_components.csj_meter.bus.errors import UnitSilentError
from custom_components.csj_meter.meters.commands.errors import WrongKeyError
from custom_components.csj_meter.prepay.errors import (
    KeyReusedError,
    TopUpRefusedError,
    TopUpUncertainError,
    UsedVoucherError,
)
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import MovementState, Reason
from custom_components.csj_meter.prepay.top_up import LATE, TopUps
from custom_components.csj_meter.prepay.vouchers import Vouchers

from .model import Account, Clock, Fate, LineMeter, assert_nothing_unaccounted, at_once
from .test_crash import NEVER, a_life
from .voucher_sale import SECRET, TWENTY, new_voucher, redeem


@pytest.mark.parametrize("refusal", ["locked", "rival"])
async def test_a_refused_top_up_gives_the_voucher_back(
    vouchers: Vouchers, meter: LineMeter, ledger: Ledger, clock: Clock, refusal: str
) -> None:
    new = await new_voucher(vouchers, clock)
    if refusal == "locked":
        meter.fates = iter([Fate.LOCKED])
    else:
        meter.before_write = lambda: meter.account.rival(Decimal("5.00"))
    with pytest.raises(TopUpRefusedError):
        await redeem(vouchers, new.code, meter)
    meter.before_write = lambda: None

    assert (await redeem(vouchers, new.code, meter)).state is MovementState.DONE
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_voucher_for_a_meter_that_cannot_be_unlocked_is_not_taken_and_its_key_is_free(
    vouchers: Vouchers, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    new = await new_voucher(vouchers, clock)
    for why in (UnitSilentError(7, "no answer"), WrongKeyError("unit 7: the key is wrong")):
        meter.closed = why
        with pytest.raises(type(why)):
            await redeem(vouchers, new.code, meter, key="slip 1")
    meter.closed = None
    assert ledger.movements() == ()

    assert (await redeem(vouchers, new.code, meter, key="slip 1")).state is MovementState.DONE


async def test_an_uncertain_voucher_is_kept_until_it_settles(
    vouchers: Vouchers, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    new = await new_voucher(vouchers, clock)
    other = LineMeter(clock, serial="CSJ000000002")
    meter.fates = iter([Fate.REQUEST_LOST])
    for _ in range(2):
        with pytest.raises(TopUpUncertainError):
            await redeem(vouchers, new.code, meter)
    with pytest.raises(UsedVoucherError):
        await redeem(vouchers, new.code, other)
    clock.advance(LATE.total_seconds() + 1)

    assert (await redeem(vouchers, new.code, meter)).state is MovementState.DONE
    assert len(meter.writes) == 2
    assert other.writes == []
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_voucher_that_was_given_back_too_early_is_counted_once_on_its_meter(
    vouchers: Vouchers, top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    """The first request arrives half an hour late, just before the second: both carry the same count."""
    new = await new_voucher(vouchers, clock)
    meter.fates = iter([Fate.VERY_LATE])
    with pytest.raises(TopUpUncertainError):
        await redeem(vouchers, new.code, meter)
    clock.advance(LATE.total_seconds() + 1)
    await top_ups.settle(meter)
    meter.before_write = lambda: clock.advance(1800)

    movement = await redeem(vouchers, new.code, meter)
    meter.before_write = lambda: None

    assert movement.reason is Reason.FOUND
    with pytest.raises(UsedVoucherError):
        await redeem(vouchers, new.code, meter)
    assert meter.account.total == TWENTY
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_voucher_that_arrives_late_after_it_was_used_elsewhere_says_so(
    vouchers: Vouchers, top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    new = await new_voucher(vouchers, clock)
    other = LineMeter(clock, serial="CSJ000000002")
    meter.fates = iter([Fate.VERY_LATE])
    with pytest.raises(TopUpUncertainError):
        await redeem(vouchers, new.code, meter)
    clock.advance(LATE.total_seconds() + 1)
    await top_ups.settle(meter)
    await redeem(vouchers, new.code, other)
    clock.advance(1800)

    (late,) = (await top_ups.settle(meter)).settled

    assert (late.state, late.reason) == (MovementState.DONE, Reason.LATE)
    assert "given back" in late.detail
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_silent_meter_leaves_the_voucher_alone(
    vouchers: Vouchers, meter: LineMeter, clock: Clock
) -> None:
    new = await new_voucher(vouchers, clock)
    meter.silent_reads = 1

    with pytest.raises(UnitSilentError):
        await redeem(vouchers, new.code, meter)

    assert (await redeem(vouchers, new.code, meter)).amount == TWENTY


async def test_two_who_redeem_at_the_same_time_get_it_once(
    vouchers: Vouchers, clock: Clock, ledger: Ledger
) -> None:
    new = await new_voucher(vouchers, clock)
    meters = [LineMeter(clock, serial=f"CSJ00000000{number}") for number in range(4)]

    async def _give_way(_: str) -> None:
        await asyncio.sleep(0)

    for meter in meters:
        meter.between = _give_way
    answers = await asyncio.gather(
        *(redeem(vouchers, new.code, meter) for meter in meters), return_exceptions=True
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Movement", *["UsedVoucherError"] * 3]
    assert sum(meter.account.total for meter in meters) == TWENTY


async def test_a_double_tap_tops_up_once(vouchers: Vouchers, meter: LineMeter, clock: Clock) -> None:
    new = await new_voucher(vouchers, clock)

    answers = await asyncio.gather(*(redeem(vouchers, new.code, meter, key="tap") for _ in range(3)))

    assert len({movement.id for movement in answers}) == 1
    assert meter.account.total == TWENTY
    other = await new_voucher(vouchers, clock)
    with pytest.raises(KeyReusedError):
        await redeem(vouchers, other.code, meter, key="tap")


@pytest.mark.parametrize("fate", [Fate.ARRIVES, Fate.REQUEST_LOST, Fate.REPLY_LOST, Fate.LOCKED])
async def test_death_at_any_step_neither_loses_nor_doubles_a_voucher(tmp_path: Path, fate: Fate) -> None:
    for dies_at in count():
        clock, path = Clock(), tmp_path / f"{dies_at}.db"
        meter = LineMeter(clock)
        with a_life(path, clock, NEVER, meter) as life:
            vouchers = Vouchers(life.ledger, life.top_ups, life._run, clock=clock, secret=SECRET)
            new = await new_voucher(vouchers, clock)
        meter.fates = iter([fate])

        with a_life(path, clock, dies_at, meter) as life:
            vouchers = Vouchers(life.ledger, life.top_ups, life._run, clock=clock, secret=SECRET)
            with suppress(TopUpRefusedError, TopUpUncertainError):
                await redeem(vouchers, new.code, meter)
        finished = life.steps < dies_at
        meter.fates = iter(())

        with a_life(path, clock, NEVER, meter) as life:
            vouchers = Vouchers(life.ledger, life.top_ups, life._run, clock=clock, secret=SECRET)
            await life.top_ups.settle(meter)
            clock.advance(LATE.total_seconds() + 1)
            with suppress(UsedVoucherError):
                await redeem(vouchers, new.code, meter)
            assert meter.account.applied == [(1, TWENTY)], f"died at step {dies_at}"
            assert_nothing_unaccounted(life.ledger, meter.serial, meter.account)
        if finished:
            assert dies_at > 30
            break


@pytest.mark.parametrize("seed", range(4))
async def test_hundreds_of_vouchers_over_bad_lines_are_each_worth_their_amount_once(
    path: Path, ledger: Ledger, clock: Clock, seed: int
) -> None:
    dice = random.Random(seed)
    top_ups = TopUps(ledger, at_once, clock=clock)
    vouchers = Vouchers(ledger, top_ups, at_once, clock=clock, secret=SECRET)
    meters = [LineMeter(clock, serial=f"CSJ00000000{number}", account=Account()) for number in range(2)]
    for meter in meters:
        meter.fates = _bad_line(dice)
    codes = [(await new_voucher(vouchers, clock)).code for _ in range(80)]
    for code in codes:
        meter = dice.choice(meters)
        redeemed = False
        while not redeemed:
            clock.advance(dice.choice([1, 10, 130]))
            try:
                redeemed = (await redeem(vouchers, code, meter)).state is MovementState.DONE
            except UsedVoucherError:
                redeemed = True  # what was uncertain had come through
            except TopUpRefusedError, TopUpUncertainError:
                continue

    assert sum(meter.account.total for meter in meters) == TWENTY * len(codes)
    for meter in meters:
        assert_nothing_unaccounted(ledger, meter.serial, meter.account)


def _bad_line(dice: random.Random) -> Iterator[Fate]:
    fates = [Fate.REQUEST_LOST, Fate.REPLY_LOST, Fate.LATE, Fate.LOCKED]
    while True:
        yield dice.choice(fates) if dice.random() < 0.4 else Fate.ARRIVES
