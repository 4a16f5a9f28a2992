"""The dialogue that sets how often the meters of a bridge are asked."""

from __future__ import annotations

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.const import UnitOfTime
from homeassistant.helpers.selector import NumberSelector, NumberSelectorConfig, NumberSelectorMode
import probatio

from .const import CONF_LINK, Link
from .periods import PERIODS


class CsjOptionsFlow(OptionsFlow):
    """Set the periods; the entry's update listener reloads."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Edit the periods."""
        if self.config_entry.data.get(CONF_LINK) == Link.PULSE:
            return self.async_abort(reason="no_options")
        if user_input is not None:
            return self.async_create_entry(
                data={**self.config_entry.options, **{name: int(user_input[name]) for name in PERIODS}}
            )
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(
                    {
                        probatio.Required(name, default=period.default): NumberSelector(
                            NumberSelectorConfig(
                                min=period.low,
                                max=period.high,
                                step=1,
                                mode=NumberSelectorMode.BOX,
                                unit_of_measurement=UnitOfTime.SECONDS,
                            )
                        )
                        for name, period in PERIODS.items()
                    }
                ),
                self.config_entry.options,
            ),
        )
