"""Frozen, restarted and exchanged meters, told apart by sample number and uptime."""

from __future__ import annotations

import pytest

from custom_components.csj_meter.meters.continuity import Continuity, Verdict
from custom_components.csj_meter.meters.reading import Group, Reading

INTERVAL = 10.0


def _reading(at: float, sequence: int | None, uptime: float | None) -> Reading:
    return Reading(group=Group.LIVE, values={"sequence": sequence, "uptime": uptime}, at=at)


def _follow(continuity: Continuity, *readings: Reading) -> Verdict:
    for reading in readings[:-1]:
        assert continuity.judge(reading, reading.at, INTERVAL) is Verdict.CONTINUES
        continuity.accept(reading, reading.at)
    return continuity.judge(readings[-1], readings[-1].at, INTERVAL)


def test_a_meter_that_goes_on_is_believed() -> None:
    readings = [_reading(60.0 * n, 6 * n % 65536, 1000 + 60 * n) for n in range(100)]
    assert _follow(Continuity(), *readings) is Verdict.CONTINUES


def test_a_sample_read_twice_within_its_interval_is_not_frozen() -> None:
    assert _follow(Continuity(), _reading(0, 7, 100), _reading(9, 7, 100)) is Verdict.CONTINUES


def test_a_sample_number_that_stands_still_is_a_frozen_meter() -> None:
    continuity = Continuity()
    assert _follow(continuity, _reading(0, 7, 100), _reading(36, 7, 100)) is Verdict.FROZEN
    assert continuity.still_for(36) == 36


def test_a_frozen_meter_that_wakes_up_is_believed_again() -> None:
    continuity = Continuity()
    _follow(continuity, _reading(0, 7, 100), _reading(600, 7, 100))
    assert continuity.judge(_reading(660, 8, 760), 660, INTERVAL) is Verdict.CONTINUES


def test_nothing_is_called_frozen_while_the_interval_is_unknown() -> None:
    continuity = Continuity()
    continuity.accept(_reading(0, 7, 100), 0)
    assert continuity.judge(_reading(3600, 7, 100), 3600, None) is Verdict.CONTINUES


@pytest.mark.parametrize(
    ("uptime", "why"),
    [(3, "restarted"), (500_000, "another meter, longer up"), (40, "another meter, younger")],
)
def test_seconds_that_do_not_fit_ask_for_the_serial_number(uptime: float, why: str) -> None:
    verdict = _follow(Continuity(), _reading(0, 7, 1000), _reading(60, 13, 1060), _reading(120, 19, uptime))
    assert verdict is Verdict.SUSPECT, why


def test_a_slow_crystal_over_a_long_silence_is_no_suspect() -> None:
    day = 86_400.0
    assert (
        _follow(Continuity(), _reading(0, 7, 1000), _reading(day, 99, 1000 + 0.99 * day)) is Verdict.CONTINUES
    )


def test_after_the_serial_number_was_checked_anything_may_follow() -> None:
    continuity = Continuity()
    continuity.accept(_reading(0, 7, 1000), 0)
    continuity.forget()
    assert continuity.judge(_reading(60, 1, 3), 60, INTERVAL) is Verdict.CONTINUES


def test_a_meter_without_either_is_never_doubted() -> None:
    assert _follow(Continuity(), _reading(0, None, None), _reading(9999, None, None)) is Verdict.CONTINUES
