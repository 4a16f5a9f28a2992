"""Which prices a meter had when; every function works inside the caller's transaction.

A meter knows its prices of now only, and a statement needs those of then.
"""

from __future__ import annotations

from dataclasses import dataclass
import datetime as dt
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection, insert, select

from .schema import PRICES
from .tariffs import Prices

AHEAD: Final = dt.timedelta(days=1)
"""By how much a clock may have been ahead that was set back since.

By more than that it is rather the clock of now that is wrong, such as that of a computer that has not asked
for the time yet: what was written down before holds beside what it says.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricesSince:
    """Prices from a moment on."""

    since: dt.datetime
    """UTC."""

    prices: Prices
    """Until the next ones."""


def note(connection: Connection, serial: str, prices: Prices, at: dt.datetime) -> None:
    """Write down what a meter shows, unless it is what was written last, by a clock that was not ahead."""
    text = ",".join(map(str, prices.per_kilowatt_hour))
    statement = (
        select(PRICES.c.per_kilowatt_hour, PRICES.c.since)
        .where(PRICES.c.serial == serial)
        .order_by(PRICES.c.number.desc())
        .limit(1)
    )
    last = connection.execute(statement).one_or_none()
    if last is None or last.per_kilowatt_hour != text or last.since > at:
        connection.execute(insert(PRICES).values(serial=serial, since=at, per_kilowatt_hour=text))


def find(connection: Connection, serial: str, until: dt.datetime) -> tuple[PricesSince, ...]:
    """What was written down of a meter before ``until``, oldest first.

    Without what was written by a clock that was ahead, once the meter was seen by the one that was set back.
    """
    statement = (
        select(PRICES).where(PRICES.c.serial == serial, PRICES.c.since < until).order_by(PRICES.c.number)
    )
    found: list[PricesSince] = []
    for row in connection.execute(statement).mappings():
        since = row["since"]
        found = [one for one in found if not since < one.since <= since + AHEAD]
        found.append(PricesSince(since=since, prices=_prices(row["per_kilowatt_hour"])))
    return tuple(sorted(found, key=lambda one: one.since))


def _prices(text: str) -> Prices:
    return Prices(tuple(map(Decimal, text.split(","))))
