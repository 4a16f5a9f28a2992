"""Actions that put money on a meter, and the one that tells what was moved."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType
import probatio

from ..access.doors import async_caller, standing_of
from ..exceptions import translates
from ..money.prepayment import async_prepayment
from ..money.units import credit_unit
from ..prepay.audit import AuditLine
from ..prepay.movement import Actor, Movement, Source
from ..prepay.prepaid_meter import PrepaidMeter
from ..site.access import OWNER
from .target import ANY_METER, METER, async_actor_of, meter_of, prepaid_of

ATTR_AMOUNT: Final = "amount"
ATTR_DAYS: Final = "days"
ATTR_KEY: Final = "key"
ATTR_NOTE: Final = "note"
ATTR_PAYMENT: Final = "payment"
ATTR_TOKEN: Final = "token"

LONGEST_TEXT: Final = 100

TEXT: Final = probatio.All(cv.string, probatio.Length(min=1, max=LONGEST_TEXT))
"""Something that somebody has typed."""

NOTE: Final = probatio.All(cv.string, probatio.Length(max=LONGEST_TEXT))


def amount(value: Any) -> str:
    """An amount as people write it; what a number selector gives is taken for what it shows."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise probatio.Invalid("an amount is a number such as 12.50")
    if len(text := str(value).strip()) > LONGEST_TEXT:
        raise probatio.Invalid("an amount is a number such as 12.50")
    return text


TOP_UP_SCHEMA: Final = probatio.Schema(
    {
        **METER,
        probatio.Required(ATTR_AMOUNT): amount,
        probatio.Optional(ATTR_KEY): TEXT,
        probatio.Optional(ATTR_NOTE, default=""): NOTE,
    }
)

TOKEN_SCHEMA: Final = probatio.Schema(
    {**METER, probatio.Required(ATTR_TOKEN): TEXT, probatio.Optional(ATTR_KEY): TEXT}
)

LIST_PAYMENTS_SCHEMA: Final = probatio.Schema(
    {
        **ANY_METER,
        probatio.Optional(ATTR_DAYS, default=90): probatio.All(
            probatio.Coerce(int), probatio.Range(min=1, max=3660)
        ),
    }
)


CORRECT_SCHEMA: Final = probatio.Schema(
    {
        **METER,
        probatio.Required(ATTR_AMOUNT): amount,
        probatio.Required(ATTR_NOTE): TEXT,
        probatio.Optional(ATTR_PAYMENT): TEXT,
        probatio.Optional(ATTR_KEY): TEXT,
    }
)

LIST_REQUESTS_SCHEMA: Final = probatio.Schema(
    {
        probatio.Optional(ATTR_DAYS, default=30): probatio.All(
            probatio.Coerce(int), probatio.Range(min=1, max=732)
        )
    }
)


@translates
async def async_top_up(call: ServiceCall) -> ServiceResponse:
    """Put an amount on a meter; returns when the meter shows it."""
    _, control = prepaid_of(call)
    actor, prepayment = await async_actor_of(call), await async_prepayment(call.hass)
    key = call.data.get(ATTR_KEY)
    if standing_of(call.hass, await async_caller(call.hass, call.context)) != OWNER:
        key = own_key(actor, key)
    movement = await control.run(
        lambda session: prepayment.top_ups.top_up(
            PrepaidMeter(session),
            call.data[ATTR_AMOUNT],
            actor=actor,
            source=Source.ACTION,
            key=key,
            note=call.data[ATTR_NOTE],
        )
    )
    return told(movement)


@translates
async def async_load_token(call: ServiceCall) -> ServiceResponse:
    """Load an STS token into a meter."""
    _, control = prepaid_of(call)
    actor, prepayment = await async_actor_of(call), await async_prepayment(call.hass)
    movement = await control.run(
        lambda session: prepayment.top_ups.load_token(
            PrepaidMeter(session),
            call.data[ATTR_TOKEN],
            actor=actor,
            source=Source.ACTION,
            key=own_key(actor, call.data.get(ATTR_KEY)),
            guesser=actor.id or actor.name,
        )
    )
    return told(movement)


