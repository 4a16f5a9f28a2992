"""Public holidays count as days off: what is expected of them, and what is not found on them."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
import pytest

from custom_components.csj_meter.anomaly.baseline import Reference
from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.intake import INPUTS, ROW, Block
from custom_components.csj_meter.anomaly.kinds import Kind, State
from custom_components.csj_meter.anomaly.meter import WatchedMeter

from .stories import BERLIN, DAY, HOUR, Floats, minute_of, noise, on_the_wall

CHRISTMAS: Final = dt.date(2026, 12, 25)
"""A Friday."""

HOLIDAYS: Final = frozenset({CHRISTMAS})
MORNING: Final = minute_of(dt.datetime(2026, 12, 25, 10, tzinfo=BERLIN))
BEGIN: Final = MORNING - 10 * HOUR - 39 * DAY
"""A Monday, midnight."""

METER: Final = WatchedMeter(serial="A")


def workshop() -> Floats:
    """W until shortly after Christmas, on which nobody works."""
    wall = on_the_wall(np.arange(BEGIN, BEGIN + 40 * DAY + HOUR))
    day, of_day = (wall - wall[0]) // DAY, wall % DAY
    works = (day % 7 < 5) & (day < 39) & (of_day >= 7 * HOUR) & (of_day < 16 * HOUR)
    lunch = works & (of_day // HOUR == 12)
    load: Floats = np.where(works, 3000.0, 300.0) - 1500.0 * lunch + noise(len(wall), 1, 20.0)
    return load


LOAD: Final = workshop()


def told(engine: Engine, since: int, until: int) -> list[Finding]:
    values = np.full((until - since, len(INPUTS), 1), np.nan)
    values[:, ROW["active_power"], 0] = LOAD[since - BEGIN : until - BEGIN]
    return engine.observe_block(
        Block(minute=since, values=values, fresh=np.ones((until - since, 1), np.bool_))
    )


@pytest.fixture(scope="module")
def eve() -> bytes:
    """What an engine knows late on the day before, that has not been told of holidays."""
    engine = Engine([METER], BERLIN)
    told(engine, BEGIN, BEGIN + 39 * DAY - 30)
    return engine.saved()


def on_christmas(saved: bytes, *, told_at: int | None) -> tuple[Engine, list[Finding]]:
    """An engine that has lived through it, and was told of it at a minute of the day, if at all."""
    engine = Engine([METER], BERLIN).restore(saved)
    began = BEGIN + 39 * DAY - 30
    if told_at is None:
        return engine, told(engine, began, BEGIN + 40 * DAY)
    found = told(engine, began, began + told_at)
    engine.know_holidays(HOLIDAYS)
    return engine, found + told(engine, began + told_at, BEGIN + 40 * DAY)


@pytest.mark.parametrize(("told_at", "power"), [(None, 3000), (1, 300), (9 * HOUR, 300)])
def test_a_workshop_is_expected_to_rest_as_soon_as_the_holiday_is_known(
    eve: bytes, told_at: int | None, power: float
) -> None:
    engine, _ = on_christmas(eve, told_at=told_at)

    expected = engine.expected("A", MORNING)
    assert expected is not None
    assert expected.reference is not Reference.ALL_DAYS
    assert expected.power == pytest.approx(power, rel=0.1)


def test_when_it_is_known_does_not_matter(eve: bytes) -> None:
    before, during = (on_christmas(eve, told_at=minute)[0] for minute in (1, 9 * HOUR))

    assert before.expected("A", MORNING) == during.expected("A", MORNING)


@pytest.mark.parametrize(("told_at", "found"), [(None, True), (1, False)])
def test_a_holiday_is_no_day_unlike_its_kind(eve: bytes, told_at: int | None, found: bool) -> None:
    engine, findings = on_christmas(eve, told_at=told_at)
    findings += told(engine, BEGIN + 40 * DAY, BEGIN + 40 * DAY + HOUR)

    confirmed = {each.kind for each in findings if each.state is State.CONFIRMED}
    assert (Kind.DAILY_SHAPE in confirmed) is found, confirmed


def test_they_are_known_after_a_restart(eve: bytes) -> None:
    engine = Engine([METER], BERLIN).restore(eve)
    assert engine.holidays == frozenset()
    engine.know_holidays(HOLIDAYS)

    other = Engine([METER], BERLIN).restore(engine.saved())

    assert other.holidays == HOLIDAYS
    told(other, BEGIN + 39 * DAY - 30, MORNING)
    expected = other.expected("A", MORNING)
    assert expected is not None
    assert expected.power == pytest.approx(300, rel=0.1)
