"""Death at every point: the process ends between any two statements, and the next one finds the truth.

Here the process dies by an exception that nobody catches, which lets every single step be tried; in
``test_kill`` it is really killed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from itertools import count, repeat
from pathlib import Path
import random
import shutil
from typing import Final

import pytest
from sqlalchemy import event

from custom_components.csj_meter.bus.errors import BusError
from custom_components.csj_meter.prepay.errors import PrepayError
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import Movement, MovementState, Source
from custom_components.csj_meter.prepay.top_up import TopUps

from .landlord import AFTER_LATE
from .model import TENANT, Account, Clock, Fate, LineMeter, assert_nothing_unaccounted, use_credit

TEN: Final = Decimal("10.00")
NEVER: Final = -1
ORDERS: Final = 120
"""Per meter and seed: more than a thousand in all."""


class Death(BaseException):
    """The end of the process."""


class Life:
    """One process: it dies at its n-th step; a step is all that can be told apart on disk or on the wire."""

    def __init__(self, path: Path, clock: Clock, dies_at: int) -> None:
        self.ledger = Ledger.at(path)
        self.steps = 0
        self.dies_at = dies_at
        engine = self.ledger._engine
        event.listen(engine, "before_cursor_execute", self._statement)
        event.listen(engine, "commit", self._commit)
        self.top_ups = TopUps(self.ledger, self._run, clock=clock)

    def step(self) -> None:
        if self.steps == self.dies_at:
            raise Death
        self.steps += 1

    async def between(self, _: str) -> None:
        self.step()
        await asyncio.sleep(0)
        self.step()

    async def _run[T](self, job: Callable[[], T]) -> T:
        self.step()
        result = job()
        self.step()
        await asyncio.sleep(0)
        return result

    def _statement(self, *_: object) -> None:
        self.step()

    def _commit(self, _: object) -> None:
        self.step()


@contextmanager
def a_life(path: Path, clock: Clock, dies_at: int, *meters: LineMeter) -> Iterator[Life]:
    """A process with its meters; its death ends the block."""
    life = Life(path, clock, dies_at)
    for meter in meters:
        meter.between = life.between
    try:
        yield life
    except Death:
        pass
    finally:
        life.ledger.close()


async def _outcome(asked: Awaitable[Movement]) -> Movement | None:
    """What a caller is told: the movement, or None for an error that says what to do."""
    try:
        return await asked
    except PrepayError, BusError:
        return None


async def _settle_everything(life: Life, clock: Clock, meters: list[LineMeter]) -> None:
    """The meters answer, as often as it takes."""
    for meter in meters:
        meter.silent_reads = 0
    for _ in range(2):
        for meter in meters:
            await life.top_ups.settle(meter)
        clock.advance(AFTER_LATE)
    for meter in meters:
        assert (await life.top_ups.settle(meter)).waiting is None


def _no_rival(_: LineMeter) -> None:
    """Nobody else tops up."""


def _rival_before(meter: LineMeter) -> None:
    meter.before_write = lambda: meter.account.rival(Decimal("25.00"))


def _rival_after(meter: LineMeter) -> None:
    meter.after_write = lambda: meter.account.rival(Decimal("25.00"))


def _equal_rival_before(meter: LineMeter) -> None:
    meter.before_write = lambda: meter.account.rival(TEN)


@pytest.mark.parametrize(
    ("fate", "others"),
    [(fate, _no_rival) for fate in Fate]
    + [
        (fate, others)
        for fate in (Fate.ARRIVES, Fate.REQUEST_LOST, Fate.REPLY_LOST)
        for others in (_rival_before, _rival_after, _equal_rival_before)
    ],
)
async def test_a_process_that_dies_at_any_step_leaves_nothing_double_and_nothing_unaccounted(
    tmp_path: Path, fate: Fate, others: Callable[[LineMeter], None]
) -> None:
    Ledger.at(tmp_path / "empty.db").close()
    for dies_at in count():
        path = Path(shutil.copy(tmp_path / "empty.db", tmp_path / f"{dies_at}.db"))
        clock = Clock()
        meter = LineMeter(clock)
        meter.fates = iter([fate])
        others(meter)

        with a_life(path, clock, dies_at, meter) as life:
            await _outcome(life.top_ups.top_up(meter, TEN, actor=TENANT, source=Source.PORTAL, key="once"))
        finished = life.steps < dies_at
        meter.before_write = meter.after_write = lambda: None
        clock.advance(5)
        with a_life(path, clock, NEVER, meter) as life:
            await _settle_everything(life, clock, [meter])
            assert_nothing_unaccounted(life.ledger, meter.serial, meter.account)
            again = life.top_ups.top_up(meter, TEN, actor=TENANT, source=Source.PORTAL, key="once")
            told = await _outcome(again)
            await _settle_everything(life, clock, [meter])
            assert_nothing_unaccounted(life.ledger, meter.serial, meter.account)

            kept = [movement for movement in life.ledger.movements() if movement.key == "once"]
            assert len(kept) == 1
            assert len(meter.writes) <= 1
            if told is not None:
                assert kept == [told]
        if finished:
            assert dies_at > 30, "there was hardly a step to die at"
            break


@pytest.mark.parametrize("dies_at", range(40))
async def test_a_process_that_dies_while_settling_settles_the_next_time(tmp_path: Path, dies_at: int) -> None:
    path, clock = tmp_path / "ledger.db", Clock()
    meter = LineMeter(clock)
    meter.fates = iter([Fate.REPLY_LOST])
    meter.after_write = lambda: setattr(meter, "silent_reads", 1)
    with a_life(path, clock, NEVER, meter) as life:
        await _outcome(life.top_ups.top_up(meter, TEN, actor=TENANT, source=Source.PORTAL))
    meter.account.rival(Decimal("5.00"))

    with a_life(path, clock, dies_at, meter) as life:
        await life.top_ups.settle(meter)

    with a_life(path, clock, NEVER, meter) as life:
        await _settle_everything(life, clock, [meter])
        assert_nothing_unaccounted(life.ledger, meter.serial, meter.account)
        assert len(life.ledger.movements()) == 2


@pytest.mark.parametrize("seed", range(4))
async def test_thousands_of_top_ups_over_bad_lines_with_rivals_and_deaths(tmp_path: Path, seed: int) -> None:
    """Three meters at once; every order is tried again with its key until its caller knows how it ended."""
    dice = random.Random(seed)
    clock = Clock()
    path = tmp_path / "ledger.db"
    meters = [
        LineMeter(clock, serial=f"CSJ00000000{number}", account=Account(count=dice.choice([0, 65_400])))
        for number in range(3)
    ]
    for meter in meters:
        meter.fates = _fates(dice)
        meter.before_write = meter.after_write = _perhaps_a_rival(meter, dice)
    orders = {
        meter.serial: {
            f"order {number} for {meter.serial}": Decimal(5 * dice.randint(1, 10)) for number in range(ORDERS)
        }
        for meter in meters
    }
    with a_life(path, clock, NEVER, *meters) as life:
        for meter in meters:
            await life.top_ups.settle(meter)
    lives = 0
    while any(orders.values()):
        lives += 1
        with a_life(path, clock, dice.randrange(20, 3000), *meters) as life:
            # one dies first, and with it the process: the others die at their next step
            ends = await asyncio.gather(
                *(_work_through(life, meter, orders[meter.serial], dice) for meter in meters),
                return_exceptions=True,
            )
            assert all(end is None or isinstance(end, Death) for end in ends), ends

    with a_life(path, clock, NEVER, *meters) as life:
        clock.advance(3600)
        await _settle_everything(life, clock, meters)
        for meter in meters:
            assert_nothing_unaccounted(life.ledger, meter.serial, meter.account)
        movements = life.ledger.movements()
    keyed = [movement.key for movement in movements if movement.key is not None]
    assert len(keyed) == len(set(keyed)) == 3 * ORDERS
    assert lives > 3
    states = {movement.state for movement in movements}
    assert {MovementState.DONE, MovementState.REFUSED, MovementState.FOREIGN} <= states


def _fates(dice: random.Random) -> Iterator[Fate]:
    """A bad line: every third write meets something."""
    for _ in repeat(None):
        yield dice.choice(list(Fate)) if dice.random() < 0.35 else Fate.ARRIVES


def _perhaps_a_rival(meter: LineMeter, dice: random.Random) -> Callable[[], None]:
    def _perhaps() -> None:
        while dice.random() < 0.08:
            meter.account.rival(Decimal(5 * dice.randint(1, 10)))
        if dice.random() < 0.05:
            meter.silent_reads = dice.randint(1, 3)

    return _perhaps


async def _work_through(
    life: Life, meter: LineMeter, orders: dict[str, Decimal], dice: random.Random
) -> None:
    """Make every order until its caller is told how it ended, and poll now and then."""
    while orders:
        use_credit(meter.account, meter.clock, dice, dice.choice([1, 5, 20, 200]))
        if dice.random() < 0.1:
            with suppress(BusError):
                await life.top_ups.observe(meter, (await meter.read_credit()).count)
        key, amount = next(iter(orders.items()))
        await _outcome(life.top_ups.top_up(meter, amount, actor=TENANT, source=Source.PORTAL, key=key))
        known = life.ledger.find(Source.PORTAL, key)
        if known is not None and not known.settles:
            del orders[key]