@translates
async def async_list_payments(call: ServiceCall) -> ServiceResponse:
    """Every movement of money of the last days, oldest first."""
    serial = meter_of(call).identity.serial if ATTR_DEVICE_ID in call.data else None
    actor, prepayment = await async_actor_of(call), await async_prepayment(call.hass)
    since = dt_util.utcnow() - dt.timedelta(days=call.data[ATTR_DAYS])
    found = await prepayment.run(lambda: prepayment.ledger.movements(serial, since=since))
    return {
        "payments": [{**told(movement), ATTR_KEY: _key_for(movement, actor)} for movement in found],
    }


@translates
async def async_correct_payment(call: ServiceCall) -> ServiceResponse:
    """Write down money that the ledger could not see; nothing is sent to the meter.

    Where a payment is named, it is the amount of that one; otherwise it is a line of its own.
    """
    meter, _ = prepaid_of(call)
    actor, prepayment = await async_actor_of(call), await async_prepayment(call.hass)
    ledger, serial, at, unit = prepayment.ledger, meter.identity.serial, dt_util.utcnow(), credit_unit(meter)
    amount, note, payment = call.data[ATTR_AMOUNT], call.data[ATTR_NOTE], call.data.get(ATTR_PAYMENT)
    if payment is not None:
        return told(
            await prepayment.run(
                lambda: ledger.tell_amount(payment, serial, amount, actor=actor, at=at, note=note)
            )
        )
    return told(
        await prepayment.run(
            lambda: ledger.correct(
                serial, amount, unit or "", actor=actor, at=at, note=note, key=call.data.get(ATTR_KEY)
            )
        )
    )


@translates
async def async_list_payment_requests(call: ServiceCall) -> ServiceResponse:
    """What payment services have asked for, and what was refused and why: the audit trail."""
    prepayment = await async_prepayment(call.hass)
    now = dt_util.utcnow()
    since = now - dt.timedelta(days=call.data[ATTR_DAYS])

    def _read() -> list[JsonValueType]:
        prepayment.audit.flush()
        return [_told_request(line) for line in prepayment.audit.entries(since, now)]

    return {"requests": await prepayment.run(_read)}


def own_key(actor: Actor, key: str | None) -> str | None:
    """The key of somebody who need not administer Home Assistant: it meets no key of anybody else."""
    return None if key is None else f"{actor.id or actor.name}: {key}"


def _key_for(movement: Movement, reader: Actor) -> str | None:
    """The key that the reader gave a movement, as it was given; None for what others did."""
    if reader.id is None or movement.actor.id != reader.id or movement.key is None:
        return None
    return movement.key.removeprefix(own_key(reader, "") or "")


def told(movement: Movement) -> dict[str, Any]:
    """A movement as the answer of an action."""

    def number(value: Decimal | None) -> float | None:
        return None if value is None else float(value)

    return {
        "id": movement.id,
        "meter": movement.serial,
        "kind": movement.kind.value,
        "state": movement.state.value,
        "reason": None if movement.reason is None else movement.reason.value,
        "amount": number(movement.amount),
        "unit": movement.unit,
        "count": movement.count,
        "balance_before": number(movement.balance_before),
        "balance_after": number(movement.balance_after),
        "source": movement.source.value,
        "by": movement.actor.name,
        "note": movement.note,
        "at": movement.at.isoformat(),
    }


def _told_request(line: AuditLine) -> dict[str, JsonValueType]:
    """A line of the audit trail as the answer of an action."""
    what = line.what
    return {
        "at": line.at.isoformat(),
        "last_at": line.last_at.isoformat(),
        "times": line.times,
        "source": what.source.value,
        "authenticated": what.authenticated,
        "by": what.actor,
        "asked": what.asked,
        "meter": what.serial,
        "amount": None if what.amount is None else float(what.amount),
        "unit": what.unit,
        "outcome": what.outcome.value,
        "reason": what.reason,
        "detail": what.detail,
    }
