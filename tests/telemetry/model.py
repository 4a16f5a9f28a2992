"""What a store must hold after what it was told: kept in memory, worked out in the most direct way."""

from __future__ import annotations

from dataclasses import dataclass, field
import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from custom_components.csj_meter.meters.sample import Provenance, Sample
from custom_components.csj_meter.telemetry.aggregate import aggregate, hours_between, local_days_between
from custom_components.csj_meter.telemetry.columns import FIGURES, Stat, Steps
from custom_components.csj_meter.telemetry.series import DAY, Aggregates, Minutes, Series
from custom_components.csj_meter.telemetry.store import Store

ZONE: Final = ZoneInfo("Europe/Lisbon")

EVER: Final = 1 << 40
"""A minute that is later than any."""


def shown(number: int, minutes: Minutes, provenance: Provenance = Provenance.MEASURED) -> Series:
    """What the meter ``number`` shows in some minutes, the same whenever it is asked; counters only rise.

    Voltages tell by whom they were measured.
    """
    at = np.asarray(minutes, np.int64)
    columns: dict[str, Steps] = {
        "voltage_l1": 2300 + at * 7919 % 61 + 1000 * int(provenance),
        "active_power": 3000 + at * (104_729 + number) % 5003,
        "energy_import_t1": at * (3 + number) // 5,
        "energy_import_t2": at * 5 // (11 + number),
        "price_t1": np.full(len(at), 1900),
        "price_t2": np.full(len(at), 2800),
        "status": 1 + at % 97 // 96 * 2,
        "active_tariff": 1 + at // 300 % 2,
        "balance": 5000 - at % 4000,
    }
    columns["energy_import"] = columns["energy_import_t1"] + columns["energy_import_t2"]
    return Series(minutes=at, provenance=np.full(len(at), provenance, np.int64), columns=columns)


def samples_of(serial: str, series: Series) -> list[Sample]:
    """The same as single samples of the meter ``serial``."""
    values = {quantity: series.numbers(quantity).tolist() for quantity in series.columns}
    return [
        Sample(
            serial=serial,
            minute=minute,
            values={quantity: numbers[row] for quantity, numbers in values.items()},
            provenance=Provenance(provenance),
        )
        for row, (minute, provenance) in enumerate(
            zip(series.minutes.tolist(), series.provenance.tolist(), strict=True)
        )
    ]


def serial_of(number: int) -> str:
    """Serial number of the meter ``number``."""
    return f"CSJ6{number:08}"


def months_back(minute: int, months: int) -> int:
    """The first minute of the month (UTC) that was so many months ago at ``minute``."""
    then = dt.datetime.fromtimestamp(minute * 60, dt.UTC)
    count = then.year * 12 + then.month - 1 - months
    return int(dt.datetime(count // 12, count % 12 + 1, 1, tzinfo=dt.UTC).timestamp()) // 60


@dataclass(slots=True)
class Model:
    """All samples of all meters, for ever."""

    samples: dict[str, Series] = field(default_factory=dict)
    """By serial number."""

    def add(self, serial: str, series: Series) -> None:
        """A store has been told of these."""
        self.samples[serial] = self.samples.get(serial, Series.empty()).merged(series)

    def assert_kept(self, store: Store, *, samples_from: int = 0, aggregates_from: int = 0) -> None:
        """All samples and aggregates since these minutes are there, and none that are wrong.

        Older ones may be there still.
        """
        assert set(store.serials()) == self.samples.keys()
        for serial, known in self.samples.items():
            found = Series.joined(store.minutes(serial, 0, EVER))
            assert_same_samples(found.between(samples_from, EVER), known.between(samples_from, EVER))
            older = found.between(0, samples_from)
            assert_same_samples(older, known.rows(np.isin(known.minutes, older.minutes)))
            self._assert_aggregates(store, serial, aggregates_from)

    def _assert_aggregates(self, store: Store, serial: str, since: int) -> None:
        known = self.samples[serial]
        watermark = store.watermark(serial)
        assert watermark is not None
        first = int(known.minutes[0])
        hours = aggregate(known, *hours_between(first, watermark))
        starts, ends = local_days_between(first, watermark, ZONE)
        days = aggregate(known, starts[ends <= watermark], ends[ends <= watermark])
        for all_found, wanted in (
            (store.hours([serial], 0, EVER), hours),
            (store.days([serial], 0, EVER), days),
        ):
            found = all_found.get(serial, Aggregates.empty())
            older = wanted.rows(np.isin(wanted.starts, found.starts) | (wanted.starts >= since))
            assert_same_aggregates(found, older)
        totals = store.totals(serial)
        for key, figure in FIGURES.items():
            if figure.stat is Stat.USED and key in hours.columns:
                assert totals[key] == hours.steps(key).sum(), key


def assert_same_samples(found: Series, wanted: Series) -> None:
    """Both hold the same."""
    missing = np.setdiff1d(wanted.minutes, found.minutes)
    assert not len(missing), f"{len(missing)} samples are missing, the first of minute {missing[0]}"
    assert np.array_equal(found.minutes, wanted.minutes)
    assert np.array_equal(found.provenance, wanted.provenance)
    _assert_same_columns(found, wanted)


def assert_same_aggregates(found: Aggregates, wanted: Aggregates) -> None:
    """Both hold the same."""
    assert np.array_equal(found.starts, wanted.starts)
    assert np.array_equal(found.lengths, wanted.lengths)
    _assert_same_columns(found, wanted)


def _assert_same_columns[T: (Series, Aggregates)](found: T, wanted: T) -> None:
    for name in {*found.columns, *wanted.columns}:
        differing = np.flatnonzero(found.steps(name) != wanted.steps(name))
        assert not len(differing), (
            f"{name} differs in {len(differing)} rows, the first is {differing[0]}: "
            f"{found.steps(name)[differing[0]]} for {wanted.steps(name)[differing[0]]}"
        )


def days_before(minute: int, days: int) -> int:
    """The start of the day (UTC) that was so many days ago at ``minute``."""
    return (minute - days * DAY) // DAY * DAY
