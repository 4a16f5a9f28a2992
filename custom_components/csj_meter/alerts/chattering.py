"""Chattering (ISA-18.2, 16.5.4): what is confirmed again and again within a short time."""

from __future__ import annotations

from collections import deque
import datetime as dt

from .alert import Alert
from .settings import FloodControl

type Key = tuple[str, str]
"""Meter or circuit, and kind."""


def key_of(alert: Alert) -> Key:
    """What an alert has in common with others that are the same trouble."""
    return (alert.serial or f"circuit {alert.circuit}", alert.kind.value)


class Chattering:
    """How often each trouble has come lately."""

    def __init__(self) -> None:
        """Know of none."""
        self._confirmed: dict[tuple[Key, int], deque[dt.datetime]] = {}

    def note(self, alert: Alert, at: dt.datetime, flood: FloodControl) -> bool:
        """It was confirmed once more; whether it chatters.

        Each phase counts by itself: three that sag at once are no alert that comes and goes.
        """
        key = (key_of(alert), 0 if alert.is_area else alert.finding.phase or 0)
        times = self._confirmed.setdefault(key, deque(maxlen=flood.chattering_count))
        if times.maxlen != flood.chattering_count:
            times = self._confirmed[key] = deque(times, maxlen=flood.chattering_count)
        while times and times[-1] > at:  # by a clock that was set back since
            times.pop()
        times.append(at)
        span = dt.timedelta(minutes=flood.chattering_minutes)
        return len(times) == flood.chattering_count and at - times[0] <= span

    def forget_before(self, moment: dt.datetime) -> None:
        """Let go of what has not come since."""
        for key in [key for key, times in self._confirmed.items() if times[-1] < moment]:
            del self._confirmed[key]
