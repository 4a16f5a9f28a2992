"""Databases of both kinds: each test gets empty ones of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import shutil
import tempfile

import pytest
from sqlalchemy import URL

from .postgresql import PostgresServer, find_programs


@pytest.fixture(scope="session")
def running_postgres() -> Iterator[PostgresServer]:
    """The server that all tests share; ``postgres`` is the one to ask for."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (script/system-packages)")
    # not below pytest's own folder, into which only its owner can look
    folder = Path(tempfile.mkdtemp(prefix="csj-meter-postgresql-"))
    server = PostgresServer(programs, folder)
    try:
        server.create()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.fixture
def postgres(running_postgres: PostgresServer) -> Iterator[PostgresServer]:
    """A PostgreSQL that may be stopped, killed and cut off; it runs again afterwards."""
    yield running_postgres
    if not running_postgres.is_running:
        running_postgres.start()


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[URL]:
    """An empty database of PostgreSQL."""
    name = postgres.create_database()
    yield postgres.url(name)
    if not postgres.is_running:
        postgres.start()
    postgres.drop_database(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> URL:
    """An SQLite file that is not there yet."""
    return URL.create("sqlite", database=str(tmp_path / "telemetry.db"))


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> URL:
    """An empty database of either kind."""
    url: URL = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url
