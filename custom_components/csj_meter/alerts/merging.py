"""Several messages as one: which is the most urgent, and what they say together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
import datetime as dt
from hashlib import blake2b

from ..anomaly.kinds import SEVERITIES, Severity
from .message import Message, Reason


def is_critical(message: Message) -> bool:
    """Whether it may use what is kept for what is critical."""
    return message.sounds and message.severity is Severity.CRITICAL


def urgency(message: Message) -> tuple[bool, int, dt.datetime, str]:
    """Smaller is more urgent: first what somebody should act on, then how bad it is."""
    rank = -1 if message.severity is None else SEVERITIES.index(message.severity)
    return (not message.sounds, -rank, message.created_at, message.id)


def says(message: Message) -> tuple[Reason, tuple[str, ...], str]:
    """What is said, whatever the channel."""
    return (message.reason, message.alerts, message.step)


def alerts_of(parts: Iterable[Message]) -> tuple[str, ...]:
    """The alerts that messages tell of, each once."""
    return tuple(dict.fromkeys(alert for part in parts for alert in part.alerts))


def together(message: Message, parts: list[Message]) -> Message:
    """A message that says all of ``parts``, with the reason of the worst."""
    worst = min(parts, key=urgency)
    return replace(
        message,
        parts=tuple(part.id for part in parts),
        alerts=alerts_of(sorted(parts, key=urgency)),
        reason=worst.reason,
        severity=worst.severity,
        drill=all(part.drill for part in parts),
    )


def message_name(reason: Reason, channel: str, alerts: tuple[str, ...], step: str) -> str:
    """Id of a message: the same is never written twice."""
    body = "\0".join((reason, channel, step, *alerts))
    return blake2b(body.encode(), digest_size=8).hexdigest()
