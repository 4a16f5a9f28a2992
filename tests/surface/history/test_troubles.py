"""A database that does not take samples: they wait and arrive, meters are polled on, people are told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import resource
import sqlite3
import threading
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.components.repairs.const import DOMAIN as REPAIRS
from homeassistant.components.repairs.issue_handler import RepairsFlowManager
from homeassistant.setup import async_setup_component
from homeassistant.util import executor
import numpy as np
import pytest

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.history import telemetry, waiting
from custom_components.csj_meter.history.opening import DATABASE_FILE
from custom_components.csj_meter.history.troubles import (
    ISSUE_LOSS,
    ISSUE_SET_ASIDE,
    ISSUE_UNAVAILABLE,
    TelemetryUnavailableError,
)
from custom_components.csj_meter.site_settings import TelemetrySettings, async_site_settings
from custom_components.csj_meter.telemetry import database
from custom_components.csj_meter.telemetry.store import Store

from ..conftest import Home
from ..open_files import handles
from .conftest import UNIT, Archive


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for a lock takes real time."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.01)


@contextmanager
def locked(archive: Archive) -> Iterator[None]:
    """Another program writes, and does not come to an end."""
    other = sqlite3.connect(archive.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def full(_: Archive) -> Iterator[None]:
    """No file of this process may become any longer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("trouble", [locked, full])
