"""A part of the site, of which a Home Assistant has one: measurements, money, detection, alerts.

It is opened by the first who needs it, and closed with the last bridge or when Home Assistant stops.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE, EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import Event, HomeAssistant

from .opened_file import async_made


class Closable(Protocol):
    """Such a part, as its own module makes it."""

    async def async_close(self) -> None:
        """Keep what must be kept, and let go of everything."""


class SitePart[T: Closable]:
    """The one ``T``, open or not."""

    def __init__(self) -> None:
        """Begin closed."""
        self.open: T | None = None
        """What is open now."""
        self._lock = asyncio.Lock()
        self._closes_at_stop = False

    async def async_open(self, hass: HomeAssistant, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What is open; otherwise what ``make`` gives, which may raise: then it stays closed."""
        async with self._lock:
            if self.open is None:
                making = asyncio.get_running_loop().create_task(make())
                self.open = await async_made(making, _close)
                if not self._closes_at_stop:
                    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, self.async_close)
                    # what somebody who was still under way has opened since
                    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, self.async_close)
                    self._closes_at_stop = True
            return self.open

    async def async_close(self, _: Event | None = None) -> None:
        """Close it, if it is open."""
        async with self._lock:
            if self.open is not None:
                closing, self.open = self.open, None
                await closing.async_close()


async def _close(part: Closable) -> None:
    await part.async_close()
