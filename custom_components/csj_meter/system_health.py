"""The lines of this integration on Home Assistant's system health page."""

from __future__ import annotations

from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .coordinator import CsjConfigEntry


@callback
def async_register(_hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Tell the page who has something to say."""
    register.async_register_info(system_health_info)


async def system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    """How many bridges and meters there are, and how many of them work."""
    entries: list[CsjConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    meters = [coordinator for entry in entries for coordinator in entry.runtime_data.coordinators.values()]
    return {
        "bridges": len(entries),
        "meters": len(meters),
        "meters_online": sum(1 for coordinator in meters if coordinator.data.online),
        "broken_profiles": max((len(entry.runtime_data.library.errors) for entry in entries), default=0),
    }
