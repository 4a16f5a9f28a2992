"""How the line of a bridge is opened: for a bridge that is set up, or for a question in a flow.

Opening goes through Home Assistant's shared Modbus links, so that other integrations can use the
same adapter; only the port at which gateways call us is our own (``dial_in_ports``).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from homeassistant.components.modbus import async_get_temporary_unit, async_get_unit
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady, HomeAssistantError
from homeassistant.util import dt as dt_util
from modbus_connection import ModbusSerialParams, ModbusTcpParams, ModbusUnit

from .bus.bus import RESERVED_UNIT, Bus
from .const import CONF_UNIT_ID, DOMAIN, SUBENTRY_METER
from .dial_in_ports import async_hold_port
from .link_data import (
    AnyLink,
    DialInLink,
    InvalidLinkError,
    ModbusLink,
    NetworkLink,
    PulseLink,
    SerialLink,
    SimulatedLink,
    link_from_data,
)
from .simulated_line import async_keep_line, async_simulated_line, state_path

type ModbusParams = ModbusSerialParams | ModbusTcpParams

SOCKET_BAUDRATE: Final = 115200
"""What the shared link calls the speed of every serial line behind a socket; another number would
keep other integrations from sharing it."""

RESOLVE_PATIENCE: Final = 3.0
"""Seconds to wait for a name server when host names are compared."""


class LinkInUseError(HomeAssistantError):
    """Somebody else in Home Assistant uses the same port or host with other settings."""


async def async_places(hass: HomeAssistant, link: AnyLink) -> frozenset[str]:
    """Where a link ends: two links with a place in common are the same, however they are spelt."""
    match link:
        case SerialLink(device=device) if device.startswith("/"):
            return frozenset({await async_real_path(hass, device)})
        case SerialLink(device=device):
            # a socket in the place of a port is a gateway of the network
            return frozenset({device.lower().removeprefix("socket://")})
        case NetworkLink(host=host):
            addresses = await async_addresses(hass, host)
            return frozenset({link.name, *(replace(link, host=address).name for address in addresses)})
        case _:
            return frozenset({link.name})


async def async_places_of(hass: HomeAssistant, entry: ConfigEntry) -> frozenset[str]:
    """Where the link of a bridge ends; nowhere when its data cannot be used."""
    try:
        link = link_from_data(entry.data)
    except InvalidLinkError:
        return frozenset()
    return await async_places(hass, link)


async def async_real_path(hass: HomeAssistant, device: str) -> str:
    """The path of a serial port without links."""
    return str(await hass.async_add_executor_job(Path(device).resolve))


async def async_addresses(hass: HomeAssistant, host: str) -> frozenset[str]:
    """Addresses of a host; none when its name cannot be resolved now, which makes it no other host."""
    try:
        async with asyncio.timeout(RESOLVE_PATIENCE):
            found = await hass.loop.getaddrinfo(host, None)
    except OSError:
        return frozenset()
    return frozenset(str(address[4][0]) for address in found)


def standard_utc_offset() -> int:
    """Seconds from UTC to the winter time of Home Assistant's time zone."""
    now = dt_util.now()
    offsets = (now.replace(month=month, day=1).utcoffset() for month in (1, 7))
    return min(int(offset.total_seconds()) for offset in offsets if offset is not None)


@asynccontextmanager
async def _params(
    hass: HomeAssistant, link: SerialLink | NetworkLink | DialInLink
) -> AsyncIterator[ModbusParams]:
    """What the shared link needs to know. Raises OSError when a dial-in port cannot be had."""
    match link:
        case SerialLink(device=device, settings=settings):
            yield ModbusSerialParams(
                device=device,
                baudrate=settings.baudrate,
                parity=settings.parity,
                stopbits=settings.stopbits,
            )
        case NetworkLink(modbus_tcp=True, host=host, port=port):
            yield ModbusTcpParams(host=host, port=port)
        case NetworkLink():
            yield ModbusSerialParams(device=f"socket://{link.name}", baudrate=SOCKET_BAUDRATE)
        case _:
            async with async_hold_port(hass, link.listen_port, link.registration_bytes) as dial_in:
                yield ModbusSerialParams(
                    device=f"socket://127.0.0.1:{dial_in.relay_port}", baudrate=SOCKET_BAUDRATE
                )


def wall_clock() -> float:
    """Home Assistant's clock, in seconds since 1970-01-01 UTC."""
    return dt_util.utcnow().timestamp()


def _bus(link: ModbusLink, units: Callable[[int], ModbusUnit]) -> Bus:
    numbered = isinstance(link, NetworkLink) and link.modbus_tcp
    return Bus(link.name, units, link.timing, transaction_ids=numbered, wall_clock=wall_clock)


async def async_open_bus(hass: HomeAssistant, entry: ConfigEntry) -> Bus:
    """The line of a bridge that is being set up; let go when the entry unloads.

    Nothing is sent yet. Raises ConfigEntryError when the entry's data or its rivals make it
    impossible, ConfigEntryNotReady when a dial-in port is taken.
    """
    try:
        link = link_from_data(entry.data)
    except InvalidLinkError as err:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="invalid_link",
            translation_placeholders={"error": str(err)},
        ) from err
    if isinstance(link, PulseLink):
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="invalid_link",
            translation_placeholders={"error": "a pulse counter has no line"},
        )
    if isinstance(link, SimulatedLink):
        line = await async_simulated_line(hass, link, state_path(hass, entry.entry_id))
        async_keep_line(hass, entry, line)
        return _bus(link, line.unit)
    stack = AsyncExitStack()
    try:
        params = await stack.enter_async_context(_params(hass, link))
    except OSError as err:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key="port_taken",
            translation_placeholders={"link": link.name, "error": str(err)},
        ) from err
    # before the units: what is added first is let go last
    entry.async_on_unload(stack.aclose)
    units: dict[int, ModbusUnit] = {}

    def unit(unit_id: int) -> ModbusUnit:
        if (known := units.get(unit_id)) is None:
            known = units[unit_id] = async_get_unit(hass, entry, params, unit_id)
        return known

    try:
        for subentry in entry.get_subentries_of_type(SUBENTRY_METER):
            unit(subentry.data[CONF_UNIT_ID])
    except HomeAssistantError as err:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="link_in_use",
            translation_placeholders={"link": link.name},
        ) from err
    return _bus(link, unit)


@asynccontextmanager
async def async_temporary_bus(hass: HomeAssistant, link: ModbusLink) -> AsyncIterator[Bus]:
    """A line for the time of a config flow's question; nothing is sent before the first read.

    Raises LinkInUseError when the port is in use with other settings, and OSError when a dial-in
    port cannot be had.
    """
    if isinstance(link, SimulatedLink):
        line = await async_simulated_line(hass, link)
        yield _bus(link, line.unit)
        return
    async with AsyncExitStack() as stack:
        params = await stack.enter_async_context(_params(hass, link))
        units: dict[int, ModbusUnit] = {}
        try:
            for unit_id in range(1, RESERVED_UNIT + 1):
                units[unit_id] = await stack.enter_async_context(
                    async_get_temporary_unit(hass, params, unit_id)
                )
        except HomeAssistantError as err:
            raise LinkInUseError(
                translation_domain=DOMAIN,
                translation_key="link_in_use",
                translation_placeholders={"link": link.name},
            ) from err
        yield _bus(link, units.__getitem__)
