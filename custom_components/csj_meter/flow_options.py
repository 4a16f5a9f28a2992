"""Options of a bridge: how often its meters are asked, and the dialogue that sets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.const import UnitOfTime
from homeassistant.helpers.selector import NumberSelector, NumberSelectorConfig, NumberSelectorMode
import probatio

from .const import CONF_LINK, Link
from .meters.poller import DEFAULT_PERIODS
from .meters.reading import Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One period that can be set."""

    groups: tuple[Group, ...]
    """Groups that are read so often."""

    low: int
    """Shortest in s."""

    high: int
    """Longest in s."""

    @property
    def default(self) -> int:
        """Period in s when nobody has set one."""
        return int(DEFAULT_PERIODS[self.groups[0]])


PERIODS: Final[Mapping[str, Period]] = {
    "live_period": Period(groups=(Group.LIVE,), low=5, high=900),
    "energy_period": Period(groups=(Group.ENERGY, Group.PREPAY), low=10, high=3600),
    "harmonics_period": Period(groups=(Group.HARMONICS,), low=60, high=86_400),
    "settings_period": Period(groups=(Group.SETTINGS, Group.IDENTITY), low=300, high=86_400),
}
"""Option -> what it sets."""


def periods_of(options: Mapping[str, Any]) -> dict[Group, float]:
    """Seconds between two reads of each group; what is missing or out of bounds is as by default."""
    periods: dict[Group, float] = {}
    for name, period in PERIODS.items():
        value = options.get(name, period.default)
        sound = isinstance(value, int | float) and period.low <= value <= period.high
        periods |= dict.fromkeys(period.groups, float(value if sound else period.default))
    return periods


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
