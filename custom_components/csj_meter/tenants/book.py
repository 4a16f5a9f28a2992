"""Who lives or lived behind which meter: one file of Home Assistant's, whichever bridge they are edited from.

The file is written anew as a whole with each change, so that nothing of somebody who was forgotten stays in
it; a database would keep deleted rows in its pages. Names and addresses go nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, UnsupportedStorageVersionError
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER
from ..file_issues import point_out_newer
from ..kept_file import KeptStore, async_load_kept
from ..meters.sample import minute_of
from ..site.errors import TenantError
from ..site.tenants import Tenancies, Tenancy

TENANTS_VERSION: Final = 1

SIGNAL_TENANTS: Final = f"{DOMAIN}_tenants"
"""Sent without arguments when something has changed and is on disk."""


class TenantsUnreadableError(HomeAssistantError):
    """What is on disk cannot be used, and is left as it is; translated."""

    def __init__(self, error: str) -> None:
        """``error``: why."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="tenants_unreadable",
            translation_placeholders={"error": error},
        )


class TenantBook:
    """All tenancies as they are now, and on disk."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with nobody."""
        self._hass = hass
        self._store: KeptStore[dict[str, Any]] = KeptStore(
            hass, TENANTS_VERSION, f"{DOMAIN}.tenants", private=True
        )
        self._one_change = asyncio.Lock()
        self._unreadable: str | None = None
        self.tenancies = Tenancies()
        """All that are known."""

    async def async_load(self) -> None:
        """Take over what is on disk; what cannot be used is kept, and nothing is changed."""
        try:
            if stored := await async_load_kept(self._store):
                self.tenancies = Tenancies.from_dict(stored)
        except (TenantError, HomeAssistantError) as err:
            self._unreadable = str(err)
            if isinstance(err, UnsupportedStorageVersionError):
                point_out_newer(self._hass, err)
            LOGGER.error("What is known of tenants cannot be used, and nobody has a link: %s", err)

    def current(self, serial: str) -> Tenancy | None:
        """Who lives behind a meter now."""
        return self.tenancies.current(serial)

    async def async_change(self, change: Callable[[Tenancies], Tenancies]) -> Tenancies:
        """Change what holds by now, and let everybody know.

        Raises what ``change`` raises, TenantsUnreadableError and KeptFileNotWrittenError; nothing has changed
        then.
        """
        async with self._one_change:
            if self._unreadable is not None:
                raise TenantsUnreadableError(self._unreadable)
            wanted = change(self.tenancies)
            await self._store.async_save_surely(wanted.as_dict())
            self.tenancies = wanted
        async_dispatcher_send(self._hass, SIGNAL_TENANTS)
        return wanted

    async def async_forget(self) -> None:
        """Forget everybody: the last bridge was removed."""
        async with self._one_change:
            self.tenancies, self._unreadable = Tenancies(), None
            await self._store.async_remove()
        async_dispatcher_send(self._hass, SIGNAL_TENANTS)


@callback
def moved_in_of(hass: HomeAssistant) -> dict[str, int]:
    """Serial number -> the minute (UTC) in which those who live there moved in, as far as that is known."""
    book = hass.data.get(_BOOK)
    if not isinstance(book, TenantBook):  # not asked for yet, or being loaded
        return {}
    return {
        one.serial: minute_of(one.moved_in.at.timestamp()) for one in book.tenancies.all if one.is_current
    }


_BOOK: Final[HassKey[TenantBook]] = HassKey(f"{DOMAIN}_tenants")


@singleton(_BOOK, async_=True)
async def async_tenants(hass: HomeAssistant) -> TenantBook:
    """All tenancies of this Home Assistant, loaded by whoever asks first."""
    book = TenantBook(hass)
    await book.async_load()
    return book
