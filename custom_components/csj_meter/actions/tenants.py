"""Actions for tenants: move in and out, their links to the portal, and the statements of all of them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import probatio

from ..access.doors import async_caller, standing_of, visible_meters
from ..alerting.channel_issues import channel_name
from ..alerting.meter_target import serial_of
from ..const import DOMAIN
from ..exceptions import translates
from ..moments import any_moment
from ..site.access import OWNER, Permission
from ..site.errors import TenantError
from ..site.tenants import Tenancies, Tenancy
from ..site_settings import async_site_settings
from ..tenants.book import async_tenants
from ..tenants.letters import async_monthly_statements
from ..tenants.links import async_make_link, async_revoke_link
from ..tenants.moving import (
    async_closing_statement,
    async_move_in,
    async_move_out,
    async_turn,
    new_id,
    told_tenancy,
)
from ..tenants.reminders import async_remind, reminded_at
from .statements import ATTR_MONTH, async_asked_month
from .target import ANY_METER, METER

ATTR_AT: Final = "at"
ATTR_BALANCE: Final = "balance"
ATTR_CHANNEL: Final = "channel"
ATTR_EMAIL: Final = "email"
ATTR_ENERGY: Final = "energy"
ATTR_LANGUAGE: Final = "language"
ATTR_NAME: Final = "name"
ATTR_PHONE: Final = "phone"
ATTR_SEND: Final = "send"


def _reading(value: Any) -> Decimal:
    """What somebody has read from a meter, to 0.01."""
    try:
        return Decimal(str(float(value))).quantize(Decimal("0.01"))
    except (TypeError, ValueError, ArithmeticError) as err:
        raise probatio.Invalid("expected a number") from err


_TEXT: Final = probatio.All(cv.string, probatio.Length(min=1, max=200))

_TURN: Final = {
    probatio.Optional(ATTR_AT): any_moment,
    probatio.Optional(ATTR_ENERGY): _reading,
    probatio.Optional(ATTR_BALANCE): _reading,
}

MOVE_IN_SCHEMA: Final = probatio.Schema(
    {
        **METER,
        probatio.Required(ATTR_NAME): _TEXT,
        probatio.Optional(ATTR_EMAIL): _TEXT,
        probatio.Optional(ATTR_PHONE): _TEXT,
        probatio.Optional(ATTR_CHANNEL): _TEXT,
        probatio.Optional(ATTR_LANGUAGE): _TEXT,
        **_TURN,
    }
)

MOVE_OUT_SCHEMA: Final = probatio.Schema({**METER, **_TURN})

TENANT_SCHEMA: Final = probatio.Schema({**METER})

LIST_SCHEMA: Final = probatio.Schema({**ANY_METER})

STATEMENTS_SCHEMA: Final = probatio.Schema(
    {probatio.Optional(ATTR_MONTH): cv.string, probatio.Optional(ATTR_SEND, default=False): cv.boolean}
)


@translates
async def async_tenant_moves_in(call: ServiceCall) -> ServiceResponse:
    """Somebody lives behind a meter from now on, or since a moment of the past."""
    data, serial = call.data, _serial(call)
    try:
        tenancy = Tenancy(
            id=new_id(),
            serial=serial,
            name=data[ATTR_NAME].strip(),
            email=data.get(ATTR_EMAIL),
            phone=data.get(ATTR_PHONE),
            channel=await _async_channel(call),
            language=data.get(ATTR_LANGUAGE, call.hass.config.language),
            moved_in=await async_turn(
                call.hass, serial, _moment(call), data.get(ATTR_ENERGY), data.get(ATTR_BALANCE)
            ),
        )
        return told_tenancy(await async_move_in(call.hass, tenancy))
    except TenantError as err:
        raise told_error(err) from err


@translates
async def async_tenant_moves_out(call: ServiceCall) -> ServiceResponse:
    """Who lives behind a meter moves out; the closing statement."""
    data, serial = call.data, _serial(call)
    tenancy = await _async_current(call)
    try:
        turn = await async_turn(
            call.hass, serial, _moment(call), data.get(ATTR_ENERGY), data.get(ATTR_BALANCE)
        )
        gone = await async_move_out(call.hass, tenancy.id, turn)
    except TenantError as err:
        raise told_error(err) from err
    return await async_closing_statement(call.hass, gone)


async def async_list_tenants(call: ServiceCall) -> ServiceResponse:
    """Everybody who lives or lived behind the caller's meters, or behind one meter, the newest first."""
    visible = visible_meters(call.hass, await async_caller(call.hass, call.context), Permission.TENANTS)
    serial = _serial(call) if ATTR_DEVICE_ID in call.data else None
    found = (await async_tenants(call.hass)).tenancies.all
    channels = (await async_site_settings(call.hass)).alerts
    return {
        "tenants": [
            {
                **told_tenancy(one),
                "channel": None if one.channel is None else channel_name(channels, one.channel),
                "reminded_at": reminded_at(call.hass, one),
            }
            for one in sorted(found, key=lambda one: one.moved_in.at, reverse=True)
            if (visible is None or one.serial in visible) and serial in (None, one.serial)
        ]
    }


