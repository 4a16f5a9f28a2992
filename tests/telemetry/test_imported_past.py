"""Samples of a time that the daily purge is past: out of a file, out of a load profile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pytest
from sqlalchemy import URL

from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.telemetry.series import DAY, FOREVER, HOUR, Aggregates, Minutes, Series
from custom_components.csj_meter.telemetry.store import PART, Store

from .model import ZONE, Model, assert_same_aggregates, shown

METER: Final = 1
SERIAL: Final = "A"
RAW_DAYS: Final = 7

EDGE: Final = 650 * PART
"""Where what comes at once is parted; a midnight in UTC."""

NOW: Final = EDGE + 90 * DAY


@pytest.fixture
def store(store_url: URL) -> Iterator[Store]:
    store = Store.open(store_url, zone=ZONE)
    yield store
    store.close()


def purge(store: Store, now: int) -> None:
    store.roll(now)
    while store.purge(now, raw_days=RAW_DAYS, aggregate_months=24):
        pass


def live(store: Store, model: Model, minutes: Minutes) -> None:
    store.ingest(SERIAL, shown(METER, minutes))
    model.add(SERIAL, shown(METER, minutes))


def bring(store: Store, model: Model, series: Series) -> None:
    store.ingest(SERIAL, series)
    model.add(SERIAL, series)


def imported(minutes: Minutes) -> Series:
    return shown(METER, minutes, Provenance.IMPORTED)


def hours(store: Store, since: int = 0, until: int = FOREVER) -> Aggregates:
    return store.hours([SERIAL], since, until)[SERIAL]


@pytest.fixture
def model(store: Store) -> Model:
    """A meter that is there for three days, and has been looked after."""
    model = Model()
    live(store, model, np.arange(NOW - 3 * DAY, NOW))
    purge(store, NOW)
    return model


def test_an_import_over_the_edge_of_its_parts_is_right_on_both_sides(store: Store, model: Model) -> None:
    bring(store, model, imported(np.arange(EDGE - 2 * DAY, EDGE + 2 * DAY)))
    model.assert_kept(store)


def test_energy_stays_in_the_hour_that_it_was_used_in(store: Store, model: Model) -> None:
    minutes = np.arange(EDGE - 2 * DAY, EDGE + 2 * DAY + 1)
    days, into = np.divmod(minutes - minutes[0], DAY)
    series = Series(
        minutes=minutes,
        provenance=np.full(len(minutes), Provenance.IMPORTED),
        columns={"energy_import": days * 1000 + np.minimum(into, HOUR) * 1000 // HOUR},
    )
    bring(store, model, series)
    used = hours(store, int(minutes[0]), int(minutes[-1])).steps("energy_import_used")
    assert used.tolist() == 4 * [1000, *23 * [0]]


@pytest.mark.parametrize("apart", [1, DAY], ids="every {} min".format)
@pytest.mark.parametrize("order", [[0, 1, 2], [1, 2, 0]], ids=str)
def test_it_does_not_matter_in_how_many_files_it_comes(
    store: Store, model: Model, order: list[int], apart: int
) -> None:
    files = np.array_split(np.arange(EDGE - 5 * DAY, EDGE + 5 * DAY, apart), 3)
    for place in order:
        bring(store, model, imported(files[place]))
    model.assert_kept(store)
    bring(store, model, imported(files[1]))
    model.assert_kept(store)


def test_what_comes_later_into_an_outage_of_an_import_mends_it(store: Store, model: Model) -> None:
    whole = np.arange(EDGE - 3 * DAY, EDGE + 3 * DAY)
    bring(store, model, imported(np.concatenate((whole[: 2 * DAY], whole[4 * DAY :]))))
    model.assert_kept(store)
    bring(store, model, shown(METER, whole[2 * DAY : 3 * DAY], Provenance.PROFILE))
    model.assert_kept(store)


def test_hours_whose_samples_are_gone_stay_and_nothing_is_shared_out_over_them(store: Store) -> None:
    model = Model()
    begun = EDGE + 20 * DAY
    live(store, model, np.arange(begun, begun + 3 * DAY))
    live(store, model, np.arange(NOW - 3 * DAY, NOW))
    purge(store, NOW)
    before = hours(store)
    bring(store, model, imported(np.arange(EDGE - 2 * DAY, EDGE + 2 * DAY)))
    after = hours(store)
    assert_same_aggregates(after.between(begun, FOREVER), before)
    older = after.between(0, begun)
    assert older.starts.tolist() == list(range(EDGE - 2 * DAY, EDGE + 2 * DAY, HOUR))
    assert (older.steps("imported_count") == HOUR).all()
    bring(store, model, imported(np.arange(begun - 2 * DAY, begun)))
    days = store.days([SERIAL], 0, FOREVER)[SERIAL]
    assert days.steps("imported_count").sum() > 5 * DAY
    totals = store.totals(SERIAL)["energy_import_used"]
    used = hours(store).steps("energy_import_used")
    assert totals == used[used >= 0].sum()
    assert_same_aggregates(hours(store, begun), before)


def test_a_file_of_hours_whose_samples_are_gone_does_not_replace_them(store: Store) -> None:
    model = Model()
    begun = EDGE + 20 * DAY
    live(store, model, np.arange(begun, begun + 3 * DAY))
    live(store, model, np.arange(NOW - 3 * DAY, NOW))
    purge(store, NOW)
    before = hours(store)
    for _ in range(2):
        store.ingest(SERIAL, imported(np.arange(begun, begun + 3 * DAY)))
        assert_same_aggregates(hours(store), before)
