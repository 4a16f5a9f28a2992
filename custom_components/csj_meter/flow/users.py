"""Users of Home Assistant to choose from."""

from __future__ import annotations

from collections.abc import Mapping

from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant


async def async_users(hass: HomeAssistant) -> dict[str, User]:
    """The people among the users of Home Assistant, by id, in the order of their names."""
    users = [user for user in await hass.auth.async_get_users() if not user.system_generated]
    return {user.id: user for user in sorted(users, key=lambda user: label(user).casefold())}


def label(user: User) -> str:
    """What others know somebody by."""
    return user.name or user.id


def name_of(users: Mapping[str, User], user_id: str) -> str:
    """The same by id; of a user who was removed, the id."""
    user = users.get(user_id)
    return user_id if user is None else label(user)
