"""The time before the first sample, and a night as a whole simulated meter remembers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from custom_components.csj_meter.meters.commands.rings import ProfileEntry, read_load_profile
from custom_components.csj_meter.meters.commands.session import Session
from custom_components.csj_meter.meters.sample import Sample
from custom_components.csj_meter.simulator.minutes import minute_days
from custom_components.csj_meter.telemetry.aggregate import aggregate, hours_between
from custom_components.csj_meter.telemetry.load_profile import fill, history
from custom_components.csj_meter.telemetry.series import Series
from tests.simulated import Bench
from tests.virtual_time import run_virtual

from .gap_edges import GOOD, START, T1, T2, entry, night, rows, sample


def test_history_goes_back_to_the_oldest_interval() -> None:
    first = sample(START + 50, energy_import=1060, price_t1=2500, energy_export=7)
    found = rows(history(GOOD, first))
    assert list(found) == list(range(START + 15, START + 50))
    assert found[START + 15] == {
        "energy_import": 1005,
        "price_t1": 2500,
        "voltage_l1": 2300,
        "active_power": 10_000,
    }
    assert found[START + 30]["energy_import"] == 1010
    assert found[START + 49] == {"energy_import": 1015 + 45 * 4 // 5, "price_t1": 2500}


def test_history_counts_energy_to_the_tariff_of_its_time() -> None:
    first = sample(START + 180, energy_import=1210, energy_import_t1=700, energy_import_t2=510)
    entries = [entry(START, 1000), entry(START + 60, 1100), entry(START + 120, 1110)]
    found = Series.joined((history(entries, first, tariff_at=night), first))
    assert found.steps(T1)[[0, 60, 120, 180]].tolist() == [500, 600, 600, 700]
    assert found.steps(T2)[[0, 60, 120, 180]].tolist() == [500, 500, 510, 510]


def test_history_never_takes_more_from_a_tariff_than_it_has() -> None:
    first = sample(START + 180, energy_import=1210, energy_import_t1=150, energy_import_t2=1060)
    entries = [entry(START, 1000), entry(START + 60, 1100), entry(START + 120, 1110)]
    found = Series.joined((history(entries, first, tariff_at=night), first))
    assert found.steps(T1)[0] == 0
    assert found.steps(T1)[0] + found.steps(T2)[0] == 1000
    assert (np.diff(found.steps(T1)) >= 0).all()


def test_history_of_tariffs_that_count_less_than_the_total_begins_at_nothing() -> None:
    first = sample(START + 60, energy_import=1060, energy_import_t1=10, energy_import_t2=5)
    found = history(GOOD, first, tariff_at=night)
    assert (found.steps(T1)[0], found.steps(T2)[0]) == (0, 0)
    assert found.steps(T1)[-1] + found.steps(T2)[-1] == 14


def test_history_of_a_meter_with_one_tariff_needs_no_times() -> None:
    first = sample(START + 60, energy_import=1060, energy_import_t1=1060, energy_import_t2=0)
    found = rows(history(GOOD, first))
    assert found[START + 30][T1] == 1010
    assert found[START + 30][T2] == 0


def test_history_does_not_guess_tariffs() -> None:
    first = sample(START + 60, energy_import=1060, energy_import_t1=1000, energy_import_t2=60)
    found = history(GOOD, first)
    assert T1 not in found.columns
    assert "energy_import" in found.columns


@pytest.mark.parametrize(
    ("entries", "first"),
    [
        pytest.param([], sample(START, energy_import=1000), id="no profile"),
        pytest.param(GOOD, sample(START + 60, voltage_l1=2300), id="no counter"),
        pytest.param(GOOD, sample(START, energy_import=1060), id="only later entries"),
        pytest.param([entry(1, 7)], sample(START, energy_import=1060), id="clock was not set"),
        pytest.param([entry(START, 2000)], sample(START + 60, energy_import=1060), id="another meter's"),
    ],
)
def test_without_a_past_there_is_no_history(entries: Sequence[ProfileEntry], first: Series) -> None:
    assert len(history(entries, first)) == 0


def test_history_survives_entries_that_do_not_fit() -> None:
    junk = [entry(3, 1001), entry(START - 400_000, 12), entry(START + 40, 3), entry(START + 20, 9_999)]
    first = sample(START + 60, energy_import=1060)
    assert rows(history([*junk, *GOOD], first)).keys() == rows(history(GOOD, first)).keys()


# A whole meter on a line


@pytest.mark.parametrize("clock_error", [0, 137])
def test_a_simulated_meter_remembers_the_night_as_it_was(clock_error: int) -> None:
    """Eight hours of an outage: what is filled in adds up to what would have been measured."""
    measured, entries = run_virtual(a_night())
    start = int(measured.minutes[0])
    tariffs = measured.steps("active_tariff").tolist()
    before, after = measured.rows(slice(0, 61)), measured.rows(slice(540, None))
    found = fill(
        [replace(known, end=known.end + clock_error) for known in entries],
        before.rows(slice(60, 61)),
        after.rows(slice(0, 1)),
        tariff_at=lambda minute: tariffs[minute - start],
        clock_error=clock_error,
    )
    hours = hours_between(start + 60, start + 540)
    true = aggregate(measured, *hours)
    filled_in = aggregate(Series.joined((before, found, after)), *hours)
    used = [key for key in true.columns if key.startswith("energy_import") and key.endswith("_used")]
    assert len([key for key in used if true.steps(key).any()]) > 2
    for key in used:
        # measured 25 s after the full minute, and rounded by the register
        assert abs(filled_in.steps(key) - true.steps(key)).max() <= 4, key
        assert filled_in.steps(key).sum() == true.steps(key).sum()
    assert filled_in.numbers("voltage_l1_mean") == pytest.approx(true.numbers("voltage_l1_mean"), abs=0.2)
    assert filled_in.numbers("active_power_mean") == pytest.approx(
        true.numbers("active_power_mean"), rel=0.01
    )


async def a_night() -> tuple[Series, list[ProfileEntry]]:
    """Ten hours by the minute, and what the meter says of them when asked over the line."""
    bench = Bench.make(3)
    simulated = bench.line.meters[1]
    now = int(bench.clock()) // 60 * 60
    samples = [
        Sample(
            serial=simulated.shown_serial,
            minute=int(minute),
            values={name: float(values[row]) for name, values in day.values.items()},
        )
        for day in minute_days([simulated], now - 10 * 3600, now)
        for row, minute in enumerate(day.minutes)
    ]
    session = Session(await bench.meter(1), simulated.nameplate.key)
    return Series.of_samples(samples), await read_load_profile(session, now - 11 * 3600)
