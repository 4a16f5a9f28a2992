"""Top-ups that reach a meter exactly once, whatever happens on the way.

The order of things is the whole secret. The meter is unlocked and read; the intent is committed with the
count that the meter is to take; ``sent`` is committed; the amount is written, once; the meter is read again,
and its count decides. A crash or a cancelled caller at any point leaves a movement that says how far it got,
and the next look at the meter settles it. Nothing is ever sent a second time.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
import datetime as dt
from decimal import Decimal
import logging
from typing import Final, Protocol
from weakref import WeakValueDictionary

from sqlalchemy import Connection

from ..bus.errors import BusError
from ..meters.commands.credit import LARGEST_TOP_UP, TOKEN_DIGITS
from ..meters.errors import MeterError
from . import guessing
from .credit import Credit
from .errors import (
    AmountError,
    CountFellError,
    CreditUnknownError,
    KeyReusedError,
    LedgerUnavailableError,
    PrepayError,
    RivalTopUpError,
    TokenError,
    TokenRefusedError,
    TopUpPendingError,
    TopUpRefusedError,
    TopUpUncertainError,
    UnitMismatchError,
)
from .judgement import Evidence
from .ledger import Ledger
from .money import MAX_BALANCE, amount_of
from .movement import Actor, Movement, MovementKind, MovementState, Reason, Source
from .order import Order, Reconciliation

LOGGER: Final = logging.getLogger(__package__)

LATE: Final = dt.timedelta(seconds=120)
"""How long a request may be on its way after it was given up.

