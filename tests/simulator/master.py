"""Somebody who asks at a simulated line, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from custom_components.csj_meter.simulator import SimulatedLine, demo_line
from custom_components.csj_meter.simulator.frames import framed
from custom_components.csj_meter.simulator.line import Port
from tests.simulator.conftest import AUTUMN
from tests.virtual_time import run_virtual, wall_clock

CHARACTER = 10 / 9600
TURNAROUND = 0.015

LIVE = bytes.fromhex("04 0100 003a")
IDENTITY = bytes.fromhex("03 0000 0014")
SAMPLE = bytes.fromhex("06 0602 0001")


class Master:
    """Somebody at the line who notes what it hears, and when."""

    def __init__(self, line: SimulatedLine) -> None:
        self.heard: list[tuple[float, bytes]] = []
        self.loop = asyncio.get_running_loop()
        self.port: Port = line.attach(lambda data: self.heard.append((self.loop.time(), data)))
        self.start = self.loop.time()

    def ask(self, unit: int, pdu: bytes = LIVE) -> None:
        self.port.feed(framed(unit, pdu))

    @property
    def times(self) -> list[float]:
        return [time - self.start for time, _ in self.heard]

    @property
    def frames(self) -> list[bytes]:
        return [data for _, data in self.heard]


type Scene = Callable[[SimulatedLine, Master], Awaitable[None]]


def play(scene: Scene, **settings: object) -> tuple[SimulatedLine, Master]:
    """Act a scene on a demo line, in virtual time."""

    async def act() -> tuple[SimulatedLine, Master]:
        line = demo_line(clock=wall_clock(AUTUMN), **settings)  # type: ignore[arg-type]
        master = Master(line)
        await scene(line, master)
        return line, master

    return run_virtual(act())
