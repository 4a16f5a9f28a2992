"""Work in the background that is done when somebody asks for it, and looked at again after a pause.

It is never done twice at once: who asks while it is under way has it done once more. Between two times there
is a timer and no task, so that nobody who waits for tasks waits for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from homeassistant.core import callback


class AskedWork:
    """One kind of work of one owner."""

    def __init__(
        self,
        work: Callable[[], Awaitable[float | None]],
        create_task: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
    ) -> None:
        """``work`` raises nothing and returns after how many seconds to look again, None for not at all."""
        self._work = work
        self._create_task = create_task
        self._more = False
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    @callback
    def ask(self) -> None:
        """Have it done now, or once more when what is under way is over."""
        self._more = True
        if self._task is None or self._task.done():
            self._task = self._create_task(self._async_run())

    async def async_stop(self) -> None:
        """Leave it at that."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._stop_timer()

    async def _async_run(self) -> None:
        pause: float | None = None
        while self._more:
            self._more = False
            pause = await self._work()
        self._stop_timer()
        if pause is not None:
            self._timer = asyncio.get_running_loop().call_later(pause, self.ask)

    @callback
    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
