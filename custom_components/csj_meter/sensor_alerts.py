"""Sensors of alerts: how a meter stands, and how the whole site does.

The sensor of anomalies says what the engine sees at the moment; these say what became of it: what was shelved
or called a false alarm does not count, what somebody has said to be repaired is over, and a drill counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription
from homeassistant.config_entries import ConfigEntry

from .alerting.alert_entity import MeterAlertEntity, SiteAlertEntity
from .alerting.alerting import Alerting
from .alerts.alert import UNACKNOWLEDGED, Alert, AlertState
from .anomaly.kinds import SEVERITIES
from .coordinator import CsjCoordinator
from .detection.detection import Detection

OK: Final = "ok"

COUNTING: Final = frozenset({AlertState.CONFIRMED, AlertState.ESCALATED, AlertState.ACKNOWLEDGED})
"""States in which an alert makes a meter other than well."""

ALERT_STATE: Final = SensorEntityDescription(
    key="alert_state",
    translation_key="alert_state",
    device_class=SensorDeviceClass.ENUM,
    options=[OK, *(severity.value for severity in SEVERITIES)],
)

SITE_ALERT_STATE: Final = SensorEntityDescription(
    key="alert_state",
    translation_key="site_alert_state",
    device_class=SensorDeviceClass.ENUM,
    options=ALERT_STATE.options,
)


def alert_sensors_of(
    coordinator: CsjCoordinator, alerting: Alerting, detection: Detection
) -> Iterator[SensorEntity]:
    """The sensors of one meter."""
    yield AlertStateSensor(coordinator, alerting, detection, ALERT_STATE)


def site_alert_sensors(entry: ConfigEntry, alerting: Alerting) -> Iterator[SensorEntity]:
    """The sensors of the site, for the device of ``entry``."""
    yield SiteAlertStateSensor(entry, alerting, SITE_ALERT_STATE)


def worst_of(alerts: Iterable[Alert]) -> str:
    """The worst severity among those that count, or that all is well."""
    counting = {alert.severity for alert in alerts if alert.state in COUNTING}
    return next((severity.value for severity in reversed(SEVERITIES) if severity in counting), OK)


def is_drill(alerts: Iterable[Alert]) -> bool:
    """Whether it would be better without the drills among them."""
    alerts = list(alerts)
    return worst_of(alerts) != worst_of(alert for alert in alerts if not alert.drill)


class AlertStateSensor(MeterAlertEntity, SensorEntity):
    """The worst active alert of a meter; unknown while nothing is looked for."""

    _unrecorded_attributes = frozenset({"alerts"})

    @property
    @override
    def native_value(self) -> str | None:
        return worst_of(self.alerts) if self.is_watched or self.alerts else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        wording = self._alerting.wording
        return {
            "drill": is_drill(self.alerts),
            "alerts": [
                {
                    "id": alert.id,
                    "kind": alert.kind.value,
                    "severity": alert.severity.value,
                    "state": alert.state.value,
                    "since": alert.since.isoformat(),
                    "title": wording.title(alert),
                    "drill": alert.drill,
                }
                for alert in self.alerts
            ],
        }


class SiteAlertStateSensor(SiteAlertEntity, SensorEntity):
    """The worst active alert of the site, and how many there are; what befell a circuit is one."""

    @property
    def _alerts(self) -> list[Alert]:
        return [alert for alert in self._alerting.desk.active if alert.is_told]

    @property
    @override
    def native_value(self) -> str:
        return worst_of(self._alerts)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        alerts = self._alerts
        counted = Counter(alert.severity for alert in alerts if alert.state in COUNTING)
        states = Counter(alert.state for alert in alerts)
        return {
            "drill": is_drill(alerts),
            **{severity.value: counted[severity] for severity in reversed(SEVERITIES)},
            "unacknowledged": sum(states[state] for state in UNACKNOWLEDGED),
            "acknowledged": states[AlertState.ACKNOWLEDGED],
            "shelved": states[AlertState.SHELVED],
            "false_alarm": states[AlertState.FALSE_ALARM],
        }
