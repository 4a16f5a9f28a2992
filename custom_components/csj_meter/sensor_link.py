"""Sensors of the talk with a meter and of the whole line: contact, errors, load, and the meter's key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfRatio, UnitOfTime

from .control import MeterControl
from .coordinator import CsjCoordinator, LineFigures, UnitFigures
from .entity import ControlEntity, LineEntity, LinkEntity
from .meters.commands.session import KeyState


@dataclass(frozen=True, kw_only=True)
class LinkSensorDescription(SensorEntityDescription):
    """A figure of the talk with one meter."""

    value: Callable[[UnitFigures], float | int | datetime | None]
    """Its value out of the figures of the minute."""


@dataclass(frozen=True, kw_only=True)
class LineSensorDescription(SensorEntityDescription):
    """A figure of the whole line."""

    value: Callable[[LineFigures], float | int | None]
    """Its value out of the figures of the minute."""


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 2)


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(1000 * seconds, 1)


def moment(seconds: float | None) -> datetime | None:
    """The moment that is ``seconds`` after 1970-01-01 UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


LINK_SENSORS: Final = (
    LinkSensorDescription(
        key="last_contact",
        translation_key="last_contact",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,  # another state of every meter each minute
        value=lambda figures: moment(figures.last_contact),
    ),
    LinkSensorDescription(
        key="success_rate",
        translation_key="success_rate",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda figures: _percent(figures.success_rate),
    ),
    LinkSensorDescription(
        key="round_trip",
        translation_key="round_trip",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,  # likewise
        value=lambda figures: _milliseconds(figures.round_trip),
    ),
    LinkSensorDescription(
        key="timeouts",
        translation_key="timeouts",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda figures: figures.timeouts,
    ),
    LinkSensorDescription(
        key="garbled",
        translation_key="garbled",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda figures: figures.garbled,
    ),
)
"""Sensors of the talk with each meter."""

LINE_SENSORS: Final = (
    LineSensorDescription(
        key="load",
        translation_key="load",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda figures: _percent(figures.load),
    ),
    LineSensorDescription(
        key="efficiency",
        translation_key="efficiency",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda figures: _percent(figures.efficiency),
    ),
    LineSensorDescription(
        key="requests",
        translation_key="requests",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda figures: figures.total.requests,
    ),
    LineSensorDescription(
        key="timeouts",
        translation_key="timeouts",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda figures: figures.total.timeouts,
    ),
    LineSensorDescription(
        key="garbled",
        translation_key="garbled",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda figures: figures.total.garbled,
    ),
)
"""Sensors of each bridge."""

KEY_STATE: Final = SensorEntityDescription(
    key="key_state",
    translation_key="key_state",
    device_class=SensorDeviceClass.ENUM,
    options=[state.value for state in KeyState],
    entity_category=EntityCategory.DIAGNOSTIC,
)


class LinkSensor(LinkEntity, SensorEntity):
    """A figure of the talk with one meter."""

    entity_description: LinkSensorDescription

    @property
    @override
    def native_value(self) -> float | int | datetime | None:
        return self.entity_description.value(self.figures)


class LineSensor(LineEntity, SensorEntity):
    """A figure of the whole line."""

    entity_description: LineSensorDescription

    @property
    @override
    def native_value(self) -> float | int | None:
        return self.entity_description.value(self.coordinator.data)


class KeyStateSensor(ControlEntity, SensorEntity):
    """What the meter thinks of its key; never the key itself."""

    def __init__(self, coordinator: CsjCoordinator, control: MeterControl) -> None:
        """Follow what commands find out."""
        super().__init__(coordinator, control, KEY_STATE)

    @property
    @override
    def besides(self) -> KeyState:
        return self._control.session.key_state

    @property
    @override
    def native_value(self) -> str:
        return self._control.session.key_state.value
