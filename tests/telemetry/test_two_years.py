"""More than two years with what is usual to keep: 180 days by the minute, 24 months in aggregate."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from sqlalchemy import URL

from custom_components.csj_meter.telemetry.series import DAY
from custom_components.csj_meter.telemetry.store import Store

from .model import EVER, ZONE, days_before, months_back, serial_of, shown

METERS: Final = 2
RAW_DAYS: Final = 180
AGGREGATE_MONTHS: Final = 24

AT_ONCE: Final = 8 * DAY
"""Minutes that pass between two times that the store is looked after."""


def first_of(year: int, month: int) -> int:
    return int(dt.datetime(year, month, 1, tzinfo=dt.UTC).timestamp()) // 60


MONTHS: Final = [first_of(2025 + (8 + number) // 12, 1 + (8 + number) % 12) for number in range(29)]
"""From September 2025 on; 2028 has a leap day."""


def look_after(store: Store, now: int) -> None:
    """What is done every minute, until there is nothing left to do."""
    store.roll(now)
    while store.tidy(now) or store.purge(now, raw_days=RAW_DAYS, aggregate_months=AGGREGATE_MONTHS):
        pass


def test_what_is_too_old_goes_and_everything_else_stays(sqlite_url: URL) -> None:
    store = Store.open(sqlite_url, zone=ZONE, clock=lambda: MONTHS[0] * 60.0)
    sizes: list[int] = []
    for begin, end in pairwise(MONTHS):
        for since in range(begin, end, AT_ONCE):
            until = min(end, since + AT_ONCE)
            for number in range(METERS):
                store.ingest(serial_of(number), shown(number, np.arange(since, until)))
            look_after(store, until + 2)
        look_after(store, end + 3 * 60)
        sizes.append(Path(str(sqlite_url.database)).stat().st_size)
        for number in range(METERS):
            judge(store, number, end)

    assert len(sizes) > AGGREGATE_MONTHS + 2
    store.close()
    # samples stop growing after half a year, aggregates after two
    assert max(sizes[-3:]) <= 1.1 * sizes[AGGREGATE_MONTHS]
    per_month = [later - earlier for earlier, later in pairwise(sizes)]
    assert sum(per_month[8:20]) / 12 < 0.5 * sum(per_month[:5]) / 5


def judge(store: Store, number: int, now: int) -> None:
    """At the start of a month: nothing that is too old, all that is not, and totals since ever."""
    serial = serial_of(number)
    span = store.span(serial)
    assert span == (max(MONTHS[0], days_before(now, RAW_DAYS)), now - 1)
    assert store.watermark(serial) == now
    hours = store.hours([serial], 0, EVER)[serial]
    days = store.days([serial], 0, EVER)[serial]
    oldest = max(MONTHS[0], months_back(now, AGGREGATE_MONTHS))
    # a window of a day's hours, or of about a month's days, goes as a whole
    assert oldest - DAY < hours.starts[0] <= oldest
    assert oldest - 33 * DAY < days.starts[0] <= oldest
    assert len(hours) == (now - hours.starts[0]) // 60
    assert hours.starts[-1] == now - 60
    # all that was ever counted, also in hours that are gone
    known = shown(number, np.array([MONTHS[0], now - 1]))
    totals = store.totals(serial)
    for counter in ("energy_import", "energy_import_t1", "energy_import_t2"):
        assert totals[f"{counter}_used"] == np.diff(known.steps(counter))[0]
