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


def test_a_clock_that_was_ahead_makes_no_price_begin_late(ledger: Ledger) -> None:
    ledger.note_prices("CSJ1", CHEAP, MARCH)
    ledger.note_prices("CSJ1", DEAR, MARCH + 5 * HOUR)
    # the clock is set back by three hours, and then another price comes
    ledger.note_prices("CSJ1", DEAR, MARCH + 2 * HOUR)
    assert ledger.prices("CSJ1", MARCH + 3 * HOUR)[-1] == PricesSince(since=MARCH + 2 * HOUR, prices=DEAR)
    ledger.note_prices("CSJ1", CHEAP, MARCH + 4 * HOUR)

    assert ledger.prices("CSJ1", MARCH + dt.timedelta(days=1)) == (
        PricesSince(since=MARCH, prices=CHEAP),
        PricesSince(since=MARCH + 2 * HOUR, prices=DEAR),
        PricesSince(since=MARCH + 4 * HOUR, prices=CHEAP),
    )


def test_a_clock_that_was_years_ahead_leaves_no_meter_without_a_price(ledger: Ledger) -> None:
    ledger.note_prices("CSJ1", CHEAP, MARCH.replace(year=2036))
    ledger.note_prices("CSJ1", CHEAP, MARCH)

    assert ledger.prices("CSJ1", MARCH + HOUR) == (PricesSince(since=MARCH, prices=CHEAP),)


def test_a_clock_that_is_years_behind_takes_no_price_from_the_time_before(ledger: Ledger) -> None:
    ledger.note_prices("CSJ1", DEAR, MARCH)
    ledger.note_prices("CSJ1", CHEAP, MARCH + HOUR)
    before = ledger.prices("CSJ1", MARCH + 2 * HOUR)
    ledger.note_prices("CSJ1", CHEAP, MARCH.replace(year=2000))

    assert ledger.prices("CSJ1", MARCH + 2 * HOUR)[-2:] == before
