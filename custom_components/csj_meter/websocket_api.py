"""The commands of the panel, registered once for all bridges; what they do is in ``websocket``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from homeassistant.core import HomeAssistant, callback

from .websocket import (
    alerts,
    audit,
    bus,
    bus_add,
    dashboard,
    events,
    history,
    info,
    insights,
    kpis,
    live,
    meter,
    meter_command,
    meters,
    what_if,
    work_orders,
)
from .websocket.command import Command, async_register

COMMANDS: Final[Mapping[str, Command]] = {
    "info": Command(do=info.async_info),
    "dashboard": Command(do=dashboard.async_dashboard),
    "meters/list": Command(do=meters.async_list),
    "meters/subscribe": Command(do=meters.async_subscribe, subscribes=True),
    "meter": Command(do=meter.async_meter, schema=meter.SCHEMA),
    "live/subscribe": Command(do=live.async_subscribe, schema=live.SCHEMA, subscribes=True),
    "history": Command(do=history.async_history, schema=history.SCHEMA),
    "events": Command(do=events.async_events, schema=events.SCHEMA),
    "command": Command(do=meter_command.async_command, schema=meter_command.SCHEMA),
    "insights": Command(do=insights.async_insights, schema=insights.SCHEMA),
    "insights/dismiss_tip": Command(do=insights.async_dismiss_tip, schema=insights.DISMISS),
    "alerts/subscribe": Command(do=alerts.async_subscribe, subscribes=True),
    "alerts/evidence": Command(do=alerts.async_evidence, schema=alerts.ALERT),
    "alerts/acknowledge": Command(do=alerts.async_acknowledge, schema=alerts.ALERT),
    "alerts/report_false_alarm": Command(do=alerts.async_report_false_alarm, schema=alerts.ALERT),
    "alerts/shelve": Command(do=alerts.async_shelve, schema=alerts.SHELVE),
    "alerts/create_work_order": Command(do=alerts.async_create_work_order, schema=alerts.ALERT),
    "work_orders/subscribe": Command(do=work_orders.async_subscribe, subscribes=True),
    "work_orders/create": Command(do=work_orders.async_create, schema=work_orders.CREATE),
    "work_orders/update": Command(do=work_orders.async_update, schema=work_orders.UPDATE),
    "work_orders/complete": Command(do=work_orders.async_complete, schema=work_orders.NUMBER),
    "work_orders/reopen": Command(do=work_orders.async_reopen, schema=work_orders.NUMBER),
    "bus/subscribe": Command(do=bus.async_subscribe, subscribes=True),
    "bus/scan": Command(do=bus.async_scan, schema=bus.SCAN, subscribes=True),
    "bus/add": Command(do=bus_add.async_add, schema=bus_add.SCHEMA),
    "kpis": Command(do=kpis.async_kpis, schema=kpis.SCHEMA),
    "what_if": Command(do=what_if.async_what_if, schema=what_if.SCHEMA, subscribes=True),
    "audit": Command(do=audit.async_audit, schema=audit.SCHEMA),
}
"""Name after ``csj_meter/`` -> command; docs/websocket.md describes each."""


@callback
def async_register_commands(hass: HomeAssistant) -> None:
    """Register all commands."""
    for name, command in COMMANDS.items():
        async_register(hass, name, command)
