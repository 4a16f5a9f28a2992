"""Usage today, this month and last week, as people compare it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.csj_meter.telemetry.aggregate import hours_between
from custom_components.csj_meter.telemetry.columns import ABSENT
from custom_components.csj_meter.telemetry.series import Aggregates
from custom_components.csj_meter.telemetry.usage import Usage, usage

BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")
PRICE = 2500
"""0.25 a kWh."""


def minute(text: str, zone: ZoneInfo = BERLIN) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) // 60


def hours(used: Mapping[int, int], price: int | None = PRICE) -> Aggregates:
    """Start of an hour -> steps used in it."""
    energy = np.array(list(used.values()), np.int64)
    columns = {"energy_import_used": energy}
    if price is not None:
        columns["energy_import_cost"] = np.where(energy == ABSENT, ABSENT, energy * price)
    return Aggregates(
        starts=np.array(list(used), np.int64), lengths=np.full(len(used), 60, np.int64), columns=columns
    )


def evenly(since: int, until: int, each: int = 100) -> dict[int, int]:
    """The same in every closed hour."""
    starts, ends = hours_between(since, until)
    return dict.fromkeys(starts[ends <= until].tolist(), each)


def since_morning(start: int, now: int, used: int, price: int | None = PRICE) -> Aggregates:
    columns = {"energy_import_used": np.array([used], np.int64)}
    if price is not None:
        columns["energy_import_cost"] = np.array([used * price], np.int64)
    return Aggregates(starts=np.array([start]), lengths=np.array([now - start]), columns=columns)


def in_may(used: Mapping[int, int] | None = None, *, today: int = 1234, price: int | None = PRICE) -> Usage:
    """On Wednesday, 20 May 2026, half past noon."""
    now, morning = minute("2026-05-20 12:30"), minute("2026-05-20")
    known = evenly(minute("2026-04-01"), now) if used is None else used
    return usage(hours(known, price), since_morning(morning, now, today, price), now, BERLIN)


def test_what_a_steady_home_used() -> None:
    found = in_may()
    assert (found.today.energy, found.today.cost, found.today.known) == (12.34, Decimal("3.09"), 1)
    # 19 days of 24 kWh, and today
    assert found.this_month.energy == 19 * 24 + 12.34
    assert found.this_month.cost == Decimal("117.09")
    assert found.this_month.known == 1
    assert found.last_month.energy == 30 * 24
    assert found.last_month.cost == Decimal("180.00")
    assert (found.last_week.energy, found.week_before.energy) == (168, 168)
    assert found.trend == 0


def test_every_time_says_from_when_to_when() -> None:
    found = in_may()
    assert (found.today.since, found.today.until) == (minute("2026-05-20"), minute("2026-05-20 12:30"))
    assert (found.this_month.since, found.this_month.until) == (
        minute("2026-05-01"),
        minute("2026-05-20 12:30"),
    )
    assert (found.last_month.since, found.last_month.until) == (minute("2026-04-01"), minute("2026-05-01"))
    assert (found.last_week.since, found.last_week.until) == (
        minute("2026-05-13 12:00"),
        minute("2026-05-20 12:00"),
    )
    assert found.week_before.until == found.last_week.since


def test_the_trend_compares_the_last_week_with_the_one_before() -> None:
    used = evenly(minute("2026-04-01"), minute("2026-05-20 12:00"))
    used |= evenly(minute("2026-05-13 12:00"), minute("2026-05-20 12:00"), 118)
    assert in_may(used).trend == 18.0


def test_a_week_that_is_known_in_part_is_compared_by_the_time_that_is_known() -> None:
    used = evenly(minute("2026-05-06 12:00"), minute("2026-05-20 12:00"))
    for start in evenly(minute("2026-05-15"), minute("2026-05-15 20:00")):
        used[start] = ABSENT
    found = in_may(used)
    assert found.trend == 0
    assert found.last_week.energy == 148
    assert found.last_week.known == pytest.approx(148 / 168, abs=1e-4)


@pytest.mark.parametrize(
    ("first", "trend"), [("2026-05-07 12:00", 0.0), ("2026-05-07 13:00", None), ("2026-05-13 12:00", None)]
)
def test_there_is_no_trend_before_both_weeks_are_known_well(first: str, trend: float | None) -> None:
    assert in_may(evenly(minute(first), minute("2026-05-20 12:00"))).trend == trend


def test_there_is_no_trend_against_nothing() -> None:
    used = evenly(minute("2026-04-01"), minute("2026-05-20 12:00"), 0)
    used |= evenly(minute("2026-05-13 12:00"), minute("2026-05-20 12:00"), 118)
    assert in_may(used).trend is None


def test_the_hour_that_is_not_closed_yet_does_not_count_as_unknown() -> None:
    now, morning = minute("2026-05-20 12:01"), minute("2026-05-20")
    used = evenly(minute("2026-04-01"), minute("2026-05-20 11:00"))
    found = usage(hours(used), since_morning(morning, now, 1200), now, BERLIN)
    assert found.last_week.until == minute("2026-05-20 11:00")
    assert (found.last_week.energy, found.last_week.known) == (168, 1)
    assert (found.today.energy, found.today.known) == (12, 1)


def test_a_meter_that_was_added_this_month_says_how_much_of_it_is_known() -> None:
    found = in_may(evenly(minute("2026-05-15 12:00"), minute("2026-05-20 12:00")))
    assert found.this_month.energy == pytest.approx(4.5 * 24 + 12.34)
    assert found.this_month.cost == Decimal("30.09")
    assert found.this_month.known == pytest.approx((4.5 * 24 + 12.5) / (19 * 24 + 12.5), abs=1e-4)
    assert (found.last_month.energy, found.last_month.cost, found.last_month.known) == (None, None, 0)


def test_without_prices_there_is_no_cost() -> None:
    found = in_may(price=None)
    assert (found.today.cost, found.this_month.cost, found.last_month.cost) == (None, None, None)
    assert found.this_month.energy == 19 * 24 + 12.34


def test_the_cost_is_unknown_when_that_of_one_hour_is() -> None:
    known = hours(evenly(minute("2026-04-01"), minute("2026-05-20 12:00")))
    known.steps("energy_import_cost")[known.starts == minute("2026-05-03 10:00")] = ABSENT
    now, morning = minute("2026-05-20 12:30"), minute("2026-05-20")
    found = usage(known, since_morning(morning, now, 1234), now, BERLIN)
    assert found.this_month.cost is None
    assert found.last_month.cost == Decimal("180.00")
    assert found.today.cost == Decimal("3.09")


def test_an_hour_without_usage_needs_no_price() -> None:
    known = hours(evenly(minute("2026-04-01"), minute("2026-05-20 12:00")))
    idle = known.starts == minute("2026-05-03 10:00")
    known.steps("energy_import_used")[idle] = 0
    known.steps("energy_import_cost")[idle] = ABSENT
    now, morning = minute("2026-05-20 12:30"), minute("2026-05-20")
    assert usage(known, since_morning(morning, now, 1234), now, BERLIN).this_month.cost == Decimal("116.84")


def test_nothing_known_is_nothing_said() -> None:
    found = usage(Aggregates.empty(), Aggregates.empty(), minute("2026-05-20 12:30"), BERLIN)
    for used in (found.today, found.this_month, found.last_month, found.last_week, found.week_before):
        assert (used.energy, used.cost, used.known) == (None, None, 0)
    assert found.trend is None


def test_hours_of_silence_today_are_not_known() -> None:
    used = evenly(minute("2026-04-01"), minute("2026-05-20 06:00"))
    assert in_may(used).today.known == pytest.approx(6.5 / 12.5, abs=1e-4)


def test_today_at_midnight_is_empty_and_not_an_error() -> None:
    now = minute("2026-05-20")
    found = usage(hours(evenly(minute("2026-04-01"), now)), Aggregates.empty(), now, BERLIN)
    assert (found.today.energy, found.today.known) == (None, 0)
    assert found.this_month.energy == 19 * 24


def test_another_days_figures_are_refused() -> None:
    now = minute("2026-05-20 00:10")
    with pytest.raises(ValueError, match="today began"):
        usage(hours({}), since_morning(minute("2026-05-19"), now, 5), now, BERLIN)


@pytest.mark.parametrize(
    ("now", "length"),
    [
        pytest.param("2026-04-15 12:00", 31 * 24 - 1, id="March has an hour less"),
        pytest.param("2026-11-15 12:00", 31 * 24 + 1, id="October has an hour more"),
        pytest.param("2028-03-15 12:00", 29 * 24, id="leap day"),
    ],
)
def test_months_have_their_own_length(now: str, length: int) -> None:
    at = minute(now)
    morning = minute(now[:10])
    found = usage(hours(evenly(at - 100 * 1440, at)), since_morning(morning, at, 1), at, BERLIN)
    assert found.last_month.energy == length
    assert found.last_month.until - found.last_month.since == 60 * length
    assert found.last_week.energy == 168


@pytest.mark.parametrize(("day", "length"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_the_day_of_a_change_of_clocks_is_as_long_as_it_is(day: str, length: int) -> None:
    now, morning = minute(f"{day} 23:59"), minute(day)
    known = evenly(morning - 70 * 1440, now)
    found = usage(hours(known), since_morning(morning, now, length * 100), now, BERLIN)
    assert found.today.until - found.today.since == 60 * length - 1
    assert found.today.known == 1


def test_an_hour_over_midnight_is_shared_between_two_months() -> None:
    now, month = minute("2026-06-02 10:30", KOLKATA), minute("2026-06-01", KOLKATA)
    assert month % 60 == 30
    used = evenly(month - 40 * 1440, now, 0) | {month - 30: 7}
    morning = minute("2026-06-02", KOLKATA)
    found = usage(hours(used), since_morning(morning, now, 0), now, KOLKATA)
    assert found.last_month.energy == 0.03
    assert found.this_month.energy == 0.04
    assert found.this_month.cost is not None
    assert found.last_month.cost is not None
    assert found.this_month.cost + found.last_month.cost == Decimal("0.02")


@given(
    zone=st.sampled_from([BERLIN, KOLKATA, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/Havana")]),
    now=st.integers(minute("2025-01-01"), minute("2030-01-01")),
    used=st.lists(st.integers(0, 300), min_size=62 * 24, max_size=62 * 24),
)
@settings(max_examples=40, deadline=None)
def test_two_months_together_are_the_sum_of_their_hours(zone: ZoneInfo, now: int, used: list[int]) -> None:
    over = now // 60 * 60
    by_hour = dict(zip(range(over - 62 * 1440, over, 60), used, strict=True))
    day = datetime.fromtimestamp(now * 60, zone).date()
    morning = minute(day.isoformat(), zone)
    found = usage(hours(by_hour), Aggregates.empty(), now, zone)
    since = found.last_month.since
    whole = sum(steps for start, steps in by_hour.items() if since <= start and start + 60 <= morning)
    # an hour at either end may be shared
    edges = sum(
        steps
        for start, steps in by_hour.items()
        if start < since < start + 60 or start < morning < start + 60
    )
    together = round(100 * ((found.this_month.energy or 0) + (found.last_month.energy or 0)))
    assert whole <= together <= whole + edges
    assert found.this_month.since == found.last_month.until
