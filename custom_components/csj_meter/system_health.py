"""The lines of this integration on Home Assistant's system health page."""

from __future__ import annotations

from typing import Any, Final

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from .alerting.alerting import async_alerting
from .const import DOMAIN
from .coordinator import CsjConfigEntry
from .detection.detection import async_detection
from .history.telemetry import async_telemetry

MEGABYTE: Final = 1e6

KILOBYTE: Final = 1e3

NONE: Final = "none"


@callback
def async_register(_hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Tell the page who has something to say."""
    register.async_register_info(system_health_info)


async def system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    """How many bridges and meters there are and work, how measurements are kept and watched, who is told."""
    entries: list[CsjConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    meters = [coordinator for entry in entries for coordinator in entry.runtime_data.coordinators.values()]
    told = {
        "bridges": len(entries),
        "meters": len(meters),
        "meters_online": sum(1 for coordinator in meters if coordinator.data.online),
        "broken_profiles": max((len(entry.runtime_data.library.errors) for entry in entries), default=0),
    }
    if not entries:
        return told
    return told | await _telemetry(hass) | await _detection(hass) | await _alerts(hass)


async def _telemetry(hass: HomeAssistant) -> dict[str, Any]:
    """How the measurements stand; without the address of the database, which others will read here."""
    status = (await async_telemetry(hass)).status
    size, lag = status.size_bytes, status.lag_seconds
    return {
        "telemetry_database": status.dialect or NONE,
        "telemetry_size": NONE if size is None else f"{size / MEGABYTE:.1f} MB",
        "telemetry_oldest": status.oldest or NONE,
        "telemetry_rate": round(status.rows_per_minute, 1),
        "telemetry_lag": NONE if lag is None else f"{lag:.0f} s",
        "telemetry_waiting": status.waiting,
        "telemetry_error": status.trouble or NONE,
    }


async def _detection(hass: HomeAssistant) -> dict[str, Any]:
    """How the watching for anomalies stands."""
    status = (await async_detection(hass)).status
    days = status.known_days
    return {
        "detection_meters": status.meters,
        "detection_days": f"{days[0]}..{days[-1]}" if days else NONE,
        "detection_tick": f"{1000 * status.seconds:.1f} ms",
        "detection_size": f"{status.memory_bytes / KILOBYTE:.0f} kB",
    }


async def _alerts(hass: HomeAssistant) -> dict[str, Any]:
    """How many alerts there are, and whether people are told of them."""
    status = (await async_alerting(hass)).status
    return {
        "alerts_active": status.active,
        "alerts_waiting": status.waiting,
        "alerts_failing": len(status.failing),
    }
