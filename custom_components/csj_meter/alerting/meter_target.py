"""Which meters somebody means who names devices, entities, areas, floors or labels."""

from __future__ import annotations

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.helpers.typing import ConfigType

from ..const import DOMAIN
from .names import meters_of


def serial_of(hass: HomeAssistant, device_id: str) -> str | None:
    """Serial number of the meter that a device is; None when it is none."""
    device = dr.async_get(hass).async_get(device_id)
    if device is None:
        return None
    named = {name for domain, name in device.identifiers if domain == DOMAIN}
    return next((serial for _, meter in meters_of(hass) if (serial := meter.unique_id) in named), None)


class MeterTarget:
    """A target as it is written in automations; nothing named is the whole site."""

    def __init__(self, hass: HomeAssistant, config: ConfigType | None) -> None:
        """``config``: the target of a trigger or condition."""
        self._hass = hass
        selection = TargetSelection(config or {})
        self._selection = selection if selection.has_any_target else None

    def serials(self) -> frozenset[str] | None:
        """Serial numbers of the meters that are meant now; None for all there are.

        Asked each time: devices come, go and move to other areas.
        """
        if self._selection is None:
            return None
        selected = async_extract_referenced_entity_ids(
            self._hass, self._selection, primary_entities_only=False
        )
        registry = er.async_get(self._hass)
        devices = set(selected.referenced_devices)
        for entity_id in selected.referenced | selected.indirectly_referenced:
            entity = registry.async_get(entity_id)
            if entity is not None and entity.platform == DOMAIN and entity.device_id is not None:
                devices.add(entity.device_id)
        return frozenset(filter(None, (serial_of(self._hass, device) for device in devices)))
