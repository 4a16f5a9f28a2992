"""A person in front of Home Assistant, real lines for real time, and the simulated one for driven time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from homeassistant.components.modbus.connection import DATA_MODBUS_CONNECTIONS
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.alerts.settings import AlertSettings
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.simulator import SimulatedLine

from ..conftest import homes
from ..driven_time import DrivenTime
from .alert_dialogues import TOLD, Notifiers, set_alerts
from .dialogue import Person


@pytest.fixture(autouse=True)
def _home_assistant_lets_go(request: pytest.FixtureRequest) -> None:
    """Have everything let go where there is a Home Assistant: tests of words have none."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("everything_is_let_go")


@pytest.fixture
async def everything_is_let_go(hass: HomeAssistant) -> AsyncIterator[None]:
    """Unload what a test has set up; what then still runs is found by Home Assistant's own checks."""
    yield
    for manager in (hass.config_entries.flow, hass.config_entries.subentries):
        for flow in manager.async_progress(include_uninitialized=True):
            manager.async_abort(flow["flow_id"])
    await links_at_rest(hass)
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.state in {ConfigEntryState.LOADED, ConfigEntryState.SETUP_RETRY}:
            await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def links_at_rest(hass: HomeAssistant) -> None:
    """Return when no link is just being opened.

    The library reports a link that is closed in that very moment as an error of its own.
    """
    async with asyncio.timeout(10):
        while any(  # noqa: ASYNC110 - the library has no event for this
            shared.connection._connect_task is not None
            for shared in hass.data.get(DATA_MODBUS_CONNECTIONS, {}).values()
        ):
            await asyncio.sleep(0.005)


@pytest.fixture
def person(hass: HomeAssistant) -> Person:
    """Somebody whose time passes."""
    return Person(hass)


@pytest.fixture
def patient(hass: HomeAssistant, driven_time: DrivenTime) -> Person:
    """Somebody whose time is driven."""
    return Person(hass, driven_time)


@pytest.fixture
def long_line(hass: HomeAssistant, driven_time: DrivenTime, monkeypatch: pytest.MonkeyPatch) -> SimulatedLine:
    """Ten homes, in driven time."""
    line = homes(10, driven_time)

    async def the_line(*_: Any) -> SimulatedLine:
        return line

    monkeypatch.setattr("custom_components.csj_meter.links.async_simulated_line", the_line)
    return line


@pytest.fixture
def hide(hass: HomeAssistant) -> Callable[[str], None]:
    """Hide meters: a profile of the user takes the place of theirs and waits for another model code."""
    folder = Path(hass.config.path(DOMAIN, "profiles"))

    def hide_profile(name: str) -> None:
        folder.mkdir(parents=True)
        check = "{space: holding, at: 0x0001, type: u16, one_of: [9999]}"
        (folder / f"{name}.yaml").write_text(f"extends: {name}\nchecks:\n  - {check}\n", encoding="utf-8")

    return hide_profile


@pytest.fixture
def notifiers(hass: HomeAssistant) -> Notifiers:
    """A phone, texts, mails and a chat; a display and a mailbox as entities."""
    notifiers = Notifiers()
    for name in ("mobile_app_ada", "sms", "mail", "chat", "send_message"):
        hass.services.async_register("notify", name, notifiers.take)
    hass.states.async_set("notify.display", "unknown", {"friendly_name": "Kitchen display"})
    er.async_get(hass).async_get_or_create("notify", "smtp", "1", suggested_object_id="mailbox")
    hass.states.async_set("notify.mailbox", "unknown", {"friendly_name": "Mailbox"})
    return notifiers


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A bridge without meters that is not set up."""
    entry = MockConfigEntry(
        domain=DOMAIN, data={"link": "simulated", "seed": 1, "meters": 1}, options={"live_period": 30}
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def told(hass: HomeAssistant) -> AlertSettings:
    """There are two channels, a simple line of the routing table and two special rules."""
    await set_alerts(hass, TOLD)
    return TOLD
