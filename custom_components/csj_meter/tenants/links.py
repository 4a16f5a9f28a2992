"""Private links to the portal: made, shown once, and taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import current_request
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..site.errors import TenantError
from ..site.tenants import PortalLink, Tenancy, digest_of, new_token
from .book import async_tenants

PORTAL_URL: Final = f"/{DOMAIN}/portal"


async def async_make_link(hass: HomeAssistant, tenancy_id: str) -> str:
    """A new link for somebody, which ends the one before; it is told this once. Raises TenantError.

    Its token is the fragment, which browsers send to nobody: no log and no referrer can hold it.
    """
    token = new_token()
    link = PortalLink(digest=digest_of(token), made_at=dt_util.utcnow().replace(microsecond=0))

    def give(tenancy: Tenancy) -> Tenancy:
        if not tenancy.is_current:
            raise TenantError("tenant", "moved_out_already")
        return replace(tenancy, link=link)

    await (await async_tenants(hass)).async_change(lambda all_: all_.changed(tenancy_id, give))
    return f"{portal_address(hass)}#{token}"


async def async_revoke_link(hass: HomeAssistant, tenancy_id: str) -> None:
    """Take the link of somebody back, at once and wherever it is open. Raises TenantError."""
    await (await async_tenants(hass)).async_change(
        lambda all_: all_.changed(tenancy_id, lambda one: replace(one, link=None))
    )


def portal_address(hass: HomeAssistant) -> str:
    """Where the portal is, from outside if Home Assistant knows how, else as whoever asks has come here.

    Without a host where neither is known.
    """
    try:
        return f"{get_url(hass, prefer_external=True)}{PORTAL_URL}"
    except NoURLAvailableError:
        request = current_request.get()
        return PORTAL_URL if request is None else f"{request.url.origin()}{PORTAL_URL}"
