"""Keeps the keys of meters out of logs: libraries of the line write every frame down when they are asked to.

A frame that opens a meter (function 16 to the register of the key) is logged up to where the key begins.
It is known by its bytes, so it is found in whatever a library logs: a frame sent, an echo, a rest.
"""

from __future__ import annotations

import logging
import re
from typing import Final, override

from .registers import UNLOCK

LIBRARIES: Final = ("tmodbus", "serialx", "pymodbus", "modbus_connection")
"""Their loggers, and those below, may see frames."""

HIDDEN: Final = "(the rest is a secret)"

_HEAD: Final = bytes((0x10, *UNLOCK.to_bytes(2), 0x00, 0x02, 0x04))
"""Function 16, register, two registers, four bytes; then comes the key."""

_AS_HEX: Final = re.compile(rf"({_HEAD.hex(' ')}).*", re.IGNORECASE | re.DOTALL)
_AS_HEX_WITH_PREFIX: Final = re.compile(
    rf"({' '.join(f'0x0*{byte:x}' for byte in _HEAD)}).*", re.IGNORECASE | re.DOTALL
)
_AS_BYTES: Final = re.compile(rf"({re.escape(repr(_HEAD)[2:-1])}).*", re.DOTALL)
_AS_FIELDS: Final = re.compile(rf"(address={UNLOCK}\b).*", re.DOTALL)
_SPELLINGS: Final = (_AS_HEX, _AS_HEX_WITH_PREFIX, _AS_BYTES, _AS_FIELDS)


class KeyFilter(logging.Filter):
    """Cuts a message off where a key begins."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        for spelling in _SPELLINGS:
            message = spelling.sub(rf"\1 {HIDDEN}", message)
        if message.endswith(HIDDEN):
            record.msg, record.args = message, ()
        return True


_FILTER: Final = KeyFilter()


def hide_keys() -> None:
    """Let no logger of the line's libraries tell a key; new ones are found when it is called again."""
    for name in [*LIBRARIES, *logging.root.manager.loggerDict]:
        if name.partition(".")[0] in LIBRARIES:
            logger = logging.getLogger(name)
            if _FILTER not in logger.filters:
                logger.addFilter(_FILTER)
