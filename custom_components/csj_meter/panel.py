"""The panel in the sidebar: there while a bridge is configured and Home Assistant has a frontend.

Everybody finds it, and whoever has no role is told so in it: what is in it comes over the WebSocket, where
roles are asked for. What the sidebar shows is a name, so it is not translated.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import quote

from homeassistant.components import frontend
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.components.panel_custom import async_register_panel
from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.setup import async_when_setup

from .cards import SCRIPT, async_set_up_cards
from .const import DOMAIN, LOGGER

PANEL: Final = "csj-meter"
"""Its path in Home Assistant."""

ELEMENT: Final = "csj-meter-panel"
"""The element that its script defines."""

TITLE: Final = "CSJ Meter"
ICON: Final = "mdi:meter-electric-outline"

FOLDER: Final = Path(__file__).with_name("frontend")
"""What browsers get; nothing in it is secret, as anybody may fetch it."""

STATIC_URL: Final = f"/{DOMAIN}_static"

HASH_LENGTH: Final = 10


@callback
def async_set_up_panel(hass: HomeAssistant) -> None:
    """Show the panel from now on, as soon as there is a frontend to show it in."""
    async_when_setup(hass, frontend.DOMAIN, _async_begin)


async def _async_begin(hass: HomeAssistant, _component: str) -> None:
    """Serve what browsers get, and follow the bridges from then on."""
    try:
        base = f"{STATIC_URL}/{await hass.async_add_executor_job(content_hash, FOLDER)}"
    except OSError as err:
        LOGGER.error("The panel cannot be read, install the integration again: %s", err)
        return
    # browsers keep it for a month; with other content it is at another address
    await hass.http.async_register_static_paths([StaticPathConfig(base, str(FOLDER), cache_headers=True)])
    async_set_up_cards(hass, STATIC_URL, f"{base}/{SCRIPT}")
    shown = False

    async def follow(_change: ConfigEntryChange | None, entry: ConfigEntry | None) -> None:
        nonlocal shown
        if entry is not None and entry.domain != DOMAIN:
            return
        # not by what is set up: the panel stays while a bridge is reloaded or cannot be reached
        wanted = bool(hass.config_entries.async_entries(DOMAIN, include_ignore=False, include_disabled=False))
        if wanted and not shown and not frontend.async_panel_exists(hass, PANEL):
            shown = True
            await async_register_panel(
                hass,
                frontend_url_path=PANEL,
                webcomponent_name=ELEMENT,
                sidebar_title=TITLE,
                sidebar_icon=ICON,
                module_url=f"{base}/panel.js",
                embed_iframe=False,
                require_admin=False,
                config={},
            )
        elif shown and not wanted:
            shown = False
            frontend.async_remove_panel(hass, PANEL, warn_if_unknown=False)

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, follow)
    await follow(None, None)


@callback
def panel_path(hass: HomeAssistant, page: str, rest: object = "") -> str | None:
    """Where in Home Assistant a page of the panel is, or something on it; None while there is no panel."""
    if not frontend.async_panel_exists(hass, PANEL):
        return None
    return f"/{PANEL}/{page}" + (f"/{quote(str(rest), safe='')}" if rest else "")


def content_hash(folder: Path) -> str:
    """Ten hexadecimal digits that stand for all that is in a folder. Blocks. Raises OSError."""
    digest = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:HASH_LENGTH]
