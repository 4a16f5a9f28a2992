"""The action that makes the monthly statement of a meter."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import probatio

from ..coordinator import CsjCoordinator
from ..exceptions import translates
from ..money.energy_history import async_balances, async_hourly_energy, full_hour
from ..money.prepayment import async_prepayment
from ..money.units import counts_energy, credit_unit
from ..prepay.hourly_energy import HOUR
from ..prepay.price_history import PricesSince
from ..prepay.statement import OLDEST_BALANCE, Account, BalanceAt, Month, Remark, Statement, statement
from ..prepay.statement_csv import to_csv
from ..prepay.statement_html import to_html
from ..prepay.statement_labels import ENGLISH
from ..prepay.tariffs import Prices
from .target import METER, prepaid_of

ATTR_MONTH: Final = "month"

STATEMENT_SCHEMA: Final = probatio.Schema({**METER, probatio.Optional(ATTR_MONTH): cv.string})


@translates
async def async_statement(call: ServiceCall) -> ServiceResponse:
    """The statement of a meter and month, as values, table and page; of the last month by default."""
    meter, _ = prepaid_of(call)
    zone = await dt_util.async_get_time_zone(call.hass.config.time_zone) or ZoneInfo("UTC")
    # the hour that is not over yet is no gap, it is not part of the statement
    now = full_hour(dt_util.utcnow())
    asked: str | None = call.data.get(ATTR_MONTH)
    month = _last_month(now, zone) if asked is None else Month.parse(asked)
    account = await _async_account(call.hass, meter, month, now, zone)

    def _make() -> dict[str, Any]:
        made = statement(account, month, now=now)
        return {**_told(made), "csv": to_csv(made, ENGLISH), "html": to_html(made, ENGLISH)}

    return await call.hass.async_add_executor_job(_make)


async def _async_account(
    hass: HomeAssistant, meter: CsjCoordinator, month: Month, now: dt.datetime, zone: ZoneInfo
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


def _last_month(now: dt.datetime, zone: ZoneInfo) -> Month:
    start, _ = Month.of(now, zone).bounds(zone)
    return Month.of(start - HOUR, zone)


def _told(made: Statement) -> dict[str, Any]:
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
