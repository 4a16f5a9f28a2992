"""A prepaid three-phase meter and its key, in virtual time."""

from __future__ import annotations

from custom_components.csj_meter.meters.commands.session import Session
from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.simulator.meter import SimulatedMeter
from tests.simulated import Bench


class Desk:
    """A meter that can be told things, and what it really is."""

    def __init__(self, bench: Bench, meter: Meter) -> None:
        self.bench = bench
        self.meter = meter
        self.session = Session(meter, self.simulated.nameplate.key)

    @property
    def simulated(self) -> SimulatedMeter:
        """The meter at the other end of the line."""
        return self.bench.line.meters[self.meter.unit_id]

    @classmethod
    async def open(cls, unit_id: int = 1) -> Desk:
        """A line of three meters."""
        bench = Bench.make(3)
        return cls(bench, await bench.meter(unit_id))
