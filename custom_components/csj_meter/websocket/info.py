"""Who asks, what they may, and what the views need to know once."""

from __future__ import annotations

from typing import Any, Final

from homeassistant.loader import async_get_integration

from ..access.doors import standing_of
from ..const import DOMAIN
from ..meters.quantities import QUANTITIES
from ..site.access import TABLE
from ..site_settings import TelemetrySettings, async_site_settings
from .bridges import is_loading
from .command import API_VERSION, Call

LONGEST_MONTH: Final = 31
"""Days."""


async def async_info(call: Call) -> dict[str, Any]:
    """The first command of a session: everybody may give it."""
    hass, standing = call.hass, standing_of(call.hass, call.user)
    integration = await async_get_integration(hass, DOMAIN)
    settings = await async_site_settings(hass)
    return {
        "version": API_VERSION,
        "integration": None if integration.version is None else str(integration.version),
        "user": call.by,
        "role": standing.role.value,
        "permissions": {permission.value: scope.value for permission, scope in TABLE[standing.role].items()},
        "language": hass.config.language,
        "time_zone": hass.config.time_zone,
        "currency": hass.config.currency,
        "loading": is_loading(hass),
        "history_days": kept_days(settings.telemetry),
        "quantities": {
            name: {"unit": quantity.unit.value or None, "kind": quantity.kind.value}
            for name, quantity in QUANTITIES.items()
        },
    }


def kept_days(settings: TelemetrySettings) -> int:
    """For how many days before now there may be measurements: months are kept from their first day on."""
    return max(settings.raw_days + 1, (settings.aggregate_months + 1) * LONGEST_MONTH)
