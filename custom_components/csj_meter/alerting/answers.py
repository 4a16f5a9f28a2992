"""What people answer on their phones: the buttons of a notification."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.core import Event, HomeAssistant, callback

from ..alerts.errors import AlertError
from ..const import LOGGER
from .alerting import current_alerting
from .payloads import ACKNOWLEDGE, FALSE_ALARM

EVENT_ANSWER: Final = "mobile_app_notification_action"
"""Fired by the app integration when a button was pressed; in the name of the user of the phone."""

UNKNOWN_PERSON: Final = "Home Assistant app"


@callback
def async_listen_for_answers(hass: HomeAssistant) -> None:
    """Do as people answer, as long as Home Assistant runs."""

    @callback
    def is_ours(data: Mapping[str, Any]) -> bool:
        action = data.get("action")
        return isinstance(action, str) and action.partition(":")[0] in (ACKNOWLEDGE, FALSE_ALARM)

    async def answered(event: Event[dict[str, Any]]) -> None:
        action, _, message_id = str(event.data["action"]).partition(":")
        if (alerting := current_alerting(hass)) is None:
            return
        message = alerting.desk.outbox.get(message_id)
        if message is None:
            LOGGER.info("An answer came to a message that is long over")
            return
        user = (
            None if event.context.user_id is None else await hass.auth.async_get_user(event.context.user_id)
        )
        by = user.name if user is not None and user.name else UNKNOWN_PERSON
        answer = alerting.async_acknowledge if action == ACKNOWLEDGE else alerting.async_report_false_alarm
        for alert in message.alerts:
            try:
                await answer(alert, by)
            except AlertError as err:
                LOGGER.info("An answer came too late: %s", err)

    hass.bus.async_listen(EVENT_ANSWER, answered, event_filter=is_ours)
