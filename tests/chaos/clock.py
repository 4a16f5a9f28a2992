"""The clock of a whole process: an event loop whose time jumps, and the time of day with it.

``install`` must be called before Home Assistant is imported: it replaces what tells the time of day, and many
modules keep a reference of their own. ``time.monotonic`` stays what it is, for threads wait by it.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import Final

from tests.virtual_time import START, VirtualTimeLoop

EPOCH: Final = 1_792_627_200.0
"""2026-10-22 00:00 UTC, where every run begins: on the fourth day summer time ends."""


class Clock:
    """True time, and what the clock on Home Assistant's wall shows."""

    def __init__(self) -> None:
        self._begin = EPOCH
        self._loop: VirtualTimeLoop | None = None
        self.ahead = 0.0
        """Seconds by which the clock on the wall is fast; what somebody who sets it changes."""

    def start(self, loop: VirtualTimeLoop, true: float, ahead: float) -> None:
        """Follow ``loop``, which begins at ``true`` (s since 1970-01-01 UTC)."""
        self._loop, self._begin, self.ahead = loop, true, ahead

    def true(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return self._begin if self._loop is None else self._begin + self._loop.time() - START

    def wall(self) -> float:
        """Likewise, as the machine takes it to be."""
        return self.true() + self.ahead


CLOCK: Final = Clock()
"""The one clock of this process."""


def install() -> None:
    """Let everything that is imported from now on tell the time by ``CLOCK``."""
    time.time = CLOCK.wall
    time.time_ns = lambda: int(CLOCK.wall() * 1e9)
    from homeassistant import util
    from homeassistant.util import dt as dt_util

    def utcnow() -> dt.datetime:
        return dt.datetime.fromtimestamp(CLOCK.wall(), dt.UTC)

    def now(time_zone: dt.tzinfo | None = None) -> dt.datetime:
        return dt.datetime.fromtimestamp(CLOCK.wall(), time_zone or dt_util.DEFAULT_TIME_ZONE)

    vars(util)["utcnow"] = vars(dt_util)["utcnow"] = utcnow
    dt_util.now = now


class HomeAssistantLoop(VirtualTimeLoop):
    """The event loop of Home Assistant, with time that jumps; see ``homeassistant.runner``."""

    def __init__(self) -> None:
        super().__init__()
        from homeassistant.runner import MAX_EXECUTOR_WORKERS, _async_loop_exception_handler
        from homeassistant.util.executor import InterruptibleThreadPoolExecutor

        self.set_exception_handler(_async_loop_exception_handler)
        self.set_default_executor(
            InterruptibleThreadPoolExecutor(thread_name_prefix="SyncWorker", max_workers=MAX_EXECUTOR_WORKERS)
        )
