"""How long measurements are kept, and where, is set in the options; a database is tried before it is kept."""

# ruff: noqa: F401, F811 - fixtures of another folder

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import socket
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.requirements import RequirementsNotFound
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from sqlalchemy import URL

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.history import opening
from custom_components.csj_meter.site_settings import TelemetrySettings, async_site_settings
from tests.telemetry.conftest import postgres, postgres_url, running_postgres
from tests.telemetry.postgresql import PostgresServer

from .dialogue import Dialogue, Person

SECRET = "fox-in-the-henhouse"
"""A password that nothing else is called."""


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A bridge that is not set up."""
    entry = MockConfigEntry(
        domain=DOMAIN, data={"link": "simulated", "seed": 1, "meters": 1}, options={"live_period": 30}
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def dialogue(person: Person, entry: MockConfigEntry) -> Dialogue:
    """Somebody has opened it."""
    return await (await person.options(entry)).choose("telemetry")


async def settings_of(hass: HomeAssistant) -> TelemetrySettings:
    return (await async_site_settings(hass)).telemetry


def whole(url: URL) -> str:
    """An address as people enter it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


async def test_it_shows_how_things_are(hass: HomeAssistant, dialogue: Dialogue) -> None:
    assert dialogue.suggested == {"raw_days": 180, "aggregate_months": 24, "place": "file"}
    assert dialogue.placeholders["database"] == hass.config.path("csj_meter.db")


