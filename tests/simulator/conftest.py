"""A clock that is turned by hand, a demo line that goes by it, and somebody who commands its meters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pytest

from custom_components.csj_meter.simulator import Model, SimulatedLine, SimulatedMeter, demo_line
from custom_components.csj_meter.simulator.registers import RefusalError, Refused, Space, read
from custom_components.csj_meter.simulator.writes import write

AUTUMN: Final = 1_790_000_000.0
"""2026-09-21 14:13:20 UTC, a Monday."""


@dataclass(slots=True)
class Clock:
    """Says what it was told; ``clock()`` in seconds since 1970-01-01 UTC."""

    now: float = AUTUMN

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def line(clock: Clock) -> SimulatedLine:
    return demo_line(clock=clock)


@dataclass(slots=True)
class Technician:
    """Reads and writes the registers of one meter, and knows its key."""

    meter: SimulatedMeter

    def holding(self, address: int, count: int = 1) -> list[int]:
        self.meter.settle()
        return read(self.meter, Space.HOLDING, address, count)

    def input(self, address: int, count: int = 1) -> list[int]:
        self.meter.settle()
        return read(self.meter, Space.INPUT, address, count)

    def numbers(self) -> dict[str, float]:
        """All numbers that a perfect reader would decode."""
        truth = self.meter.truth()
        return {name: value for name, value in truth.items() if isinstance(value, int | float)}

    def shows(self, quantity: str) -> float:
        """One of them."""
        return self.numbers()[quantity]

    def long(self, address: int, space: Space = Space.HOLDING) -> int:
        self.meter.settle()
        high, low = read(self.meter, space, address, 2)
        return high << 16 | low

    def write(self, address: int, *values: int) -> None:
        """Raises ``RefusalError``."""
        self.meter.settle()
        write(self.meter, address, values)

    def refused(self, address: int, *values: int) -> Refused | None:
        """Why a write is refused, None when it is not."""
        try:
            self.write(address, *values)
        except RefusalError as err:
            return err.code
        return None

    def unlock(self) -> None:
        self.write(0x0600, *words(self.meter.nameplate.key))

    def do(self, address: int, *values: int) -> None:
        """Unlock and write."""
        self.unlock()
        self.write(address, *values)

    def top_up(self, cents: int) -> int:
        """Unlock and top up; the new count."""
        count = (self.input(0x0303)[0] + 1) % 65536
        self.do(0x0610, *words(cents), count)
        return count


def words(number: int) -> tuple[int, int]:
    """Two registers, high word first."""
    return number >> 16 & 0xFFFF, number & 0xFFFF


def of_model(line: SimulatedLine, model: Model) -> SimulatedMeter:
    return next(meter for meter in line.meters.values() if meter.nameplate.model is model)


@pytest.fixture
def prepaid(line: SimulatedLine) -> Technician:
    """At a three-phase meter with prepayment and relay."""
    return Technician(line.meters[1])
