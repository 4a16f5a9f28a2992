"""Users with roles, as somebody gives them in the options."""

from __future__ import annotations

from collections.abc import Iterable

from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant

from custom_components.csj_meter.site.access import Role
from custom_components.csj_meter.site.people import Person
from custom_components.csj_meter.site_settings import async_site_settings


async def give_role(
    hass: HomeAssistant,
    user: User,
    role: Role,
    *,
    meters: Iterable[str] = (),
    circuits: Iterable[str] = (),
) -> None:
    """Give a user a role on some meters and circuits."""
    person = Person(user_id=user.id, role=role, meters=tuple(meters), circuits=tuple(circuits))
    await (await async_site_settings(hass)).async_change_access(lambda access: access.with_person(person))
