"""Sensors of what a meter has used: today, this month, what that cost, and how last week compares.

They have no state class, so that Home Assistant keeps no statistics of them: its Energy dashboard would offer
them beside the counters that they are made of, and count the same energy twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfEnergy, UnitOfRatio
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import CsjCoordinator
from .history.usage import UsageCoordinator, UsageWatch
from .history.usage_base import PRICES, TOTAL, LiveUsage, Running
from .money.units import counts_energy, currency_of


@dataclass(frozen=True, kw_only=True)
class UsageSensorDescription(SensorEntityDescription):
    """Energy or money since some moment."""

    running: Callable[[LiveUsage], Running | None]
    """What it shows one side of."""


ENERGY_SENSORS: Final = (
    UsageSensorDescription(
        key="usage_today",
        translation_key="usage_today",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        running=lambda usage: usage.today,
    ),
    UsageSensorDescription(
        key="usage_this_month",
        translation_key="usage_this_month",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        running=lambda usage: usage.month,
    ),
)

COST_SENSORS: Final = (
    UsageSensorDescription(
        key="cost_today",
        translation_key="cost_today",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        running=lambda usage: usage.today,
    ),
    UsageSensorDescription(
        key="cost_this_month",
        translation_key="cost_this_month",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        running=lambda usage: usage.month,
    ),
)

USAGE_TREND: Final = SensorEntityDescription(
    key="usage_trend",
    translation_key="usage_trend",
    state_class=SensorStateClass.MEASUREMENT,
    native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
    suggested_display_precision=0,
)


def usage_sensors_of(coordinator: CsjCoordinator, watch: UsageWatch) -> Iterator[SensorEntity]:
    """The sensors of one meter, as far as it counts energy and tells prices."""
    offered = coordinator.source.quantities
    if TOTAL not in offered:
        return
    usage = watch.add(coordinator)
    for description in ENERGY_SENSORS:
        yield UsedEnergySensor(usage, description)
    if any({counter, price} <= offered for counter, price in PRICES.items()):
        for description in COST_SENSORS:
            yield CostSensor(usage, description)
    yield UsageTrendSensor(usage, USAGE_TREND)


class UsageSensor(CoordinatorEntity[UsageCoordinator], SensorEntity):
    """Something of what a meter has used; there while the meter tells its counters."""

    _attr_has_entity_name = True

    def __init__(self, usage: UsageCoordinator, description: SensorEntityDescription) -> None:
        """Belong to the device of the meter of ``usage``."""
        super().__init__(usage)
        self.entity_description = description
        self._attr_unique_id = f"{usage.serial}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, usage.serial)})

    @property
    @override
    def available(self) -> bool:
        return super().available and self.coordinator.shown


class UsedEnergySensor(UsageSensor):
    """Energy since midnight, or since the first of the month."""

    entity_description: UsageSensorDescription

    @property
    @override
    def native_value(self) -> Decimal | None:
        running = self.entity_description.running(self.coordinator.data)
        return None if running is None else running.kilowatt_hours


class CostSensor(UsageSensor):
    """What that energy has cost at the prices that the meter told when it was used."""

    entity_description: UsageSensorDescription

    @property
    @override
    def native_value(self) -> Decimal | None:
        running = self.entity_description.running(self.coordinator.data)
        if running is None or counts_energy(self.coordinator.meter):
            return None  # credit that is kWh has no price
        return running.money

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        return currency_of(self.coordinator.meter)


class UsageTrendSensor(UsageSensor):
    """By how many percent the last seven days took more energy than the seven before them."""

    @property
    @override
    def native_value(self) -> float | None:
        usage = self.coordinator.data.usage
        return None if usage is None else usage.trend

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        usage = self.coordinator.data.usage
        if usage is None or usage.trend is None:
            return None
        return {"last_7_days": usage.last_week.energy, "previous_7_days": usage.week_before.energy}
