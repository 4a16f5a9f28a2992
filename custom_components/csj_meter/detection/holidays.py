"""Public holidays, as a calendar of Home Assistant has them: which one is among the settings of the site."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
import datetime as dt
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..anomaly.local_time import Holidays
from ..asked_work import AskedWork
from ..const import DOMAIN, LOGGER
from ..site_settings import SiteSettings

BEFORE: Final = dt.timedelta(days=33)
AFTER: Final = dt.timedelta(days=3)
"""How far around today they are asked for: all that says what is usual, and tomorrow."""

PATIENCE: Final = 30.0
"""Seconds that a calendar may take."""

AGAIN: Final = 60.0
"""Seconds until a calendar is asked again that could not be read."""


class CalendarUnreadableError(Exception):
    """A calendar is not there, or does not answer."""


class HolidayCalendar:
    """The holidays around today."""

    def __init__(self, hass: HomeAssistant, settings: SiteSettings, changed: Callable[[], None]) -> None:
        """Ask the calendar of ``settings``; ``changed`` is called when its dates are new."""
        self._hass = hass
        self._settings = settings
        self._changed = changed
        self._asked: tuple[str | None, dt.date] | None = None
        self._warned = False
        self.dates: Holidays | None = None
        """None while they are not known."""
        self._work = AskedWork(
            self._async_work, lambda work: hass.loop.create_task(work, name=f"{DOMAIN} detection of holidays")
        )

    @callback
    def look(self) -> None:
        """Ask for them where another day has begun, or another calendar was chosen; called every minute."""
        wanted = self._settings.holiday_calendar, dt_util.now().date()
        if wanted != self._asked:
            self._asked = wanted
            self._work.ask()

    async def async_stop(self) -> None:
        """Ask no more."""
        await self._work.async_stop()

    async def _async_work(self) -> float | None:
        today = dt_util.now().date()
        try:
            dates = await async_holidays(
                self._hass, self._settings.holiday_calendar, today - BEFORE, today + AFTER
            )
        except CalendarUnreadableError as err:
            # while Home Assistant starts, calendars come later than we do
            if self._hass.is_running and not self._warned:
                self._warned = True
                LOGGER.warning("Holidays are not known; choose another calendar in the options: %s", err)
            return AGAIN
        self._warned = False
        if dates != self.dates:
            self.dates = dates
            self._changed()
        return None


async def async_holidays(
    hass: HomeAssistant, calendar: str | None, first: dt.date, last: dt.date
) -> Holidays:
    """The dates from ``first`` to ``last`` on which a calendar has something for the whole day.

    There is none without a calendar. Raises CalendarUnreadableError.
    """
    if calendar is None:
        return frozenset()
    zone = dt_util.get_default_time_zone()
    begin = dt.datetime.combine(first, dt.time(), zone)
    end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), zone)
    asked = {
        "entity_id": calendar,
        "start_date_time": begin.isoformat(),
        "end_date_time": end.isoformat(),
    }
    try:
        async with asyncio.timeout(PATIENCE):
            answer: Any = await hass.services.async_call(
                "calendar", "get_events", asked, blocking=True, return_response=True
            )
    except TimeoutError as err:
        raise CalendarUnreadableError(f"{calendar} does not answer") from err
    except HomeAssistantError as err:
        raise CalendarUnreadableError(f"{calendar}: {err}") from err
    except Exception as err:
        # whatever the integration of the calendar stumbles over
        raise CalendarUnreadableError(f"{calendar}: {type(err).__name__} {err}") from err
    if calendar not in answer:
        raise CalendarUnreadableError(f"{calendar} is not there")
    days: set[dt.date] = set()
    for event in answer[calendar]["events"]:
        days |= _days(event, first, last)
    return frozenset(days)


def _days(event: dict[str, Any], first: dt.date, last: dt.date) -> set[dt.date]:
    """The dates of an event, its end not among them; none where it has a time of the day."""
    try:
        start, end = (dt.datetime.strptime(event[key], "%Y-%m-%d").date() for key in ("start", "end"))  # noqa: DTZ007
    except ValueError:
        return set()
    count = (min(end, last + dt.timedelta(days=1)) - max(start, first)).days
    return {max(start, first) + dt.timedelta(days=number) for number in range(count)}
