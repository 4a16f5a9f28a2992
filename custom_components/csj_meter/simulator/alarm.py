"""Being called at the right moment, and not up to a millisecond later.

The timers of an asyncio loop are as coarse as those of ``epoll``: a whole millisecond. That is a
tenth of a short exchange at 115200 baud, and would be blamed on whoever reads the line. Where the
loop's clock is the machine's and the kernel has timers as file descriptors, those are used; a
loop with a time of its own, or another system, gets its own timers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
import heapq
import itertools
import os
import time
from typing import Final, Protocol, override
import weakref

SAME_CLOCK: Final = 0.001
"""Seconds by which two looks at one clock may differ."""


class Alarm(Protocol):
    """Calls at given times; those of the loop's clock, in seconds."""

    def at(self, when: float, call: Callable[[], None]) -> None:
        """Call at ``when``, at once if that is over."""

    def close(self) -> None:
        """Forget all calls that are still to come."""


def alarm() -> Alarm:
    """The best alarm for the running loop."""
    loop = asyncio.get_running_loop()
    if hasattr(os, "timerfd_create") and abs(loop.time() - time.monotonic()) < SAME_CLOCK:
        return ExactAlarm(loop)
    return LoopAlarm(loop)


class LoopAlarm(Alarm):
    """The timers of the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """On ``loop``."""
        self._loop = loop
        self._handles: set[asyncio.TimerHandle] = set()

    @override
    def at(self, when: float, call: Callable[[], None]) -> None:
        def ring() -> None:
            self._handles.discard(handle)
            call()

        handle = self._loop.call_at(when, ring)
        self._handles.add(handle)

    @override
    def close(self) -> None:
        for handle in self._handles:
            handle.cancel()
        self._handles.clear()


class ExactAlarm(Alarm):
    """A timer of the kernel that the loop watches."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """On ``loop``, whose clock must be ``time.monotonic``."""
        self._loop = loop
        self._calls: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._timer = os.timerfd_create(time.CLOCK_MONOTONIC, flags=os.TFD_NONBLOCK | os.TFD_CLOEXEC)
        self._close = weakref.finalize(self, os.close, self._timer)
        loop.add_reader(self._timer, self._ring)

    @override
    def at(self, when: float, call: Callable[[], None]) -> None:
        heapq.heappush(self._calls, (when, next(self._order), call))
        self._set()

    def _set(self) -> None:
        if self._calls:
            # a time of 0 would stop the timer instead of ringing at once
            first = max(self._calls[0][0], 1e-9)
            os.timerfd_settime(self._timer, flags=os.TFD_TIMER_ABSTIME, initial=first)

    def _ring(self) -> None:
        os.read(self._timer, 8)
        while self._calls and self._calls[0][0] <= self._loop.time():
            _, _, call = heapq.heappop(self._calls)
            call()
        if self._close.alive:
            self._set()

    @override
    def close(self) -> None:
        self._calls.clear()
        if self._close.alive:
            self._loop.remove_reader(self._timer)
            self._close()
