"""Top-ups with a key: however often it comes, there is one movement, and it stands for one thing."""

from __future__ import annotations

import asyncio

import pytest

from custom_components.csj_meter.prepay.errors import KeyReusedError, TopUpRefusedError, TopUpUncertainError
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import Movement, MovementKind, Reason, Source
from custom_components.csj_meter.prepay.order import Order
from custom_components.csj_meter.prepay.top_up import TopUps

from .landlord import FIVE, TEN, top_up
from .model import LANDLORD, Clock, Fate, LineMeter


async def test_the_same_key_answers_with_the_same_movement(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger
) -> None:
    first = await top_up(top_ups, meter, TEN, key="order 1")
    again = await asyncio.gather(*(top_up(top_ups, meter, TEN, key="order 1") for _ in range(5)))

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
            await top_up(top_ups, meter, key="order 1")

    assert (await top_up(top_ups, meter, key="order 1")).reason is Reason.FOUND
    assert len(meter.writes) == 1


async def test_the_same_key_of_a_refused_top_up_is_refused_again(top_ups: TopUps, meter: LineMeter) -> None:
    meter.fates = iter([Fate.LOCKED])
    for _ in range(2):
        with pytest.raises(TopUpRefusedError):
            await top_up(top_ups, meter, key="order 1")

    assert len(meter.writes) == 1


@pytest.mark.parametrize("what", ["amount", "meter"])
async def test_a_key_cannot_stand_for_two_things(
    top_ups: TopUps, meter: LineMeter, clock: Clock, what: str
) -> None:
    await top_up(top_ups, meter, TEN, key="order 1")
    other = LineMeter(clock, serial="CSJ000000002") if what == "meter" else meter

    with pytest.raises(KeyReusedError):
        await top_up(top_ups, other, FIVE if what == "amount" else TEN, key="order 1")

    assert other.account.count == (1 if what == "amount" else 0)


async def test_two_meters_with_one_key_at_the_same_time_get_one_movement(
    top_ups: TopUps, meter: LineMeter, ledger: Ledger, clock: Clock
) -> None:
    other = LineMeter(clock, serial="CSJ000000002")

    async def _give_way(_: str) -> None:
        await asyncio.sleep(0)

    meter.between = other.between = _give_way
    answers = await asyncio.gather(
        *(top_up(top_ups, one, TEN, key="order 1") for one in (meter, other)), return_exceptions=True
    )

    assert {type(answer) for answer in answers} == {Movement, KeyReusedError}
    assert meter.account.count + other.account.count == 1


def _paid(key: str, unit: str | None = None) -> Order:
    return Order(
        kind=MovementKind.TOP_UP, amount=TEN, unit=unit, actor=LANDLORD, source=Source.ACTION, key=key
    )


async def test_what_became_of_a_key_is_known_without_the_meter(top_ups: TopUps, meter: LineMeter) -> None:
    assert await top_ups.recall(meter.serial, _paid("order 1")) is None
    done = await top_up(top_ups, meter, key="order 1")
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
            await top_up(top_ups, meter, key=key)

    with pytest.raises(TopUpRefusedError):
        await top_ups.recall(meter.serial, _paid("refused"))
    with pytest.raises(TopUpUncertainError):
        await top_ups.recall(meter.serial, _paid("uncertain"))


async def test_a_key_that_comes_again_in_another_unit_is_reused(top_ups: TopUps, meter: LineMeter) -> None:
    done = await top_ups.carry_out(meter, _paid("order 1", "EUR"))

    assert await top_ups.carry_out(meter, _paid("order 1", "EUR")) == done
    with pytest.raises(KeyReusedError):
        await top_ups.carry_out(meter, _paid("order 1", "USD"))
