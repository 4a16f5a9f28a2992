"""New firmware for a meter: checked before, resumable while, verified after.

A transfer that breaks leaves the old firmware running; the transfer object knows how far it came
and goes on from there, as long as the meter still waits for this very image. A meter that has
found the image sound already only needs its restart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
import struct
from typing import Final, Self
import zlib

from ...bus.errors import GarbledReplyError, StaleReplyError, UnitBusyError, UnitSilentError
from ...bus.turns import Priority
from ..identity import Capability
from ..reading import Group
from .errors import (
    BusyError,
    ImageRejectedError,
    NotConfirmedError,
    NotOfferedError,
    OutcomeUnknownError,
)
from .registers import (
    FIRMWARE_COMMAND,
    FIRMWARE_FILE,
    FIRMWARE_SIZE,
    FIRMWARE_STATE,
    FIRMWARE_WORDS_A_FILE,
    FIRMWARE_WORDS_A_WRITE,
)
from .restart import restart
from .session import Session, number_of, words_of

MAGIC: Final = b"CSJFW\0"
HEADER: Final = struct.Struct(">6sHI")
"""Magic, model code, firmware version packed as in the identity block."""

LARGEST_IMAGE: Final = 5 * FIRMWARE_WORDS_A_FILE * 2
"""Bytes that the five files hold."""

MODEL_CODES: Final[Mapping[str, int]] = {"DDS100": 101, "DDSY100": 102, "DTS300": 301, "DTSY300": 302}
"""Model in a meter's identity -> its code in the header of an image."""

MODEL_REGISTER: Final = 0x0001

WRITE_TRIES: Final = 3
"""How often the same words are written to the same place: that does no harm, and of a thousand
writes one is lost on most lines."""

WORTH_REPEATING: Final = (
    *(OutcomeUnknownError, BusyError, UnitBusyError),
    *(UnitSilentError, GarbledReplyError, StaleReplyError),
)
"""What became of a write whose reply was lost, or of the unlocking before it."""

WRITE_PAUSE: Final = 0.3
"""Seconds between them; a busy meter asks for 0.2."""

VERIFY_PATIENCE: Final = 30.0
VERIFY_PAUSE: Final = 0.5


class TransferCommand(IntEnum):
    """Words for the firmware command register."""

    BEGIN = 1
    INSTALL = 2
    ABORT = 3


