"""Which bridge carries what belongs to the whole site: the oldest of those that can be set up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

_FAILED: Final = frozenset(
    {
        *(ConfigEntryState.SETUP_ERROR, ConfigEntryState.SETUP_RETRY, ConfigEntryState.MIGRATION_ERROR),
        ConfigEntryState.FAILED_UNLOAD,
    }
)

_HOME: Final[HassKey[str]] = HassKey(f"{DOMAIN}_site_home")


@callback
def async_when_home(hass: HomeAssistant, entry: ConfigEntry, move_in: Callable[[], None]) -> None:
    """Call ``move_in`` once ``entry`` carries what belongs to the site: now, or when older bridges have gone.

    What has moved in stays for as long as the entry is set up.
    """
    has_moved_in = False

    @callback
    def look() -> None:
        nonlocal has_moved_in
        # nobody moves in with another: the entities of both would be the same
        home = hass.data.get(_HOME) or _oldest(hass)
        if not has_moved_in and home == entry.entry_id:
            hass.data[_HOME] = home
            has_moved_in = True
            move_in()

    @callback
    def changed(change: ConfigEntryChange, other: ConfigEntry) -> None:
        if change is not ConfigEntryChange.ADDED and other.domain == DOMAIN:
            look()

    @callback
    def move_out() -> None:
        if hass.data.get(_HOME) == entry.entry_id:
            del hass.data[_HOME]

    entry.async_on_unload(move_out)
    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, changed))
    look()


def _oldest(hass: HomeAssistant) -> str | None:
    """Id of the oldest bridge that is set up, or may be in a moment."""
    entries = hass.config_entries.async_entries(DOMAIN, include_ignore=False, include_disabled=False)
    possible = (entry for entry in entries if entry.state not in _FAILED)
    first = min(possible, key=lambda entry: (entry.created_at, entry.entry_id), default=None)
    return None if first is None else first.entry_id
