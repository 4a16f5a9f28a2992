"""How much one person can bear within an hour.

Half of the hour's share is for anything, another quarter for what is critical, and the rest is spread over
the hour: with 12 an hour, something critical is heard within 20 minutes at the latest, whatever came before.
"""

from __future__ import annotations

from bisect import insort
import datetime as dt
from typing import Final

HOUR: Final = dt.timedelta(hours=1)

BURST: Final = 4
"""Messages over one channel at the same time; what is more comes together in the last of them."""


class Hearing:
    """When each person has heard something within the last hour."""

    def __init__(self, most_per_hour: int) -> None:
        """``most_per_hour``: for one person, see ``FloodControl``."""
        self._most = most_per_hour
        self._heard: dict[str, list[dt.datetime]] = {}

    def note(self, person: str, at: dt.datetime) -> None:
        """They hear something."""
        insort(self._heard.setdefault(person, []), at)

    def free_at(self, person: str, critical: bool, now: dt.datetime) -> dt.datetime:
        """When they can bear one more."""
        heard = self._heard.get(person, [])
        half, at_once = self._most // 2, self._most * 3 // 4
        if len(heard) < (at_once if critical else half):
            return now
        used = at_once if len(heard) >= at_once else half
        spread = heard[-1] + HOUR / (self._most - used)
        moment = spread if len(heard) < self._most else max(spread, heard[-self._most] + HOUR)
        return max(moment, now)
