"""Actions for vouchers: make, redeem, take back, list."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import probatio

from ..const import DOMAIN
from ..exceptions import translates
from ..money.prepayment import async_prepayment
from ..money.units import credit_unit
from ..prepay.prepaid_meter import PrepaidMeter
from ..prepay.voucher import Voucher
from .payments import ATTR_AMOUNT, ATTR_KEY, ATTR_NOTE, NOTE, TEXT, amount, own_key, told
from .target import ANY_METER, METER, async_actor_of, meter_of, prepaid_of

ATTR_CODE: Final = "code"
ATTR_NUMBER: Final = "number"
ATTR_UNIT: Final = "unit"
ATTR_VALID_DAYS: Final = "valid_days"

CREATE_VOUCHER_SCHEMA: Final = probatio.Schema(
    {
        **ANY_METER,
        probatio.Required(ATTR_AMOUNT): amount,
        probatio.Optional(ATTR_UNIT): probatio.All(cv.string, probatio.Match(r"^([A-Z]{3}|kWh)\Z")),
        probatio.Optional(ATTR_VALID_DAYS, default=365): probatio.All(
            probatio.Coerce(int), probatio.Range(min=1, max=3650)
        ),
        probatio.Optional(ATTR_NOTE, default=""): NOTE,
    }
)

REDEEM_SCHEMA: Final = probatio.Schema(
    {**METER, probatio.Required(ATTR_CODE): TEXT, probatio.Optional(ATTR_KEY): TEXT}
)

WITHDRAW_SCHEMA: Final = probatio.Schema(
    {probatio.Required(ATTR_NUMBER): probatio.All(probatio.Coerce(int), probatio.Range(min=1))}
)

LIST_VOUCHERS_SCHEMA: Final = probatio.Schema({**ANY_METER})


@translates
async def async_create_voucher(call: ServiceCall) -> ServiceResponse:
    """Make a voucher; its code is told this once."""
    meter = prepaid_of(call)[0] if ATTR_DEVICE_ID in call.data else None
    unit = call.hass.config.currency if meter is None else credit_unit(meter) or ""
    actor, prepayment = await async_actor_of(call), await async_prepayment(call.hass)
    made = await prepayment.vouchers.create(
        call.data[ATTR_AMOUNT],
        dt_util.utcnow() + dt.timedelta(days=call.data[ATTR_VALID_DAYS]),
        unit=call.data.get(ATTR_UNIT, unit),
        actor=actor,
        serial=None if meter is None else meter.identity.serial,
        note=call.data[ATTR_NOTE],
    )
    return {ATTR_CODE: str(made.code), **_told(made.voucher)}


@translates
async def async_redeem_voucher(call: ServiceCall) -> ServiceResponse:
    """Put what a voucher is worth on a meter."""
    _, control = prepaid_of(call)
    actor, prepayment = await async_actor_of(call), await async_prepayment(call.hass)
    movement = await control.run(
        lambda session: prepayment.vouchers.redeem(
            call.data[ATTR_CODE],
            PrepaidMeter(session),
            guesser=actor.id or actor.name,
            actor=actor,
            key=own_key(actor, call.data.get(ATTR_KEY)),
        )
    )
    return told(movement)


@translates
async def async_withdraw_voucher(call: ServiceCall) -> ServiceResponse:
    """Take a voucher back that nobody has redeemed."""
    prepayment = await async_prepayment(call.hass)
    found = [one for one in await prepayment.vouchers.all() if one.number == call.data[ATTR_NUMBER]]
    if not found:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_such_voucher",
            translation_placeholders={"number": str(call.data[ATTR_NUMBER])},
        )
    return _told(await prepayment.vouchers.withdraw(found[0].id))


@translates
async def async_list_vouchers(call: ServiceCall) -> ServiceResponse:
    """All vouchers, or those for one meter alone; never their codes."""
    serial = meter_of(call).identity.serial if ATTR_DEVICE_ID in call.data else None
    prepayment = await async_prepayment(call.hass)
    return {"vouchers": [_told(one) for one in await prepayment.vouchers.all(serial)]}


def _told(voucher: Voucher) -> dict[str, Any]:
    """A voucher as the answer of an action."""
    return {
        "number": voucher.number,
        "state": voucher.state_at(dt_util.utcnow()).value,
        "amount": float(voucher.amount),
        "unit": voucher.unit,
        "meter": voucher.serial,
        "note": voucher.note,
        "by": voucher.actor.name,
        "created_at": voucher.created_at.isoformat(),
        "expires_at": voucher.expires_at.isoformat(),
    }
