"""CSJ smart prepayment meters on RS485: sets a bridge up and takes it down again.

A config entry is a bridge, each of its subentries a meter. What a bridge does while it is set
up is in ``bridge``; how a line is opened is in ``links``.
"""

from __future__ import annotations

from typing import Final

from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import device_registry as dr

from .bridge import Bridge
from .bus.errors import LinkDownError
from .const import CONF_LINK, DOMAIN, Link
from .coordinator import CsjConfigEntry
from .library import async_load_library
from .links import async_open_bus
from .meter_memory import MeterMemory

PLATFORMS: Final = (Platform.BINARY_SENSOR, Platform.BUTTON, Platform.SENSOR)


async def async_setup_entry(hass: HomeAssistant, entry: CsjConfigEntry) -> bool:
    """Open the line of a bridge and begin to poll its meters.

    Raises ConfigEntryNotReady when the link itself is down; a silent meter is no reason.
    """
    memory = MeterMemory(hass, entry.entry_id)
    await memory.async_load()
    bus = await async_open_bus(hass, entry)
    bridge = Bridge(hass, entry, bus, await async_load_library(hass), memory)
    entry.runtime_data = bridge.runtime
    if entry.data[CONF_LINK] != Link.DIAL_IN:  # there it is the gateway that opens the link, when it likes
        try:
            await bridge.async_check_link()
        except LinkDownError as err:
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key="link_down",
                translation_placeholders={"error": str(err)},
            ) from err
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    bridge.start()

    async def stop(_event: Event) -> None:
        await bridge.runtime.stop()

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    entry.async_on_unload(entry.add_update_listener(bridge.async_settings_changed))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: CsjConfigEntry) -> bool:
    """Stop polling; the link is let go by those who opened it."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    await entry.runtime_data.stop()
    return True


async def async_remove_entry(hass: HomeAssistant, entry: CsjConfigEntry) -> None:
    """Forget what was remembered of the meters."""
    await MeterMemory(hass, entry.entry_id).async_remove()


async def async_remove_config_entry_device(
    _hass: HomeAssistant, entry: CsjConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Let users remove what is no meter of this bridge any more."""
    serials = {coordinator.identity.serial for coordinator in entry.runtime_data.coordinators.values()}
    return not device.identifiers & {(DOMAIN, name) for name in (entry.entry_id, *serials)}
