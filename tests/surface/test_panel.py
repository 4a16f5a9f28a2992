"""The panel is there while a bridge is, with a real frontend; and browsers get its newest script."""

from __future__ import annotations

from pathlib import Path

from homeassistant.components.frontend import DATA_PANELS, async_register_built_in_panel
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.const import EVENT_PANELS_UPDATED
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.csj_meter import panel
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.panel import FOLDER, PANEL, content_hash

from .conftest import Home

pytestmark = pytest.mark.loopback


def module_url(hass: HomeAssistant) -> str | None:
    """Address of the script of the panel; None while there is no panel."""
    if (found := hass.data.get(DATA_PANELS, {}).get(PANEL)) is None:
        return None
    assert found.config is not None
    url: str = found.config["_panel_custom"]["module_url"]
    return url


async def frontend(home: Home) -> None:
    """Home Assistant gets its real frontend."""
    assert await home.time.through(async_setup_component(home.hass, "frontend", {}))
    await home.time.run(0)


async def test_everybody_finds_it_in_the_sidebar(home: Home, hass: HomeAssistant) -> None:
    await frontend(home)

    assert await home.set_up()

    shown = hass.data[DATA_PANELS][PANEL]
    assert (shown.sidebar_title, shown.sidebar_icon) == ("CSJ Meter", "mdi:meter-electric-outline")
    assert shown.component_name == "custom"
    assert not shown.require_admin
    assert shown.config is not None
    assert shown.config["_panel_custom"]["name"] == "csj-meter-panel"
    assert not shown.config["_panel_custom"]["embed_iframe"]
    assert module_url(hass) == f"/csj_meter_static/{content_hash(FOLDER)}/panel.js"


async def test_browsers_may_keep_its_script(
    home: Home, hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await frontend(home)
    assert await home.set_up()
    client = await home.time.through(hass_client_no_auth())

    async def fetch(url: str) -> tuple[int, str, str, bytes]:
        async with client.get(url) as response:
            headers = response.headers
            kept = headers.get("Cache-Control", "")
            return response.status, kept, headers.get("Content-Type", ""), await response.read()

    url = module_url(hass)
    assert url is not None
    status, kept, kind, body = await home.time.through(fetch(url))
    assert status == 200
    assert "max-age=2678400" in kept
    assert "javascript" in kind
    assert body == (FOLDER / "panel.js").read_bytes()
    assert b"csj-meter-panel" in body
    assert (await home.time.through(fetch("/csj_meter_static/0123456789/panel.js")))[0] == 404
    assert (await home.time.through(fetch(url.replace("panel.js", "..%2fmanifest.json"))))[0] >= 400


async def test_a_frontend_may_come_later(home: Home, hass: HomeAssistant) -> None:
    assert await home.set_up()
    assert module_url(hass) is None

    await frontend(home)

    assert module_url(hass) is not None


async def test_it_goes_with_the_last_bridge_and_comes_back(home: Home, hass: HomeAssistant) -> None:
    await frontend(home)
    assert await home.set_up()
    other = MockConfigEntry(
        domain=DOMAIN, data={"link": "pulse", "entity_id": "sensor.blinks", "pulses_per_kwh": 1000.0}
    )
    other.add_to_hass(hass)
    assert await home.time.through(hass.config_entries.async_setup(other.entry_id))

    await home.time.through(hass.config_entries.async_remove(other.entry_id))
    assert module_url(hass) is not None

    by = ConfigEntryDisabler.USER
    await home.time.through(hass.config_entries.async_set_disabled_by(home.entry.entry_id, by))
    assert module_url(hass) is None
    await home.time.through(hass.config_entries.async_set_disabled_by(home.entry.entry_id, None))
    assert module_url(hass) is not None

    await home.time.through(hass.config_entries.async_remove(home.entry.entry_id))
    assert module_url(hass) is None


async def test_it_stays_where_it_is_in_a_reload(home: Home, hass: HomeAssistant) -> None:
    await frontend(home)
    assert await home.set_up()
    before = hass.data[DATA_PANELS][PANEL]
    changes = async_capture_events(hass, EVENT_PANELS_UPDATED)

    await home.time.through(hass.config_entries.async_reload(home.entry.entry_id))

    assert hass.data[DATA_PANELS][PANEL] is before
    assert changes == []


async def test_the_dashboard_of_somebody_else_stays(home: Home, hass: HomeAssistant) -> None:
    await frontend(home)
    async_register_built_in_panel(hass, "lovelace", "Mine", frontend_url_path=PANEL)

    assert await home.set_up()
    await home.time.through(hass.config_entries.async_remove(home.entry.entry_id))

    assert hass.data[DATA_PANELS][PANEL].sidebar_title == "Mine"


async def test_without_its_folder_meters_are_read_all_the_same(
    home: Home,
    hass: HomeAssistant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "panel.js").write_text("")
    monkeypatch.setattr(panel, "FOLDER", tmp_path)
    monkeypatch.setattr(Path, "read_bytes", unreadable)
    await frontend(home)

    assert await home.set_up()

    assert module_url(hass) is None
    assert "The panel cannot be read" in caplog.text


def unreadable(_: Path) -> bytes:
    raise PermissionError("no")


def test_other_content_is_at_another_address(tmp_path: Path) -> None:
    (tmp_path / "panel.js").write_text("one")
    first = content_hash(tmp_path)
    assert content_hash(tmp_path) == first

    (tmp_path / "panel.js").write_text("two")
    second = content_hash(tmp_path)
    (tmp_path / "cards.js").write_text("")
    third = content_hash(tmp_path)
    (tmp_path / "cards.js").rename(tmp_path / "portal.js")

    assert len({first, second, third, content_hash(tmp_path)}) == 4
    assert len(first) == 10
