"""A meter that joins late is known as if it had always been there, once its past was learnt elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
import datetime as dt
from io import BytesIO
from typing import Any, Final

import numpy as np
import pytest

from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.anomaly.engine_slots import LEARNT
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.intake import INPUTS, ROW, Block
from custom_components.csj_meter.anomaly.kinds import Kind, State
from custom_components.csj_meter.anomaly.meter import WatchedMeter

from .stories import BERLIN, DAY, HOUR, Floats, home, minute_of, on_the_wall

BEGIN: Final = minute_of(dt.datetime(2026, 3, 2, tzinfo=BERLIN))
JOINED: Final = BEGIN + 21 * DAY + 13 * HOUR + 7
"""In the middle of a quarter of an hour."""

LEARNT_BY: Final = JOINED + 3 * HOUR + 17
END: Final = BEGIN + 24 * DAY
OLD, NEW = (WatchedMeter(serial=serial) for serial in ("old", "new"))


@pytest.fixture(scope="module")
def loads() -> dict[str, Floats]:
    """Of two homes; in the new one a heater is left on in the last night."""
    wall = on_the_wall(np.arange(BEGIN, END))
    both = {"old": home(wall, 1), "new": home(wall, 2)}
    both["new"][-9 * HOUR - DAY : -DAY] += 2500.0
    return both


def told(
    engine: Engine, meters: Sequence[WatchedMeter], loads: dict[str, Floats], since: int, until: int
) -> list[Finding]:
    """What an engine finds in the minutes from ``since`` to before ``until``."""
    values = np.full((until - since, len(INPUTS), len(meters)), np.nan)
    for column, meter in enumerate(meters):
        values[:, ROW["active_power"], column] = loads[meter.serial][since - BEGIN : until - BEGIN]
    fresh = np.ones((until - since, len(meters)), np.bool_)
    return engine.observe_block(Block(minute=since, values=values, fresh=fresh))


def learnt(engine: Engine) -> dict[str, Any]:
    """Everything that is learnt of the past."""
    with np.load(BytesIO(engine.saved())) as archive:
        return {slot.name: archive[f"a_{slot.name}"] for slot in LEARNT}


def test_what_another_engine_has_learnt_of_it_is_all_that_it_would_have_learnt_itself(
    loads: dict[str, Floats],
) -> None:
    always, late, beside = Engine([OLD, NEW], BERLIN), Engine([OLD], BERLIN), Engine([NEW], BERLIN)
    told(always, [OLD, NEW], loads, BEGIN, LEARNT_BY)
    told(late, [OLD], loads, BEGIN, JOINED)
    late.configure([OLD, NEW])
    told(late, [OLD, NEW], loads, JOINED, LEARNT_BY)
    assert (late.known_days("new"), late.expected("new", LEARNT_BY)) == (0, None)

    told(beside, [NEW], loads, BEGIN, LEARNT_BY)
    late.take_past(beside)

    assert late.known_days("new") == 21
    assert late.expected("new", LEARNT_BY) == always.expected("new", LEARNT_BY)
    for name, array in learnt(always).items():
        # the order in which NumPy adds up depends on how many meters there are
        np.testing.assert_allclose(learnt(late)[name], array, rtol=1e-5, err_msg=name)
    found, expected = (
        [(each.serial, each.kind, each.state, each.since, each.at) for each in findings]
        for findings in (told(engine, [OLD, NEW], loads, LEARNT_BY, END) for engine in (late, always))
    )
    assert found == expected
    assert ("new", Kind.STUCK_LOAD, State.CONFIRMED) in {each[:3] for each in found}


def test_what_was_found_of_it_meanwhile_stays(loads: dict[str, Floats]) -> None:
    late, beside = Engine([NEW], BERLIN), Engine([NEW], BERLIN)
    told(beside, [NEW], loads, BEGIN, JOINED + 10)
    told(late, [NEW], loads, JOINED, JOINED + 5)
    for minute in range(JOINED + 5, JOINED + 10):
        late.observe_rows(late.nothing(minute))
    (silence,) = late.active()

    late.take_past(beside)

    assert (silence.kind, silence.state) == (Kind.METER_SILENT, State.CONFIRMED)
    (after,) = late.active()
    assert (after.kind, after.state, after.since) == (silence.kind, silence.state, silence.since)


def test_nothing_is_taken_over_from_another_time(loads: dict[str, Floats]) -> None:
    late, beside = Engine([NEW], BERLIN), Engine([NEW], BERLIN)
    told(late, [NEW], loads, JOINED, JOINED + 5)
    told(beside, [NEW], loads, BEGIN, JOINED + 4)

    with pytest.raises(ValueError, match="minute"):
        late.take_past(beside)


def test_only_those_are_taken_over_that_both_know(loads: dict[str, Floats]) -> None:
    beside = Engine([OLD, NEW], BERLIN)
    told(beside, [OLD, NEW], loads, BEGIN, JOINED)
    late = Engine([NEW, replace(OLD, serial="third")], BERLIN)
    late.observe((), JOINED - 1)

    late.take_past(beside)

    assert [late.known_days(serial) for serial in ("new", "third")] == [21, 0]


def test_whoever_is_left_out_of_what_is_saved_is_a_stranger_afterwards(loads: dict[str, Floats]) -> None:
    engine = Engine([OLD, NEW], BERLIN)
    told(engine, [OLD, NEW], loads, BEGIN, BEGIN + 2 * DAY)

    other = Engine([OLD, NEW], BERLIN).restore(engine.saved(without={"new"}))

    assert engine.strangers == frozenset()
    assert other.strangers == {"new"}
    assert [other.known_days(serial) for serial in ("old", "new")] == [1, 0]
    assert Engine([OLD, NEW], BERLIN).restore(engine.saved()).strangers == frozenset()
