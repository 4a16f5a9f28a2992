"""Adapters and gateways that Home Assistant notices by itself, and what they are called."""

from __future__ import annotations

import ipaddress
from pathlib import Path
import re
from typing import Any, Final

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

from ..const import CONF_LINK, CONF_MAC, Link
from ..coordinator import CsjConfigEntry
from ..link_data import AnyLink, NetworkLink, SerialLink
from ..links import async_addresses, async_places_of, async_real_path

_PORT: Final = re.compile(r"-if[0-9a-f]{2}(-port\d+)?$")
"""How a path by id ends: with the port of the adapter that it leads to."""

_FIRST_PORTS: Final = frozenset({"-if00", "-if00-port0"})


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
        place = await async_real_path(self.hass, device)
        for other in self._async_current_entries(include_ignore=False):
            if place in await async_places_of(self.hass, other):
                self._try_again(other)
                raise AbortFlow("already_configured", {"bridge": other.title})
        known_by = usb.usb_unique_id_from_service_info(discovery_info) + _port_of(device)
        if (entry := await self.async_set_unique_id(known_by)) is not None:
            if entry.source == SOURCE_IGNORE or entry.data.get(CONF_LINK) == Link.SERIAL:
                await self._async_follow_adapter(entry, device)
                raise AbortFlow("already_configured", {"bridge": entry.title})
            self._forget_id(entry)
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
            if CONF_MAC not in entry.data and not _hears_a_meter(entry):
                # its gateway may be back; or it is off, and another one has been given its address
                self._try_again(entry)
                continue
            self._follow(entry, CONF_MAC, mac)
            if _is_address(entry.data.get("host")):  # a name is followed by the name server
                self._follow(entry, "host", address)
        if known:
            raise AbortFlow("already_configured", {"bridge": known[0].title})
        if (other := await self.async_set_unique_id(mac)) is not None:
            if other.source == SOURCE_IGNORE:
                raise AbortFlow("already_configured", {"bridge": other.title})
            self._forget_id(other)
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

    async def _async_follow_adapter(self, entry: ConfigEntry, device: str) -> None:
        """Have a bridge use the path at which its adapter is now.

        Not while the path that it uses is there: adapters without a serial number are all known by the same,
        and it may have been given another one since. Nor to another port of the same adapter.
        """
        before = entry.data.get("device")
        if not isinstance(before, str) or not before.startswith("/") or _port_of(before) != _port_of(device):
            return
        if not await self.hass.async_add_executor_job(Path(before).exists):
            self._follow(entry, "device", device)

    def _forget_id(self, entry: ConfigEntry) -> None:
        """Let go of what a bridge was discovered by: it has been given another link since."""
        self.hass.config_entries.async_update_entry(entry, unique_id=None)

    def _follow(self, entry: ConfigEntry, key: str, value: str) -> None:
        """Keep up with an adapter or gateway; a bridge that waits for it tries again at once."""
        listens = bool(entry.update_listeners)
        changed = entry.data.get(key) != value and self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, key: value}
        )
        if changed and not listens and entry.state is ConfigEntryState.LOADED:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        self._try_again(entry)

    def _try_again(self, entry: ConfigEntry) -> None:
        """Have a bridge that waits for its adapter or gateway try again now."""
        if entry.state is ConfigEntryState.SETUP_RETRY:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)


def _hears_a_meter(entry: CsjConfigEntry) -> bool:
    """Whether a bridge is on its line now: then what is at its address is its own gateway."""
    if entry.state is not ConfigEntryState.LOADED:
        return False
    line, meters = entry.runtime_data.line, entry.runtime_data.coordinators.values()
    return line is not None and bool(line.up) and any(meter.data.online for meter in meters)


def kept_data(entry: ConfigEntry, link: AnyLink) -> dict[str, Any]:
    """What an entry keeps of a discovery when its link changes: nothing of another gateway."""
    kept = isinstance(link, NetworkLink) and CONF_MAC in entry.data and _ends_there(entry, link)
    return {CONF_MAC: entry.data[CONF_MAC]} if kept else {}


def kept_id(entry: ConfigEntry, link: AnyLink) -> str | None:
    """What an entry is known by when its link changes; None once that is another adapter or gateway."""
    return entry.unique_id if _ends_there(entry, link) else None


def _ends_there(entry: ConfigEntry, link: AnyLink) -> bool:
    """Whether a new link of an entry ends at the same adapter or gateway as before."""
    match link:
        case SerialLink(device=device):
            return entry.data.get("device") == device
        case NetworkLink(host=host):
            return entry.data.get("host") == host
        case _:
            return False


def _port_of(device: str) -> str:
    """Which port of an adapter a path by id leads to; empty for the first one, and when it does not say."""
    found = _PORT.search(device)
    return "" if found is None or found[0] in _FIRST_PORTS else found[0]


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
