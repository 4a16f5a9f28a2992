"""A message to one person over one channel, and how far it has got."""

from __future__ import annotations

from dataclasses import dataclass
import datetime as dt
from enum import StrEnum

from ..anomaly.kinds import Severity


class Reason(StrEnum):
    """Why somebody is told."""

    CONFIRMED = "confirmed"
    """Something is wrong."""

    ESCALATED = "escalated"
    """Nobody has acknowledged it in time."""

    WORSENED = "worsened"
    """It has got worse."""

    STILL_THERE = "still_there"
    """The shelving is over, or it was said to be repaired, and it is still there."""

    CHATTERING = "chattering"
    """It comes and goes, and is shelved."""

    ACKNOWLEDGED = "acknowledged"
    """Somebody sees to it."""

    FALSE_ALARM = "false_alarm"
    """Somebody has said that nothing is wrong."""

    CLEARED = "cleared"
    """It is over."""

    JOINED = "joined"
    """It belongs to something that befell the whole circuit."""

    WORK_ORDER = "work_order"
    """A work order was opened, changed, completed or reopened."""

    SUMMARY = "summary"
    """The weekly summary."""

    LETTER = "letter"
    """To a tenant: that credit is low, or the statement of a month."""

    TEST = "test"
    """Somebody wants to know whether the channel works."""


PAGES = frozenset(
    {Reason.CONFIRMED, Reason.ESCALATED, Reason.WORSENED, Reason.STILL_THERE, Reason.CHATTERING}
)
"""What is said because somebody should act: never of an alert that is over."""

ABOUT_NO_ALERT = frozenset({Reason.SUMMARY, Reason.LETTER})
"""What is said for its own sake: without its text there is nothing that one could say."""

AFTERWARDS = frozenset({Reason.ACKNOWLEDGED, Reason.FALSE_ALARM, Reason.CLEARED, Reason.JOINED})
"""What is said to those who were paged, without a sound."""


class MessageState(StrEnum):
    """How far a message has got."""

    WAITING = "waiting"
    SENDING = "sending"
    """Handed over or about to be: after a crash nobody knows."""

    DELIVERED = "delivered"
    FAILED = "failed"
    """Given up; the fallback has it, if there is one."""

    CANCELLED = "cancelled"
    """Not needed any more."""

    MERGED = "merged"
    """Part of another message, which lists it."""


EXPIRED = "too old"
"""What is kept as the error of one that could not be sent in time."""

UNSETTLED = frozenset({MessageState.WAITING, MessageState.SENDING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message; each step is a new one with the same id."""

    id: str
    """Says which alert, why, and over which channel: the same is never written twice."""

    alerts: tuple[str, ...]
    """Ids of the alerts it tells of; several where there was too much for one person."""

    channel: str
    """Id of the channel."""

    person: str
    reason: Reason
    severity: Severity | None = None
    """Of the worst alert; None when it is about none."""

    created_at: dt.datetime
    """UTC."""

    not_before: dt.datetime
    """When the next attempt is due; quiet hours and what its person can bear may hold it longer."""

    state: MessageState = MessageState.WAITING
    attempts: int = 0
    settled_at: dt.datetime | None = None
    """When it was delivered or given up."""

    error: str | None = None
    """Why the last attempt failed."""

    stands_in_for: str | None = None
    """Id of the message whose channel has failed."""

    drill: bool = False

    order: int | None = None
    """Number of the work order that it is about."""

    step: str = ""
    """What tells it apart from others of the same alert, reason and channel."""

    parts: tuple[str, ...] = ()
    """Ids of the messages in whose place it was written; empty for one that stands for itself."""

    dropped: tuple[str, ...] = ()
    """Ids of its parts, or its own, that nobody needs to hear any more since it is being sent."""

    @property
    def sounds(self) -> bool:
        """Whether it makes a sound, and so counts."""
        return self.reason in PAGES

    @property
    def is_unsettled(self) -> bool:
        """Whether it may still be sent."""
        return self.state in UNSETTLED
