"""The lock before settings and commands: opens for a minute, and not for those who guess."""

from __future__ import annotations

import math
from typing import Final

from .registers import RefusalError, Refused
from .state import MeterState

OPEN_FOR: Final = 60.0
LOCKED_OUT_FOR: Final = 300.0
GUESSES: Final = 3


class Lock:
    """The lock of one meter; times are in s since 1970-01-01 UTC."""

    def __init__(self, key: int, state: MeterState) -> None:
        """Open for ``key`` only."""
        self._key = key
        self._state = state

    def seconds_left(self, now: float) -> int:
        """Seconds until it closes, 0 when it is closed."""
        return max(0, math.ceil(self._state.unlocked_until - now))

    def require(self, now: float) -> None:
        """Raise ``RefusalError`` (locked) unless it is open."""
        if now >= self._state.unlocked_until:
            raise RefusalError(Refused.LOCKED)

    def unlock(self, key: int, now: float) -> None:
        """Try a key.

        Raises ``RefusalError``: value for a wrong key, locked while no key is looked at.
        """
        state = self._state
        if now < state.locked_out_until:
            raise RefusalError(Refused.LOCKED)
        if key == self._key:
            state.unlocked_until = now + OPEN_FOR
            state.wrong_keys = 0
            return
        state.wrong_keys += 1
        if state.wrong_keys >= GUESSES:
            state.wrong_keys = 0
            state.locked_out_until = now + LOCKED_OUT_FOR
            state.unlocked_until = 0.0
        raise RefusalError(Refused.VALUE)

    def close(self) -> None:
        """Close at once; a lock-out goes on."""
        self._state.unlocked_until = 0.0
