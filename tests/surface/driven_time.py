"""Time for a running Home Assistant that does not pass but is driven: minutes take milliseconds.

The loop's clock and the wall clock stand still until a test says ``await time.run(60)``; then they
jump from timer to timer, and everything that is due happens in order. Threads are waited for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from datetime import UTC, datetime
import math
from typing import Any, Final

from freezegun import api as freezegun_api
from freezegun.api import FrozenDateTimeFactory

EPOCH: Final = 1_793_440_800.0
"""2026-10-31 10:00 UTC, where every test begins."""

LONGEST: Final = 3600.0
"""Virtual seconds after which something that is waited for counts as stuck."""


class DrivenTime:
    """The clocks of one Home Assistant."""

    def __init__(self, loop: asyncio.AbstractEventLoop, start: float, freezer: FrozenDateTimeFactory) -> None:
        """Stop the clocks of ``loop``, at ``start``, and of ``freezer``."""
        self._loop: Any = loop
        self._freezer = freezer
        self._start = self._now = start
        self._working_threads = 0
        self._thread_done = asyncio.Event()
        self._run_in_executor = loop.run_in_executor
        # who is called a billionth of a second early asks again: for ever, while the clock stands still
        self._resolution = vars(loop)["_clock_resolution"]
        vars(loop).update(
            time=lambda: self._now, run_in_executor=self._counted_run_in_executor, _clock_resolution=0.0
        )
        loop.set_debug(False)  # it remembers a stack for every future: half of the time of a driven hour
        self._jump(self._now)

    def release(self) -> None:
        """Let time pass by itself again, from where it is: what is still under way must come to an end."""
        del self._loop.time, self._loop.run_in_executor
        self._loop._clock_resolution = self._resolution
        # looked up here: the freezer puts its own clock in the place of whatever modules have imported
        clock = freezegun_api.real_monotonic
        ahead = self._now - clock()
        vars(self._loop).update(time=lambda: clock() + ahead)

    @property
    def wall(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return EPOCH + self._now - self._start

    async def run(self, seconds: float) -> None:
        """Let ``seconds`` pass, and everything happen that is due in them."""
        end = self._now + seconds
        await self._settle()
        while (timer := self._next_timer()) is not None and timer <= end:
            self._jump(timer)
            await self._settle()
        self._jump(end)
        await self._settle()

    async def skip(self, seconds: float) -> None:
        """Let ``seconds`` be over at once, as after a sleep of the machine: what was due happens late."""
        self._jump(self._now + seconds)
        await self._settle()

    async def step(self, seconds: float) -> None:
        """Set the clock on the wall forwards or back; timers take no notice."""
        self._start -= seconds
        self._jump(self._now)
        await self._settle()

    async def until_multiple_of(self, seconds: float) -> None:
        """Let time pass until just after the wall clock shows a multiple of ``seconds``."""
        await self.run(seconds - self.wall % seconds + 0.01)

    async def through[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Let as much time pass as the coroutine takes, and return its result."""
        end = self._now + LONGEST
        task = self._loop.create_task(coroutine)
        await self._settle()
        while not task.done():
            timer = self._next_timer()
            if timer is None or timer > end:
                raise TimeoutError(f"{coroutine} is stuck")
            self._jump(timer)
            await self._settle()
        result: T = await task
        return result

    async def _settle(self) -> None:
        """Run whatever can run now."""
        while True:
            await asyncio.sleep(0)
            if self._loop._ready:
                continue
            if not self._working_threads:
                return
            self._thread_done.clear()
            await self._thread_done.wait()

    def _next_timer(self) -> float | None:
        return min((timer.when() for timer in self._loop._scheduled if not timer.cancelled()), default=None)

    def _jump(self, to: float) -> None:
        self._now = max(self._now, math.nextafter(to, math.inf))  # what is due then is due
        self._freezer.move_to(datetime.fromtimestamp(self.wall, UTC))

    def _counted_run_in_executor[*Ts, T](
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        future = self._run_in_executor(executor, func, *args)
        self._working_threads += 1
        future.add_done_callback(self._count_down)
        return future

    def _count_down(self, _: asyncio.Future[Any]) -> None:
        self._working_threads -= 1
        self._thread_done.set()
