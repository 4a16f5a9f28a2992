"""The password of a database is found nowhere but where it is stored, whether the database works or not.

Everything that a running Home Assistant shows, writes or sends is searched while measurements go to a real
server, while that server is down, and while it has another password.
"""

# ruff: noqa: F401, F811 - fixtures of other folders

from __future__ import annotations

import logging
from pathlib import Path
import re

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.json import json_dumps
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info
from sqlalchemy import URL

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.diagnostics import async_get_config_entry_diagnostics
from custom_components.csj_meter.history.telemetry import async_telemetry
from tests.telemetry.conftest import postgres, postgres_url, running_postgres
from tests.telemetry.postgresql import PostgresServer

from .conftest import Home, subentry_of
from .flows.dialogue import Person
from .test_secrets import everything_said, files

PASSWORD = "fox/in@the%henhouse"
WRONG = "goose-at-the-gate"


def spellings() -> list[str]:
    """How the passwords could look: as they are, as in an address, and in halves of it."""
    quoted = URL.create("postgresql", "me", PASSWORD).render_as_string(hide_password=False)
    return [PASSWORD, WRONG, re.sub(r".*:|@$", "", quoted), "the%henhouse", "the%25henhouse"]


@pytest.fixture
def tenant(postgres: PostgresServer, postgres_url: URL) -> URL:
    """The address of an empty database, with a password of its own."""
    postgres.execute("DROP ROLE IF EXISTS tenant")
    postgres.execute(f"CREATE ROLE tenant LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
    return postgres_url.set(drivername="postgresql", username="tenant", password=PASSWORD)


@pytest.mark.loopback
async def test_no_password_leaves_its_place(
    hass: HomeAssistant,
    home: Home,
    postgres: PostgresServer,
    tenant: URL,
    everything_enabled: None,
    everything_said: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    # the test tools stand in for Home Assistant's storage, and write down what is stored
    caplog.set_level(logging.INFO, "pytest_homeassistant_custom_component.common")
    found: list[str] = []
    bridge = home.with_meters(subentry_of(home.line.meters[2]))
    assert await async_setup_component(hass, "system_health", {})
    assert await bridge.set_up()
    person = Person(hass, bridge.time)

    async def look() -> None:
        """Collect what can be seen now."""
        telemetry = await async_telemetry(hass)
        found.extend([repr(telemetry.status), str(await get_system_health_info(hass, DOMAIN))])
        found.append(str(await bridge.time.through(async_get_config_entry_diagnostics(hass, bridge.entry))))
        found.extend(json_dumps(state.as_dict()) for state in hass.states.async_all())
        found.extend(repr(issue) for issue in ir.async_get(hass).issues.values())

    # the address is entered, wrongly and rightly
    dialogue = await (await person.options(bridge.entry)).choose("telemetry")
    wrong = tenant.set(password=WRONG).render_as_string(hide_password=False)
    await dialogue.fill(place="postgresql", address=wrong)
    assert dialogue.errors == {"address": "login_refused"}
    found.append(str(dialogue.placeholders))
    await dialogue.fill(place="postgresql", address=tenant.render_as_string(hide_password=False))
    assert dialogue.at == "created"
    await bridge.time.run(200)
    assert (await async_telemetry(hass)).status.dialect == "postgresql"
    await look()
    again = await (await person.options(bridge.entry)).choose("telemetry")
    found.append(str(again.result))
    again.close()

    # the server is gone, and comes back with another password
    postgres.stop()
    await bridge.time.run(130)
    assert (await async_telemetry(hass)).status.last_error is not None
    await look()
    postgres.start()
    postgres.execute("ALTER ROLE tenant PASSWORD 'another'")
    await bridge.time.run(130)
    assert "password" in str((await async_telemetry(hass)).status.last_error)
    await look()
    postgres.execute(f"ALTER ROLE tenant PASSWORD '{PASSWORD}'")
    await bridge.time.run(130)
    assert (await async_telemetry(hass)).status.last_error is None

    assert await bridge.tear_down()
    found += [caplog.text, *everything_said]
    found += await hass.async_add_executor_job(files, Path(hass.config.config_dir), f"{DOMAIN}.site")
    for spelling in spellings():
        hits = [text for text in found if spelling in text]
        assert not hits, f"{spelling} is in {hits[0][max(0, hits[0].index(spelling) - 200) :][:300]}"


def test_the_search_knows_what_the_password_looks_like() -> None:
    assert "fox%2Fin%40the%25henhouse" in spellings()
