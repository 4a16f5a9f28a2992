"""What a person says about money that the ledger could not see; nothing of it is sent to a meter."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection

from . import rows
from .errors import KeyReusedError, NotCorrectableError
from .judgement import Outcome
from .movement import ON_THE_METER, Actor, Movement, MovementKind, MovementState, Reason
from .order import Order

AMOUNTS_OF_METERS: Final = frozenset({MovementKind.FOREIGN, MovementKind.TOKEN})
"""Kinds whose amount only the meter knows, and does not always show."""


def add_line(connection: Connection, serial: str, order: Order, *, unit: str, at: dt.datetime) -> Movement:
    """Write down money as a line of its own, once for a key. Raises KeyReusedError."""
    if order.key is not None and (earlier := rows.find_key(connection, order.source, order.key)) is not None:
        if (earlier.serial, earlier.kind, earlier.amount) != (serial, order.kind, order.amount):
            raise KeyReusedError(earlier)
        return earlier
    decided = Outcome(state=MovementState.DONE, reason=Reason.DECIDED)
    return rows.add(connection, order, decided, serial=serial, unit=unit, at=at)


def tell_amount(
    connection: Connection,
    movement: Movement,
    amount: Decimal,
    *,
    actor: Actor,
    at: dt.datetime,
    note: str,
) -> Movement:
    """Keep the amount of a top-up that the meter has counted without showing it; the same again is no change.

    It belongs to the moment at which the meter counted it. Raises NotCorrectableError.
    """
    if movement.kind not in AMOUNTS_OF_METERS or movement.state not in ON_THE_METER:
        raise NotCorrectableError(f"payment {movement.id} is no top-up whose amount only the meter knows")
    if movement.amount == amount:
        return movement
    if movement.amount is not None:
        raise NotCorrectableError(f"payment {movement.id} is known to be of {movement.amount}")
    return rows.change(
        connection,
        movement,
        Outcome(state=movement.state, reason=Reason.DECIDED),
        at=at,
        settled_at=movement.at,
        detail=f"{actor.name}: {note}" if note else actor.name,
        amount=amount,
        # a token has its last digits there
        note=movement.note or note[: rows.DETAIL_LENGTH],
    )
