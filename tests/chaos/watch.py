"""How long the event loop is held up: seconds of CPU of each callback, so that a busy machine does not lie.

What the simulated meters and this very harness take inside the loop is subtracted; what the garbage
collector takes is told apart. Asking how much CPU a thread has taken costs ten times as much as asking what
time it is, and there are 200 000 callbacks an hour: it is asked once in a while, and after those that took
long. On a machine that is a guest, Linux charges a thread as well for what the host has meanwhile given to
others, which is told apart too.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
import gc
import os
from pathlib import Path
import sys
import threading
import time
import traceback
from typing import Any, Final

HOST: Final = "the host of this machine"

LONGEST: Final = 0.05
"""Seconds of CPU that a callback may take."""

COLLECTOR: Final = "the garbage collector"

GRAIN: Final = 0.002
"""Seconds of CPU that a callback may be charged too much: what others took since it was asked for."""

LOOKS: Final = 0.02
"""Seconds between two looks at where a callback is."""

PLACES: Final = 6
"""Innermost functions that are told of it."""

READINGS: Final = 250
"""How often in the past it is known what the host had given to others: five seconds of looks."""


def stolen_seconds() -> float:
    """What the host has given to others, s of all processors since the start; 0 where nobody counts it."""
    try:
        words = Path("/proc/stat").read_bytes().split(maxsplit=9)
    except OSError:
        return 0.0
    return int(words[8]) / os.sysconf("SC_CLK_TCK")


class LoopWatch:
    """Looks at every callback of the loop of this thread."""

    def __init__(
        self,
        slow: Callable[[float, str], None],
        foreign: Callable[[], float],
        stolen: Callable[[], float] = stolen_seconds,
    ) -> None:
        """``slow`` is told of what took too long; ``foreign`` says how much CPU others took in the loop."""
        self._slow = slow
        self._foreign = foreign
        self._stolen = stolen
        self._readings = deque([(-1.0, stolen())], READINGS)
        self._own = 0.0
        self._inside = False
        self._collecting = 0.0
        self._collected = 0.0
        self._running: float | None = None
        """Since when a callback runs, by a clock that nobody sets."""
        self._where = ""
        """What the newest callback was doing when it had run for too long."""
        self._over = threading.Event()
        self._looking: threading.Thread | None = None
        self.longest = 0.0
        self.active = False
        """Off while Home Assistant starts and stops."""

    def install(self) -> None:
        """Begin."""
        run, clock, watch = asyncio.events.Handle._run, time.thread_time, self

        now = time.perf_counter
        # how much CPU was taken when it was asked for last, that of others, and when that was
        asked, others, asked_at = clock(), watch._others(), now()

        def timed(handle: Any) -> None:
            nonlocal asked, others, asked_at
            if not watch.active:
                run(handle)
                return
            watch._where = ""
            began = watch._running = now()
            if began - asked_at > GRAIN:
                asked, others, asked_at = clock(), watch._others(), began
            what = handle._callback
            run(handle)
            watch._running = None
            if now() - began <= min(watch.longest, LONGEST):
                return  # nobody takes more CPU than time
            took = clock() - asked - (watch._others() - others)
            if took > LONGEST >= took - watch._stolen_since(asked_at):
                watch._slow(took, HOST)
                return
            watch.longest = max(watch.longest, took)
            if took > LONGEST and watch.active:
                watch._slow(took, f"{_name(what)}{watch._where}")

        asyncio.events.Handle._run = timed  # type: ignore[assignment, method-assign]
        looking = partial(self._look, threading.get_ident())
        self._looking = threading.Thread(target=looking, name="loop watch", daemon=True)
        self._looking.start()
        gc.callbacks.append(self._collector)

    def close(self) -> None:
        """Look no more where callbacks are."""
        self._over.set()
        if self._looking is not None:
            self._looking.join()

    def _look(self, loop: int) -> None:
        """Look where callbacks are that take long; the time is that of the wall, so some do not."""
        while not self._over.wait(LOOKS):
            self._readings.append((time.perf_counter(), self._stolen()))
            since = self._running
            if since is not None and not self._where and time.perf_counter() - since > LONGEST:
                stack = traceback.extract_stack(sys._current_frames().get(loop))[-PLACES:]
                self._where = " in " + " > ".join(f"{Path(one.filename).name}:{one.lineno}" for one in stack)

    def _stolen_since(self, moment: float) -> float:
        """Seconds that the host has given to others since then, or a look sooner."""
        before = [stolen for at, stolen in tuple(self._readings) if at <= moment]
        return self._stolen() - before[-1] if before else 0.0

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
