"""What a tenant has used: today, this week, this month, day by day and hour by hour.

Nothing is told of the time before they moved in.
"""

from __future__ import annotations

from dataclasses import dataclass
import datetime as dt
from typing import Any, Final
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..history.telemetry import async_telemetry
from ..history.usage_base import COST, USED, read_bases
from ..meters.sample import MINUTE, minute_of, moment_of
from ..money.statements import async_zone
from ..site.tenants import Tenancy
from ..telemetry.aggregate import midnight
from ..telemetry.series import HOUR, Aggregates
from ..telemetry.store import Store
from ..telemetry.usage import WEEK, Used, used_between

DAYS: Final = 31
"""Days of which there is a course."""

ENOUGH: Final = 0.85
"""Share of a week that must be known to compare it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """What is asked of the store, in minutes."""

    now: int
    zone: ZoneInfo
    first: int
    """When they moved in."""

    @property
    def today(self) -> dt.date:
        """The day it is."""
        return moment_of(self.now, self.zone).date()

    def clipped(self, hours: Aggregates, since: int, until: int) -> Used:
        """What they have used of a time."""
        since = min(max(since, self.first), until)
        return used_between(hours, since, until)


async def _async_span(hass: HomeAssistant, tenancy: Tenancy) -> _Span:
    return _Span(
        now=minute_of(dt_util.utcnow().timestamp()),
        zone=await async_zone(hass),
        first=minute_of(tenancy.moved_in.at.timestamp()),
    )


async def async_usage(hass: HomeAssistant, tenancy: Tenancy) -> dict[str, Any]:
    """Sums, and the course of the last days, as plain JSON. Raises TelemetryUnavailableError."""
    span = await _async_span(hass, tenancy)
    return await (await async_telemetry(hass)).async_read(lambda store: _usage(store, tenancy.serial, span))


async def async_hours(hass: HomeAssistant, tenancy: Tenancy, day: dt.date) -> dict[str, Any]:
    """The hours of a day, as plain JSON. Raises TelemetryUnavailableError."""
    span = await _async_span(hass, tenancy)
    return await (await async_telemetry(hass)).async_read(
        lambda store: _hours(store, tenancy.serial, span, day)
    )


def _usage(store: Store, serial: str, span: _Span) -> dict[str, Any]:
    day, zone, now = span.today, span.zone, span.now
    morning, month = midnight(day, zone), midnight(day.replace(day=1), zone)
    first_day = day - dt.timedelta(days=DAYS - 1)
    since = min(midnight(first_day, zone), month, now - 2 * WEEK) // HOUR * HOUR - HOUR
    hours = store.hours([serial], since, now, (USED, COST)).get(serial, Aggregates.empty())
    known = read_bases(store, [serial], now=now, zone=zone, morning=morning, month=month)[serial].usage
    # the open hour is in what is known of today, but not in the closed hours
    today = known.today if span.first <= morning else span.clipped(hours, morning, now)
    this_month = known.this_month if span.first <= month else span.clipped(hours, month, now)
    week, before = span.clipped(hours, now - WEEK, now), span.clipped(hours, now - 2 * WEEK, now - WEEK)
    days = [
        today if one == day else span.clipped(hours, midnight(one, zone), midnight(_after(one), zone))
        for one in (first_day + dt.timedelta(days=number) for number in range(DAYS))
    ]
    comparable = span.first <= now - 2 * WEEK and min(week.known, before.known) >= ENOUGH
    change = None
    if comparable and week.energy is not None and before.energy:
        change = round(week.energy / before.energy - 1, 3)
    return {
        "today": _told(today),
        "week": {**_told(week), "change": change},
        "month": _told(this_month),
        "days": [
            {"day": f"{first_day + dt.timedelta(days=number)}", **_told(one)}
            for number, one in enumerate(days)
        ],
    }


def _hours(store: Store, serial: str, span: _Span, day: dt.date) -> dict[str, Any]:
    zone, now = span.zone, span.now
    morning, end = midnight(day, zone), midnight(_after(day), zone)
    hours = store.hours([serial], morning - HOUR, min(end, now), (USED, COST)).get(serial, Aggregates.empty())
    points: list[dict[str, Any]] = []
    for start in range(morning, end, HOUR):
        used = None if start > now else span.clipped(hours, start, min(start + HOUR, end))
        energy = None if used is None or not used.known else used.energy
        points.append({"at": start * MINUTE, "energy": energy})
    if day == span.today and span.first <= morning:
        # the open hour is what is known of today less its closed hours
        known = read_bases(
            store, [serial], now=now, zone=zone, morning=morning, month=midnight(day.replace(day=1), zone)
        )[serial].usage.today
        open_hour = next((point for point in points if point["energy"] is None), None)
        closed = sum(point["energy"] or 0.0 for point in points)
        if known.energy is not None and open_hour is not None:
            open_hour["energy"] = round(max(0.0, known.energy - closed), 2)
    return {"day": f"{day}", "hours": points}


def _told(used: Used) -> dict[str, Any]:
    return {
        "energy": used.energy,
        "cost": None if used.cost is None else float(used.cost),
    }


def _after(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=1)
