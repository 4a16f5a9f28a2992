"""What the store has kept goes to the engine as it came: the same numbers in the same minutes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import URL

from custom_components.csj_meter.anomaly.intake import INPUTS, Block, Rows, rows_of
from custom_components.csj_meter.detection import stored_rows as stored_rows_module
from custom_components.csj_meter.detection.stored_rows import (
    first_minute,
    minutes_at_once,
    stored_blocks,
)
from custom_components.csj_meter.meters.sample import Provenance, Sample
from custom_components.csj_meter.telemetry.series import DAY, HOUR, Series
from custom_components.csj_meter.telemetry.store import Store
from tests.surface.driven_time import EPOCH

SERIALS = ["A", "B"]
START = int(EPOCH) // 60


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of which nothing is known yet."""
    store = Store.open(URL.create("sqlite", database=str(tmp_path / "meter.db")), zone=ZoneInfo("UTC"))
    yield store
    store.close()


def samples() -> list[Sample]:
    """A day and more of two meters, with holes of either and of both."""
    return [
        Sample(
            serial=serial,
            minute=START + minute,
            values={
                "voltage_l1": (2301 + minute % 7) / 10,
                "active_power": 100.0 + number,
                "status": 0.0,
                "balance": 12.5,
                "energy_import": minute / 100,
            },
        )
        for number, serial in enumerate(SERIALS)
        for minute in range(1700)
        if minute % (50 + number) and not 300 < minute < 400
    ]


def rows_in(blocks: Iterable[Block]) -> list[Rows]:
    return [rows for block in blocks for rows in block.rows()]


@pytest.mark.parametrize("most", [MOST := stored_rows_module.MOST_NUMBERS, 1])
def test_a_minute_has_the_numbers_of_its_samples(
    store: Store, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_rows_module, "MOST_NUMBERS", most)
    given = samples()
    for sample in given:
        assert sample.minute < START + 1700
    store.append(given)
    store.roll(START + 1800)

    found = rows_in(stored_blocks(SERIALS, START + 10, START + 1600, store))

    expected = [
        rows
        for rows in rows_of(given, {serial: place for place, serial in enumerate(SERIALS)})
        if START + 10 <= rows.minute < START + 1600
    ]
    assert [rows.minute for rows in found] == [rows.minute for rows in expected]
    for mine, true in zip(found, expected, strict=True):
        assert np.array_equal(mine.values, true.values, equal_nan=True)
        assert np.array_equal(mine.fresh, true.fresh)


def test_minutes_that_follow_each_other_come_together(store: Store) -> None:
    store.append(
        [Sample(serial="A", minute=START + offset, values={"voltage_l1": 230.0}) for offset in (3, 4, 5, 9)]
    )

    blocks = list(stored_blocks(SERIALS, START, START + 60, store))

    assert [(block.minute - START, len(block)) for block in blocks] == [(3, 3), (9, 1)]


def test_a_stranger_has_said_nothing(store: Store) -> None:
    store.append(samples())

    (first, *_) = rows_in(stored_blocks(["nobody", "A"], START, START + 60, store))

    assert first.fresh.tolist() == [False, True]


def test_reading_begins_where_there_is_something_to_read(store: Store) -> None:
    assert first_minute(SERIALS, 0, store) is None
    store.append(samples())

    assert first_minute(SERIALS, 0, store) == START + 1
    assert first_minute(SERIALS, START + 100, store) == START + 100
    assert first_minute(SERIALS, START + 5000, store) is None


@pytest.mark.parametrize("meters", [0, 1, 100, 300, 2500, 100_000])
def test_a_span_is_a_day_of_a_home_and_an_hour_at_least(meters: int) -> None:
    minutes = minutes_at_once(meters)

    assert HOUR <= minutes <= DAY
    assert minutes == HOUR or minutes * meters * len(INPUTS) <= stored_rows_module.MOST_NUMBERS


def test_what_a_meter_has_kept_itself_is_left_out(store: Store) -> None:
    minutes = [
        Sample(serial="A", minute=START + minute, values={"active_power": 100.0}, provenance=provenance)
        for provenance, span in ((Provenance.PROFILE, range(30)), (Provenance.IMPORTED, range(30, 40)))
        for minute in span
    ]
    store.ingest("A", Series.of_samples(minutes))
    store.append([Sample(serial="A", minute=START + 40, values={"active_power": 100.0})])

    (block,) = stored_blocks(["A"], START, START + 60, store)

    assert (block.minute, len(block)) == (START + 30, 11)
