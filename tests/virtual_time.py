"""An event loop whose time does not pass, it jumps: tests of minutes and days take milliseconds.

``run_virtual(coroutine)`` runs like ``asyncio.run``, but whenever nothing is ready the loop's
clock goes to the next timer at once. Real sockets and ptys are served when they are ready, and
while a thread of an executor works, time stands still.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
import selectors
from typing import Any, Final, override

START: Final = 1000.0
"""Loop time at the beginning; not 0, so that nobody mistakes a time for "never"."""

THREAD_POLL: Final = 0.005
"""Real seconds between two looks at a working thread."""


class NothingToWaitForError(RuntimeError):
    """Every task waits for something that cannot happen any more."""


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of waiting, moves the clock of its loop."""

    loop: VirtualTimeLoop

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if self.loop.working_threads:
            return super().select(THREAD_POLL)
        if timeout is None:
            raise NothingToWaitForError("all tasks wait, and no timer is set")
        self.loop.jump(timeout)
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop with a clock of its own."""

    def __init__(self) -> None:
        selector = _JumpingSelector()
        selector.loop = self
        self._now = START
        self.working_threads = 0
        super().__init__(selector)
        self._clock_resolution = 1e-9

    @override
    def time(self) -> float:
        return self._now

    def jump(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds

    @override
    def run_in_executor[*Ts, T](
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        future = super().run_in_executor(executor, func, *args)
        self.working_threads += 1
        future.add_done_callback(self._thread_done)
        return future

    @override
    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        self.working_threads += 1  # the thread that waits for the others
        try:
            await super().shutdown_default_executor(timeout)
        finally:
            self.working_threads -= 1

    def _thread_done(self, _: asyncio.Future[Any]) -> None:
        self.working_threads -= 1


def run_virtual[T](coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine, on a loop with virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(coroutine)


def wall_clock(epoch: float) -> Callable[[], float]:
    """A clock for things that tell the time of day: ``epoch`` when a loop starts, then with the loop."""
    return lambda: epoch + asyncio.get_running_loop().time() - START
