"""Tips that people do not want to see again, kept in one file of Home Assistant's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, UnsupportedStorageVersionError
from homeassistant.helpers.storage import Store

from ..const import DOMAIN, LOGGER
from ..file_issues import set_aside_newer
from ..kept_file import async_load_or_set_aside

VERSION: Final = 1

MOST: Final = 100
"""Tips of one meter that are remembered, the newest."""

LONGEST_ID: Final = 64


class DismissedTips:
    """Serial number -> ids of tips."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with none."""
        self._hass = hass
        self._store: Store[dict[str, list[str]]] = Store(hass, VERSION, f"{DOMAIN}.dismissed_tips")
        self._ids: dict[str, list[str]] = {}

    async def async_load(self) -> None:
        """Take over what is on disk; what cannot be used is nothing lost but a few clicks."""
        try:
            self._ids = _sound(await async_load_or_set_aside(self._hass, self._store))
        except UnsupportedStorageVersionError as err:
            aside = await self._hass.async_add_executor_job(set_aside_newer, Path(self._store.path))
            LOGGER.warning("Tips that were dismissed are shown again; they are now in %s: %s", aside, err)
        except HomeAssistantError as err:
            LOGGER.warning("Tips that were dismissed are shown again, for they cannot be read: %s", err)

    def of(self, serial: str) -> tuple[str, ...]:
        """The tips of a meter that were dismissed."""
        return tuple(self._ids.get(serial, ()))

    async def async_add(self, serial: str, tip: str) -> None:
        """Do not show a tip of a meter any more."""
        ids = [one for one in self._ids.get(serial, ()) if one != tip]
        self._ids[serial] = [*ids, tip][-MOST:]
        await self._store.async_save(self._ids)

    async def async_forget(self) -> None:
        """Forget all of them: the last bridge was removed."""
        self._ids = {}
        await self._store.async_remove()


def _sound(stored: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        str(serial): [one for one in ids if isinstance(one, str) and len(one) <= LONGEST_ID][-MOST:]
        for serial, ids in stored.items()
        if isinstance(ids, list)
    }
