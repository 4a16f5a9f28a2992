"""The doors: every action, command, view and WebSocket command asks here whether its caller may.

A caller is a user of Home Assistant, or None: an automation, a script, a webhook that has shown its secret.
Automations may do all there is: whoever has written one administers Home Assistant. So do administrators, who
are owners.

What is refused, and all that changes or takes something away, goes to the audit log before it is done.
Whoever only looks leaves no line there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, Unauthorized, UnknownUser
from homeassistant.util import dt as dt_util
from homeassistant.util.uuid import random_uuid_hex

from ..alerting.names import meters_of
from ..alerts.alert import Alert
from ..const import CONF_CIRCUIT, DOMAIN
from ..site.access import AUDITED, OWNER, STRANGER, Permission, Place, Scope, Standing, may
from ..site.audit import AuditEntry, AuditOutcome
from ..site_settings import async_site_settings, loaded_site_settings
from .audit_log import async_audit_log
from .outcome import outcome_told

AUTOMATION: Final = "automation"
"""Who does what no user does."""

NAMELESS: Final = "user"


class NotAllowedError(Unauthorized):
    """The caller may not do that, or not there; translated."""

    def __init__(self, context: Context | None, user: User | None, permission: Permission) -> None:
        """``permission``: what it takes."""
        super().__init__(
            context=context, user_id=None if user is None else user.id, permission=permission.value
        )
        HomeAssistantError.__init__(  # Unauthorized takes no translation
            self,
            translation_domain=DOMAIN,
            translation_key="not_allowed",
            translation_placeholders={"permission": permission.value},
        )


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
    if user is None or user.is_admin:
        return OWNER
    settings = loaded_site_settings(hass)
    person = None if settings is None else settings.access.person(user.id)
    return STRANGER if person is None else person.standing


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
    """Let somebody look at something on a meter, a circuit, or, when neither is named, on the whole site.

    ``what``: the name of the action, command or view, for the audit log. Raises Unauthorized. What came of it
    is not written down: all but looking takes ``async_allowed``.
    """
    place = place_of(hass, serial, circuit)
    await _async_ask(hass, user, (permission,), (place,), what, context)


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
    await async_site_settings(hass)
    visible = visible_meters(hass, user, permission)
    if visible is None or not visible:
        await async_verify(hass, user, permission, what=what, context=context)
    return visible


async def async_verify_look(
    hass: HomeAssistant,
    user: User | None,
    permissions: Collection[Permission],
    places: Iterable[Place],
    *,
    what: str,
    context: Context | None = None,
) -> None:
    """Let somebody look, in several places, at what takes these permissions to change. Raises Unauthorized.

    A refusal is written down; what somebody looks at every minute would push out what others did.
    """
    await _async_ask(hass, user, permissions, places, what, context, audited=frozenset())


@asynccontextmanager
async def async_allowed(
    hass: HomeAssistant,
    user: User | None,
    permissions: Collection[Permission],
    places: Iterable[Place],
    *,
    what: str,
    context: Context | None = None,
) -> AsyncIterator[Callable[[str], None]]:
    """Let somebody do something in several places, and write down what came of it.

    Raises Unauthorized unless they have all permissions everywhere. An error is passed on; what is yielded
    takes the key of one that is told otherwise than by raising it.
    """
    entries = await _async_ask(hass, user, permissions, places, what, context)
    async with outcome_told(partial(_async_tell, hass, entries)) as fail:
        yield fail


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


@callback
def place_of(hass: HomeAssistant, serial: str | None, circuit: str | None = None) -> Place:
    """A meter with the circuit that it hangs on, a circuit, or the whole site."""
    if serial is not None and circuit is None:
        found = (meter.data.get(CONF_CIRCUIT) for _, meter in meters_of(hass) if meter.unique_id == serial)
        circuit = next(found, None)
    return Place(serial=serial, circuit=circuit)


async def async_places(
    hass: HomeAssistant, user: User | None, permissions: Collection[Permission]
) -> list[Place]:
    """Where somebody has all of several permissions; the whole site where that is everywhere, or nowhere."""
    await async_site_settings(hass)
    narrower = [
        visible
        for permission in permissions
        if (visible := visible_meters(hass, user, permission)) is not None
    ]
    serials = frozenset.intersection(*narrower) if narrower else frozenset()
    return [place_of(hass, serial) for serial in sorted(serials)] or [Place()]


@callback
def place_of_alert(hass: HomeAssistant, alert: Alert) -> Place:
    """The meter or circuit that an alert is about."""
    return Place(circuit=alert.circuit) if alert.is_area else place_of(hass, alert.serial)


async def _async_ask(
    hass: HomeAssistant,
    user: User | None,
    permissions: Collection[Permission],
    places: Iterable[Place],
    what: str,
    context: Context | None,
    audited: frozenset[Permission] = AUDITED,
) -> list[AuditEntry]:
    """Write down what is asked for and the answer: entries whose outcome is awaited. Raises Unauthorized.

    ``audited``: what is written down even when it is allowed.
    """
    await async_site_settings(hass)
    standing, now = standing_of(hass, user), dt_util.utcnow()
    # callers name what they like, and what is not on this site is nothing to keep
    serials = {meter.unique_id for _, meter in meters_of(hass)}
    circuits = {meter.data.get(CONF_CIRCUIT) for _, meter in meters_of(hass)}
    entries = []
    for place in dict.fromkeys(places):  # whoever names a meter a thousand times has one line
        for permission in permissions:
            allowed = standing.may(permission, place)
            entry = AuditEntry(
                id=random_uuid_hex(),
                at=now,
                user_id=None if user is None else user.id,
                name=AUTOMATION if user is None else user.name or NAMELESS,
                role=None if user is None else standing.role,
                permission=permission,
                what=what,
                serial=place.serial if place.serial in serials else None,
                circuit=place.circuit if place.circuit in circuits else None,
                allowed=allowed,
            )
            if not allowed:
                await (await async_audit_log(hass)).async_add(entry)
                raise NotAllowedError(context, user, permission)
            if permission in audited:
                entries.append(entry)
    if entries:
        await (await async_audit_log(hass)).async_add(*entries)
    return entries


async def _async_tell(hass: HomeAssistant, entries: list[AuditEntry], failure: str | None) -> None:
    """Write down what came of it; ``failure``: the key of what went wrong."""
    if not entries:
        return
    now = dt_util.utcnow()
    outcomes = (
        AuditOutcome(entry=entry.id, at=now, failed=failure is not None, detail=failure or "")
        for entry in entries
    )
    await (await async_audit_log(hass)).async_add(*outcomes)
