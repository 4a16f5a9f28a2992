"""Who does something with alerts, by the name that others know them by."""

from __future__ import annotations

from homeassistant.core import Context, HomeAssistant

from ..access.dialogues import user_in_dialogue
from ..alerts.alert import Nameless


async def async_name_of(hass: HomeAssistant, context: Context | None) -> str:
    """The user of a context; an automation where there is none."""
    if context is None or context.user_id is None:
        return Nameless.AUTOMATION.value
    user = await hass.auth.async_get_user(context.user_id)
    return Nameless.USER.value if user is None or not user.name else user.name


def name_in_dialogue() -> str:
    """What people call the user who has just sent a form of a dialogue."""
    user = user_in_dialogue()
    return Nameless.REPAIR_ISSUE.value if user is None or not user.name else str(user.name)
