"""The devices that people see: one for the bridge, one for each meter behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from .const import CONF_LINK, CONF_MAC, DOMAIN, Link
from .meters.identity import Identity

MODELS: Final[Mapping[Link, str]] = {
    Link.SERIAL: "Serial line",
    Link.RTU_OVER_TCP: "RTU over TCP gateway",
    Link.MODBUS_TCP: "Modbus TCP gateway",
    Link.DIAL_IN: "Dial-in gateway",
    Link.SIMULATED: "Simulated line",
    Link.PULSE: "Pulse counter",
}
"""What the device of a bridge is called beside its name."""


def register_bridge(hass: HomeAssistant, entry: ConfigEntry) -> str:
    """Make or update the device of the bridge and return its id."""
    registry = dr.async_get(hass)
    mac = entry.data.get(CONF_MAC)
    # with it, Home Assistant tells when the gateway gets another address
    connections = {(dr.CONNECTION_NETWORK_MAC, mac)} if mac is not None else set()
    device = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        connections=connections,
        name=entry.title,
        model=MODELS[Link(entry.data[CONF_LINK])],
    )
    if device.connections != connections:  # the bridge had another gateway before
        registry.async_update_device(device.id, new_connections=connections)
    return device.id


def register_meter(
    hass: HomeAssistant,
    entry: ConfigEntry,
    subentry: ConfigSubentry,
    identity: Identity,
    *,
    bridge_id: str,
    has_serial: bool,
) -> None:
    """Make or update the device of a meter.

    ``has_serial`` False keeps what stands in for a serial number out of sight: it is nothing to
    look for on the meter.
    """
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        config_subentry_id=subentry.subentry_id,
        identifiers={(DOMAIN, identity.serial)},
        name=subentry.title,
        manufacturer=identity.manufacturer or None,
        model=identity.model,
        serial_number=identity.serial if has_serial else None,
        sw_version=identity.firmware,
        hw_version=identity.hardware,
        via_device_id=bridge_id,
    )
