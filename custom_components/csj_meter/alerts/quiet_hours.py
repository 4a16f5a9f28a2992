"""Quiet hours by the clock on the wall, and when they are over."""

from __future__ import annotations

import datetime as dt

from .settings import QuietHours


def quiet_until(hours: QuietHours, now: dt.datetime, zone: dt.tzinfo) -> dt.datetime | None:
    """When quiet hours are over that hold now (UTC); None when none do.

    They may span midnight; where start and end are the same there are none.
    """
    if not hours.enabled or hours.start == hours.end:
        return None
    local = now.astimezone(zone)
    clock = local.time().replace(microsecond=0)
    spans_midnight = hours.start > hours.end
    begun, over = clock >= hours.start, clock >= hours.end
    if not ((begun or not over) if spans_midnight else (begun and not over)):
        return None
    day = local.date()
    if spans_midnight and clock >= hours.start:
        day += dt.timedelta(days=1)
    end = dt.datetime.combine(day, hours.end, zone).astimezone(dt.UTC)
    if end <= now:  # clocks are set back, and show that time once more
        end = dt.datetime.combine(day, hours.end.replace(fold=1), zone).astimezone(dt.UTC)
    return end
