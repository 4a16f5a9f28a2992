"""Outages that last longer than samples are kept: what was used in them is known from both of their ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pytest
from sqlalchemy import URL

from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.telemetry.gaps import GapState
from custom_components.csj_meter.telemetry.series import DAY, HOUR
from custom_components.csj_meter.telemetry.store import Store

from .model import ZONE, Model, samples_of, shown

METER: Final = 1
SERIAL: Final = "A"
RAW_DAYS: Final = 7

BEGUN: Final = 20_570 * DAY
CUT: Final = BEGUN + 3 * DAY + 17 * HOUR + 23
"""When the meter is heard for the last time."""

BACK: Final = CUT + 10 * DAY + 6 * HOUR + 30
"""When it is heard again: minutes before a midnight in UTC."""


@pytest.fixture
def store(store_url: URL) -> Iterator[Store]:
    store = Store.open(store_url, zone=ZONE)
    yield store
    store.close()


def look_after(store: Store, now: int) -> None:
    store.roll(now)
    while store.tidy(now) or store.purge(now, raw_days=RAW_DAYS, aggregate_months=24):
        pass


def live(store: Store, model: Model, since: int, until: int) -> None:
    for begin in range(since, until, 10):
        series = shown(METER, np.arange(begin, min(begin + 10, until)))
        store.append(samples_of(SERIAL, series))
        model.add(SERIAL, series)
        look_after(store, int(series.minutes[-1]) + 1)


@pytest.fixture
def model(store: Store) -> Model:
    """A meter that was away for ten days and is back for a few hours."""
    model = Model()
    series = shown(METER, np.arange(BEGUN, CUT - HOUR))
    store.ingest(SERIAL, series)
    model.add(SERIAL, series)
    live(store, model, CUT - HOUR, CUT)
    for now in range(CUT, BACK, 6 * HOUR):
        look_after(store, now)
    live(store, model, BACK, BACK + 5 * HOUR)
    return model


def test_no_energy_of_a_long_outage_is_lost(store: Store, model: Model) -> None:
    model.assert_kept(store, samples_from=BACK)
    used = store.hours([SERIAL], CUT // HOUR * HOUR, BACK)[SERIAL].steps("energy_import_used")
    assert len(used) == (BACK - CUT) // HOUR + 1
    assert (used > 0).all()


def test_the_load_profile_can_still_fill_it_on_the_next_day(store: Store, model: Model) -> None:
    gap = store.gaps(SERIAL)[-1]
    assert (gap.since, gap.until) == (CUT - 1, BACK)
    look_after(store, BACK + DAY)
    series = shown(METER, np.arange(CUT, BACK, 15), Provenance.PROFILE)
    store.ingest(SERIAL, series)
    model.add(SERIAL, series)
    model.assert_kept(store, samples_from=CUT - 1)


def test_what_was_spared_for_it_goes_when_it_is_over(store: Store, model: Model) -> None:
    gap = store.gaps(SERIAL)[-1]
    store.settle_gap(gap, GapState.UNFILLABLE)
    look_after(store, BACK + 2 * DAY)
    assert store.span(SERIAL) == (BACK, BACK + 5 * HOUR - 1)
    model.assert_kept(store, samples_from=BACK)


def test_a_meter_that_does_not_come_back_keeps_its_last_days_as_long_as_its_hours(
    store: Store, model: Model
) -> None:
    last = BACK + 5 * HOUR - 1
    look_after(store, last + 200 * DAY)
    span = store.span(SERIAL)
    assert span is not None
    assert last - 3 * DAY <= span[0] <= BACK
    assert span[1] == last
    look_after(store, last + 800 * DAY)
    assert store.span(SERIAL) is None
