"""Which meters say that their credit is low: below the threshold that is set on the meter."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from homeassistant.components.binary_sensor.const import DOMAIN as BINARY_SENSOR
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..meter_sensors import sensor_of
from .names import device_of, meters_of, names_of

_SUFFIX: Final = "_credit_low"
"""End of the unique id of the binary sensor that says so."""


@callback
def meter_of_credit_sensor(hass: HomeAssistant, entity_id: str) -> str | None:
    """Serial number of the meter whose low credit an entity shows; None for any other entity."""
    entity = er.async_get(hass).async_get(entity_id)
    if entity is None or entity.platform != DOMAIN or not entity.unique_id.endswith(_SUFFIX):
        return None
    return entity.unique_id.removesuffix(_SUFFIX)


@callback
def is_any_credit_low(hass: HomeAssistant, serials: Collection[str] | None) -> bool:
    """Whether one of these meters says so; None for all there are. Who does not answer says nothing."""
    registry = er.async_get(hass)
    for _, meter in meters_of(hass):
        if (serial := meter.unique_id) is None or (serials is not None and serial not in serials):
            continue
        entity_id = registry.async_get_entity_id(BINARY_SENSOR, DOMAIN, f"{serial}{_SUFFIX}")
        state = None if entity_id is None else hass.states.get(entity_id)
        if state is not None and state.state == STATE_ON:
            return True
    return False


@callback
def credit_data(hass: HomeAssistant, serial: str, entity_id: str) -> dict[str, Any]:
    """What automations hear of a meter whose credit is low, or is so no longer: plain JSON."""
    device = device_of(hass, serial)
    return {
        "serial": serial,
        "device_id": None if device is None else device.id,
        "entity_id": entity_id,
        "name": names_of(hass).get(serial, serial),
        **credit_figures(hass, serial),
    }


@callback
def credit_figures(hass: HomeAssistant, serial: str) -> dict[str, Any]:
    """How much credit there is, in which unit, and for how many days; None for what is not known."""
    balance, unit = _measured(hass, serial, "balance")
    days_left, _ = _measured(hass, serial, "credit_days_left")
    return {"balance": balance, "unit": unit, "days_left": days_left}


def _measured(hass: HomeAssistant, serial: str, key: str) -> tuple[float | None, str | None]:
    entity_id = sensor_of(hass, serial, key)
    state = None if entity_id is None else hass.states.get(entity_id)
    if state is None:
        return None, None
    unit = state.attributes.get("unit_of_measurement")
    try:
        return float(state.state), unit
    except ValueError:  # unknown, unavailable
        return None, unit
