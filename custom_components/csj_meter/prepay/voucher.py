"""What a voucher is, and the rows that keep it; every function works inside the caller's transaction.

A voucher is taken by a movement in the transaction that writes the movement down, and given back in the one
that calls the movement refused. So a crash at any point neither loses nor doubles it.
"""

from __future__ import annotations

from dataclasses import dataclass
import datetime as dt
from decimal import Decimal
from enum import StrEnum
import uuid

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update

from .movement import Actor
from .schema import VOUCHERS


class VoucherState(StrEnum):
    """What can be done with it."""

    VALID = "valid"
    """It can be redeemed."""
    TAKEN = "taken"
    """A movement has taken it: it was redeemed, or is being redeemed."""
    EXPIRED = "expired"
    """Too late."""
    WITHDRAWN = "withdrawn"
    """Its creator has taken it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """One voucher; its code is known to nobody but its holder."""

    id: str
    """UUID."""

    number: int
    """A short number for people to talk about it."""

    amount: Decimal
    """What it is worth."""

    unit: str
    """Letters of the currency or "kWh"."""

    serial: str | None
    """The only meter that it is for; None for any."""

    note: str
    """What its creator wrote, for example who it is for."""

    created_at: dt.datetime
    """UTC."""

    expires_at: dt.datetime
    """First moment at which it is not valid any more, UTC."""

    withdrawn_at: dt.datetime | None
    """When its creator took it back, UTC."""

    actor: Actor
    """Its creator."""

    movement_id: str | None
    """The movement that has taken it."""

    def state_at(self, now: dt.datetime) -> VoucherState:
        """What can be done with it at a moment."""
        if self.movement_id is not None:
            return VoucherState.TAKEN
        if self.withdrawn_at is not None:
            return VoucherState.WITHDRAWN
        return VoucherState.EXPIRED if now >= self.expires_at else VoucherState.VALID


def voucher_of(row: RowMapping) -> Voucher:
    """The voucher of one row."""
    return Voucher(
        id=row["id"],
        number=row["number"],
        amount=row["amount"],
        unit=row["unit"],
        serial=row["serial"],
        note=row["note"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        withdrawn_at=row["withdrawn_at"],
        actor=Actor(id=row["actor_id"], name=row["actor_name"]),
        movement_id=row["movement_id"],
    )


def find_vouchers(connection: Connection, *where: ColumnElement[bool]) -> tuple[Voucher, ...]:
    """Vouchers for which all conditions hold, oldest first."""
    statement = select(VOUCHERS).where(*where).order_by(VOUCHERS.c.number)
    return tuple(voucher_of(row) for row in connection.execute(statement).mappings())


def add_voucher(
    connection: Connection,
    *,
    code_hash: str,
    amount: Decimal,
    unit: str,
    serial: str | None,
    note: str,
    created_at: dt.datetime,
    expires_at: dt.datetime,
    actor: Actor,
) -> Voucher:
    """Keep a new voucher."""
    voucher_id = str(uuid.uuid7())
    connection.execute(
        insert(VOUCHERS).values(
            id=voucher_id,
            code_hash=code_hash,
            amount=amount,
            unit=unit,
            serial=serial,
            note=note,
            created_at=created_at,
            expires_at=expires_at,
            actor_id=actor.id,
            actor_name=actor.name,
        )
    )
    return find_vouchers(connection, VOUCHERS.c.id == voucher_id)[0]


def take(connection: Connection, voucher_id: str, movement_id: str) -> bool:
    """Let a movement have the voucher; False when another one has it or it was withdrawn."""
    taken = connection.execute(
        update(VOUCHERS)
        .where(
            VOUCHERS.c.id == voucher_id,
            VOUCHERS.c.movement_id.is_(None),
            VOUCHERS.c.withdrawn_at.is_(None),
        )
        .values(movement_id=movement_id)
    )
    return taken.rowcount == 1


def give_back(connection: Connection, voucher_id: str, movement_id: str) -> None:
    """The movement was refused: the voucher is free again."""
    connection.execute(
        update(VOUCHERS)
        .where(VOUCHERS.c.id == voucher_id, VOUCHERS.c.movement_id == movement_id)
        .values(movement_id=None)
    )


def withdraw(connection: Connection, voucher_id: str, at: dt.datetime) -> bool:
    """Take a voucher back; False when somebody has it already."""
    withdrawn = connection.execute(
        update(VOUCHERS)
        .where(VOUCHERS.c.id == voucher_id, VOUCHERS.c.movement_id.is_(None))
        .values(withdrawn_at=at)
    )
    return withdrawn.rowcount == 1
