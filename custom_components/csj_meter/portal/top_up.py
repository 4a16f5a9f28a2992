"""Vouchers and tokens that a tenant enters: each entry once, by the key that the page has made for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import HomeAssistant
import probatio

from ..bus.errors import BusError
from ..const import DOMAIN
from ..coordinator import CsjCoordinator
from ..exceptions import ERROR_KEYS
from ..meters.errors import MeterError
from ..money.credit_watch import is_prepaid
from ..money.plain_data import movement_data
from ..money.prepayment import async_prepayment
from ..prepay.errors import PrepayError, TopUpUncertainError
from ..prepay.movement import Actor, Movement, MovementState, Nameless, Source
from ..prepay.prepaid_meter import PrepaidMeter
from ..site.tenants import Tenancy
from ..tenants.moving import meter_here
from .guard import NAME

VOUCHER: Final = "voucher"
TOKEN: Final = "token"

SCHEMA: Final = probatio.Schema(
    {
        probatio.Required("kind"): probatio.In([VOUCHER, TOKEN]),
        probatio.Required("code"): probatio.All(str, probatio.Length(min=1, max=64)),
        probatio.Required("key"): probatio.All(str, probatio.Match(r"^[A-Za-z0-9-]{16,64}\Z")),
    }
)

WORDS: Final = frozenset(
    {
        *("voucher_mistyped", "voucher_unknown", "voucher_expired", "voucher_used", "voucher_withdrawn"),
        *("voucher_for_other_meter", "too_many_guesses", "impossible_token", "token_refused", "key_reused"),
        *("unit_mismatch", "top_up_pending"),
    }
)
"""Keys of errors that a tenant can do something about; whatever else went wrong is "not_now"."""

NOT_NOW: Final = "not_now"


def takes_money(meter: CsjCoordinator | None) -> bool:
    """Whether something can be entered for a meter now."""
    return meter is not None and is_prepaid(meter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What became of something that was entered."""

    told: dict[str, Any]
    """What the tenant hears of it, as plain JSON.

    ``state`` is "done", "refused" with a word, or "uncertain": then the same key tells more later.
    """

    error: str | None = None
    """Key of what went wrong."""


async def async_top_up(hass: HomeAssistant, tenancy: Tenancy, entry: dict[str, Any]) -> Entered:
    """Redeem or load what was entered; it is tried once, whatever comes of it."""
    # whoever hangs up must not stop a top-up half-way
    task = hass.async_create_task(_async_top_up(hass, tenancy, entry), f"{DOMAIN} portal top-up")
    return await asyncio.shield(task)


async def _async_top_up(hass: HomeAssistant, tenancy: Tenancy, entry: dict[str, Any]) -> Entered:
    key, code = f"{tenancy.id}: {entry['key']}", entry["code"]
    meter = meter_here(hass, tenancy.serial)
    if meter is None or meter.control is None or not is_prepaid(meter):
        return await _async_recalled(hass, key)
    # the ledger keeps what is in it for good: it knows the tenancy, and not the name
    actor, guesser = Actor(id=tenancy.id, name=Nameless.PORTAL.value), f"{NAME}: {tenancy.id}"
    try:
        prepayment = await async_prepayment(hass)
        if entry["kind"] == VOUCHER:
            movement = await meter.control.watched(
                lambda session: prepayment.vouchers.redeem(
                    code,
                    PrepaidMeter(session),
                    guesser=guesser,
                    actor=actor,
                    source=Source.PORTAL,
                    key=key,
                )
            )
        else:
            movement = await meter.control.watched(
                lambda session: prepayment.top_ups.load_token(
                    PrepaidMeter(session),
                    code,
                    actor=actor,
                    source=Source.PORTAL,
                    key=key,
                    guesser=guesser,
                )
            )
    except TopUpUncertainError as err:
        return Entered(told={"state": "uncertain"}, error=ERROR_KEYS[type(err)])
    except (BusError, MeterError, PrepayError) as err:
        error = ERROR_KEYS[type(err)]
        word = error if error in WORDS else NOT_NOW
        return Entered(told={"state": "refused", "word": word}, error=error)
    return Entered(told=_done(movement))


async def _async_recalled(hass: HomeAssistant, key: str) -> Entered:
    """What is known of an entry whose meter cannot be asked now: nothing is taken, but it may have been."""
    refused = {"state": "refused", "word": NOT_NOW}
    try:
        prepayment = await async_prepayment(hass)
        earlier = await prepayment.run(lambda: prepayment.ledger.find(Source.PORTAL, key))
    except PrepayError as err:
        return Entered(told=refused, error=ERROR_KEYS[type(err)])
    if earlier is None or earlier.state is MovementState.REFUSED:
        return Entered(told=refused, error=NOT_NOW)
    if earlier.state is MovementState.DONE:
        return Entered(told=_done(earlier))
    return Entered(told={"state": "uncertain"}, error=ERROR_KEYS[TopUpUncertainError])


def _done(movement: Movement) -> dict[str, Any]:
    balance = movement.balance_after
    return {
        "state": "done",
        "amount": None if movement.amount is None else float(movement.amount),
        "unit": movement.unit,
        "balance": None if balance is None else float(balance),
    }


def told_payment(movement: Movement) -> dict[str, Any]:
    """A movement as a tenant sees it: nothing of who else has to do with it."""
    told = movement_data(movement)
    return {"state": movement.state.value, **{key: told[key] for key in ("amount", "unit", "kind", "at")}}
