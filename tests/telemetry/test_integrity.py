"""SQLite files that are not what they should be: each has an outcome, and nobody's file is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import datetime as dt
import os
from pathlib import Path
import shutil
import sqlite3
import tempfile

import pytest
from sqlalchemy import select, text

from custom_components.csj_meter.telemetry import integrity
from custom_components.csj_meter.telemetry.address import at_file
from custom_components.csj_meter.telemetry.database import (
    PAGE_SIZE,
    Database,
    open_database,
    reading,
    writing,
)
from custom_components.csj_meter.telemetry.errors import StoreBrokenError, StoreUnavailableError
from custom_components.csj_meter.telemetry.rows import RowLayout
from custom_components.csj_meter.telemetry.schema import METERS

NOW = dt.datetime(2031, 5, 6, 7, 8, 9, tzinfo=dt.UTC)
ASIDE = "telemetry.db.broken-20310506T070809Z"
NOBODY = 65534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "telemetry.db"


def open_at(path: Path, after: dt.timedelta = dt.timedelta()) -> Database:
    return open_database(at_file(path), RowLayout(), clock=(NOW + after).timestamp)


def serials(path: Path, after: dt.timedelta = dt.timedelta()) -> tuple[int, Path | None]:
    """How many meters are known when the file is opened, and what was set aside for that."""
    database = open_at(path, after)
    with reading(database.engine) as connection:
        # not from the index, which is what ``damage`` spoils
        found = connection.execute(select(METERS.c.watermark)).scalars().all()
    database.engine.dispose()
    return len(found), database.set_aside


def fill(path: Path, meters: int = 2000) -> None:
    """A file of some hundred pages, closed in order."""
    database = open_at(path)
    with writing(database.engine) as connection:
        rows = [{"serial": f"CSJ{number:09}", "watermark": 0} for number in range(meters)]
        connection.execute(METERS.insert(), rows)
    database.engine.dispose()


def damage(path: Path) -> None:
    """Overwrite a page in the middle that opening the file does not look at."""
    with sqlite3.connect(path) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_telemetry_meter_1'"
        ).fetchone()
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE_SIZE)
        file.write(os.urandom(PAGE_SIZE))


def scribble(path: Path) -> None:
    path.write_bytes(b"these are notes, and no database at all\n" * 1000)


def cut_short(path: Path) -> None:
    fill(path)
    os.truncate(path, path.stat().st_size // 2 + 100)


def half_a_header(path: Path) -> None:
    fill(path)
    os.truncate(path, 50)


def overwritten_beginning(path: Path) -> None:
    fill(path)
    with path.open("r+b") as file:
        file.write(bytes(PAGE_SIZE))


@pytest.mark.parametrize("spoil", [scribble, cut_short, half_a_header, overwritten_beginning])
def test_a_broken_file_is_set_aside_and_a_new_one_begun(path: Path, spoil: Callable[[Path], None]) -> None:
    spoil(path)
    before = path.read_bytes()
    aside = path.with_name(ASIDE)
    assert serials(path) == (0, aside)
    assert aside.read_bytes() == before
    assert serials(path) == (0, None)


def test_files_that_were_set_aside_stay_when_there_are_more(path: Path) -> None:
    for name in (ASIDE, f"{ASIDE}-2", f"{ASIDE}-3"):
        scribble(path)
        assert serials(path) == (0, path.with_name(name))


def test_what_belongs_to_a_broken_file_goes_with_it(path: Path) -> None:
    parts = {suffix: path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm")}
    for suffix, part in parts.items():
        part.write_text(f"old{suffix}")
    aside = integrity.set_aside(path, NOW)
    assert not any(part.exists() for part in parts.values())
    for suffix in parts:
        assert aside.with_name(aside.name + suffix).read_text() == f"old{suffix}"


def test_an_empty_file_is_a_new_one(path: Path) -> None:
    path.touch()
    assert serials(path) == (0, None)


# when the whole file is looked through


def test_a_closed_file_is_looked_through_once_a_week(path: Path) -> None:
    fill(path)
    damage(path)
    assert serials(path, dt.timedelta(days=6)) == (2000, None)
    assert serials(path, dt.timedelta(days=8))[1] is not None


def test_a_clock_that_went_back_is_a_reason_to_look(path: Path) -> None:
    fill(path)
    damage(path)
    assert serials(path, -dt.timedelta(days=1))[1] is not None


def test_a_file_that_nobody_closed_is_looked_through(path: Path, tmp_path: Path) -> None:
    fill(path)
    database = open_at(path)
    with writing(database.engine) as connection:
        connection.execute(METERS.insert().values(serial="CSJ", watermark=0))
    # what a power cut would leave behind
    left = tmp_path / "left"
    left.mkdir()
    for part in path.parent.glob("telemetry.db*"):
        shutil.copy(part, left / part.name)
    database.engine.dispose()
    whole = shutil.copytree(left, tmp_path / "whole")
    assert serials(whole / path.name) == (2001, None)

    damage_unopened(left / path.name)
    assert serials(left / path.name) == (0, left / ASIDE)


def damage_unopened(path: Path) -> None:
    """Damage a file without opening it, which would close it."""
    copy = path.with_name("copy.db")
    shutil.copy(path, copy)
    damage(copy)
    path.write_bytes(copy.read_bytes())
    copy.unlink()


def test_damage_that_is_met_while_running_is_looked_into_when_the_file_is_opened_next(path: Path) -> None:
    fill(path)
    damage(path)
    database = open_at(path)
    with pytest.raises(StoreBrokenError, match="malformed") as caught, reading(database.engine) as connection:
        connection.execute(select(METERS).where(METERS.c.serial == "CSJ000000001")).all()
    assert caught.value.path == path
    database.engine.dispose()
    assert serials(path) == (0, path.with_name(ASIDE))


def test_a_suspicion_that_comes_to_nothing_is_dropped(path: Path) -> None:
    fill(path)
    integrity.suspect(path)
    assert serials(path) == (2000, None)
    assert not integrity.is_suspect(path)


def test_a_look_does_not_take_longer_than_allowed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integrity, "_STEPS_BETWEEN_LOOKS_AT_THE_CLOCK", 1)
    fill(path)
    connection = sqlite3.connect(path)
    seconds = iter(range(1000))
    assert not integrity.look_through(connection, path, patience=5, clock=lambda: next(seconds))
    assert next(seconds) < 10
    assert integrity.look_through(connection, path, patience=5, clock=lambda: 0)
    # but as long as it takes where something was found already
    integrity.suspect(path)
    assert integrity.look_through(connection, path, patience=0, clock=lambda: next(seconds))
    connection.close()


# not broken, only out of reach


def test_a_folder_is_left_alone(path: Path) -> None:
    path.mkdir()
    (path / "photo").touch()
    with pytest.raises(StoreUnavailableError, match="unable to open"):
        open_at(path)
    assert (path / "photo").exists()


def test_a_folder_that_is_not_there_is_not_made(path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="unable to open"):
        open_at(path.parent / "missing" / path.name)
    assert not (path.parent / "missing").exists()


def test_a_locked_file_is_not_broken(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.csj_meter.telemetry.database.BUSY_TIMEOUT", 0.01)
    fill(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError, match="locked"):
        open_at(path)
    other.execute("ROLLBACK")
    other.close()
    assert serials(path) == (2000, None)


@contextmanager
def unprivileged() -> Iterator[None]:
    """As somebody whom permissions concern, also where tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can look into, unlike those of pytest."""
    with tempfile.TemporaryDirectory(prefix="csj-meter-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def test_a_folder_that_is_read_only_says_so(open_folder: Path) -> None:
    open_folder.chmod(0o555)
    with unprivileged(), pytest.raises(StoreUnavailableError, match="unable to open"):
        open_at(open_folder / "telemetry.db")


def test_a_file_that_is_read_only_is_left_alone(open_folder: Path) -> None:
    path = open_folder / "telemetry.db"
    fill(path)
    before = path.read_bytes()
    path.chmod(0o444)
    open_folder.chmod(0o555)
    with unprivileged(), pytest.raises(StoreUnavailableError):
        open_at(path)
    open_folder.chmod(0o755)
    assert path.read_bytes() == before
    path.chmod(0o644)
    assert serials(path) == (2000, None)


def test_a_broken_file_that_cannot_be_moved_says_so(open_folder: Path) -> None:
    path = open_folder / "telemetry.db"
    scribble(path)
    path.chmod(0o666)
    open_folder.chmod(0o555)
    with unprivileged(), pytest.raises(StoreUnavailableError, match="cannot be moved: Permission denied"):
        open_at(path)


def test_another_program_may_look_into_the_file(path: Path) -> None:
    database = open_at(path)
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as other, writing(database.engine) as connection:
        connection.execute(text("UPDATE telemetry_version SET checked = 0"))
        assert other.execute("SELECT count(*) FROM telemetry_meter").fetchone() == (0,)
    other.close()
    database.engine.dispose()
