"""Vouchers: each code gets its own answer, each is worth its amount once, guessing gets slow."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
import datetime as dt
from decimal import Decimal
from itertools import count
from pathlib import Path
import random
import sqlite3
from typing import Final

import pytest

from custom_components.csj_meter.bus.errors import UnitSilentError
from custom_components.csj_meter.prepay.errors import (
    AmountError,
    ExpiredVoucherError,
    KeyReusedError,
    MistypedVoucherError,
    OtherMeterVoucherError,
    RivalTopUpError,
    TooManyGuessesError,
    TopUpRefusedError,
    TopUpUncertainError,
    UnitMismatchError,
    UnknownVoucherError,
    UsedVoucherError,
    VoucherError,
    WithdrawnVoucherError,
)
from custom_components.csj_meter.prepay.guessing import FREE, LONGEST_DELAY, delay_after
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import Movement, MovementKind, MovementState, Reason, Source
from custom_components.csj_meter.prepay.top_up import LATE, TopUps
from custom_components.csj_meter.prepay.voucher import VoucherState
from custom_components.csj_meter.prepay.voucher_code import VoucherCode
from custom_components.csj_meter.prepay.vouchers import NewVoucher, Vouchers

from .model import LANDLORD, TENANT, Account, Clock, Fate, LineMeter, assert_nothing_unaccounted, at_once
from .test_crash import NEVER, a_life

SECRET: Final = b"a secret of at least 32 bytes....."
TWENTY: Final = Decimal("20.00")


@pytest.fixture
def vouchers(ledger: Ledger, top_ups: TopUps, clock: Clock) -> Vouchers:
    return Vouchers(ledger, top_ups, at_once, clock=clock, secret=SECRET)


async def _new(vouchers: Vouchers, clock: Clock, serial: str | None = None, days: float = 30) -> NewVoucher:
    return await vouchers.create(
        TWENTY,
        clock() + dt.timedelta(days=days),
        unit="EUR",
        actor=LANDLORD,
        serial=serial,
        note="flat 3",
    )


async def _redeem(
    vouchers: Vouchers,
    code: VoucherCode | str,
    meter: LineMeter,
    guesser: str = "tom",
    key: str | None = None,
) -> Movement:
    return await vouchers.redeem(str(code), meter, guesser=guesser, actor=TENANT, key=key)


async def test_a_voucher_is_worth_its_amount_once(
    vouchers: Vouchers, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    new = await _new(vouchers, clock)

    movement = await _redeem(vouchers, new.code, meter)

    assert (movement.kind, movement.state, movement.amount) == (
        MovementKind.VOUCHER,
        MovementState.DONE,
        TWENTY,
    )
    assert (movement.source, movement.actor, movement.voucher_id) == (Source.VOUCHER, TENANT, new.voucher.id)
    assert meter.account.total == TWENTY
    with pytest.raises(UsedVoucherError) as told:
        await _redeem(vouchers, new.code, meter)
    assert told.value.movement == movement
    assert meter.account.total == TWENTY
    assert [voucher.state_at(clock()) for voucher in await vouchers.all()] == [VoucherState.TAKEN]
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_mistyped_code_is_told_from_an_unknown_one(
    vouchers: Vouchers, meter: LineMeter, clock: Clock
) -> None:
    typed = str((await _new(vouchers, clock)).code)
    slip = typed[:-1] + ("0" if typed[-1] != "0" else "2")

    with pytest.raises(MistypedVoucherError):
        await _redeem(vouchers, slip, meter)
    with pytest.raises(UnknownVoucherError):
        await _redeem(vouchers, VoucherCode.new(), meter)


async def test_an_expired_voucher_says_so(vouchers: Vouchers, meter: LineMeter, clock: Clock) -> None:
    new = await _new(vouchers, clock, days=1)
    clock.advance(86_400)

    with pytest.raises(ExpiredVoucherError) as told:
        await _redeem(vouchers, new.code, meter)

    assert told.value.expired_at == new.voucher.expires_at
    assert meter.writes == []


async def test_a_voucher_for_another_meter_says_no_more_than_that(
    vouchers: Vouchers, meter: LineMeter, clock: Clock
) -> None:
    other = LineMeter(clock, serial="CSJ000000002")
    new = await _new(vouchers, clock, serial=other.serial)

    with pytest.raises(OtherMeterVoucherError):
        await _redeem(vouchers, new.code, meter)
    await _redeem(vouchers, new.code, other)
    with pytest.raises(OtherMeterVoucherError):
        await _redeem(vouchers, new.code, meter)


async def test_a_withdrawn_voucher_is_worth_nothing(
    vouchers: Vouchers, meter: LineMeter, clock: Clock
) -> None:
    new, used = await _new(vouchers, clock), await _new(vouchers, clock)

    assert (await vouchers.withdraw(new.voucher.id)).state_at(clock()) is VoucherState.WITHDRAWN
    with pytest.raises(WithdrawnVoucherError):
        await _redeem(vouchers, new.code, meter)
    await _redeem(vouchers, used.code, meter)
    with pytest.raises(UsedVoucherError):
        await vouchers.withdraw(used.voucher.id)
    with pytest.raises(KeyError):
        await vouchers.withdraw("nobody's")


async def test_the_database_holds_no_code(
    vouchers: Vouchers, meter: LineMeter, clock: Clock, ledger: Ledger, path: Path
) -> None:
    new = await _new(vouchers, clock)
    await _redeem(vouchers, new.code, meter)
    ledger.close()

    with sqlite3.connect(path) as connection:
        everything = "\n".join(connection.iterdump())
    connection.close()
    assert new.voucher.id in everything
    assert str(new.code) not in everything
    assert str(new.code).replace("-", "") not in everything


@pytest.mark.parametrize("refusal", ["locked", "rival"])
async def test_a_refused_top_up_gives_the_voucher_back(
    vouchers: Vouchers, meter: LineMeter, ledger: Ledger, clock: Clock, refusal: str
) -> None:
    new = await _new(vouchers, clock)
    if refusal == "locked":
        meter.fates = iter([Fate.LOCKED])
    else:
        meter.before_write = lambda: meter.account.rival(Decimal("5.00"))
    with pytest.raises(TopUpRefusedError):
        await _redeem(vouchers, new.code, meter)
    meter.before_write = lambda: None

    assert (await _redeem(vouchers, new.code, meter)).state is MovementState.DONE
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_an_uncertain_voucher_is_kept_until_it_settles(
    vouchers: Vouchers, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    new = await _new(vouchers, clock)
    other = LineMeter(clock, serial="CSJ000000002")
    meter.fates = iter([Fate.REQUEST_LOST])
    for _ in range(2):
        with pytest.raises(TopUpUncertainError):
            await _redeem(vouchers, new.code, meter)
    with pytest.raises(UsedVoucherError):
        await _redeem(vouchers, new.code, other)
    clock.advance(LATE.total_seconds() + 1)

    assert (await _redeem(vouchers, new.code, meter)).state is MovementState.DONE
    assert len(meter.writes) == 2
    assert other.writes == []
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_voucher_that_was_given_back_too_early_is_counted_once_on_its_meter(
    vouchers: Vouchers, top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    """The first request arrives half an hour late, just before the second: both carry the same count."""
    new = await _new(vouchers, clock)
    meter.fates = iter([Fate.VERY_LATE])
    with pytest.raises(TopUpUncertainError):
        await _redeem(vouchers, new.code, meter)
    clock.advance(LATE.total_seconds() + 1)
    await top_ups.settle(meter)
    meter.before_write = lambda: clock.advance(1800)

    with pytest.raises(RivalTopUpError) as told:
        await _redeem(vouchers, new.code, meter)
    meter.before_write = lambda: None

    assert told.value.rival is not None
    assert told.value.rival.reason is Reason.LATE
    with pytest.raises(UsedVoucherError):
        await _redeem(vouchers, new.code, meter)
    assert meter.account.total == TWENTY
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_voucher_that_arrives_late_after_it_was_used_elsewhere_says_so(
    vouchers: Vouchers, top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    new = await _new(vouchers, clock)
    other = LineMeter(clock, serial="CSJ000000002")
    meter.fates = iter([Fate.VERY_LATE])
    with pytest.raises(TopUpUncertainError):
        await _redeem(vouchers, new.code, meter)
    clock.advance(LATE.total_seconds() + 1)
    await top_ups.settle(meter)
    await _redeem(vouchers, new.code, other)
    clock.advance(1800)

    (late,) = (await top_ups.settle(meter)).settled

    assert (late.state, late.reason) == (MovementState.DONE, Reason.LATE)
    assert "given back" in late.detail
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_silent_meter_leaves_the_voucher_alone(
    vouchers: Vouchers, meter: LineMeter, clock: Clock
) -> None:
    new = await _new(vouchers, clock)
    meter.silent_reads = 1

    with pytest.raises(UnitSilentError):
        await _redeem(vouchers, new.code, meter)

    assert (await _redeem(vouchers, new.code, meter)).amount == TWENTY


async def test_a_voucher_that_is_withdrawn_while_the_meter_is_read_is_not_redeemed(
    vouchers: Vouchers, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    new = await _new(vouchers, clock)

    async def _withdraw(what: str) -> None:
        if what == "has read" and not ledger.movements():
            await vouchers.withdraw(new.voucher.id)

    meter.between = _withdraw
    with pytest.raises(WithdrawnVoucherError):
        await _redeem(vouchers, new.code, meter)

    assert ledger.movements() == ()
    assert meter.writes == []


async def test_two_who_redeem_at_the_same_time_get_it_once(
    vouchers: Vouchers, clock: Clock, ledger: Ledger
) -> None:
    new = await _new(vouchers, clock)
    meters = [LineMeter(clock, serial=f"CSJ00000000{number}") for number in range(4)]

    async def _give_way(_: str) -> None:
        await asyncio.sleep(0)

    for meter in meters:
        meter.between = _give_way
    answers = await asyncio.gather(
        *(_redeem(vouchers, new.code, meter) for meter in meters), return_exceptions=True
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Movement", *["UsedVoucherError"] * 3]
    assert sum(meter.account.total for meter in meters) == TWENTY


async def test_a_double_tap_tops_up_once(vouchers: Vouchers, meter: LineMeter, clock: Clock) -> None:
    new = await _new(vouchers, clock)

    answers = await asyncio.gather(*(_redeem(vouchers, new.code, meter, key="tap") for _ in range(3)))

    assert len({movement.id for movement in answers}) == 1
    assert meter.account.total == TWENTY
    other = await _new(vouchers, clock)
    with pytest.raises(KeyReusedError):
        await _redeem(vouchers, other.code, meter, key="tap")


async def test_a_voucher_in_another_unit_is_not_redeemed(
    vouchers: Vouchers, meter: LineMeter, clock: Clock
) -> None:
    new = await vouchers.create("50", clock() + dt.timedelta(days=1), unit="kWh", actor=LANDLORD)

    with pytest.raises(UnitMismatchError):
        await _redeem(vouchers, new.code, meter)

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
        await _new(vouchers, clock, serial=serial)

    assert [voucher.number for voucher in await vouchers.all()] == [1, 2, 3, 4]
    assert [voucher.number for voucher in await vouchers.all("CSJ000000002")] == [2, 4]


async def test_guessing_gets_slower_and_slower(vouchers: Vouchers, meter: LineMeter, clock: Clock) -> None:
    waits: list[float] = []
    for _ in range(FREE + 12):
        with pytest.raises(UnknownVoucherError):
            await _redeem(vouchers, VoucherCode.new(), meter)
        waited = 0.0
        try:
            await _redeem(vouchers, VoucherCode.new(), meter)
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
    new = await _new(vouchers, clock)
    for _ in range(FREE):
        with pytest.raises(UnknownVoucherError):
            await _redeem(vouchers, VoucherCode.new(), meter, guesser="mallory")

    with pytest.raises(TooManyGuessesError):
        await _redeem(vouchers, new.code, meter, guesser="mallory")
    await _redeem(vouchers, new.code, meter, guesser="tom")


async def test_slips_of_the_finger_are_no_guesses(vouchers: Vouchers, meter: LineMeter, clock: Clock) -> None:
    new = await _new(vouchers, clock)
    for _ in range(20):
        with pytest.raises(MistypedVoucherError):
            await _redeem(vouchers, "0000-0000-0000-0000-0001", meter)

    await _redeem(vouchers, new.code, meter)


async def test_the_wait_survives_a_restart(
    vouchers: Vouchers, meter: LineMeter, clock: Clock, ledger: Ledger, path: Path
) -> None:
    for _ in range(FREE):
        with pytest.raises(UnknownVoucherError):
            await _redeem(vouchers, VoucherCode.new(), meter)
    ledger.close()

    again = Ledger.at(path)
    reborn = Vouchers(again, TopUps(again, at_once, clock=clock), at_once, clock=clock, secret=SECRET)
    with pytest.raises(TooManyGuessesError):
        await _redeem(reborn, VoucherCode.new(), meter)
    again.close()


async def test_a_day_of_peace_is_forgiven_and_so_is_a_redeemed_voucher(
    vouchers: Vouchers, meter: LineMeter, clock: Clock
) -> None:
    async def _fail(times: int) -> None:
        for _ in range(times):
            with pytest.raises(UnknownVoucherError):
                await _redeem(vouchers, VoucherCode.new(), meter)

    await _fail(FREE)
    clock.advance(86_401)
    await _fail(FREE - 1)
    await _redeem(vouchers, (await _new(vouchers, clock)).code, meter)
    await _fail(FREE)


def test_the_wait_never_shrinks() -> None:
    waits = [delay_after(failures) for failures in range(200)]

    assert waits == sorted(waits)
    assert waits[FREE - 1] == dt.timedelta(0)
    assert waits[-1] == LONGEST_DELAY


@pytest.mark.parametrize("fate", [Fate.ARRIVES, Fate.REQUEST_LOST, Fate.REPLY_LOST, Fate.LOCKED])
async def test_death_at_any_step_neither_loses_nor_doubles_a_voucher(tmp_path: Path, fate: Fate) -> None:
    for dies_at in count():
        clock, path = Clock(), tmp_path / f"{dies_at}.db"
        meter = LineMeter(clock)
        with a_life(path, clock, NEVER, meter) as life:
            vouchers = Vouchers(life.ledger, life.top_ups, life._run, clock=clock, secret=SECRET)
            new = await _new(vouchers, clock)
        meter.fates = iter([fate])

        with a_life(path, clock, dies_at, meter) as life:
            vouchers = Vouchers(life.ledger, life.top_ups, life._run, clock=clock, secret=SECRET)
            with suppress(TopUpRefusedError, TopUpUncertainError):
                await _redeem(vouchers, new.code, meter)
        finished = life.steps < dies_at
        meter.fates = iter(())

        with a_life(path, clock, NEVER, meter) as life:
            vouchers = Vouchers(life.ledger, life.top_ups, life._run, clock=clock, secret=SECRET)
            await life.top_ups.settle(meter)
            clock.advance(LATE.total_seconds() + 1)
            with suppress(UsedVoucherError):
                await _redeem(vouchers, new.code, meter)
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
    codes = [(await _new(vouchers, clock)).code for _ in range(80)]
    for code in codes:
        meter = dice.choice(meters)
        redeemed = False
        while not redeemed:
            clock.advance(dice.choice([1, 10, 130]))
            try:
                redeemed = (await _redeem(vouchers, code, meter)).state is MovementState.DONE
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
