"""Files that only their owner reads, whatever the process leaves to others."""

from __future__ import annotations

from collections.abc import Iterator
import os
from pathlib import Path
import stat

import pytest
from sqlalchemy import URL, text

from custom_components.csj_meter.prepay.schema import open_engine as open_ledger_engine
from custom_components.csj_meter.telemetry.database import open_engine, write_ahead
from custom_components.csj_meter.telemetry.private_file import begin_private


@pytest.fixture(autouse=True)
def generous() -> Iterator[None]:
    """A process that lets everybody read what it writes."""
    before = os.umask(0o000)
    yield
    os.umask(before)


def rights(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def test_a_new_file_is_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    with begin_private(path) as file:
        file.write(b"x")

    assert rights(path) == "0o600"
    with pytest.raises(FileExistsError):
        begin_private(path)


@pytest.mark.parametrize("ledger", [False, True])
def test_a_new_database_and_what_lies_beside_it_are_their_owners(tmp_path: Path, ledger: bool) -> None:
    path = tmp_path / "a.db"
    url = URL.create("sqlite", database=str(path))
    engine = open_ledger_engine(url) if ledger else open_engine(url)
    if not ledger:
        write_ahead(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE a (b INTEGER)"))
        connection.execute(text("INSERT INTO a VALUES (1)"))
        assert {file.name: rights(file) for file in tmp_path.iterdir()} == {
            "a.db": "0o600",
            "a.db-wal": "0o600",
            "a.db-shm": "0o600",
        }
    engine.dispose()


def test_a_database_that_is_there_keeps_the_rights_that_somebody_gave_it(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.touch()
    path.chmod(0o640)
    engine = open_engine(URL.create("sqlite", database=str(path)))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE a (b INTEGER)"))
    engine.dispose()

    assert rights(path) == "0o640"
