"""The count of a meter: it wraps, it belonged to others before, and when it falls a person is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest

from custom_components.csj_meter.prepay.errors import CountFellError, NotDecidableError, TopUpUncertainError
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import MovementState, Reason
from custom_components.csj_meter.prepay.top_up import TopUps

from .landlord import FIVE, top_up
from .model import LANDLORD, Account, Clock, Fate, LineMeter, assert_nothing_unaccounted


async def test_what_was_on_the_meter_before_is_not_ours_to_explain(
    top_ups: TopUps, ledger: Ledger, clock: Clock
) -> None:
    meter = LineMeter(clock, account=Account(count=65_534, last_amount=FIVE))

    for _ in range(3):
        await top_up(top_ups, meter)

    assert [count for count, _ in meter.account.applied] == [65_535, 0, 1], "the count wraps"
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


async def test_a_count_that_falls_stops_everything_until_a_person_confirms(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    await top_up(top_ups, meter)
    meter.fates = iter([Fate.REQUEST_LOST])
    with pytest.raises(TopUpUncertainError):
        await top_up(top_ups, meter)
    meter.account = Account(balance=Decimal("0.00"))
    with pytest.raises(CountFellError) as told:
        await top_up(top_ups, meter)
    assert (told.value.known, told.value.seen) == (1, 0)

    given_up = await top_ups.restart(meter, LANDLORD)

    assert given_up is not None
    assert (given_up.state, given_up.reason) == (MovementState.REFUSED, Reason.METER_RESET)
    await top_up(top_ups, meter, FIVE)
    assert meter.account.applied == [(1, FIVE)]


async def test_a_reset_meter_on_which_nothing_waited_just_starts_anew(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    for _ in range(3):
        await top_up(top_ups, meter)
    meter.account = Account(count=1)

    assert await top_ups.restart(meter, LANDLORD) is None

    known = ledger.known(meter.serial)
    assert known is not None
    assert known.count == 1


async def test_a_meter_whose_count_has_not_fallen_does_not_start_anew(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    """Somebody answers a question that is not one any more, while a top-up may be on the meter."""
    meter.fates = iter([Fate.REPLY_LOST])
    meter.between = _silent_after_writing(meter)
    with pytest.raises(TopUpUncertainError):
        await top_up(top_ups, meter)

    with pytest.raises(NotDecidableError):
        await top_ups.restart(meter, LANDLORD)

    (settled,) = (await top_ups.settle(meter)).settled
    assert settled.reason is Reason.FOUND
    assert_nothing_unaccounted(ledger, meter.serial, meter.account)


def _silent_after_writing(meter: LineMeter) -> Callable[[str], Awaitable[None]]:
    async def _between(what: str) -> None:
        if what == "has written":
            meter.silent_reads = 1

    return _between


async def test_a_count_that_falls_under_a_write_leaves_it_uncertain(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    await top_up(top_ups, meter)
    meter.after_write = lambda: setattr(meter, "account", Account())

    with pytest.raises(TopUpUncertainError):
        await top_up(top_ups, meter)

    waiting = ledger.waiting(meter.serial)
    assert waiting is not None
    assert waiting.reason is Reason.ACKNOWLEDGED
