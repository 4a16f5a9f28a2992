"""Disks that are full, files that may not be written or are in use or damaged, servers that go away.

Each time: what was to be written is told to have failed, nothing of it is there, and once the trouble is over
it is written like any other. Whatever had been acknowledged before is still there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
import os
from pathlib import Path
import resource
import shutil
import sqlite3
import tempfile
from typing import Final

import numpy as np
import pytest
from sqlalchemy import URL, event

from custom_components.csj_meter.telemetry import database
from custom_components.csj_meter.telemetry.errors import StoreBrokenError, StoreUnavailableError
from custom_components.csj_meter.telemetry.series import DAY, HOUR
from custom_components.csj_meter.telemetry.store import Store

from .model import ZONE, Model, samples_of, serial_of, shown
from .postgresql import PostgresServer

BEGIN: Final = 20_600 * DAY
METERS: Final = 3
NOBODY: Final = 65_534


class Life:
    """A store, and what it must hold."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.now = BEGIN
        self.model = Model()
        self.store = Store.open(url, zone=ZONE, clock=lambda: BEGIN * 60.0)

    def append(self, minutes: int = 25) -> None:
        """One transaction of all meters."""
        span = np.arange(self.now, self.now + minutes)
        self.store.append(
            [
                sample
                for number in range(METERS)
                for sample in samples_of(serial_of(number), shown(number, span))
            ]
        )
        for number in range(METERS):
            self.model.add(serial_of(number), shown(number, span))
        self.now += minutes

    def go_on(self, hours: int = 30) -> None:
        """Hours pass as they should."""
        for _ in range(2 * hours):
            self.append(30)
            self.store.roll(self.now)
        while self.store.tidy(self.now):
            pass

    def use(self, hours: int) -> None:
        """Hours pass, and everything is looked at each time."""
        for _ in range(hours):
            self.go_on(1)
            self.store.tidy(self.now + DAY)
            for serial in self.store.serials():
                list(self.store.minutes(serial, 0, self.now))

    def fails(self) -> str:
        """Everything that writes fails; what the store says of it."""
        with pytest.raises(StoreUnavailableError) as first:
            self.append(100)
        with pytest.raises(StoreUnavailableError):
            self.store.ingest(serial_of(0), shown(0, np.arange(BEGIN - DAY, BEGIN)))
        with pytest.raises(StoreUnavailableError):
            self.store.roll(self.now + 10 * HOUR)
        return str(first.value)

    def is_whole(self) -> None:
        """Now, and also for somebody who opens it anew; and it goes on."""
        self.model.assert_kept(self.store)
        self.go_on(3)
        self.store.close()
        self.store = Store.open(self.url, zone=ZONE, clock=lambda: BEGIN * 60.0)
        assert self.store.set_aside is None
        self.model.assert_kept(self.store)
        self.store.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.05)


@pytest.fixture
def life(sqlite_url: URL) -> Life:
    life = Life(sqlite_url)
    life.go_on()
    return life


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file of this process grows beyond ``size`` bytes, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_takes_no_more(life: Life) -> None:
    path = Path(str(life.url.database))
    log = path.with_name(f"{path.name}-wal")
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    with largest_file(log.stat().st_size + 1000):
        life.fails()

    life.is_whole()


def test_a_database_that_has_as_many_pages_as_it_may(life: Life) -> None:
    def limit(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # as many as there are

    life.store.close()
    event.listen(life.store._engine, "connect", limit)

    with pytest.raises(StoreUnavailableError, match="full"):
        life.go_on(250)

    event.remove(life.store._engine, "connect", limit)
    life.store.close()
    life.is_whole()


def test_a_file_that_may_only_be_read() -> None:
    folder = Path(tempfile.mkdtemp(prefix="csj-meter-read-only-"))
    try:
        life = Life(URL.create("sqlite", database=str(folder / "telemetry.db")))
        life.go_on()
        life.store.close()
        with only_reading(folder):
            assert "read" in life.fails()

        life.store.close()
        life.is_whole()
    finally:
        shutil.rmtree(folder)


@contextmanager
def only_reading(folder: Path) -> Iterator[None]:
    """This process may look into ``folder``, no more."""
    paths = [*folder.iterdir(), folder]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for path in reversed(paths):
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_file_that_somebody_else_is_writing(life: Life) -> None:
    with closing(sqlite3.connect(str(life.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        assert "locked" in life.fails()
        life.model.assert_kept(life.store)  # it can be read all the time

    life.is_whole()


def test_a_page_in_the_middle_that_has_rotted(life: Life) -> None:
    """It is met sooner or later; then the file is set aside whole, and a new one is begun."""
    path = Path(str(life.url.database))
    life.store.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        for page in range(size // 4096 // 3, 2 * size // 4096 // 3):
            file.seek(page * 4096)
            file.write(b"\xa5" * 4096)
    damaged = path.read_bytes()

    with pytest.raises(StoreBrokenError) as told:
        life.use(20)
    assert str(path) in str(told.value)
    life.store.close()
    store = Store.open(life.url, zone=ZONE, clock=lambda: BEGIN * 60.0)

    assert store.set_aside is not None
    assert store.set_aside.stat().st_size >= len(damaged)
    assert store.serials() == []
    store.close()
    fresh = Life(life.url)
    fresh.go_on(3)
    fresh.is_whole()


@pytest.mark.parametrize("step", range(1, 12, 2))
@pytest.mark.parametrize(
    "trouble", [PostgresServer.cut_off, PostgresServer.restart], ids=["cut off", "restart"]
)
def test_a_server_that_goes_away_in_the_middle(
    postgres: PostgresServer, postgres_url: URL, trouble: Callable[[PostgresServer], None], step: int
) -> None:
    life = Life(postgres_url)
    life.go_on(4)
    left = [step]

    def go_away(*_: object) -> None:
        left[0] -= 1
        if not left[0]:
            trouble(postgres)

    event.listen(life.store._engine, "before_cursor_execute", go_away)
    with pytest.raises(StoreUnavailableError):
        life.go_on()
    event.remove(life.store._engine, "before_cursor_execute", go_away)

    life.is_whole()


def test_a_server_that_is_down(postgres: PostgresServer, postgres_url: URL) -> None:
    life = Life(postgres_url)
    life.go_on(4)
    postgres.kill()

    assert "csj" in life.fails()
    assert "s3cret" not in life.fails()

    postgres.start()
    life.is_whole()
