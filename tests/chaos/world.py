"""The world outside Home Assistant: meters on three lines, their gateways, and what the meters really showed.

The first line is the simulated link of the product, inside the process; the other two are real sockets on
loopback, RTU over TCP and Modbus TCP. What the meters are survives every life of Home Assistant.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from contextlib import AsyncExitStack
import math
import time
from typing import Any, Final

from custom_components.csj_meter.meters.quantities import QUANTITIES, Kind
from custom_components.csj_meter.simulator import (
    Capability,
    FaultKind,
    SimulatedLine,
    SimulatedMeter,
    demo_line,
)
from custom_components.csj_meter.simulator.faults import Fault
from custom_components.csj_meter.simulator.tcp import serve_modbus_tcp, serve_rtu_over_tcp
from custom_components.csj_meter.telemetry.columns import COLUMNS

from .clock import CLOCK
from .run import Booking, Run

READ_INPUT: Final = 4
LIVE_BLOCK: Final = 0x0100
"""Where the block of measurements begins."""

NOISY: Final = frozenset(
    {
        FaultKind.CRC_ERRORS,
        FaultKind.DROPPED_BYTES,
        FaultKind.LATE_REPLIES,
        FaultKind.LOST_REPLIES,
        FaultKind.LOST_REQUESTS,
    }
)

LONGEST_ANSWER: Final = 0.01
"""Seconds that an answer takes of a meter at most: for longer, somebody else had the processor."""

RUNTIME: Final = ("_frozen", "_was_powered", "_voltage_level")
"""What a simulated meter knows beside its state."""


SHOWN_KINDS: Final = frozenset(
    {
        *(Kind.VOLTAGE, Kind.CURRENT, Kind.ACTIVE_POWER, Kind.REACTIVE_POWER, Kind.APPARENT_POWER),
        *(Kind.FREQUENCY, Kind.ENERGY_COUNTER, Kind.TEMPERATURE),
    }
)
"""Quantities whose sensors show the number itself."""

QUANTITIES_WATCHED: Final = tuple(
    sorted({*COLUMNS, *(one.name for one in QUANTITIES.values() if one.kind in SHOWN_KINDS)})
)
PLACES: Final = {name: place for place, name in enumerate(QUANTITIES_WATCHED)}


class Shown:
    """What one meter showed when it answered."""

    __slots__ = ("at", "live", "sound", "values")

    def __init__(self, at: float, values: array[float], live: bool, sound: bool) -> None:
        self.at = at
        """By the clock on Home Assistant's wall."""
        self.values = values
        """Of ``QUANTITIES_WATCHED``; NaN where there is none."""
        self.live = live
        """Whether it was asked for its measurements."""
        self.sound = sound
        """Whether the answer was heard for certain."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Shown, (self.at, self.values, self.live, self.sound)

    def value(self, quantity: str) -> float | None:
        """What it showed of a quantity."""
        value = self.values[PLACES[quantity]]
        return None if math.isnan(value) else value


def _values(sample: Mapping[str, Any], mirror: Mapping[str, Any]) -> array[float]:
    shown = ((mirror if name in mirror else sample).get(name) for name in QUANTITIES_WATCHED)
    return array("d", [math.nan if value is None else value for value in shown])


def noisy(line: SimulatedLine) -> bool:
    """Whether the cable of a line is not well."""
    return any(line.faults.of_line(kind) for kind in NOISY)


class World:
    """Everything outside."""

    def __init__(self, run: Run) -> None:
        """As ``run`` left it."""
        self.run = run
        self.cpu = 0.0
        """Seconds that the meters have taken inside the event loop."""
        self._stack = AsyncExitStack()
        self._gateways: dict[int, AsyncExitStack] = {}
        self.lines = [
            demo_line(
                100 * run.seed + number,
                run.site.units(number),
                clock=CLOCK.true,
                reporting_interval=run.site.reporting_interval,
                turnaround=0.01,
            )
            for number in range(run.site.lines)
        ]
        self.meters = {meter.nameplate.serial: meter for line in self.lines for meter in line.meters.values()}
        for serial, (state, runtime) in run.world.get("meters", {}).items():
            meter = self.meters[serial]
            meter.restore(state)
            for name, value in runtime.items():
                setattr(meter, name, value)
        for line, faults in zip(self.lines, run.world.get("faults", [()] * len(self.lines)), strict=True):
            line.faults._active.update({(fault.kind, fault.unit): fault for fault in faults})
            line._faults_changed()
            self._tap(line)
        for meter in self.meters.values():
            self._count_money(meter)
            if not run.world and Capability.PREPAY in meter.capabilities:
                meter.end_habits()  # what is paid from now on is known here

    def prepare(self) -> None:
        """Do the long sums of the meters now."""
        for line in self.lines:
            line.prepare()

    def keep(self) -> None:
        """Have ``run`` know how the world is."""
        for meter in self.meters.values():
            meter.settle()
            meter.extra.keep(meter.state)
        self.run.world = {
            "meters": {
                serial: (meter.state, {name: getattr(meter, name) for name in RUNTIME})
                for serial, meter in self.meters.items()
            },
            "faults": [list(line.faults) for line in self.lines],
        }

    # --- what is watched ------------------------------------------------------------------

    def _tap(self, line: SimulatedLine) -> None:
        reply, transmit, said = line._reply, line.transmit, self.run.said
        last: dict[int, Any] = {}

        def tapped(meter: SimulatedMeter, frame: bytes) -> bytes:
            answer = reply(meter, frame)
            if frame[1] == READ_INPUT and answer[1] == READ_INPUT and meter._sample is not None:
                # what it has just said is of this very sample
                sample, mirror = meter._sample[1], meter._mirror[1] if meter._mirror else None
                known = last.get(meter.unit_id)
                # held on to: another one might be where one that is gone has been
                if known is None or known[0] is not sample or known[1] is not mirror:
                    known = last[meter.unit_id] = (sample, mirror, _values(sample, mirror or {}))
                shown = Shown(
                    CLOCK.wall(),
                    known[2],
                    live=int.from_bytes(frame[2:4]) == LIVE_BLOCK,
                    sound=not noisy(line),
                )
                said.setdefault(meter.nameplate.serial, []).append(shown)
            return answer

        def timed(frame: bytes, port: Any) -> float:
            # by the clock on the wall: to ask for CPU as often would be a tenth of all that a run takes
            began = time.perf_counter()
            try:
                return transmit(frame, port)
            finally:
                self.cpu += min(time.perf_counter() - began, LONGEST_ANSWER)

        line._reply = tapped  # type: ignore[method-assign]
        line.transmit = timed  # type: ignore[method-assign]

    def _count_money(self, meter: SimulatedMeter) -> None:
        pay_in = meter.pay_in

        def counted(cents: int, *, rival: bool = False, **token: Any) -> None:
            pay_in(cents, **token)
            account = meter.credit_at(meter.local(meter.clock()))
            self.run.booked.append(
                Booking(serial=meter.nameplate.serial, count=account.top_up_count, cents=cents, rival=rival)
            )

        meter.pay_in = counted  # type: ignore[method-assign]

    # --- what befalls it ------------------------------------------------------------------

    def fault(self, line: int, kind: str, unit: int | None, size: float | None) -> None:
        """Switch a fault on."""
        self.lines[line].faults.set(Fault(kind=FaultKind(kind), unit=unit, magnitude=size))

    def mend(self, line: int, kind: str, unit: int | None) -> None:
        """Switch it off."""
        self.lines[line].faults.clear(FaultKind(kind), unit)
        if kind == FaultKind.COVER_OPENED and unit is not None:
            self.lines[line].meters[unit].clear_flags()

    async def open_gateways(self) -> None:
        """Serve the lines behind gateways at the ports that they always had."""
        for line in range(1, len(self.lines)):
            await self.start_gateway(line)

    async def start_gateway(self, line: int) -> None:
        """One of them, which is reachable from now on."""
        ports = self.run.ports
        serve = serve_rtu_over_tcp if line == 1 else serve_modbus_tcp
        stack = self._gateways[line] = AsyncExitStack()
        server = await stack.enter_async_context(serve(self.lines[line], "127.0.0.1", ports[line]))
        ports[line] = server.port

    async def stop_gateway(self, line: int) -> None:
        """Nobody listens there any more."""
        await self._gateways.pop(line).aclose()

    async def close(self) -> None:
        """All gateways."""
        for line in list(self._gateways):
            await self.stop_gateway(line)