class TransferState(IntEnum):
    """What the firmware state register says."""

    IDLE = 0
    RECEIVING = 1
    VERIFYING = 2
    INSTALLED = 3
    BAD_CRC = 4
    WRONG_MODEL = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageHeader:
    """What the first bytes of a firmware image tell."""

    model: int
    """Code of the model it is for."""

    number: int
    """Version as one number, which grows with every release."""

    @property
    def version(self) -> str:
        """Version, major.minor.patch."""
        return f"{self.number >> 24}.{self.number >> 16 & 0xFF}.{self.number & 0xFFFF}"

    @classmethod
    def parse(cls, head: bytes, size: int) -> Self:
        """Look at the beginning of a file of ``size`` bytes.

        Raises ImageRejectedError that says what is wrong with it.
        """
        if len(head) < HEADER.size or not head.startswith(MAGIC):
            raise ImageRejectedError("this is no firmware image: it does not begin with CSJFW")
        if size > LARGEST_IMAGE:
            raise ImageRejectedError(f"the image has {size} bytes; a meter takes {LARGEST_IMAGE}")
        _, model, number = HEADER.unpack_from(head)
        return cls(model=model, number=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A firmware image whose header makes sense."""

    data: bytes
    """The file."""

    header: ImageHeader
    """What it says of itself."""

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Look at a whole file. Raises ImageRejectedError that says what is wrong with it."""
        return cls(data=data, header=ImageHeader.parse(data, len(data)))

    @property
    def model(self) -> int:
        """Code of the model it is for."""
        return self.header.model

    @property
    def version(self) -> str:
        """Version, major.minor.patch."""
        return self.header.version

    @property
    def crc(self) -> int:
        """CRC-32 of the file (ISO 3309, as zlib computes it)."""
        return zlib.crc32(self.data)

    @property
    def words(self) -> list[int]:
        """The file as words; an odd last byte is followed by a zero."""
        padded = self.data + b"\0" * (len(self.data) % 2)
        return [word for (word,) in struct.iter_unpack(">H", padded)]


class Transfer:
    """One image on its way to one meter."""

    def __init__(self, session: Session, image: Image) -> None:
        """Get ready; nothing is sent yet."""
        self.image = image
        """What is sent."""
        self.accepted = False
        """Whether the meter has found it sound: it takes over with the next restart."""
        self._session = session
        self._words = image.words
        self._sent = 0

    @property
    def progress(self) -> float:
        """Share of the image that the meter has, 0..1."""
        return self._sent / len(self._words)

    async def run(self, on_progress: Callable[[float], None] | None = None) -> str:
        """Send what is missing, install, restart; the version that then runs.

        May be called again after an error, and goes on from there. Raises ImageRejectedError when
        the image is not for this meter or arrived broken, NotConfirmedError when the meter did not
        come back with it, ForeignMeterError when another meter answers, CommandError,
        OutcomeUnknownError or a BusError when line or meter failed. Unless ``accepted``, the old
        firmware runs on.
        """
        session, meter = self._session, self._session.meter
        if Capability.FIRMWARE_UPDATE not in meter.identity.capabilities:
            raise NotOfferedError(f"unit {meter.unit_id}: the meter takes no firmware")
        await meter.read(Group.IDENTITY, Priority.COMMAND)  # that no other meter has taken its place
        (model,) = await session.read(MODEL_REGISTER, 1)
        if model != self.image.model:
            raise ImageRejectedError(f"the image is for model {self.image.model}, this meter is a {model}")
        stage = await self._stage()
        if self.accepted and stage is TransferState.IDLE and meter.identity.firmware == self.image.version:
            return self.image.version  # it was only its answer after the restart that was lost
        if stage not in {TransferState.VERIFYING, TransferState.INSTALLED}:
            if stage is not TransferState.RECEIVING or not self._sent:
                await self._begin()
            await self._send(on_progress)
            async with session.lock:
                await session.write(FIRMWARE_COMMAND, [TransferCommand.INSTALL])
        await self._await_verdict()
        await restart(session)
        await meter.read(Group.IDENTITY, Priority.COMMAND)
        if meter.identity.firmware != self.image.version:
            raise NotConfirmedError(
                f"unit {meter.unit_id}: firmware {meter.identity.firmware} runs, not {self.image.version}"
            )
        return self.image.version

    async def _stage(self) -> TransferState:
        """How far the meter is with this image; idle when it knows of another one or none."""
        words = await self._session.read(FIRMWARE_SIZE, 6)
        if (number_of(words[0:2]), number_of(words[2:4])) != (len(self.image.data), self.image.crc):
            return TransferState.IDLE
        return _state_of(words[5])

    async def _begin(self) -> None:
        self._sent = 0
        self.accepted = False
        size_and_crc = [*words_of(len(self.image.data), 2), *words_of(self.image.crc, 2)]
        async with self._session.lock:
            await self._session.write(FIRMWARE_SIZE, size_and_crc)
            await self._session.write(FIRMWARE_COMMAND, [TransferCommand.BEGIN])
            await self._expect(TransferState.RECEIVING)

    async def _send(self, on_progress: Callable[[float], None] | None) -> None:
        while self._sent < len(self._words):
            file, record = divmod(self._sent, FIRMWARE_WORDS_A_FILE)
            count = min(FIRMWARE_WORDS_A_WRITE, FIRMWARE_WORDS_A_FILE - record)
            run = self._words[self._sent : self._sent + count]
            await self._write(FIRMWARE_FILE + file, record, run)
            self._sent += len(run)
            if on_progress is not None:
                on_progress(self.progress)

    async def _write(self, file: int, record: int, run: Sequence[int]) -> None:
        for _ in range(WRITE_TRIES - 1):
            try:
                await self._write_once(file, record, run)
            except WORTH_REPEATING:
                await asyncio.sleep(WRITE_PAUSE)
            else:
                return
        await self._write_once(file, record, run)

    async def _write_once(self, file: int, record: int, run: Sequence[int]) -> None:
        # a transfer takes minutes: between two writes it is the turn of whoever waits for the meter
        async with self._session.lock:
            await self._session.write_file(file, record, run)

    async def _await_verdict(self) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + VERIFY_PATIENCE
        # the meter has no way to tell when it is through
        while (state := await self._verdict()) is TransferState.VERIFYING and loop.time() < until:  # noqa: ASYNC110
            await asyncio.sleep(VERIFY_PAUSE)
        if state in {TransferState.BAD_CRC, TransferState.WRONG_MODEL}:
            self._sent = 0
            raise ImageRejectedError(f"the meter has rejected the image: {state.name.lower()}")
        await self._expect(TransferState.INSTALLED)
        self.accepted = True

    async def _verdict(self) -> TransferState:
        try:
            return await self._state()
        except UnitBusyError:
            return TransferState.VERIFYING  # it looks at the image, and at nothing else

    async def _expect(self, wanted: TransferState) -> None:
        if (state := await self._state()) is not wanted:
            raise NotConfirmedError(f"firmware transfer is {state.name.lower()}, not {wanted.name.lower()}")

    async def _state(self) -> TransferState:
        (word,) = await self._session.read(FIRMWARE_STATE, 1)
        return _state_of(word)


def _state_of(word: int) -> TransferState:
    try:
        return TransferState(word)
    except ValueError as err:
        raise NotConfirmedError(f"unknown state {word} of the firmware transfer") from err
