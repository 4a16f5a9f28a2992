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
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
import errno
import time
from typing import Final

from modbus_connection import ModbusConnectionError, ModbusError, ModbusTimeoutError, ModbusUnit

from .errors import (
    BUSY,
    GarbledReplyError,
    LinkDownError,
    RefusedError,
    StaleReplyError,
    UnitBusyError,
    UnitError,
    UnitSilentError,
    causes,
)
from .question import (
    OVERSLEPT,
    Place,
    Question,
    Space,
    read_file_question,
    read_question,
    write_file_question,
    write_question,
)
from .statistics import BusStatistics, UnitStatistics
from .timing import LineTiming
from .turns import Priority, Turns

LARGEST_READ: Final = 125
"""Registers in one read; Modbus Application Protocol V1.1b3, section 6.3."""

OVERDUE: Final = 5.0
"""Seconds after which a lost reply is not waited for any more; the fence does the rest."""

OPENING_PATIENCE: Final = 3.0
"""Seconds in which a line is opened again that takes longer than any reply: its gateway may sleep."""

BUSY_PAUSE: Final = 0.2
BUSY_PATIENCE: Final = 5.0
"""Seconds until a busy unit is asked again for somebody who waits, and after which it is not any more."""

FENCE_LENGTHS: Final = (2, 4, 6)
"""Even, because meters that hold floats refuse half of one."""

RESERVED_UNIT: Final = 248
"""First unit id that Modbus over Serial Line V1.02, section 2.2 reserves."""

RETURN_QUERY_DATA: Final = 0x0000
"""Sub-function of Diagnostics (FC08) that returns the word it is given."""

ECHO_WORD: Final = 0x4353

DESCRIPTION_LENGTH: Final = 80
"""Characters of a device's own description worth showing."""


