"""Conditions of automations: is an alert active, is credit low."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Unpack, cast, override

from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import Condition, ConditionCheckParams, ConditionConfig
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.typing import ConfigType
import probatio

from .alerting.alert_choice import ALERT_OPTIONS, AlertChoice, concerns
from .alerting.alerting import current_alerting
from .alerting.low_credit import is_any_credit_low
from .alerting.meter_target import MeterTarget
from .alerting.status import SIGNAL_ALERTS

_TARGET: Final = {probatio.Optional(CONF_TARGET): cv.TARGET_FIELDS}

_ALERT_SCHEMA: Final = probatio.Schema(
    {**_TARGET, probatio.Required(CONF_OPTIONS, default=dict): ALERT_OPTIONS}
)
_CREDIT_SCHEMA: Final = probatio.Schema({**_TARGET, probatio.Required(CONF_OPTIONS, default=dict): {}})


class AlertActiveCondition(Condition):
    """True while an alert is confirmed and not over, whatever people have said of it."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return cast("ConfigType", _ALERT_SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Read what it is about."""
        super().__init__(hass, config)
        self._target = MeterTarget(hass, config.target)
        self._choice = AlertChoice(config.options or _ALERT_SCHEMA({})[CONF_OPTIONS])

    @override
    async def _async_track_changes(self, action: Callable[[], None]) -> CALLBACK_TYPE:
        @callback
        def changed() -> None:
            action()

        return async_dispatcher_connect(self._hass, SIGNAL_ALERTS, changed)

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        if (alerting := current_alerting(self._hass)) is None:
            return False  # nobody watches
        desk, serials = alerting.desk, self._target.serials()
        return any(
            self._choice.fits(alert)
            and concerns(serials, alert, (member for member in desk.members_of(alert) if member.is_open))
            for alert in desk.active
        )


class CreditLowCondition(Condition):
    """True while a meter says that its credit is low."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return cast("ConfigType", _CREDIT_SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Read what it is about."""
        super().__init__(hass, config)
        self._target = MeterTarget(hass, config.target)

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        return is_any_credit_low(self._hass, self._target.serials())


CONDITIONS: Final[dict[str, type[Condition]]] = {
    "is_alert_active": AlertActiveCondition,
    "is_credit_low": CreditLowCondition,
}


async def async_get_conditions(_hass: HomeAssistant) -> dict[str, type[Condition]]:
    """All of them; described in conditions.yaml and the translations."""
    return CONDITIONS
