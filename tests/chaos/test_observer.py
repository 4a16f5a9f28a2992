"""The observer sees what is wrong: it is worth nothing otherwise."""

from __future__ import annotations

from array import array
from pathlib import Path

import numpy as np
import pytest

from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.telemetry.series import Series

from .clock import EPOCH
from .observer import Observer
from .plan import Site
from .run import Episode, Run
from .world import PLACES, Shown, World

MINUTE = int(EPOCH) // 60


@pytest.fixture
def observer(tmp_path: Path) -> Observer:
    run = Run.new(tmp_path, 1, Site(meters=3), 1)
    return Observer(run, World(run), None)


def serial_of(observer: Observer) -> str:
    return next(iter(observer.world.meters))


def said(observer: Observer, volts: float, second: float = 20) -> None:
    """The first meter has said its voltage, in the first minute."""
    values = array("d", [float("nan")] * len(PLACES))
    values[PLACES["voltage_l1"]] = volts
    shown = Shown(EPOCH + second, values, live=True, sound=True)
    observer.run.said.setdefault(serial_of(observer), []).append(shown)


def stored(*decivolts: int) -> Series:
    """What the store has of the first minutes."""
    return Series(
        minutes=MINUTE + np.arange(len(decivolts)),
        provenance=np.full(len(decivolts), int(Provenance.MEASURED)),
        columns={"voltage_l1": np.array(decivolts, np.int64)},
    )


def test_what_was_said_and_stored_is_well(observer: Observer) -> None:
    said(observer, 231.4)
    observer._compare(serial_of(observer), stored(2314), MINUTE, MINUTE + 1)
    assert observer.run.violations == []
    assert observer.run.counts["samples compared"] == 1


def test_a_wrong_value_is_seen(observer: Observer) -> None:
    said(observer, 231.4)
    observer._compare(serial_of(observer), stored(2315), MINUTE, MINUTE + 1)
    assert "voltage_l1 is 2315" in observer.run.violations[0]


def test_a_sample_that_nobody_has_said_is_seen(observer: Observer) -> None:
    said(observer, 231.4)
    observer._compare(serial_of(observer), stored(2314, 2314), MINUTE, MINUTE + 2)
    assert f"minute {MINUTE + 1}" in observer.run.violations[0]


def test_a_lost_sample_is_seen_unless_it_may_be_missing(observer: Observer) -> None:
    said(observer, 231.4)
    observer._compare(serial_of(observer), stored(), MINUTE, MINUTE + 1)
    assert "is missing" in observer.run.violations[0]
    observer.run.lost.append((MINUTE, MINUTE + 1))
    observer._compare(serial_of(observer), stored(), MINUTE, MINUTE + 1)
    assert len(observer.run.violations) == 1


def test_a_past_that_changes_is_seen(observer: Observer) -> None:
    for volts in (2300, 2300, 2301):
        observer._remember(serial_of(observer), stored(*[volts] * 60), MINUTE + 60)
    assert "is not what it was" in observer.run.violations[0]


@pytest.mark.parametrize(("off_by", "violations"), [(0.0, 0), (-1.5, 1), (1.5, 1)])
def test_a_filled_minute_that_was_not_counted_is_seen(
    observer: Observer, off_by: float, violations: int
) -> None:
    serial = serial_of(observer)
    meter = observer.world.meters[serial]
    minute = MINUTE - 600
    truth = float(meter.counters(meter.local(minute * 60.0))[:8].sum())
    observer._look_at_profile(serial, filled(minute, truth + off_by))
    assert len(observer.run.violations) == violations


def test_a_dead_meter_has_counted_nothing(observer: Observer) -> None:
    """What it would have counted is no reason to call that wrong."""
    serial = serial_of(observer)
    meter = observer.world.meters[serial]
    since, until = EPOCH - 10 * 3600, EPOCH - 2 * 3600
    before = float(meter.counters(meter.local(since))[:8].sum())
    series = filled(MINUTE - 3 * 60, before)
    observer._look_at_profile(serial, series)
    assert len(observer.run.violations) == 1
    observer.run.episodes.append(Episode(fault="meter_dead", serial=serial, line=0, since=since, until=until))
    observer._look_at_profile(serial, series)
    assert len(observer.run.violations) == 1


def filled(minute: int, kwh: float) -> Series:
    """What a load profile has filled in."""
    return Series(
        minutes=np.array([minute]),
        provenance=np.array([int(Provenance.PROFILE)]),
        columns={"energy_import": np.array([round(kwh * 100)], np.int64)},
    )
