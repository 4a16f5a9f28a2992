"""One shared line: who speaks next, how long to wait, and which reply to believe.

The transport is Home Assistant's shared Modbus link (or the command line's own), reached as
one ``ModbusUnit`` per unit id. What that link lacks is here: turns by urgency, quiet time after
a lost reply, one retry for reads, statistics, and the fence.

The late reply: Modbus RTU replies carry no number, so the late reply to a lost request looks
exactly like the reply to the next request of the same function and length. The bus remembers
what was lost. Asking the same registers again is safe, whichever reply comes; other registers of
the same length wait until the lost reply is overdue and then follow a fence. A meter answers in
order: once a small read of a length that nothing lost had is answered, every older reply has
arrived or never will. Blocks of different lengths cannot be confused and never wait. Modbus TCP
numbers its replies and needs none of this.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
import time
from typing import Final, Literal

from modbus_connection import (
    ModbusConnectionError,
    ModbusDesyncError,
    ModbusError,
    ModbusExceptionError,
    ModbusProtocolError,
    ModbusTimeoutError,
    ModbusUnit,
)

from .errors import (
    GarbledReplyError,
    LinkDownError,
    RefusedError,
    StaleReplyError,
    UnitError,
    UnitSilentError,
)
from .statistics import BusStatistics, UnitStatistics
from .timing import READ_REPLY_OVERHEAD, READ_REQUEST_CHARACTERS, LineTiming
from .turns import Priority, Turns

type Space = Literal["input", "holding"]

LARGEST_READ: Final = 125
"""Registers in one read; Modbus Application Protocol V1.1b3, section 6.3."""

OVERDUE: Final = 5.0
"""Seconds after which a lost reply is not waited for any more; the fence does the rest."""

OVERSLEPT: Final = 0.05
"""Seconds by which a time-out comes late when the event loop was blocked meanwhile."""

FENCE_LENGTHS: Final = (2, 4, 6)
"""Even, because meters that hold floats refuse half of one."""

RESERVED_UNIT: Final = 248
"""First unit id that Modbus over Serial Line V1.02, section 2.2 reserves."""

RETURN_QUERY_DATA: Final = 0x0000
"""Sub-function of Diagnostics (FC08) that returns the word it is given."""

ECHO_WORD: Final = 0x4353

DESCRIPTION_LENGTH: Final = 80
"""Characters of a device's own description worth showing."""

_BROKEN_FRAMES: Final = frozenset({"CRCError", "RTUFrameError"})
"""What tmodbus raises for noise; its other response errors are whole frames that do not fit."""


@dataclass(slots=True)
class _Port:
    """What the bus knows about one unit id."""

    unit: ModbusUnit
    statistics: UnitStatistics
    fence: tuple[Space, int] | None = None
    lost: dict[tuple[Space, int, int], float] = field(default_factory=dict)
    """Space, address and length of reads whose replies may still arrive -> when they were lost."""

    def confusable(self, space: Space, address: int, count: int) -> list[float]:
        """When reads were lost whose late reply would fit this one, newest last."""
        return sorted(
            when
            for (lost_space, lost_address, lost_count), when in self.lost.items()
            if (lost_space, lost_count) == (space, count) and lost_address != address
        )


