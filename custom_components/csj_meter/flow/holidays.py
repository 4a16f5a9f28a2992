"""The step of the options about public holidays: the calendar that knows them."""

from __future__ import annotations

import datetime as dt
from typing import Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig
from homeassistant.util import dt as dt_util
import probatio

from ..access.dialogues import Doing
from ..detection.holidays import CalendarUnreadableError, async_holidays
from ..site_settings import async_site_settings
from .site_options import Input, SiteOptions

WORKDAY: Final = "workday"
"""The integration whose calendar has the working days instead."""

MOST_IN_A_YEAR: Final = 120
"""Days of a year beyond which somebody has chosen another calendar by mistake."""

YEAR: Final = dt.timedelta(days=365)


class HolidayOptions(SiteOptions):
    """Choose the calendar of the public holidays."""

    async def async_step_holidays(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Choose it, or none."""
        settings = await async_site_settings(self.hass)
        errors: dict[str, str] = {}
        problem = ""
        shown: Input = {"calendar": settings.holiday_calendar}
        if user_input is not None:
            shown, calendar = user_input, user_input.get("calendar")
            if calendar is None or await self._async_is_right(calendar, errors):
                async with self._async_changing(Doing.HOLIDAYS):
                    await settings.async_set_holiday_calendar(calendar)
                return self._end()
            problem = calendar
        return self.async_show_form(
            step_id="holidays",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(
                    {probatio.Optional("calendar"): EntitySelector(EntitySelectorConfig(domain="calendar"))}
                ),
                shown,
            ),
            errors=errors,
            description_placeholders={"problem": problem},
        )

    async def _async_is_right(self, calendar: str, errors: dict[str, str]) -> bool:
        """Whether a calendar can be the one; what is wrong with it goes to ``errors``."""
        entry = er.async_get(self.hass).async_get(calendar)
        today = dt_util.now().date()
        try:
            holidays = await async_holidays(self.hass, calendar, today - YEAR, today)
        except CalendarUnreadableError:
            errors["calendar"] = "calendar_unreadable"
        else:
            if (entry is not None and entry.platform == WORKDAY) or len(holidays) > MOST_IN_A_YEAR:
                errors["calendar"] = "calendar_of_working_days"
        return not errors
