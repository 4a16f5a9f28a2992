"""The small ripple of a home within each minute: it adds nothing to the energy of a full one."""

from __future__ import annotations

from dataclasses import dataclass
import math
from typing import Final

import numpy as np

from . import noise
from .appliances import MINUTES
from .noise import Floats

SIZE: Final = 0.012
"""Relative to the power."""

PERIODS: Final = 2
"""In a minute; whole, so that it cancels out."""

_TURN: Final = 2 * math.pi * PERIODS / 60


@dataclass(frozen=True, slots=True)
class Ripple:
    """The ripple of one home; times in seconds of the meter's own days."""

    key: int
    """Where it begins in each minute."""

    def at(self, time: float) -> float:
        """Relative to the power of the minute."""
        return SIZE * math.sin(_TURN * (time % 60) + self._phase(time))

    def seconds(self, time: float) -> float:
        """Seconds of the minute so far, weighted with the ripple: what energy has to be reckoned with."""
        second, phase = time % 60, self._phase(time)
        return second + SIZE * (math.cos(phase) - math.cos(_TURN * second + phase)) / _TURN

    def day_at(self, ordinal: int, second: float) -> Floats:
        """``at`` the same second of every minute of a day, shape (1440,)."""
        return np.asarray(SIZE * np.sin(_TURN * second + self._phases(ordinal)))

    def day_seconds(self, ordinal: int, second: float) -> Floats:
        """``seconds`` likewise."""
        phases = self._phases(ordinal)
        return np.asarray(second + SIZE * (np.cos(phases) - np.cos(_TURN * second + phases)) / _TURN)

    def _phase(self, time: float) -> float:
        return 2 * math.pi * noise.uniform(self.key, int(time // 60))

    def _phases(self, ordinal: int) -> Floats:
        return 2 * np.pi * noise.uniforms(self.key, np.arange(ordinal * MINUTES, (ordinal + 1) * MINUTES))
