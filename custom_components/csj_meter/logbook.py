"""What happens to alerts, as lines of the logbook.

Each event of the bus is one line, of the sensor of alerts. The event entities have the same steps, without
words; their lines are Home Assistant's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.components.logbook.models import LazyEventPartialState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from .alerting.status import EVENT_ALERT
from .const import DOMAIN
from .sensor_alerts import ALERT_STATE

LINES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "raised": "is suspected: {message}",
        "confirmed": "is confirmed: {message}",
        "escalated": "has escalated {why}: {message}",
        "acknowledged": "is acknowledged by {by}",
        "shelved": "is shelved until {until} {why}",
        "false_alarm": "is a false alarm, says {by}",
        "cleared": "{message}",
    }
)
"""Type of an event -> what is said after its title."""

WHY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "unacknowledged": "because nobody has acknowledged it",
        "worsened": "because it has got worse",
        "chattering": "because it comes and goes",
    }
)
"""Cause of an event -> the same in words."""

SOMEBODY: Final = "somebody"


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[LazyEventPartialState], dict[str, Any]]], None],
) -> None:
    """Tell the logbook how to tell of alerts."""

    @callback
    def describe(event: LazyEventPartialState) -> dict[str, Any]:
        data = event.data
        unique_id = f"{data.get('serial') or 'site'}_{ALERT_STATE.key}"
        return {
            LOGBOOK_ENTRY_NAME: data.get("title"),
            LOGBOOK_ENTRY_MESSAGE: line_of(data),
            LOGBOOK_ENTRY_ENTITY_ID: er.async_get(hass).async_get_entity_id("sensor", DOMAIN, unique_id),
        }

    async_describe_event(DOMAIN, EVENT_ALERT, describe)


def line_of(data: Mapping[str, Any]) -> str:
    """What has happened, after the title of the alert."""
    by = data.get("by") or SOMEBODY
    until = dt_util.parse_datetime(data.get("shelved_until") or "")
    return LINES[data["type"]].format(
        message=data.get("message"),
        by=by,
        why=WHY.get(data.get("cause") or "", f"by {by}"),
        until="-" if until is None else f"{dt_util.as_local(until):%Y-%m-%d %H:%M}",
    )
