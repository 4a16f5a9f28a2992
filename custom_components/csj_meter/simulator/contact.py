"""Where the relay's contact was, at any time: what gates the load of a home."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from itertools import zip_longest
import math
from typing import Final

import numpy as np

from .appliances import MINUTES
from .household import DAY, Household
from .noise import Floats
from .state import ContactChange

KEPT_DAYS: Final = 4


class ContactHistory:
    """The moves of one contact; without any it has always been closed."""

    def __init__(self, household: Household, changes: list[ContactChange]) -> None:
        """Go by ``changes``, oldest first: open, closed, open ...

        ``household`` knows the ripple of its load.
        """
        self._household = household
        self._changes = changes
        self.shares = lru_cache(maxsize=KEPT_DAYS)(self._shares)
        """``shares(ordinal)``: share of the energy of every minute of a day that came through, shape
        (1440,); None for a day on which the contact stayed closed."""

    def closed(self, time: float) -> bool:
        """Whether current could flow at a moment of the meter's own time."""
        place = bisect_right(self._changes, time, key=lambda change: change.time)
        return not place or self._changes[place - 1].closed

    def move(self, time: float, closed: bool) -> None:
        """The contact moves; a clock that was set back cannot make that the past."""
        time = max([time, *(change.time for change in self._changes[-1:])])
        self._changes.append(ContactChange(time=time, closed=closed))
        self.shares.cache_clear()

    def _shares(self, ordinal: int) -> Floats | None:
        start, end = ordinal * DAY, (ordinal + 1) * DAY
        pieces = [(since, until) for since, until in self._open() if since < end and until > start]
        if not pieces:
            return None
        shares = np.ones(MINUTES)
        for since, until in pieces:
            time = max(since, start)
            last = min(until, end)
            while time < last:
                minute = int(time // 60)
                if time % 60 == 0 and last - time >= 60:
                    whole = int((last - time) // 60)
                    shares[minute % MINUTES : minute % MINUTES + whole] = 0.0
                    time += 60 * whole
                else:
                    stop = min(last, 60.0 * (minute + 1))
                    shares[minute % MINUTES] -= self._weight(time, stop) / 60
                    time = stop
        return np.clip(shares, 0.0, 1.0)

    def seconds(self, time: float) -> float:
        """Seconds of the minute until ``time`` in which the contact was closed, weighted with the ripple."""
        start = time // 60 * 60
        seconds = self._household.ripple.seconds(time)
        for since, until in self._open():
            if since < time and until > start < time:
                seconds -= self._weight(max(since, start), min(until, time))
        return max(0.0, seconds)

    def _open(self) -> list[tuple[float, float]]:
        """Times in which it was open."""
        return [
            (opened.time, following.time if following else math.inf)
            for opened, following in zip_longest(self._changes[::2], self._changes[1::2])
        ]

    def _weight(self, start: float, end: float) -> float:
        """Seconds from ``start`` to ``end``, within one minute, weighted with the ripple."""
        return (self._household.ripple.seconds(end) or 60.0) - self._household.ripple.seconds(start)
