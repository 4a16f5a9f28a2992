"""Statements of a meter: a month, or what somebody who lived behind it had of one."""

from __future__ import annotations

from collections.abc import Sequence
import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..coordinator import CsjCoordinator
from ..prepay.hourly_energy import HOUR
from ..prepay.price_history import PricesSince
from ..prepay.statement import (
    OLDEST_BALANCE,
    Account,
    BalanceAt,
    Month,
    Period,
    Remark,
    Statement,
    statement,
)
from ..prepay.tariffs import Prices
from .energy_history import async_balances, async_hourly_energy, full_hour
from .last_shown import async_last_shown
from .prepayment import async_prepayment
from .units import counts_energy, credit_unit


async def async_zone(hass: HomeAssistant) -> ZoneInfo:
    """The time zone of the home."""
    return await dt_util.async_get_time_zone(hass.config.time_zone) or ZoneInfo("UTC")


async def async_statement_of(
    hass: HomeAssistant, meter: CsjCoordinator, month: Month | Period, read: Sequence[BalanceAt] = ()
) -> Statement:
    """The statement of a meter. Raises StatementError and what the ledger raises.

    ``read``: balances that somebody has read themselves.
    """
    zone = await async_zone(hass)
    # the hour that is not over yet is no gap, it is not part of the statement
    now = full_hour(dt_util.utcnow())
    account = await _async_account(hass, meter, month, now, zone, read)
    return await hass.async_add_executor_job(lambda: statement(account, month, now=now))


async def _async_account(
    hass: HomeAssistant,
    meter: CsjCoordinator,
    month: Month | Period,
    now: dt.datetime,
    zone: ZoneInfo,
    read: Sequence[BalanceAt],
) -> Account:
    """All that is known of a month."""
    serial = meter.identity.serial
    prepayment = await async_prepayment(hass)
    ledger = prepayment.ledger
    start, end = month.bounds(zone)
    end = min(end, now)
    movements, prices = await prepayment.run(
        lambda: (ledger.movements(serial, since=start, until=end), ledger.prices(serial, end))
    )
    if counts_energy(meter):
        prices = (PricesSince(since=start, prices=Prices.by_energy()),)
    first, last = full_hour(start), full_hour(end) + (HOUR if end > full_hour(end) else dt.timedelta())
    balances = await async_balances(hass, serial, first - OLDEST_BALANCE, last)
    balances += read
    for bound in (start, end):
        # a balance of the hour before knows nothing of what was topped up since
        known = None if bound == full_hour(bound) else await async_last_shown(hass, serial, meter, bound)
        if known is not None and known.balance is not None:
            balances.append(known.balance)
    if isinstance(balance := meter.value("balance"), Decimal):
        reading = meter.data.readings[meter.source.group_of("balance") or next(iter(meter.data.readings))]
        balances.append(BalanceAt(at=dt.datetime.fromtimestamp(reading.at, dt.UTC), balance=balance))
    return Account(
        serial=serial,
        name=meter.subentry.title,
        unit=credit_unit(meter) or "",
        zone=zone,
        energy=await async_hourly_energy(hass, serial, meter.identity.tariffs, first, last),
        prices=prices,
        balances=balances,
        movements=movements,
    )


def last_month(now: dt.datetime, zone: ZoneInfo) -> Month:
    """The month before that of ``now``."""
    start, _ = Month.of(now, zone).bounds(zone)
    return Month.of(start - HOUR, zone)


def told_statement(made: Statement) -> dict[str, Any]:
    """The values of a statement as the answer of an action."""

    def balance(at: BalanceAt | None) -> dict[str, Any] | None:
        return None if at is None else {"at": at.at.isoformat(), "balance": float(at.balance)}

    return {
        "meter": made.serial,
        "name": made.name,
        "month": str(made.month),
        "unit": made.unit,
        "energy": float(made.energy),
        "cost": None if Remark.NO_PRICE in made.remarks else float(made.cost),
        "topped_up": float(made.topped_up),
        "opening": balance(made.opening),
        "closing": balance(made.closing),
        "tariffs": [
            {
                "tariff": line.tariff,
                "energy": float(line.energy),
                "price": None if line.price is None else float(line.price),
                "cost": None if line.cost is None else float(line.cost),
            }
            for line in made.lines
        ],
        "remarks": [remark.value for remark in made.remarks],
    }
