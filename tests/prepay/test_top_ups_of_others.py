"""Top-ups of others: told from ours by count, amount and balance, on the line as well as by polls."""

from __future__ import annotations

from decimal import Decimal

import pytest

from custom_components.csj_meter.prepay.errors import (
    AmountError,
    NotCorrectableError,
    RivalTopUpError,
    TopUpRefusedError,
    TopUpUncertainError,
)
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import Movement, MovementKind, MovementState, Reason
from custom_components.csj_meter.prepay.top_up import TopUps

from .landlord import AFTER_LATE, FIVE, TEN, top_up
from .model import LANDLORD, Clock, Fate, LineMeter, assert_nothing_unaccounted, at_once


async def test_a_rival_that_comes_first_has_its_own_error_and_its_own_line(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    meter.before_write = lambda: meter.account.rival(FIVE)

    with pytest.raises(RivalTopUpError) as told:
        await top_up(top_ups, meter)

    ours, rival = told.value.movement, told.value.rival
    assert ours is not None
    assert rival is not None
    assert (ours.state, ours.reason) == (MovementState.REFUSED, Reason.RIVAL)
    assert (rival.kind, rival.state, rival.amount, rival.count) == (
        MovementKind.FOREIGN,
        MovementState.FOREIGN,
        FIVE,
        1,
    )
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_rival_of_the_same_amount_that_comes_first_is_counted_once(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    """The refusal is the one that a repeated request of ours gets, and the meter shows the same of both."""
    meter.before_write = lambda: meter.account.rival(TEN)

    movement = await top_up(top_ups, meter, TEN)

    assert movement.reason is Reason.FOUND
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_an_equal_top_up_weeks_after_ours_was_given_up_is_somebody_elses(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    meter.fates = iter([Fate.REQUEST_LOST])
    with pytest.raises(TopUpUncertainError):
        await top_up(top_ups, meter, TEN)
    clock.advance(AFTER_LATE)
    (ours,) = (await top_ups.settle(meter)).settled
    assert ours.reason is Reason.NOT_ARRIVED
    clock.advance(21 * 86_400)
    meter.account.rival(TEN)

    seen = await top_ups.settle(meter)

    assert [one.amount for one in seen.foreign] == [TEN]
    assert ledger.movement(ours.id).state is MovementState.REFUSED
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_what_cannot_be_told_apart_is_counted_once(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    meter.fates = iter([Fate.REQUEST_LOST])
    meter.after_write = lambda: meter.account.rival(TEN)

    movement = await top_up(top_ups, meter, TEN)

    assert movement.reason is Reason.FOUND
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_rival_right_after_ours_does_not_hide_it(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    meter.after_write = lambda: meter.account.rival(FIVE)

    movement = await top_up(top_ups, meter, TEN)

    assert movement.reason is Reason.CONFIRMED
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


@pytest.mark.parametrize(
    ("fate", "state", "reason"),
    [
        (Fate.REPLY_LOST, MovementState.DONE, Reason.INFERRED),
        (Fate.REQUEST_LOST, MovementState.REFUSED, Reason.RIVAL),
    ],
)
async def test_behind_two_top_ups_of_others_the_balance_tells(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, fate: Fate, state: MovementState, reason: Reason
) -> None:
    def _others() -> None:
        if fate is Fate.REQUEST_LOST:
            meter.account.rival(Decimal("20.00"))
        meter.account.rival(FIVE)

    meter.fates = iter([fate])
    meter.after_write = _others
    try:
        movement: Movement | None = await top_up(top_ups, meter, TEN)
    except RivalTopUpError as err:
        movement = err.movement

    assert movement is not None
    assert (movement.state, movement.reason) == (state, reason)
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_what_not_even_the_balance_tells_says_so_and_blocks_nobody(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    meter.fates = iter([Fate.REPLY_LOST])

    def _others() -> None:
        meter.account.rival(FIVE)
        meter.account.rival(FIVE)

    meter.after_write = _others
    with pytest.raises(TopUpUncertainError) as told:
        await top_up(top_ups, meter, TEN)
    meter.after_write = lambda: None

    await top_up(top_ups, meter, FIVE)
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)
    overtaken = told.value.movement
    assert overtaken is not None
    assert (overtaken.reason, overtaken.settles) == (Reason.OVERTAKEN, False)
    at = clock()
    clock.advance(30 * 86_400)
    decided = ledger.decide(overtaken.id, applied=True, actor=LANDLORD, at=clock(), detail="on the receipt")
    assert (decided.state, decided.reason) == (MovementState.DONE, Reason.DECIDED)
    assert decided.at == at, "who paid then has paid it, whoever lives there now"
    assert ledger.history(decided.id)[-1].at == clock()
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_polls_find_the_top_ups_of_others(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    assert await top_ups.observe(meter, meter.account.count) is not None
    assert await top_ups.observe(meter, meter.account.count) is None, "nothing new"
    meter.account.rival(FIVE)
    meter.account.rival(TEN)

    seen = await top_ups.observe(meter, meter.account.count)

    assert seen is not None
    assert [(one.amount, one.reason, one.count) for one in seen.foreign] == [
        (None, Reason.AMOUNT_UNSEEN, 1),
        (TEN, Reason.SEEN, 2),
    ]
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_person_tells_the_amount_that_nobody_has_seen_and_it_counts_for_when_it_was_found(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    await top_ups.settle(meter)
    meter.account.rival(FIVE)
    meter.account.rival(TEN)
    unseen, seen = (await top_ups.settle(meter)).foreign
    found_at = clock()
    clock.advance(86_400)

    def tell(movement: Movement, amount: str, serial: str = meter.serial) -> Movement:
        return ledger.tell_amount(
            movement.id, serial, amount, actor=LANDLORD, at=clock(), note="receipt of the shop"
        )

    told = tell(unseen, "5.00")
    assert (told.id, told.amount, told.state, told.at) == (unseen.id, FIVE, MovementState.FOREIGN, found_at)
    assert (told.reason, told.note) == (Reason.DECIDED, "receipt of the shop")
    step = ledger.history(told.id)[-1]
    assert (step.at, step.detail) == (clock(), "Lotte Landlord: receipt of the shop")
    assert tell(unseen, "5.00") == told, "the same again"
    assert len(ledger.history(told.id)) == 2
    for movement, amount, serial in (
        (unseen, "6.00", meter.serial),
        (seen, "5.00", meter.serial),
        (unseen, "5.00", "CSJ000000002"),
    ):
        with pytest.raises(NotCorrectableError):
            tell(movement, amount, serial)
    with pytest.raises(AmountError):
        tell(unseen, "-5.00")
    assert len(ledger.movements(meter.serial)) == 2
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_the_amount_of_what_is_not_on_the_meter_or_of_ours_is_not_told(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    ours = await top_up(top_ups, meter, TEN)
    meter.fates = iter([Fate.LOCKED])
    with pytest.raises(TopUpRefusedError) as told:
        await top_up(top_ups, meter, FIVE)
    assert told.value.movement is not None

    for movement_id in (ours.id, told.value.movement.id, "nobody's"):
        with pytest.raises(NotCorrectableError):
            ledger.tell_amount(movement_id, meter.serial, "10.00", actor=LANDLORD, at=clock())


async def test_a_poll_during_a_top_up_is_left_alone(top_ups: TopUps, meter: LineMeter) -> None:
    seen: list[object] = []

    async def _poll(what: str) -> None:
        if what == "has written":
            seen.append(await top_ups.observe(meter, meter.account.count))

    meter.between = _poll
    await top_up(top_ups, meter)

    assert seen == [None]


async def test_a_poll_that_was_read_before_a_top_up_does_no_harm(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    before = meter.account.count
    await top_up(top_ups, meter)

    seen = await top_ups.observe(meter, before)

    assert seen is not None
    assert (seen.settled, seen.foreign) == ((), ())
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


@pytest.mark.parametrize(
    ("minutes", "most_per_hour", "reason"),
    [
        (1, "6.00", Reason.RIVAL),
        (4, "6.00", Reason.INFERRED),
        (60, "6.00", Reason.OVERTAKEN),
        (1, None, Reason.OVERTAKEN),
    ],
)
async def test_the_balance_tells_as_long_as_little_can_have_been_used(
    ledger: Ledger, meter: LineMeter, clock: Clock, minutes: int, most_per_hour: str | None, reason: Reason
) -> None:
    top_ups = TopUps(ledger, at_once, clock=clock)
    meter.fates = iter([Fate.REQUEST_LOST])
    with pytest.raises(TopUpUncertainError):
        await top_up(top_ups, meter, TEN)
    meter.account.rival(Decimal("9.80"))  # as if 10 had come, and 20 cents had been used
    meter.account.rival(FIVE)
    meter.most_per_hour = None if most_per_hour is None else Decimal(most_per_hour)
    clock.advance(60 * minutes)

    seen = await top_ups.settle(meter)

    assert [movement.reason for movement in seen.settled] == [reason]
