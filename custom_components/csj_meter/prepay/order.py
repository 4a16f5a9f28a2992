"""What somebody wants to be done with money, and what a look at a meter has changed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .movement import Actor, Movement, MovementKind, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A movement that somebody wants to make on a meter."""

    kind: MovementKind
    """Top-up, token or voucher."""

    amount: Decimal | None
    """Two decimals; None for a token, whose amount the meter will tell."""

    unit: str | None = None
    """Unit of the amount; None takes what the meter counts in."""

    actor: Actor
    """Who wants it."""

    source: Source
    """Where it comes from."""

    key: str | None = None
    """Idempotency key: asked for again, the same movement answers."""

    note: str = ""
    """What its author wants to remember."""

    voucher_id: str | None = None
    """The voucher to take for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What one look at a meter has changed in the ledger."""

    settled: tuple[Movement, ...] = ()
    """Our movements that have an outcome now, or another one than before."""

    foreign: tuple[Movement, ...] = ()
    """Somebody else's top-ups that were found."""

    waiting: Movement | None = None
    """The movement that still waits for the meter."""
