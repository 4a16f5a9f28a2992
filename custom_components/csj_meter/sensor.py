"""Sensors: what a meter measures. Those of anything else are in modules of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .advising.advising import async_advising
from .alerting.alerting import async_alerting
from .coordinator import CsjConfigEntry, CsjCoordinator
from .detection.detection import async_detection
from .entity import MeterEntity, async_add_for_every_meter
from .history.telemetry import async_telemetry
from .history.usage import UsageWatch
from .meters.quantities import HARMONIC_ORDERS, QUANTITIES, Kind
from .meters.reading import Value
from .money.credit_watch import is_prepaid
from .money.units import counts_energy, credit_unit, price_unit
from .number import SET_BY_NUMBER
from .prepay.currencies import letters_of
from .select import RELAY_MODE
from .sensor_alerts import alert_sensors_of, site_alert_sensors
from .sensor_credit import CreditDaysLeftSensor, LastPaymentSensor
from .sensor_detection import detection_sensors_of
from .sensor_insights import insight_sensors_of
from .sensor_link import LINE_SENSORS, LINK_SENSORS, KeyStateSensor, LineSensor, LinkSensor, moment
from .sensor_site import site_sensors
from .sensor_table import QuantitySensorDescription, describe, is_sensor
from .sensor_usage import usage_sensors_of
from .site_home import async_when_home

PARALLEL_UPDATES: Final = 0  # the coordinators bring the values


CIRCUIT: Final = SensorEntityDescription(
    key="circuit", translation_key="circuit", entity_category=EntityCategory.DIAGNOSTIC
)

ENERGY_PRICE: Final = SensorEntityDescription(
    key="energy_price",
    translation_key="energy_price",
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=4,
)


async def async_setup_entry(
    hass: HomeAssistant, entry: CsjConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of the bridge and of its meters."""
    line, credit = entry.runtime_data.line, entry.runtime_data.credit
    if line is not None:
        async_add_entities(LineSensor(line, description) for description in LINE_SENSORS)
    telemetry, alerting = await async_telemetry(hass), await async_alerting(hass)
    async_when_home(
        hass,
        entry,
        lambda: async_add_entities([*site_sensors(entry, telemetry), *site_alert_sensors(entry, alerting)]),
    )
    watch = UsageWatch(hass, entry, telemetry)
    detection, advising = await async_detection(hass), await async_advising(hass)

    def entities_of(coordinator: CsjCoordinator) -> Iterator[SensorEntity]:
        yield from _sensors_of(coordinator)
        yield from usage_sensors_of(coordinator, watch)
        yield from detection_sensors_of(coordinator, detection)
        yield from alert_sensors_of(coordinator, alerting, detection)
        yield from insight_sensors_of(coordinator, advising)
        if line is not None:
            for description in LINK_SENSORS:
                yield LinkSensor(line, coordinator, description)
        if (control := coordinator.control) is not None:
            yield KeyStateSensor(coordinator, control)
        if credit is not None and is_prepaid(coordinator):
            yield CreditDaysLeftSensor(credit.forecast(coordinator), coordinator)
            yield LastPaymentSensor(coordinator, credit)

    async_add_for_every_meter(hass, entry, async_add_entities, entities_of)


def _sensors_of(coordinator: CsjCoordinator) -> Iterator[SensorEntity]:
    """A sensor for each quantity that the meter offers, and those made of several."""
    offered = coordinator.source.quantities
    # what can be set is not shown a second time
    elsewhere = frozenset[str]() if coordinator.control is None else SET_BY_NUMBER | {RELAY_MODE.key}
    for quantity in QUANTITIES.values():
        if quantity.name in offered - elsewhere and is_sensor(quantity):
            description = describe(quantity, single_phase=coordinator.identity.phases == 1, offered=offered)
            yield _class_for(description)(coordinator, description)
    if {"active_tariff", "price_t1"} <= offered:
        yield EnergyPriceSensor(coordinator)
    if coordinator.circuit is not None:
        yield CircuitSensor(coordinator, CIRCUIT)


