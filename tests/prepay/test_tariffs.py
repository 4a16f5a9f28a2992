"""Day tables and prices: which tariff counts at a moment, what it costs, and what cannot be."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.csj_meter.prepay.errors import TariffError
from custom_components.csj_meter.prepay.tariffs import (
    MAX_PRICE,
    MINUTES,
    DayTable,
    Prices,
    Schedule,
    SwitchPoint,
    day_table,
    exact,
    minute_of,
)

WEEKDAY = DayTable.of(("00:00", 2), ("06:00", 1), ("22:00", 2))
SATURDAY = DayTable.of(("00:00", 2), ("09:30", 3))
SUNDAY = DayTable.of(("00:00", 4))
WEEK = Schedule(weekday=WEEKDAY, saturday=SATURDAY, sunday=SUNDAY)
PRICES = Prices((Decimal("0.32"), Decimal("0.1850"), Decimal("0.25"), Decimal(0)))
TABLES = st.dictionaries(st.integers(0, MINUTES - 1), st.integers(1, 8), min_size=1, max_size=12).map(
    lambda points: day_table(sorted(points.items()))
)


@pytest.mark.parametrize(
    ("local", "tariff"),
    [
        ("2026-03-06 05:59:59", 2),
        ("2026-03-06 06:00:00", 1),
        ("2026-03-06 21:59:00", 1),
        ("2026-03-06 22:00:00", 2),
        ("2026-03-07 09:29:00", 2),
        ("2026-03-07 09:30:00", 3),
        ("2026-03-07 23:59:59", 3),
        ("2026-03-08 00:00:00", 4),
        ("2026-03-09 00:00:00", 2),
    ],
)
def test_the_tariff_follows_the_clock_on_the_wall(local: str, tariff: int) -> None:
    assert WEEK.tariff_at(dt.datetime.fromisoformat(local)) == tariff


def test_before_its_first_point_a_table_is_in_its_last_tariff() -> None:
    table = DayTable.of(("06:00", 1), ("22:00", 3))

    assert [table.tariff_at(minute) for minute in (0, 359, 360, 1319, 1320)] == [3, 3, 1, 1, 3]


@given(TABLES, st.integers(0, MINUTES - 1))
def test_the_tariff_of_a_minute_is_that_of_the_last_switch_before_it(table: DayTable, minute: int) -> None:
    tariff = table.points[-1].tariff
    for now in range(minute + 1):
        tariff = next((point.tariff for point in table.points if point.minute == now), tariff)

    assert table.tariff_at(minute) == tariff


def test_energy_costs_what_a_person_would_reckon() -> None:
    assert PRICES.cost([0.1, 0.2, 10.0]) == Decimal("0.032") + Decimal("0.037") + Decimal("2.5")
    assert PRICES.cost([]) == 0
    assert PRICES.cost([0, 0, 0, 0, 0, 0, 0, 0]) == 0, "tariffs that nobody uses need no price"
    assert Prices.by_energy().cost([1.5, 0, 0, 0, 0, 0, 0, 2]) == Decimal("3.5")
    with pytest.raises(TariffError, match="tariff 5 has no price"):
        PRICES.cost([0, 0, 0, 0, 1])


def test_a_float_means_the_number_that_it_shows() -> None:
    assert exact(0.1 + 0.2) == Decimal("0.30000000000000004")
    assert exact(123.45) == Decimal("123.45")
    assert exact(7) == 7


@pytest.mark.parametrize(
    ("points", "why"),
    [
        ([], "at least one"),
        ([(minute, 1) for minute in range(13)], "at most 12"),
        ([(60, 1), (60, 2)], "01:00 cannot follow 01:00"),
        ([(600, 1), (60, 2)], "01:00 cannot follow 10:00"),
        ([(1440, 1)], "minute 1440"),
        ([(-1, 1)], "minute -1"),
        ([(0, 0)], "tariff 0"),
        ([(0, 9)], "tariff 9"),
    ],
)
def test_a_table_that_cannot_be_says_why(points: list[tuple[int, int]], why: str) -> None:
    with pytest.raises(TariffError, match=why):
        day_table(points)


@pytest.mark.parametrize("time", ["", "6", "24:00", "12:60", "-1:00", "ab:cd", "12:00:00", "²:00"])
def test_a_time_that_cannot_be_says_how_to_write_one(time: str) -> None:
    with pytest.raises(TariffError, match="time of the day"):
        minute_of(time)


def test_a_time_can_be_written_with_one_digit() -> None:
    assert minute_of(" 6:05 ") == 365
    assert DayTable.of(("6:05", 1)).points == (SwitchPoint(minute=365, tariff=1),)


@pytest.mark.parametrize(
    ("prices", "why"),
    [
        ((), "1 to 8 prices"),
        ((Decimal(1),) * 9, "1 to 8 prices"),
        ((Decimal("-0.01"),), "tariff 1"),
        ((Decimal(1), MAX_PRICE + 1), "tariff 2"),
        ((Decimal("0.12345"),), "four decimals"),
        ((Decimal("NaN"),), "tariff 1"),
    ],
)
def test_prices_that_cannot_be_say_why(prices: tuple[Decimal, ...], why: str) -> None:
    with pytest.raises(TariffError, match=why):
        Prices(prices)