async def test_samples_wait_for_the_database_and_arrive(archive: Archive, trouble: object) -> None:
    home = archive.home
    await home.time.until_multiple_of(60)
    await home.time.run(310)
    telemetry = await archive.telemetry()

    with trouble(archive):  # type: ignore[operator]
        await home.time.run(300)
        status = telemetry.status
        # as of the last attempt, three seconds after the fifth minute was over
        assert (status.waiting, status.lag_seconds) == (5, 243.0)
        assert status.last_error
        assert archive.issue(ISSUE_UNAVAILABLE) is not None
        assert home.state("sensor", UNIT, "voltage_l1").state not in {"unavailable", "unknown"}

    await home.time.run(60)

    assert (telemetry.status.waiting, telemetry.status.last_error) == (0, None)
    assert archive.issue(ISSUE_UNAVAILABLE) is None
    minutes = (await archive.samples(home.time.wall - 600)).minutes
    newest = int(home.time.wall // 60) - 1
    assert minutes.tolist() == list(range(newest - len(minutes) + 1, newest + 1))
    assert len(minutes) >= 9


async def test_a_database_that_cannot_be_opened_does_not_keep_a_bridge_from_being_set_up(alone: Home) -> None:
    archive = Archive(alone)
    archive.file.mkdir()

    assert await alone.set_up()
    await alone.time.run(200)

    assert alone.state("sensor", UNIT, "voltage_l1").state not in {"unavailable", "unknown"}
    issue = archive.issue(ISSUE_UNAVAILABLE)
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert DATABASE_FILE in issue.translation_placeholders["database"]
    with pytest.raises(TelemetryUnavailableError):
        await archive.read(Store.serials)

    archive.file.rmdir()
    await alone.time.run(120)

    assert archive.issue(ISSUE_UNAVAILABLE) is None
    minutes = (await archive.samples(alone.time.wall - 300)).minutes
    assert len(minutes) >= 4
    assert np.all(np.diff(minutes) == 1)


async def test_a_broken_file_is_set_aside_and_somebody_is_told_where(alone: Home) -> None:
    archive = Archive(alone)
    archive.file.write_bytes(b"nothing of this is a database" * 1000)
    assert await async_setup_component(alone.hass, REPAIRS, {})

    assert await alone.set_up()
    await alone.time.run(120)

    issue = archive.issue(ISSUE_SET_ASIDE)
    assert issue is not None
    assert issue.is_fixable
    assert issue.translation_placeholders is not None
    assert Path(issue.translation_placeholders["file"]).read_bytes().startswith(b"nothing of this")  # noqa: ASYNC240
    assert len(await archive.samples(alone.time.wall - 300))

    manager = RepairsFlowManager(alone.hass)
    flow = await manager.async_init(DOMAIN, data={"issue_id": ISSUE_SET_ASIDE})
    assert flow["step_id"] == "confirm"
    await manager.async_configure(flow["flow_id"], {})

    assert archive.issue(ISSUE_SET_ASIDE) is None


async def test_samples_that_wait_too_long_go_oldest_first_and_are_counted(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = archive.home
    monkeypatch.setattr(waiting, "LONGEST", 10)
    await home.time.until_multiple_of(60)
    await home.time.run(310)
    telemetry = await archive.telemetry()

    with locked(archive):
        await home.time.run(20 * 60)
        assert telemetry.status.waiting == 10
        assert telemetry.status.dropped == 10
        assert archive.issue(ISSUE_LOSS) is not None
    await home.time.run(60)

    assert archive.issue(ISSUE_LOSS) is None
    assert telemetry.status.waiting == 0
    minutes = (await archive.samples(home.time.wall - 700)).minutes
    assert len(minutes) >= 10


async def test_of_a_database_that_never_answers_people_are_told_and_what_waits_is_bounded(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = archive.home
    monkeypatch.setattr(waiting, "LONGEST", 10)
    await home.time.until_multiple_of(60)
    await home.time.run(310)
    writer, answered, append = await archive.telemetry(), threading.Event(), Store.append

    def appended_at_last(*args: Any) -> Any:
        answered.wait(60)
        return append(*args)

    def in_turn(job: Any) -> asyncio.Future[Any]:
        # driven time waits for every thread that it knows of
        return asyncio.wrap_future(writer._thread.submit(writer._with_store, job))

    monkeypatch.setattr(Store, "append", appended_at_last)
    monkeypatch.setattr(writer, "_in_turn", in_turn)
    begun = home.time.wall
    try:
        await home.time.run(150)
        assert archive.issue(ISSUE_UNAVAILABLE) is None
        await home.time.run(120)
        issue = archive.issue(ISSUE_UNAVAILABLE)
        assert issue is not None
        assert issue.translation_key == writer.status.trouble == "telemetry_silent"
        assert writer.status.waiting == 4
        await home.time.run(16 * 60)
        assert archive.issue(ISSUE_LOSS) is not None
        assert (writer.status.waiting, writer.status.dropped) == (10, 10)
        assert len(writer._waiting.loose()) <= 1
    finally:
        answered.set()
    assert writer._round is not None
    await writer._round

    assert archive.issue(ISSUE_UNAVAILABLE) is None
    assert archive.issue(ISSUE_LOSS) is None
    stands: tuple[int, str | None] = (writer.status.waiting, writer.status.trouble)
    assert stands == (0, None)
    minutes = (await archive.samples(begun - 70)).minutes
    newest = int(home.time.wall // 60) - 1
    first = int(begun // 60)
    assert [minute for minute in minutes.tolist() if minute >= first] == [
        first,
        *range(newest - 8, newest + 1),
    ]


async def test_another_database_takes_over_without_a_sample_lost(archive: Archive, tmp_path: Path) -> None:
    home = archive.home
    await home.time.run(300)
    other = tmp_path / "other.db"
    settings = await async_site_settings(home.hass)

    await settings.async_set_telemetry(TelemetrySettings(database_url=f"sqlite:///{other}", raw_days=7))
    await home.time.run(300)

    assert (await archive.telemetry()).status.database == str(other)
    minutes = (await archive.samples(home.time.wall - 300)).minutes
    assert len(minutes) >= 4
    first = Store.open(f"sqlite:///{archive.file}", zone=ZoneInfo("UTC"))
    try:
        before = [minute for part in first.minutes(archive.serial, 0, 1 << 40) for minute in part.minutes]
    finally:
        first.close()
    after = (await archive.samples()).minutes
    assert set(range(before[-60], int(minutes[-1]))) <= {*before, *after.tolist()}


async def test_another_database_that_does_not_work_leaves_the_one_in_use(
    archive: Archive, tmp_path: Path
) -> None:
    home = archive.home
    await home.time.run(300)
    settings = await async_site_settings(home.hass)
    missing = tmp_path / "missing" / "other.db"

    await settings.async_set_telemetry(TelemetrySettings(database_url=f"sqlite:///{missing}", raw_days=7))
    await home.time.run(300)

    status = (await archive.telemetry()).status
    assert status.database == str(archive.file)
    assert status.waiting == 0
    assert status.last_error
    issue = archive.issue(ISSUE_UNAVAILABLE)
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["database"] == str(missing)

    missing.parent.mkdir()
    await home.time.run(120)

    assert (await archive.telemetry()).status.database == str(missing)
    assert archive.issue(ISSUE_UNAVAILABLE) is None


async def test_an_unloaded_bridge_leaves_no_thread_no_log_of_the_database_and_no_issue(
    archive: Archive,
) -> None:
    home = archive.home
    await home.time.run(200)

    assert await home.tear_down()

    assert not [thread.name for thread in threading.enumerate() if "telemetry" in thread.name]
    assert not archive.file.with_name(f"{archive.file.name}-wal").exists()
    assert archive.file.exists()


async def test_a_database_that_never_answers_does_not_keep_a_bridge_from_being_unloaded(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = archive.home
    await home.time.run(200)
    writer = await archive.telemetry()
    # driven time would wait for a sample that is to be written
    writer._waiting = waiting.Waiting()
    monkeypatch.setattr(telemetry, "LAST_WRITING", 0.1)
    monkeypatch.setattr(executor, "EXECUTOR_SHUTDOWN_TIMEOUT", 0.5)
    answered = threading.Event()

    def _ask() -> None:
        while not answered.wait(0.01):
            pass

    writer._thread.submit(_ask)
    try:
        assert await home.tear_down()
        assert not [thread.name for thread in threading.enumerate() if "telemetry" in thread.name]
        assert handles(archive.file) == 0
    finally:
        answered.set()


async def test_what_cannot_be_saved_at_the_end_is_said(
    archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    home = archive.home
    await home.time.run(200)

    with locked(archive):
        assert await home.tear_down()

    assert "could not be saved and are lost" in caplog.text
    assert not [thread.name for thread in threading.enumerate() if "telemetry" in thread.name]


async def test_a_database_that_is_being_opened_at_the_end_is_closed(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, file = archive.home, tmp_path / "other.db"
    writer, opened, open_store = await archive.telemetry(), list[Store](), Store.open

    def given_up(*args: Any, **kwargs: Any) -> Store:
        opened.append(open_store(*args, **kwargs))
        if len(opened) == 1 and writer._round is not None:
            home.hass.loop.call_soon_threadsafe(writer._round.cancel)
        return opened[-1]

    monkeypatch.setattr(Store, "open", given_up)
    settings = await async_site_settings(home.hass)
    await home.time.through(settings.async_set_telemetry(TelemetrySettings(database_url=f"sqlite:///{file}")))
    await home.time.run(0)

    assert await home.tear_down()

    assert [store._engine.pool.checkedin() for store in opened] == [0, 0]  # type: ignore[attr-defined]


async def test_a_database_that_is_to_be_closed_at_the_end_is_closed(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, file = archive.home, tmp_path / "other.db"
    await home.time.run(200)
    writer, open_store = await archive.telemetry(), Store.open
    has_ended = threading.Event()

    def opened_before_another_job(*args: Any, **kwargs: Any) -> Store:
        writer._thread.submit(has_ended.wait, 10)
        return open_store(*args, **kwargs)

    monkeypatch.setattr(Store, "open", opened_before_another_job)
    settings = await async_site_settings(home.hass)
    before = writer._store
    await settings.async_set_telemetry(TelemetrySettings(database_url=f"sqlite:///{file}"))
    while writer._store is before:  # noqa: ASYNC110 - the round is to be cancelled in the midst of it
        await asyncio.sleep(0)
    assert writer._round is not None
    writer._round.cancel()
    await asyncio.sleep(0)
    has_ended.set()
    monkeypatch.undo()

    assert await home.tear_down()

    assert (handles(archive.file), handles(file)) == (0, 0)
