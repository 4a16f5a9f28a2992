"""Whose phone a channel is: which answers are offered on it, and in whose name they count."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant

from ..access.doors import place_of_alert, standing_of
from ..alerts.alert import Alert
from ..alerts.settings import Channel
from ..const import DOMAIN
from ..site.access import Permission

ACKNOWLEDGE: Final = f"{DOMAIN}_acknowledge"
FALSE_ALARM: Final = f"{DOMAIN}_false_alarm"
"""First parts of the names of the buttons; the id of the message follows after a colon."""

ANSWERS: Final = MappingProxyType(
    {ACKNOWLEDGE: Permission.ANSWER_ALERTS, FALSE_ALARM: Permission.JUDGE_ALERTS}
)
"""Button -> what it takes."""


async def async_user_of(hass: HomeAssistant, channel: Channel | None) -> User | None:
    """The user whose phone a channel is; None where nobody has said so, or who is gone."""
    if channel is None or channel.user is None:
        return None
    user = await hass.auth.async_get_user(channel.user)
    return user if user is not None and user.is_active else None


async def async_offered(hass: HomeAssistant, channel: Channel, alerts: Iterable[Alert]) -> frozenset[str]:
    """The buttons under a message about these alerts: what its reader may say of one of them at least.

    All of them where nobody knows who reads it; whoever may not is refused then.
    """
    if (user := await async_user_of(hass, channel)) is None:
        return frozenset(ANSWERS)
    standing = standing_of(hass, user)
    places = [place_of_alert(hass, alert) for alert in alerts if alert.is_active]
    return frozenset(
        button for button, takes in ANSWERS.items() if any(standing.may(takes, place) for place in places)
    )
