"""The course of a meter in few buckets: no peak is lost, and minutes and aggregates say the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from custom_components.csj_meter.telemetry.curve import curve
from custom_components.csj_meter.telemetry.series import DAY, HOUR, Series
from custom_components.csj_meter.telemetry.store import Store

METER = "CSJ0000001"
START = 29_700_000 // DAY * DAY
"""A midnight, UTC."""

DAYS = 3


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Three days of a meter, and half an hour that is not closed yet, with one peak of a minute."""
    store = Store.open(f"sqlite:///{tmp_path / 'telemetry.db'}", zone=ZoneInfo("UTC"))
    minutes = np.arange(START, START + DAYS * DAY + 30)
    power = (100.0 + (minutes - START) % 50).astype(np.float64)
    power[1000] = 9000.0
    store.ingest(METER, Series.measured(minutes, {"active_power": power, "balance": (minutes - START) / 100}))
    store.roll(START + DAYS * DAY + 30)
    yield store
    store.close()


def power_of(store: Store, since: int, until: int) -> np.ndarray:
    return Series.joined(store.minutes(METER, since, until)).numbers("active_power")


@pytest.mark.parametrize("points", [10, 60, 300, 2000])
def test_no_bucket_loses_what_was_measured(store: Store, points: int) -> None:
    until = START + DAYS * DAY + 30
    found = curve(METER, ("active_power",), START, until, points, store)
    course, all_of_it = found.courses["active_power"], power_of(store, START, until)

    assert len(course.mean) <= points + 1
    assert course.high.max() == 9000.0
    for number in range(len(course.mean)):
        piece = all_of_it[number * found.width : (number + 1) * found.width]
        assert course.low[number] == piece.min()
        assert course.high[number] == piece.max()
        assert course.mean[number] == pytest.approx(piece.mean(), abs=0.11)


def test_a_minute_is_a_bucket_where_they_are_few(store: Store) -> None:
    found = curve(METER, ("active_power",), START, START + 100, 100, store)

    assert (found.width, found.hourly) == (1, False)
    assert found.courses["active_power"].mean.tolist() == power_of(store, START, START + 100).tolist()


def test_who_may_not_see_minutes_sees_hours(store: Store) -> None:
    found = curve(METER, ("active_power",), START + 10, START + 3 * HOUR, 2000, store, to_the_minute=False)

    assert (found.since, found.width, found.hourly) == (START, HOUR, True)
    assert len(found.courses["active_power"].mean) == 3


def test_minutes_that_are_kept_no_more_are_told_by_their_hours(store: Store) -> None:
    now = START + 9 * DAY + 30
    # the last days of a meter stay
    store.ingest(METER, Series.measured(np.arange(now - DAY, now), {"active_power": np.full(DAY, 100.0)}))
    store.roll(now)
    while store.purge(now, raw_days=1, aggregate_months=24):
        pass
    assert len(power_of(store, START, START + DAY)) == 0

    old = curve(METER, ("active_power",), START, START + 5 * HOUR, 300, store)
    new = curve(METER, ("active_power",), now - HOUR, now, 300, store)

    assert (old.hourly, new.hourly) == (True, False)
    assert np.isfinite(old.courses["active_power"].mean).all()


def test_where_nothing_was_measured_there_is_nothing(store: Store) -> None:
    before = curve(METER, ("active_power", "balance"), START - DAY, START, 24, store)
    nobody = curve("CSJ0000002", ("active_power",), START, START + DAY, 24, store)

    for course in (*before.courses.values(), *nobody.courses.values()):
        assert len(course.mean) == 24
        assert not np.isfinite([course.mean, course.low, course.high]).any()


def test_a_span_that_ends_where_it_begins_has_no_bucket(store: Store) -> None:
    for until in (START, START - 10):
        found = curve(METER, ("active_power",), START, until, 300, store)
        assert len(found.courses["active_power"].mean) == 0


def test_a_balance_is_told_by_the_hour_as_by_the_minute(store: Store) -> None:
    hours = curve(METER, ("balance",), START, START + DAY, 24, store)

    assert hours.hourly
    assert hours.courses["balance"].mean[5] == pytest.approx((5 * HOUR + 59) / 100)
