"""Binary sensors of problems: one a meter and family of alerts, on while such an alert is active."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass

from .alerting.alert_entity import MeterAlertEntity
from .alerting.alerting import Alerting
from .alerts.alert import Alert
from .alerts.families import PROBLEM_FAMILIES, ProblemFamily, families_of
from .coordinator import CsjCoordinator
from .detection.detection import Detection


@dataclass(frozen=True, kw_only=True)
class ProblemSensorDescription(BinarySensorEntityDescription):
    """A family of alerts."""

    family: ProblemFamily
    """Which."""


PROBLEMS: Final = tuple(
    ProblemSensorDescription(
        key=f"{family}_problem",
        translation_key=f"{family}_problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        family=family,
    )
    for family in ProblemFamily
)
"""Every family once."""


def problem_sensors_of(
    coordinator: CsjCoordinator, alerting: Alerting, detection: Detection
) -> Iterator[BinarySensorEntity]:
    """A sensor for each family of which anything can be found on a meter."""
    families = families_of(coordinator.source.quantities, coordinator.identity.phases)
    for description in PROBLEMS:
        if description.family in families:
            yield ProblemSensor(coordinator, alerting, detection, description)


class ProblemSensor(MeterAlertEntity, BinarySensorEntity):
    """Whether an alert of the family is active, whatever people have said of it.

    Unknown while nothing is looked for.
    """

    entity_description: ProblemSensorDescription
    _unrecorded_attributes = frozenset({"alert_ids"})

    @property
    def _of_family(self) -> list[Alert]:
        family = self.entity_description.family
        return [alert for alert in self.alerts if PROBLEM_FAMILIES[alert.kind] is family]

    @property
    @override
    def is_on(self) -> bool | None:
        if self._of_family:
            return True
        return False if self.is_watched else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        return {"alert_ids": [alert.id for alert in self._of_family]}
