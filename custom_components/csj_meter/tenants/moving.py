"""Somebody moves in or out: what the meter showed then, and the closing statement."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.uuid import random_uuid_hex

from ..coordinator import CsjCoordinator
from ..csv_export import meters_here
from ..language.texts import Texts
from ..money.credit_watch import is_prepaid
from ..money.last_shown import async_last_shown
from ..money.prepayment import async_prepayment
from ..money.statements import async_statement_of, async_zone, told_statement
from ..money.units import credit_unit
from ..prepay.errors import StatementError
from ..prepay.movement import ON_THE_METER, UNSETTLED
from ..prepay.statement import BalanceAt, Period, Remark, Statement
from ..prepay.statement_csv import to_csv
from ..prepay.statement_html import to_html
from ..site.errors import TenantError
from ..site.tenants import Tenancy, Turn, move_out
from .book import async_tenants
from .texts import async_texts_in

AHEAD: Final = dt.timedelta(minutes=2)
"""The clock of whoever says when may be ahead of ours by so much: that is now."""


async def async_move_in(hass: HomeAssistant, tenancy: Tenancy) -> Tenancy:
    """Somebody new lives behind a meter. Raises TenantError."""
    if tenancy.serial not in meters_here(hass):
        raise TenantError("meter", "no_meter")
    await (await async_tenants(hass)).async_change(lambda all_: all_.with_tenancy(tenancy))
    return tenancy


async def async_move_out(hass: HomeAssistant, tenancy_id: str, turn: Turn) -> Tenancy:
    """Somebody has moved out: their link ends. Raises TenantError."""
    book = await async_tenants(hass)
    changed = await book.async_change(lambda all_: all_.changed(tenancy_id, lambda one: move_out(one, turn)))
    return changed.get(tenancy_id)


def new_id() -> str:
    """An id for a tenancy."""
    return random_uuid_hex()


async def async_turn(
    hass: HomeAssistant,
    serial: str,
    at: dt.datetime | None,
    energy: Decimal | None = None,
    balance: Decimal | None = None,
) -> Turn:
    """A moment with what the meter showed last before it, as far as nobody has read it themselves.

    ``at``: None for now. Raises TenantError for a moment that has not come yet.
    """
    now = dt_util.utcnow()
    at = now if at is None else dt_util.as_utc(at)
    if at > now + AHEAD:
        raise TenantError("at", "in_the_future")
    # to the microsecond: what was topped up in the same second is in the balance, or comes after it
    at = min(at, now)
    if energy is None or balance is None:
        shown = await async_last_shown(hass, serial, meter_here(hass, serial), at)
        energy = shown.energy if energy is None else energy
        if balance is None and shown.balance is not None:
            balance = shown.balance.balance
    return Turn(at=at, energy=energy, balance=balance)


@callback
def meter_here(hass: HomeAssistant, serial: str) -> CsjCoordinator | None:
    """A meter; None while its bridge is not set up."""
    found = meters_here(hass).get(serial)
    return None if found is None else found[2]


async def async_closing_statement(hass: HomeAssistant, tenancy: Tenancy) -> dict[str, Any]:
    """What somebody has used, paid and left over, from the day on which they moved in, as plain JSON.

    By the counters and balances that were read at both ends; ``remarks`` say why the cost of a prepaid meter
    is not known. ``statement`` has the same by tariff, as far as the hours of it are known. Raises what the
    ledger raises.
    """
    out = tenancy.moved_out
    until = dt_util.utcnow() if out is None else out.at
    before, after = tenancy.moved_in, out or await async_turn(hass, tenancy.serial, None)
    answer: dict[str, Any] = {
        "tenancy": tenancy.id,
        "tenant": tenancy.name,
        "meter": tenancy.serial,
        "moved_in": _told_turn(before),
        "moved_out": None if out is None else _told_turn(out),
        "energy": None
        if before.energy is None or after.energy is None
        else float(after.energy - before.energy),
        "topped_up": None,
        "cost": None,
        "credit_left": None if after.balance is None else float(after.balance),
        "unit": None,
        "remarks": [],
        "statement": None,
    }
    meter = meter_here(hass, tenancy.serial)
    if meter is None or not is_prepaid(meter):
        return answer
    answer["unit"] = credit_unit(meter)
    ledger = (prepayment := await async_prepayment(hass)).ledger
    paid = await prepayment.run(
        lambda: ledger.movements(tenancy.serial, since=tenancy.moved_in.at, until=until)
    )
    amounts = [one.amount for one in paid if one.state in ON_THE_METER]
    known = [amount for amount in amounts if amount is not None]
    topped_up = sum(known, Decimal(0))
    answer["topped_up"] = float(topped_up)
    remarks = {
        Remark.UNSETTLED: any(one.state in UNSETTLED for one in paid),
        Remark.AMOUNT_UNKNOWN: len(known) < len(amounts),
        Remark.NO_OPENING: before.balance is None,
        Remark.NO_CLOSING: after.balance is None,
    }
    answer["remarks"] = [remark.value for remark, holds in remarks.items() if holds]
    if before.balance is not None and after.balance is not None and not answer["remarks"]:
        answer["cost"] = float(before.balance + topped_up - after.balance)
    made = await async_tenancy_statement(hass, meter, tenancy, tenancy.moved_in.at, until)
    if made is not None:
        answer["statement"] = await hass.async_add_executor_job(
            told_with_pages, made, await async_texts_in(hass, tenancy.language)
        )
    return answer


async def async_tenancy_statement(
    hass: HomeAssistant, meter: CsjCoordinator, tenancy: Tenancy, start: dt.datetime, end: dt.datetime
) -> Statement | None:
    """The statement of what somebody has of a time; None where that is nothing, or not an hour yet."""
    start = max(start, tenancy.moved_in.at)
    turns = [tenancy.moved_in]
    if tenancy.moved_out is not None:
        end = min(end, tenancy.moved_out.at)
        turns.append(tenancy.moved_out)
    read = [BalanceAt(at=turn.at, balance=turn.balance) for turn in turns if turn.balance is not None]
    try:
        return await async_statement_of(hass, meter, Period(start, end, await async_zone(hass)), read)
    except StatementError:
        return None


def told_with_pages(made: Statement, texts: Texts) -> dict[str, Any]:
    """A statement as plain JSON, with its table and its page in the language of ``texts``."""
    return {**told_statement(made), "csv": to_csv(made, texts), "html": to_html(made, texts)}


def told_tenancy(tenancy: Tenancy) -> dict[str, Any]:
    """Somebody, as plain JSON; nothing of the link but that there is one."""
    return {
        "tenancy": tenancy.id,
        "meter": tenancy.serial,
        "name": tenancy.name,
        "email": tenancy.email,
        "phone": tenancy.phone,
        "language": tenancy.language,
        "moved_in": _told_turn(tenancy.moved_in),
        "moved_out": None if tenancy.moved_out is None else _told_turn(tenancy.moved_out),
        "portal_link_since": None if tenancy.link is None else tenancy.link.made_at.isoformat(),
    }


def _told_turn(turn: Turn) -> dict[str, Any]:
    return {
        "at": turn.at.isoformat(),
        "energy": None if turn.energy is None else float(turn.energy),
        "balance": None if turn.balance is None else float(turn.balance),
    }
