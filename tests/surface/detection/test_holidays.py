"""The holidays of a calendar reach the engine, and stay known while the calendar cannot be read."""

from __future__ import annotations

import datetime as dt

from homeassistant.components.calendar import CalendarEvent
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.detection.holidays import CalendarUnreadableError, async_holidays
from custom_components.csj_meter.site_settings import async_site_settings

from ..calendars import add_calendar
from .conftest import MINUTE, WatchedHome

DAY = dt.timedelta(days=1)
CALENDAR = "calendar.holidays"


async def engine_of(watched: WatchedHome) -> Engine:
    watching = (await watched.detection()).watching
    assert watching is not None
    return watching[0]


async def choose(watched: WatchedHome, calendar: str | None) -> None:
    settings = await async_site_settings(watched.home.hass)
    await settings.async_set_holiday_calendar(calendar)
    await watched.run(1)


async def test_events_of_whole_days_are_holidays(hass: HomeAssistant) -> None:
    day = dt.date(2026, 12, 25)
    at_noon = dt.datetime(2026, 12, 28, 12, tzinfo=dt.UTC)
    await add_calendar(
        hass,
        CalendarEvent(start=day, end=day + 2 * DAY, summary="Christmas"),
        CalendarEvent(start=day + 6 * DAY, end=day + 60 * DAY, summary="Long holidays"),
        CalendarEvent(start=at_noon, end=at_noon + dt.timedelta(hours=1), summary="Meeting"),
    )

    found = await async_holidays(hass, CALENDAR, day - 10 * DAY, day + 7 * DAY)

    assert found == {day, day + DAY, day + 6 * DAY, day + 7 * DAY}
    assert await async_holidays(hass, None, day, day) == frozenset()


@pytest.mark.parametrize("there", [True, False])
async def test_a_calendar_that_is_not_there_is_an_error(hass: HomeAssistant, there: bool) -> None:
    if there:
        await add_calendar(hass)

    with pytest.raises(CalendarUnreadableError, match=r"calendar\.other"):
        await async_holidays(hass, "calendar.other", dt.date(2026, 1, 1), dt.date(2026, 1, 2))


async def test_the_engine_follows_the_calendar_that_is_chosen(watched: WatchedHome) -> None:
    await watched.begin()
    today = dt_util.now().date()
    calendar = await add_calendar(
        watched.home.hass, CalendarEvent(start=today + DAY, end=today + 2 * DAY, summary="Holiday")
    )
    assert (await engine_of(watched)).holidays == frozenset()

    await choose(watched, CALENDAR)
    assert (await engine_of(watched)).holidays == {today + DAY}

    # another one is known with the next day, and none once it is not chosen any more
    calendar.events.append(CalendarEvent(start=today, end=today + DAY, summary="Holiday"))
    await watched.run(2)
    assert (await engine_of(watched)).holidays == {today + DAY}
    await watched.home.time.skip(24 * 60 * MINUTE)
    await watched.run(2)
    assert (await engine_of(watched)).holidays == {today, today + DAY}

    await choose(watched, None)
    assert (await engine_of(watched)).holidays == frozenset()


async def test_they_are_known_while_the_calendar_cannot_be_read(
    watched: WatchedHome, caplog: pytest.LogCaptureFixture
) -> None:
    await watched.begin()
    hass = watched.home.hass
    today = dt_util.now().date()
    calendar = await add_calendar(hass, CalendarEvent(start=today, end=today + DAY, summary="Holiday"))
    await choose(watched, CALENDAR)
    calendar.is_broken = True

    await watched.restart()
    await watched.run(3)

    assert (await engine_of(watched)).holidays == {today}
    assert caplog.text.count("Holidays are not known") == 1

    calendar.is_broken = False
    calendar.events.clear()
    await watched.run(2)
    assert (await engine_of(watched)).holidays == frozenset()
