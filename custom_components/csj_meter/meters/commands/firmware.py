"""New firmware for a meter: checked before, resumable while, verified after.

A transfer that breaks leaves the old firmware running; the transfer object knows how far it came
and goes on from there, as long as the meter still waits for this very image.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
import struct
from typing import Final, Self
import zlib

from ..identity import Capability
from ..reading import Group
from .errors import ImageRejectedError, NotConfirmedError, NotOfferedError
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

MODEL_REGISTER: Final = 0x0001

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
class Image:
    """A firmware image whose header makes sense."""

    data: bytes
    """The file."""

    model: int
    """Code of the model it is for."""

    version: str
    """major.minor.patch"""

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Look at a file. Raises ImageRejectedError that says what is wrong with it."""
        if len(data) < HEADER.size or not data.startswith(MAGIC):
            raise ImageRejectedError("this is no firmware image: it does not begin with CSJFW")
        if len(data) > LARGEST_IMAGE:
            raise ImageRejectedError(f"the image has {len(data)} bytes; a meter takes {LARGEST_IMAGE}")
        _, model, version = HEADER.unpack_from(data)
        return cls(
            data=data, model=model, version=f"{version >> 24}.{version >> 16 & 0xFF}.{version & 0xFFFF}"
        )

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
        self._session = session
        self._image = image
        self._words = image.words
        self._sent = 0

    @property
    def progress(self) -> float:
        """Share of the image that the meter has, 0..1."""
        return self._sent / len(self._words)

    async def run(self, on_progress: Callable[[float], None] | None = None) -> str:
        """Send what is missing, install, restart; the version that then runs.

        May be called again after an error. Raises ImageRejectedError when the image is not for
        this meter or arrived broken, NotConfirmedError when another version runs afterwards,
        CommandError, OutcomeUnknownError or a BusError when the line or the meter failed: the old
        firmware runs on, and another call goes on from here.
        """
        session, meter = self._session, self._session.meter
        if Capability.FIRMWARE_UPDATE not in meter.identity.capabilities:
            raise NotOfferedError(f"unit {meter.unit_id}: the meter takes no firmware")
        (model,) = await session.read(MODEL_REGISTER, 1)
        if model != self._image.model:
            raise ImageRejectedError(f"the image is for model {self._image.model}, this meter is a {model}")
        async with session.lock:
            if not await self._is_expected():
                await self._begin()
            await self._send(on_progress)
            await self._install()
        await restart(session)
        await meter.read(Group.IDENTITY)
        if meter.identity.firmware != self._image.version:
            raise NotConfirmedError(
                f"unit {meter.unit_id}: firmware {meter.identity.firmware} runs, not {self._image.version}"
            )
        return self._image.version

    async def _is_expected(self) -> bool:
        """Whether the meter is in the middle of receiving this image."""
        if not self._sent:
            return False
        words = await self._session.read(FIRMWARE_SIZE, 6)
        return (number_of(words[0:2]), number_of(words[2:4]), words[5]) == (
            len(self._image.data),
            self._image.crc,
            TransferState.RECEIVING,
        )

    async def _begin(self) -> None:
        self._sent = 0
        image = self._image
        await self._session.write(FIRMWARE_SIZE, [*words_of(len(image.data), 2), *words_of(image.crc, 2)])
        await self._session.write(FIRMWARE_COMMAND, [TransferCommand.BEGIN])
        await self._expect(TransferState.RECEIVING)

    async def _send(self, on_progress: Callable[[float], None] | None) -> None:
        while self._sent < len(self._words):
            file, record = divmod(self._sent, FIRMWARE_WORDS_A_FILE)
            count = min(FIRMWARE_WORDS_A_WRITE, FIRMWARE_WORDS_A_FILE - record)
            run = self._words[self._sent : self._sent + count]
            await self._session.write_file(FIRMWARE_FILE + file, record, run)
            self._sent += len(run)
            if on_progress is not None:
                on_progress(self.progress)

    async def _install(self) -> None:
        await self._session.write(FIRMWARE_COMMAND, [TransferCommand.INSTALL])
        loop = asyncio.get_running_loop()
        until = loop.time() + VERIFY_PATIENCE
        # the meter has no way to tell when it is through
        while (state := await self._state()) is TransferState.VERIFYING and loop.time() < until:  # noqa: ASYNC110
            await asyncio.sleep(VERIFY_PAUSE)
        if state in {TransferState.BAD_CRC, TransferState.WRONG_MODEL}:
            self._sent = 0
            raise ImageRejectedError(f"the meter has rejected the image: {state.name.lower()}")
        await self._expect(TransferState.INSTALLED)

    async def _expect(self, wanted: TransferState) -> None:
        if (state := await self._state()) is not wanted:
            raise NotConfirmedError(f"firmware transfer is {state.name.lower()}, not {wanted.name.lower()}")

    async def _state(self) -> TransferState:
        (word,) = await self._session.read(FIRMWARE_STATE, 1)
        try:
            return TransferState(word)
        except ValueError as err:
            raise NotConfirmedError(f"unknown state {word} of the firmware transfer") from err
