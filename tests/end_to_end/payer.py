"""A process that tops up a meter over a real connection until it is killed.

``python -m tests.end_to_end.payer`` reads one life a line from standard input. Each life is a fork, so
that a hundred of them cost little; importing is done once, without Home Assistant.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import datetime as dt
from pathlib import Path

from tests.forks import fork_a_life_a_line, leave_home_assistant_out

leave_home_assistant_out()

from modbus_connection import ModbusSerialParams  # noqa: E402 - only possible now
from modbus_connection.tmodbus import ModbusConnection  # noqa: E402

from custom_components.csj_meter.bus.bus import LARGEST_READ, Bus  # noqa: E402
from custom_components.csj_meter.bus.errors import BusError  # noqa: E402
from custom_components.csj_meter.bus.timing import LineTiming  # noqa: E402
from custom_components.csj_meter.meters.commands.session import Session  # noqa: E402
from custom_components.csj_meter.meters.discovery import identify  # noqa: E402
from custom_components.csj_meter.meters.errors import MeterError  # noqa: E402
from custom_components.csj_meter.meters.meter import Meter  # noqa: E402
from custom_components.csj_meter.meters.profile_loader import ProfileLibrary  # noqa: E402
from custom_components.csj_meter.prepay.errors import PrepayError  # noqa: E402
from custom_components.csj_meter.prepay.ledger import Ledger  # noqa: E402
from custom_components.csj_meter.prepay.movement import Actor, Source  # noqa: E402
from custom_components.csj_meter.prepay.prepaid_meter import PrepaidMeter  # noqa: E402
from custom_components.csj_meter.prepay.top_up import TopUps  # noqa: E402

BAUDRATE = 115200
TENANT = Actor(id=None, name="Tom Tenant")
PROFILES = ProfileLibrary.load().profiles


@asynccontextmanager
async def prepaid_meter(port: int, unit_id: int, key: int) -> AsyncIterator[PrepaidMeter]:
    """The meter behind the gateway at ``port`` of this machine."""
    timing = LineTiming(baudrate=BAUDRATE, max_turnaround=0.02, latency=0.03)
    params = ModbusSerialParams(device=f"socket://127.0.0.1:{port}", baudrate=BAUDRATE)
    connection = ModbusConnection(params, timeout=timing.patience(LARGEST_READ))
    try:
        bus = Bus("line", connection.for_unit, timing)
        for _ in range(20):
            try:
                identity = await identify(bus, unit_id, PROFILES.values())
            except BusError, MeterError:
                await asyncio.sleep(0.01)
            else:
                break
        yield PrepaidMeter(Session(Meter(bus, unit_id, PROFILES[identity.profile], identity), key))
    finally:
        await connection.close()


async def live(path: str, port: int, unit_id: int, key: int, payments: list[str]) -> None:
    """Top up 10.00 for every payment, again and again, until somebody kills us."""
    ledger = Ledger.at(Path(path))

    def _now() -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    async with prepaid_meter(port, unit_id, key) as meter:
        top_ups = TopUps(ledger, asyncio.to_thread, clock=_now)
        while True:
            for payment in payments:
                try:
                    await top_ups.top_up(meter, "10.00", actor=TENANT, source=Source.WEBHOOK, key=payment)
                except PrepayError, BusError, MeterError:
                    await asyncio.sleep(0.005)


if __name__ == "__main__":
    fork_a_life_a_line(live)
