"""Adapters and gateways that Home Assistant notices by itself, and what they are called."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

from homeassistant.components import usb
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.device_registry import format_mac
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
from homeassistant.helpers.service_info.usb import UsbServiceInfo

from ..const import CONF_MAC, Link
from ..link_data import AnyLink, NetworkLink, SerialLink
from ..links import async_addresses, async_places_of, async_real_path


class DiscoverySteps(ConfigFlow):
    """The beginning of a flow that Home Assistant starts."""

    def __init__(self) -> None:
        """Start without a discovery."""
        super().__init__()
        self.discovered_values: dict[str, Any] = {}
        """What was noticed, to fill the form of the link with."""
        self._mac: str | None = None

    async def async_step_serial(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Describe a serial port."""
        raise NotImplementedError

    async def async_discovered_data(self, link: AnyLink) -> dict[str, Any]:
        """What a new entry keeps of a discovery, so that the gateway can be followed when it moves."""
        noticed = self.discovered_values.items() <= link.as_data().items()
        if not noticed:  # somebody has entered something else in the form
            await self.async_set_unique_id(None)
        return {CONF_MAC: self._mac} if noticed and self._mac is not None else {}

    async def async_step_usb(self, discovery_info: UsbServiceInfo) -> ConfigFlowResult:
        """Take up an RS485 adapter that was plugged in."""
        device = await async_stable_path(self.hass, discovery_info.device)
        entry = await self.async_set_unique_id(usb.usb_unique_id_from_service_info(discovery_info))
        if entry is not None:
            if entry.source != SOURCE_IGNORE:
                self._follow(entry, "device", device)
            raise AbortFlow("already_configured", {"bridge": entry.title})
        place = await async_real_path(self.hass, device)
        for other in self._async_current_entries(include_ignore=False):
            if place in await async_places_of(self.hass, other):
                raise AbortFlow("already_configured", {"bridge": other.title})
        self.discovered_values = {"device": device}
        self.context["title_placeholders"] = {"name": discovery_info.description or device}
        return await self.async_step_serial()

    async def async_step_dhcp(self, discovery_info: DhcpServiceInfo) -> ConfigFlowResult:
        """Take up a gateway that has asked for an address, or follow one that has moved."""
        address, mac = discovery_info.ip, format_mac(discovery_info.macaddress)
        known = [
            entry
            for entry in self._async_current_entries(include_ignore=False)
            if entry.data.get(CONF_MAC) == mac
            or (CONF_MAC not in entry.data and address in await self._async_addresses(entry))
        ]
        for entry in known:  # a serial server can have a bridge at each of its ports
            self._follow(entry, CONF_MAC, mac)
            if _is_address(entry.data.get("host")):  # a name is followed by the name server
                self._follow(entry, "host", address)
        if known:
            raise AbortFlow("already_configured", {"bridge": known[0].title})
        if (ignored := await self.async_set_unique_id(mac)) is not None:
            raise AbortFlow("already_configured", {"bridge": ignored.title})
        self._mac = mac
        self.discovered_values = {"host": address}
        self.context["title_placeholders"] = {"name": discovery_info.hostname or address}
        return await self.async_step_gateway()

    async def async_step_gateway(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose how a discovered gateway speaks."""
        return self.async_show_menu(
            step_id="gateway",
            menu_options=[Link.RTU_OVER_TCP.value, Link.MODBUS_TCP.value],
            description_placeholders={"host": self.discovered_values["host"]},
        )

    async def _async_addresses(self, entry: ConfigEntry) -> frozenset[str]:
        host = entry.data.get("host")
        return await async_addresses(self.hass, host) if isinstance(host, str) else frozenset()

    def _follow(self, entry: ConfigEntry, key: str, value: str) -> None:
        """Keep up with an adapter or gateway; a bridge that waits for it tries again at once."""
        listens = bool(entry.update_listeners)
        changed = entry.data.get(key) != value and self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, key: value}
        )
        waits = entry.state is ConfigEntryState.SETUP_RETRY
        if waits or (changed and not listens and entry.state is ConfigEntryState.LOADED):
            self.hass.config_entries.async_schedule_reload(entry.entry_id)


def kept_data(entry: ConfigEntry, link: AnyLink) -> dict[str, Any]:
    """What an entry keeps of a discovery when its link changes: nothing of another gateway."""
    same = isinstance(link, NetworkLink) and entry.data.get("host") == link.host
    return {CONF_MAC: entry.data[CONF_MAC]} if same and CONF_MAC in entry.data else {}


async def async_stable_path(hass: HomeAssistant, device: str) -> str:
    """The path of a port that stays when the adapter moves to another socket, if it has one."""
    if not device.startswith("/dev/"):
        return device
    return await hass.async_add_executor_job(usb.get_serial_by_id, device)


async def async_title(hass: HomeAssistant, link: AnyLink) -> str:
    """What to call a new bridge: what the adapter calls itself, or where the link ends."""
    match link:
        case SerialLink(device=device):
            for port in await usb.async_scan_serial_ports(hass):
                if port.device == device and port.description:
                    return port.description
            return Path(device).name or device
        case _:
            name = link.name
            return name[:1].upper() + name[1:]


def _is_address(host: Any) -> bool:
    try:
        ipaddress.ip_address(str(host))
    except ValueError:
        return False
    return True
