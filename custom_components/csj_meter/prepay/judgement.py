"""What a look at the meter says about the movement that is open on it: pure, no database.

A meter shows its top-up count and the amount of the last top-up, nothing older. A top-up carries the count
it is to take, and the meter takes each count once. So the count alone tells whether somebody has taken ours,
the amount next to it mostly tells who, and where others came after, the balance does.
"""

from __future__ import annotations

from dataclasses import dataclass
import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Final

from .credit import COUNTS, Credit
from .errors import CountFellError
from .money import CENT
from .movement import Movement, MovementKind, MovementState, Reason

HOUR: Final = Decimal(3600)

TELLING: Final = Decimal("0.05")
"""Share of an amount that may have been used meanwhile, if the balance is to tell it from another amount."""


class Evidence(StrEnum):
    """What is known of the reply to the write."""

    NONE = "none"
    """Nobody waits for it any more."""
    REPLY_LOST = "reply_lost"
    """Waited for, and it did not come or made no sense."""
    ACKNOWLEDGED = "acknowledged"
    """The meter said yes."""
    TAKEN = "taken"
    """The meter said that the count, or the token, is taken: by somebody else, or by this very request."""
    REFUSED = "refused"
    """The meter said no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the ledger last knew of a meter."""

    count: int
    """Top-up count; every one up to here is accounted for."""

    last_amount: Decimal
    """Amount of that top-up."""

    balance: Decimal
    """Balance at that time."""

    seen_at: dt.datetime
    """When, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignTopUp:
    """Somebody else's top-up."""

    count: int
    """The count it took."""

    amount: Decimal | None
    """None where the meter shows only a later one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How far a movement has got."""

    state: MovementState
    """Its state."""

    reason: Reason | None
    """Why; None while it is on its way."""

    settles: bool = False
    """Whether a later look can still settle it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All that one look tells."""

    outcome: Outcome | None
    """None: there is no open movement."""

    amount: Decimal | None
    """Amount of the open movement where the look has shown it, for a token that did not know its own."""

    foreign: tuple[ForeignTopUp, ...]
    """Top-ups nobody has accounted for so far, oldest first."""


def steps_between(known: int, seen: int) -> int | None:
    """By how many top-ups a meter has moved on; None when it moved backwards."""
    steps = (seen - known) % COUNTS
    return steps if steps < COUNTS // 2 else None


def outcome_unseen(evidence: Evidence) -> Outcome:
    """Where a movement stands when the meter could not be read after the write."""
    match evidence:
        case Evidence.REFUSED:
            return Outcome(state=MovementState.REFUSED, reason=Reason.REFUSED_BY_METER)
        case Evidence.ACKNOWLEDGED:
            return _open(Reason.ACKNOWLEDGED)
        case Evidence.REPLY_LOST | Evidence.TAKEN:
            return _open(Reason.REPLY_LOST)
        case Evidence.NONE:
            return _open(Reason.INTERRUPTED)


def judge(
    serial: str,
    known: Known,
    movement: Movement | None,
    credit: Credit,
    now: dt.datetime,
    *,
    late: dt.timedelta,
    evidence: Evidence,
) -> Verdict:
    """The verdict of one look.

    ``movement`` is the open one of this meter, ``late`` how long a request may still be on its way after it
    was sent. Raises CountFellError when the meter has gone backwards: nothing follows from such a look.
    """
    steps = steps_between(known.count, credit.count)
    if steps is None:
        raise CountFellError(serial, known.count, credit.count)
    if movement is None:
        return Verdict(outcome=None, amount=None, foreign=_foreign(known.count, credit, steps))
    outcome = _outcome(movement, credit, steps, now, late, evidence)
    counted = outcome.state in {MovementState.DONE, MovementState.UNCERTAIN}
    return Verdict(
        outcome=outcome,
        amount=credit.last_amount if counted and steps == 1 else None,
        foreign=_foreign(known.count + counted, credit, steps - counted) if steps else (),
    )


def _outcome(
    movement: Movement,
    credit: Credit,
    steps: int,
    now: dt.datetime,
    late: dt.timedelta,
    evidence: Evidence,
) -> Outcome:
    if evidence is Evidence.REFUSED or (evidence is Evidence.TAKEN and not steps):
        # the refusal is certain whatever the meter shows by now; a rival explains most of them
        return _refused(Reason.RIVAL if steps else Reason.REFUSED_BY_METER)
    if movement.state is MovementState.INTENDED or movement.sent_at is None:
        return _refused(Reason.NEVER_SENT)
    acknowledged = evidence is Evidence.ACKNOWLEDGED or movement.reason is Reason.ACKNOWLEDGED
    match steps:
        case 0:
            if evidence is Evidence.ACKNOWLEDGED and movement.kind is MovementKind.TOKEN:
                return _done(Reason.CONFIRMED)  # a meter need not count tokens; its amount stays unknown
            if evidence is not Evidence.NONE or movement.state is MovementState.SENT:
                return outcome_unseen(evidence)  # the wait for a late arrival begins with this look
            if now - movement.sent_at >= late:
                return _refused(Reason.NOT_ARRIVED)
            return _open(movement.reason or Reason.INTERRUPTED)
        case 1:
            # an equal top-up of a rival looks the same: it is counted once, as ours
            if movement.amount not in {None, credit.last_amount}:
                return _refused(Reason.RIVAL)
            return _done(Reason.CONFIRMED if acknowledged else Reason.FOUND)
        case _:
            return _done(Reason.CONFIRMED) if acknowledged else _overtaken(movement, credit, steps, now)


def _overtaken(movement: Movement, credit: Credit, steps: int, now: dt.datetime) -> Outcome:
    """Others came after whoever took our count: only the balance has kept a trace.

    The balance rose by the top-up in question and by the later ones, of which only the last one's amount is
    shown, and fell by what was used meanwhile, between nothing and ``most_per_hour``.
    """
    unknown = Outcome(state=MovementState.UNCERTAIN, reason=Reason.OVERTAKEN)
    if movement.amount is None or movement.balance_before is None:
        return unknown
    least = credit.balance - movement.balance_before - credit.last_amount
    used = _most_used(movement, credit, now)
    others = steps - 2
    if used is None:
        return unknown
    if movement.amount + others * CENT > least + used:
        return _refused(Reason.RIVAL)  # even at full load there is no room for ours
    if not others and movement.amount < least:
        return _refused(Reason.RIVAL)  # more than ours was put on the meter
    if others or used > movement.amount * TELLING:
        return unknown
    return _done(Reason.INFERRED)


def _most_used(movement: Movement, credit: Credit, now: dt.datetime) -> Decimal | None:
    if credit.most_per_hour is None or now < movement.created_at:
        return None
    hours = Decimal(str((now - movement.created_at).total_seconds())) / HOUR
    used = credit.most_per_hour * hours
    return used + CENT if used else used  # both balances are rounded


def _foreign(known: int, credit: Credit, steps: int) -> tuple[ForeignTopUp, ...]:
    """Top-ups after ``known``; the meter shows the amount of the last one only."""
    return tuple(
        ForeignTopUp(count=(known + step) % COUNTS, amount=credit.last_amount if step == steps else None)
        for step in range(1, steps + 1)
    )


def _done(reason: Reason) -> Outcome:
    return Outcome(state=MovementState.DONE, reason=reason)


def _refused(reason: Reason) -> Outcome:
    return Outcome(state=MovementState.REFUSED, reason=reason)


def _open(reason: Reason) -> Outcome:
    return Outcome(state=MovementState.UNCERTAIN, reason=reason, settles=True)
