"""What people answer on their phones: the buttons of a notification."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import Unauthorized

from ..access.doors import async_allowed, async_caller, place_of_alert
from ..alerts.alert import Nameless
from ..alerts.errors import AlertError
from ..const import LOGGER
from ..site_settings import async_site_settings
from .alerting import current_alerting
from .channel_users import ANSWERS, FALSE_ALARM, async_user_of

EVENT_ANSWER: Final = "mobile_app_notification_action"
"""Fired by the app integration when a button was pressed; in the name of the user of the phone."""


@callback
def async_listen_for_answers(hass: HomeAssistant) -> None:
    """Do as people answer, as long as Home Assistant runs."""

    @callback
    def is_ours(data: Mapping[str, Any]) -> bool:
        action = data.get("action")
        return isinstance(action, str) and action.partition(":")[0] in ANSWERS

    async def answered(event: Event[dict[str, Any]]) -> None:
        action, _, message_id = str(event.data["action"]).partition(":")
        if (alerting := current_alerting(hass)) is None:
            return
        message = alerting.desk.outbox.get(message_id)
        if message is None:
            LOGGER.info("An answer came to a message that is long over")
            return
        by = Nameless.APP.value
        channels = (await async_site_settings(hass)).alerts
        owner = await async_user_of(hass, channels.channel(message.channel))
        takes, answer = ANSWERS[action], alerting.async_acknowledge
        if action == FALSE_ALARM:
            answer = alerting.async_report_false_alarm
        for one in message.alerts:
            if (alert := alerting.desk.find(one)) is None:
                LOGGER.info("An answer came to an alert that is long over")
                continue
            try:
                user = await async_caller(hass, event.context)
                # whoever the app is signed in as: the settings say whose phone it is
                user = owner or user
                by = user.name if user is not None and user.name else Nameless.APP.value
                async with async_allowed(
                    hass,
                    user,
                    (takes,),
                    (place_of_alert(hass, alert),),
                    what=f"{EVENT_ANSWER}: {action}",
                    context=event.context,
                ):
                    await answer(one, by)
            except AlertError as err:
                LOGGER.info("An answer came too late: %s", err)
            except Unauthorized:
                LOGGER.warning("%s may not answer an alert, and did on a phone", by)

    hass.bus.async_listen(EVENT_ANSWER, answered, event_filter=is_ours)
