"""What is saved, and an engine that goes on from there as if nothing had happened."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
import datetime as dt
from io import BytesIO
from typing import Any, Final
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings, strategies as st
import numpy as np
import pytest

from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.intake import Rows
from custom_components.csj_meter.anomaly.kinds import Kind, State
from custom_components.csj_meter.anomaly.memory import VERSION, Memory, SavedMemoryError, Slot
from custom_components.csj_meter.anomaly.meter import WatchedMeter
from custom_components.csj_meter.anomaly.settings import Settings

from .past import AUTUMN, EVENT, LATER, SETTINGS, SPRING, Past
from .stories import BERLIN, NOON, Story, changed, seen, tables, unheard, usual

SPAN: Final = 27 * 60
"""Minutes over the end of a day and over the night in which clocks go forward."""


def known(body: bytes) -> dict[str, Any]:
    with np.load(BytesIO(body)) as archive:
        return dict(archive)


def written(arrays: dict[str, Any]) -> bytes:
    body = BytesIO()
    np.savez_compressed(body, **arrays)
    return body.getvalue()


def assert_same(one: bytes, other: bytes) -> None:
    arrays, others = known(one), known(other)
    assert arrays.keys() == others.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, others[name], name)


class Spring:
    """The stories of spring from the event on."""

    def __init__(self, past: Past) -> None:
        self.saved = past.saved
        self.meters = [story.meter for story in past.stories]
        stories = [
            replace(
                story, values={name: series[EVENT : EVENT + SPAN] for name, series in story.values.items()}
            )
            for story in past.stories
        ]
        self.rows = list(tables(stories, SPRING + EVENT))
        self.found, self.end = self.run(())

    def engine(self, body: bytes) -> Engine:
        return Engine(self.meters, BERLIN, SETTINGS).restore(body)

    def run(self, restarts: Collection[int]) -> tuple[list[Finding], bytes]:
        """What is found with restarts before these minutes, and what is known in the end."""
        engine, found = self.engine(self.saved), []
        for offset, rows in enumerate(self.rows):
            if offset in restarts:
                engine = self.engine(engine.saved())
            found += engine.observe_rows(rows)
        return found, engine.saved()


@pytest.fixture(scope="module")
def since_the_event(spring: Past) -> Spring:
    return Spring(spring)


# before and while something is suspected or confirmed, at the end of hours and days, and at the changed clock
@example(
    restarts={1, 60, 107, 225, 226, 227, 228, 240, 420, 601, 602, 604, 632, 728, 735, 810, 1320, 1321, 1322}
    | {1440, 1441, 1442, 1559, 1560, 1561, 1575, 1619}
)
@settings(max_examples=1, deadline=None)
@given(restarts=st.sets(st.integers(1, SPAN - 1), min_size=1, max_size=6))
def test_an_engine_that_was_restarted_finds_what_one_finds_that_never_stopped(
    since_the_event: Spring, restarts: set[int]
) -> None:
    found, end = since_the_event.run(restarts)

    assert found == since_the_event.found
    assert_same(end, since_the_event.end)


def test_what_happens_then_is_worth_a_restart(since_the_event: Spring) -> None:
    kinds = {each.kind for each in since_the_event.found}

    assert kinds >= {
        Kind.STUCK_LOAD,
        Kind.LEAK,
        Kind.HIGH_USAGE,
        Kind.LOAD_COLLAPSE,
        Kind.ZERO_CURRENT,
        Kind.CURRENT_IMBALANCE,
        Kind.REVERSE_ENERGY,
        Kind.METER_FROZEN,
    }


@settings(max_examples=6, deadline=None)
@given(restarts=st.sets(st.integers(1, 59), max_size=8))
def test_neighbours_are_remembered_over_a_restart(restarts: set[int]) -> None:
    stories: list[Story] = [
        usual(str(number), phases=1, seed=number, circuit="n", gateway="g", interval=1 + 4 * (number == 3))
        for number in range(5)
    ]
    stories[0] = changed(stories[0], 10, 30, voltage_l1=170.0)
    stories[1] = changed(stories[1], 11, 30, voltage_l1=170.0)
    stories[2] = unheard(stories[2], (9, 40))
    stories[3] = unheard(
        changed(stories[3], 10, 40, voltage_l1=170.0), *((n + 1, n + 5) for n in range(0, 60, 5))
    )
    meters = [story.meter for story in stories]
    engine, other = (Engine(meters, BERLIN) for _ in range(2))

    for offset, rows in enumerate(tables(stories, NOON)):
        if offset in restarts:
            other = Engine(meters, BERLIN).restore(other.saved())
        assert other.observe_rows(rows) == engine.observe_rows(rows)
        assert [
            (each.kind, each.state, each.since, each.scope, each.severity) for each in other.active()
        ] == [(each.kind, each.state, each.since, each.scope, each.severity) for each in engine.active()]


def test_meters_that_report_rarely_stand_where_they_stood_whoever_asks_in_between(autumn: Past) -> None:
    """Called every minute, only when there is a sample, and restarted all the time: it is all the same."""
    story = next(each for each in autumn.stories if each.meter.serial == "high")
    meters = [each.meter for each in autumn.stories]
    seldom, often, restless = (Engine(meters, BERLIN, SETTINGS).restore(autumn.saved) for _ in range(3))
    for engine in (seldom, often, restless):
        engine.configure([story.meter], SETTINGS)
    found: list[list[Finding]] = [[], [], []]
    load = story.values["active_power"][LATER + 600 : LATER + 1020]
    for offset, power in enumerate(load.tolist()):
        rows = often.nothing(AUTUMN + LATER + 600 + offset)
        if offset % 15 == 0:
            (told,) = tables(
                [Story(meter=story.meter, values={"active_power": np.array([power])})], rows.minute
            )
            rows = Rows(minute=rows.minute, values=told.values, fresh=told.fresh)
            found[0] += seldom.observe_rows(rows)
        if offset % 20 == 7:
            restless = Engine([story.meter], BERLIN, SETTINGS).restore(restless.saved())
        found[1] += often.observe_rows(rows)
        found[2] += restless.observe_rows(rows)

    assert found[0] == found[1] == found[2]
    assert [each.state for each in found[0] if each.kind is Kind.HIGH_USAGE] == [
        State.SUSPECTED,
        State.CONFIRMED,
        State.CLEARED,
    ]


def test_what_was_active_is_active_after_a_restart_as_it_was_told(since_the_event: Spring) -> None:
    """The figures behind a score come with the next sample."""
    before = since_the_event.engine(since_the_event.saved)
    for rows in since_the_event.rows[: 10 * 60 + 5]:
        before.observe_rows(rows)
    after = since_the_event.engine(before.saved())

    assert [replace(each, score=None) for each in before.active()] == after.active()
    assert {(each.serial, each.kind, each.state) for each in after.active()} >= {
        ("zero", Kind.ZERO_CURRENT, State.CONFIRMED),
        ("collapse", Kind.LOAD_COLLAPSE, State.CONFIRMED),
        ("uneven", Kind.CURRENT_IMBALANCE, State.SUSPECTED),
    }


# meters that join and leave


def test_meters_that_join_and_leave_change_nothing_for_the_others(since_the_event: Spring) -> None:
    engine = since_the_event.engine(since_the_event.saved)
    serials = [meter.serial for meter in since_the_event.meters]
    kept = ["collapse", "stuck", "frozen"]
    new = WatchedMeter(serial="new")
    meters = {meter.serial: meter for meter in since_the_event.meters}
    found: list[Finding] = []
    for offset, rows in enumerate(since_the_event.rows[:735]):
        if offset == 226:  # while a load is suspected to be stuck
            engine.configure([new, *(meters[serial] for serial in kept)], SETTINGS)
        if offset < 226:
            found += engine.observe_rows(rows)
            continue
        values = np.full((len(rows.values), 4), np.nan)
        values[:, 1:] = rows.values[:, [serials.index(serial) for serial in kept]]
        values[:, 0] = values[:, 1]
        found += engine.observe_rows(Rows(minute=rows.minute, values=values, fresh=np.ones(4, np.bool_)))

    expected = [each for each in since_the_event.found if each.at < SPRING + EVENT + 735]
    for serial in kept:
        its = [each for each in found if each.serial == serial]
        assert its == [each for each in expected if each.serial == serial]
        assert its
    assert engine.known_days("new") == 0
    assert engine.known_days("collapse") == 24
    with pytest.raises(KeyError):
        engine.known_days("leak")


def test_who_comes_back_begins_anew(since_the_event: Spring) -> None:
    engine = since_the_event.engine(since_the_event.saved)
    engine.configure(since_the_event.meters[1:], SETTINGS)
    engine.configure(since_the_event.meters, SETTINGS)

    days = [engine.known_days(meter.serial) for meter in since_the_event.meters]
    assert days == [0] + [23] * (len(days) - 1)


def test_what_is_not_looked_for_any_more_is_not_found_any_more() -> None:
    story = changed(usual(phases=1), 10, 50, voltage_l1=170.0)
    engine = Engine([story.meter], BERLIN)
    found: list[Finding] = []
    off = Settings.from_dict({"site": {"voltage_sag": {"enabled": False}}})
    for offset, rows in enumerate(tables([story], NOON)):
        if offset in (20, 30):
            engine.configure([story.meter], off if offset == 20 else None)
            assert engine.active() == []
        found += engine.observe_rows(rows)

    assert seen(found) == [
        "0:10 voltage_sag l1 suspected critical unknown",
        "0:12 voltage_sag l1 confirmed critical unknown",
        "0:30 voltage_sag l1 suspected critical unknown",
        "0:32 voltage_sag l1 confirmed critical unknown",
        "0:52 voltage_sag l1 cleared critical unknown",
    ]


def test_a_restored_engine_knows_those_that_are_watched_now() -> None:
    stories = [usual("A", phases=1), changed(usual("B", phases=1), 10, 60, voltage_l1=170.0)]
    engine = Engine([story.meter for story in stories], BERLIN)
    for rows in tables(stories, NOON):
        engine.observe_rows(rows)

    other = Engine([WatchedMeter(serial="new"), stories[1].meter], BERLIN).restore(engine.saved())

    assert other.minute == engine.minute
    assert [(each.serial, each.kind) for each in other.active()] == [("B", Kind.VOLTAGE_SAG)]


# damage


@pytest.fixture(scope="module")
def body() -> bytes:
    """What a small engine has saved in the middle of a sag."""
    story = changed(usual(length=30, phases=1), 10, 30, voltage_l1=170.0)
    engine = Engine([story.meter], BERLIN)
    for rows in tables([story], NOON):
        engine.observe_rows(rows)
    return engine.saved()


def alive() -> Engine:
    """An engine that knows something of its own."""
    story = changed(usual(length=20), 10, 20, frequency=51.0)
    engine = Engine([story.meter], BERLIN)
    for rows in tables([story], NOON + 1000):
        engine.observe_rows(rows)
    return engine


def assert_refused(body: bytes, why: str) -> None:
    engine = alive()
    before, active = engine.saved(), engine.active()
    with pytest.raises(SavedMemoryError, match=why):
        engine.restore(body)
    assert (engine.saved(), engine.active()) == (before, active)


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_what_is_cut_off_is_refused(body: bytes, data: st.DataObject) -> None:
    assert_refused(body[: data.draw(st.integers(0, len(body) - 1))], "damaged")


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_damaged_byte_is_noticed_or_makes_no_difference(body: bytes, data: st.DataObject) -> None:
    place, bit = data.draw(st.integers(0, len(body) - 1)), data.draw(st.integers(0, 7))
    damaged = bytearray(body)
    damaged[place] ^= 1 << bit
    engine = alive()
    before = engine.saved()
    try:
        engine.restore(bytes(damaged))
    except SavedMemoryError:
        assert engine.saved() == before
    else:
        fresh = Engine([WatchedMeter(serial="A")], BERLIN)
        assert_same(engine.saved(), fresh.restore(body).saved())


@given(body=st.binary(max_size=200))
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(SavedMemoryError):
        Engine([], BERLIN).restore(body)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda arrays: arrays.update(version=np.array([VERSION + 1])), "version 2, expected 1"),
        (lambda arrays: arrays.update(a_stage=arrays["a_stage"][:-1]), "stage has another shape"),
        (lambda arrays: arrays.update(a_stage=arrays["a_stage"].astype(np.int64)), "stage has another shape"),
        (lambda arrays: arrays.pop("a_since"), "damaged: .*a_since"),
        (lambda arrays: arrays.update(serials=np.array(["A", "B"])), "another shape"),
        (lambda arrays: arrays.update(words=arrays["words"][:-1]), "damaged"),
        (lambda arrays: arrays.update(words=np.array(["minute", "noon"])), "damaged"),
        (lambda arrays: arrays.update(words=np.array([], np.str_)), "damaged"),
        (lambda arrays: arrays.update(a_seen=np.array([{}], object)), "damaged"),
    ],
    ids=["version", "shape", "type", "missing", "meters", "half a word", "no number", "no words", "objects"],
)
def test_what_another_version_wrote_is_refused(
    body: bytes, spoil: Callable[[dict[str, Any]], object], why: str
) -> None:
    arrays = known(body)
    spoil(arrays)

    assert_refused(written(arrays), why)


def test_what_was_saved_elsewhere_is_refused(body: bytes) -> None:
    """Hours of the day are those of the clock on the wall."""
    for zone in (ZoneInfo("Asia/Kolkata"), dt.UTC):
        with pytest.raises(SavedMemoryError, match="time zone"):
            Engine([WatchedMeter(serial="A")], zone).restore(body)


def test_no_memory_is_that_large(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    monkeypatch.setattr("custom_components.csj_meter.anomaly.memory.LARGEST", len(body) - 1)

    assert_refused(body, "larger")


def test_two_arrays_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="one name"):
        Memory([Slot(name="seen"), Slot(name="seen")], ["A"])


def test_its_size_is_known() -> None:
    memory = Memory([Slot(name="hours", shape=(10,), dtype=np.float32), Slot(name="seen")], ["A", "B"])

    assert memory.nbytes == 2 * (10 * 4 + 8)
    assert 2_000 < Engine([WatchedMeter(serial="A")], BERLIN).nbytes < 40_000
