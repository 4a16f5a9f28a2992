"""What happens to alerts, as lines of the logbook.

Each event of the bus is one line, of the sensor of alerts. The event entities have the same steps, without
words; their lines are Home Assistant's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

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
from .alerts.alert import AlertEventType
from .alerts.wording import who
from .const import DOMAIN
from .language import dates
from .language.texts import Texts
from .sensor_alerts import ALERT_STATE
from .site_texts import current_texts


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
            LOGBOOK_ENTRY_MESSAGE: line_of(data, current_texts(hass)),
            LOGBOOK_ENTRY_ENTITY_ID: er.async_get(hass).async_get_entity_id("sensor", DOMAIN, unique_id),
        }

    async_describe_event(DOMAIN, EVENT_ALERT, describe)


def line_of(data: Mapping[str, Any], texts: Texts) -> str:
    """What has happened, after the title of the alert."""
    step, cause = data["type"], data.get("cause")
    by, message = who(texts, data.get("by")), data.get("message") or ""
    match step:
        case AlertEventType.CLEARED:
            return message
        case AlertEventType.ESCALATED:
            return texts(f"logbook.escalated_{cause}", message=message)
        case AlertEventType.SHELVED:
            until = dt_util.parse_datetime(data.get("shelved_until") or "")
            moment = "-" if until is None else dates.moment(texts, dt_util.as_local(until))
            if cause == "chattering":
                return texts("logbook.shelved_chattering", until=moment)
            return texts("logbook.shelved", until=moment, by=by)
        case AlertEventType.ACKNOWLEDGED | AlertEventType.FALSE_ALARM:
            return texts(f"logbook.{step}", by=by)
    return texts(f"logbook.{step}", message=message)