A serial line keeps the order of requests, but a network gateway that was out of reach may still be sent what
was queued for a connection that has been closed: the system repeats it for 100 s and more.
"""


class Runner(Protocol):
    """Runs a function that blocks, somewhere else."""

    def __call__[T](self, job: Callable[[], T], /) -> Awaitable[T]:
        """What ``job`` returns."""


class MoneyMeter(Protocol):
    """A meter that takes money, as seen from here."""

    @property
    def serial(self) -> str:
        """Serial number."""

    async def open(self) -> None:
        """Make the meter ready to be written to; no money is sent.

        Raises a BusError or a MeterError.
        """

    async def read_credit(self) -> Credit:
        """The account, all from one reply of this very meter, asked for after the call.

        Raises a BusError, a MeterError or CreditUnknownError.
        """

    async def write_top_up(self, amount: Decimal, count: int) -> None:
        """Write once; never repeat it. Returns when the meter said yes.

        Raises TopUpRefusedError only when the meter answered this request with a refusal, or when nothing was
        sent, ``is_taken`` where it says that the count is; TopUpUncertainError, a BusError or a
        MeterError when it may have gone out and the outcome is not known.
        """


class TokenMeter(MoneyMeter, Protocol):
    """A meter that takes STS tokens as well."""

    async def write_token(self, token: str) -> None:
        """Load a token of 20 digits, once. Returns when the meter accepted it; raises as ``write_top_up``."""


class TopUps:
    """Moves money to meters: one movement at a time on each, several meters side by side."""

    def __init__(
        self,
        ledger: Ledger,
        run: Runner,
        *,
        clock: Callable[[], dt.datetime],
        late: dt.timedelta = LATE,
        limit: Decimal = LARGEST_TOP_UP,
    ) -> None:
        """Write into ``ledger`` through ``run``.

        ``clock`` tells the time in UTC, ``late`` is how long a request may be on its way, ``limit`` the
        largest single amount.
        """
        self._ledger = ledger
        self._run = run
        self._clock = clock
        self._late = late
        self._limit = limit
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._guessers: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """Held while a token of theirs is under way."""
        self._settled_counts: dict[str, int] = {}

    async def top_up(
        self,
        meter: MoneyMeter,
        amount: Decimal | int | str,
        *,
        actor: Actor,
        source: Source,
        key: str | None = None,
        note: str = "",
    ) -> Movement:
        """Put an amount on a meter; returns when the meter shows it.

        Raises AmountError, and what ``carry_out`` raises.
        """
        order = Order(
            kind=MovementKind.TOP_UP,
            amount=amount_of(amount, self._limit),
            actor=actor,
            source=source,
            key=key,
            note=note,
        )
        return await self.carry_out(meter, order)

    async def load_token(
        self,
        meter: TokenMeter,
        token: str,
        *,
        actor: Actor,
        source: Source,
        key: str | None = None,
        guesser: str,
    ) -> Movement:
        """Load a token; the ledger keeps its last four digits.

        ``guesser`` says where the token comes from: those that no meter accepts slow it down. Raises
        TokenError for anything but 20 digits, TooManyGuessesError, and what ``carry_out`` raises.
        """
        digits = token.replace(" ", "").replace("-", "")
        if len(digits) != TOKEN_DIGITS or not digits.isascii() or not digits.isdigit():
            raise TokenError(f"a token has {TOKEN_DIGITS} digits")
        order = Order(
            kind=MovementKind.TOKEN,
            amount=None,
            actor=actor,
            source=source,
            key=key,
            note=f"…{digits[-4:]}",
        )
        # one after the other: what the meter says of the first decides whether there is a second
        async with self._guessers.setdefault(guesser, asyncio.Lock()):
            await self._run(lambda: self._guess(guesser, guessing.verify_may_guess))
            try:
                return await self.carry_out(meter, order, lambda: meter.write_token(digits))
            except TokenRefusedError as err:
                if not err.is_taken:
                    await self._run(lambda: self._guess(guesser, guessing.remember_failure))
                raise

    def _guess(self, guesser: str, step: Callable[[Connection, str, dt.datetime], None]) -> None:
        with self._ledger.transaction() as connection:
            step(connection, f"token {guesser}"[: guessing.GUESSER_LENGTH], self._clock())

    async def carry_out(
        self, meter: MoneyMeter, order: Order, write: Callable[[], Awaitable[None]] | None = None
    ) -> Movement:
        """Make a movement that is done when this returns.

        An order with a key that is known already is not made again: its movement answers. Raises

        - a BusError or MeterError of unlocking or of the first look, CreditUnknownError, AmountError,
          UnitMismatchError, TopUpPendingError, CountFellError, KeyReusedError, NotSendableError,
          LedgerUnavailableError: nothing was sent, and nothing is written down;
        - RivalTopUpError, TopUpRefusedError: the movement is refused, nothing is on the meter;
        - TopUpUncertainError: it may or may not be on the meter; ``settle`` or ``observe`` will tell.
        """
        async with self._locks[meter.serial]:
            if (earlier := await self._find(order)) is not None:
                return await self._answer_again(meter, order, earlier)
            # a key that is wrong, or a reply to it that is lost, must not use up the movement's own key
            await meter.open()
            asked_at = self._clock()
            credit = await meter.read_credit()
            before = await self._reconcile(meter.serial, credit)
            if (pending := before.waiting) is not None:
                raise TopUpPendingError(pending, pending.sent_at and pending.sent_at + self._late)
            _verify_fits(order, credit)
            self._settled_counts.pop(meter.serial, None)
            intended = await self._run(lambda: self._ledger.begin(meter.serial, order, credit, asked_at))
            sent = await self._run(lambda: self._ledger.mark_sent(intended.id, self._clock()))
            return await self._send(meter, sent, write)

    async def recall(self, serial: str, order: Order) -> Movement | None:
        """What became of an order whose key is known, without its meter; None for a new one.

        Raises KeyReusedError, LedgerUnavailableError, TopUpRefusedError, and TopUpUncertainError while only
        the meter can tell.
        """
        if (earlier := await self._find(order)) is None:
            return None
        if not _is_same(order, serial, earlier):
            raise KeyReusedError(earlier)
        return _answer(earlier)

    async def settle(self, meter: MoneyMeter) -> Reconciliation:
        """Look at a meter and settle what waits for it: at start, and whenever it answers again.

        Raises what ``read_credit`` raises, CountFellError or LedgerUnavailableError.
        """
        async with self._locks[meter.serial]:
            credit = await meter.read_credit()
            return await self._reconcile(meter.serial, credit)

    async def observe(self, meter: MoneyMeter, count: int) -> Reconciliation | None:
        """A poll has seen the top-up count: settle if that is worth a look of our own.

        Costs nothing (None) while the count is the one that is accounted for, and while a movement is under
        way. Raises as ``settle``.
        """
        serial = meter.serial
        if self._settled_counts.get(serial) == count or self._locks[serial].locked():
            return None
        return await self.settle(meter)

    async def restart(self, meter: MoneyMeter, actor: Actor) -> Movement | None:
        """A person confirms that a meter whose count fell was reset: its account begins anew.

        The movement that waited for it is refused and returned. Raises what ``read_credit`` raises.
        """
        async with self._locks[meter.serial]:
            credit = await meter.read_credit()
            at = self._clock()
            self._settled_counts.pop(meter.serial, None)
            return await self._run(lambda: self._ledger.restart(meter.serial, credit, actor=actor, at=at))

    async def _find(self, order: Order) -> Movement | None:
        """The movement that the order's key stands for."""
        if (key := order.key) is None:
            return None
        return await self._run(lambda: self._ledger.find(order.source, key))

    async def _answer_again(self, meter: MoneyMeter, order: Order, earlier: Movement) -> Movement:
        """The same key: the same movement, as it stands now."""
        if not _is_same(order, meter.serial, earlier):
            raise KeyReusedError(earlier)
        if earlier.settles:
            try:
                credit = await meter.read_credit()
                await self._reconcile(meter.serial, credit)
            except (BusError, MeterError, CreditUnknownError) as err:
                raise TopUpUncertainError(f"the meter cannot be read: {err}", earlier) from err
            earlier = await self._run(lambda: self._ledger.movement(earlier.id))
        return _answer(earlier)

    async def _send(
        self, meter: MoneyMeter, movement: Movement, write: Callable[[], Awaitable[None]] | None
    ) -> Movement:
        """Write once and find out what became of it."""
        evidence, failure = await self._write(meter, movement, write)
        detail = "" if failure is None else str(failure)
        try:
            try:
                credit = await meter.read_credit()
                after = await self._reconcile(meter.serial, credit, evidence, detail)
            except (BusError, MeterError, CreditUnknownError, CountFellError) as err:
                LOGGER.warning("meter %s cannot be read after a top-up: %s", meter.serial, err)
                at = self._clock()
                movement = await self._run(lambda: self._ledger.reply(movement.id, evidence, at, detail))
                return _answer(movement, failure)
            # somebody else's look may have settled it before ours
            movement = await self._run(lambda: self._ledger.movement(movement.id))
        except LedgerUnavailableError as err:
            # the write is out, so this is not one of the errors that mean that nothing was sent
            raise TopUpUncertainError(f"sent, but the outcome cannot be kept now: {err}", movement) from err
        others = [one for one in (*after.foreign, *after.settled) if one.id != movement.id]
        return _answer(movement, failure, others[0] if others else None)

    async def _write(
        self, meter: MoneyMeter, movement: Movement, write: Callable[[], Awaitable[None]] | None
    ) -> tuple[Evidence, PrepayError | BusError | MeterError | None]:
        try:
            if write is not None:
                await write()
            elif movement.amount is not None and movement.count is not None:
                await meter.write_top_up(movement.amount, movement.count)
        except TopUpRefusedError as err:
            return Evidence.TAKEN if err.is_taken else Evidence.REFUSED, err
        except (TopUpUncertainError, BusError, MeterError) as err:
            return Evidence.REPLY_LOST, err
        return Evidence.ACKNOWLEDGED, None

    async def _reconcile(
        self, serial: str, credit: Credit, evidence: Evidence = Evidence.NONE, detail: str = ""
    ) -> Reconciliation:
        at = self._clock()
        after = await self._run(
            lambda: self._ledger.reconcile(
                serial, credit, at, late=self._late, evidence=evidence, detail=detail
            )
        )
        if after.waiting is None:
            self._settled_counts[serial] = credit.count
        for movement in after.foreign:
            LOGGER.info("meter %s: top-up %s by somebody else", serial, movement.count)
        return after


