"""Writing to a meter: unlocked when it must be, in the words of this package when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import Final

from ...bus.errors import BUSY, LinkDownError, RefusedError, UnitError
from ...bus.question import Space
from ...bus.turns import Priority
from ..meter import Meter
from ..profile import CommandSet
from .errors import (
    BusyError,
    LockedOutError,
    NoKeyError,
    NotOfferedError,
    OutcomeUnknownError,
    RefusedValueError,
    WrongKeyError,
)
from .registers import UNLOCK
from .wire_log import hide_keys

UNLOCKED_FOR: Final = 60.0
"""Seconds for which a right key opens the meter."""

MARGIN: Final = 10.0
"""Seconds of them that are not counted on."""

BUSY_PAUSE: Final = 0.2
BUSY_TRIES: Final = 10

LOCKED: Final = 4


def words_of(number: int, count: int) -> list[int]:
    """``number`` as ``count`` words, high word first."""
    return [number >> 16 * place & 0xFFFF for place in reversed(range(count))]


def number_of(words: Sequence[int]) -> int:
    """The unsigned number of some words, high word first."""
    number = 0
    for word in words:
        number = number << 16 | word
    return number


class KeyState(StrEnum):
    """What is known of the key of a meter."""

    MISSING = "missing"
    """None was given."""
    UNTRIED = "untried"
    """It has not been needed yet."""
    ACCEPTED = "accepted"
    """The meter opened."""
    WRONG = "wrong"
    """The meter refused it. It is not tried again by itself: three wrong keys lock the meter."""
    LOCKED_OUT = "locked_out"
    """The meter looks at no key for five minutes, after too many wrong ones."""


class Session:
    """One meter, open for commands while it has to be."""

    def __init__(self, meter: Meter, key: int | None = None) -> None:
        """Talk to ``meter``; ``key`` opens it, and is never shown."""
        self.meter = meter
        self.key_state = KeyState.MISSING if key is None else KeyState.UNTRIED
        """What the meter thinks of the key."""
        self._key = key
        self._open_until = 0.0
        self.lock = asyncio.Lock()
        """Held by a command from its first question to its last."""

    async def read(self, address: int, count: int, space: Space = "holding") -> list[int]:
        """Read registers with the urgency of a command. Raises a BusError."""
        return await self.meter.bus.read(self.meter.unit_id, space, address, count, priority=Priority.COMMAND)

    async def write(self, address: int, values: Sequence[int], *, locked: bool = True) -> None:
        """Write registers once, after unlocking the meter when they are ``locked``.

        Raises CommandError: nothing has changed. Raises OutcomeUnknownError when the reply was
        lost, LinkDownError when there is no line.
        """
        self._verify_offered()
        if locked:
            await self._unlocked(lambda: self._put(address, values))
        else:
            await self._put(address, values)

    async def write_file(self, file: int, record: int, values: Sequence[int]) -> None:
        """Write file records once, unlocked. Raises as ``write``."""
        self._verify_offered()
        await self._unlocked(lambda: self._put_file(file, record, values))

    def _verify_offered(self) -> None:
        """Never write to a meter of another map: the same register may mean anything there."""
        if self.meter.profile.commands is not CommandSet.CSJ:
            raise NotOfferedError(f"unit {self.meter.unit_id}: meters of this profile are only read")

    async def _unlocked(self, put: Callable[[], Awaitable[None]]) -> None:
        """Do something to the open meter."""
        known_to_be_open = asyncio.get_running_loop().time() < self._open_until
        await self._unlock()
        try:
            await put()
        except LockedOutError:
            if not known_to_be_open:
                raise
            # it has closed before its time, as a restart does; refused is not done, so once more
            await self._unlock()
            await put()

    async def _put_file(self, file: int, record: int, values: Sequence[int]) -> None:
        try:
            await self.meter.bus.write_file(self.meter.unit_id, file, record, values, priority=Priority.SLOW)
        except RefusedError as err:
            raise self._refusal(err) from err
        except UnitError as err:
            raise OutcomeUnknownError(str(err)) from err

    async def _put(self, address: int, values: Sequence[int]) -> None:
        try:
            await self._ask(address, values)
        except LinkDownError, RefusedError:
            raise
        except UnitError as err:
            raise OutcomeUnknownError(str(err)) from err

    async def _ask(self, address: int, values: Sequence[int]) -> None:
        """Write once. Raises CommandError when the meter refuses it, else a BusError."""
        for _ in range(BUSY_TRIES):
            try:
                await self.meter.bus.write(self.meter.unit_id, address, values)
            except RefusedError as err:
                # busy means refused: it has not been carried out, so asking again is no repetition
                if err.code != BUSY:
                    raise self._refusal(err) from err
                await asyncio.sleep(BUSY_PAUSE)
            else:
                return
        raise BusyError(f"unit {self.meter.unit_id}: busy for {BUSY_TRIES * BUSY_PAUSE:g} s")

    def _refusal(self, err: RefusedError) -> Exception:
        match err.code:
            case 1 | 2:
                return NotOfferedError(str(err))
            case 3:
                return RefusedValueError(str(err))
            case 4:
                self._open_until = 0.0
                return LockedOutError(str(err))
            case 6:
                return BusyError(str(err))
            case _:
                return err

    async def _unlock(self, stay: float = 0.0) -> None:
        """Unlock the meter unless it stays open for ``stay`` seconds.

        Raises CommandError or a BusError: whatever was to follow has not been sent.
        """
        now = asyncio.get_running_loop().time()
        if now + stay < self._open_until:
            return
        if self._key is None:
            raise NoKeyError(f"unit {self.meter.unit_id}: no key is known")
        if self.key_state is KeyState.WRONG:
            raise WrongKeyError(f"unit {self.meter.unit_id}: the key was wrong before")
        # a key that is tried on another meter may lock it, and a command is for this one alone
        await self.meter.verify_identity(Priority.COMMAND)
        hide_keys()
        try:
            await self._ask(UNLOCK, words_of(self._key, 2))
        except RefusedValueError as err:
            self.key_state = KeyState.WRONG
            raise WrongKeyError(f"unit {self.meter.unit_id}: the key is wrong") from err
        except LockedOutError:
            self.key_state = KeyState.LOCKED_OUT
            raise
        self.key_state = KeyState.ACCEPTED
        self._open_until = now + UNLOCKED_FOR - MARGIN

    async def open(self, stay: float = 0.0) -> None:
        """Unlock the meter unless it stays open for ``stay`` seconds; nothing else is sent.

        Raises CommandError, ForeignMeterError or a BusError.
        """
        self._verify_offered()
        async with self.lock:
            await self._unlock(stay)

    async def test_key(self) -> float:
        """Whether the key opens the meter; the seconds that it then stays open.

        Tries even a key that was wrong before. Raises WrongKeyError, LockedOutError, NoKeyError,
        ForeignMeterError or a BusError.
        """
        async with self.lock:
            self._open_until = 0.0
            if self.key_state is KeyState.WRONG:
                self.key_state = KeyState.UNTRIED
            await self._unlock()
            return float(number_of(await self.read(UNLOCK, 2)))
