"""Whatever clocks do, the energy of hours and of local days adds up to what the counters say."""

from __future__ import annotations

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import URL, Connection

from custom_components.csj_meter.telemetry.columns import ABSENT, Steps
from custom_components.csj_meter.telemetry.layout import Period
from custom_components.csj_meter.telemetry.series import DAY, HOUR, Aggregates, Minutes, Series
from custom_components.csj_meter.telemetry.store import Store

from .model import EVER, ZONE, Model, samples_of, serial_of, shown

NUMBER: Final = 1
SERIAL: Final = serial_of(NUMBER)

CHUNK: Final = 20
"""Minutes that go to disk at once, so that days pass quickly."""


def minute_of(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp()) // 60


def live(store: Store, since: int, until: int, *, clock: int = 0) -> None:
    """Minutes pass; ``clock``: by how many Home Assistant's is fast, of which counters know nothing."""
    for begin in range(since, until, CHUNK):
        minutes = np.arange(begin, min(begin + CHUNK, until))
        store.append(samples_of(SERIAL, shifted(shown(NUMBER, minutes), clock)))
        store.roll(begin + CHUNK + clock)
    store.tidy(until + clock)


def shifted(series: Series, clock: int) -> Series:
    return Series(minutes=series.minutes + clock, provenance=series.provenance, columns=series.columns)


def used(store: Store, *, local_days: bool = False) -> Aggregates:
    return (store.days if local_days else store.hours)([SERIAL], 0, EVER)[SERIAL]


def counted(*minutes: int) -> Steps:
    """What the counter rises by from one of these minutes to the next."""
    return np.diff(shown(NUMBER, np.array(minutes)).steps("energy_import"))


