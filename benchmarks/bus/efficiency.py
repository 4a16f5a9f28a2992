"""Theoretical floor / measured time of reading whole meters, one after the other, without a pause."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from custom_components.csj_meter.meters.discovery import identify
from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.meters.profile_loader import ProfileLibrary
from custom_components.csj_meter.meters.reading import Group

from ..lines import TURNAROUND, bus_on, simulated_line

MEASURED = (Group.LIVE, Group.ENERGY, Group.PREPAY)
"""What is due every minute."""

SECONDS = 6.0
"""At least so long; a round of all meters is finished."""


def floor(meter: Meter, groups: Sequence[Group]) -> float:
    """Seconds that reading the useful registers of the groups takes at best.

    One transaction a run of useful registers, T(N) = 8c + turnaround + (5 + 2N)c + s: registers
    that are read over count against us.
    """
    timing = meter.bus.timing
    total = 0.0
    for group in groups:
        plan = meter.plan(group)
        useful = sum(field.registers for field in plan.fields)
        blocks = len(plan.blocks)
        total += timing.read(useful, TURNAROUND) + (blocks - 1) * timing.read(0, TURNAROUND)
    return total


async def efficiency(meters: int, baudrate: int) -> float:
    """The ratio for ``meters`` meters at ``baudrate``."""
    loop = asyncio.get_running_loop()
    profiles = ProfileLibrary.load().profiles
    async with simulated_line(meters, baudrate) as line, bus_on(line, baudrate) as bus:
        found: list[Meter] = []
        for unit_id in range(1, meters + 1):
            identity = await identify(bus, unit_id, profiles.values())
            found.append(Meter(bus, unit_id, profiles[identity.profile], identity))
        work = [(meter, group) for meter in found for group in MEASURED if group in meter.groups]
        start, best = loop.time(), 0.0
        while loop.time() - start < SECONDS:
            for meter, group in work:
                await meter.read(group)
                best += floor(meter, [group])
        return best / (loop.time() - start)
