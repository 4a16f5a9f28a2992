"""What is too old is removed once a day, by a clock that can be believed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
import datetime as dt
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.event import async_track_time_interval

from .steady_clock import SteadyClock

LOOK: Final = dt.timedelta(minutes=30)
"""Between two looks at the clock; also who is restarted each night gets to the first purge."""

EVERY: Final = 86_400.0
"""Seconds between two purges, by a clock that nobody sets."""


class DailyPurge:
    """Has one kind of old things removed, until it is stopped."""

    def __init__(
        self, hass: HomeAssistant, purge: Callable[[dt.datetime], Awaitable[None]], *, name: str
    ) -> None:
        """``purge`` is told what time it is (UTC) and raises nothing."""
        self._hass = hass
        self._purge = purge
        self._clock = SteadyClock()
        self._purged_at: float | None = None
        self.stop = async_track_time_interval(hass, self._async_look, LOOK, name=name)
        """Remove nothing more."""

    async def _async_look(self, now: dt.datetime) -> None:
        counted = self._hass.loop.time()
        # by a clock that has just jumped, or begun, everything might seem too old
        is_steady = self._clock.is_steady(now.timestamp(), counted)
        is_due = self._purged_at is None or counted - self._purged_at >= EVERY
        if is_steady and is_due:
            self._purged_at = counted
            await self._purge(now)
