"""How the ledger follows a verdict: rows of the movement, its voucher and of others, in one transaction."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, or_

from . import rows, voucher
from .credit import Credit
from .judgement import Evidence, ForeignTopUp, Outcome, judge
from .movement import Actor, Movement, MovementKind, MovementState, Nameless, Reason, Source
from .order import Order, Reconciliation
from .schema import MOVEMENTS

LATEST: Final = dt.timedelta(hours=1)
"""How long after it was given up a top-up may turn out to be ours; later, an equal one is somebody else's."""

THE_METER: Final = Actor(id=None, name=Nameless.METER.value)
"""Who did what nobody here has done."""


def reconcile(
    connection: Connection,
    serial: str,
    credit: Credit,
    at: dt.datetime,
    *,
    late: dt.timedelta,
    evidence: Evidence,
    detail: str,
) -> Reconciliation:
    """Bring the rows of a meter in line with a look at it; see ``Ledger.reconcile``."""
    known = rows.find_known(connection, serial)
    rows.remember(connection, serial, credit, at, new=known is None)
    if known is None:
        return Reconciliation()
    before = rows.find_open(connection, serial)
    verdict = judge(serial, known, before, credit, at, late=late, evidence=evidence)
    settled: list[Movement] = []
    waiting = None
    if before is not None and verdict.outcome is not None:
        after = apply(
            connection, before, verdict.outcome, at=at, detail=detail, credit=credit, amount=verdict.amount
        )
        if after.settles:
            waiting = after
        else:
            settled.append(after)
    foreign: list[Movement] = []
    for found in verdict.foreign:
        if (movement := _arrived_late(connection, serial, found, credit, at)) is not None:
            settled.append(movement)
        else:
            foreign.append(add_foreign(connection, serial, found, credit, at))
    return Reconciliation(settled=tuple(settled), foreign=tuple(foreign), waiting=waiting)


def apply(
    connection: Connection,
    movement: Movement,
    outcome: Outcome,
    *,
    at: dt.datetime,
    settled_at: dt.datetime | None = None,
    detail: str = "",
    credit: Credit | None = None,
    amount: Decimal | None = None,
) -> Movement:
    """Move a movement on to its outcome, and its voucher with it.

    ``settled_at`` is the moment that it belongs to, if that is not now (``at``). ``credit`` is the look that
    told; ``amount`` what the meter shows for a token that did not know its own.
    """
    columns: dict[str, Decimal | dt.datetime] = {}
    waited_for = movement.state is MovementState.SENT  # it may have waited for the line until now
    if outcome.settles and (waited_for or (movement.sent_at is not None and at < movement.sent_at)):
        columns["sent_at"] = at  # also when the clock was set back: the wait begins anew
    if not outcome.settles and outcome.state is MovementState.DONE:
        if credit is not None:
            columns["balance_after"] = credit.balance
        if movement.amount is None and amount is not None:
            columns["amount"] = amount
    after = rows.change(
        connection,
        movement,
        outcome,
        at=at,
        settled_at=settled_at,
        detail=detail,
        credit=credit,
        **columns,
    )
    if outcome.state is MovementState.REFUSED and movement.voucher_id is not None:
        voucher.give_back(connection, movement.voucher_id, movement.id)
    return after


def _arrived_late(
    connection: Connection, serial: str, found: ForeignTopUp, credit: Credit, at: dt.datetime
) -> Movement | None:
    """The movement that had been given up and is this top-up after all."""
    if found.amount is None:
        return None
    where: list[ColumnElement[bool]] = [
        MOVEMENTS.c.serial == serial,
        MOVEMENTS.c.count == found.count,
        # only the meter knows what a token is worth
        or_(
            MOVEMENTS.c.amount == found.amount,
            and_(MOVEMENTS.c.kind == MovementKind.TOKEN, MOVEMENTS.c.amount.is_(None)),
        ),
        MOVEMENTS.c.state == MovementState.REFUSED,
        MOVEMENTS.c.reason == Reason.NOT_ARRIVED,
        MOVEMENTS.c.settled_at >= at - LATEST,
    ]
    if (movement := rows.find_one(connection, *where)) is None:
        return None
    remark = ""
    if movement.voucher_id is not None and not voucher.take(connection, movement.voucher_id, movement.id):
        remark = "its voucher had been given back and was used or withdrawn meanwhile"
    outcome = Outcome(state=MovementState.DONE, reason=Reason.LATE)
    return apply(connection, movement, outcome, at=at, detail=remark, credit=credit, amount=found.amount)


def add_foreign(
    connection: Connection,
    serial: str,
    found: ForeignTopUp,
    credit: Credit | None,
    at: dt.datetime,
    *,
    settled_at: dt.datetime | None = None,
    unit: str = "",
) -> Movement:
    """Write down somebody else's top-up.

    ``unit`` and ``settled_at``, the moment that it belongs to, count where no look at the meter told of it.
    """
    seen = found.amount is not None
    order = Order(kind=MovementKind.FOREIGN, amount=found.amount, actor=THE_METER, source=Source.METER)
    return rows.add(
        connection,
        order,
        Outcome(state=MovementState.FOREIGN, reason=Reason.SEEN if seen else Reason.AMOUNT_UNSEEN),
        serial=serial,
        unit=unit if credit is None else credit.unit,
        count=found.count,
        balance_after=credit.balance if seen and credit is not None else None,
        at=at,
        settled_at=settled_at,
    )
