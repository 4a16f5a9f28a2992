"""A home that a newer version has written, found by this one: it says so, and overwrites nothing.

Files are made newer than this version knows: first all those without which the bridges still run, then the
others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
import json
from pathlib import Path
import sqlite3
import tarfile
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory, real_monotonic
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import numpy as np
import pytest

from custom_components.csj_meter.history import backfill
from tests.surface.driven_time import EPOCH, DrivenTime

from .furnish import COUNTER, HOME, TOLD
from .running import DOMAIN, running, set_up
from .test_upgrade import AWAY, HOMES
from .told import Teller

NEWEST: Final = HOMES[0]
"""That of a release, which has all kinds of files."""

NEWER: Final = 99

ENTRY_ID: Final = 26 * "?"
"""The id of any bridge."""


def newer_json(key: str) -> Callable[[Path], Path]:
    """Make a file of Home Assistant's storage newer."""

    def make(home: Path) -> Path:
        (path,) = (home / ".storage").glob(key)
        content = json.loads(path.read_text(encoding="utf-8"))
        content["version"] = NEWER
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return make


def newer_database(name: str, table: str) -> Callable[[Path], Path]:
    """Make a database newer."""

    def make(home: Path) -> Path:
        connection = sqlite3.connect(home / name)
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute(f"UPDATE {table} SET version = {NEWER}")
        connection.commit()
        connection.close()
        return home / name

    return make


def newer_engine(home: Path) -> Path:
    """Make what is usual on the meters newer."""
    path = home / ".storage" / "csj_meter.engine"
    with np.load(path) as archive:
        arrays = {**archive, "version": np.array([NEWER])}
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)
    return path


BESIDE: Final = {
    "written_by_newer": newer_json("csj_meter.tenants"),
    "ledger_too_new": newer_database("csj_meter_ledger.db", "prepay_version"),
    "telemetry_too_new": newer_database("csj_meter.db", "telemetry_version"),
    "alerts_too_new": newer_database("csj_meter_alerts.db", "alert_version"),
    "audit_too_new": newer_database("csj_meter_audit.db", "audit_version"),
}
"""Issue -> how the file that it is about is made newer; meters are read without these."""


def content(path: Path) -> Any:
    """What is in a file: of a database its rows, for its pages may be written without a change of it."""
    if path.suffix != ".db":
        return path.read_bytes()
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


async def _live(folder: Path, freezer: FrozenDateTimeFactory, look: Callable[[HomeAssistant], Any]) -> Any:
    """A few minutes with this version, until somebody looks."""
    at = json.loads((folder / TOLD).read_text(encoding="utf-8"))["at"]
    time = DrivenTime(asyncio.get_running_loop(), real_monotonic(), freezer)
    try:
        await time.skip(at - EPOCH + AWAY)
        async with running(folder, time) as hass:
            hass.states.async_set(COUNTER, "1700")
            await set_up(hass, time)
            await time.run(100)
            for entry in hass.config_entries.async_loaded_entries(DOMAIN):
                if entry.data["link"] == "simulated":  # something for the audit log
                    await Teller(hass, time).act("clear_simulated_faults", config_entry_id=entry.entry_id)
            return look(hass)
    finally:
        time.release()


def issues(hass: HomeAssistant) -> set[str]:
    """Translation keys of what is pointed out."""
    return {
        str(issue.translation_key)
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.active
    }


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home that the newest release has left behind."""
    monkeypatch.setattr(backfill, "MOST_HISTORY", 0)
    with tarfile.open(NEWEST) as packed:
        packed.extractall(tmp_path, filter="data")
    return tmp_path / HOME


type Seen = tuple[set[str], set[str]]
"""Issues, and the states of the bridges."""


def look(hass: HomeAssistant) -> Seen:
    """How things stand."""
    return issues(hass), {entry.state.value for entry in hass.config_entries.async_entries(DOMAIN)}


pytestmark = pytest.mark.parametrize(
    "expected_lingering_timers", [True]
)  # Home Assistant ends with its process


async def test_meters_are_read_without_what_a_newer_version_has_written(
    home: Path, freezer: FrozenDateTimeFactory, expected_lingering_timers: bool
) -> None:
    paths = [make(home) for make in BESIDE.values()]
    begun_anew = (newer_json("csj_meter.dismissed_tips")(home), newer_engine(home))
    before = {path: content(path) for path in (*paths, *begun_anew)}

    found, states = await _live(home, freezer, look)

    assert found >= BESIDE.keys()
    assert states == {"loaded"}
    aside = {path: path.with_name(f"{path.name}.newer") for path in begun_anew}
    assert {path: content(aside.get(path, path)) for path in before} == before


async def test_a_bridge_whose_memory_is_newer_does_not_start(
    home: Path, freezer: FrozenDateTimeFactory, expected_lingering_timers: bool
) -> None:
    paths = [newer_json(key)(home) for key in (f"csj_meter.{ENTRY_ID}", "csj_meter.*.pulse")]
    before = {path: content(path) for path in paths}

    assert await _live(home, freezer, look) == ({"written_by_newer"}, {"setup_error"})

    assert {path: content(path) for path in paths} == before


async def test_nothing_starts_with_newer_settings_of_the_site(
    home: Path, freezer: FrozenDateTimeFactory, expected_lingering_timers: bool
) -> None:
    path = newer_json("csj_meter.site")(home)
    before = content(path)

    assert await _live(home, freezer, look) == ({"written_by_newer"}, {"not_loaded"})

    assert content(path) == before


async def test_a_bridge_of_a_newer_version_does_not_start(
    home: Path, freezer: FrozenDateTimeFactory, expected_lingering_timers: bool
) -> None:
    path = home / ".storage" / "core.config_entries"
    entries = json.loads(path.read_text(encoding="utf-8"))
    for entry in entries["data"]["entries"]:
        if entry["domain"] == DOMAIN:
            entry["version"] = NEWER
    path.write_text(json.dumps(entries), encoding="utf-8")

    assert await _live(home, freezer, look) == ({"bridge_too_new"}, {"migration_error"})

    after = json.loads(path.read_text(encoding="utf-8"))["data"]["entries"]
    assert after == entries["data"]["entries"]
