"""Repeatable randomness: the same seed and the same moment always give the same number.

Nothing here keeps state, so a simulated home has the same past after a restart, whatever was
asked of it before. Keys are made from a seed and words; numbers are drawn per integer index
(a day, a minute) or as a curve that is smooth in time.
"""

from __future__ import annotations

import math
from typing import Final
import zlib

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]
"""An array of plain floating-point numbers."""

_MASK: Final = 0xFFFFFFFFFFFFFFFF
_GOLDEN: Final = 0x9E3779B97F4A7C15
_MULTIPLIERS: Final = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


def _mixed(value: int) -> int:
    """The finaliser of splitmix64: every input bit reaches every output bit."""
    value = (value + _GOLDEN) & _MASK
    value = ((value ^ (value >> 30)) * _MULTIPLIERS[0]) & _MASK
    value = ((value ^ (value >> 27)) * _MULTIPLIERS[1]) & _MASK
    return value ^ (value >> 31)


def key(seed: int, *words: str | int) -> int:
    """A 64-bit key for one purpose; other words give an unrelated key."""
    mixed = _mixed(seed & _MASK)
    for word in words:
        number = zlib.crc32(word.encode()) if isinstance(word, str) else word & _MASK
        mixed = _mixed(mixed ^ number)
    return mixed


def uniform(of: int, index: int = 0) -> float:
    """A number in 0..1 for one index of a key."""
    return _mixed(of ^ _mixed(index & _MASK)) / 2**64


def choice(of: int, index: int, count: int) -> int:
    """A whole number in 0..count-1 for one index of a key."""
    return int(uniform(of, index) * count)


def uniforms(of: int, indices: NDArray[np.int64]) -> Floats:
    """``uniform`` for many indices at once."""

    def mixed(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
        value = value + np.uint64(_GOLDEN)
        value = (value ^ (value >> np.uint64(30))) * np.uint64(_MULTIPLIERS[0])
        value = (value ^ (value >> np.uint64(27))) * np.uint64(_MULTIPLIERS[1])
        return value ^ (value >> np.uint64(31))

    raw = mixed(np.uint64(of) ^ mixed(indices.astype(np.uint64)))
    return np.asarray(raw / np.float64(2**64))


def smooth(of: int, time: float, period: float) -> float:
    """A curve between -1 and 1 that finds a new value every ``period`` seconds."""
    position = time / period
    knot = math.floor(position)
    weight = (1 - math.cos(math.pi * (position - knot))) / 2
    return 2 * ((1 - weight) * uniform(of, knot) + weight * uniform(of, knot + 1)) - 1


def smooths(of: int, times: Floats, period: float) -> Floats:
    """``smooth`` for many moments at once."""
    position = times / period
    knots = np.floor(position)
    weight: Floats = (1 - np.cos(np.pi * (position - knots))) / 2
    whole = knots.astype(np.int64)
    return np.asarray(2 * ((1 - weight) * uniforms(of, whole) + weight * uniforms(of, whole + 1)) - 1)
