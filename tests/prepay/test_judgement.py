"""Verdicts against the truth: whatever happened to a meter, a verdict is never wrong about it."""

from __future__ import annotations

from dataclasses import replace
import datetime as dt
from decimal import Decimal

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.csj_meter.prepay.credit import COUNTS, Credit
from custom_components.csj_meter.prepay.errors import CountFellError
from custom_components.csj_meter.prepay.judgement import Evidence, Known, judge, steps_between
from custom_components.csj_meter.prepay.movement import Movement, MovementKind, MovementState, Reason, Source
from custom_components.csj_meter.prepay.top_up import LATE

from .model import LANDLORD, START, Account

AMOUNTS = st.integers(1, 20).map(lambda number: Decimal(number) * 5)
STATES = st.sampled_from([MovementState.INTENDED, MovementState.SENT, MovementState.UNCERTAIN])
SECONDS = st.integers(0, 300)


def _movement(account: Account, amount: Decimal | None, state: MovementState) -> Movement:
    return Movement(
        id="1",
        number=1,
        serial="CSJ000000001",
        kind=MovementKind.TOP_UP,
        state=state,
        settles=True,
        amount=amount,
        unit="EUR",
        count=(account.count + 1) % COUNTS,
        balance_before=account.balance,
        balance_after=None,
        actor=LANDLORD,
        source=Source.ACTION,
        key=None,
        reason=Reason.REPLY_LOST if state is MovementState.UNCERTAIN else None,
        note="",
        detail="",
        voucher_id=None,
        created_at=START,
        sent_at=None if state is MovementState.INTENDED else START,
        settled_at=None,
    )


@settings(max_examples=2000)
@given(
    st.integers(0, COUNTS - 1),
    AMOUNTS,
    STATES,
    st.booleans(),
    st.lists(AMOUNTS, max_size=4),
    SECONDS,
    st.data(),
)
def test_a_verdict_is_never_wrong(
    count: int,
    amount: Decimal,
    state: MovementState,
    arrived: bool,
    others: list[Decimal],
    seconds: int,
    data: st.DataObject,
) -> None:
    """Amounts are whole fives and less than five was used: then even the balance cannot be mistaken."""
    account = Account(count=count)
    known = Known(count=count, last_amount=Decimal(0), balance=account.balance, seen_at=START)
    movement = _movement(account, amount, state)
    if arrived and state is not MovementState.INTENDED:
        account.top_up(amount, (count + 1) % COUNTS)
    for other in others:
        account.rival(other)
    most = Decimal("3.00")
    used = data.draw(st.integers(0, int(most * seconds / 36)).map(lambda cents: Decimal(cents) / 100))
    credit = Credit(
        balance=account.balance - used,
        count=account.count,
        last_amount=account.last_amount,
        unit="EUR",
        most_per_hour=most,
    )

    verdict = judge(
        "CSJ000000001",
        known,
        movement,
        credit,
        START + dt.timedelta(seconds=seconds),
        late=LATE,
        evidence=Evidence.NONE,
    )

    assert verdict.outcome is not None
    applied = dict(account.applied)
    ours = applied.get((count + 1) % COUNTS)
    match verdict.outcome.state:
        case MovementState.DONE:
            assert ours == amount, "called done, so it is on the meter"
        case MovementState.REFUSED:
            assert ours is None or ours != amount or state is MovementState.INTENDED
        case MovementState.UNCERTAIN if verdict.outcome.settles:
            assert account.count == count, "nobody has topped up yet"
        case MovementState.UNCERTAIN:
            assert len(applied) >= 2, "only others can hide it"
    counted = {movement.count} if verdict.outcome.state is MovementState.DONE else set()
    if verdict.outcome.state is MovementState.UNCERTAIN and not verdict.outcome.settles:
        counted = {movement.count}
    assert counted | {top_up.count for top_up in verdict.foreign} == set(applied), "every count once"
    assert len(verdict.foreign) + len(counted) == len(applied)
    for top_up in verdict.foreign:
        assert top_up.amount in {None, applied[top_up.count]}


@pytest.mark.parametrize(
    ("known", "seen", "steps"),
    [
        (5, 5, 0),
        (5, 6, 1),
        (65_535, 0, 1),
        (65_534, 3, 5),
        (5, 4, None),
        (0, 65_535, None),
        (100, 40_000, None),
    ],
)
def test_counts_go_round_and_never_back(known: int, seen: int, steps: int | None) -> None:
    assert steps_between(known, seen) == steps


def test_nothing_follows_from_a_meter_that_went_backwards() -> None:
    known = Known(count=9, last_amount=Decimal(5), balance=Decimal(5), seen_at=START)
    credit = Credit(balance=Decimal(0), count=2, last_amount=Decimal(0))

    with pytest.raises(CountFellError):
        judge("CSJ000000001", known, None, credit, START, late=LATE, evidence=Evidence.NONE)


def test_a_clock_that_was_set_back_does_not_make_the_balance_talk() -> None:
    account = Account()
    known = Known(count=0, last_amount=Decimal(0), balance=account.balance, seen_at=START)
    movement = _movement(account, Decimal("10.00"), MovementState.SENT)
    account.rival(Decimal("10.00"))
    account.rival(Decimal("5.00"))
    credit = Credit(balance=account.balance, count=2, last_amount=Decimal("5.00"), most_per_hour=Decimal(0))

    def _reason(now: dt.datetime) -> Reason | None:
        verdict = judge("", known, movement, credit, now, late=LATE, evidence=Evidence.NONE)
        assert verdict.outcome is not None
        return verdict.outcome.reason

    assert _reason(START) is Reason.INFERRED
    assert _reason(START - dt.timedelta(hours=1)) is Reason.OVERTAKEN


def test_a_sent_movement_that_a_new_process_finds_waits_from_now_on() -> None:
    """It may have left the old process at its very end, however long ago it had been marked as sent."""
    account = Account()
    known = Known(count=0, last_amount=Decimal(0), balance=account.balance, seen_at=START)
    credit = Credit(balance=account.balance, count=0, last_amount=Decimal(0))
    sent = _movement(account, Decimal("10.00"), MovementState.SENT)
    next_day = START + dt.timedelta(days=1)

    first = judge("", known, sent, credit, next_day, late=LATE, evidence=Evidence.NONE)
    waiting = replace(sent, state=MovementState.UNCERTAIN, sent_at=next_day)
    second = judge("", known, waiting, credit, next_day + LATE, late=LATE, evidence=Evidence.NONE)

    assert first.outcome is not None
    assert (first.outcome.reason, first.outcome.settles) == (Reason.INTERRUPTED, True)
    assert second.outcome is not None
    assert second.outcome.reason is Reason.NOT_ARRIVED