class Bus:
    """All exchanges on one line go through here."""

    def __init__(
        self,
        name: str,
        units: Callable[[int], ModbusUnit],
        timing: LineTiming,
        *,
        transaction_ids: bool = False,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """Take the line called ``name``; ``units`` gives the unit of a unit id.

        ``transaction_ids`` says that the protocol itself matches replies to requests.
        """
        self.name = name
        self.timing = timing
        self.statistics = BusStatistics()
        self._units = units
        self._transaction_ids = transaction_ids
        self._wall_clock = wall_clock
        self._turns = Turns()
        self._ports: dict[int, _Port] = {}
        self._quiet_until = 0.0

    @property
    def load(self) -> float | None:
        """Share of the last minutes in which the line was in use, 0..1."""
        return self.statistics.load(asyncio.get_running_loop().time())

    @property
    def _silence(self) -> float:
        return 0.0 if self._transaction_ids else self.timing.silence

    def guard(self, unit_id: int, space: Space, address: int) -> None:
        """Tell the bus an always readable place of this unit (six registers) for the fence."""
        self._port(unit_id).fence = (space, address)

    def forget(self, unit_id: int) -> None:
        """Drop what is known about a unit that has left the line."""
        self._ports.pop(unit_id, None)
        self.statistics.units.pop(unit_id, None)

    async def read(
        self,
        unit_id: int,
        space: Space,
        address: int,
        count: int,
        *,
        priority: Priority,
        timeout: float | None = None,
        retry: bool = True,
    ) -> list[int]:
        """Read ``count`` registers.

        ``timeout`` (seconds) cuts the wait shorter than the link's own, for a scan. A unit
        that has been answering gets one retry.

        Raises LinkDownError, UnitSilentError, GarbledReplyError, StaleReplyError, RefusedError.
        """
        port = self._port(unit_id)
        if lost := port.confusable(space, address, count):
            # before the turn: only this unit has to wait
            await asyncio.sleep(lost[-1] + OVERDUE - asyncio.get_running_loop().time())
        async with self._turns.turn(priority):
            retry = retry and port.statistics.silent_since is None
            try:
                return await self._careful_read(unit_id, port, space, address, count, timeout)
            except UnitSilentError, GarbledReplyError, StaleReplyError:
                if not retry:
                    raise
            return await self._careful_read(unit_id, port, space, address, count, timeout)

    async def echoes(self) -> bool:
        """Whether the adapter sends back what it is given, as RS485 hats with local echo do.

        Asks a unit id that nobody may have (248..255 are reserved) to return a word: only an
        echo can look like its answer. Raises LinkDownError.
        """
        async with self._turns.turn(Priority.SCAN):
            await self._wait_for_silence()
            unit = self._units(RESERVED_UNIT)
            unit.require_timeout(self.timing.patience(LARGEST_READ))
            try:
                return await unit.diagnostics(RETURN_QUERY_DATA, ECHO_WORD) == ECHO_WORD
            except ModbusConnectionError as err:
                raise LinkDownError(f"{self.name}: {err}") from err
            except ModbusTimeoutError as err:
                if not unit.connected:
                    raise LinkDownError(f"{self.name}: {err}") from err
                return False
            except ModbusError:
                return False

    async def describe(self, unit_id: int) -> str | None:
        """What a unit calls itself (FC43/14 objects 0..2), None when it does not say.

        Only for people to read: many devices and gateways do not know this function.
        Raises LinkDownError.
        """
        port = self._port(unit_id)
        async with self._turns.turn(Priority.SCAN):
            await self._wait_for_silence()
            try:
                objects = await port.unit.read_device_identification()
            except ModbusConnectionError as err:
                raise LinkDownError(f"{self.name}: {err}") from err
            except ModbusError:
                return None
            finally:
                self._quiet_until = asyncio.get_running_loop().time() + self._silence
        words = (objects[key].decode("ascii", "replace") for key in sorted(objects)[:3])
        text = " ".join(word for raw in words if (word := "".join(filter(str.isprintable, raw)).strip()))
        return text[:DESCRIPTION_LENGTH] or None

    async def _wait_for_silence(self) -> None:
        if (wait := self._quiet_until - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(wait)

    def _port(self, unit_id: int) -> _Port:
        port = self._ports.get(unit_id)
        if port is None:
            unit = self._units(unit_id)
            # the bus keeps its own silences; this one is for other users of a shared link
            unit.set_message_spacing(self._silence)
            unit.require_timeout(self.timing.patience(LARGEST_READ))
            port = self._ports[unit_id] = _Port(unit, self.statistics.unit(unit_id))
        return port

    async def _careful_read(
        self, unit_id: int, port: _Port, space: Space, address: int, count: int, timeout: float | None
    ) -> list[int]:
        if port.fence is not None and port.confusable(space, address, count):
            await self._pass_fence(unit_id, port, *port.fence)
        return await self._exchange(unit_id, port, space, address, count, timeout)

    async def _pass_fence(self, unit_id: int, port: _Port, space: Space, address: int) -> None:
        length = next((n for n in FENCE_LENGTHS if not port.confusable(space, address, n)), None)
        if length is not None:
            # a refusal is an answer to the new question too, which is all that the fence asks
            with suppress(RefusedError):
                await self._exchange(unit_id, port, space, address, length, None)
        port.lost.clear()

    async def _exchange(
        self, unit_id: int, port: _Port, space: Space, address: int, count: int, timeout: float | None
    ) -> list[int]:
        """Ask once; count what happened; keep quiet after a reply that did not come."""
        await self._wait_for_silence()
        loop = asyncio.get_running_loop()
        statistics = port.statistics
        statistics.requests += 1
        start = loop.time()
        self._quiet_until = start
        floor = 0.0
        try:
            registers = await self._ask_awake(unit_id, port, space, address, count, timeout)
            statistics.answered += 1
            floor = self._learn(statistics, count, loop.time() - start)
        except RefusedError as err:
            statistics.exceptions[err.code] = statistics.exceptions.get(err.code, 0) + 1
            self._heard(statistics)
            raise
        except UnitError as err:
            match err:
                case UnitSilentError():
                    statistics.timeouts += 1
                case StaleReplyError():
                    statistics.stale += 1
                case _:
                    statistics.garbled += 1
            if statistics.silent_since is None:
                statistics.silent_since = self._wall_clock()
            lost = (space, address, count)
            self._await_late_reply(port, lost, scanning=timeout is not None)
            raise
        except asyncio.CancelledError:
            # the question is on the wire, its answer will come
            self._await_late_reply(port, (space, address, count), scanning=False)
            raise
        finally:
            end = loop.time() + self._silence
            self._quiet_until = max(self._quiet_until, end)
            self.statistics.record(start, end, floor)
        return registers

    async def _ask_awake(
        self, unit_id: int, port: _Port, space: Space, address: int, count: int, timeout: float | None
    ) -> list[int]:
        """Ask, and ask again when this program has slept through the answer.

        A blocked event loop finds the reply and the time-out at the same moment, and the time-out
        wins. That the time-out comes late tells it from a silent meter.
        """
        loop = asyncio.get_running_loop()
        start = loop.time()
        try:
            return await self._ask(unit_id, port.unit, space, address, count, timeout)
        except UnitSilentError:
            patience = self.timing.patience(LARGEST_READ) if timeout is None else timeout
            if loop.time() < start + patience + OVERSLEPT:
                raise
        await asyncio.sleep(self._silence)
        port.statistics.requests += 1
        port.statistics.overslept += 1
        return await self._ask(unit_id, port.unit, space, address, count, timeout)

    async def _ask(
        self, unit_id: int, unit: ModbusUnit, space: Space, address: int, count: int, timeout: float | None
    ) -> list[int]:
        """One request through the link, its errors in the words of this floor."""
        ask = unit.read_input_registers if space == "input" else unit.read_holding_registers
        # opening the link is not the meter's fault: only an open link is held to the clock
        limit = asyncio.timeout(timeout) if timeout is not None and unit.connected else nullcontext()
        try:
            async with limit:
                registers = await ask(address, count)
        except ModbusExceptionError as err:
            raise RefusedError(unit_id, int(err.exception_code or 0)) from err
        except (ModbusTimeoutError, TimeoutError) as err:
            if not unit.connected:
                raise LinkDownError(f"{self.name}: {err}") from err
            raise UnitSilentError(unit_id, f"no answer to a read of {count} at {address:#06x}") from err
        except ModbusConnectionError as err:
            raise LinkDownError(f"{self.name}: {err}") from err
        except ModbusProtocolError as err:
            broken = type(err.__cause__).__name__ in _BROKEN_FRAMES
            if isinstance(err, ModbusDesyncError) or (err.__cause__ is not None and not broken):
                raise StaleReplyError(unit_id, f"answer to another question ({err})") from err
            raise GarbledReplyError(unit_id, f"broken frame ({err})") from err
        except ModbusError as err:
            raise GarbledReplyError(unit_id, str(err)) from err
        if len(registers) != count:
            raise StaleReplyError(unit_id, f"{len(registers)} registers instead of {count}")
        return registers

    def _learn(self, statistics: UnitStatistics, count: int, round_trip: float) -> float:
        """Note the times of an answered read and return its floor in seconds."""
        characters = READ_REQUEST_CHARACTERS + READ_REPLY_OVERHEAD + 2 * count
        turnaround = max(0.0, round_trip - characters * self.timing.character)
        statistics.round_trips.append(round_trip)
        statistics.turnarounds.append(turnaround)
        self._heard(statistics)
        return characters * self.timing.character + min(statistics.turnarounds) + self._silence

    def _heard(self, statistics: UnitStatistics) -> None:
        statistics.last_success = self._wall_clock()
        statistics.silent_since = None

    def _await_late_reply(self, port: _Port, lost: tuple[Space, int, int], *, scanning: bool) -> None:
        """Remember a lost read, and leave the line alone while its reply is likely to come."""
        now = asyncio.get_running_loop().time()
        if not self._transaction_ids:
            port.lost[lost] = now
        if scanning:
            return  # a scan asks a stranger next; the reply of another unit is recognised by its id
        reply = (READ_REPLY_OVERHEAD + 2 * lost[2]) * self.timing.character
        self._quiet_until = now + self.timing.max_turnaround + reply
