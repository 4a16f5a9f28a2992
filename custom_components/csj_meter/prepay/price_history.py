"""Which prices a meter had when; every function works inside the caller's transaction.

A meter knows its prices of now only, and a statement needs those of then.
"""

from __future__ import annotations

from dataclasses import dataclass
import datetime as dt
from decimal import Decimal

from sqlalchemy import Connection, insert, select

from .schema import PRICES
from .tariffs import Prices


@dataclass(frozen=True, slots=True, kw_only=True)
class PricesSince:
    """Prices from a moment on."""

    since: dt.datetime
    """UTC."""

    prices: Prices
    """Until the next ones."""


def note(connection: Connection, serial: str, prices: Prices, at: dt.datetime) -> None:
    """Write down what a meter shows, unless it is what was written last."""
    text = ",".join(map(str, prices.per_kilowatt_hour))
    statement = (
        select(PRICES.c.per_kilowatt_hour)
        .where(PRICES.c.serial == serial)
        .order_by(PRICES.c.number.desc())
        .limit(1)
    )
    if connection.execute(statement).scalar_one_or_none() != text:
        connection.execute(insert(PRICES).values(serial=serial, since=at, per_kilowatt_hour=text))


def find(connection: Connection, serial: str, until: dt.datetime) -> tuple[PricesSince, ...]:
    """What was written down of a meter before ``until``, oldest first."""
    statement = (
        select(PRICES).where(PRICES.c.serial == serial, PRICES.c.since < until).order_by(PRICES.c.number)
    )
    return tuple(
        PricesSince(since=row["since"], prices=_prices(row["per_kilowatt_hour"]))
        for row in connection.execute(statement).mappings()
    )


def _prices(text: str) -> Prices:
    return Prices(tuple(map(Decimal, text.split(","))))
