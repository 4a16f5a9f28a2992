"""Opening and using a database, of both kinds: versions, transactions, and errors that keep secrets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import logging
from pathlib import Path
import sqlite3
import sys

import pytest
from sqlalchemy import URL, Connection, Engine, inspect, select, text
from sqlalchemy.exc import IntegrityError

from custom_components.csj_meter.telemetry import database as database_module
from custom_components.csj_meter.telemetry.database import (
    POSTGRESQL_REQUIREMENT,
    driver_connection,
    let_go,
    open_database,
    open_engine,
    reading,
    writing,
)
from custom_components.csj_meter.telemetry.errors import (
    DriverMissingError,
    ForeignDatabaseError,
    StoreTooNewError,
    StoreUnavailableError,
)
from custom_components.csj_meter.telemetry.rows import RowLayout
from custom_components.csj_meter.telemetry.schema import METERS, VERSION
from custom_components.csj_meter.telemetry.versions import Migration

from .postgresql import PASSWORD, PostgresServer


@pytest.fixture
def engine(store_url: URL) -> Iterator[Engine]:
    engine = open_database(store_url, RowLayout()).engine
    yield engine
    engine.dispose()


def add(connection: Connection, serial: str) -> None:
    connection.execute(METERS.insert().values(serial=serial, watermark=0))


def serials(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.execute(select(METERS.c.serial).order_by(METERS.c.number)).scalars())


def version(engine: Engine) -> int:
    with reading(engine) as connection:
        found: int = connection.execute(select(VERSION.c.version)).scalar_one()
        return found


def reopen(url: URL, migrations: Sequence[Migration] = ()) -> list[str]:
    """Open it once more, and close it; the serial numbers that are in it."""
    engine = open_database(url, RowLayout(), migrations).engine
    try:
        return serials(engine)
    finally:
        engine.dispose()


# versions


def test_a_new_database_has_every_table_and_what_is_in_it_stays(store_url: URL, engine: Engine) -> None:
    with writing(engine) as connection:
        add(connection, "CSJ1")
        tables = set(inspect(connection).get_table_names())
    assert tables >= {"telemetry_version", "telemetry_meter", "telemetry_gap", "telemetry_sample"}
    assert reopen(store_url) == ["CSJ1"]
    assert version(engine) == 1


def test_missing_migrations_run_once_and_in_order(store_url: URL, engine: Engine) -> None:
    def first(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE telemetry_meter ADD COLUMN place VARCHAR(20)"))

    def second(connection: Connection) -> None:
        connection.execute(text("UPDATE telemetry_meter SET place = serial"))

    with writing(engine) as connection:
        add(connection, "CSJ1")
    for _ in range(2):
        reopen(store_url, (first, second))
        assert version(engine) == 3
        with reading(engine) as connection:
            assert connection.execute(text("SELECT place FROM telemetry_meter")).scalars().all() == ["CSJ1"]


def test_a_migration_that_fails_leaves_the_database_as_it_was(store_url: URL, engine: Engine) -> None:
    def half(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE telemetry_meter ADD COLUMN place VARCHAR(20)"))
        connection.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(StoreUnavailableError):
        reopen(store_url, (half,))
    assert version(engine) == 1
    with reading(engine) as connection:
        assert "place" not in {
            column["name"] for column in inspect(connection).get_columns("telemetry_meter")
        }


def test_what_a_newer_release_has_written_is_not_touched(store_url: URL, engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(VERSION.update().values(version=7))
    engine.dispose()
    before = _contents(store_url, engine)
    with pytest.raises(StoreTooNewError, match="version 7") as caught:
        reopen(store_url)
    assert (caught.value.found, caught.value.newest) == (7, 1)
    assert _contents(store_url, engine) == before


def _contents(url: URL, engine: Engine) -> object:
    if url.drivername == "sqlite":
        assert url.database is not None
        path = Path(url.database)
        return sorted(path.parent.iterdir()), path.read_bytes()
    with reading(engine) as connection:
        names = sorted(inspect(connection).get_table_names())
        return [(name, connection.execute(text(f"SELECT * FROM {name}")).all()) for name in names]


def test_a_file_of_something_else_is_not_touched(sqlite_url: URL) -> None:
    engine = open_engine(sqlite_url)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE states (state VARCHAR)"))
    engine.dispose()
    before = _contents(sqlite_url, engine)
    with pytest.raises(ForeignDatabaseError, match="a file of its own"):
        open_database(sqlite_url, RowLayout())
    assert _contents(sqlite_url, engine) == before


def test_postgresql_may_be_shared_with_something_else(postgres_url: URL) -> None:
    engine = open_engine(postgres_url)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE states (state VARCHAR)"))
    open_database(postgres_url, RowLayout()).engine.dispose()
    assert version(engine) == 1
    engine.dispose()


# transactions


def test_a_transaction_is_all_or_nothing(engine: Engine) -> None:
    def fail() -> None:
        with writing(engine) as connection:
            add(connection, "CSJ1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert serials(engine) == []


def test_readers_do_not_wait_for_the_writer_and_see_one_state_throughout(engine: Engine) -> None:
    with writing(engine) as writer:
        add(writer, "CSJ1")
        assert serials(engine) == []
    with reading(engine) as reader:
        count = text("SELECT count(*) FROM telemetry_meter")
        assert reader.execute(count).scalar_one() == 1
        with writing(engine) as writer:
            add(writer, "CSJ2")
        assert reader.execute(count).scalar_one() == 1
    assert serials(engine) == ["CSJ1", "CSJ2"]


def test_a_mistake_of_our_own_is_not_taken_for_an_outage(engine: Engine) -> None:
    with writing(engine) as connection:
        add(connection, "CSJ1")
    with pytest.raises(IntegrityError), writing(engine) as connection:
        add(connection, "CSJ1")


def test_a_second_writer_gives_up_after_a_while(sqlite_url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT", 0.01)
    engine = open_database(sqlite_url, RowLayout()).engine
    with writing(engine), pytest.raises(StoreUnavailableError, match="database is locked"), writing(engine):
        pass
    engine.dispose()


def test_a_lock_of_somebody_else_is_waited_for_only_so_long(
    postgres_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "LOCK_TIMEOUT", 0.01)
    engine = open_database(postgres_url, RowLayout()).engine
    with writing(engine) as other:
        other.execute(text("LOCK TABLE telemetry_meter"))
        with pytest.raises(StoreUnavailableError, match="lock timeout"), writing(engine) as connection:
            add(connection, "CSJ1")
    engine.dispose()


def test_a_full_disk_costs_nothing_that_was_there(sqlite_url: URL) -> None:
    engine = open_database(sqlite_url, RowLayout()).engine
    with writing(engine) as connection:
        add(connection, "CSJ1")
        (pages,) = connection.exec_driver_sql("PRAGMA page_count").one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreUnavailableError, match="full"), writing(engine) as connection:
        connection.execute(
            METERS.insert(), [{"serial": f"CSJ{number}", "watermark": 0} for number in range(2, 2000)]
        )
    assert serials(engine) == ["CSJ1"]
    with writing(engine) as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {2**30}")
        add(connection, "CSJ2")
    assert serials(engine) == ["CSJ1", "CSJ2"]
    engine.dispose()


def test_what_was_committed_is_flushed_to_the_disk(sqlite_url: URL) -> None:
    engine = open_database(sqlite_url, RowLayout()).engine
    with reading(engine) as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2  # FULL
    engine.dispose()


# PostgreSQL comes and goes


def test_a_server_that_restarts_is_found_again(postgres: PostgresServer, postgres_url: URL) -> None:
    engine = open_database(postgres_url, RowLayout()).engine
    with writing(engine) as connection:
        add(connection, "CSJ1")
    postgres.stop()
    with pytest.raises(StoreUnavailableError, match="refused"):
        serials(engine)
    with pytest.raises(StoreUnavailableError, match="refused"):
        open_database(postgres_url, RowLayout())
    postgres.start()
    assert serials(engine) == ["CSJ1"]
    engine.dispose()


@pytest.mark.parametrize("how", ["kill", "cut_off"])
def test_cut_off_in_a_transaction_nothing_of_it_is_there(
    postgres: PostgresServer, postgres_url: URL, how: str
) -> None:
    engine = open_database(postgres_url, RowLayout()).engine
    with writing(engine) as connection:
        add(connection, "CSJ1")

    def write() -> None:
        with writing(engine) as connection:
            add(connection, "CSJ2")
            getattr(postgres, how)()
            add(connection, "CSJ3")

    with pytest.raises(StoreUnavailableError):
        write()
    if not postgres.is_running:
        postgres.start()
    assert serials(engine) == ["CSJ1"]
    engine.dispose()


def test_cut_off_when_committing_is_an_error(postgres: PostgresServer, postgres_url: URL) -> None:
    engine = open_database(postgres_url, RowLayout()).engine

    def write() -> None:
        with writing(engine) as connection:
            add(connection, "CSJ1")
            postgres.cut_off()

    with pytest.raises(StoreUnavailableError):
        write()
    assert serials(engine) == []
    engine.dispose()


def test_an_idle_connection_that_was_cut_off_is_not_noticed(
    postgres: PostgresServer, postgres_url: URL
) -> None:
    engine = open_database(postgres_url, RowLayout()).engine
    postgres.cut_off()
    assert serials(engine) == []
    engine.dispose()


def test_without_the_driver_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DriverMissingError, match="psycopg") as caught:
        open_engine("postgresql://db.example/meters")
    assert caught.value.requirement == POSTGRESQL_REQUIREMENT


# secrets


def _everything_said(err: BaseException | None) -> str:
    said = []
    while err is not None:
        said.append(f"{err} {err!r}")
        err = err.__cause__ or err.__context__
    return "\n".join(said)


@pytest.mark.parametrize("change", ["password", "database", "port"])
def test_no_error_names_the_password(
    postgres_url: URL, change: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = {
        "password": postgres_url.set(password="wr0ng/secret"),
        "database": postgres_url.set(database="nowhere"),
        "port": postgres_url.set(port=1),
    }[change]
    assert wrong.password is not None
    with pytest.raises(StoreUnavailableError, match=f"postgresql://csj@127.0.0.1:{wrong.port}/") as caught:
        open_database(wrong, RowLayout())
    said = _everything_said(caught.value) + caplog.text
    assert wrong.password not in said
    assert PASSWORD not in said


def test_nothing_that_shows_the_engine_shows_the_password(postgres_url: URL) -> None:
    assert postgres_url.password is not None
    engine = open_engine(
        postgres_url.set(password=None).update_query_pairs(
            [("password", PASSWORD), ("application_name", "a test")]
        )
    )
    for shown in (repr(engine), repr(engine.url), engine.url.render_as_string(hide_password=False)):
        assert PASSWORD not in shown
    with reading(engine) as connection:
        assert connection.execute(text("SHOW application_name")).scalar_one() == "a test"
    engine.dispose()


def test_a_row_is_not_in_an_error(engine: Engine) -> None:
    with pytest.raises(StoreUnavailableError) as caught, writing(engine) as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:balance)"), {"balance": "12.34"})
    assert "12.34" not in _everything_said(caught.value)


def test_who_still_reads_while_it_is_let_go_closes_when_done(sqlite_url: URL) -> None:
    engine = open_database(sqlite_url, RowLayout()).engine
    with reading(engine) as connection:
        let_go(engine)
        driver = driver_connection(connection)
        assert connection.execute(select(METERS)).all() == []

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        driver.execute("SELECT 1")
