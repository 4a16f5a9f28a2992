"""Recordings of a site in files, and what ``script/replay`` answers to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
import datetime as dt
from io import StringIO
import json
from pathlib import Path
import subprocess
import sys
from typing import Any, Final
from zoneinfo import ZoneInfo

from cli.replay.main import main

ROOT: Final = Path(__file__).parents[3]
BERLIN: Final = ZoneInfo("Europe/Berlin")
HEAD: Final = "time,meter,voltage_l1"
ROW: Final = "2026-03-01T12:00:00+01:00,A,230"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command says."""

    status: int
    out: str
    err: str


def run(*words: str | Path) -> Answer:
    """The command, in this process."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        try:
            status = main([*map(str, words)])
        except SystemExit as left:
            status = int(left.code or 0)
    return Answer(status=status, out=out.getvalue(), err=err.getvalue())


def run_apart(*words: str | Path) -> Answer:
    """The real command, in a process of its own."""
    result = subprocess.run(
        [sys.executable, "-m", "cli.replay", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return Answer(status=result.returncode, out=result.stdout, err=result.stderr)


def written(folder: Path, *lines: str, name: str = "site.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def transitions(*words: str | Path) -> list[dict[str, Any]]:
    """What comes out with --json."""
    return objects(run(*words, "--json"))


def objects(answer: Answer) -> list[dict[str, Any]]:
    assert (answer.status, answer.err) == (0, "")
    return [json.loads(line) for line in answer.out.splitlines()]


def story(found: Iterable[dict[str, Any]], *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(each[key] for key in keys) for each in found]


def clock(minute: int, zone: dt.tzinfo = BERLIN) -> str:
    """Minutes after noon of the 1st of March 2026 in Berlin."""
    at = dt.datetime(2026, 3, 1, 11, tzinfo=dt.UTC) + dt.timedelta(minutes=minute)
    return at.astimezone(zone).isoformat()


def volts(meter: str, values: Iterable[float], *, every: int = 1, circuit: str = "") -> Iterator[str]:
    """Rows of ``time,meter,circuit,voltage_l1``."""
    for number, value in enumerate(values):
        yield f"{clock(number * every)},{meter},{circuit},{value}"


WELL: Final = [230.1, 231.2, 229.8, 230.6]
SAG: Final = [170.2, 171.4, 170.5, 169.9]
SAGS: Final = [*WELL, *SAG, *WELL]
WITH_CIRCUIT: Final = "time,meter,circuit,voltage_l1"
