"""The ledger: every money movement with its intent, its outcome, who, when and why.

Each method is one transaction and blocks: call it in an executor. What it returns is on disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
import datetime as dt
from decimal import Decimal
from pathlib import Path
import threading
from typing import Any, Final, Self

from sqlalchemy import URL, ColumnElement, Connection, event, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError, TimeoutError as PoolTimeoutError

from ..telemetry.versions import Migration
from . import correcting, price_history, rows, voucher
from .credit import Credit, next_count
from .errors import (
    KeyReusedError,
    LedgerUnavailableError,
    NotCorrectableError,
    NotDecidableError,
    NotSendableError,
    TopUpPendingError,
    UsedVoucherError,
    WithdrawnVoucherError,
)
from .judgement import Evidence, ForeignTopUp, Known, Outcome, outcome_unseen, steps_between
from .money import amount_of, signed_amount_of
from .movement import Actor, Movement, MovementKind, MovementState, Reason, Source, StateChange
from .order import Order, Reconciliation
from .price_history import PricesSince
from .schema import MIGRATIONS, MOVEMENTS, VOUCHERS, UtcTime, migrate, open_engine
from .settling import add_foreign, apply, reconcile
from .tariffs import Prices

CLOSE_PATIENCE: Final = 60.0
"""Seconds that closing waits for the transactions of others; they wait for a lock half as long."""

_WRITTEN: Final = "csj_written"
"""Key of the statements of this transaction that have written."""

INTENDED: Final = Outcome(state=MovementState.INTENDED, reason=None, settles=True)
SENT: Final = Outcome(state=MovementState.SENT, reason=None, settles=True)


class Ledger:
    """All movements of all meters of this site, in one database."""

    def __init__(self, url: str | URL, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        """Open the database, and make or update its tables.

        Raises LedgerUnavailableError, and LedgerTooNewError when a newer release has written it.
        """
        self._engine = open_engine(url)
        event.listen(self._engine, "after_cursor_execute", _count_writing)
        self._users = 0
        self._closed = False
        self.changes = 0
        """How many statements have written since it was opened: nothing else changes what is in here."""
        self._change = threading.Condition()
        try:
            with self.transaction() as connection:
                migrate(connection, migrations)
        except BaseException:
            self._engine.dispose()
            raise

    @classmethod
    def at(cls, path: Path) -> Self:
        """The ledger in an SQLite file, made when it is missing."""
        return cls(URL.create("sqlite", database=str(path)))

    def close(self) -> None:
        """Let go of the database, when the transactions under way are over."""
        with self._change:
            self._closed = True
            self._change.wait_for(lambda: not self._users, CLOSE_PATIENCE)
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing. Raises LedgerUnavailableError when the database fails, or is closed."""
        with self._change:
            if self._closed:
                raise LedgerUnavailableError("the ledger cannot be used: it is closed")
            self._users += 1
        written = 0
        try:
            with self._engine.begin() as connection:
                connection.info[_WRITTEN] = 0
                yield connection
                written = connection.info[_WRITTEN]
        except IntegrityError:
            raise
        except DBAPIError as err:
            raise LedgerUnavailableError(f"the ledger cannot be used: {err.orig}") from err
        except PoolTimeoutError as err:
            raise LedgerUnavailableError("the ledger cannot be used: too many are waiting for it") from err
        except (ValueError, TypeError, ArithmeticError) as err:
            # a disk has changed what was written: nobody guesses what it was
            raise LedgerUnavailableError(f"the ledger is damaged: {err}") from err
        finally:
            with self._change:
                self._users -= 1
                self.changes += written
                self._change.notify_all()

    # what happened

    def movement(self, movement_id: str) -> Movement:
        """One movement. Raises KeyError."""
        with self.transaction() as connection:
            return rows.get(connection, movement_id)

    def find(self, source: Source, key: str) -> Movement | None:
        """The movement that a key stands for."""
        with self.transaction() as connection:
            return rows.find_key(connection, source, key)

    def movements(
        self,
        serial: str | None = None,
        *,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        newest: int | None = None,
    ) -> tuple[Movement, ...]:
        """Movements in the order in which they began, of one meter and from ``since`` to before ``until``.

        A movement belongs to the time at which it was settled, or began if it is not. Only so many as
        ``newest``, if that is said.
        """
        at = func.coalesce(MOVEMENTS.c.settled_at, MOVEMENTS.c.created_at, type_=UtcTime())
        where: list[ColumnElement[bool]] = []
        if serial is not None:
            where.append(MOVEMENTS.c.serial == serial)
        if since is not None:
            where.append(at >= since)
        if until is not None:
            where.append(at < until)
        with self.transaction() as connection:
            if newest is None:
                return rows.select_movements(connection, where)
            last = (
                select(MOVEMENTS.c.number)
                .where(*where)
                .order_by(at.desc(), MOVEMENTS.c.number.desc())
                .limit(newest)
            )
            return rows.select_movements(connection, [MOVEMENTS.c.number.in_(last)])

    def history(self, movement_id: str) -> tuple[StateChange, ...]:
        """Every state that a movement was in, oldest first."""
        with self.transaction() as connection:
            return rows.history(connection, movement_id)

    def waiting(self, serial: str) -> Movement | None:
        """The movement that waits for this meter to settle it."""
        with self.transaction() as connection:
            return rows.find_open(connection, serial)

    def waiting_serials(self) -> frozenset[str]:
        """The meters that have to settle a movement: look at them as soon as they answer."""
        with self.transaction() as connection:
            statement = select(MOVEMENTS.c.open_on).where(MOVEMENTS.c.open_on.is_not(None))
            return frozenset(connection.execute(statement).scalars())

    def newest(self, serial: str) -> Movement | None:
        """The movement of a meter that began last."""
        with self.transaction() as connection:
            return rows.find_one(connection, MOVEMENTS.c.serial == serial)

    def undecided(self, serial: str) -> tuple[Movement, ...]:
        """Movements of a meter that stay uncertain until a person decides; see ``decide``."""
        where = (
            MOVEMENTS.c.serial == serial,
            MOVEMENTS.c.state == MovementState.UNCERTAIN,
            MOVEMENTS.c.open_on.is_(None),
        )
        with self.transaction() as connection:
            return rows.select_movements(connection, where)

    def note_prices(self, serial: str, prices: Prices, at: dt.datetime) -> None:
        """A meter shows these prices; kept when they are others than before."""
        with self.transaction() as connection:
            price_history.note(connection, serial, prices, at)

    def prices(self, serial: str, until: dt.datetime) -> tuple[PricesSince, ...]:
        """Every list of prices that a meter was seen with before ``until``, oldest first."""
        with self.transaction() as connection:
            return price_history.find(connection, serial, until)

    def paid_since(self, serial: str, source: Source, since: dt.datetime) -> Decimal:
        """What a source has put on a meter since then, or may have: all that is not refused."""
        with self.transaction() as connection:
            statement = select(MOVEMENTS.c.amount).where(
                MOVEMENTS.c.serial == serial,
                MOVEMENTS.c.source == source,
                MOVEMENTS.c.created_at >= since,
                MOVEMENTS.c.state != MovementState.REFUSED,
                MOVEMENTS.c.amount.is_not(None),
            )
            return sum(connection.execute(statement).scalars(), Decimal("0.00"))

    def known(self, serial: str) -> Known | None:
        """What the ledger last knew of a meter."""
        with self.transaction() as connection:
            return rows.find_known(connection, serial)

    # a movement on its way

    def begin(self, serial: str, order: Order, credit: Credit, at: dt.datetime) -> Movement:
        """Write the intent down, and take the voucher; nothing may have been sent before this returns.

        ``credit`` is what the meter has just said and the ledger has reconciled, ``at`` when it was asked.
        Raises KeyReusedError, TopUpPendingError, UsedVoucherError or WithdrawnVoucherError; then nothing was
        written.
        """
        try:
            with self.transaction() as connection:
                movement = rows.add(
                    connection,
                    order,
                    INTENDED,
                    serial=serial,
                    unit=credit.unit,
                    count=next_count(credit.count),
                    balance_before=credit.balance,
                    at=at,
                )
                if order.voucher_id is not None:
                    _take_voucher(connection, order.voucher_id, movement.id)
                return movement
        except IntegrityError as err:
            raise self._why_taken(serial, order) or err from err

    def mark_sent(self, movement_id: str, at: dt.datetime) -> Movement:
        """An intended movement is about to be sent.

        Raises NotSendableError when it is not intended any more: a look at the meter has settled it.
        """
        with self.transaction() as connection:
            movement = rows.get(connection, movement_id)
            if movement.state is not MovementState.INTENDED:
                raise NotSendableError(f"movement {movement_id} is {movement.state}, it cannot be sent")
            return rows.change(connection, movement, SENT, at=at, sent_at=at)

    def reply(self, movement_id: str, evidence: Evidence, at: dt.datetime, detail: str = "") -> Movement:
        """Keep what the write was answered, where the meter could not be read afterwards.

        A movement that somebody else's look has settled meanwhile stays as it is.
        """
        with self.transaction() as connection:
            movement = rows.get(connection, movement_id)
            if not movement.settles:
                return movement
            return apply(connection, movement, outcome_unseen(evidence), at=at, detail=detail)

    def reconcile(
        self,
        serial: str,
        credit: Credit,
        at: dt.datetime,
        *,
        late: dt.timedelta,
        evidence: Evidence = Evidence.NONE,
        detail: str = "",
    ) -> Reconciliation:
        """Bring the ledger in line with what the meter says.

        Settles the open movement if the look tells, and writes down top-ups of others; ``evidence`` is the
        reply to a write that was just made. The first look at a meter is where its account begins. Raises
        CountFellError; then nothing has changed.
        """
        with self.transaction() as connection:
            return reconcile(connection, serial, credit, at, late=late, evidence=evidence, detail=detail)

    # what a person says

    def correct(
        self,
        serial: str,
        amount: Decimal,
        unit: str,
        *,
        actor: Actor,
        at: dt.datetime,
        note: str,
        source: Source = Source.ACTION,
        key: str | None = None,
    ) -> Movement:
        """Write down money that the ledger could not see, as a line of its own.

        ``amount`` may be negative. Nothing is sent. Raises AmountError, and KeyReusedError when the key
        stands for something else.
        """
        order = Order(
            kind=MovementKind.CORRECTION,
            amount=signed_amount_of(amount),
            actor=actor,
            source=source,
            key=key,
            note=note,
        )
        with self.transaction() as connection:
            return correcting.add_line(connection, serial, order, unit=unit, at=at)

    def tell_amount(
        self,
        movement_id: str,
        serial: str,
        amount: Decimal | str,
        *,
        actor: Actor,
        at: dt.datetime,
        note: str = "",
    ) -> Movement:
        """A person knows the amount of a top-up that nobody has seen: its line has it from now on.

        Raises AmountError, and NotCorrectableError where the meter has no such line or its amount is another.
        """
        known = amount_of(amount)
        with self.transaction() as connection:
            where = (MOVEMENTS.c.id == movement_id, MOVEMENTS.c.serial == serial)
            if (movement := rows.find_one(connection, *where)) is None:
                raise NotCorrectableError(f"meter {serial} has no payment {movement_id[:36]}")
            return correcting.tell_amount(connection, movement, known, actor=actor, at=at, note=note)

    def decide(
        self, movement_id: str, *, applied: bool, actor: Actor, at: dt.datetime, detail: str = ""
    ) -> Movement:
        """A person has found out whether an overtaken movement is on the meter.

        Where it is not, its count was a rival's, whose amount stays unknown. Either belongs to the moment at
        which it was overtaken: that is when the balance had it. Raises KeyError and NotDecidableError.
        """
        with self.transaction() as connection:
            movement = rows.get(connection, movement_id)
            if movement.settles or movement.state is not MovementState.UNCERTAIN or movement.count is None:
                raise NotDecidableError(
                    f"movement {movement_id} is {movement.state}; "
                    "only what is uncertain for good can be decided"
                )
            state = MovementState.DONE if applied else MovementState.REFUSED
            outcome = Outcome(state=state, reason=Reason.DECIDED)
            if not applied:
                rival = ForeignTopUp(count=movement.count, amount=None)
                add_foreign(
                    connection, movement.serial, rival, None, at, settled_at=movement.at, unit=movement.unit
                )
            by = f"{actor.name}: {detail}" if detail else actor.name
            return apply(connection, movement, outcome, at=at, settled_at=movement.at, detail=by)

    def restart(self, serial: str, credit: Credit, *, actor: Actor, at: dt.datetime) -> Movement | None:
        """A person has confirmed that the meter was reset or exchanged: its account begins anew.

        The movement that waited for it, if any, is refused and returned: its count will never come. Raises
        NotDecidableError where the count has not fallen, or not any more: what waits may be on the meter.
        """
        with self.transaction() as connection:
            known = rows.find_known(connection, serial)
            if known is not None and steps_between(known.count, credit.count) is not None:
                raise NotDecidableError(f"the top-up count of meter {serial} has not fallen")
            rows.remember(connection, serial, credit, at, new=known is None)
            if (movement := rows.find_open(connection, serial)) is None:
                return None
            outcome = Outcome(state=MovementState.REFUSED, reason=Reason.METER_RESET)
            return apply(connection, movement, outcome, at=at, detail=actor.name, credit=credit)

    def _why_taken(self, serial: str, order: Order) -> Exception | None:
        """What another writer had that a new movement needs."""
        with self.transaction() as connection:
            if (
                order.key is not None
                and (earlier := rows.find_key(connection, order.source, order.key)) is not None
            ):
                return KeyReusedError(earlier)
            if (pending := rows.find_open(connection, serial)) is not None:
                return TopUpPendingError(pending, None)
            return None


def _count_writing(connection: Connection, *others: Any) -> None:
    context = others[-2]
    if context.isinsert or context.isupdate or context.isdelete:
        connection.info[_WRITTEN] += 1


def _take_voucher(connection: Connection, voucher_id: str, movement_id: str) -> None:
    if voucher.take(connection, voucher_id, movement_id):
        return
    taken_by = voucher.find_vouchers(connection, VOUCHERS.c.id == voucher_id)[0].movement_id
    if taken_by is None:
        raise WithdrawnVoucherError("the voucher was withdrawn")
    raise UsedVoucherError(rows.get(connection, taken_by))
