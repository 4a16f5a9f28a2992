"""Sensors of the money of a meter beyond its registers: how long it lasts, and the last payment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfTime
from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import CsjCoordinator
from .entity import MeterEntity
from .meters.reading import Group
from .money.credit_forecast import ForecastCoordinator
from .money.credit_watch import CreditWatch
from .money.plain_data import forecast_data, movement_data
from .prepay.forecast import Outlook
from .prepay.movement import Movement, MovementState

LONGEST: Final = 366
"""Days shown for credit that lasts longer than a forecast looks ahead."""

CREDIT_DAYS_LEFT: Final = SensorEntityDescription(
    key="credit_days_left",
    translation_key="credit_days_left",
    device_class=SensorDeviceClass.DURATION,
    state_class=SensorStateClass.MEASUREMENT,
    native_unit_of_measurement=UnitOfTime.DAYS,
    suggested_display_precision=0,
)

LAST_PAYMENT: Final = SensorEntityDescription(
    key="last_payment",
    translation_key="last_payment",
    device_class=SensorDeviceClass.ENUM,
    options=[state.value for state in MovementState],
)


class CreditDaysLeftSensor(CoordinatorEntity[ForecastCoordinator], SensorEntity):
    """How many days the credit lasts, as far as habits tell; see ``prepay.forecast``."""

    _attr_has_entity_name = True
    entity_description = CREDIT_DAYS_LEFT

    def __init__(self, forecast: ForecastCoordinator, meter: CsjCoordinator) -> None:
        """Belong to the device of ``meter``."""
        super().__init__(forecast)
        serial = meter.identity.serial
        self._meter = meter
        self._was_available: bool | None = None
        self._attr_unique_id = f"{serial}_{CREDIT_DAYS_LEFT.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, serial)})

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._meter.async_add_listener(self._meter_reported))

    @callback
    def _meter_reported(self) -> None:
        if Group.PREPAY in self._meter.data.updated:
            self.coordinator.account_read()
        if self.available is not self._was_available:
            self._was_available = self.available
            self.async_write_ha_state()

    @property
    @override
    def available(self) -> bool:
        """A forecast is worth showing while the account that it began with is."""
        return (
            super().available and self.coordinator.data is not None and self._meter.data.shows(Group.PREPAY)
        )

    @property
    @override
    def native_value(self) -> float | None:
        if (forecast := self.coordinator.data) is None:
            return None
        return float(LONGEST) if forecast.outlook is Outlook.LASTS else forecast.days

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        if (forecast := self.coordinator.data) is None:
            return None
        return forecast_data(forecast)


class LastPaymentSensor(MeterEntity, SensorEntity):
    """How far the newest movement of money has got, whoever made it."""

    def __init__(self, coordinator: CsjCoordinator, watch: CreditWatch) -> None:
        """Show what ``watch`` sees of the meter of ``coordinator``."""
        super().__init__(coordinator, LAST_PAYMENT)
        self._watch = watch

    @property
    def _movement(self) -> Movement | None:
        return self._watch.newest(self.coordinator.identity.serial)

    @property
    @override
    def besides(self) -> Movement | None:
        return self._movement

    @property
    @override
    def native_value(self) -> str | None:
        return None if (movement := self._movement) is None else movement.state.value

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        if (movement := self._movement) is None:
            return None
        return movement_data(movement)
