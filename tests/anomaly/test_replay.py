"""A replay finds what the engine would have found live, and calls it much less often."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
import datetime as dt
from io import BytesIO
from typing import Any, override
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from custom_components.csj_meter.anomaly.channels import FIRST
from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.intake import Rows, rows_of
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, State
from custom_components.csj_meter.anomaly.meter import WatchedMeter
from custom_components.csj_meter.anomaly.replay import FORGOTTEN, replay
from custom_components.csj_meter.anomaly.settings import Settings
from custom_components.csj_meter.meters.sample import Sample

BERLIN = ZoneInfo("Europe/Berlin")
NEPAL = ZoneInfo("Asia/Kathmandu")
NOON = int(dt.datetime(2026, 3, 28, 11, 0, tzinfo=dt.UTC).timestamp()) // 60
"""The day before clocks go forward in Berlin."""


class CountingEngine(Engine):
    """Counts how often it is called."""

    calls = 0

    @override
    def observe_rows(self, rows: Rows) -> list[Finding]:
        self.calls += 1
        return super().observe_rows(rows)


def sample(minute: int, serial: str = "A", **values: float) -> Sample:
    return Sample(serial=serial, minute=minute, values={"voltage_l1": 230.0 + minute % 7 / 10, **values})


def minutes(samples: Iterable[Sample]) -> list[list[Sample]]:
    """Samples by their minutes."""
    found: dict[int, list[Sample]] = {}
    for each in samples:
        found.setdefault(each.minute, []).append(each)
    return [found[minute] for minute in sorted(found)]


def told(findings: Iterable[Finding]) -> list[tuple[int, str, Kind, State]]:
    return [(found.at - NOON, found.serial, found.kind, found.state) for found in findings]


def live(engine: Engine, given: Sequence[Sequence[Sample]], until: int) -> list[Finding]:
    """What the engine finds that is called every minute."""
    by_minute = {samples[0].minute: samples for samples in given}
    return [
        found
        for minute in range(min(by_minute), until + 1)
        for found in engine.observe(by_minute.get(minute, []), minute)
    ]


def site(seed: int) -> tuple[list[WatchedMeter], list[list[Sample]]]:
    """Four meters on two circuits, of intervals from 1 to 60 minutes, with sags and gaps; some go silent."""
    rng = np.random.default_rng(seed)
    meters = [
        WatchedMeter(serial=serial, circuit=circuit, interval=interval)
        for serial, circuit, interval in (("A", "n", 1), ("B", "n", 5), ("C", "n", 15), ("D", "s", 60))
    ]
    span = 26 * 60
    lost = np.zeros(span, np.bool_)
    sags = np.zeros(span, np.bool_)
    for begin in rng.integers(0, span, 4).tolist():
        lost[begin : begin + int(rng.integers(2, 400))] = True
    for begin in rng.integers(0, span, 6).tolist():
        sags[begin : begin + int(rng.integers(1, 90))] = True
    only_one = set(rng.integers(0, 4, 3).tolist())
    samples = []
    for number, meter in enumerate(meters):
        gone = lost | (np.arange(span) > rng.integers(span // 2, span)) if number in only_one else lost
        for offset in range(0, span, meter.interval):
            if gone[offset] or rng.random() < 0.01:
                continue
            volts = 165.0 if sags[offset] and rng.random() < 0.9 else 230.0
            samples.append(
                sample(
                    NOON + offset,
                    meter.serial,
                    voltage_l1=volts + float(rng.normal()),
                    active_power=float(rng.uniform(100, 900)),
                )
            )
    return meters, minutes(samples)


@pytest.mark.parametrize(("seed", "zone"), [(0, BERLIN), (1, BERLIN), (2, NEPAL)])
def test_a_replay_finds_exactly_what_was_found_live(seed: int, zone: dt.tzinfo) -> None:
    meters, given = site(seed)
    settings = Settings.from_dict({"meters": {"B": {"meter_silent": {"threshold": 4.5, "confirm": 20}}}})
    until = given[-1][0].minute + 240

    engine, watching = (Engine(meters, zone, settings) for _ in range(2))
    found = list(replay(engine, given, meters, settings, until=until))

    assert found == live(watching, given, until)
    assert {Kind.VOLTAGE_SAG, Kind.METER_SILENT} <= {each.kind for each in found}
    assert {State.SUSPECTED, State.CONFIRMED, State.CLEARED} == {each.state for each in found}
    assert_knows_the_same(engine, watching)


def assert_knows_the_same(one: Engine, other: Engine) -> None:
    """Whatever is found from now on, both find it."""
    with np.load(BytesIO(one.saved())) as known, np.load(BytesIO(other.saved())) as known_too:
        assert known.keys() == known_too.keys()
        for name in known:
            values, values_too = known[name], known_too[name]
            if name in {"a_row", "a_seen"}:
                # how often a silent meter was looked at does not matter once that is confirmed
                values[FIRST[Kind.METER_SILENT]] = values_too[FIRST[Kind.METER_SILENT]]
            np.testing.assert_array_equal(values, values_too, name)


def test_neighbours_are_asked_again_after_a_confirmation() -> None:
    """They say nothing more; that it is for too long by now is what they tell."""
    meters = [WatchedMeter(serial=serial, circuit="n", interval=15) for serial in "ABCDE"]
    given = [
        [sample(NOON, voltage_l1=0.0), *(sample(NOON, serial) for serial in "BCDE")],
        [sample(NOON + 15, voltage_l1=0.0)],
        [sample(NOON + 30, voltage_l1=0.0)],
        [sample(NOON + 45, voltage_l1=0.0)],
    ]

    found = list(replay(Engine(meters, BERLIN), given, meters))

    assert [(each.at - NOON, each.scope) for each in found if each.serial == "A"] == [
        (0, Scope.UNKNOWN),
        (30, Scope.UNKNOWN),
        (31, Scope.AREA),
    ]
    assert found == live(Engine(meters, BERLIN), given, NOON + 45)


def test_hours_end_in_a_gap_as_well() -> None:
    meters = [WatchedMeter(serial="A")]
    engine, watching = (Engine(meters, BERLIN) for _ in range(2))
    given = [[sample(NOON + minute, active_power=200.0)] for minute in range(130)]

    list(replay(engine, given, meters, until=NOON + 1000))

    live(watching, given, NOON + 1000)
    assert_knows_the_same(engine, watching)


def test_a_new_habit_is_adopted_in_the_hour_in_which_it_would_have_been_live() -> None:
    """Even if nobody says anything in that hour."""
    meters = [WatchedMeter(serial="A", interval=60)]
    settings = Settings.from_dict(
        {"site": {"lasting_change": {"threshold": 1}, "high_usage": {"enabled": False}}}
    )
    rng = np.random.default_rng(1)
    hours = [hour for hour in range(17 * 24) if not 16 * 24 + 12 <= hour < 16 * 24 + 36]
    given = [
        [sample(NOON + 60 * hour, active_power=float(rng.uniform(100, 300)) + 2000 * (hour >= 16 * 24))]
        for hour in [*hours, 18 * 24]
    ]
    engine, watching = (Engine(meters, BERLIN, settings) for _ in range(2))

    found = list(replay(engine, given, meters, settings))

    before = 15 * 24
    expected = list(replay(watching, given[:before], meters, settings))
    expected += live(watching, given[before:], NOON + 60 * 18 * 24)
    assert Kind.STUCK_LOAD in {each.kind for each in found}
    assert found == expected
    assert_knows_the_same(engine, watching)


def test_tables_and_samples_are_the_same_to_it() -> None:
    meters, given = site(1)
    places = {meter.serial: place for place, meter in enumerate(meters)}
    tables = [next(rows_of(samples, places)) for samples in given]

    assert list(replay(Engine(meters, BERLIN), tables, meters)) == list(
        replay(Engine(meters, BERLIN), given, meters)
    )


def test_it_tells_as_it_goes() -> None:
    """Whoever watches a long replay sees the first findings before the last sample is read."""
    meters = [WatchedMeter(serial="A")]
    read = []

    def given() -> Iterator[list[Sample]]:
        for minute in range(10):
            read.append(minute)
            yield [sample(NOON + minute, voltage_l1=170.0)]

    found = replay(Engine(meters, BERLIN), given(), meters)

    assert next(found).state is State.SUSPECTED
    assert read == [0]


def test_a_meter_is_silent_at_the_minute_in_which_it_would_have_been_live() -> None:
    meters = [WatchedMeter(serial="A"), WatchedMeter(serial="B", interval=10)]
    given = [
        [sample(NOON), sample(NOON, "B")],
        [sample(NOON + 100), sample(NOON + 100, "B")],
    ]

    assert told(replay(Engine(meters, BERLIN), given, meters)) == [
        (3, "A", Kind.METER_SILENT, State.CONFIRMED),
        (30, "B", Kind.METER_SILENT, State.CONFIRMED),
        (100, "A", Kind.METER_SILENT, State.CLEARED),
        (100, "B", Kind.METER_SILENT, State.CLEARED),
    ]


def test_nothing_is_known_of_the_time_after_the_last_sample_unless_somebody_says_so() -> None:
    meters = [WatchedMeter(serial="A")]

    assert told(replay(Engine(meters, BERLIN), [[sample(NOON)]], meters)) == []
    assert told(replay(Engine(meters, BERLIN), [[sample(NOON)]], meters, until=NOON + 2)) == []
    assert told(replay(Engine(meters, BERLIN), [[sample(NOON)]], meters, until=NOON + 3)) == [
        (3, "A", Kind.METER_SILENT, State.CONFIRMED),
    ]


def test_minutes_that_change_nothing_cost_nothing() -> None:
    meters = [WatchedMeter(serial="A", interval=15)]
    engine = CountingEngine(meters, BERLIN)

    list(replay(engine, [[sample(NOON + minute)] for minute in range(0, 1440, 15)], meters))

    assert engine.calls == 1440 // 15


def test_a_gap_of_years_is_not_walked_through() -> None:
    meters = [WatchedMeter(serial="A")]
    engine = CountingEngine(meters, BERLIN)
    years = 10 * 365 * 1440

    found = told(replay(engine, [[sample(NOON)], [sample(NOON + years)]], meters))

    assert found[-1] == (years, "A", Kind.METER_SILENT, State.CLEARED)
    assert engine.minute == NOON + years
    assert engine.calls < FORGOTTEN / 15 + 20


def test_what_is_older_than_the_engine_is_passed_over() -> None:
    meters = [WatchedMeter(serial="A")]
    engine = Engine(meters, BERLIN)
    list(replay(engine, [[sample(NOON)]], meters))

    list(replay(engine, [[sample(NOON - 1), sample(NOON), sample(NOON + 1)]], meters))

    assert engine.minute == NOON + 1


def test_a_table_of_an_earlier_minute_is_a_mistake() -> None:
    meters = [WatchedMeter(serial="A")]
    engine = Engine(meters, BERLIN)
    tables: list[Any] = [engine.nothing(NOON), engine.nothing(NOON)]

    with pytest.raises(ValueError, match="was observed before"):
        list(replay(engine, tables, meters))
