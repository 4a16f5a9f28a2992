"""Top-ups exactly once: what happens on the line, what the caller hears, what the ledger says."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from custom_components.csj_meter.bus.errors import UnitSilentError
from custom_components.csj_meter.prepay.errors import (
    AmountError,
    CountFellError,
    KeyReusedError,
    RivalTopUpError,
    TopUpPendingError,
    TopUpRefusedError,
    TopUpUncertainError,
    UnitMismatchError,
)
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import Movement, MovementKind, MovementState, Reason, Source
from custom_components.csj_meter.prepay.order import Order
from custom_components.csj_meter.prepay.top_up import LATE, TopUps

from .model import LANDLORD, TENANT, Account, Clock, Fate, LineMeter, assert_nothing_unaccounted, at_once

TEN = Decimal("10.00")
FIVE = Decimal("5.00")
AFTER_LATE = LATE.total_seconds() + 1


async def _top_up(
    top_ups: TopUps, meter: LineMeter, amount: Decimal | str = TEN, key: str | None = None
) -> Movement:
    return await top_ups.top_up(meter, amount, actor=LANDLORD, source=Source.ACTION, key=key)


async def test_a_top_up_returns_when_the_meter_shows_it(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    movement = await _top_up(top_ups, meter, "12.50", key="order 1")

    assert (movement.state, movement.reason) == (MovementState.DONE, Reason.CONFIRMED)
    assert (movement.amount, movement.unit, movement.count) == (Decimal("12.50"), "EUR", 1)
    assert (movement.balance_before, movement.balance_after) == (Decimal("10.00"), Decimal("22.50"))
    assert (movement.actor, movement.source, movement.key) == (LANDLORD, Source.ACTION, "order 1")
    assert movement.created_at == movement.sent_at == movement.settled_at == clock()
    assert meter.account.applied == [(1, Decimal("12.50"))]
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_every_step_is_kept_in_the_history(top_ups: TopUps, meter: LineMeter, ledger: Ledger) -> None:
    movement = await _top_up(top_ups, meter)

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

    await _top_up(top_ups, meter)

    assert states == [MovementState.SENT]


async def test_a_lost_reply_is_found_by_the_count(top_ups: TopUps, meter: LineMeter, ledger: Ledger) -> None:
    meter.fates = iter([Fate.REPLY_LOST])

    movement = await _top_up(top_ups, meter)

    assert (movement.state, movement.reason) == (MovementState.DONE, Reason.FOUND)
    assert len(meter.writes) == 1
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_lost_request_is_uncertain_until_it_cannot_arrive_any_more(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    meter.fates = iter([Fate.REQUEST_LOST])
    with pytest.raises(TopUpUncertainError) as told:
        await _top_up(top_ups, meter)
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
        await _top_up(top_ups, meter)
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
        await _top_up(top_ups, meter)
    clock.advance(AFTER_LATE)
    assert [movement.state for movement in (await top_ups.settle(meter)).settled] == [MovementState.REFUSED]
    clock.advance(1800)

    (settled,) = (await top_ups.settle(meter)).settled

    assert (settled.state, settled.reason) == (MovementState.DONE, Reason.LATE)
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_an_old_request_that_overtakes_a_new_one_is_counted_and_the_new_one_refused(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    meter.fates = iter([Fate.VERY_LATE])
    with pytest.raises(TopUpUncertainError):
        await _top_up(top_ups, meter, TEN)
    clock.advance(AFTER_LATE)
    await top_ups.settle(meter)
    meter.before_write = lambda: clock.advance(1800)

    with pytest.raises(RivalTopUpError) as told:
        await _top_up(top_ups, meter, FIVE)

    assert told.value.rival is not None
    assert (told.value.rival.amount, told.value.rival.reason) == (TEN, Reason.LATE)
    assert meter.account.applied == [(1, TEN)]
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_refusal_is_certain_and_frees_the_meter_at_once(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    meter.fates = iter([Fate.LOCKED])
    with pytest.raises(TopUpRefusedError, match="illegal data value") as told:
        await _top_up(top_ups, meter)
    assert told.value.movement is not None
    assert told.value.movement.reason is Reason.REFUSED_BY_METER

    await _top_up(top_ups, meter, FIVE)

    assert meter.account.applied == [(1, FIVE)]
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_refusal_counts_even_if_the_meter_cannot_be_read_afterwards(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    meter.fates = iter([Fate.LOCKED])
    meter.after_write = lambda: setattr(meter, "silent_reads", 1)

    with pytest.raises(TopUpRefusedError):
        await _top_up(top_ups, meter)

    assert ledger.waiting(meter.serial) is None


async def test_a_rival_that_comes_first_has_its_own_error_and_its_own_line(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    meter.before_write = lambda: meter.account.rival(FIVE)

    with pytest.raises(RivalTopUpError) as told:
        await _top_up(top_ups, meter)

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


async def test_a_rival_of_the_same_amount_whose_write_was_refused_is_still_a_rival(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    meter.before_write = lambda: meter.account.rival(TEN)

    with pytest.raises(RivalTopUpError):
        await _top_up(top_ups, meter, TEN)

    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_what_cannot_be_told_apart_is_counted_once(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    meter.fates = iter([Fate.REQUEST_LOST])
    meter.after_write = lambda: meter.account.rival(TEN)

    movement = await _top_up(top_ups, meter, TEN)

    assert movement.reason is Reason.FOUND
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_rival_right_after_ours_does_not_hide_it(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    meter.after_write = lambda: meter.account.rival(FIVE)

    movement = await _top_up(top_ups, meter, TEN)

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
        movement: Movement | None = await _top_up(top_ups, meter, TEN)
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
        await _top_up(top_ups, meter, TEN)
    meter.after_write = lambda: None

    await _top_up(top_ups, meter, FIVE)
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)
    overtaken = told.value.movement
    assert overtaken is not None
    assert (overtaken.reason, overtaken.settles) == (Reason.OVERTAKEN, False)
    decided = ledger.decide(overtaken.id, applied=True, actor=LANDLORD, at=clock(), detail="on the receipt")
    assert (decided.state, decided.reason) == (MovementState.DONE, Reason.DECIDED)
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_while_one_is_uncertain_the_next_is_not_sent(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    meter.fates = iter([Fate.LATE])
    with pytest.raises(TopUpUncertainError):
        await _top_up(top_ups, meter, TEN)

    with pytest.raises(TopUpPendingError) as told:
        await _top_up(top_ups, meter, FIVE)
    assert told.value.until == clock() + LATE
    clock.advance(61)
    await _top_up(top_ups, meter, FIVE)

    assert meter.account.applied == [(1, TEN), (2, FIVE)]
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_the_wait_for_a_late_arrival_begins_when_the_line_gave_up(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    meter.fates = iter([Fate.REQUEST_LOST])
    meter.before_write = lambda: clock.advance(AFTER_LATE)  # the write waited for the line

    with pytest.raises(TopUpUncertainError):
        await _top_up(top_ups, meter)

    assert (await top_ups.settle(meter)).waiting is not None


async def test_a_meter_that_says_yes_and_falls_silent_is_uncertain_and_settles_itself(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    meter.after_write = lambda: setattr(meter, "silent_reads", 1)
    with pytest.raises(TopUpUncertainError) as told:
        await _top_up(top_ups, meter)
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
        await _top_up(top_ups, meter, key="order 1")

    assert ledger.movements() == ()
    assert (await _top_up(top_ups, meter, key="order 1")).state is MovementState.DONE


async def test_the_same_key_answers_with_the_same_movement(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    first = await _top_up(top_ups, meter, TEN, key="order 1")
    again = await asyncio.gather(*(_top_up(top_ups, meter, TEN, key="order 1") for _ in range(5)))

    assert again == [first] * 5
    assert len(meter.writes) == 1
    other = await top_ups.top_up(meter, TEN, actor=LANDLORD, source=Source.PORTAL, key="order 1")
    assert other.id != first.id, "a key belongs to its source"


async def test_the_same_key_settles_what_was_uncertain(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    meter.fates = iter([Fate.REPLY_LOST])
    meter.after_write = lambda: setattr(meter, "silent_reads", 2)
    for _ in range(2):
        with pytest.raises(TopUpUncertainError):
            await _top_up(top_ups, meter, key="order 1")

    assert (await _top_up(top_ups, meter, key="order 1")).reason is Reason.FOUND
    assert len(meter.writes) == 1


async def test_the_same_key_of_a_refused_top_up_is_refused_again(top_ups: TopUps, meter: LineMeter) -> None:
    meter.fates = iter([Fate.LOCKED])
    for _ in range(2):
        with pytest.raises(TopUpRefusedError):
            await _top_up(top_ups, meter, key="order 1")

    assert len(meter.writes) == 1


@pytest.mark.parametrize("what", ["amount", "meter"])
async def test_a_key_cannot_stand_for_two_things(
    top_ups: TopUps, meter: LineMeter, clock: Clock, what: str
) -> None:
    await _top_up(top_ups, meter, TEN, key="order 1")
    other = LineMeter(clock, serial="CSJ000000002") if what == "meter" else meter

    with pytest.raises(KeyReusedError):
        await _top_up(top_ups, other, FIVE if what == "amount" else TEN, key="order 1")

    assert other.account.count == (1 if what == "amount" else 0)


async def test_two_meters_with_one_key_at_the_same_time_get_one_movement(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    other = LineMeter(clock, serial="CSJ000000002")

    async def _give_way(_: str) -> None:
        await asyncio.sleep(0)

    meter.between = other.between = _give_way
    answers = await asyncio.gather(
        *(_top_up(top_ups, one, TEN, key="order 1") for one in (meter, other)), return_exceptions=True
    )

    assert {type(answer) for answer in answers} == {Movement, KeyReusedError}
    assert meter.account.count + other.account.count == 1


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
    await asyncio.gather(*(_top_up(top_ups, meter, FIVE) for meter in meters * 4))

    assert most == len(meters)
    for meter in meters:
        assert meter.account.total == 4 * FIVE
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


async def test_what_was_on_the_meter_before_is_not_ours_to_explain(
    top_ups: TopUps, ledger: Ledger, clock: Clock
) -> None:
    meter = LineMeter(clock, account=Account(count=65_534, last_amount=FIVE))

    for _ in range(3):
        await _top_up(top_ups, meter)

    assert [count for count, _ in meter.account.applied] == [65_535, 0, 1], "the count wraps"
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_poll_during_a_top_up_is_left_alone(top_ups: TopUps, meter: LineMeter) -> None:
    seen: list[object] = []

    async def _poll(what: str) -> None:
        if what == "has written":
            seen.append(await top_ups.observe(meter, meter.account.count))

    meter.between = _poll
    await _top_up(top_ups, meter)

    assert seen == [None]


async def test_a_poll_that_was_read_before_a_top_up_does_no_harm(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    before = meter.account.count
    await _top_up(top_ups, meter)

    seen = await top_ups.observe(meter, before)

    assert seen is not None
    assert (seen.settled, seen.foreign) == ((), ())
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_count_that_falls_stops_everything_until_a_person_confirms(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    await _top_up(top_ups, meter)
    meter.fates = iter([Fate.REQUEST_LOST])
    with pytest.raises(TopUpUncertainError):
        await _top_up(top_ups, meter)
    meter.account = Account(balance=Decimal("0.00"))
    with pytest.raises(CountFellError) as told:
        await _top_up(top_ups, meter)
    assert (told.value.known, told.value.seen) == (1, 0)

    given_up = await top_ups.restart(meter, LANDLORD)

    assert given_up is not None
    assert (given_up.state, given_up.reason) == (MovementState.REFUSED, Reason.METER_RESET)
    await _top_up(top_ups, meter, FIVE)
    assert meter.account.applied == [(1, FIVE)]


async def test_a_reset_meter_on_which_nothing_waited_just_starts_anew(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    await _top_up(top_ups, meter)
    meter.account = Account(count=40)

    assert await top_ups.restart(meter, LANDLORD) is None

    known = ledger.known(meter.serial)
    assert known is not None
    assert known.count == 40


async def test_a_count_that_falls_under_a_write_leaves_it_uncertain(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    await _top_up(top_ups, meter)
    meter.after_write = lambda: setattr(meter, "account", Account())

    with pytest.raises(TopUpUncertainError):
        await _top_up(top_ups, meter)

    waiting = ledger.waiting(meter.serial)
    assert waiting is not None
    assert waiting.reason is Reason.ACKNOWLEDGED


@pytest.mark.parametrize(
    "amount", ["0", "0.00", "-1", "0.001", "12.345", "10000.00", "NaN", "Infinity", "ten"]
)
async def test_an_amount_that_is_none_is_not_even_asked_for(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, amount: str
) -> None:
    with pytest.raises(AmountError):
        await _top_up(top_ups, meter, amount)
    assert ledger.movements() == ()


async def test_a_site_may_set_a_smaller_limit(ledger: Ledger, meter: LineMeter, clock: Clock) -> None:
    careful = TopUps(ledger, at_once, clock=clock, limit=Decimal("50.00"))

    await _top_up(careful, meter, "50.00")
    with pytest.raises(AmountError, match=r"50\.00"):
        await _top_up(careful, meter, "50.01")


async def test_more_than_the_meter_can_hold_is_not_sent(top_ups: TopUps, meter: LineMeter) -> None:
    meter.account.balance = Decimal("21474836.00")

    with pytest.raises(AmountError, match="hold"):
        await _top_up(top_ups, meter, "0.48")
    await _top_up(top_ups, meter, "0.47")


async def test_an_amount_in_another_unit_is_not_sent(top_ups: TopUps, meter: LineMeter) -> None:
    order = Order(
        kind=MovementKind.TOP_UP, amount=TEN, unit="kWh", actor=TENANT, source=Source.PORTAL, key=None
    )
    with pytest.raises(UnitMismatchError, match="EUR"):
        await top_ups.carry_out(meter, order)
    assert meter.writes == []


async def test_a_cancelled_caller_leaves_a_movement_that_settles(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    written, go_on = asyncio.Event(), asyncio.Event()

    async def _hang(what: str) -> None:
        if what == "has written":
            written.set()
            await go_on.wait()

    meter.between = _hang
    task = asyncio.create_task(_top_up(top_ups, meter))
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    (settled,) = (await top_ups.settle(meter)).settled

    assert settled.reason is Reason.FOUND
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
        await _top_up(top_ups, meter, TEN)
    meter.account.rival(Decimal("9.80"))  # as if 10 had come, and 20 cents had been used
    meter.account.rival(FIVE)
    meter.most_per_hour = None if most_per_hour is None else Decimal(most_per_hour)
    clock.advance(60 * minutes)

    seen = await top_ups.settle(meter)

    assert [movement.reason for movement in seen.settled] == [reason]


def _paid(key: str, unit: str | None = None) -> Order:
    return Order(
        kind=MovementKind.TOP_UP, amount=TEN, unit=unit, actor=LANDLORD, source=Source.ACTION, key=key
    )


async def test_what_became_of_a_key_is_known_without_the_meter(top_ups: TopUps, meter: LineMeter) -> None:
    assert await top_ups.recall(meter.serial, _paid("order 1")) is None
    done = await _top_up(top_ups, meter, key="order 1")
    meter.silent_reads = 1

    assert await top_ups.recall(meter.serial, _paid("order 1")) == done
    with pytest.raises(KeyReusedError):
        await top_ups.recall("CSJ000000002", _paid("order 1"))
    assert meter.silent_reads == 1, "it was not asked"


async def test_what_is_refused_or_uncertain_is_recalled_as_that(
    top_ups: TopUps, meter: LineMeter, clock: Clock
) -> None:
    meter.fates = iter([Fate.LOCKED, Fate.REQUEST_LOST])
    for key in ("refused", "uncertain"):
        with pytest.raises((TopUpRefusedError, TopUpUncertainError)):
            await _top_up(top_ups, meter, key=key)

    with pytest.raises(TopUpRefusedError):
        await top_ups.recall(meter.serial, _paid("refused"))
    with pytest.raises(TopUpUncertainError):
        await top_ups.recall(meter.serial, _paid("uncertain"))


async def test_a_key_that_comes_again_in_another_unit_is_reused(top_ups: TopUps, meter: LineMeter) -> None:
    done = await top_ups.carry_out(meter, _paid("order 1", "EUR"))

    assert await top_ups.carry_out(meter, _paid("order 1", "EUR")) == done
    with pytest.raises(KeyReusedError):
        await top_ups.carry_out(meter, _paid("order 1", "USD"))


async def test_what_was_paid_counts_what_may_be_on_the_meter_and_nothing_that_is_not(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    start = clock()
    await _top_up(top_ups, meter, TEN)
    clock.advance(3600)
    later = clock()
    meter.fates = iter([Fate.LOCKED, Fate.ARRIVES, Fate.REQUEST_LOST])
    with pytest.raises(TopUpRefusedError):
        await _top_up(top_ups, meter, Decimal("70.00"))
    await _top_up(top_ups, meter, FIVE)
    with pytest.raises(TopUpUncertainError):
        await _top_up(top_ups, meter, Decimal("0.50"))

    assert ledger.paid_since(meter.serial, Source.ACTION, start) == Decimal("15.50")
    assert ledger.paid_since(meter.serial, Source.ACTION, later) == Decimal("5.50")
    assert ledger.paid_since(meter.serial, Source.WEBHOOK, start) == Decimal("0.00")
    assert ledger.paid_since("CSJ000000002", Source.ACTION, start) == Decimal("0.00")


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
    movement = await _top_up(first, meter, "10.00")

    assert movement.state is MovementState.DONE
    assert ledger.waiting(meter.serial) is None
    clock.advance(LATE.total_seconds() + 1)
    await second.settle(meter)
    assert ledger.movement(movement.id).state is MovementState.DONE
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)
