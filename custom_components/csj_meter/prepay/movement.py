"""One movement of money, from the intent to its outcome.

A movement that has begun is *open*: the meter's next answers settle it. It ends as done (on the meter),
refused (not on the meter) or foreign (on the meter, but put there by somebody else). The rare one that was
overtaken stays uncertain until a person decides, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Final


class MovementKind(StrEnum):
    """What sort of movement it is."""

    TOP_UP = "top_up"
    """An amount written to the meter."""
    TOKEN = "token"
    """An STS token loaded into the meter; only the meter knows its amount."""
    VOUCHER = "voucher"
    """An amount written to the meter for a voucher."""
    FOREIGN = "foreign"
    """Somebody else's top-up, found on the meter."""
    CORRECTION = "correction"
    """A person's statement about money that the ledger could not see; never sent to the meter."""


class MovementState(StrEnum):
    """How far it has got."""

    INTENDED = "intended"
    """Written down; certainly not sent yet."""
    SENT = "sent"
    """About to be sent or under way, or the process ended there."""
    UNCERTAIN = "uncertain"
    """Sent, and the outcome is not known."""
    DONE = "done"
    """On the meter."""
    REFUSED = "refused"
    """Not on the meter."""
    FOREIGN = "foreign"
    """On the meter, by somebody else."""


UNSETTLED: Final = frozenset({MovementState.INTENDED, MovementState.SENT, MovementState.UNCERTAIN})
"""States without an outcome."""

ON_THE_METER: Final = frozenset({MovementState.DONE, MovementState.FOREIGN})
"""States whose amounts add up to what was put on the meter."""


class Source(StrEnum):
    """Where a movement came from; a key is unique within its source."""

    ACTION = "action"
    VOUCHER = "voucher"
    WEBHOOK = "webhook"
    PORTAL = "portal"
    METER = "meter"
    """Found on the meter."""


class Reason(StrEnum):
    """Why a movement is in its state."""

    CONFIRMED = "confirmed"
    """The meter acknowledged it and shows it."""
    FOUND = "found"
    """The reply was lost or nobody waited for it, and the meter shows this amount at this count."""
    INFERRED = "inferred"
    """Others topped up since; the balance leaves no room for anything else."""
    LATE = "late"
    """It had been given up as not arrived, and arrived."""
    DECIDED = "decided"
    """A person decided."""
    REFUSED_BY_METER = "refused_by_meter"
    """The meter said no."""
    RIVAL = "rival"
    """Somebody else's top-up came first and took its count."""
    NEVER_SENT = "never_sent"
    """The process ended between writing it down and sending it."""
    NOT_ARRIVED = "not_arrived"
    """The count did not move, for longer than a request can be on its way."""
    REPLY_LOST = "reply_lost"
    """Sent, no reply, and the count has not moved so far."""
    ACKNOWLEDGED = "acknowledged"
    """The meter said yes, but it could not be read back so far."""
    INTERRUPTED = "interrupted"
    """The process ended or the caller left while it was under way; the count has not moved so far."""
    OVERTAKEN = "overtaken"
    """Others topped up since, and what the meter shows does not tell whether this one was among them."""
    SEEN = "seen"
    """The meter shows it."""
    AMOUNT_UNSEEN = "amount_unseen"
    """The meter has counted it, but shows a later one: the amount is not known."""
    METER_RESET = "meter_reset"
    """The meter's count fell, and a person said that it starts anew."""


class Nameless(StrEnum):
    """Who moves money without a name: what the ledger has in place of one."""

    AUTOMATION = "automation"
    """No user at all."""

    USER = "user"
    """A user to whom nobody has given a name."""

    REPAIR_ISSUE = "repair issue"
    """Whoever has answered a dialogue."""

    METER = "meter"
    """Nobody that we know: the meter showed it."""

    PORTAL = "portal"
    """The tenant, on the portal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who moved money."""

    id: str | None
    """Id of the user; None for an automation, a payment service or the meter itself."""

    name: str
    """A name that people recognise, for example "automation"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One line of the ledger."""

    id: str
    """UUID; never changes."""

    number: int
    """Ordinal in the ledger."""

    serial: str
    """Serial number of the meter."""

    kind: MovementKind
    """What sort of movement it is."""

    state: MovementState
    """How far it has got."""

    settles: bool
    """Whether the meter's next answers can still settle it; at most one such movement per meter."""

    amount: Decimal | None
    """Two decimals; None where only the meter knows it: a token not yet done, a foreign one not seen."""

    unit: str
    """Letters of the currency or "kWh"; "" where the meter names no currency."""

    count: int | None
    """The top-up count that it takes on the meter; None for a correction."""

    balance_before: Decimal | None
    """Balance of the meter when it was intended."""

    balance_after: Decimal | None
    """First balance of the meter that was read with it."""

    actor: Actor
    """Who did it."""

    source: Source
    """Where it came from."""

    key: str | None
    """Idempotency key of the source."""

    reason: Reason | None
    """Why it is in its state; None while it is on its way."""

    note: str
    """What its author wrote with it; the last four digits of a token."""

    detail: str
    """What was said when it came into its state: by the meter, by the line, by a person."""

    voucher_id: str | None
    """The voucher that it redeems."""

    created_at: dt.datetime
    """When it was intended or found, UTC."""

    sent_at: dt.datetime | None
    """The last moment at which it may have been sent, as far as known, UTC."""

    settled_at: dt.datetime | None
    """When its outcome was known, or it was overtaken, UTC: a decision of later does not move it."""

    @property
    def at(self) -> dt.datetime:
        """The moment that it belongs to: when it was settled, or began if it is not."""
        return self.created_at if self.settled_at is None else self.settled_at


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """One step of a movement's life; never changed and never removed."""

    at: dt.datetime
    """UTC."""

    before: MovementState | None
    """None: it began."""

    after: MovementState
    """The state from then on."""

    reason: Reason | None
    """Why."""

    detail: str
    """What was said then: by the meter, by the line, by a person."""

    count: int | None
    """Top-up count of the meter that told, where it did."""

    balance: Decimal | None
    """Balance of the meter likewise."""