@dataclass(slots=True)
class _Port:
    """What the bus knows about one unit id."""

    unit: ModbusUnit
    statistics: UnitStatistics
    fence: tuple[Space, int] | None = None
    lost: dict[Place, float] = field(default_factory=dict)
    """Questions whose replies may still arrive -> when they were lost."""

    def confusable(self, question: Question) -> list[float]:
        """When questions were lost whose late reply would fit this one, newest last."""
        return sorted(when for place, when in self.lost.items() if question.confusable_with(place))


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
    def queues(self) -> bool:
        """Whether a gateway takes questions before it is through with those before them."""
        return self._transaction_ids

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
        that has been answering gets one retry. One that is busy is asked again for a while for whoever
        waits; others have their turns in between.

        Raises LinkDownError, UnitSilentError, UnitBusyError, GarbledReplyError, StaleReplyError,
        RefusedError.
        """
        question = read_question(unit_id, space, address, count, timeout)
        port = self._port(unit_id)
        loop = asyncio.get_running_loop()
        until = loop.time() + BUSY_PATIENCE
        while True:
            try:
                return await self._read(port, question, priority, retry=retry)
            except UnitBusyError:
                if priority > Priority.SAMPLE or loop.time() >= until:
                    raise
            await asyncio.sleep(BUSY_PAUSE)

    async def _read(self, port: _Port, question: Question, priority: Priority, *, retry: bool) -> list[int]:
        await self._let_late_replies_pass(port, question)
        async with self._turns.turn(priority):
            retry = retry and port.statistics.silent_since is None
            try:
                return await self._ask_safely(port, question)
            except UnitSilentError, GarbledReplyError, StaleReplyError:
                if not retry:
                    raise
            return await self._ask_safely(port, question)

    async def write(
        self, unit_id: int, address: int, values: Sequence[int], *, priority: Priority = Priority.COMMAND
    ) -> None:
        """Write registers once; it is never repeated.

        Raises RefusedError: the unit has not done it. Raises LinkDownError, UnitSilentError,
        GarbledReplyError, StaleReplyError: it may have, only reading back can tell.
        """
        await self._ask_once(write_question(unit_id, address, values), priority)

    async def read_file(
        self, unit_id: int, file: int, record: int, count: int, *, priority: Priority
    ) -> list[int]:
        """Read ``count`` one-word records of a file once. Raises as ``read``."""
        return await self._ask_once(read_file_question(unit_id, file, record, count), priority)

    async def write_file(
        self, unit_id: int, file: int, record: int, values: Sequence[int], *, priority: Priority
    ) -> None:
        """Write records of a file once. Raises as ``write``."""
        await self._ask_once(write_file_question(unit_id, file, record, values), priority)

    async def _ask_once(self, question: Question, priority: Priority) -> list[int]:
        port = self._port(question.unit_id)
        await self._let_late_replies_pass(port, question)
        async with self._turns.turn(priority):
            return await self._ask_safely(port, question)

    async def echoes(self) -> bool:
        """Whether the adapter sends back what it is given, as RS485 hats with local echo do.

        Asks a unit id that nobody may have (248..255 are reserved) to return a word: only an
        echo can look like its answer. It is the first that is asked on a line, so one that takes
        longer to open than any reply is given time. Raises LinkDownError.
        """
        loop = asyncio.get_running_loop()
        async with self._turns.turn(Priority.SCAN):
            await self._wait_for_silence()
            unit = self._units(RESERVED_UNIT)
            until = loop.time() + OPENING_PATIENCE
            usual = patience = self.timing.patience(LARGEST_READ)
            try:
                while True:
                    unit.require_timeout(patience)
                    try:
                        return await self._echoes(unit)
                    except LinkDownError as err:
                        is_slow, is_held = isinstance(err.__cause__, ModbusTimeoutError), _is_held(err)
                        if not (is_slow or is_held) or loop.time() >= until:
                            raise
                    if is_slow:
                        # opening is held to the same time as a reply: what was too short once is so again
                        patience *= 2
                    else:
                        await asyncio.sleep(usual)
            finally:
                unit.require_timeout(usual)

    async def _echoes(self, unit: ModbusUnit) -> bool:
        try:
            return await unit.diagnostics(RETURN_QUERY_DATA, ECHO_WORD) == ECHO_WORD
        except ModbusTimeoutError as err:
            if not unit.connected:
                raise LinkDownError(f"{self.name}: {err}") from err
            return False
        except (ModbusConnectionError, OSError) as err:
            raise LinkDownError(f"{self.name}: {err}") from err
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
            except ModbusTimeoutError:
                return None
            except (ModbusConnectionError, OSError) as err:
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

    async def _let_late_replies_pass(self, port: _Port, question: Question) -> None:
        """Wait, before the turn because only this unit has to, until no late reply is likely."""
        if lost := port.confusable(question):
            await asyncio.sleep(lost[-1] + OVERDUE - asyncio.get_running_loop().time())

    async def _ask_safely(self, port: _Port, question: Question) -> list[int]:
        if port.fence is not None and port.confusable(question):
            await self._pass_fence(port, question.unit_id, *port.fence)
        return await self._exchange(port, question)

    async def _pass_fence(self, port: _Port, unit_id: int, space: Space, address: int) -> None:
        fences = (read_question(unit_id, space, address, length) for length in FENCE_LENGTHS)
        fence = next((question for question in fences if not port.confusable(question)), None)
        if fence is not None:
            # a refusal is an answer to the new question too, which is all that the fence asks
            with suppress(RefusedError):
                await self._exchange(port, fence)
        port.lost.clear()

    async def _exchange(self, port: _Port, question: Question) -> list[int]:
        """Ask once; count what happened; keep quiet after a reply that did not come."""
        await self._wait_for_silence()
        loop = asyncio.get_running_loop()
        statistics = port.statistics
        statistics.requests += 1
        start = loop.time()
        self._quiet_until = start
        floor = 0.0
        try:
            words = await self._ask_awake(port, question)
            statistics.answered += 1
            floor = self._learn(statistics, question, loop.time() - start)
        except RefusedError as err:
            statistics.exceptions[err.code] = statistics.exceptions.get(err.code, 0) + 1
            self._heard(statistics)
            raise
        except UnitBusyError:
            statistics.exceptions[BUSY] = statistics.exceptions.get(BUSY, 0) + 1
            # it may just have been asked again
            self._await_late_reply(port, question, scanning=False)
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
            self._await_late_reply(port, question, scanning=question.timeout is not None)
            raise
        except asyncio.CancelledError:
            # the question is on the wire, its answer will come
            self._await_late_reply(port, question, scanning=False)
            raise
        finally:
            end = loop.time() + self._silence
            self._quiet_until = max(self._quiet_until, end)
            self.statistics.record(start, end, floor)
        return words

    async def _ask_awake(self, port: _Port, question: Question) -> list[int]:
        """Ask, and ask again when this program has slept through the answer.

        A blocked event loop finds the reply and the time-out at the same moment, and the time-out
        wins. That the time-out comes late tells it from a silent meter.
        """
        loop = asyncio.get_running_loop()
        start, usual = loop.time(), self.timing.patience(LARGEST_READ)
        try:
            return await question.ask(port.unit, self.name, usual)
        except UnitSilentError:
            if not question.repeatable or loop.time() < start + (question.timeout or usual) + OVERSLEPT:
                raise
        # its answer may still come and be taken for that to the repeat, whose own is late then
        self._note_lost(port, question)
        await asyncio.sleep(self._silence)
        port.statistics.requests += 1
        port.statistics.overslept += 1
        return await question.ask(port.unit, self.name, usual)

    def _learn(self, statistics: UnitStatistics, question: Question, round_trip: float) -> float:
        """Note the times of an answered question and return its floor in seconds."""
        on_the_wire = question.characters * self.timing.character
        turnaround = max(0.0, round_trip - on_the_wire)
        statistics.round_trips.append(round_trip)
        statistics.turnarounds.append(turnaround)
        self._heard(statistics)
        return on_the_wire + min(statistics.turnarounds) + self._silence

    def _heard(self, statistics: UnitStatistics) -> None:
        statistics.last_success = self._wall_clock()
        statistics.silent_since = None

    def _await_late_reply(self, port: _Port, question: Question, *, scanning: bool) -> None:
        """Remember a lost question, and leave the line alone while its reply is likely to come."""
        self._note_lost(port, question)
        if scanning:
            return  # a scan asks a stranger next; the reply of another unit is recognised by its id
        now = asyncio.get_running_loop().time()
        self._quiet_until = now + self.timing.max_turnaround + question.reply * self.timing.character

    def _note_lost(self, port: _Port, question: Question) -> None:
        """Remember a question whose reply may still come."""
        if not self._transaction_ids:
            port.lost[question.place] = asyncio.get_running_loop().time()


def _is_held(error: LinkDownError) -> bool:
    """Whether somebody has the port open: perhaps an attempt of ours that was given up, or just closes."""
    return any(
        isinstance(cause, OSError) and cause.errno in (errno.EBUSY, errno.EAGAIN) for cause in causes(error)
    )
