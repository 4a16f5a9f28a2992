"""Movements between their rows and their dataclasses, and the three ways in which rows are written.

Every function works inside the caller's transaction. A movement is added once, then only its state moves on,
and each step leaves its line in the history.
"""

from __future__ import annotations

from collections.abc import Iterable
import datetime as dt
from decimal import Decimal
from typing import Any, Final
import uuid

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update

from .credit import Credit
from .judgement import Known, Outcome
from .movement import Actor, Movement, MovementKind, MovementState, Reason, Source, StateChange
from .order import Order
from .schema import CHANGES, METERS, MOVEMENTS

DETAIL_LENGTH: Final = 500
"""Longest note or detail; longer ones are cut."""


def movement_of(row: RowMapping) -> Movement:
    """The movement of one row."""
    return Movement(
        id=row["id"],
        number=row["number"],
        serial=row["serial"],
        kind=MovementKind(row["kind"]),
        state=MovementState(row["state"]),
        settles=row["open_on"] is not None,
        amount=row["amount"],
        unit=row["unit"],
        count=row["count"],
        balance_before=row["balance_before"],
        balance_after=row["balance_after"],
        actor=Actor(id=row["actor_id"], name=row["actor_name"]),
        source=Source(row["source"]),
        key=row["key"],
        reason=None if row["reason"] is None else Reason(row["reason"]),
        note=row["note"],
        detail=row["detail"],
        voucher_id=row["voucher_id"],
        created_at=row["created_at"],
        sent_at=row["sent_at"],
        settled_at=row["settled_at"],
    )


def find_one(connection: Connection, *where: ColumnElement[bool]) -> Movement | None:
    """The newest movement for which all conditions hold."""
    statement = select(MOVEMENTS).where(*where).order_by(MOVEMENTS.c.number.desc()).limit(1)
    row = connection.execute(statement).mappings().first()
    return None if row is None else movement_of(row)


def get(connection: Connection, movement_id: str) -> Movement:
    """The movement of an id. Raises KeyError when there is none."""
    if (movement := find_one(connection, MOVEMENTS.c.id == movement_id)) is None:
        raise KeyError(movement_id)
    return movement


def find_open(connection: Connection, serial: str) -> Movement | None:
    """The movement that waits for this meter."""
    return find_one(connection, MOVEMENTS.c.open_on == serial)


def find_key(connection: Connection, source: Source, key: str) -> Movement | None:
    """The movement that a key of a source stands for."""
    return find_one(connection, MOVEMENTS.c.source == source, MOVEMENTS.c.key == key)


def add(
    connection: Connection,
    order: Order,
    outcome: Outcome,
    *,
    serial: str,
    unit: str,
    at: dt.datetime,
    settled_at: dt.datetime | None = None,
    count: int | None = None,
    balance_before: Decimal | None = None,
    balance_after: Decimal | None = None,
) -> Movement:
    """Begin a movement as ``outcome`` says. Fails on a key or on a meter that is taken (IntegrityError).

    ``settled_at``: when it was settled, if that is not now (``at``).
    """
    movement_id = str(uuid.uuid7())
    connection.execute(
        insert(MOVEMENTS).values(
            id=movement_id,
            serial=serial,
            open_on=serial if outcome.settles else None,
            kind=order.kind,
            state=outcome.state,
            amount=order.amount,
            unit=unit,
            count=count,
            balance_before=balance_before,
            balance_after=balance_after,
            actor_id=order.actor.id,
            actor_name=order.actor.name,
            source=order.source,
            key=order.key,
            reason=outcome.reason,
            note=order.note[:DETAIL_LENGTH],
            detail="",
            voucher_id=order.voucher_id,
            created_at=at,
            settled_at=None if outcome.settles else settled_at or at,
        )
    )
    _log(connection, movement_id, None, outcome, at=at, detail="")
    return get(connection, movement_id)


def change(
    connection: Connection,
    movement: Movement,
    outcome: Outcome,
    *,
    at: dt.datetime,
    settled_at: dt.datetime | None = None,
    detail: str = "",
    credit: Credit | None = None,
    **columns: Any,
) -> Movement:
    """Move a movement on; ``columns`` are written with it. A step that changes nothing is none.

    ``settled_at``: when it was settled, if that is not now (``at``).
    """
    now = Outcome(state=movement.state, reason=movement.reason, settles=movement.settles)
    if outcome == now and not columns:
        return movement
    connection.execute(
        update(MOVEMENTS)
        .where(MOVEMENTS.c.id == movement.id)
        .values(
            state=outcome.state,
            reason=outcome.reason,
            open_on=movement.serial if outcome.settles else None,
            settled_at=None if outcome.settles else settled_at or at,
            detail=detail[:DETAIL_LENGTH],
            **columns,
        )
    )
    _log(connection, movement.id, movement.state, outcome, at=at, detail=detail, credit=credit)
    return get(connection, movement.id)


def history(connection: Connection, movement_id: str) -> tuple[StateChange, ...]:
    """Every state the movement was in, oldest first."""
    rows = connection.execute(
        select(CHANGES).where(CHANGES.c.movement_id == movement_id).order_by(CHANGES.c.number)
    )
    return tuple(
        StateChange(
            at=row["at"],
            before=None if row["before"] is None else MovementState(row["before"]),
            after=MovementState(row["after"]),
            reason=None if row["reason"] is None else Reason(row["reason"]),
            detail=row["detail"],
            count=row["count"],
            balance=row["balance"],
        )
        for row in rows.mappings()
    )


def select_movements(connection: Connection, where: Iterable[ColumnElement[bool]]) -> tuple[Movement, ...]:
    """All movements for which the conditions hold, oldest first."""
    statement = select(MOVEMENTS).where(*where).order_by(MOVEMENTS.c.number)
    return tuple(movement_of(row) for row in connection.execute(statement).mappings())


def find_known(connection: Connection, serial: str) -> Known | None:
    """What the ledger last knew of a meter; other writers wait until this transaction ends."""
    statement = select(METERS).where(METERS.c.serial == serial).with_for_update()
    row = connection.execute(statement).mappings().first()
    if row is None:
        return None
    return Known(
        count=row["count"],
        last_amount=row["last_amount"],
        balance=row["balance"],
        seen_at=row["seen_at"],
    )


def remember(connection: Connection, serial: str, credit: Credit, at: dt.datetime, *, new: bool) -> None:
    """Keep what was just seen of a meter."""
    values: dict[str, Any] = {
        "count": credit.count,
        "last_amount": credit.last_amount,
        "balance": credit.balance,
        "seen_at": at,
    }
    if new:
        connection.execute(insert(METERS).values(serial=serial, **values))
    else:
        connection.execute(update(METERS).where(METERS.c.serial == serial).values(**values))


def _log(
    connection: Connection,
    movement_id: str,
    before: MovementState | None,
    after: Outcome,
    *,
    at: dt.datetime,
    detail: str,
    credit: Credit | None = None,
) -> None:
    connection.execute(
        insert(CHANGES).values(
            movement_id=movement_id,
            at=at,
            before=before,
            after=after.state,
            reason=after.reason,
            detail=detail[:DETAIL_LENGTH],
            count=None if credit is None else credit.count,
            balance=None if credit is None else credit.balance,
        )
    )
