"""The ports at which gateways call, shared between config flows and entries.

A flow waits for the call, the entry that it creates takes over: as long as one of them holds the
port, the gateway stays on the line. The last one that lets go closes it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import errno

from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from .bus.dial_in import DialIn
from .const import DOMAIN


@dataclass(slots=True, eq=False)
class _Port:
    """An open port and how many hold it."""

    dial_in: DialIn
    registration: bytes
    holds: int = 0


@dataclass(slots=True, eq=False)
class _Ports:
    """All open ports of this Home Assistant."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    by_number: dict[int, _Port] = field(default_factory=dict)


_DATA_PORTS: HassKey[_Ports] = HassKey(f"{DOMAIN}_dial_in_ports")


@asynccontextmanager
async def async_hold_port(hass: HomeAssistant, port: int, registration: bytes) -> AsyncIterator[DialIn]:
    """Listen at ``port`` for the time of the context.

    Raises OSError when the port cannot be had: somebody else listens there, or it is open here
    with another registration text.
    """
    ports = hass.data.setdefault(_DATA_PORTS, _Ports())
    async with ports.lock:
        shared = ports.by_number.get(port)
        if shared is None:
            dial_in = DialIn(port, registration)
            await dial_in.start()
            shared = ports.by_number[port] = _Port(dial_in, registration)
        elif shared.registration != registration:
            raise OSError(errno.EADDRINUSE, f"port {port} is open with another registration text")
        shared.holds += 1
    try:
        yield shared.dial_in
    finally:
        async with ports.lock:
            shared.holds -= 1
            if not shared.holds:
                del ports.by_number[port]
                await shared.dial_in.stop()
