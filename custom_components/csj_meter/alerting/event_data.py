"""What an event of the bus says of an alert; docs/events.md has the same, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant

from ..alerts.alert import Alert, AlertEvent
from ..alerts.desk import Desk
from ..alerts.wording import Wording
from ..meters.quantities import QUANTITIES
from .names import device_of, path_of


def event_data(
    hass: HomeAssistant, event: AlertEvent, wording: Wording, members: Sequence[Alert] = ()
) -> dict[str, Any]:
    """All fields of one event: plain JSON."""
    return {
        "type": event.type.value,
        "at": event.at.isoformat(),
        "by": event.by,
        "cause": event.cause,
        **alert_data(hass, event.alert, wording, members),
    }


def whole_event(event: AlertEvent, desk: Desk) -> AlertEvent:
    """An event that says which circuit speaks for a meter, and all for whom a circuit speaks.

    That may turn out later in the step that brought the event.
    """
    now = desk.find(event.alert.id)
    if now is None:
        return event
    alert = replace(event.alert, area=event.alert.area or now.area, members=now.members)
    return replace(event, alert=alert)


def alert_data(
    hass: HomeAssistant, alert: Alert, wording: Wording, members: Sequence[Alert] = ()
) -> dict[str, Any]:
    """An alert as it is now: plain JSON."""
    finding = alert.finding
    device = device_of(hass, alert.serial)
    return {
        "alert_id": alert.id,
        "kind": alert.kind.value,
        "severity": alert.severity.value,
        "state": alert.state.value,
        "scope": "area" if alert.is_area else finding.scope.value,
        "confidence": finding.confidence,
        "serial": alert.serial,
        "circuit": alert.circuit,
        "device_id": None if device is None else device.id,
        "path": path_of(hass, alert),
        "name": wording.where(alert),
        "phase": finding.phase,
        "quantity": finding.quantity,
        "unit": QUANTITIES[finding.quantity].unit.value or None,
        "value": finding.value,
        "expected": finding.expected,
        "low": finding.low,
        "high": finding.high,
        "score": finding.score,
        "since": alert.since.isoformat(),
        "raised_at": alert.raised_at.isoformat(),
        **{
            name: None if (moment := getattr(alert, name)) is None else moment.isoformat()
            for name in ("confirmed_at", "escalated_at", "acknowledged_at", "cleared_at", "shelved_until")
        },
        "acknowledged_by": alert.acknowledged_by,
        "false_alarm_by": alert.false_alarm_by,
        "repaired_by": alert.repaired_by,
        "title": wording.title(alert),
        "message": wording.text(alert, members),
        "causes": list(finding.advice.causes),
        "action": finding.advice.action,
        "area_alert_id": alert.area,
        "members": [
            {
                "alert_id": member.id,
                "serial": member.finding.serial,
                "name": wording.names.get(member.finding.serial, member.finding.serial),
            }
            for member in members
        ],
        "work_order": alert.ticket,
        "drill": alert.drill,
    }
