"""A prepaid three-phase meter and its key, in virtual time."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from custom_components.csj_meter.meters.commands.session import Session
from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.meters.reading import Group
from custom_components.csj_meter.simulator.meter import SimulatedMeter
from tests.simulated import Bench


class Account(NamedTuple):
    """The money of a meter."""

    balance: Decimal
    top_up_count: int
    last_top_up: Decimal


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

    async def credit(self) -> Account:
        """What the meter says of its money."""
        values = (await self.meter.read(Group.PREPAY)).values
        return Account(
            balance=Decimal(str(values["balance"])),
            top_up_count=int(str(values["top_up_count"])),
            last_top_up=Decimal(str(values["last_top_up"])),
        )
