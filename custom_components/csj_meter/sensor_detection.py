"""Sensors of what is usual on a meter and what is wrong: expected usage, deviation, what was found.

They are there while the meter is silent: that is one of the things that are found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfPower
from homeassistant.core import callback

from .anomaly.finding import Finding
from .anomaly.kinds import Kind, Severity, State
from .coordinator import CsjCoordinator
from .detection.detection import Detection
from .detection.status import SIGNAL_DETECTION, MeterView
from .entity import KnownOfMeterEntity
from .meters.sample import moment_of

EXPECTED_USAGE: Final = SensorEntityDescription(
    key="expected_usage",
    translation_key="expected_usage",
    device_class=SensorDeviceClass.POWER,
    state_class=SensorStateClass.MEASUREMENT,
    native_unit_of_measurement=UnitOfPower.WATT,
    suggested_display_precision=0,
)

OK: Final = "ok"

SEVERITIES: Final = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)
"""The worst first."""

ANOMALY: Final = SensorEntityDescription(
    key="anomaly",
    translation_key="anomaly",
    device_class=SensorDeviceClass.ENUM,
    options=[OK, *(severity.value for severity in reversed(SEVERITIES))],
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
)
"""What the engine sees at the moment; the sensor of alerts, for everybody, knows what people said of it."""

DEVIATION: Final = SensorEntityDescription(
    key="deviation",
    translation_key="deviation",
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=2,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
)


def detection_sensors_of(coordinator: CsjCoordinator, detection: Detection) -> Iterator[SensorEntity]:
    """The sensors of one meter."""
    if "active_power" in coordinator.source.quantities:
        yield ExpectedUsageSensor(coordinator, detection, EXPECTED_USAGE)
    yield AnomalySensor(coordinator, detection, ANOMALY)
    yield DeviationSensor(coordinator, detection, DEVIATION)


class DetectionSensor(KnownOfMeterEntity, SensorEntity):
    """Something that the engine says of one meter."""

    def __init__(
        self, coordinator: CsjCoordinator, detection: Detection, description: SensorEntityDescription
    ) -> None:
        """Belong to the device of the meter of ``coordinator``."""
        super().__init__(coordinator, description)
        self._detection = detection

    @override
    async def async_added_to_hass(self) -> None:
        self.look_when(SIGNAL_DETECTION)

    @override
    @callback
    def look(self) -> None:
        self.write_if_other((self.available, self.native_value, self.extra_state_attributes))

    @property
    def view(self) -> MeterView:
        """What is known of the meter now."""
        return self._detection.view(self._serial)


class ExpectedUsageSensor(DetectionSensor):
    """Mean power that is usual in this hour."""

    @property
    @override
    def native_value(self) -> float | None:
        expected = self.view.expected
        return None if expected is None else round(expected.power, 1)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        if (expected := self.view.expected) is None:
            return None
        return {
            "low": round(expected.low, 1),
            "high": round(expected.high, 1),
            "compared_with": expected.reference.name.lower(),
            "days_known": expected.days,
            "sure": round(expected.sure, 2),
        }


class WatchedSensor(DetectionSensor):
    """Something that is only there while the meter is watched."""

    @property
    @override
    def available(self) -> bool:
        view = self.view
        return super().available and (view.watched or view.known_days is None)


class AnomalySensor(WatchedSensor):
    """The worst of what is confirmed now."""

    _unrecorded_attributes = frozenset({"findings"})

    @property
    def _confirmed(self) -> list[Finding]:
        return [finding for finding in self.view.findings if finding.state is State.CONFIRMED]

    @property
    @override
    def native_value(self) -> str | None:
        if self.view.known_days is None:
            return None
        found = {finding.severity for finding in self._confirmed}
        return next((severity.value for severity in SEVERITIES if severity in found), OK)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        view, confirmed, worst = self.view, self._confirmed, self.native_value
        since = min((finding.since for finding in confirmed if finding.severity == worst), default=None)
        return {
            "since": None if since is None else moment_of(since),
            "learning": view.is_learning,
            "days_known": view.known_days,
            "findings": [_told(finding) for finding in confirmed],
        }


class DeviationSensor(WatchedSensor):
    """How far the meter is off: the largest score of all kinds, which are attributes; 1 is the threshold."""

    _unrecorded_attributes = frozenset(kind.value for kind in Kind)

    @property
    def _scores(self) -> dict[str, float]:
        return {kind.value: round(score, 3) for kind, score in self.view.scores.items() if isfinite(score)}

    @property
    @override
    def native_value(self) -> float | None:
        return max(self._scores.values(), default=None)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        return self._scores


def _told(finding: Finding) -> dict[str, Any]:
    """A finding as an attribute."""
    return {
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "since": moment_of(finding.since),
        "phase": finding.phase,
        "quantity": finding.quantity,
        "value": finding.value,
        "low": finding.low,
        "high": finding.high,
        "scope": finding.scope.value,
    }
