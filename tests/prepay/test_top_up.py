"""Top-ups exactly once: what happens on the line, what the caller hears, what the ledger says."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from custom_components.csj_meter.bus.errors import UnitSilentError
from custom_components.csj_meter.prepay.errors import (
    RivalTopUpError,
    TopUpPendingError,
    TopUpRefusedError,
    TopUpUncertainError,
)
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import MovementState, Reason, Source
from custom_components.csj_meter.prepay.top_up import LATE, TopUps

from .landlord import AFTER_LATE, FIVE, TEN, top_up
from .model import LANDLORD, Clock, Fate, LineMeter, assert_nothing_unaccounted, at_once


async def test_a_top_up_returns_when_the_meter_shows_it(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    movement = await top_up(top_ups, meter, "12.50", key="order 1")

    assert (movement.state, movement.reason) == (MovementState.DONE, Reason.CONFIRMED)
    assert (movement.amount, movement.unit, movement.count) == (Decimal("12.50"), "EUR", 1)
    assert (movement.balance_before, movement.balance_after) == (Decimal("10.00"), Decimal("22.50"))
    assert (movement.actor, movement.source, movement.key) == (LANDLORD, Source.ACTION, "order 1")
    assert movement.created_at == movement.sent_at == movement.settled_at == clock()
    assert meter.account.applied == [(1, Decimal("12.50"))]
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_every_step_is_kept_in_the_history(top_ups: TopUps, meter: LineMeter, ledger: Ledger) -> None:
    movement = await top_up(top_ups, meter)

    assert [(step.before, step.after) for step in ledger.history(movement.id)] == [
        (None, MovementState.INTENDED),
        (MovementState.INTENDED, MovementState.SENT),
        (MovementState.SENT, MovementState.DONE),
    ]


async def test_the_intent_is_on_disk_before_the_wire_and_sent_before_the_write(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    states: list[MovementState] = []
    meter.before_write = lambda: states.append(ledger.movements(meter.serial)[0].state)

    await top_up(top_ups, meter)

    assert states == [MovementState.SENT]


async def test_a_lost_reply_is_found_by_the_count(top_ups: TopUps, meter: LineMeter, ledger: Ledger) -> None:
    meter.fates = iter([Fate.REPLY_LOST])

    movement = await top_up(top_ups, meter)

    assert (movement.state, movement.reason) == (MovementState.DONE, Reason.FOUND)
    assert len(meter.writes) == 1
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_lost_request_is_uncertain_until_it_cannot_arrive_any_more(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    meter.fates = iter([Fate.REQUEST_LOST])
    with pytest.raises(TopUpUncertainError) as told:
        await top_up(top_ups, meter)
    assert told.value.movement is not None
    assert told.value.movement.reason is Reason.REPLY_LOST
    assert ledger.waiting_serials() == {meter.serial}

    clock.advance(AFTER_LATE - 2)
    assert (await top_ups.settle(meter)).waiting is not None
    clock.advance(2)
    (settled,) = (await top_ups.settle(meter)).settled

    assert (settled.state, settled.reason) == (MovementState.REFUSED, Reason.NOT_ARRIVED)
    assert len(meter.writes) == 1, "never sent again"
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_request_that_arrives_late_is_done_by_the_next_poll(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    meter.fates = iter([Fate.LATE])
    with pytest.raises(TopUpUncertainError):
        await top_up(top_ups, meter)
    clock.advance(61)

    seen = await top_ups.observe(meter, meter.account.count)

    assert seen is not None
    assert [movement.reason for movement in seen.settled] == [Reason.FOUND]
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_request_that_arrives_after_it_was_given_up_is_taken_back_into_the_books(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    meter.fates = iter([Fate.VERY_LATE])
    with pytest.raises(TopUpUncertainError):
        await top_up(top_ups, meter)
    clock.advance(AFTER_LATE)
    assert [movement.state for movement in (await top_ups.settle(meter)).settled] == [MovementState.REFUSED]
    clock.advance(1800)

    (settled,) = (await top_ups.settle(meter)).settled

    assert (settled.state, settled.reason) == (MovementState.DONE, Reason.LATE)
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_what_a_gateway_has_sent_twice_is_on_the_meter_once(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    meter.fates = iter([Fate.REPEATED])

    movement = await top_up(top_ups, meter)

    assert (movement.state, movement.reason) == (MovementState.DONE, Reason.FOUND)
    assert len(meter.account.applied) == 1
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_refused_count_that_nobody_has_taken_is_a_refusal(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    async def _picky(amount: Decimal, count: int) -> None:
        raise TopUpRefusedError("refused with illegal data value (3)", is_taken=True)

    meter.write_top_up = _picky  # type: ignore[method-assign]
    with pytest.raises(TopUpRefusedError) as told:
        await top_up(top_ups, meter)

    assert told.value.movement is not None
    assert told.value.movement.reason is Reason.REFUSED_BY_METER
    assert ledger.waiting_serials() == frozenset()


async def test_a_clock_that_was_set_back_makes_the_wait_begin_anew(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    meter.fates = iter([Fate.REQUEST_LOST])
    with pytest.raises(TopUpUncertainError):
        await top_up(top_ups, meter)
    clock.advance(-90 * 86_400)
    assert (await top_ups.settle(meter)).waiting is not None
    clock.advance(AFTER_LATE)

    (settled,) = (await top_ups.settle(meter)).settled

    assert settled.reason is Reason.NOT_ARRIVED


async def test_an_old_request_that_overtakes_a_new_one_is_counted_and_the_new_one_refused(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    meter.fates = iter([Fate.VERY_LATE])
    with pytest.raises(TopUpUncertainError):
        await top_up(top_ups, meter, TEN)
    clock.advance(AFTER_LATE)
    await top_ups.settle(meter)
    meter.before_write = lambda: clock.advance(1800)

    with pytest.raises(RivalTopUpError) as told:
        await top_up(top_ups, meter, FIVE)

    assert told.value.rival is not None
    assert (told.value.rival.amount, told.value.rival.reason) == (TEN, Reason.LATE)
    assert meter.account.applied == [(1, TEN)]
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_refusal_is_certain_and_frees_the_meter_at_once(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    meter.fates = iter([Fate.LOCKED])
    with pytest.raises(TopUpRefusedError, match="device failure") as told:
        await top_up(top_ups, meter)
    assert told.value.movement is not None
    assert told.value.movement.reason is Reason.REFUSED_BY_METER

    await top_up(top_ups, meter, FIVE)

    assert meter.account.applied == [(1, FIVE)]
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_refusal_counts_even_if_the_meter_cannot_be_read_afterwards(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    meter.fates = iter([Fate.LOCKED])
    meter.after_write = lambda: setattr(meter, "silent_reads", 1)

    with pytest.raises(TopUpRefusedError):
        await top_up(top_ups, meter)

    assert ledger.waiting(meter.serial) is None


async def test_while_one_is_uncertain_the_next_is_not_sent(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    meter.fates = iter([Fate.LATE])
    with pytest.raises(TopUpUncertainError):
        await top_up(top_ups, meter, TEN)

    with pytest.raises(TopUpPendingError) as told:
        await top_up(top_ups, meter, FIVE)
    assert told.value.until == clock() + LATE
    clock.advance(61)
    await top_up(top_ups, meter, FIVE)

    assert meter.account.applied == [(1, TEN), (2, FIVE)]
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_the_wait_for_a_late_arrival_begins_when_the_line_gave_up(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    meter.fates = iter([Fate.REQUEST_LOST])
    meter.before_write = lambda: clock.advance(AFTER_LATE)  # the write waited for the line

    with pytest.raises(TopUpUncertainError):
        await top_up(top_ups, meter)

    assert (await top_ups.settle(meter)).waiting is not None


async def test_a_meter_that_says_yes_and_falls_silent_is_uncertain_and_settles_itself(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    meter.after_write = lambda: setattr(meter, "silent_reads", 1)
    with pytest.raises(TopUpUncertainError) as told:
        await top_up(top_ups, meter)
    assert told.value.movement is not None
    assert told.value.movement.reason is Reason.ACKNOWLEDGED
    meter.account.rival(FIVE)
    meter.account.rival(FIVE)

    (settled,) = (await top_ups.settle(meter)).settled

    assert settled.reason is Reason.CONFIRMED
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_meter_that_does_not_answer_at_first_costs_nothing(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    meter.silent_reads = 1

    with pytest.raises(UnitSilentError):
        await top_up(top_ups, meter, key="order 1")

    assert ledger.movements() == ()
    assert (await top_up(top_ups, meter, key="order 1")).state is MovementState.DONE


async def test_one_top_up_at_a_time_on_a_meter_and_several_meters_side_by_side(
    top_ups: TopUps, ledger: Ledger, clock: Clock
) -> None:
    meters = [LineMeter(clock, serial=f"CSJ00000000{number}") for number in range(3)]
    busy: set[str] = set()
    most = 0

    def _watch(meter: LineMeter) -> None:
        async def _between(what: str) -> None:
            nonlocal most
            if what == "writes":
                assert meter.serial not in busy, "two at once on one meter"
                busy.add(meter.serial)
                most = max(most, len(busy))
            await asyncio.sleep(0)
            if what == "has written":
                busy.discard(meter.serial)

        meter.between = _between

    for meter in meters:
        _watch(meter)
    await asyncio.gather(*(top_up(top_ups, meter, FIVE) for meter in meters * 4))

    assert most == len(meters)
    for meter in meters:
        assert meter.account.total == 4 * FIVE
        assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_cancelled_caller_leaves_a_movement_that_settles(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    written, go_on = asyncio.Event(), asyncio.Event()

    async def _hang(what: str) -> None:
        if what == "has written":
            written.set()
            await go_on.wait()

    meter.between = _hang
    task = asyncio.create_task(top_up(top_ups, meter))
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    (settled,) = (await top_ups.settle(meter)).settled

    assert settled.reason is Reason.FOUND
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


@pytest.mark.parametrize("silent_reads", [0, 1])
async def test_what_another_process_has_settled_meanwhile_stays_settled(
    ledger: Ledger, meter: LineMeter, clock: Clock, silent_reads: int
) -> None:
    """A reload makes a second desk while the first still waits for its reply."""
    first, second = TopUps(ledger, at_once, clock=clock), TopUps(ledger, at_once, clock=clock)

    async def nothing_more(_: str) -> None:
        """The other desk looks once."""

    async def other_desk_looks(moment: str) -> None:
        if moment == "has written":
            meter.between = nothing_more
            (settled,) = (await second.settle(meter)).settled
            assert settled.state is MovementState.DONE
            meter.silent_reads = silent_reads

    meter.between = other_desk_looks
    movement = await top_up(first, meter, "10.00")

    assert movement.state is MovementState.DONE
    assert ledger.waiting(meter.serial) is None
    clock.advance(LATE.total_seconds() + 1)
    await second.settle(meter)
    assert ledger.movement(movement.id).state is MovementState.DONE
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)