async def test_an_address_that_cannot_be_read_any_more_can_be_replaced(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    settings = await async_site_settings(hass)
    await settings.async_set_telemetry(TelemetrySettings(database_url=f"{SECRET}@nowhere"))

    dialogue = await (await person.options(entry)).choose("telemetry")

    assert dialogue.placeholders["database"].startswith("this is not the address of a database")
    assert SECRET not in str(dialogue.result)
    await dialogue.fill(place="file")
    assert await settings_of(hass) == TelemetrySettings()


async def test_longer_is_kept_at_once(
    hass: HomeAssistant, entry: MockConfigEntry, dialogue: Dialogue
) -> None:
    await dialogue.fill(raw_days=365, aggregate_months=60)

    assert dialogue.at == "created"
    assert await settings_of(hass) == TelemetrySettings(raw_days=365, aggregate_months=60)
    assert entry.options == {"live_period": 30}


@pytest.mark.parametrize(
    "shorter", [{"raw_days": 30}, {"aggregate_months": 6}, {"raw_days": 30, "aggregate_months": 6}]
)
async def test_what_would_be_deleted_is_said_before(
    hass: HomeAssistant, dialogue: Dialogue, shorter: dict[str, int]
) -> None:
    await dialogue.fill(**shorter)

    assert dialogue.at == "shorten"
    wanted = {"raw_days": 180, "aggregate_months": 24} | shorter
    assert dialogue.placeholders == {name: str(value) for name, value in wanted.items()}
    assert await settings_of(hass) == TelemetrySettings()
    await dialogue.choose("shorten_now")
    assert dialogue.at == "created"
    kept = await settings_of(hass)
    assert {"raw_days": kept.raw_days, "aggregate_months": kept.aggregate_months} == wanted


async def test_who_does_not_want_that_goes_back(hass: HomeAssistant, dialogue: Dialogue) -> None:
    await dialogue.fill(raw_days=7)
    await dialogue.choose("telemetry")

    assert dialogue.suggested["raw_days"] == 180
    assert await settings_of(hass) == TelemetrySettings()


@pytest.mark.parametrize(
    ("entered", "error"),
    [
        ({"place": "postgresql"}, "no_address"),
        ({"place": "postgresql", "address": "  "}, "no_address"),
        (
            {"place": "file", "address": f"postgresql://me:{SECRET}@db.invalid/meters"},
            "address_without_place",
        ),
        ({"place": "postgresql", "address": f"me:{SECRET}@db.invalid"}, "impossible_address"),
        (
            {"place": "postgresql", "address": f"postgresql://me:{SECRET}@x@db.invalid/meters"},
            "impossible_address",
        ),
        ({"place": "postgresql", "address": f"mysql://me:{SECRET}@db.invalid/meters"}, "not_postgresql"),
        ({"place": "postgresql", "address": "sqlite:////config/other.db"}, "not_postgresql"),
    ],
)
async def test_an_address_that_cannot_be_meant_is_pointed_out(
    hass: HomeAssistant, dialogue: Dialogue, entered: dict[str, Any], error: str
) -> None:
    await dialogue.fill(raw_days=200, **entered)

    assert (dialogue.at, dialogue.errors) == ("telemetry", {"address": error})
    # what was entered is there to be corrected
    assert dialogue.suggested == {"raw_days": 200, "aggregate_months": 24} | entered
    assert SECRET not in str(dialogue.placeholders)
    assert await settings_of(hass) == TelemetrySettings()


async def test_without_its_driver_no_server_can_be_used(
    hass: HomeAssistant, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cannot(_: HomeAssistant, domain: str, requirements: list[str]) -> None:
        raise RequirementsNotFound(domain, requirements)

    monkeypatch.setattr(opening, "async_process_requirements", cannot)

    await dialogue.fill(place="postgresql", address=f"postgresql://me:{SECRET}@db.invalid/meters")

    assert dialogue.errors == {"address": "driver_missing"}
    assert "psycopg" in dialogue.placeholders["problem"]


@pytest.mark.loopback
async def test_a_server_that_does_not_answer_is_not_taken(hass: HomeAssistant, dialogue: Dialogue) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]

        await dialogue.fill(place="postgresql", address=f"postgresql://me:{SECRET}@127.0.0.1:{port}/meters")

    assert dialogue.errors == {"address": "unreachable"}
    assert "127.0.0.1" in dialogue.placeholders["problem"]
    assert SECRET not in str(dialogue.placeholders)
    assert await settings_of(hass) == TelemetrySettings()


async def test_nobody_knocks_at_a_socket_of_this_machine(dialogue: Dialogue, tmp_path: Path) -> None:
    await dialogue.fill(place="postgresql", address=f"postgresql:///meters?host={tmp_path}")

    assert dialogue.errors == {"address": "unreachable"}


# --- with a real server -------------------------------------------------------------------


@pytest.fixture
def plain_user(postgres: PostgresServer, postgres_url: URL) -> Iterator[URL]:
    """The same database as somebody who may log in, and no more."""
    database = str(postgres_url.database)
    postgres.execute(f"CREATE ROLE visitor LOGIN PASSWORD '{SECRET}'")
    postgres.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC", database)
    yield postgres_url.set(username="visitor", password=SECRET)
    postgres.execute("DROP OWNED BY visitor", database)
    postgres.execute("DROP ROLE visitor")


@pytest.mark.loopback
async def test_a_database_that_works_is_kept_and_never_shown_again(
    hass: HomeAssistant,
    person: Person,
    entry: MockConfigEntry,
    dialogue: Dialogue,
    postgres_url: URL,
) -> None:
    address = whole(postgres_url)
    await dialogue.fill(place="postgresql", address=f" {address} ")

    assert dialogue.at == "created"
    assert await settings_of(hass) == TelemetrySettings(database_url=address)

    again = await (await person.options(entry)).choose("telemetry")
    assert again.suggested == {"raw_days": 180, "aggregate_months": 24, "place": "postgresql"}
    assert str(postgres_url.password) not in str(again.result)
    assert str(postgres_url.database) in again.placeholders["database"]

    # left empty, the address stays
    await again.fill(raw_days=200)
    assert await settings_of(hass) == TelemetrySettings(database_url=address, raw_days=200)

    # and back to the file
    back = await (await person.options(entry)).choose("telemetry")
    await back.fill(place="file")
    assert await settings_of(hass) == TelemetrySettings(raw_days=200)


@pytest.mark.loopback
async def test_trying_leaves_nothing_behind(
    dialogue: Dialogue,
    postgres: PostgresServer,
    postgres_url: URL,
) -> None:
    await dialogue.fill(place="postgresql", address=whole(postgres_url))

    assert dialogue.at == "created"
    # the same name can still be given: there is no table of ours
    postgres.execute("CREATE TABLE telemetry_version (version integer)", str(postgres_url.database))


@pytest.mark.loopback
async def test_a_wrong_password_is_not_taken(
    hass: HomeAssistant,
    dialogue: Dialogue,
    postgres_url: URL,
) -> None:
    await dialogue.fill(place="postgresql", address=whole(postgres_url.set(password=SECRET)))

    assert dialogue.errors == {"address": "login_refused"}
    assert "password" in dialogue.placeholders["problem"]
    assert SECRET not in str(dialogue.placeholders)
    assert await settings_of(hass) == TelemetrySettings()


@pytest.mark.loopback
async def test_a_database_that_is_not_there_is_not_taken(
    dialogue: Dialogue,
    postgres_url: URL,
) -> None:
    await dialogue.fill(place="postgresql", address=whole(postgres_url.set(database="nowhere")))

    assert dialogue.errors == {"address": "login_refused"}
    assert "nowhere" in dialogue.placeholders["problem"]


@pytest.mark.loopback
async def test_who_may_not_make_tables_cannot_be_used(dialogue: Dialogue, plain_user: URL) -> None:
    await dialogue.fill(place="postgresql", address=whole(plain_user))

    assert dialogue.errors == {"address": "no_rights"}


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("rights", "errors"), [("SELECT", {"address": "no_rights"}), ("ALL", {})], ids=["only look", "everything"]
)
async def test_who_may_not_write_to_the_tables_cannot_be_used(
    dialogue: Dialogue,
    postgres: PostgresServer,
    postgres_url: URL,
    plain_user: URL,
    rights: str,
    errors: dict[str, str],
) -> None:
    database = str(postgres_url.database)
    postgres.execute("CREATE TABLE telemetry_version (version integer)", database)
    postgres.execute("INSERT INTO telemetry_version VALUES (1)", database)
    postgres.execute(f"GRANT {rights} ON telemetry_version TO visitor", database)

    await dialogue.fill(place="postgresql", address=whole(plain_user))

    assert dialogue.errors == errors


@pytest.mark.loopback
async def test_what_a_newer_version_has_written_is_left_alone(
    dialogue: Dialogue,
    postgres: PostgresServer,
    postgres_url: URL,
) -> None:
    database = str(postgres_url.database)
    postgres.execute("CREATE TABLE telemetry_version (version integer)", database)
    postgres.execute("INSERT INTO telemetry_version VALUES (99)", database)

    await dialogue.fill(place="postgresql", address=whole(postgres_url))

    assert dialogue.errors == {"address": "too_new"}


@pytest.mark.loopback
async def test_a_database_without_unicode_is_not_taken(
    dialogue: Dialogue,
    postgres: PostgresServer,
    postgres_url: URL,
) -> None:
    postgres.execute("CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0")
    try:
        await dialogue.fill(place="postgresql", address=whole(postgres_url.set(database="ascii")))
    finally:
        postgres.execute("DROP DATABASE ascii WITH (FORCE)")

    assert dialogue.errors == {"address": "not_unicode"}
