"""One request to one unit: how to send it, how long it takes, what its reply may be mistaken for.

Also the door through which a link's errors become those of this floor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
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
    UnitBusyError,
    UnitSilentError,
)
from .timing import READ_REPLY_OVERHEAD, READ_REQUEST_CHARACTERS

type Space = Literal["input", "holding"]

type Place = tuple[str, int, int, int]
"""Function, file (0 without files), address and length: what a reply does not repeat."""

_BROKEN_FRAMES: Final = frozenset({"CRCError", "RTUFrameError"})
"""What tmodbus raises for noise; its other response errors are whole frames that do not fit."""

REPEATED_AFTER: Final = (1.0, 2.0)
"""Seconds after which the link asks a unit again that is busy. It goes on so for a minute, and nobody else
has a turn meanwhile; it cannot be told not to."""

SLACK: Final = 0.5
"""Seconds for somebody else on the same link, whose exchange was under way."""

OVERSLEPT: Final = 0.05
"""Seconds by which a time-out comes late when the event loop was blocked meanwhile."""

_ECHO_CHARACTERS: Final = 8
"""Reply to a write of registers: unit id, function, address, count, CRC."""

_WRITE_OVERHEAD: Final = 9
"""Around the registers of a write: the same and the byte count."""

_FILE_READ_CHARACTERS: Final = 12
"""Request to read one run of file records: unit id, function, length, 7 of a sub-request, CRC."""

_FILE_REPLY_OVERHEAD: Final = 7
"""Around the words: unit id, function, length, sub-length, reference type, CRC."""

_FILE_WRITE_OVERHEAD: Final = 12
"""Around the words of a file write, in the request and in the reply, which repeats it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request and what its answer looks like."""

    unit_id: int
    """Who is asked."""

    place: Place
    """What is asked for."""

    send: Callable[[ModbusUnit], Awaitable[Sequence[int] | None]]
    """Sends it and gives the words of the answer, None where an answer has none."""

    words: int
    """Words that the answer has."""

    request: int
    """Characters of the request on the wire."""

    reply: int
    """Characters of the expected reply."""

    repeatable: bool
    """Whether asking twice does no more than asking once."""

    timeout: float | None = None
    """Seconds to wait, None for the link's own time-out."""

    def __str__(self) -> str:
        """For messages: what, how much and where."""
        function, file, address, length = self.place
        where = f"record {address} of file {file}" if file else f"{address:#06x}"
        return f"{function} of {length} at {where}"

    @property
    def characters(self) -> int:
        """Characters of the whole exchange."""
        return self.request + self.reply

    def confusable_with(self, other: Place) -> bool:
        """Whether a late reply to ``other`` would fit this question and not answer it."""
        function, _, _, length = self.place
        return (function, length) == (other[0], other[3]) and self.place != other

    def limit(self, patience: float) -> float:
        """Seconds after which nobody waits any more, on a link that waits ``patience`` for one answer.

        Silence ends with the link's own time-out. What outlives that is busy, and the link goes on asking. A
        read is given one repeat: whoever wants to know asks again later. A write is given two, as what
        becomes of one that was cut off is not known.
        """
        if self.timeout is not None:
            return self.timeout
        pauses = REPEATED_AFTER[:1] if self.repeatable else REPEATED_AFTER
        return sum(pauses) + (len(pauses) + 1) * patience + SLACK

    async def ask(self, unit: ModbusUnit, link: str, patience: float) -> list[int]:
        """Send the question over ``link``, which waits ``patience`` seconds, and wait for the answer.

        Raises LinkDownError, UnitSilentError, GarbledReplyError, StaleReplyError, RefusedError, and
        UnitBusyError for a question that may be asked twice.
        """
        limit = self.limit(patience)
        try:
            words = list(await self._send_whole(unit, limit) or ())
        except _CutOffError as err:
            if self.repeatable:
                raise UnitBusyError(self.unit_id, limit) from err
            raise UnitSilentError(self.unit_id, f"no answer to a {self}") from err
        except ModbusExceptionError as err:
            raise RefusedError(self.unit_id, int(err.exception_code or 0)) from err
        except (ModbusTimeoutError, TimeoutError) as err:
            if not unit.connected:
                raise LinkDownError(f"{link}: {err}") from err
            raise UnitSilentError(self.unit_id, f"no answer to a {self}") from err
        except (ModbusConnectionError, OSError) as err:
            # the bare OSError is that of a port which has just been hung up
            raise LinkDownError(f"{link}: {err}") from err
        except ModbusProtocolError as err:
            broken = type(err.__cause__).__name__ in _BROKEN_FRAMES
            if isinstance(err, ModbusDesyncError) or (err.__cause__ is not None and not broken):
                raise StaleReplyError(self.unit_id, f"answer to another question ({err})") from err
            raise GarbledReplyError(self.unit_id, f"broken frame ({err})") from err
        except ModbusError as err:
            raise GarbledReplyError(self.unit_id, str(err)) from err
        if len(words) != self.words:
            raise StaleReplyError(self.unit_id, f"{len(words)} words instead of {self.words}")
        return words

    async def _send_whole(self, unit: ModbusUnit, limit: float) -> Sequence[int] | None:
        """Send, and do not break off while the link is being opened.

        Opening is shared with everybody on the link and shielded there; who leaves it while it
        fails would make the event loop complain. It ends by itself, at the latest when the link
        is closed. Raises _CutOffError after ``limit`` seconds on an open link.
        """
        if unit.connected:
            return await self._send_in_time(unit, limit)
        sending = asyncio.ensure_future(self.send(unit))
        sending.add_done_callback(_seen)
        was_open = False
        while not (await asyncio.wait([sending], timeout=None if self.timeout else limit))[0]:
            if was_open:
                sending.cancel()
                await asyncio.wait([sending])
                raise _CutOffError
            was_open = unit.connected
        return sending.result()

    async def _send_in_time(self, unit: ModbusUnit, limit: float) -> Sequence[int] | None:
        clock = asyncio.timeout(limit)
        try:
            async with clock:
                return await self.send(unit)
        except TimeoutError as err:
            ends = clock.when()
            if self.timeout is not None or ends is None or not clock.expired():
                raise
            if asyncio.get_running_loop().time() > ends + OVERSLEPT:
                raise  # so late that this program has slept: it says nothing of the unit
            raise _CutOffError from err