@pytest.mark.parametrize(
    ("zone", "since", "lengths"),
    [
        ("Europe/Lisbon", "2026-03-28T00:00", [1440, 1380, 1440]),
        ("Europe/Lisbon", "2026-10-23T23:00", [1440, 1500, 1440]),
        ("America/Sao_Paulo", "2028-02-28T03:00", [1440, 1440, 1440]),
        ("Australia/Lord_Howe", "2026-04-03T13:00", [1440, 1470, 1440]),
        ("Asia/Kolkata", "2026-06-30T18:30", [1440, 1440, 1440]),
    ],
    ids=["forward", "back", "leap day", "by half an hour", "half an hour off"],
)
def test_local_days_of_any_length_are_what_the_counters_rose(
    sqlite_url: URL, zone: str, since: str, lengths: list[int]
) -> None:
    store = Store.open(sqlite_url, zone=ZoneInfo(zone))
    begin = minute_of(since)
    edges = [begin, *(begin + np.cumsum(lengths)).tolist()]
    # a little of the days around, in whole hours
    live(store, begin // HOUR * HOUR - 2 * HOUR, edges[-1] + 2 * HOUR + 3)

    days = used(store, local_days=True)

    assert days.starts.tolist() == [begin, *edges[1:-1]] or days.starts.tolist()[1:] == edges[:-1]
    inner = days.between(begin, edges[-1])
    assert inner.lengths.tolist() == lengths
    assert inner.steps("energy_import_used").tolist() == counted(*edges).tolist()
    assert inner.steps("measured_count").tolist() == lengths
    store.close()


def test_a_clock_that_steps_forward_leaves_an_outage_and_no_energy_is_lost(sqlite_url: URL) -> None:
    store = Store.open(sqlite_url, zone=ZoneInfo("UTC"))
    begin = minute_of("2026-05-04T00:00")

    live(store, begin, begin + 5 * HOUR + 7)
    live(store, begin + 5 * HOUR + 7, begin + 10 * HOUR + 3, clock=6 * HOUR)

    hours = used(store)
    assert hours.steps("energy_import_used").sum() == counted(begin, begin + 10 * HOUR)[0]
    (_, outage) = store.gaps(SERIAL)
    assert (outage.since, outage.until) == (begin + 5 * HOUR + 6, begin + 11 * HOUR + 7)
    store.close()


def test_a_clock_that_steps_back_writes_over_what_was_and_no_energy_counts_twice(sqlite_url: URL) -> None:
    store = Store.open(sqlite_url, zone=ZoneInfo("UTC"))
    begin = minute_of("2026-05-04T00:00")

    live(store, begin, begin + 8 * HOUR + 7)
    live(store, begin + 8 * HOUR + 7, begin + 14 * HOUR + 3, clock=-3 * HOUR)

    hours = used(store)
    assert hours.steps("energy_import_used").sum() == counted(begin, begin + 14 * HOUR)[0]
    assert (np.diff(hours.starts) == HOUR).all()
    store.close()


@pytest.mark.parametrize("clock", [-23 * HOUR, -5 * HOUR, -3 * HOUR - 17, -10, 10, 2 * HOUR, 7 * HOUR + 5])
def test_a_clock_that_was_wrong_for_a_while_counts_nothing_twice(sqlite_url: URL, clock: int) -> None:
    """It steps by hours, and is put right again before the true time has come that far."""
    store = Store.open(sqlite_url, zone=ZoneInfo("UTC"))
    begin = minute_of("2026-05-04T00:00")

    live(store, begin - DAY, begin + 8 * HOUR + 7)
    live(store, begin + 8 * HOUR + 7, begin + 9 * HOUR, clock=clock)
    live(store, begin + 9 * HOUR, begin + 20 * HOUR + 3)

    assert used(store).steps("energy_import_used").sum() == counted(begin - DAY, begin + 20 * HOUR)[0]
    assert len(used(store)) == 44
    samples = Series.joined(store.minutes(SERIAL, 0, EVER))
    assert (samples.steps("voltage_l1") != ABSENT).all()
    store.close()


@pytest.mark.parametrize("ahead", [3 * HOUR, 365 * DAY])
def test_outages_are_found_although_a_clock_that_was_ahead_has_left_samples_behind(
    sqlite_url: URL, ahead: int
) -> None:
    store = Store.open(sqlite_url, zone=ZoneInfo("UTC"))
    begin = minute_of("2026-05-04T00:00")
    live(store, begin, begin + HOUR)
    live(store, begin + HOUR, begin + HOUR + 20, clock=ahead)
    live(store, begin + HOUR + 20, begin + 2 * HOUR)
    known = len(store.gaps(SERIAL))

    live(store, begin + 2 * HOUR + 40, begin + 3 * HOUR)

    assert len(store.gaps(SERIAL)) == known + 1
    assert (begin + 2 * HOUR - 1, begin + 2 * HOUR + 40) in [
        (gap.since, gap.until) for gap in store.gaps(SERIAL)
    ]
    store.close()


def test_what_a_clock_that_was_behind_has_jumped_over_is_no_outage(sqlite_url: URL) -> None:
    store = Store.open(sqlite_url, zone=ZoneInfo("UTC"))
    begin = minute_of("2026-05-04T00:00")
    live(store, begin, begin + 8 * HOUR)

    for number, behind in enumerate((7 * HOUR, 4 * HOUR, 0)):
        live(store, begin + 8 * HOUR + 5 * number, begin + 8 * HOUR + 5 * number + 5, clock=-behind)

    assert [gap.since for gap in store.gaps(SERIAL)] == [None]
    store.close()


@pytest.mark.parametrize("behind", [3 * DAY, 30 * DAY + 5 * HOUR])
def test_a_clock_that_is_days_behind_for_minutes_leaves_the_days_as_they_were(
    store_url: URL, behind: int
) -> None:
    """As after a power cut, on a machine without a clock of its own."""
    store = Store.open(store_url, zone=ZoneInfo("UTC"))
    begin = minute_of("2026-05-04T00:00")
    cut = begin + 40 * DAY
    store.ingest(SERIAL, shown(NUMBER, np.arange(begin, cut)))
    before = used(store)

    live(store, cut + 30, cut + 33, clock=-behind)
    live(store, cut + 33, cut + 2 * HOUR + 3)

    hours = used(store)
    same = hours.steps("energy_import_used")[: len(before)] == before.steps("energy_import_used")
    assert np.count_nonzero(~same) <= 1
    assert hours.steps("energy_import_used").sum() == counted(begin, cut + 2 * HOUR)[0]
    samples = Series.joined(store.minutes(SERIAL, 0, EVER))
    assert np.count_nonzero(samples.steps("energy_import") == ABSENT) == 3
    store.close()


@pytest.mark.parametrize("behind", [9 * DAY, 20_000 * DAY])
def test_a_clock_that_shows_a_time_before_all_that_there_is_costs_nothing_of_it(
    store_url: URL, behind: int
) -> None:
    """As on a machine whose clock begins in 1970, or with the version that it runs."""
    store = Store.open(store_url, zone=ZoneInfo("UTC"))
    begin = minute_of("2026-05-04T00:00")
    cut = begin + 6 * DAY
    store.ingest(SERIAL, shown(NUMBER, np.arange(begin, cut)))

    live(store, cut + 30, cut + 33, clock=-behind)
    live(store, cut + 33, cut + 2 * HOUR + 3)

    hours = used(store)
    known = hours.between(begin, EVER)
    assert len(hours) - len(known) <= 2, "of the years between, nothing is kept"
    assert known.steps("energy_import_used").sum() == counted(begin, cut + 2 * HOUR)[0]
    samples = Series.joined(store.minutes(SERIAL, begin, EVER))
    assert (samples.steps("energy_import") != ABSENT).all()
    store.close()


def test_a_clock_that_was_ahead_from_the_beginning_is_not_believed_for_ever(sqlite_url: URL) -> None:
    store = Store.open(sqlite_url, zone=ZoneInfo("UTC"))
    begin = minute_of("2026-05-04T00:00")
    store.ingest(SERIAL, shifted(shown(NUMBER, np.arange(begin, begin + 2 * DAY)), 365 * DAY))

    live(store, begin + 2 * DAY, begin + 3 * DAY + 2 * HOUR)

    now = Series.joined(store.minutes(SERIAL, begin + 3 * DAY + HOUR, begin + 4 * DAY))
    assert (now.steps("energy_import") != ABSENT).all()
    store.close()


def test_a_clock_that_was_a_year_ahead_for_days_spoils_no_day_that_follows(sqlite_url: URL) -> None:
    store = Store.open(sqlite_url, zone=ZoneInfo("UTC"))
    begin = minute_of("2026-05-04T00:00")
    live(store, begin, begin + HOUR)
    store.ingest(SERIAL, shifted(shown(NUMBER, np.arange(begin + HOUR, begin + 3 * DAY)), 365 * DAY))

    live(store, begin + 3 * DAY, begin + 3 * DAY + 3 * HOUR)

    now = Series.joined(store.minutes(SERIAL, begin + 3 * DAY, begin + 4 * DAY))
    assert len(now) == 3 * HOUR
    assert (now.steps("energy_import") != ABSENT).all()
    store.close()


def test_a_minute_of_a_clock_a_year_ahead_makes_no_work_in_the_minutes_that_follow(
    store_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(store_url, zone=ZoneInfo("UTC"))
    begin = minute_of("2026-05-04T00:00")
    live(store, begin, begin + 5 * HOUR)
    live(store, begin + 5 * HOUR, begin + 5 * HOUR + 1, clock=365 * DAY)
    # what the clock was ahead in loses its counters
    live(store, begin + 5 * HOUR + 1, begin + 6 * HOUR)
    layout, hours = store._layout, list[int]()

    def put(connection: Connection, meter: int, period: Period, aggregates: Aggregates) -> None:
        if period is Period.HOUR:
            hours.append(len(aggregates))
        keep(connection, meter, period, aggregates)

    keep = layout.put
    monkeypatch.setattr(layout, "put", put)
    live(store, begin + 6 * HOUR, begin + 8 * HOUR + 3)

    assert max(hours) <= 2
    known = used(store).between(begin, begin + 8 * HOUR)
    assert known.steps("energy_import_used").sum() == counted(begin, begin + 8 * HOUR)[0]
    store.close()


def test_a_counter_that_begins_anew_is_believed(sqlite_url: URL) -> None:
    """Also when a sample of before comes late."""
    store = Store.open(sqlite_url, zone=ZoneInfo("UTC"))
    begin = minute_of("2026-05-04T00:00")
    before, late, after = (np.arange(begin, begin + 30), np.arange(begin + 25, begin + 30), begin + 30)
    store.append(samples_of(SERIAL, shown(NUMBER, before[:25])))
    anew = shown(NUMBER, np.arange(30))
    store.append(samples_of(SERIAL, shifted(anew, after)))

    store.append(samples_of(SERIAL, shown(NUMBER, late)))

    samples = Series.joined(store.minutes(SERIAL, 0, EVER))
    assert (samples.steps("energy_import") != ABSENT).all()
    store.close()


def test_samples_that_come_in_any_order_give_the_same(sqlite_url: URL) -> None:
    store = Store.open(sqlite_url, zone=ZONE)
    begin = minute_of("2026-05-04T00:00")
    minutes: Minutes = np.arange(begin, begin + DAY)
    model = Model()
    dice = np.random.default_rng(4)
    for chosen in np.array_split(dice.permutation(minutes), 40):
        store.append(samples_of(SERIAL, shown(NUMBER, np.sort(chosen))))
        store.roll(begin + int(dice.integers(DAY)))
    model.add(SERIAL, shown(NUMBER, minutes))

    store.roll(begin + DAY + 2)

    model.assert_kept(store)
    store.close()
