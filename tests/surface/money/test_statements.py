"""A statement whose bounds are not on the hour has the balances of its bounds, not of the hour before."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from custom_components.csj_meter.money.statements import async_statement_of
from custom_components.csj_meter.prepay.statement import BalanceAt, Month, Period, Remark, Statement
from custom_components.csj_meter.tenants.moving import meter_here

from ..conftest import Home

UNIT = 2

PAID = 50
"""More than anybody here uses in a day."""

pytestmark = pytest.mark.meters(UNIT, live_period=60)


async def until(home: Home, hour: int, minute: int, second: int = 0) -> dt.datetime:
    """Let time pass until then, on the day on which driven time begins."""
    moment = dt.datetime(2026, 10, 31, hour, minute, second, tzinfo=dt.UTC)
    await home.time.run(moment.timestamp() - home.time.wall)
    return moment


async def statement_of(home: Home, month: Month | Period, *read: BalanceAt) -> Statement:
    meter = meter_here(home.hass, home.serial(UNIT))
    assert meter is not None
    return await home.time.through(async_statement_of(home.hass, meter, month, read))


async def test_what_was_topped_up_since_the_full_hour_makes_no_difference(opened: Home) -> None:
    simulated = opened.line.meters[UNIT]
    await until(opened, 11, 10)
    simulated.pay_in(100 * PAID)
    start = await until(opened, 11, 20, 40)
    await until(opened, 12, 30)
    simulated.pay_in(100 * PAID)
    end = await until(opened, 12, 45, 20)
    await until(opened, 13, 10)

    made = await statement_of(opened, Period(start, end, ZoneInfo("UTC")))

    assert made.topped_up == PAID
    assert made.opening is not None
    assert made.closing is not None
    assert PAID - 5 < made.closing.balance - made.opening.balance < PAID
    assert made.remarks == ()


async def test_a_balance_that_somebody_has_read_is_the_one_of_that_moment(opened: Home) -> None:
    start = await until(opened, 11, 20, 40)
    await until(opened, 13, 10)
    read = BalanceAt(at=start, balance=Decimal("12.34"))

    period = Period(start, start + dt.timedelta(hours=1), ZoneInfo("UTC"))
    made = await statement_of(opened, period, read)

    assert made.opening == read
    assert made.closing is not None


async def test_a_month_that_begins_at_a_quarter_past_has_the_balance_of_then(opened: Home) -> None:
    await opened.hass.config.async_update(time_zone="Pacific/Chatham")
    await until(opened, 10, 10)
    opened.line.meters[UNIT].pay_in(100 * PAID)
    await until(opened, 12, 10)

    made = await statement_of(opened, Month(2026, 11))

    assert made.start == dt.datetime(2026, 10, 31, 10, 15, tzinfo=dt.UTC)
    assert made.topped_up == 0
    assert made.opening is not None
    assert made.opening.at == made.start - dt.timedelta(minutes=1)
    assert Remark.DIFFERENCE not in made.remarks
    assert made.difference is not None
