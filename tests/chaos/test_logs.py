"""What the log must not say, and how often it may say the same."""

from __future__ import annotations

from collections.abc import Iterator
import logging
from pathlib import Path

import pytest

from .logs import MOST_A_HOUR, LogWatch

OURS = "custom_components.csj_meter.meters"
LIBRARY = "tmodbus.transport.async_rtu"


@pytest.fixture
def noise() -> list[bool]:
    """Whether there is noise on a line: the last one counts."""
    return [False]


@pytest.fixture
def watch(tmp_path: Path, noise: list[bool]) -> Iterator[LogWatch]:
    """A watch over a log without anything in it, of a Home Assistant that has started."""
    watch = LogWatch(tmp_path / "problems.log", ["73914682"], lambda: noise[-1])
    watch.starting = False
    yield watch
    watch._file.close()


def say(watch: LogWatch, name: str, level: int, message: str) -> None:
    """As if something had been logged."""
    watch.emit(logging.LogRecord(name, level, __file__, 1, message, (), None))


def test_a_secret_is_a_problem(watch: LogWatch) -> None:
    say(watch, LIBRARY, logging.DEBUG, "10 05 f0 key=73914682")
    (problem,) = watch.problems
    assert problem == f"a secret is in the log: logger {LIBRARY}"


def test_an_error_is_a_problem_but_what_noise_makes_of_a_frame(watch: LogWatch, noise: list[bool]) -> None:
    say(watch, LIBRARY, logging.ERROR, "invalid expected length")
    assert len(watch.problems) == 1
    noise.append(True)
    say(watch, LIBRARY, logging.ERROR, "invalid expected length")
    assert len(watch.problems) == 1
    say(watch, OURS, logging.ERROR, "polling failed")
    assert len(watch.problems) == 2


def test_what_is_lost_may_only_be_said_where_it_cannot_be_kept(watch: LogWatch) -> None:
    lost = "13 samples could not be saved and are lost: the database is locked"
    say(watch, OURS, logging.ERROR, lost)
    assert len(watch.problems) == 1
    watch.losing = True
    say(watch, OURS, logging.ERROR, lost)
    assert len(watch.problems) == 1
    say(watch, OURS, logging.ERROR, "polling failed")
    assert len(watch.problems) == 2


def test_the_same_with_other_figures_again_and_again_is_a_problem(watch: LogWatch) -> None:
    for second in range(MOST_A_HOUR):
        say(watch, OURS, logging.WARNING, f"meter CSJ650427014 is silent for {second} s")
    (problem,) = watch.problems
    assert "meter CSJ650427014 is silent for # s" in problem


def test_each_meter_may_say_it(watch: LogWatch) -> None:
    for number in range(2 * MOST_A_HOUR):
        say(watch, OURS, logging.WARNING, f"meter CSJ6504270{number:02} is off line")
    assert not watch.problems
