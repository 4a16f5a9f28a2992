"""Waits that end in time although the clock is set meanwhile.

Nothing here asks a clock. A moment that has been noted and lies ahead of now was noted by a clock that went
ahead and has been set back since; without looking out for that, everything would wait until the clock shows
that moment a second time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
import datetime as dt
from typing import Final

from .message import Message, MessageState

RETRIES: Final = tuple(dt.timedelta(seconds=seconds) for seconds in (10, 60, 300, 900, 3600))
"""Waits before a message is tried again."""

TOO_OLD: Final = dt.timedelta(days=1)
"""After so long a message says nothing to anybody any more."""


def retry_wait(attempts: int) -> dt.timedelta:
    """How long a message waits that a channel has not taken so often; not at all before the first attempt."""
    return RETRIES[min(attempts, len(RETRIES)) - 1] if attempts else dt.timedelta(0)


def set_right(messages: Collection[Message], now: dt.datetime, *, is_steady: bool) -> list[Message]:
    """The messages that a clock has touched which was set since, as they should be at ``now`` (UTC).

    ``is_steady``: it was not set lately, so that ages are what they seem.
    """
    # all of them by the same time, so that they keep their order and their distances
    settled = (message.settled_at for message in messages if message.settled_at is not None)
    ahead = max(settled, default=now) - now
    changed = []
    for message in messages:
        right = message
        if message.state is MessageState.WAITING:
            right = replace(right, not_before=min(message.not_before, now + retry_wait(message.attempts)))
            if not is_steady and now - message.created_at > TOO_OLD:
                right = replace(right, created_at=now)  # how old it is nobody knows: its day begins anew
        elif message.settled_at is not None and ahead > dt.timedelta(0):
            right = replace(right, settled_at=message.settled_at - ahead)
        if right != message:
            changed.append(right)
    return changed


class Waits:
    """Since when something is waited for, however the clock was set."""

    def __init__(self) -> None:
        """Know of no moment that lies ahead."""
        self._seen: dict[dt.datetime, dt.datetime] = {}
        """Moments that have been ahead -> when that was seen."""

    def since(self, moment: dt.datetime, now: dt.datetime) -> dt.datetime:
        """The moment from which the wait counts that began at ``moment``; never after ``now``."""
        since = self._seen.get(moment, moment)
        if since > now:
            since = self._seen[moment] = now
        return since
