"""Files that are opened and closed in threads, whatever becomes of those who wait for it.

What a thread does cannot be cancelled once it has begun: what it has opened for somebody who has left would
stay open for good. What it has not begun can be, and then a file would not be closed. The same goes for what
is made of such files.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from homeassistant.core import HomeAssistant


async def async_opened[T](hass: HomeAssistant, opener: Callable[[], T], close: Callable[[T], None]) -> T:
    """What ``opener`` gives; when nobody waits for it any more, it is closed as soon as it is there.

    Raises what ``opener`` raises.
    """

    async def in_thread(opened: T) -> None:
        await hass.loop.run_in_executor(None, close, opened)

    # not as a job of Home Assistant, which cancels some of them when it stops
    return await async_made(hass.loop.run_in_executor(None, opener), in_thread)


async def async_made[T](making: asyncio.Future[T], close: Callable[[T], Awaitable[None]]) -> T:
    """What is being made; when nobody waits for it any more, it is closed as soon as it is there."""
    try:
        return await asyncio.shield(making)
    except asyncio.CancelledError:
        await asyncio.shield(asyncio.ensure_future(_closed(making, close)))
        raise


async def async_closed(hass: HomeAssistant, close: Callable[[], None]) -> None:
    """Have it closed, also when nobody waits for that any more."""
    await asyncio.shield(hass.loop.run_in_executor(None, close))


async def _closed[T](making: asyncio.Future[T], close: Callable[[T], Awaitable[None]]) -> None:
    with suppress(Exception):  # nobody wants to hear of it
        await close(await making)