async def async_forget_tenants(call: ServiceCall) -> ServiceResponse:
    """Forget everybody who has moved out from behind a meter."""
    serial, book = _serial(call), await async_tenants(call.hass)
    gone = [one.id for one in book.tenancies.of_meter(serial) if not one.is_current]

    def forget(tenancies: Tenancies) -> Tenancies:
        for tenancy_id in gone:
            tenancies = tenancies.without(tenancy_id)
        return tenancies

    await book.async_change(forget)
    return {"forgotten": len(gone)}


async def async_make_portal_link(call: ServiceCall) -> ServiceResponse:
    """A new link to the portal for who lives behind a meter; the one before ends."""
    tenancy = await _async_current(call)
    return {"link": await async_make_link(call.hass, tenancy.id)}


async def async_revoke_portal_link(call: ServiceCall) -> None:
    """End the link of who lives behind a meter."""
    await async_revoke_link(call.hass, (await _async_current(call)).id)


async def async_remind_tenant(call: ServiceCall) -> ServiceResponse:
    """Tell who lives behind a meter how much credit is left; what came of it."""
    return await async_remind(call.hass, await _async_current(call))


@translates
async def async_all_statements(call: ServiceCall) -> ServiceResponse:
    """The statements of all tenants of the caller, of the last month by default; sent to them if asked."""
    month = await async_asked_month(call)
    visible = visible_meters(call.hass, await async_caller(call.hass, call.context), Permission.TENANTS)
    return await async_monthly_statements(call.hass, month, visible, send=call.data[ATTR_SEND])


def told_error(err: TenantError) -> ServiceValidationError:
    """The same error for whoever has called an action."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=PROBLEMS.get(err.problem, "impossible_tenant"),
        translation_placeholders={"field": err.path},
    )


PROBLEMS: Final = {
    "somebody_lives_there": "somebody_lives_there",
    "in_the_future": "turn_in_the_future",
    "out_before_in": "out_before_in",
    "energy_fell": "counter_fell",
    "no_meter": "no_such_meter",
}
"""Key of a problem -> that of its sentence; what is not here is told as "impossible_tenant"."""


async def _async_channel(call: ServiceCall) -> str | None:
    """Id of the channel of that name. Raises ServiceValidationError."""
    if (name := call.data.get(ATTR_CHANNEL)) is None:
        return None
    known = {channel.name: channel.id for channel in (await async_site_settings(call.hass)).alerts.channels}
    if name not in known:
        # channels are called after people; those of the whole site are for its owners
        is_owner = standing_of(call.hass, await async_caller(call.hass, call.context)) == OWNER
        listed = ", ".join(sorted(known)) if is_owner else ""
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_such_channel",
            translation_placeholders={"channel": name, "known": listed or "-"},
        )
    return known[name]


async def _async_current(call: ServiceCall) -> Tenancy:
    """Who lives behind the meter of a call. Raises ServiceValidationError."""
    if (found := (await async_tenants(call.hass)).current(_serial(call))) is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nobody_lives_there")
    return found


def _serial(call: ServiceCall) -> str:
    """Serial number of the meter of a call. Raises ServiceValidationError."""
    if (serial := serial_of(call.hass, call.data[ATTR_DEVICE_ID])) is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_such_meter")
    return serial


def _moment(call: ServiceCall) -> dt.datetime | None:
    return call.data.get(ATTR_AT)
