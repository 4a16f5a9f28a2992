"""Minutes become quarters, hours and days."""

from __future__ import annotations

from math import isnan

import numpy as np
from numpy.typing import NDArray
import pytest

from custom_components.csj_meter.anomaly.load_memory import (
    DAYS,
    HOURS,
    QUARTERS,
    SLOTS,
    LoadMemory,
    days_before,
    hours_before,
)
from custom_components.csj_meter.anomaly.memory import Memory

START = 20_500 * 1440
"""A midnight; the clock on the wall shows UTC."""


class Loads:
    """Meters side by side, driven as the engine drives them."""

    def __init__(self, *intervals: int) -> None:
        self.memory = Memory(SLOTS, [str(number) for number in range(len(intervals))])
        self.interval = np.array(intervals, np.int64)
        self.loads = LoadMemory(self.memory, self.interval)
        self.minute = START

    def say(self, *powers: float | None) -> None:
        """One minute; None from those that say nothing."""
        power = np.array([np.nan if each is None else each for each in powers])
        self.loads.add(self.minute, self.minute, power[None], ~np.isnan(power)[None])
        self.minute += 1
        if self.minute % 15 == 0:
            self.loads.close_quarter(self.minute // 15 - 1)
        if self.minute % 60 == 0:
            self.loads.close_hour(self.minute // 60 - 1, np.zeros(len(powers), np.bool_))
        if self.minute % 1440 == 0:
            self.loads.close_day(self.minute // 1440 - 1)

    def tell(self, column: NDArray[np.float64]) -> None:
        """All minutes of one meter; NaN where it says nothing."""
        for power in column.tolist():
            self.say(None if isnan(power) else power)

    def hour(self, number: int = 0) -> list[list[float]]:
        """Smallest, mean and largest power of an hour, of each meter."""
        slot = (START // 60 + number) % HOURS
        return [self.memory[f"hour_{figure}"][slot].tolist() for figure in ("min", "mean", "max")]

    def quarter(self, number: int = 0) -> list[float]:
        return [float(each) for each in self.memory["quarter_min"][(START // 15 + number) % QUARTERS]]


def test_an_hour_is_what_its_minutes_are() -> None:
    loads = Loads(1)
    powers = np.random.default_rng(1).uniform(50, 500, 60)
    loads.tell(powers)

    ((lowest,), (mean,), (highest,)) = loads.hour()
    assert [lowest, highest] == pytest.approx([powers.min(), powers.max()], rel=1e-6)
    assert mean == pytest.approx(powers.mean(), rel=1e-6)
    assert [loads.quarter(number)[0] for number in range(4)] == pytest.approx(
        powers.reshape(4, 15).min(axis=1), rel=1e-6
    )


@pytest.mark.parametrize(("missing", "known"), [(15, True), (16, False)])
def test_an_hour_that_lost_over_a_quarter_of_its_samples_is_not_known(missing: int, known: bool) -> None:
    powers = np.full(60, 100.0)
    powers[5 : 5 + missing] = np.nan
    loads = Loads(1)
    loads.tell(powers)

    assert all(isnan(each[0]) is not known for each in loads.hour())


@pytest.mark.parametrize(
    ("interval", "heard", "known"),
    [
        (1, 12, True),
        (1, 11, False),
        (1, 1, False),
        (5, 3, True),
        (5, 2, False),
        (7, 2, True),
        (10, 1, True),
        (15, 1, True),
        (15, 0, False),
    ],
)
def test_a_quarter_that_lost_over_a_quarter_of_its_samples_is_not_known(
    interval: int, heard: int, known: bool
) -> None:
    """As many of the samples that a meter with this interval has in it."""
    powers = np.full(75, np.nan)
    powers[::interval] = 100.0
    due = np.flatnonzero(np.isfinite(powers[60:])) + 60
    powers[due[heard:]] = np.nan
    loads = Loads(interval)
    loads.tell(powers)

    assert isnan(loads.quarter(4)[0]) is not known


@pytest.mark.parametrize("interval", [1, 5, 15, 30, 60])
def test_meters_that_report_less_often_have_the_same_hours(interval: int) -> None:
    loads = Loads(interval)
    for offset in range(180):
        loads.say(100.0 + offset // 60 if offset % interval == 0 else None)

    for hour in range(3):
        assert loads.hour(hour) == [[100.0 + hour]] * 3
    assert [loads.quarter(number)[0] for number in range(4, 12)] == [101.0] * 4 + [102.0] * 4


def test_a_meter_that_reports_less_often_than_every_quarter_stands_where_it_stood_and_no_longer() -> None:
    loads = Loads(30)
    for offset in range(120):
        loads.say(100.0 if offset in (0, 30) else None)

    assert [isnan(loads.quarter(number)[0]) for number in range(8)] == [False] * 4 + [True] * 4


def test_a_gap_is_not_filled_with_what_came_before_or_after() -> None:
    """A sample stands for its own interval, not for all the time since the last one."""
    powers = np.full(60, 100.0)
    powers[10:20] = np.nan
    powers[20] = 4000.0
    loads = Loads(1)
    loads.tell(powers)

    assert loads.hour()[1][0] == pytest.approx((49 * 100 + 4000) / 50)


def test_meters_do_not_get_in_each_others_way() -> None:
    loads = Loads(1, 1, 5)
    for offset in range(60):
        loads.say(float(offset), None if offset > 30 else 7.0, 9.0 if offset % 5 == 0 else None)

    lowest, mean, highest = loads.hour()
    assert (lowest[0], mean[0], highest[0]) == (0.0, 29.5, 59.0)
    assert isnan(lowest[1])
    assert (lowest[2], mean[2], highest[2]) == (9.0, 9.0, 9.0)


def test_the_floor_of_some_hours_is_the_smallest_of_their_quarters() -> None:
    loads = Loads(1)
    loads.tell(np.repeat(np.arange(300.0, 280.0, -1.0), 15))

    newest = START // 15 + 19
    assert loads.loads.floors(newest)[:, 0].tolist() == [281.0, 281.0]
    assert loads.loads.floors(newest - 1)[:, 0].tolist() == [282.0, 282.0]
    # three of the older quarters are unknown: enough for four hours, too many for three
    loads.memory["quarter_min"][np.arange(newest - 3, newest) % QUARTERS] = np.nan
    assert isnan(loads.loads.floors(newest)[0, 0])
    assert loads.loads.floors(newest)[1, 0] == 281.0


@pytest.mark.parametrize("before", [0, 3, 7])
def test_the_smallest_of_the_last_minutes_needs_most_of_them(before: int) -> None:
    """Whichever of them are remembered, and which are still to be added."""
    powers = np.array([9.0, 8.0, 7.0, 6.0, 5.0, np.nan, np.nan, 4.0])
    loads = Loads(1)
    loads.tell(powers[:before])

    def smallest(number: int, count: int) -> float:
        rest = powers[before:, None]
        at = np.array([number - before]), np.array([0])
        return float(loads.loads.trailing(START + before, rest, ~np.isnan(rest), count, at)[0])

    assert smallest(7, 8) == 4.0
    assert isnan(smallest(7, 4))


def test_minutes_that_nobody_asked_for_are_forgotten() -> None:
    loads = Loads(1)
    loads.tell(np.full(16, 9.0))
    now, minute = np.array([[5.0]]), START + 23
    loads.loads.catch_up(minute)

    zero = np.array([0])
    assert isnan(loads.loads.trailing(minute, now, ~np.isnan(now), 8, (zero, zero))[0])


def test_a_day_needs_most_of_its_hours_but_its_peak_does_not() -> None:
    powers = np.full(1440, 100.0)
    powers[700] = 4000.0
    powers[800] = 40.0
    full, holes = Loads(1), Loads(1)
    full.tell(powers)
    powers[: 7 * 60] = np.nan
    holes.tell(powers)
    slot = START // 1440 % DAYS

    assert (full.memory["day_min"][slot, 0], full.memory["day_max"][slot, 0]) == (40.0, 4000.0)
    assert isnan(holes.memory["day_min"][slot, 0])
    assert holes.memory["day_max"][slot, 0] == 4000.0


def test_slots_go_round() -> None:
    assert hours_before(HOURS + 2, 4).tolist() == [HOURS - 2, HOURS - 1, 0, 1]
    assert days_before(DAYS + 1, 2).tolist() == [DAYS - 1, 0]
