"""The doors: every action, command, view and WebSocket command asks here whether its caller may.

A caller is a user of Home Assistant, or None: an automation, a script, a webhook that has shown its secret.
Automations may do all there is: whoever has written one administers Home Assistant. So do administrators, who
are owners.
"""

from __future__ import annotations

from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import Unauthorized, UnknownUser

from ..alerting.names import meters_of
from ..const import CONF_CIRCUIT
from ..site.access import OWNER, STRANGER, Permission, Place, Scope, Standing, may


async def async_caller(hass: HomeAssistant, context: Context | None) -> User | None:
    """The user of a context; None for an automation. Raises UnknownUser for one who was removed."""
    if context is None or context.user_id is None:
        return None
    if (user := await hass.auth.async_get_user(context.user_id)) is None:
        raise UnknownUser(context=context)
    return user


@callback
def standing_of(hass: HomeAssistant, user: User | None) -> Standing:
    """What a caller is on this site, and which meters are theirs."""
    return OWNER if user is None or user.is_admin else STRANGER


async def async_verify(
    hass: HomeAssistant,
    user: User | None,
    permission: Permission,
    *,
    serial: str | None = None,
    circuit: str | None = None,
    what: str,
    context: Context | None = None,
) -> None:
    """Let somebody do something on a meter, a circuit, or, when neither is named, on the whole site.

    ``what``: the name of the action, command or view, for the audit log. Raises Unauthorized.
    """
    place = Place(serial=serial, circuit=_circuit_of(hass, serial) if circuit is None else circuit)
    if not standing_of(hass, user).may(permission, place):
        raise Unauthorized(
            context=context, user_id=None if user is None else user.id, permission=permission.value
        )


async def async_verify_some(
    hass: HomeAssistant,
    user: User | None,
    permission: Permission,
    *,
    what: str,
    context: Context | None = None,
) -> frozenset[str] | None:
    """Let somebody do something wherever they may: serial numbers of those meters, None for all.

    Raises Unauthorized where that is no meter at all.
    """
    visible = visible_meters(hass, user, permission)
    if visible is not None and not visible:
        await async_verify(hass, user, permission, what=what, context=context)
    return visible


@callback
def visible_meters(hass: HomeAssistant, user: User | None, permission: Permission) -> frozenset[str] | None:
    """Serial numbers of the meters on which somebody has a permission; None for all, also those to come."""
    standing = standing_of(hass, user)
    if may(standing.role, permission) is Scope.SITE:
        return None
    return frozenset(
        serial
        for _, meter in meters_of(hass)
        if (serial := meter.unique_id) is not None
        and standing.may(permission, Place(serial=serial, circuit=meter.data.get(CONF_CIRCUIT)))
    )


def _circuit_of(hass: HomeAssistant, serial: str | None) -> str | None:
    """The circuit that a meter hangs on."""
    if serial is None:
        return None
    return next(
        (meter.data.get(CONF_CIRCUIT) for _, meter in meters_of(hass) if meter.unique_id == serial), None
    )
