"""Local time as the engine counts it: hours and days by the clock on the wall, never jumping back.

The hour in which clocks go back is one long hour of 120 minutes, the hour that is skipped in spring stays
empty: so nine in the morning is nine in the morning on every day of the year.
"""

from __future__ import annotations

from dataclasses import dataclass
import datetime as dt
from typing import Final

from ..meters.sample import moment_of

HOUR: Final = 60
"""Minutes."""

DAY: Final = 1440
"""Minutes."""

EPOCH: Final = dt.date(1970, 1, 1).toordinal()

type Holidays = frozenset[dt.date]
"""Dates that are days off, whichever day of the week they are."""


@dataclass(frozen=True, slots=True)
class LocalTime:
    """The clock on the wall, and which days are days off."""

    zone: dt.tzinfo
    """Where the meters are."""

    holidays: Holidays = frozenset()
    """Those that are known."""

    def wall(self, minute: int) -> int:
        """Minutes that the clock on the wall shows since 1970-01-01, for a minute since then in UTC."""
        offset = moment_of(minute, self.zone).utcoffset()
        return minute if offset is None else minute + int(offset.total_seconds()) // 60

    def is_workday(self, day: int) -> bool:
        """Whether day number ``day`` (since 1970-01-01) is Monday to Friday and no holiday."""
        return weekday(day) < 5 and dt.date.fromordinal(EPOCH + day) not in self.holidays


def weekday(day: int) -> int:
    """0 = Monday, for a day number since 1970-01-01, which was a Thursday."""
    return (day + 3) % 7
