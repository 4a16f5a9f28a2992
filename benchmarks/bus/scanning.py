"""A scan of all unit ids with four meters present / the shortest scan that is safe."""

from __future__ import annotations

import asyncio

from custom_components.csj_meter.bus.scan import ALL_UNITS, PROBE_LENGTH, scan

from ..lines import TURNAROUND, bus_on, simulated_line

BAUDRATE = 9600
METERS = 4
SLOWEST_TURNAROUND = 0.050
ADAPTER_LATENCY = 0.016
REPLY_CHARACTERS = 7
"""Shortest reply to a read."""


def safe_floor(baudrate: int) -> float:
    """Seconds of the shortest safe scan.

    An absent unit costs its request, the slowest allowed turnaround, the shortest reply and the
    adapter's latency; a present one its transaction.
    """
    character = 10 / baudrate
    absent = (8 + REPLY_CHARACTERS) * character + SLOWEST_TURNAROUND + ADAPTER_LATENCY
    present = (8 + 5 + 2 * PROBE_LENGTH) * character + TURNAROUND
    return (len(ALL_UNITS) - METERS) * absent + METERS * present


async def scan_ratio() -> float:
    """Measured / safe floor."""
    loop = asyncio.get_running_loop()
    async with simulated_line(METERS, BAUDRATE) as line, bus_on(line, BAUDRATE) as bus:
        start = loop.time()
        result = await scan(bus)
        passed = loop.time() - start
    if result.hits != tuple(range(1, METERS + 1)):
        raise RuntimeError(f"the scan found {result.hits}")
    return passed / safe_floor(BAUDRATE)
