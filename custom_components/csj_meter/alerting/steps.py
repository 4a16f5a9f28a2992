"""What happens to alerts, one step after the other, whoever brings it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
import datetime as dt

from homeassistant.core import HomeAssistant, callback

from ..alerts.alert import Changes
from ..asked_work import AskedWork
from ..const import DOMAIN, LOGGER

type Step = Callable[[dt.datetime], Changes]
"""Something that happens, at a time (UTC)."""


class Steps:
    """The queue of them: the next one is taken when the one before is done."""

    def __init__(self, hass: HomeAssistant, async_take: Callable[[Step], Awaitable[Changes]]) -> None:
        """Take each with ``async_take``, in a task."""
        self._hass = hass
        self._async_take = async_take
        self._waiting: deque[tuple[Step, asyncio.Future[Changes] | None]] = deque()
        self._work = AskedWork(
            self._async_work, lambda work: hass.loop.create_task(work, name=f"{DOMAIN} alerts")
        )

    @callback
    def do(self, step: Step) -> asyncio.Future[Changes]:
        """Have something happen in its turn; the future has what came of it, or what was raised."""
        future: asyncio.Future[Changes] = self._hass.loop.create_future()
        self._waiting.append((step, future))
        self._work.ask()
        return future

    @callback
    def do_later(self, step: Step) -> None:
        """The same, and nobody waits for it: what is raised is logged."""
        self._waiting.append((step, None))
        self._work.ask()

    async def async_stop(self) -> None:
        """Wait for what is under way, and take nothing any more."""
        await self._work.async_stop()

    async def _async_work(self) -> None:
        """All steps that wait, in order; the root of a task."""
        while self._waiting:
            step, future = self._waiting.popleft()
            try:
                changes = await self._async_take(step)
            except Exception as err:  # noqa: BLE001 - it goes to whoever has asked; the next step may go better
                if future is None or future.cancelled():
                    LOGGER.exception("Alerts could not be brought up to date")
                else:
                    future.set_exception(err)
            else:
                if future is not None and not future.done():
                    future.set_result(changes)
