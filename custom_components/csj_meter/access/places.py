"""Where an action does something: the meters, the circuit or the alert that it names, or the whole site."""

from __future__ import annotations

from typing import Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, callback

from ..alerting.alerting import current_alerting
from ..alerting.meter_target import serial_of
from ..site.access import Place
from .doors import place_of, place_of_alert

ATTR_ALERT_ID: Final = "alert_id"
ATTR_CIRCUIT: Final = "circuit"

SITE: Final = Place()


@callback
def places_of(call: ServiceCall) -> list[Place]:
    """All places that a call names. What is not there is the whole site: the action tells owners so."""
    hass, data = call.hass, call.data
    places: list[Place] = []
    if ATTR_DEVICE_ID in data:
        devices = data[ATTR_DEVICE_ID]
        named = [devices] if isinstance(devices, str) else devices
        places += [place_of(hass, serial_of(hass, device)) for device in dict.fromkeys(named)]
    elif ATTR_CIRCUIT in data:
        places.append(Place(circuit=data[ATTR_CIRCUIT]))
    if ATTR_ALERT_ID in data:
        alerting = current_alerting(hass)
        alert = None if alerting is None else alerting.desk.find(data[ATTR_ALERT_ID])
        places.append(SITE if alert is None else place_of_alert(hass, alert))
    return places or [SITE]