class _CutOffError(Exception):
    """An answer was put off for so long that it is not waited for any more."""


def _seen(sending: asyncio.Future[Sequence[int] | None]) -> None:
    """Take note of an outcome that nobody may be waiting for any more."""
    if not sending.cancelled():
        sending.exception()


def read_question(
    unit_id: int, space: Space, address: int, count: int, timeout: float | None = None
) -> Question:
    """Read ``count`` registers."""

    async def send(unit: ModbusUnit) -> Sequence[int]:
        if space == "input":
            return await unit.read_input_registers(address, count)
        return await unit.read_holding_registers(address, count)

    return Question(
        unit_id=unit_id,
        place=(f"read ({space})", 0, address, count),
        send=send,
        repeatable=True,
        words=count,
        request=READ_REQUEST_CHARACTERS,
        reply=READ_REPLY_OVERHEAD + 2 * count,
        timeout=timeout,
    )


def write_question(unit_id: int, address: int, values: Sequence[int]) -> Question:
    """Write registers (FC16, which every meter knows; FC06 many do not)."""

    async def send(unit: ModbusUnit) -> None:
        await unit.write_registers(address, list(values))

    return Question(
        unit_id=unit_id,
        place=("write", 0, address, len(values)),
        send=send,
        repeatable=False,
        words=0,
        request=_WRITE_OVERHEAD + 2 * len(values),
        reply=_ECHO_CHARACTERS,
    )


def read_file_question(unit_id: int, file: int, record: int, count: int) -> Question:
    """Read ``count`` records of a file (FC20)."""

    async def send(unit: ModbusUnit) -> Sequence[int]:
        return await unit.read_file_record(file, record, count)

    return Question(
        unit_id=unit_id,
        place=("file read", file, record, count),
        send=send,
        repeatable=True,
        words=count,
        request=_FILE_READ_CHARACTERS,
        reply=_FILE_REPLY_OVERHEAD + 2 * count,
    )


def write_file_question(unit_id: int, file: int, record: int, values: Sequence[int]) -> Question:
    """Write records of a file (FC21)."""

    async def send(unit: ModbusUnit) -> None:
        await unit.write_file_record(file, record, list(values))

    characters = _FILE_WRITE_OVERHEAD + 2 * len(values)
    return Question(
        unit_id=unit_id,
        place=("file write", file, record, len(values)),
        send=send,
        repeatable=False,
        words=0,
        request=characters,
        reply=characters,
    )
