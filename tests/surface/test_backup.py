"""A backup that is taken while everything is in use can be restored."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
import shutil
import sqlite3
from typing import Any

from homeassistant.components.backup.const import DATA_MANAGER
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.csj_meter.access.audit_log import AUDIT_FILE, async_audit_log
from custom_components.csj_meter.backup import FILES, LONGEST, async_post_backup, async_pre_backup
from custom_components.csj_meter.money.prepayment import LEDGER_FILE, async_prepayment
from custom_components.csj_meter.prepay.ledger import Ledger

from .conftest import Home


def sound(path: Path) -> str:
    """What SQLite says of a file."""
    with closing(sqlite3.connect(path)) as database:
        return str(database.execute("PRAGMA integrity_check(1)").fetchone()[0])


def is_read(path: Path) -> bool:
    """Whether somebody keeps SQLite from beginning the log anew."""
    fill(path, 1)
    with closing(sqlite3.connect(path, timeout=0)) as database:
        return bool(database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])


def damage(path: Path) -> None:
    """What a disk may make of a file."""
    path.write_bytes(b"no database" * 100)


def fill(path: Path, times: int) -> None:
    """Write so much into a file that SQLite begins its log anew, if it may."""
    with closing(sqlite3.connect(path, timeout=30)) as database:
        database.execute("CREATE TABLE IF NOT EXISTS of_the_test (text TEXT)")
        for _ in range(times):
            with database:
                database.executemany("INSERT INTO of_the_test VALUES (?)", [("x" * 500,)] * 400)


async def test_databases_that_are_written_meanwhile_are_sound_in_it(
    opened: Home, hass: HomeAssistant, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert await async_setup_component(hass, "backup", {})
    await opened.time.through(async_prepayment(hass))
    await opened.time.through((await async_audit_log(hass)).async_read(lambda _: None))
    await opened.time.run(300)
    backup = hass.data[DATA_MANAGER]
    folder, taken = Path(hass.config.config_dir), tmp_path_factory.mktemp("backup")

    def copied(suffix: str) -> None:
        for name in FILES:
            if (part := folder / f"{name}{suffix}").exists():
                shutil.copy(part, taken)

    def written(times: int) -> None:
        for name in FILES:
            fill(folder / name, times)

    async def in_thread(job: Callable[..., None], *args: Any) -> None:
        await hass.async_add_executor_job(job, *args)

    through = opened.time.through
    await through(in_thread(written, 30))
    await through(backup.async_pre_backup_actions())
    await through(in_thread(copied, ""))
    await through(in_thread(written, 40))
    await through(in_thread(copied, "-wal"))
    await through(backup.async_post_backup_actions())

    assert {name: sound(taken / name) for name in FILES} == dict.fromkeys(FILES, "ok")
    with closing(Ledger.at(taken / LEDGER_FILE)) as ledger:
        assert ledger.movements() is not None


async def test_a_damaged_file_does_not_keep_the_rest_from_being_backed_up(
    opened: Home, hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    assert await async_setup_component(hass, "backup", {})
    assert await opened.tear_down()
    damage(Path(hass.config.path(LEDGER_FILE)))
    backup = hass.data[DATA_MANAGER]

    await opened.time.through(backup.async_pre_backup_actions())
    await opened.time.through(backup.async_post_backup_actions())

    assert f"{LEDGER_FILE} may be damaged in the backup" in caplog.text
    assert AUDIT_FILE not in caplog.text


async def test_of_two_backups_at_once_each_has_its_end(opened: Home, hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "backup", {})
    ledger = Path(hass.config.path(LEDGER_FILE))
    await opened.time.through(async_prepayment(hass))
    for _ in range(2):
        await opened.time.through(async_pre_backup(hass))
    await opened.time.through(async_post_backup(hass))
    assert is_read(ledger)

    await opened.time.through(async_post_backup(hass))
    assert not is_read(ledger)


async def test_a_backup_that_nobody_ends_is_given_up(
    opened: Home, hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    await opened.time.through(async_prepayment(hass))
    await opened.time.through(async_pre_backup(hass))
    await opened.time.run(LONGEST + 60)

    assert "Nobody has said that a backup is done" in caplog.text
    assert not is_read(Path(hass.config.path(LEDGER_FILE)))
    await opened.time.through(async_post_backup(hass))
