"""New firmware: received in any order, verified, and started with the next restart.

The image waits in a flash of its own, so a transfer that breaks can go on later, even after a
restart, and whatever arrives, the old firmware runs until a sound image takes over.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
import struct
from typing import Final
import zlib

from .models import Model
from .registers import RefusalError, Refused, Width, words
from .state import MeterState

MAGIC: Final = b"CSJFW\0"
HEADER: Final = struct.Struct(">6sHI")
"""Magic, model, version."""

FILES: Final = range(10, 15)
WORDS_PER_FILE: Final = 10_000
LARGEST_IMAGE: Final = 2 * WORDS_PER_FILE * len(FILES)
"""Bytes."""

VERIFICATION: Final = 2.0
"""Seconds that it takes."""

type Version = tuple[int, int, int]
"""Major, minor, patch."""


class Phase(IntEnum):
    """What holding 0x0545 says."""

    IDLE = 0
    RECEIVING = 1
    VERIFYING = 2
    INSTALLED = 3
    BAD_CRC = 4
    WRONG_MODEL = 5


class Order(IntEnum):
    """What holding 0x0544 takes."""

    BEGIN = 1
    INSTALL = 2
    ABORT = 3


def packed(version: Version) -> int:
    """A version as the 32 bits of the register map."""
    major, minor, patch = version
    return major << 24 | minor << 16 | patch


def version_text(version: Version) -> str:
    """A version as people write it."""
    return ".".join(map(str, version))


def build_image(model: Model | int, version: Version, payload: bytes) -> bytes:
    """A firmware image for ``model``; ``payload`` is all that it does."""
    return HEADER.pack(MAGIC, model, packed(version)) + payload


class Updater:
    """The part of a meter that takes new firmware; times are in s since 1970-01-01 UTC."""

    def __init__(self, model: Model, state: MeterState) -> None:
        """For a meter of ``model``."""
        self._model = model
        self._state = state

    def phase(self, now: float) -> Phase:
        """How far it is."""
        transfer = self._state.transfer
        if transfer.phase == Phase.VERIFYING and now >= transfer.until:
            transfer.phase = self._verified()
        return Phase(transfer.phase)

    def _verified(self) -> Phase:
        transfer = self._state.transfer
        image = transfer.image[: transfer.size]
        if zlib.crc32(image) != transfer.crc:
            return Phase.BAD_CRC
        magic, model, _ = HEADER.unpack_from(image)
        return Phase.INSTALLED if (magic, model) == (MAGIC, self._model) else Phase.WRONG_MODEL

    def registers(self, now: float) -> list[int]:
        """Holding 0x0540, 6 registers."""
        transfer = self._state.transfer
        return [*words(Width.U32, transfer.size), *words(Width.U32, transfer.crc), 0, self.phase(now)]

    def announce(self, now: float, *, size: int | None = None, crc: int | None = None) -> None:
        """Be told size or CRC of the next image; another one than before ends a transfer.

        Raises ``RefusalError``: busy while it verifies, value for sizes that cannot be.
        """
        phase, transfer = self._calm(now), self._state.transfer
        if size is not None and not HEADER.size <= size <= LARGEST_IMAGE:
            raise RefusalError(Refused.VALUE)
        wanted = (transfer.size if size is None else size, transfer.crc if crc is None else crc)
        if wanted != (transfer.size, transfer.crc):
            transfer.size, transfer.crc = wanted
            if phase is Phase.RECEIVING:
                transfer.phase = Phase.IDLE

    def order(self, order: Order, now: float) -> None:
        """Begin, verify or abort.

        Raises ``RefusalError``: locked for orders that make no sense now, busy while it verifies.
        """
        phase, transfer = self._calm(now), self._state.transfer
        match order:
            case Order.BEGIN:
                if not transfer.size:
                    raise RefusalError(Refused.LOCKED)
                transfer.image = bytearray(transfer.size + transfer.size % 2)
                transfer.phase = Phase.RECEIVING
            case Order.INSTALL:
                if phase is not Phase.RECEIVING:
                    raise RefusalError(Refused.LOCKED)
                transfer.phase = Phase.VERIFYING
                transfer.until = now + VERIFICATION
            case Order.ABORT:
                transfer.phase = Phase.IDLE
                transfer.image = bytearray()

    def receive(self, file: int, record: int, values: Sequence[int], now: float) -> None:
        """Take a run of words.

        Raises ``RefusalError``: address beyond the image, locked when none is being received, busy
        while it verifies.
        """
        if self._calm(now) is not Phase.RECEIVING:
            raise RefusalError(Refused.LOCKED)
        transfer = self._state.transfer
        start = 2 * ((file - FILES.start) * WORDS_PER_FILE + record)
        if start + 2 * len(values) > len(transfer.image):
            raise RefusalError(Refused.ADDRESS)
        transfer.image[start : start + 2 * len(values)] = struct.pack(f">{len(values)}H", *values)

    def restart(self, now: float) -> Version | None:
        """The meter starts again: the version that takes over, if one was waiting."""
        phase, transfer = self.phase(now), self._state.transfer
        if phase is Phase.VERIFYING:
            transfer.phase = Phase.RECEIVING
        if phase is not Phase.INSTALLED:
            return None
        *_, version = HEADER.unpack_from(transfer.image)
        self._state.firmware = (version >> 24, version >> 16 & 0xFF, version & 0xFFFF)
        transfer.phase = Phase.IDLE
        transfer.image = bytearray()
        return self._state.firmware

    def _calm(self, now: float) -> Phase:
        """The phase; raises ``RefusalError`` (busy) while it verifies."""
        phase = self.phase(now)
        if phase is Phase.VERIFYING:
            raise RefusalError(Refused.BUSY)
        return phase
