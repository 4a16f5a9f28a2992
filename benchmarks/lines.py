"""A simulated line in a process of its own, and our bus on the other end of its serial port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import sys
import tempfile
from typing import Any

from modbus_connection import ModbusSerialParams
from modbus_connection.tmodbus import ModbusConnection

from custom_components.csj_meter.bus.bus import LARGEST_READ, Bus
from custom_components.csj_meter.bus.timing import SERIAL_LATENCY, LineTiming
from custom_components.csj_meter.simulator.site import HOMES, demo_line

MODEL = "DTSY300"
"""A meter that has nearly every register of the map, so that what is read over says something."""

SEED = 1

TURNAROUND = 0.015
"""Seconds; the typical meter of the register map."""


def keys_of(meters: int) -> dict[str, int]:
    """Serial number -> key of the meters on a line of so many."""
    homes = [home for home in HOMES if home.model.name == MODEL]
    nameplates = (meter.nameplate for meter in demo_line(SEED, meters, homes=homes).meters.values())
    return {nameplate.serial: nameplate.key for nameplate in nameplates}


@dataclass(frozen=True, slots=True)
class Line:
    """A serial port with simulated meters behind it."""

    path: str
    process: asyncio.subprocess.Process

    async def requests(self) -> int:
        """Requests that the meters have understood so far."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"counters\n")
        counters: dict[str, Any] = json.loads(await self.process.stdout.readline())
        return int(counters["requests"])


@asynccontextmanager
async def simulated_line(meters: int, baudrate: int) -> AsyncIterator[Line]:
    """A line of ``meters`` meters that takes its time on the wire."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "line")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "cli", "simulate", "--serial", str(path), "--meters", str(meters)),
            *("--baud", str(baudrate), "--turnaround", f"{TURNAROUND * 1000:g}"),
            *("--model", MODEL, "--seed", str(SEED)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        try:
            if not await process.stdout.readline():
                raise RuntimeError("the simulated line did not start")
            yield Line(str(path), process)
        finally:
            process.terminate()
            await process.wait()


@asynccontextmanager
async def bus_on(line: Line, baudrate: int) -> AsyncIterator[Bus]:
    """Our bus on the line, through the backend that Home Assistant uses."""
    timing = LineTiming(baudrate=baudrate, latency=SERIAL_LATENCY)
    connection = ModbusConnection(
        ModbusSerialParams(device=line.path, baudrate=baudrate), timeout=timing.patience(LARGEST_READ)
    )
    try:
        yield Bus("benchmark", connection.for_unit, timing)
    finally:
        await connection.close()
