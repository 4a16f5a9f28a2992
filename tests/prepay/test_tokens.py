"""Tokens: the meter alone knows what they are worth, and whoever guesses has to wait."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from custom_components.csj_meter.meters.commands.credit import TokenResult
from custom_components.csj_meter.prepay.errors import (
    TokenRefusedError,
    TooManyGuessesError,
    TopUpUncertainError,
)
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import MovementKind, MovementState, Reason, Source
from custom_components.csj_meter.prepay.top_up import TopUps

from .landlord import AFTER_LATE
from .model import TENANT, Clock, Fate, LineMeter, assert_nothing_unaccounted


class TokenMeter(LineMeter):
    """Takes tokens worth twenty."""

    counts_tokens = True

    async def write_token(self, token: str) -> None:
        assert token == "12345678901234567890"
        if self.counts_tokens:
            await self.write_top_up(Decimal("20.00"), self.account.count + 1)
        else:
            self.account.balance += Decimal("20.00")


async def test_a_token_that_others_have_overtaken_cannot_be_told_by_the_balance(
    top_ups: TopUps, clock: Clock
) -> None:
    meter = TokenMeter(clock)
    meter.fates = iter([Fate.REPLY_LOST])
    meter.after_write = lambda: meter.account.rival(Decimal("5.00"))

    with pytest.raises(TopUpUncertainError) as told:
        await top_ups.load_token(
            meter, "12345678901234567890", actor=TENANT, source=Source.PORTAL, guesser="somebody"
        )

    assert told.value.movement is not None
    assert told.value.movement.reason is Reason.OVERTAKEN


@pytest.mark.parametrize("fate", [Fate.ARRIVES, Fate.REPLY_LOST])
async def test_a_token_learns_its_amount_from_the_meter(
    top_ups: TopUps, ledger: Ledger, clock: Clock, fate: Fate
) -> None:
    meter = TokenMeter(clock)
    meter.fates = iter([fate])

    movement = await top_ups.load_token(
        meter, "12345678901234567890", actor=TENANT, source=Source.PORTAL, guesser="somebody"
    )

    assert (movement.kind, movement.amount, movement.note) == (
        MovementKind.TOKEN,
        Decimal("20.00"),
        "…7890",
    )
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_token_that_arrives_after_it_was_given_up_is_ours_with_its_amount(
    top_ups: TopUps, ledger: Ledger, clock: Clock
) -> None:
    meter = TokenMeter(clock)
    meter.fates = iter([Fate.VERY_LATE])
    with pytest.raises(TopUpUncertainError):
        await top_ups.load_token(
            meter, "12345678901234567890", actor=TENANT, source=Source.PORTAL, guesser="somebody"
        )
    clock.advance(AFTER_LATE)
    (given_up,) = (await top_ups.settle(meter)).settled
    assert given_up.reason is Reason.NOT_ARRIVED
    clock.advance(1800)

    seen = await top_ups.settle(meter)

    (late,) = seen.settled
    assert seen.foreign == ()
    assert (late.id, late.reason, late.amount) == (given_up.id, Reason.LATE, Decimal("20.00"))
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_token_that_the_meter_does_not_count_is_done_without_an_amount(
    top_ups: TopUps, clock: Clock
) -> None:
    meter = TokenMeter(clock)
    meter.counts_tokens = False

    movement = await top_ups.load_token(
        meter, "12345678901234567890", actor=TENANT, source=Source.PORTAL, guesser="somebody"
    )

    assert (movement.state, movement.amount) == (MovementState.DONE, None)
    assert movement.balance_after == Decimal("30.00")


async def test_tokens_that_no_meter_accepts_are_slowed_down(
    ledger: Ledger, top_ups: TopUps, clock: Clock
) -> None:
    class PickyMeter(TokenMeter):
        async def write_token(self, token: str) -> None:
            if token == "1" * 20:
                raise TokenRefusedError(TokenResult.INVALID)
            await super().write_token(token)

    meter = PickyMeter(clock)

    async def load(token: str, guesser: str = "tenant") -> None:
        await top_ups.load_token(meter, token, actor=TENANT, source=Source.ACTION, guesser=guesser)

    for _ in range(3):
        with pytest.raises(TokenRefusedError):
            await load("1" * 20)
    movements = len(ledger.movements())
    with pytest.raises(TooManyGuessesError):
        await load("12345678901234567890")
    assert len(ledger.movements()) == movements

    await load("12345678901234567890", guesser="neighbour")
    clock.advance(6)
    with pytest.raises(TokenRefusedError):
        await load("1" * 20)


async def test_tokens_that_are_tried_at_once_wait_for_each_other(
    ledger: Ledger, top_ups: TopUps, clock: Clock
) -> None:
    class FussyMeter(TokenMeter):
        async def write_token(self, token: str) -> None:
            await asyncio.sleep(0)
            raise TokenRefusedError(TokenResult.INVALID)

    tried = [
        top_ups.load_token(
            FussyMeter(clock, serial=f"CSJ00000000{number % 2}"),
            f"{number:020}",
            actor=TENANT,
            source=Source.ACTION,
            guesser="tenant",
        )
        for number in range(20)
    ]

    answers = await asyncio.gather(*tried, return_exceptions=True)

    assert [type(one) for one in answers] == [TokenRefusedError] * 3 + [TooManyGuessesError] * 17
    assert len(ledger.movements()) == 3