def _verify_fits(order: Order, credit: Credit) -> None:
    """Refuse what the meter cannot hold, before anything is written down."""
    if order.unit is not None and order.unit != credit.unit:
        raise UnitMismatchError(order.unit, credit.unit)
    if order.amount is not None and credit.balance + order.amount > MAX_BALANCE:
        raise AmountError(f"{order.amount} on top of {credit.balance} is more than the meter can hold")


def _is_same(order: Order, serial: str, earlier: Movement) -> bool:
    """Whether a key that came again asks for the same thing."""
    same_amount = earlier.note == order.note if order.amount is None else earlier.amount == order.amount
    return (
        same_amount
        and (earlier.serial, earlier.kind) == (serial, order.kind)
        and earlier.voucher_id == order.voucher_id
        and order.unit in {None, earlier.unit}
    )


def _answer(
    movement: Movement,
    failure: PrepayError | BusError | MeterError | None = None,
    rival: Movement | None = None,
) -> Movement:
    """The movement if it is done, otherwise its error; ``failure`` is what the write raised."""
    match movement.state:
        case MovementState.DONE:
            return movement
        case MovementState.REFUSED if movement.reason is Reason.RIVAL:
            raise RivalTopUpError(
                "somebody else topped up in between; nothing of this top-up is on the meter", movement, rival
            ) from failure
        case MovementState.REFUSED if isinstance(failure, TopUpRefusedError):
            failure.movement = movement
            raise failure
        case MovementState.REFUSED:
            raise TopUpRefusedError(f"not on the meter: {movement.reason}", movement) from failure
        case _:
            raise TopUpUncertainError(
                "sent, but the meter has not shown it; it settles itself when the meter answers", movement
            ) from failure
