"""Quiet hours by the clock on the wall."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.csj_meter.alerts.quiet_hours import quiet_until
from custom_components.csj_meter.alerts.settings import QuietHours

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(enabled=True, start=dt.time(22), end=dt.time(7))
NOON = QuietHours(enabled=True, start=dt.time(12), end=dt.time(14))


def local(day: int, hour: int, minute: int = 0, *, month: int = 1, fold: int = 0) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, fold=fold, tzinfo=BERLIN).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        (NIGHT, local(5, 21, 59), None),
        (NIGHT, local(5, 22), local(6, 7)),
        (NIGHT, local(5, 23, 59), local(6, 7)),
        (NIGHT, local(6, 0), local(6, 7)),
        (NIGHT, local(6, 6, 59), local(6, 7)),
        (NIGHT, local(6, 7), None),
        (NOON, local(5, 11, 59), None),
        (NOON, local(5, 12), local(5, 14)),
        (NOON, local(5, 14), None),
        # a night that is an hour shorter, and one that is longer
        (NIGHT, local(28, 22, month=3), local(29, 7, month=3)),
        (NIGHT, local(24, 22, month=10), local(25, 7, month=10)),
        (QuietHours(start=dt.time(22), end=dt.time(7)), local(5, 23), None),
        (QuietHours(enabled=True, start=dt.time(7), end=dt.time(7)), local(5, 7), None),
    ],
)
def test_quiet_hours(hours: QuietHours, now: dt.datetime, until: dt.datetime | None) -> None:
    assert quiet_until(hours, now, BERLIN) == until


def test_an_end_that_comes_twice_is_the_next_one() -> None:
    hours = QuietHours(enabled=True, start=dt.time(22), end=dt.time(2, 30))

    assert quiet_until(hours, local(25, 2, 15, month=10), BERLIN) == local(25, 2, 30, month=10)
    assert quiet_until(hours, local(25, 2, 15, month=10, fold=1), BERLIN) == local(
        25, 2, 30, month=10, fold=1
    )


@given(
    start=st.times(),
    end=st.times(),
    minute=st.integers(0, 2 * 365 * 24 * 60),
)
def test_they_end_later_and_within_a_day(start: dt.time, end: dt.time, minute: int) -> None:
    now = local(1, 0) + dt.timedelta(minutes=minute)
    until = quiet_until(QuietHours(enabled=True, start=start, end=end), now, BERLIN)

    assert until is None or now < until <= now + dt.timedelta(hours=25)
