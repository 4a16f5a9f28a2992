"""The prices of then are known for statements."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.price_history import PricesSince
from custom_components.csj_meter.prepay.tariffs import Prices

MARCH = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
CHEAP = Prices((Decimal("0.1000"), Decimal("0.2500")))
DEAR = Prices((Decimal("0.1500"), Decimal("0.2500")))


def test_only_changes_are_kept_and_a_return_is_one(ledger: Ledger) -> None:
    for step, prices in enumerate((CHEAP, CHEAP, DEAR, DEAR, CHEAP)):
        ledger.note_prices("CSJ1", prices, MARCH + step * HOUR)
    ledger.note_prices("CSJ2", DEAR, MARCH)

    assert ledger.prices("CSJ1", MARCH + dt.timedelta(days=1)) == (
        PricesSince(since=MARCH, prices=CHEAP),
        PricesSince(since=MARCH + 2 * HOUR, prices=DEAR),
        PricesSince(since=MARCH + 4 * HOUR, prices=CHEAP),
    )


def test_what_came_later_is_left_out(ledger: Ledger) -> None:
    ledger.note_prices("CSJ1", CHEAP, MARCH)
    ledger.note_prices("CSJ1", DEAR, MARCH + HOUR)

    assert [one.prices for one in ledger.prices("CSJ1", MARCH + HOUR)] == [CHEAP]
    assert ledger.prices("CSJ1", MARCH) == ()
