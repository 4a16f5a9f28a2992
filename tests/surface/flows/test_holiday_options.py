"""The calendar of the public holidays is chosen in the options."""

from __future__ import annotations

import datetime as dt

from homeassistant.components.calendar import CalendarEvent
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest

from custom_components.csj_meter.site_settings import SiteSettings, async_site_settings

from ..calendars import add_calendar
from ..conftest import Home
from .detection_dialogues import place
from .dialogue import Person

DAY = dt.timedelta(days=1)
CALENDAR = "calendar.holidays"


@pytest.fixture
def resting(home: Home) -> Home:
    """A bridge that is not set up."""
    home.entry.add_to_hass(home.hass)
    return home


def yearly(every: int) -> list[CalendarEvent]:
    """A year with an event on each so many days."""
    today = dt_util.now().date()
    return [
        CalendarEvent(start=today - back * DAY, end=today - (back - 1) * DAY, summary="Day")
        for back in range(1, 366, every)
    ]


async def test_it_is_kept_and_can_be_taken_back(patient: Person, resting: Home) -> None:
    hass = resting.hass
    await add_calendar(hass, *yearly(30))

    dialogue = await (await place(patient, resting.entry, "holidays")).fill(calendar=CALENDAR)

    assert dialogue.at == "created"
    assert (await async_site_settings(hass)).holiday_calendar == CALENDAR
    again = SiteSettings(hass)
    await again.async_load()
    assert again.holiday_calendar == CALENDAR

    dialogue = await place(patient, resting.entry, "holidays")
    assert dialogue.suggested == {"calendar": CALENDAR}
    await dialogue._configure({})
    assert (await async_site_settings(hass)).holiday_calendar is None


async def test_one_that_cannot_be_read_is_not_taken(patient: Person, resting: Home) -> None:
    calendar = await add_calendar(resting.hass)
    calendar.is_broken = True

    dialogue = await (await place(patient, resting.entry, "holidays")).fill(calendar=CALENDAR)

    assert dialogue.errors == {"calendar": "calendar_unreadable"}
    assert dialogue.suggested == {"calendar": CALENDAR}
    calendar.is_broken = False
    await dialogue.fill(calendar=CALENDAR)
    assert (await async_site_settings(resting.hass)).holiday_calendar == CALENDAR


async def test_one_with_the_working_days_is_not_taken(
    patient: Person, resting: Home, hass: HomeAssistant
) -> None:
    await add_calendar(hass, *yearly(2))

    dialogue = await (await place(patient, resting.entry, "holidays")).fill(calendar=CALENDAR)
    assert dialogue.errors == {"calendar": "calendar_of_working_days"}

    workday = er.async_get(hass).async_get_or_create("calendar", "workday", "1", suggested_object_id="work")

    async def nothing(_: ServiceCall) -> ServiceResponse:
        return {workday.entity_id: {"events": []}}

    hass.services.async_register("calendar", "get_events", nothing, supports_response=SupportsResponse.ONLY)
    await dialogue.fill(calendar=workday.entity_id)
    assert dialogue.errors == {"calendar": "calendar_of_working_days"}
    assert (await async_site_settings(hass)).holiday_calendar is None
