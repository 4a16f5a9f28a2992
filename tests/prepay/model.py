"""A prepayment meter as a model: what was really put on it, and a line that loses, delays and is shared.

``Account`` is the truth that the ledger is compared with. It follows the register map: a top-up carries the
count that it is to take, and anything but the next count is refused.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
import datetime as dt
from decimal import Decimal
from enum import Enum
import random
from typing import Final

from custom_components.csj_meter.bus.errors import UnitSilentError
from custom_components.csj_meter.prepay.credit import COUNTS, Credit
from custom_components.csj_meter.prepay.errors import TopUpRefusedError, TopUpUncertainError
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import ON_THE_METER, Actor, Movement, MovementState, Reason

START: Final = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)
MOST_PER_HOUR: Final = Decimal("6.00")
LANDLORD: Final = Actor(id="user-1", name="Lotte Landlord")
TENANT: Final = Actor(id="user-2", name="Tom Tenant")


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: dt.datetime = START) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)


async def at_once[T](job: Callable[[], T]) -> T:
    """Runs database work in place."""
    return job()


@dataclass(slots=True, kw_only=True)
class Account:
    """The money in one meter."""

    count: int = 0
    balance: Decimal = Decimal("10.00")
    last_amount: Decimal = Decimal("0.00")
    applied: list[tuple[int, Decimal]] = field(default_factory=list)
    """Every top-up with the count it took."""

    def top_up(self, amount: Decimal, count: int) -> bool:
        """What the meter does with a write; False: refused."""
        if count != (self.count + 1) % COUNTS:
            return False
        self.count = count
        self.balance += amount
        self.last_amount = amount
        self.applied.append((count, amount))
        return True

    def rival(self, amount: Decimal) -> None:
        """Somebody else tops up."""
        assert self.top_up(amount, (self.count + 1) % COUNTS)

    @property
    def total(self) -> Decimal:
        return sum((amount for _, amount in self.applied), Decimal(0))


class Fate(Enum):
    """What becomes of one write."""

    ARRIVES = "arrives"
    REQUEST_LOST = "request lost"
    REPLY_LOST = "reply lost"
    LATE = "late"
    """It arrives after everybody has given it up."""
    VERY_LATE = "very late"
    """Even later than requests are supposed to."""
    LOCKED = "locked"
    """The meter refuses, whatever the count."""
    REPEATED = "repeated"
    """It arrives, and once more: a gateway has missed the reply. What is heard is the second one."""


class LineMeter:
    """A meter behind a line, as ``TopUps`` sees one; the tests decide what happens to each write and read."""

    def __init__(self, clock: Clock, serial: str = "CSJ000000001", account: Account | None = None) -> None:
        self.serial = serial
        self.clock = clock
        self.account = account or Account()
        self.fates: Iterator[Fate] = iter(())
        self.closed: Exception | None = None
        """Why it cannot be unlocked."""
        self.silent_reads = 0
        self.most_per_hour: Decimal | None = MOST_PER_HOUR
        self.before_write: Callable[[], None] = _nothing
        self.after_write: Callable[[], None] = _nothing
        self.writes: list[tuple[Decimal, int]] = []
        self.late: list[tuple[dt.datetime, Decimal, int]] = []
        self.between: Callable[[str], Awaitable[None]] = _go_on

    async def open(self) -> None:
        await self.between("opens")
        if self.closed is not None:
            raise self.closed

    async def read_credit(self) -> Credit:
        await self.between("asks")
        self.arrive()
        if self.silent_reads:
            self.silent_reads -= 1
            raise UnitSilentError(7, "no answer")
        account = self.account
        credit = Credit(
            balance=account.balance,
            count=account.count,
            last_amount=account.last_amount,
            unit="EUR",
            most_per_hour=self.most_per_hour,
        )
        await self.between("has read")
        return credit

    async def write_top_up(self, amount: Decimal, count: int) -> None:
        await self.between("writes")
        self.writes.append((amount, count))
        self.before_write()
        self.arrive()
        fate = next(self.fates, Fate.ARRIVES)
        answer = fate in {Fate.ARRIVES, Fate.LOCKED, Fate.REPEATED}
        accepted = False
        match fate:
            case Fate.ARRIVES | Fate.REPLY_LOST:
                accepted = self.account.top_up(amount, count)
            case Fate.REPEATED:
                self.account.top_up(amount, count)
                accepted = self.account.top_up(amount, count)
            case Fate.LATE:
                self.late.append((self.clock() + dt.timedelta(seconds=60), amount, count))
            case Fate.VERY_LATE:
                self.late.append((self.clock() + dt.timedelta(seconds=1800), amount, count))
        self.after_write()
        await self.between("has written")
        if not answer:
            raise TopUpUncertainError("no answer")
        if fate is Fate.LOCKED:
            raise TopUpRefusedError("refused with slave device failure (4)")
        if not accepted:
            raise TopUpRefusedError("refused with illegal data value (3)", is_taken=True)

    def arrive(self) -> None:
        """Requests that were on their way until now reach the meter."""
        due = [late for late in self.late if late[0] <= self.clock()]
        self.late = [late for late in self.late if late[0] > self.clock()]
        for _, amount, count in due:
            self.account.top_up(amount, count)


def _nothing() -> None:
    """Nobody else is there."""


async def _go_on(_: str) -> None:
    """Nothing happens in between."""


def use_credit(account: Account, clock: Clock, dice: random.Random, seconds: float) -> None:
    """Time passes, and the household uses up to what ``MOST_PER_HOUR`` allows."""
    clock.advance(seconds)
    most = MOST_PER_HOUR * Decimal(str(seconds)) / 3600
    account.balance -= (most * Decimal(str(round(dice.random(), 3)))).quantize(Decimal("0.01"), "ROUND_DOWN")


def assert_nothing_unaccounted(ledger: Ledger, serial: str, account: Account) -> None:
    """Every top-up on the meter is one movement, and every movement called done is on the meter.

    The only allowance is what no meter shows: the amount of a foreign top-up that another one followed before
    anybody looked.
    """
    movements = ledger.movements(serial)
    assert not any(movement.settles for movement in movements), "something is not settled"
    counted = [movement for movement in movements if movement.state in ON_THE_METER]
    open_for_good = [movement for movement in movements if movement.state is MovementState.UNCERTAIN]
    assert all(movement.reason is Reason.OVERTAKEN for movement in open_for_good)
    taken = sorted(movement.count for movement in (*counted, *open_for_good) if movement.count is not None)
    assert taken == sorted(count for count, _ in account.applied), "each count once"
    amounts = dict(account.applied)
    unseen = Decimal(0)
    for movement in counted:
        assert movement.count is not None
        if movement.amount is None:
            assert movement.reason is Reason.AMOUNT_UNSEEN
            unseen += amounts[movement.count]
        else:
            assert movement.amount == amounts[movement.count], describe(ledger, movement)
    said = sum((movement.amount for movement in counted if movement.amount is not None), Decimal(0))
    in_doubt = sum(
        (amounts[movement.count] for movement in open_for_good if movement.count is not None), Decimal(0)
    )
    assert said + unseen + in_doubt == account.total


def describe(ledger: Ledger, movement: Movement) -> str:
    """The life of a movement, for the reader of a failed test."""
    steps = [f"{step.after} ({step.reason}) at count {step.count}" for step in ledger.history(movement.id)]
    return f"{movement.kind} {movement.amount} for count {movement.count}: " + ", ".join(steps)
