"""A calendar in Home Assistant whose events a test has in hand."""

from __future__ import annotations

import datetime as dt
from typing import override

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component


class Calendar(CalendarEntity):
    """One that is read from a list."""

    _attr_name = "Holidays"

    def __init__(self, *events: CalendarEvent) -> None:
        self.entity_id = "calendar.holidays"
        self.events = list(events)
        self.is_broken = False

    @property
    @override
    def event(self) -> CalendarEvent | None:
        return None

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: dt.datetime, end_date: dt.datetime
    ) -> list[CalendarEvent]:
        if self.is_broken:
            raise HomeAssistantError("nobody answers")
        return [
            event
            for event in self.events
            if event.start_datetime_local < end_date and event.end_datetime_local > start_date
        ]


async def add_calendar(hass: HomeAssistant, *events: CalendarEvent) -> Calendar:
    """Add ``calendar.holidays``."""
    assert await async_setup_component(hass, "calendar", {})
    calendar = Calendar(*events)
    await hass.data[DATA_COMPONENT].async_add_entities([calendar])
    return calendar
