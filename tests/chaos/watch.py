"""How long the event loop is held up: seconds of CPU of each callback, so that a busy machine does not lie.

What the simulated meters and this very harness take inside the loop is subtracted; what the garbage
collector takes is told apart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
import gc
import time
from typing import Any, Final

LONGEST: Final = 0.05
"""Seconds of CPU that a callback may take."""

COLLECTOR: Final = "the garbage collector"


class LoopWatch:
    """Looks at every callback of the loop of this thread."""

    def __init__(self, slow: Callable[[float, str], None], foreign: Callable[[], float]) -> None:
        """``slow`` is told of what took too long; ``foreign`` says how much CPU others took in the loop."""
        self._slow = slow
        self._foreign = foreign
        self._own = 0.0
        self._inside = False
        self._collecting = 0.0
        self._collected = 0.0
        self.longest = 0.0
        self.active = False
        """Off while Home Assistant starts and stops."""

    def install(self) -> None:
        """Begin."""
        run, clock, watch = asyncio.events.Handle._run, time.thread_time, self

        def timed(handle: Any) -> None:
            if not watch.active:
                run(handle)
                return
            others = watch._others()
            began = clock()
            what = handle._callback
            run(handle)
            took = clock() - began - (watch._others() - others)
            watch.longest = max(watch.longest, took)
            if took > LONGEST and watch.active:
                watch._slow(took, _name(what))

        asyncio.events.Handle._run = timed  # type: ignore[assignment, method-assign]
        gc.callbacks.append(self._collector)

    @contextmanager
    def own(self) -> Iterator[None]:
        """What is done inside is not the product's."""
        began, foreign, collected = time.thread_time(), self._foreign(), self._collected
        self._inside = True
        try:
            yield
        finally:
            self._inside = False
            spent = time.thread_time() - began
            self._own += spent - (self._foreign() - foreign) - (self._collected - collected)

    def _others(self) -> float:
        return self._own + self._foreign() + self._collected

    def _collector(self, phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            self._collecting = time.thread_time()
            return
        took = time.thread_time() - self._collecting
        self._collected += took
        if took > LONGEST and self.active and not self._inside:
            self._slow(took, COLLECTOR)


def _name(callback: Any) -> str:
    task = getattr(callback, "__self__", None)
    if isinstance(task, asyncio.Task):
        return f"task {task.get_name()} of {getattr(task.get_coro(), '__qualname__', '?')}"
    return getattr(callback, "__qualname__", repr(callback))
