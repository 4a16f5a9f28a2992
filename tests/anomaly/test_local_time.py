"""Hours and days by the clock on the wall."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.csj_meter.anomaly.local_time import LocalTime, weekday

from .stories import BERLIN, minute_of


def day_of(year: int, month: int, day: int) -> int:
    return (dt.date(year, month, day) - dt.date(1970, 1, 1)).days


def test_a_day_begins_at_its_local_midnight() -> None:
    midnight = minute_of(dt.datetime(2026, 1, 15, tzinfo=BERLIN))

    assert LocalTime(BERLIN).wall(midnight) == day_of(2026, 1, 15) * 1440
    assert LocalTime(BERLIN).wall(midnight - 1) == day_of(2026, 1, 15) * 1440 - 1


def test_in_spring_an_hour_is_skipped() -> None:
    before = minute_of(dt.datetime(2026, 3, 29, 0, 59, tzinfo=dt.UTC))
    time = LocalTime(BERLIN)

    assert [time.wall(minute) % 1440 for minute in (before, before + 1)] == [1 * 60 + 59, 3 * 60]


def test_in_autumn_an_hour_comes_twice() -> None:
    before = minute_of(dt.datetime(2026, 10, 25, 0, 59, tzinfo=dt.UTC))
    time = LocalTime(BERLIN)

    assert [time.wall(minute) % 1440 for minute in (before, before + 1, before + 61)] == [179, 120, 180]


@pytest.mark.parametrize(
    ("zone", "clock"),
    [("Asia/Kolkata", "17:30"), ("Asia/Kathmandu", "17:45"), ("America/St_Johns", "08:30"), ("UTC", "12:00")],
)
def test_zones_that_are_half_an_hour_off_have_their_hours_as_well(zone: str, clock: str) -> None:
    noon = minute_of(dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC))
    wall = LocalTime(ZoneInfo(zone)).wall(noon)

    assert f"{wall % 1440 // 60:02}:{wall % 60:02}" == clock


@given(
    minute=st.integers(0, 70 * 366 * 1440),
    zone=st.sampled_from(["Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/New_York"]),
)
def test_the_clock_on_the_wall_is_that_of_the_calendar(minute: int, zone: str) -> None:
    wall = LocalTime(ZoneInfo(zone)).wall(minute)
    local = (dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minute)).astimezone(ZoneInfo(zone))

    assert (wall // 1440, wall % 1440) == (
        day_of(local.year, local.month, local.day),
        local.hour * 60 + local.minute,
    )


@given(date=st.dates(dt.date(1970, 1, 1), dt.date(2100, 1, 1)))
def test_days_of_the_week_are_those_of_the_calendar(date: dt.date) -> None:
    assert weekday(day_of(date.year, date.month, date.day)) == date.weekday()


def test_holidays_are_days_off() -> None:
    friday, saturday = day_of(2026, 12, 25), day_of(2026, 12, 26)
    keeps = LocalTime(BERLIN, frozenset({dt.date(2026, 12, 25)}))

    assert (LocalTime(BERLIN).is_workday(friday), keeps.is_workday(friday)) == (True, False)
    assert not LocalTime(BERLIN).is_workday(saturday)
    assert keeps.is_workday(friday - 1)
