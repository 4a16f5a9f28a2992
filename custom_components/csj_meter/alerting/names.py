"""What people call the meters, and their devices."""

from __future__ import annotations

from collections.abc import Iterator

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from ..alerts.alert import Alert
from ..const import DOMAIN, SUBENTRY_METER
from ..panel import panel_path


def meters_of(hass: HomeAssistant) -> Iterator[tuple[ConfigEntry, ConfigSubentry]]:
    """Every meter that is configured, with its bridge."""
    for entry in hass.config_entries.async_entries(DOMAIN, include_ignore=False):
        for subentry in entry.get_subentries_of_type(SUBENTRY_METER):
            yield entry, subentry


def names_of(hass: HomeAssistant) -> dict[str, str]:
    """Serial number -> what people call the meter: the name of its device, if they have given it one."""
    names = {}
    for entry, subentry in meters_of(hass):
        if (serial := subentry.unique_id) is None:
            continue
        device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, serial), entry.entry_id)
        given = None if device is None else device.name_by_user
        names[serial] = given or subentry.title
    return names


def path_of(hass: HomeAssistant, alert: Alert | None) -> str:
    """Where in Home Assistant an alert is; None for all of them. Without the panel, where its meter is."""
    if (path := panel_path(hass, "alerts", "" if alert is None else alert.id)) is not None:
        return path
    device = device_of(hass, None if alert is None else alert.serial)
    if device is None:
        return f"/config/integrations/integration/{DOMAIN}"
    return f"/config/devices/device/{device.id}"


def device_of(hass: HomeAssistant, serial: str | None) -> dr.DeviceEntry | None:
    """The device of a meter; None when it has none."""
    for entry, subentry in meters_of(hass):
        if subentry.unique_id == serial is not None:
            return dr.async_get(hass).async_get_device_by_identifier((DOMAIN, serial), entry.entry_id)
    return None
