"""What holds whatever is measured: the same samples give the same findings, and no sample gives none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from hypothesis import example, given, settings, strategies as st
import numpy as np
import pytest

from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.kinds import Kind, State
from custom_components.csj_meter.anomaly.meter import WatchedMeter
from custom_components.csj_meter.meters.sample import Provenance, Sample

from .past import EVENT, SETTINGS, SPRING, Past
from .stories import BERLIN, NOON, Story, tables, usual

METERS: Final = [
    WatchedMeter(serial="A", circuit="n", gateway="g"),
    WatchedMeter(serial="B", circuit="n", gateway="g", interval=3),
    WatchedMeter(serial="C", circuit="n", gateway="h", phases=3, max_current=60.0),
]

values = st.fixed_dictionaries(
    {},
    optional={
        "voltage_l1": st.sampled_from([0.0, 170.0, 171.5, 230.0, 260.0]),
        "voltage_l2": st.sampled_from([0.0, 170.0, 230.0]),
        "current_l1": st.sampled_from([0.0, 10.0, 70.0, 200.0]),
        "active_power": st.sampled_from([-500.0, 0.0, 300.0, 9000.0]),
        "status": st.sampled_from([0, 1, 17, 33]),
        "frequency": st.sampled_from([47.0, 50.0, 51.0]),
    },
)
samples = st.builds(
    Sample,
    serial=st.sampled_from(["A", "B", "C", "nobody's"]),
    minute=st.integers(NOON, NOON + 20),
    values=values,
    provenance=st.sampled_from(Provenance),
)


def minutes(given: Sequence[Sample]) -> list[list[Sample]]:
    """The samples of each minute, as they were handed in."""
    return [[each for each in given if each.minute == NOON + offset] for offset in range(24)]


def told(given: Sequence[Sequence[Sample]]) -> tuple[list[Finding], bytes]:
    """What an engine finds that is called every minute, and what it knows in the end."""
    engine = Engine(METERS, BERLIN)
    found = [each for offset, some in enumerate(given) for each in engine.observe(some, NOON + offset)]
    return found, engine.saved()


@settings(max_examples=25, deadline=None)
@given(given=st.lists(samples, max_size=80))
def test_the_same_samples_give_the_same_findings(given: list[Sample]) -> None:
    assert told(minutes(given)) == told(minutes(given))


@settings(max_examples=25, deadline=None)
@given(given=st.lists(samples, max_size=80), data=st.data())
def test_neither_the_order_in_a_minute_nor_a_sample_handed_in_twice_changes_anything(
    given: list[Sample], data: st.DataObject
) -> None:
    again = data.draw(
        st.permutations([*given, *data.draw(st.lists(st.sampled_from(given)) if given else st.just([]))])
    )

    assert told(minutes(again)) == told(minutes(given))


@settings(max_examples=15, deadline=None)
@given(given=st.lists(samples, max_size=80), every=st.integers(1, 24))
def test_it_does_not_matter_how_many_minutes_are_handed_in_at_once(given: list[Sample], every: int) -> None:
    """As long as each is observed: minutes without a sample say who is silent."""
    one, many = Engine(METERS, BERLIN), Engine(METERS, BERLIN)
    alive = [
        Sample(serial="A", minute=NOON + offset, values={"active_power": 100.0 + offset})
        for offset in range(24)
    ]
    given = [*alive, *given]
    by_minute = minutes(given)
    found = [each for offset, some in enumerate(by_minute) for each in one.observe(some, NOON + offset)]
    together = []
    for begin in range(0, 24, every):
        some = [each for part in by_minute[begin : begin + every] for each in part]
        together += many.observe(some, NOON + min(begin + every, 24) - 1)

    assert together == found
    assert many.saved() == one.saved()


@settings(max_examples=15, deadline=None)
@given(given=st.lists(samples, max_size=60), late=st.lists(samples, max_size=10))
def test_what_comes_too_late_is_counted_and_changes_nothing(given: list[Sample], late: list[Sample]) -> None:
    prompt, pestered = Engine(METERS, BERLIN), Engine(METERS, BERLIN)
    for offset, some in enumerate(minutes(given)):
        found = prompt.observe(some, NOON + offset)
        assert pestered.observe(some, NOON + offset) == found
        assert (
            pestered.observe(
                [replace(each, minute=NOON + offset - each.minute % 5) for each in late], NOON + offset
            )
            == []
        )

    assert pestered.saved() == prompt.saved()
    assert (pestered.passed_over, prompt.passed_over) == (24 * len(late), 0)


def test_what_is_of_the_future_waits_for_it() -> None:
    engine = Engine(METERS, BERLIN)
    early = Sample(serial="A", minute=NOON + 5, values={"voltage_l1": 170.0})

    assert engine.observe([early], NOON) == []
    assert engine.minute == NOON
    assert [each.at for each in engine.observe([early], NOON + 5)] == [NOON + 5]


def test_a_table_of_a_minute_that_was_observed_is_a_mistake() -> None:
    engine = Engine(METERS, BERLIN)
    engine.observe_rows(engine.nothing(NOON))

    with pytest.raises(ValueError, match="was observed before"):
        engine.observe_rows(engine.nothing(NOON))


def test_two_meters_with_one_serial_number_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="one serial number"):
        Engine([METERS[0], METERS[0]], BERLIN)


def test_a_site_without_meters_is_watched_as_well() -> None:
    engine = Engine([], BERLIN)

    assert engine.observe([Sample(serial="A", minute=NOON, values={})], NOON + 1000) == []
    assert Engine([], BERLIN).restore(engine.saved()).minute == NOON + 1000


# missing data

gaps = st.lists(st.tuples(st.integers(0, 20 * 60), st.integers(1, 500)), max_size=8)
QUIET: Final = ("home 0", "home 1", "whole home", "large house", "workshop", "solar", "exporter")


def quiet(past: Past) -> list[Story]:
    """Those that live as usual, from the event on for a day."""
    return [
        replace(
            story, values={name: series[EVENT : EVENT + 1200].copy() for name, series in story.values.items()}
        )
        for story in past.stories
        if story.meter.serial in QUIET
    ]


@settings(max_examples=2, deadline=None)
@given(
    lost=st.lists(gaps, min_size=len(QUIET), max_size=len(QUIET)),
    unsaid=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 20 * 60), st.integers(1, 500)), max_size=6),
    thinned=st.integers(0, 30),
    seed=st.integers(0, 1000),
)
@example(lost=[[(385, 60)]] * len(QUIET), unsaid=[], thinned=0, seed=0)  # the only shower of the day
@example(lost=[[]] * len(QUIET), unsaid=[], thinned=97, seed=0)
def test_missing_samples_alone_are_nothing_but_silence(
    spring: Past,
    lost: list[list[tuple[int, int]]],
    unsaid: list[tuple[int, int, int]],
    thinned: int,
    seed: int,
) -> None:
    stories = quiet(spring)
    rng = np.random.default_rng(seed)
    kept = []
    for story, its in zip(stories, lost, strict=True):
        heard = rng.random(1200) >= thinned / 100
        for begin, length in its:
            heard[begin : begin + length] = False
        kept.append(replace(story, heard=heard))
    for number, begin, length in unsaid:
        which = sorted(kept[number].values)[begin % len(kept[number].values)]
        kept[number].values[which][begin : begin + length] = np.nan
    engine = Engine([story.meter for story in kept], BERLIN, SETTINGS).restore(spring.saved)

    found = [each for rows in tables(kept, SPRING + EVENT) for each in engine.observe_rows(rows)]

    assert {each.kind for each in found} <= {Kind.METER_SILENT}


@settings(max_examples=6, deadline=None)
@given(lost=st.lists(gaps, min_size=4, max_size=4))
def test_a_young_site_with_gaps_is_silent_at_times_and_nothing_else(
    lost: list[list[tuple[int, int]]],
) -> None:
    stories = []
    for number, its in enumerate(lost):
        heard = np.ones(400, np.bool_)
        for begin, length in its:
            heard[begin % 400 : begin % 400 + length] = False
        stories.append(replace(usual(str(number), 400, phases=3, circuit="n", seed=number), heard=heard))
    engine = Engine([story.meter for story in stories], BERLIN)

    found = [each for rows in tables(stories, NOON) for each in engine.observe_rows(rows)]

    assert {each.kind for each in found} <= {Kind.METER_SILENT}
    assert all(each.state is not State.SUSPECTED for each in found)
