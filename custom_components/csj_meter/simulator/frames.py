"""RTU frames: CRC and lengths, from pymodbus's tables of PDUs.

Its framers are not used to receive: they hunt for frames in garbage, which a meter does not, and
never hand on a function that they do not know, which a meter answers.
"""

from __future__ import annotations

from typing import Final

from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU

LARGEST_FRAME: Final = 256
SHORTEST_FRAME: Final = 4

REQUESTS: Final = DecodePDU(is_server=True)
REPLIES: Final = DecodePDU(is_server=False)


def framed(unit: int, pdu: bytes) -> bytes:
    """An RTU frame around a PDU."""
    return FramerRTU(REQUESTS).encode(pdu, unit, 0)


def is_sound(frame: bytes) -> bool:
    """Whether the CRC of a frame is right."""
    return len(frame) >= SHORTEST_FRAME and FramerRTU.check_CRC(frame[:-2], int.from_bytes(frame[-2:]))


def frame_length(buffer: bytes | bytearray, kinds: DecodePDU) -> int:
    """Length of the frame that the buffer begins with; 0 while that cannot be told.

    ``kinds`` is ``REQUESTS`` or ``REPLIES``. For a function that nobody knows it stays 0, and only
    silence ends the frame.
    """
    if len(buffer) < SHORTEST_FRAME:
        return 0
    data = bytes(buffer[:LARGEST_FRAME])
    kind = kinds.lookupPduClass(data)
    length = kind.calculateRtuFrameSize(data) if kind else 0
    return length if length <= LARGEST_FRAME else 0
