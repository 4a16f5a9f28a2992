"""A block that has rotted on its disk: SQLite finds its own pages whole and cannot know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
import sqlite3
from typing import Final

import pytest
from sqlalchemy import URL

from custom_components.csj_meter.telemetry.packing import packed_series, unpacked_series
from custom_components.csj_meter.telemetry.series import DAY, HOUR, Series
from custom_components.csj_meter.telemetry.store import Store

from .days import MONDAY, home, same
from .model import EVER, ZONE

SERIALS: Final = ("rotten", "whole")
LENGTH: Final = 3 * DAY + HOUR + 30
"""Minutes: days, an hour by itself, and the hour that runs."""

AFTER: Final = MONDAY + LENGTH
ALL: Final = home(LENGTH + 2 * DAY)


@pytest.fixture
def store(sqlite_url: URL) -> Iterator[Store]:
    store = Store.open(sqlite_url, zone=ZONE)
    for serial in SERIALS:
        store.ingest(serial, ALL.between(0, AFTER))
    store.roll(AFTER)
    yield store
    store.close()


def rot(url: URL, table: str, condition: str) -> None:
    """Turn over a bit of each body in a table."""
    with closing(sqlite3.connect(str(url.database))) as connection:
        bodies = connection.execute(f"SELECT body FROM {table} WHERE {condition}").fetchall()
        assert bodies
        for (body,) in bodies:
            middle = len(body) // 2
            rotten = body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]
            connection.execute(f"UPDATE {table} SET body = ? WHERE {condition} AND body = ?", (rotten, body))
        connection.commit()


def read(store: Store, serial: str) -> Series:
    return Series.joined(store.minutes(serial, 0, EVER))


@pytest.mark.parametrize(
    ("table", "condition", "lost"),
    [
        ("telemetry_blocks", f"meter = 1 AND start = {MONDAY + 2 * DAY}", DAY),
        ("telemetry_blocks", f"meter = 1 AND start = {MONDAY + 3 * DAY}", HOUR),
        ("telemetry_blocks", "meter = 1", 3 * DAY + HOUR),
        ("telemetry_aggregates", "meter = 1", 0),
    ],
    ids=["a day", "an hour", "all", "aggregates"],
)
def test_a_rotten_block_costs_what_is_in_it_and_everything_goes_on(
    store: Store, sqlite_url: URL, table: str, condition: str, lost: int
) -> None:
    rot(sqlite_url, table, condition)
    store.close()
    more = ALL.between(AFTER, EVER).rows(slice(None, None, 10))

    with closing(Store.open(sqlite_url, zone=ZONE)) as again:
        for serial in SERIALS:
            for sample in more.samples(serial):
                again.append([sample])
        again.roll(AFTER + 2 * DAY + HOUR)
        while again.tidy(MONDAY + 9 * DAY):
            pass

        assert len(read(again, "rotten")) == LENGTH - lost + len(more)
        assert same(read(again, "whole"), Series.joined((ALL.between(0, AFTER), more)))
        assert again.status().newest == more.minutes[-1]
        assert set(again.hours(SERIALS, MONDAY + 4 * DAY, EVER)) == set(SERIALS)
        while again.purge(MONDAY + 99 * DAY, raw_days=7, aggregate_months=1):
            pass
        assert again.status().oldest is None


def test_a_rotten_row_of_the_journal_costs_its_samples(store: Store, sqlite_url: URL) -> None:
    for sample in ALL.between(AFTER, AFTER + 5).samples("whole"):
        store.append([sample])
    rot(sqlite_url, "telemetry_journal", "number = (SELECT max(number) FROM telemetry_journal)")

    store.roll(AFTER + HOUR)

    assert same(read(store, "whole"), ALL.between(0, AFTER + 4))
    assert same(read(store, "rotten"), ALL.between(0, AFTER))


def test_a_rotten_block_is_complained_of_once(caplog: pytest.LogCaptureFixture) -> None:
    body = packed_series(home(77, seed=77))
    rotten = body[:-1] + bytes([body[-1] ^ 1])

    for _ in range(3):
        assert not len(unpacked_series(rotten))

    (complaint,) = caplog.records
    assert "cannot be read any more" in complaint.getMessage()
