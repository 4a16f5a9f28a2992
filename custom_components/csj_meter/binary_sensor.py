"""Binary sensors: is it there, and what its status bits say. Problems are in a module of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .alerting.alerting import async_alerting
from .binary_sensor_problems import problem_sensors_of
from .coordinator import CsjConfigEntry, CsjCoordinator
from .detection.detection import async_detection
from .entity import LineEntity, MeterEntity, async_add_for_every_meter
from .meters.identity import Capability
from .meters.quantities import Status

PARALLEL_UPDATES: Final = 0  # the coordinators bring the values


@dataclass(frozen=True, kw_only=True)
class StatusSensorDescription(BinarySensorEntityDescription):
    """One bit of a meter's status."""

    bit: Status
    """The bit that is on."""

    needs: Capability | None = None
    """What a meter must be able to do for the bit to mean anything."""

    phases: int = 1
    """How many phases it takes."""


CONNECTIVITY: Final = BinarySensorEntityDescription(
    key="connectivity",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)

STATUS_SENSORS: Final = (
    StatusSensorDescription(
        key="supply",
        translation_key="supply",
        bit=Status.RELAY_CLOSED,
        needs=Capability.RELAY,
    ),
    StatusSensorDescription(
        key="arrears",
        translation_key="arrears",
        device_class=BinarySensorDeviceClass.PROBLEM,
        bit=Status.ARREARS,
        needs=Capability.PREPAY,
    ),
    StatusSensorDescription(
        key="credit_low",
        translation_key="credit_low",
        device_class=BinarySensorDeviceClass.PROBLEM,
        bit=Status.BALANCE_LOW,
        needs=Capability.PREPAY,
    ),
    StatusSensorDescription(
        key="credit_very_low",
        translation_key="credit_very_low",
        device_class=BinarySensorDeviceClass.PROBLEM,
        bit=Status.BALANCE_VERY_LOW,
        needs=Capability.PREPAY,
    ),
    StatusSensorDescription(
        key="overload",
        translation_key="overload",
        device_class=BinarySensorDeviceClass.PROBLEM,
        bit=Status.OVERLOAD,
    ),
    StatusSensorDescription(
        key="cover_opened",
        translation_key="cover_opened",
        device_class=BinarySensorDeviceClass.TAMPER,
        bit=Status.COVER_OPENED,
    ),
    StatusSensorDescription(
        key="phase_sequence",
        translation_key="phase_sequence",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        bit=Status.PHASE_SEQUENCE_WRONG,
        phases=3,
    ),
    StatusSensorDescription(
        key="clock_not_set",
        translation_key="clock_not_set",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        bit=Status.CLOCK_NOT_SET,
    ),
    StatusSensorDescription(
        key="battery_low",
        translation_key="battery_low",
        device_class=BinarySensorDeviceClass.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
        bit=Status.BATTERY_LOW,
        needs=Capability.BATTERY,
    ),
    StatusSensorDescription(
        key="memory_error",
        translation_key="memory_error",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        bit=Status.MEMORY_ERROR,
    ),
)
"""Every bit of ``Status`` once."""


async def async_setup_entry(
    hass: HomeAssistant, entry: CsjConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the binary sensors of the bridge and of its meters."""
    if (line := entry.runtime_data.line) is not None:
        async_add_entities([LineConnectivity(line, CONNECTIVITY)])
    alerting, detection = await async_alerting(hass), await async_detection(hass)

    def entities_of(coordinator: CsjCoordinator) -> Iterator[BinarySensorEntity]:
        yield from _sensors_of(coordinator)
        yield from problem_sensors_of(coordinator, alerting, detection)

    async_add_for_every_meter(hass, entry, async_add_entities, entities_of)


def _sensors_of(coordinator: CsjCoordinator) -> Iterator[BinarySensorEntity]:
    yield MeterConnectivity(coordinator, CONNECTIVITY)
    identity = coordinator.identity
    for description in STATUS_SENSORS:
        if (
            description.bit in coordinator.source.status_bits
            and (description.needs is None or description.needs in identity.capabilities)
            and identity.phases >= description.phases
        ):
            yield StatusSensor(coordinator, description)


class StatusSensor(MeterEntity, BinarySensorEntity):
    """One bit of the status."""

    entity_description: StatusSensorDescription

    def __init__(self, coordinator: CsjCoordinator, description: StatusSensorDescription) -> None:
        """Show the bit of ``description``."""
        group = coordinator.source.group_of("status")
        super().__init__(coordinator, description, *([] if group is None else [group]))

    @property
    @override
    def is_on(self) -> bool | None:
        status = self.coordinator.value("status")
        return bool(status & self.entity_description.bit) if isinstance(status, int) else None


class MeterConnectivity(MeterEntity, BinarySensorEntity):
    """Whether the meter answers; always available, for this is the question."""

    @property
    @override
    def is_on(self) -> bool | None:
        return self.coordinator.data.online


class LineConnectivity(LineEntity, BinarySensorEntity):
    """Whether the serial port or the connection works."""

    @property
    @override
    def is_on(self) -> bool | None:
        return self.coordinator.up
