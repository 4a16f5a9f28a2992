"""Rows in a PostgreSQL with TimescaleDB; ``POSTGRESQL_PROGRAMS`` names one where Debian's has none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import logging
from pathlib import Path
import tempfile
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import URL, Engine, text

from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.telemetry import timescale
from custom_components.csj_meter.telemetry.database import open_database, reading, writing
from custom_components.csj_meter.telemetry.rows import SAMPLES, RowLayout
from custom_components.csj_meter.telemetry.schema import METERS
from custom_components.csj_meter.telemetry.series import DAY, Series
from custom_components.csj_meter.telemetry.store import Store

from .days import MONDAY, home, same
from .postgresql import PostgresServer, find_programs

FOREVER = 1 << 40
METER = 1

layout = RowLayout()


@pytest.fixture(autouse=True)
def _with_timescale(postgres: PostgresServer) -> None:
    if not postgres.has_timescale:
        pytest.skip("TimescaleDB is not installed in this PostgreSQL")


@pytest.fixture
def engine(postgres_url: URL) -> Iterator[Engine]:
    engine = open_database(postgres_url, layout).engine
    with writing(engine) as connection:
        connection.execute(METERS.insert().values(number=METER, serial="CSJ1", watermark=0))
    yield engine
    engine.dispose()


def merge(engine: Engine, series: Series) -> None:
    with writing(engine) as connection:
        layout.merge(connection, METER, series)


def read(engine: Engine) -> Series:
    with reading(engine) as connection:
        return Series.joined(layout.read(connection, METER, 0, FOREVER))


def jobs(engine: Engine) -> dict[str, Any]:
    query = text("SELECT proc_name, config FROM timescaledb_information.jobs WHERE hypertable_name = :table")
    with reading(engine) as connection:
        found = connection.execute(query, {"table": SAMPLES.name})
        return {row.proc_name: row.config for row in found}


def test_samples_are_kept_in_chunks_that_are_compressed_by_meter(engine: Engine) -> None:
    merge(engine, home(30 * DAY))
    with reading(engine) as connection:
        assert timescale.is_hypertable(connection, SAMPLES.name)
        count = text("SELECT count(*) FROM show_chunks('telemetry_sample')")
        assert connection.execute(count).scalar_one() in (5, 6)
        segments = text(
            "SELECT attname FROM timescaledb_information.compression_settings "
            "WHERE hypertable_name = :table AND segmentby_column_index IS NOT NULL"
        )
        assert connection.execute(segments, {"table": SAMPLES.name}).scalars().all() == ["meter"]
    (config,) = jobs(engine).values()
    assert config["compress_after"] == "7 days"


def test_late_samples_find_their_place_among_compressed_ones(engine: Engine) -> None:
    month = home(30 * DAY)
    hole = (month.minutes < MONDAY + 3 * DAY) | (month.minutes >= MONDAY + 4 * DAY)
    merge(engine, month.rows(hole))
    with writing(engine) as connection:
        connection.execute(text("SELECT compress_chunk(chunk) FROM show_chunks('telemetry_sample') AS chunk"))
    assert same(read(engine), month.rows(hole))
    late = month.between(MONDAY + 2 * DAY, MONDAY + 5 * DAY)
    guessed = Series(
        minutes=late.minutes,
        provenance=np.full(len(late), Provenance.PROFILE),
        columns={name: steps + 1 for name, steps in late.columns.items()},
    )
    merge(engine, guessed)
    assert same(read(engine), month.rows(hole).merged(guessed))
    merge(engine, late)
    assert same(read(engine), month)


def test_whole_chunks_go_when_they_are_too_old(engine: Engine) -> None:
    month = home(30 * DAY)
    merge(engine, month)
    until = MONDAY + 20 * DAY
    with writing(engine) as connection:
        assert not layout.purge(connection, {METER: until}, MONDAY)
    left = read(engine)
    assert until - 7 * DAY <= left.minutes[0] <= until
    assert same(left, month.between(int(left.minutes[0]), FOREVER))


def test_the_database_drops_what_is_too_old_by_itself_when_told_the_age(engine: Engine) -> None:
    for days in (180, 90):
        with writing(engine) as connection:
            timescale.retain(connection, SAMPLES.name, days)
        assert jobs(engine)["policy_retention"]["drop_after"] == f"{days} days"


@contextmanager
def server_with(setting: str, value: str) -> Iterator[Engine]:
    """A database in a server of its own."""
    programs = find_programs()
    assert programs is not None
    with tempfile.TemporaryDirectory(prefix="csj-meter-postgresql-") as folder:
        server = PostgresServer(programs, Path(folder), settings={setting: value})
        server.create()
        server.start()
        try:
            engine = open_database(server.url(), layout).engine
            yield engine
            engine.dispose()
        finally:
            server.stop()


def test_where_it_was_not_preloaded_samples_are_in_a_plain_table() -> None:
    with server_with("shared_preload_libraries", "") as engine:
        merge(engine, home(60))
        assert same(read(engine), home(60))
        with writing(engine) as connection:
            assert not timescale.is_hypertable(connection, SAMPLES.name)
            timescale.retain(connection, SAMPLES.name, 180)


def test_what_a_licence_forbids_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with server_with("timescaledb.license", "apache") as engine:
        merge(engine, home(60))
        assert same(read(engine), home(60))
        with writing(engine) as connection:
            assert timescale.is_hypertable(connection, SAMPLES.name)
            timescale.retain(connection, SAMPLES.name, 180)
        assert jobs(engine) == {}
    assert "TimescaleDB is not used in full" in caplog.text
    assert "TimescaleDB does not drop old chunks by itself" in caplog.text


def test_the_store_counts_chunks_and_has_the_database_let_old_ones_go(postgres_url: URL) -> None:
    store = Store.open(postgres_url, zone=ZoneInfo("UTC"))
    empty = store.status().size
    store.ingest("CSJ1", home(DAY))
    assert store.status().size > empty + 100_000
    store.purge(MONDAY + DAY, raw_days=30, aggregate_months=24)
    store.close()
    engine = open_database(postgres_url, layout).engine
    assert jobs(engine)["policy_retention"]["drop_after"] == "30 days"
    engine.dispose()
