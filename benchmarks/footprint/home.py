"""Folders of a Home Assistant that has lived for a year, and of one without meters, kept for next time."""

from __future__ import annotations

import asyncio
from contextlib import closing
from itertools import product
import json
from pathlib import Path
import shutil
import sqlite3
import sys
from typing import Any, Final

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.detection.engine_file import ENGINE_FILE
from custom_components.csj_meter.history.hourly_course import SUMS
from custom_components.csj_meter.history.statistics import statistic_id
from demo import configuration

from . import past
from .clock import offset_to
from .run import lines, running
from .site import END, LINES, ON_A_LINE, Bridges, serial

CACHE: Final = Path(__file__).parents[2] / ".cache" / "footprint"
"""In the folder of this checkout; remove it when the shape of what is stored has changed."""

PORTS: Final = tuple(range(28_502, 28_502 + LINES))
"""Of the gateways: stored with the bridges, so none of those that whoever connects may be given."""

LISTENS: Final = (28_123, 28_124)
"""Ports of the Home Assistants with and without meters."""

RECORDER_FILE: Final = "home-assistant_v2.db"

LEARNING: Final = 600.0
"""Seconds for the engine to learn from a month."""

SETTLING: Final = 90.0
"""Seconds for everything else that is done once: registries, and insights of all meters."""


async def homes() -> tuple[Path, Path]:
    """The folders with and without meters, as they are when Home Assistant has been stopped."""
    lived, empty = CACHE / "lived", CACHE / "empty"
    if not (empty / "ready").exists():
        await _be_empty(empty)
    if not (lived / "ready").exists():
        await _live(lived, empty)
    return lived, empty


def copy_of(home: Path, name: str) -> Path:
    """The same to be used up."""
    to = CACHE / name
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(home, to, symlinks=True)
    return to


async def _live(home: Path, empty: Path) -> None:
    _furnish(home, LISTENS[0])
    _store(home, "core.config_entries", 1, 5, await Bridges(PORTS).stored())
    shutil.copyfile(empty / RECORDER_FILE, home / RECORDER_FILE)
    _tell_recorder(home / RECORDER_FILE)
    print("Writing a year of measurements", file=sys.stderr)
    past.write(home)
    print("Letting the engine learn", file=sys.stderr)
    offset = offset_to(END)
    async with lines(offset, PORTS), running(home, offset) as host:
        await host.until("started")
        async with asyncio.timeout(LEARNING):
            while not (home / ".storage" / ENGINE_FILE).exists():  # noqa: ASYNC110 - of another process
                await asyncio.sleep(1)
        await asyncio.sleep(SETTLING)
    (home / "ready").touch()


async def _be_empty(home: Path) -> None:
    _furnish(home, LISTENS[1])
    async with running(home, offset_to(END)) as host:
        await host.until("started")
        await asyncio.sleep(SETTLING / 3)
    (home / "ready").touch()


def _tell_recorder(path: Path) -> None:
    """The last closed hour of all meters: of a year, the recorder has known the others for long."""
    start = END // 3600 * 3600 - 3600
    with closing(sqlite3.connect(path)) as connection, connection:
        for number, unit_id, key in product(range(LINES), range(1, ON_A_LINE + 1), SUMS):
            made = connection.execute(
                "INSERT INTO statistics_meta (statistic_id, source, has_sum, has_mean, mean_type) "
                "VALUES (?, ?, 1, 0, 0)",
                (statistic_id(serial(number, unit_id), key), DOMAIN),
            ).lastrowid
            connection.execute(
                "INSERT INTO statistics (metadata_id, start_ts, created_ts, state, sum) "
                "VALUES (?, ?, ?, 0, 0)",
                (made, start, start),
            )


def _furnish(home: Path, port: int) -> None:
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    # as it is by default, with what "default_config" has and we depend on
    text = configuration.CONFIGURATION.replace("  commit_interval: 1\n", "") + "usb:\n"
    (home / "configuration.yaml").write_text(text, encoding="utf-8")
    _store(home, "onboarding", 4, 1, {"done": [*configuration.ONBOARDED, "user"]})
    configuration.seed(home, port)


def _store(home: Path, key: str, version: int, minor_version: int, data: dict[str, Any]) -> None:
    """Write a file the way Home Assistant's storage does."""
    (home / ".storage").mkdir(exist_ok=True)
    content = {"version": version, "minor_version": minor_version, "key": key, "data": data}
    (home / ".storage" / key).write_text(json.dumps(content), encoding="utf-8")
