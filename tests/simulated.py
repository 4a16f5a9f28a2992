"""A simulated line with our bus on it, in one process and in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from custom_components.csj_meter.bus.bus import Bus
from custom_components.csj_meter.bus.timing import SERIAL_LATENCY, LineTiming
from custom_components.csj_meter.meters.discovery import identify
from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.meters.profile_loader import ProfileLibrary
from custom_components.csj_meter.meters.quantities import QUANTITIES
from custom_components.csj_meter.meters.reading import Reading, Value
from custom_components.csj_meter.simulator.line import SimulatedLine
from custom_components.csj_meter.simulator.site import demo_line

EPOCH: Final = 1_793_440_800.0
"""2026-10-31 10:00 UTC, where virtual time begins."""

PROFILES: Final = ProfileLibrary.load().profiles


def virtual_clock() -> Callable[[], float]:
    """A wall clock that follows the running loop."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    return lambda: EPOCH + loop.time() - start


@dataclass(frozen=True, slots=True)
class Bench:
    """A line and the bus on it."""

    line: SimulatedLine
    bus: Bus
    clock: Callable[[], float]

    @classmethod
    def make(
        cls,
        meters: int = 3,
        *,
        baudrate: int = 9600,
        seed: int = 1,
        latency: float = SERIAL_LATENCY,
        reporting_interval: int = 30,
    ) -> Bench:
        """A line of ``meters`` meters; to be called in the running loop."""
        clock = virtual_clock()
        line = demo_line(seed, meters, clock=clock, baudrate=baudrate, reporting_interval=reporting_interval)
        timing = LineTiming(baudrate=baudrate, latency=latency)
        return cls(line, Bus("line", line.unit, timing, wall_clock=clock), clock)

    async def meter(self, unit_id: int) -> Meter:
        """The meter at ``unit_id``, identified."""
        identity = await identify(self.bus, unit_id, PROFILES.values())
        return Meter(self.bus, unit_id, PROFILES[identity.profile], identity, wall_clock=self.clock)


def differences(reading: Reading, truth: Mapping[str, object]) -> dict[str, tuple[Value, object]]:
    """Quantities of a reading that are not what the simulated meter meant."""
    return {
        name: (value, truth[name])
        for name, value in reading.values.items()
        if name in truth and not _same(_number(name, value), truth[name])
    }


def _number(name: str, value: Value) -> Value:
    """A code as its number, as the simulated meter has it."""
    return QUANTITIES[name].words[value] if isinstance(value, str) else value


def _same(value: Value, true: object) -> bool:
    if isinstance(value, tuple) and isinstance(true, list | tuple):
        return len(value) == len(true) and all(map(_same, value, true, strict=True))
    if value is None or true is None or isinstance(value, str | tuple):
        return value == true
    return isinstance(true, int | float) and abs(float(value) - float(true)) <= 1e-6 * max(
        1.0, abs(float(true))
    )
