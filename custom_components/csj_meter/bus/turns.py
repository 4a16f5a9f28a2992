"""Who may use the line next: one holder, the most urgent waiter after it, nobody forgotten.

No task and no queue worker: a waiter is a future, a finished holder hands the line over. So
cancelling a waiter or its caller leaves nothing behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

AGEING: Final = 10.0
"""Seconds of waiting that are worth one step of urgency; this is what prevents starvation."""


class Priority(IntEnum):
    """Urgency of an exchange; the smaller goes first."""

    COMMAND = 0
    SAMPLE = 1
    LIVE = 2
    ENERGY = 3
    SLOW = 4
    SCAN = 5


@dataclass(slots=True, eq=False)
class _Waiter:
    """One caller in the queue."""

    priority: Priority
    since: float
    turn: asyncio.Future[None]

    def urgency(self, now: float) -> tuple[float, float]:
        """Rank now, aged by the time waited; the longer waiter wins a tie."""
        return self.priority - (now - self.since) // AGEING, self.since


class Turns:
    """Hands out the line, one holder at a time."""

    def __init__(self) -> None:
        """Start with a free line."""
        self._held = False
        self._waiters: list[_Waiter] = []

    @property
    def waiting(self) -> int:
        """How many callers wait for the line."""
        return len(self._waiters)

    @asynccontextmanager
    async def turn(self, priority: Priority) -> AsyncIterator[None]:
        """Wait for the line and hold it for the body."""
        await self._acquire(priority)
        try:
            yield
        finally:
            self._hand_over()

    async def _acquire(self, priority: Priority) -> None:
        if not self._held:
            self._held = True
            return
        loop = asyncio.get_running_loop()
        waiter = _Waiter(priority, loop.time(), loop.create_future())
        self._waiters.append(waiter)
        try:
            await waiter.turn
        except asyncio.CancelledError:
            if waiter in self._waiters:
                self._waiters.remove(waiter)
            else:
                # the line was handed to this caller just as it was cancelled
                self._hand_over()
            raise

    def _hand_over(self) -> None:
        # whoever was cancelled in this very moment still queues until it runs, and takes no turn
        waiting = [waiter for waiter in self._waiters if not waiter.turn.done()]
        if not waiting:
            self._held = False
            return
        now = asyncio.get_running_loop().time()
        chosen = min(waiting, key=lambda waiter: waiter.urgency(now))
        self._waiters.remove(chosen)
        chosen.turn.set_result(None)