class QuantitySensor(MeterEntity, SensorEntity):
    """One quantity as the meter tells it."""

    entity_description: QuantitySensorDescription

    def __init__(self, coordinator: CsjCoordinator, description: QuantitySensorDescription) -> None:
        """Show the quantity of ``description``."""
        group = coordinator.source.group_of(description.key)
        super().__init__(coordinator, description, *([] if group is None else [group]))
        self._attr_translation_placeholders = dict(description.placeholders)

    @property
    def value(self) -> Value:
        """The quantity in its canonical unit."""
        return self.coordinator.value(self.entity_description.key)

    @property
    def read_at(self) -> float:
        """When the value was read, seconds since 1970-01-01 UTC; only while available."""
        return max(self.coordinator.data.readings[group].at for group in self._groups)

    @property
    @override
    def native_value(self) -> str | int | float | Decimal | datetime | None:
        value = self.value
        return None if isinstance(value, tuple) else value


class CurrencySensor(QuantitySensor):
    """The currency of the balance, by its letters."""

    @property
    @override
    def native_value(self) -> str | None:
        return letters_of(self.value)


class MoneySensor(QuantitySensor):
    """An amount of credit: money, or kWh on a meter that is charged with energy."""

    @property
    @override
    def device_class(self) -> SensorDeviceClass | None:
        return (
            SensorDeviceClass.ENERGY_STORAGE
            if counts_energy(self.coordinator)
            else SensorDeviceClass.MONETARY
        )

    @property
    @override
    def state_class(self) -> SensorStateClass | None:
        if self.entity_description.state_class is None:
            return None
        return SensorStateClass.MEASUREMENT if counts_energy(self.coordinator) else SensorStateClass.TOTAL

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        return credit_unit(self.coordinator)


class PriceSensor(QuantitySensor):
    """The price of one tariff."""

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        return price_unit(self.coordinator)


class UptimeSensor(QuantitySensor):
    """When the meter was started last; Home Assistant smooths the jitter of the reading."""

    @property
    @override
    def native_value(self) -> datetime | None:
        value = self.value
        return moment(self.read_at - value) if isinstance(value, int | float) else None


class ClockDriftSensor(QuantitySensor):
    """How many seconds the meter's clock is ahead."""

    @property
    @override
    def native_value(self) -> int | None:
        return self.coordinator.clock_drift


class HarmonicsSensor(QuantitySensor):
    """The strongest harmonic; the whole list is an attribute that is not recorded."""

    _unrecorded_attributes = frozenset({"levels"})

    @property
    def _levels(self) -> dict[str, float]:
        value = self.value
        if not isinstance(value, tuple):
            return {}
        # a meter may measure fewer orders than the longest list has
        return {
            str(order): level
            for order, level in zip(HARMONIC_ORDERS, value, strict=False)
            if level is not None
        }

    @property
    @override
    def native_value(self) -> float | None:
        return max(self._levels.values(), default=None)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        levels = self._levels
        strongest = max(levels, key=levels.__getitem__, default=None)
        return {"order": None if strongest is None else int(strongest), "levels": levels}


class EnergyPriceSensor(MeterEntity, SensorEntity):
    """What a kWh costs now: the price of the tariff that is active. Made for the Energy dashboard."""

    def __init__(self, coordinator: CsjCoordinator) -> None:
        """Stand on the blocks of the tariff and of its price."""
        groups = {coordinator.source.group_of(quantity) for quantity in ("active_tariff", "price_t1")}
        super().__init__(coordinator, ENERGY_PRICE, *(group for group in groups if group is not None))

    @property
    @override
    def native_value(self) -> Decimal | None:
        tariff = self.coordinator.value("active_tariff")
        price = self.coordinator.value(f"price_t{tariff}")
        return price if isinstance(price, Decimal) else None

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        return price_unit(self.coordinator)


class CircuitSensor(MeterEntity, SensorEntity):
    """The circuit or transformer that the user has named for the meter."""

    @property
    @override
    def native_value(self) -> str | None:
        return self.coordinator.circuit


_CLASSES_BY_NAME: Final[Mapping[str, type[QuantitySensor]]] = {
    "clock": ClockDriftSensor,
    "currency": CurrencySensor,
    "uptime": UptimeSensor,
}
_CLASSES_BY_KIND: Final[Mapping[Kind, type[QuantitySensor]]] = {
    Kind.MONEY: MoneySensor,
    Kind.PRICE: PriceSensor,
}


def _class_for(description: QuantitySensorDescription) -> type[QuantitySensor]:
    """The class that knows how to show the quantity."""
    quantity = description.quantity
    if quantity.items > 1:
        return HarmonicsSensor
    return _CLASSES_BY_NAME.get(quantity.name) or _CLASSES_BY_KIND.get(quantity.kind, QuantitySensor)
