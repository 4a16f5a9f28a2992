"""Addresses of databases: understood as people write them, and told without their secrets."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url

from custom_components.csj_meter.telemetry.address import at_file, parse, path_of, secrets_of, told
from custom_components.csj_meter.telemetry.errors import DatabaseAddressError, UnsupportedDatabaseError

SECRET = "hunter2"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg2", "postgresql+psycopg"])
def test_every_way_to_write_postgresql_means_the_driver_that_is_used(scheme: str) -> None:
    url = parse(f"{scheme}://csj:{SECRET}@db.example:5433/meters")
    assert url.drivername == "postgresql+psycopg"
    assert (url.host, url.port, url.database, url.password) == ("db.example", 5433, "meters", SECRET)


def test_a_file_has_an_address(tmp_path: Path) -> None:
    path = tmp_path / "with space & sign?.db"
    url = parse(at_file(path))
    assert path_of(url) == path
    assert told(url) == str(path)
    assert path_of(parse("postgresql://db.example/meters")) is None


@pytest.mark.parametrize("dialect", ["mysql", "mariadb+pymysql", "mssql", "influxdb"])
def test_other_databases_are_refused_by_name(dialect: str) -> None:
    with pytest.raises(UnsupportedDatabaseError, match="use an SQLite file or PostgreSQL") as caught:
        parse(f"{dialect}://csj:{SECRET}@db.example/meters")
    assert caught.value.dialect == dialect.partition("+")[0]
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "",
        SECRET,
        f"postgresql:{SECRET}",
        f"postgresql://csj:{SECRET}@db.example:port/meters",
        f"postgresql://csj:{SECRET}@with@signs@db.example/meters",
        "sqlite://",
        "sqlite:///:memory:",
        f"sqlite:////config/x.db?key={SECRET}",
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(DatabaseAddressError) as caught:
        parse(address)
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://csj:{SECRET}@db.example:5433/meters",
        f"postgresql://csj@db.example:5433/meters?password={SECRET}&sslmode=require",
        f"postgresql://csj@db.example:5433/meters?sslpassword={SECRET}",
    ],
)
def test_an_address_is_told_without_its_secrets(address: str) -> None:
    url = make_url(address)
    assert told(url) == "postgresql://csj@db.example:5433/meters"
    assert secrets_of(url) == (SECRET,)
