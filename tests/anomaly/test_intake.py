"""Samples as tables, and meters as the engine sees them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.csj_meter.anomaly.intake import (
    CURRENT,
    INPUTS,
    ROW,
    VOLTAGE,
    VOLTAGE_THD,
    Block,
    Rows,
    blocks_of,
    rows_of,
)
from custom_components.csj_meter.anomaly.meter import NOMINAL_VOLTAGE, FeederPhase, WatchedMeter
from custom_components.csj_meter.meters.identity import Capability, Identity
from custom_components.csj_meter.meters.quantities import QUANTITIES
from custom_components.csj_meter.meters.sample import Provenance, Sample

PLACES = {"A": 0, "B": 1}


def sample(minute: int = 5, serial: str = "A", **values: Any) -> Sample:
    return Sample(serial=serial, minute=minute, values=values)


def only(rows: list[Rows]) -> Rows:
    (found,) = rows
    return found


def test_inputs_are_quantities_that_there_are_phase_by_phase() -> None:
    assert set(INPUTS) <= set(QUANTITIES)
    assert INPUTS[VOLTAGE] == ("voltage_l1", "voltage_l2", "voltage_l3")
    assert INPUTS[CURRENT] == ("current_l1", "current_l2", "current_l3")
    assert INPUTS[VOLTAGE_THD] == ("voltage_thd_l1", "voltage_thd_l2", "voltage_thd_l3")


def test_minutes_come_oldest_first() -> None:
    found = list(rows_of([sample(7), sample(5), sample(6, "B")], PLACES))

    assert [rows.minute for rows in found] == [5, 6, 7]
    assert [rows.fresh.tolist() for rows in found] == [[True, False], [False, True], [True, False]]


def test_what_is_not_measured_is_not_a_number() -> None:
    rows = only(list(rows_of([sample(voltage_l1=230.5, status=33, meter_time="noon", tariff=None)], PLACES)))

    assert rows.values[ROW["voltage_l1"]].tolist()[0] == 230.5
    assert rows.values[ROW["status"], 0] == 33
    assert np.isnan(rows.values[:, 1]).all()
    assert np.isfinite(rows.values[:, 0]).sum() == 2
    assert rows.values.flags.c_contiguous


def test_a_text_where_a_number_belongs_is_nothing() -> None:
    rows = only(list(rows_of([sample(voltage_l1="230", current_l1=None)], PLACES)))

    assert np.isnan(rows.values).all()
    assert rows.fresh.tolist() == [True, False]


def test_meters_that_nobody_watches_are_passed_over() -> None:
    assert list(rows_of([sample(serial="C", voltage_l1=230.0)], PLACES)) == []


def test_what_was_measured_is_believed_before_what_was_told_later() -> None:
    measured = sample(active_power=100.0)
    imported = replace(sample(active_power=900.0), provenance=Provenance.IMPORTED)
    profile = replace(sample(active_power=500.0), provenance=Provenance.PROFILE)

    for given_in in ([measured, imported, profile], [profile, imported, measured], [imported, measured]):
        assert only(list(rows_of(given_in, PLACES))).values[ROW["active_power"], 0] == 100.0
    assert only(list(rows_of([profile, imported], PLACES))).values[ROW["active_power"], 0] == 900.0


def test_of_two_equally_good_samples_one_is_chosen_whichever_came_first() -> None:
    one, other = sample(active_power=100.0), sample(active_power=900.0, voltage_l1=170.0)

    first, second = (only(list(rows_of(order, PLACES))).values for order in ([one, other], [other, one]))

    np.testing.assert_array_equal(first, second)


@given(st.lists(st.builds(sample, st.integers(1, 4), st.sampled_from("AB"), active_power=st.floats(0, 9))))
def test_every_minute_has_one_table(samples: list[Sample]) -> None:
    found = list(rows_of(samples, PLACES))

    assert [rows.minute for rows in found] == sorted({each.minute for each in samples})
    for rows in found:
        heard = {each.serial for each in samples if each.minute == rows.minute}
        assert rows.fresh.tolist() == ["A" in heard, "B" in heard]


# meters


IDENTITY = Identity(
    serial="240000000017",
    profile="csj",
    manufacturer="CSJ",
    model="DTSY300",
    phases=3,
    tariffs=4,
    capabilities=frozenset({Capability.RELAY, Capability.EXPORT}),
    rated_voltage=240.0,
    max_current=80.0,
    ct_ratio=50.0,
)


def row(minute: int) -> Rows:
    return only(list(rows_of([sample(minute, voltage_l1=200.0 + minute)], PLACES)))


def assert_same(rows: Rows, other: Rows) -> None:
    assert rows.minute == other.minute
    assert np.array_equal(rows.values, other.values, equal_nan=True)
    assert rows.fresh.tolist() == other.fresh.tolist()


@pytest.mark.parametrize(
    ("minutes", "most", "lengths"),
    [([], 5, []), ([5, 6, 7], 5, [3]), ([5, 6, 7], 2, [2, 1]), ([5, 6, 8, 9, 11], 5, [2, 2, 1])],
)
def test_minutes_that_follow_each_other_are_put_together(
    minutes: list[int], most: int, lengths: list[int]
) -> None:
    given = [row(minute) for minute in minutes]
    blocks = list(blocks_of(iter(given), most))

    assert [len(block) for block in blocks] == lengths
    for one, other in zip(given, [each for block in blocks for each in block.rows()], strict=True):
        assert_same(one, other)


@given(heard=st.lists(st.sampled_from([(False, False), (True, False), (True, True)]), max_size=12))
def test_of_a_block_the_minutes_in_which_somebody_said_something(heard: list[tuple[bool, bool]]) -> None:
    fresh = np.array(heard, np.bool_).reshape(-1, 2)
    values = np.arange(len(fresh) * len(INPUTS) * 2, dtype=np.float64).reshape(-1, len(INPUTS), 2)
    block = Block(minute=100, values=values, fresh=fresh)
    found = list(block.heard())

    expected = [rows for rows in block.rows() if rows.fresh.any()]
    for one, other in zip(expected, [each for part in found for each in part.rows()], strict=True):
        assert_same(one, other)
    for before, after in pairwise(found):
        assert after.minute > before.minute + len(before)


def test_a_meter_is_watched_as_it_says_of_itself() -> None:
    assert WatchedMeter.of(IDENTITY, circuit="north", gateway="g") == WatchedMeter(
        serial="240000000017",
        circuit="north",
        gateway="g",
        phases=3,
        feeder_phase=FeederPhase.THREE,
        rated_voltage=240.0,
        max_current=80.0,
        ct_ratio=50.0,
        has_relay=True,
        may_export=True,
    )


def test_what_a_meter_does_not_say_is_what_most_have() -> None:
    silent = replace(
        IDENTITY, phases=1, capabilities=frozenset(), rated_voltage=None, max_current=0.0, ct_ratio=0.0
    )
    meter = WatchedMeter.of(silent, feeder_phase=FeederPhase.B)

    assert (meter.rated_voltage, meter.max_current, meter.ct_ratio) == (NOMINAL_VOLTAGE, None, 1.0)
    assert (meter.has_relay, meter.may_export, meter.feeder_phase) == (False, False, FeederPhase.B)


@pytest.mark.parametrize("label", [FeederPhase.A, FeederPhase.UNKNOWN])
def test_a_three_phase_meter_hangs_on_all_phases_whatever_people_say(label: FeederPhase) -> None:
    assert WatchedMeter.of(IDENTITY, feeder_phase=label).feeder_phase is FeederPhase.THREE
