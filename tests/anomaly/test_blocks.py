"""Minutes that are observed together are found and remembered as if each had come by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
import datetime as dt
from itertools import pairwise
from typing import Final

from hypothesis import example, given, settings, strategies as st
import numpy as np
import pytest

from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.intake import INPUTS, ROW, Block, Rows
from custom_components.csj_meter.anomaly.kinds import Kind, State
from custom_components.csj_meter.anomaly.meter import WatchedMeter
from custom_components.csj_meter.anomaly.replay import replay
from custom_components.csj_meter.anomaly.settings import Settings

from .past import AUTUMN, EVENT, LATER, SETTINGS, SPRING, Past
from .stories import BERLIN, DAY, HOUR, NOON, Floats, minute_of, tables

LENGTH: Final = 90
"""Minutes: over the ends of six quarters of an hour."""

BEGINNINGS: Final = {
    "noon": NOON - 45,
    "midnight": NOON + 12 * HOUR - 45,
    "clocks go forward": minute_of(dt.datetime(2026, 3, 29, 1, 15, tzinfo=BERLIN)),
    "clocks go back": minute_of(dt.datetime(2026, 10, 25, 2, 15, tzinfo=BERLIN)),
}

METERS: Final = [
    WatchedMeter(serial="A", circuit="n", gateway="g", has_relay=True),
    WatchedMeter(serial="B", circuit="n", gateway="g", interval=3, may_export=True),
    WatchedMeter(serial="C", circuit="n", gateway="h", phases=3, max_current=60.0),
    WatchedMeter(serial="D", phases=3, max_current=10.0, interval=20),
]

STATIONS: Final[Mapping[str, Sequence[float]]] = {
    "voltage_l1": (0.0, 110.0, 170.0, 185.0, 230.0, 260.0, 280.0),
    "voltage_l2": (0.0, 170.0, 230.0),
    "voltage_l3": (0.0, 230.0),
    "current_l1": (0.0, 10.0, 70.0, 200.0),
    "current_l2": (0.0, 10.0, 30.0),
    "current_l3": (0.0, 10.0),
    "voltage_thd_l1": (2.0, 9.0),
    "active_power": (-500.0, 0.0, 2.0, 300.0, 9000.0),
    "power_factor": (0.2, 0.95),
    "frequency": (0.0, 47.0, 50.0, 51.0, 60.0),
    "status": (0.0, 1.0, 17.0, 33.0),
}
"""What each quantity goes to and fro between; the first ones are rarely usual."""

USUAL: Final = {
    **dict.fromkeys(("voltage_l1", "voltage_l2", "voltage_l3"), 230.0),
    **dict.fromkeys(("current_l1", "current_l2", "current_l3"), 10.0),
    "voltage_thd_l1": 2.0,
    "active_power": 300.0,
    "power_factor": 0.95,
    "frequency": 50.0,
    "status": 1.0,
}

changes = st.lists(
    st.one_of(
        *(
            st.tuples(
                st.integers(0, len(METERS) - 1),
                st.just(quantity),
                st.sampled_from([*levels, np.nan]),
                st.integers(0, LENGTH - 1),
                st.integers(1, 50),
            )
            for quantity, levels in STATIONS.items()
        )
    ),
    max_size=12,
)
"""Meter, quantity, value, first minute, minutes."""

silences = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 2, 3, None]), st.integers(0, LENGTH - 1), st.sampled_from([1, 2, 5, 30])
    ),
    max_size=6,
)
"""Meter or all of them, first minute, minutes."""


def recorded(
    since: int,
    changed: Sequence[tuple[int, str, float, int, int]],
    silent: Sequence[tuple[int | None, int, int]],
    seed: int,
    blank: Sequence[tuple[int | None, int, int]] = (),
) -> Block:
    """What the meters say; one that is silent says nothing, whatever is handed in with it.

    One that is blank says nothing that is looked at.
    """
    draw = np.random.default_rng(seed)
    values = np.full((LENGTH, len(INPUTS), len(METERS)), np.nan)
    for quantity, level in USUAL.items():
        # some stand still for a while, to the last digit
        values[:, ROW[quantity]] = level + np.where(
            (quantity in ("active_power", "voltage_l1")) & (draw.random((LENGTH, len(METERS))) < 0.4),
            draw.random((LENGTH, len(METERS))),
            0.0,
        )
    for meter, quantity, level, begin, length in changed:
        values[begin : begin + length, ROW[quantity], meter] = level
    fresh = np.array(
        [[offset % meter.interval == 0 for meter in METERS] for offset in range(LENGTH)], np.bool_
    )
    for which, begin, length in silent:
        fresh[begin : begin + length, slice(None) if which is None else which] = False
    for which, begin, length in blank:
        values[begin : begin + length, :, slice(None) if which is None else which] = np.nan
    return Block(minute=since, values=values, fresh=fresh)


def parts(block: Block, cuts: Sequence[int]) -> Iterator[Block]:
    """A block in pieces."""
    ends = [0, *sorted({cut % len(block) for cut in cuts} - {0}), len(block)]
    for begin, end in pairwise(ends):
        yield block.part(begin, end)


def one_by_one(engine: Engine, block: Block) -> list[Finding]:
    return [found for rows in block.rows() for found in engine.observe_rows(rows)]


def together(engine: Engine, blocks: Iterator[Block]) -> list[Finding]:
    return [found for block in blocks for found in engine.observe_block(block)]


sag_in_the_middle = [(0, "voltage_l1", 170.0, 20, 12), (2, "voltage_l1", 170.0, 21, 3)]


@settings(max_examples=30, deadline=None)
@given(
    since=st.sampled_from(sorted(BEGINNINGS)),
    changed=changes,
    silent=silences,
    blank=silences,
    seed=st.integers(0, 3),
    cuts=st.lists(st.integers(0, LENGTH - 1), max_size=4),
)
@example(since="noon", changed=sag_in_the_middle, silent=[], blank=[], seed=0, cuts=[])
@example(
    since="clocks go back", changed=sag_in_the_middle, silent=[(None, 30, 5)], blank=[], seed=1, cuts=[29]
)
@example(
    since="midnight",
    changed=[(1, "active_power", 0.0, 0, 90)],
    silent=[(1, 40, 30)],
    blank=[],
    seed=2,
    cuts=[],
)
@example(since="noon", changed=[], silent=[(0, 45, 5)], blank=[(0, 0, 5), (0, 20, 25)], seed=0, cuts=[30])
@example(
    since="noon", changed=[(2, "current_l2", 30.0, 5, 70)], silent=[(2, 30, 5)], blank=[], seed=0, cuts=[50]
)
def test_a_block_is_its_minutes(
    since: str,
    changed: list[tuple[int, str, float, int, int]],
    silent: list[tuple[int | None, int, int]],
    blank: list[tuple[int | None, int, int]],
    seed: int,
    cuts: list[int],
) -> None:
    block = recorded(BEGINNINGS[since], changed, silent, seed, blank)
    each, all_of_them = Engine(METERS, BERLIN), Engine(METERS, BERLIN)

    assert together(all_of_them, parts(block, cuts)) == one_by_one(each, block)
    assert all_of_them.saved() == each.saved()
    assert all_of_them.active() == each.active()
    for meter in METERS:
        assert all_of_them.scores(meter.serial) == each.scores(meter.serial)


def test_a_minute_that_was_observed_is_a_mistake_in_a_block_as_well() -> None:
    block = recorded(NOON, [], [], 0)
    engine = Engine(METERS, BERLIN)
    engine.observe_block(block.part(0, 20))

    with pytest.raises(ValueError, match="was observed before"):
        engine.observe_block(block.part(19, 40))


# with a past


def with_gaps(rows: Sequence[Rows], seed: int) -> Block:
    """The same minutes, with holes of all meters, of some, and of some quantities."""
    draw = np.random.default_rng(seed)
    values, fresh = np.stack([each.values for each in rows]), np.stack([each.fresh for each in rows])
    length, quantities, meters = values.shape
    for _ in range(meters):
        begin, end = np.sort(draw.integers(0, length, 2)).tolist()
        short = begin + 1 + (end - begin) % 40
        values[begin:short, int(draw.integers(quantities)), int(draw.integers(meters))] = np.nan
        fresh[begin:short, int(draw.integers(meters))] = False
    for begin in draw.integers(0, length, 4).tolist():
        fresh[begin : begin + int(draw.integers(1, 30))] = False
    return Block(minute=rows[0].minute, values=values, fresh=fresh)


def cut(past: Past, since: int, begin: int, end: int) -> list[Rows]:
    """The minutes from number ``begin`` of a past on."""
    stories = [
        replace(story, values={name: series[begin:end] for name, series in story.values.items()})
        for story in past.stories
    ]
    return list(tables(stories, since + begin))


@pytest.mark.parametrize("seed", [0, 1])
def test_a_day_in_blocks_is_a_day_in_minutes(spring: Past, seed: int) -> None:
    """The day on which everything befalls somebody, and the night in which clocks go forward."""
    block = with_gaps(cut(spring, SPRING, EVENT, EVENT + 27 * HOUR), seed)
    meters = [story.meter for story in spring.stories]
    each, all_of_them = (Engine(meters, BERLIN, SETTINGS).restore(spring.saved) for _ in range(2))
    cuts = np.random.default_rng(seed).integers(0, len(block), 40).tolist()

    found = one_by_one(each, block)

    assert together(all_of_them, parts(block, cuts)) == found
    assert all_of_them.saved() == each.saved()
    assert {finding.kind for finding in found} >= {
        Kind.STUCK_LOAD,
        Kind.HIGH_USAGE,
        Kind.LOAD_COLLAPSE,
        Kind.METER_FROZEN,
        Kind.METER_SILENT,
        Kind.ZERO_CURRENT,
    }
    assert {finding.state for finding in found} == set(State)


def test_meters_that_report_rarely_are_observed_in_blocks_as_well(autumn: Past) -> None:
    """They stand where they stood; days that are unlike their kind, and what falls back to what is usual."""
    rows = cut(autumn, AUTUMN, LATER, LATER + 2 * DAY)
    silent = [replace(each, fresh=each.fresh & (each.minute % 15 == 0)) for each in rows]
    block = with_gaps(silent, 2)
    meters = [story.meter for story in autumn.stories]
    each, all_of_them = (Engine(meters, BERLIN, SETTINGS).restore(autumn.saved) for _ in range(2))

    found = one_by_one(each, block)

    assert together(all_of_them, parts(block, [700, 1111])) == found
    assert all_of_them.saved() == each.saved()
    assert {finding.kind for finding in found} >= {Kind.HIGH_USAGE, Kind.LOW_USAGE, Kind.UNUSUAL_USAGE}


def test_a_replay_of_blocks_is_one_of_minutes(spring: Past) -> None:
    rows = cut(spring, SPRING, EVENT + 580, EVENT + 760)
    meters = [story.meter for story in spring.stories]
    block = with_gaps(rows, 3)
    ways: list[tuple[Engine, Iterator[Block | Rows]]] = [
        (Engine(meters, BERLIN, SETTINGS).restore(spring.saved), minutes)
        for minutes in (iter(rows), block.heard(), iter(list(block.rows())), iter([block]))
    ]
    (_, plain), *gappy = [
        (engine, list(replay(engine, minutes, meters, SETTINGS, until=rows[-1].minute)))
        for engine, minutes in ways
    ]

    assert gappy[1][1] == gappy[0][1] == gappy[2][1] != plain
    assert gappy[0][0].active() == gappy[1][0].active()


# what others say


@settings(max_examples=20, deadline=None)
@given(changed=changes, silent=silences, seed=st.integers(0, 3))
@example(changed=[(0, "current_l1", np.nan, 0, 90), (0, "status", 33.0, 5, 9)], silent=[], seed=0)
@example(changed=[(0, "active_power", np.nan, 30, 9), (0, "power_factor", 0.2, 0, 90)], silent=[], seed=0)
@example(changed=[(0, "active_power", -500.0, 5, 9), (1, "active_power", -500.0, 2, 50)], silent=[], seed=0)
def test_what_one_meter_says_changes_nothing_for_a_stranger(
    changed: list[tuple[int, str, float, int, int]], silent: list[tuple[int | None, int, int]], seed: int
) -> None:
    meters = [replace(meter, circuit=None, gateway=None) for meter in METERS]
    tuned = Settings.from_dict({"site": {"voltage_sag": {"threshold": 0.6}}})
    block = recorded(NOON, changed, silent, seed)
    site = Engine(meters, BERLIN, tuned)
    found = site.observe_block(block)

    for column, meter in enumerate(meters):
        alone = Engine([meter], BERLIN, tuned)
        its: Floats = block.values[:, :, [column]]
        assert alone.observe_block(
            Block(minute=block.minute, values=its, fresh=block.fresh[:, [column]])
        ) == [finding for finding in found if finding.serial == meter.serial]
        assert alone.scores(meter.serial) == site.scores(meter.serial)
