"""The step of the options about measurements: how long they are kept, and in which database.

They belong to the site and are the same from every bridge. The address of a database holds a password: it
is tried before it is kept, and never shown again.
"""

from __future__ import annotations

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from ..access.dialogues import Doing
from ..history.opening import address_of
from ..history.trial import async_try_database
from ..markdown import plain
from ..site_settings import AGGREGATE_MONTHS, RAW_DAYS, TelemetrySettings, async_site_settings
from ..telemetry.address import told
from ..telemetry.errors import TelemetryError
from .site_options import SiteOptions

IN_FILE: Final = "file"
IN_POSTGRESQL: Final = "postgresql"
"""Where measurements can be kept."""

EXAMPLE_ADDRESS: Final = "postgresql://user:password@host/database"
"""What the address of a database looks like."""


class TelemetryOptions(SiteOptions):
    """Set how long measurements are kept, and where."""

    _wanted: TelemetrySettings
    """What takes effect once somebody has agreed to what is lost by it."""

    async def async_step_telemetry(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say how long measurements are kept, and where."""
        errors: dict[str, str] = {}
        problem = ""
        now = await self._async_telemetry()
        shown: dict[str, Any] = {
            "raw_days": now.raw_days,
            "aggregate_months": now.aggregate_months,
            "place": IN_FILE if now.database_url is None else IN_POSTGRESQL,
        }
        if user_input is not None:
            address = user_input.get("address", "").strip()
            shown = user_input  # with the address as it was entered just now; never the one that is kept
            in_file = user_input["place"] == IN_FILE
            wanted = TelemetrySettings(
                raw_days=int(user_input["raw_days"]),
                aggregate_months=int(user_input["aggregate_months"]),
                database_url=None if in_file else address or now.database_url,
            )
            if in_file and address:
                errors["address"] = "address_without_place"
            elif not in_file and wanted.database_url is None:
                errors["address"] = "no_address"
            elif address and (obstacle := await async_try_database(self.hass, address)) is not None:
                errors["address"] = obstacle.reason.value
                problem = obstacle.told
            else:
                self._wanted = wanted
                if wanted.raw_days < now.raw_days or wanted.aggregate_months < now.aggregate_months:
                    return await self.async_step_shorten()
                return await self.async_step_shorten_now()
        return self.async_show_form(
            step_id="telemetry",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(
                    {
                        probatio.Required("raw_days"): _whole(RAW_DAYS),
                        probatio.Required("aggregate_months"): _whole(AGGREGATE_MONTHS),
                        probatio.Required("place"): SelectSelector(
                            SelectSelectorConfig(
                                options=[IN_FILE, IN_POSTGRESQL],
                                mode=SelectSelectorMode.LIST,
                                translation_key="telemetry_place",
                            )
                        ),
                        probatio.Optional("address"): TextSelector(
                            TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
                        ),
                    }
                ),
                shown,
            ),
            errors=errors,
            description_placeholders={
                "database": self._told(now),
                "example": EXAMPLE_ADDRESS,
                "problem": plain(problem),
            },
        )

    async def async_step_shorten(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what is deleted when things are kept for a shorter time, and ask again."""
        return self.async_show_menu(
            step_id="shorten",
            menu_options=["shorten_now", "telemetry"],
            description_placeholders={
                "raw_days": str(self._wanted.raw_days),
                "aggregate_months": str(self._wanted.aggregate_months),
            },
        )

    async def async_step_shorten_now(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Keep the settings; the writer follows them with its next minute."""
        async with self._async_changing(Doing.TELEMETRY) as settings:
            await settings.async_set_telemetry(self._wanted)
        return self._end()

    async def _async_telemetry(self) -> TelemetrySettings:
        return (await async_site_settings(self.hass)).telemetry

    def _told(self, telemetry: TelemetrySettings) -> str:
        """Where measurements are kept, without the password."""
        try:
            return told(address_of(self.hass, telemetry))
        except TelemetryError as err:
            return str(err)


def _whole(limits: tuple[int, int]) -> NumberSelector:
    low, high = limits
    return NumberSelector(NumberSelectorConfig(min=low, max=high, step=1, mode=NumberSelectorMode.BOX))
