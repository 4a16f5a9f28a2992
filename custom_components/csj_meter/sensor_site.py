"""Sensors of the measurements of the whole site: how much there is, and whether it gets to the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfInformation, UnitOfTime
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .coordinator import CsjConfigEntry
from .entity import SiteEntity
from .history.status import SIGNAL_TELEMETRY_STATUS, TelemetryStatus
from .history.telemetry import Telemetry
from .history.troubles import TROUBLES

NO_TROUBLE: Final = "none"


@dataclass(frozen=True, kw_only=True)
class SiteSensorDescription(SensorEntityDescription):
    """A figure of the measurements of the site."""

    value: Callable[[TelemetryStatus], float | int | str | datetime | None]
    """Its value out of how things stand."""


SITE_SENSORS: Final = (
    SiteSensorDescription(
        key="database_size",
        translation_key="database_size",
        device_class=SensorDeviceClass.DATA_SIZE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.MEGABYTES,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda status: status.size_bytes,
    ),
    SiteSensorDescription(
        key="oldest_sample",
        translation_key="oldest_sample",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda status: status.oldest,
    ),
    SiteSensorDescription(
        key="database_trouble",
        translation_key="database_trouble",
        device_class=SensorDeviceClass.ENUM,
        options=[NO_TROUBLE, *TROUBLES],
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda status: status.trouble or NO_TROUBLE,
    ),
    SiteSensorDescription(
        key="write_rate",
        translation_key="write_rate",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda status: status.rows_per_minute,
    ),
    SiteSensorDescription(
        key="write_lag",
        translation_key="write_lag",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda status: status.lag_seconds,
    ),
    SiteSensorDescription(
        key="waiting_samples",
        translation_key="waiting_samples",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda status: status.waiting,
    ),
)


class SiteSensor(SiteEntity, SensorEntity):
    """A figure of the measurements of all meters."""

    entity_description: SiteSensorDescription

    def __init__(
        self, entry: CsjConfigEntry, telemetry: Telemetry, description: SiteSensorDescription
    ) -> None:
        """Show how ``telemetry`` stands on the device of the bridge ``entry``."""
        super().__init__(entry, description)
        self._telemetry = telemetry

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(
            async_dispatcher_connect(self.hass, SIGNAL_TELEMETRY_STATUS, self.async_write_ha_state)
        )

    @property
    @override
    def native_value(self) -> float | int | str | datetime | None:
        return self.entity_description.value(self._telemetry.status)


class TroubleSensor(SiteSensor):
    """What keeps measurements from being saved; in the words of the database besides."""

    _unrecorded_attributes = frozenset({"error"})

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        error = self._telemetry.status.last_error
        return None if error is None else {"error": error}


def site_sensors(entry: CsjConfigEntry, telemetry: Telemetry) -> list[SiteSensor]:
    """The sensors of the site, for the device of ``entry``."""
    return [
        (TroubleSensor if description.device_class is SensorDeviceClass.ENUM else SiteSensor)(
            entry, telemetry, description
        )
        for description in SITE_SENSORS
    ]
