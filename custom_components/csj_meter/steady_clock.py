"""Whether the clock on the wall can be believed so far that things are too old by it."""

from __future__ import annotations

from typing import Final

STEADY: Final = 3600.0
"""Seconds without a jump after which it is believed."""

JUMP: Final = 60.0
"""Seconds by which a clock that is only being adjusted does not move between two looks."""


class SteadyClock:
    """Compares the clock on the wall with one that only counts seconds."""

    def __init__(self, *, believed: bool = False) -> None:
        """Begin without having looked; ``believed``: until it is seen to jump."""
        self._believed = believed
        self._ahead: float | None = None
        self._since = 0.0

    def is_steady(self, wall: float, counted: float) -> bool:
        """Whether it has gone for a while as clocks do: look every minute, or half an hour.

        ``wall``: UTC s by the clock on the wall. ``counted``: seconds of a clock that never jumps.
        """
        ahead = wall - counted
        if self._ahead is None:
            self._since = counted - STEADY if self._believed else counted
        elif abs(ahead - self._ahead) > JUMP:
            self._since = counted
        self._ahead = ahead
        return counted - self._since >= STEADY
