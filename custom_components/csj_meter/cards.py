"""Cards and dashboards for browsers: a resource of Home Assistant's dashboards while there is a bridge.

A resource is loaded before a dashboard is drawn, so nobody sees a card that is not known yet. Where resources
are written in YAML nothing can be added to them: there the script comes with the frontend itself.
"""

from __future__ import annotations

import asyncio
from typing import Final

from homeassistant.components import frontend
from homeassistant.components.lovelace.const import DOMAIN as LOVELACE, LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.const import CONF_ID, CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.setup import async_when_setup

from .const import DOMAIN

SCRIPT: Final = "cards.js"
"""The file that defines them."""


@callback
def async_set_up_cards(hass: HomeAssistant, static_url: str, url: str) -> None:
    """Offer the script at ``url`` from now on, as soon as there are dashboards.

    ``static_url``: what addresses of earlier releases of it begin with.
    """

    async def begin(hass: HomeAssistant, _component: str) -> None:
        await _Offer(hass, f"{static_url}/", url).async_begin()

    async_when_setup(hass, LOVELACE, begin)


class _Offer:
    """The script, there while a bridge is configured: also while all of them are disabled."""

    def __init__(self, hass: HomeAssistant, ours: str, url: str) -> None:
        self._hass = hass
        self._ours = ours
        self._url = url
        self._turn = asyncio.Lock()
        self._offered = False

    async def async_begin(self) -> None:
        async_dispatcher_connect(self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_follow)
        await self._async_follow(None, None)

    async def _async_follow(self, _change: ConfigEntryChange | None, entry: ConfigEntry | None) -> None:
        if entry is not None and entry.domain != DOMAIN:
            return
        async with self._turn:  # one change after the other: a resource is written in several steps
            wanted = bool(self._hass.config_entries.async_entries(DOMAIN, include_ignore=False))
            if wanted is not self._offered:
                self._offered = wanted
                await self._async_offer(wanted=wanted)

    async def _async_offer(self, *, wanted: bool) -> None:
        resources = self._hass.data[LOVELACE_DATA].resources
        if isinstance(resources, ResourceStorageCollection):
            await self._async_store(resources, wanted=wanted)
        elif wanted:
            frontend.add_extra_js_url(self._hass, self._url)
        else:
            frontend.remove_extra_js_url(self._hass, self._url)

    async def _async_store(self, resources: ResourceStorageCollection, *, wanted: bool) -> None:
        """Have the script among the resources once, at the address that it has now, or not at all."""
        await resources.async_get_info()  # reads them, if nobody has yet
        found = [item for item in resources.async_items() if item[CONF_URL].startswith(self._ours)]
        kept = found[0] if wanted and found else None
        for item in found:
            if item is not kept:
                await resources.async_delete_item(item[CONF_ID])
        if kept is not None:
            if kept[CONF_URL] != self._url:
                await resources.async_update_item(kept[CONF_ID], {CONF_URL: self._url})
        elif wanted:
            await resources.async_create_item({"res_type": "module", CONF_URL: self._url})
