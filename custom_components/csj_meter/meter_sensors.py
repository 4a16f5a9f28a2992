"""The sensors of a meter, found by what they show: whatever people have named them."""

from __future__ import annotations

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN


def sensor_of(hass: HomeAssistant, serial: str, key: str) -> str | None:
    """Entity id of the sensor ``key`` of a meter; None when the meter has none."""
    return er.async_get(hass).async_get_entity_id("sensor", DOMAIN, f"{serial}_{key}")
