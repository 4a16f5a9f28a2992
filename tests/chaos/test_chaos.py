"""Seven hours of disasters, with every kind of them: nothing that is promised breaks.

``script/soak`` is the long run.
"""

from __future__ import annotations

from collections.abc import Callable
import os
from pathlib import Path
import signal
import subprocess
import sys
import time

import pytest

from .plan import DAY, QUIET_START, SHORTEST, Site, plan
from .report import report
from .run import Run

ROOT = Path(__file__).parents[2]


def test_the_same_seed_plans_the_same_disasters() -> None:
    site = Site(meters=9)
    assert plan(3, site, 2) == plan(3, site, 2)
    assert plan(3, site, 2) != plan(4, site, 2)


def test_a_run_from_a_later_day_meets_the_rest_of_the_same_plan(tmp_path: Path) -> None:
    whole, rest = (Run.new(tmp_path, 1, Site(meters=9), 4, since=day) for day in (0, 2.5))

    assert rest.plan == whole.plan
    assert whole.done == 0
    assert all(one.at < 2.5 * DAY + QUIET_START for one in rest.plan[: rest.done])
    assert all(one.at >= 2.5 * DAY + QUIET_START for one in rest.plan[rest.done :])
    assert rest.true - whole.true == 2.5 * DAY
    assert rest.ends_at == whole.ends_at
    assert "lived 0.00 of 1.5 days (day 2.5 to 2.50 of the plan)" in report(rest)


@pytest.mark.parametrize("meters", [3, 100])
def test_the_shortest_run_has_room_for_what_happens_in_it(meters: int) -> None:
    for seed in range(30):
        assert all(0 <= one.at <= SHORTEST * 86_400 for one in plan(seed, Site(meters=meters), SHORTEST))


def soak(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.chaos", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--meters", "0"], "3 lines carry 3 to 741 meters, not '0'"),
        (["--days", "-1"], "a run lasts 0.25 to 366 days, not '-1'"),
        (["--days", "nan"], "a run lasts 0.25 to 366 days, not 'nan'"),
        (["--days", "3", "--from", "2.9"], "--from is a day from 0 to 2.75, not 2.9"),
        (["--from", "nan"], "--from is a day from 0 to 29.75, not nan"),
        (["--resume"], "there is no run in "),
        (["--report"], "there is no run in "),
    ],
)
def test_a_mistake_is_told_and_leaves_nothing(words: list[str], told: str, tmp_path: Path) -> None:
    done = soak(tmp_path / "soak", *words)

    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "soak").exists()


def _lives(run: subprocess.Popen[str], home: Path) -> None:
    while not home.exists():
        assert run.poll() is None
        time.sleep(0.1)


def _has_lived_for_an_hour(run: subprocess.Popen[str], _: Path) -> None:
    assert run.stdout is not None
    assert any("  cpu " in line for line in run.stdout)


@pytest.mark.parametrize(
    ("words", "when", "status"),
    [([], _has_lived_for_an_hour, 0), (["--must-end"], _lives, 1)],
    ids=["may be interrupted", "must end"],
)
def test_ctrl_c_keeps_the_life(
    words: list[str],
    when: Callable[[subprocess.Popen[str], Path], None],
    status: int,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "soak"
    command = [sys.executable, "-m", "tests.chaos", str(folder), "--meters", "3", "--days", "0.3", *words]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as run:
        when(run, folder / "home")
        os.killpg(run.pid, signal.SIGINT)
        assert run.stdout is not None
        said = run.stdout.read()

    assert run.returncode == status, said
    assert "violations: 0" in said
    assert Run.load(folder).lives[-1].ended is not None


@pytest.mark.timeout(900)  # a minute of CPU, on a machine that may be shared
def test_a_small_site_lives_through_seven_hours_of_disasters(tmp_path: Path) -> None:
    done = soak(tmp_path / "soak", "--meters", 3, "--days", 0.3)
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{done.stderr[-4000:]}"
