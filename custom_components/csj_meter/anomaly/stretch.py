"""Minutes that are judged together, because what the rules compare them with stays the same.

It changes when an hour is over. Live, that is the one minute that is over; the past is judged in longer
stretches.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from .intake import ROW
from .memory import Bools, Floats, Ints

_POWER = ROW["active_power"]


class Stretch:
    """Consecutive minutes of one hour."""

    def __init__(self, minute: int, wall: int, values: Floats, fresh: Bools) -> None:
        """Begin with ``minute`` (UTC), when the clock on the wall shows ``wall``.

        ``values`` has the shape (inputs, minutes, meters), rows as in ``INPUTS``; ``fresh`` says which meters
        said anything, shape (minutes, meters).
        """
        self.minute = minute
        self.wall = wall
        self.values = values
        self.fresh = fresh
        self.whole = np.count_nonzero(fresh) == fresh.size
        """Whether every meter said something in every minute."""
        self.unknown: Bools = np.isnan(values)
        """What was not said."""
        complete = self.whole and not np.count_nonzero(self.unknown)
        self.told: list[bool] = [True] * len(values)
        """Which quantities anybody said."""
        self.powered = fresh
        """Which meters said a power, shape (minutes, meters)."""
        if not complete:
            self.told = (~np.logical_and.reduce(self.unknown, axis=(1, 2))).tolist()
            self.powered = fresh & ~self.unknown[_POWER]

    def __len__(self) -> int:
        """How many minutes."""
        return len(self.fresh)

    @property
    def power(self) -> Floats:
        """W, shape (minutes, meters)."""
        power: Floats = self.values[_POWER]
        return power

    @cached_property
    def minutes(self) -> Ints:
        """All minutes (UTC), as a column."""
        return np.arange(self.minute, self.minute + len(self))[:, None]

    def seen(self, last: Ints) -> Ints:
        """Minute of the newest sample before each minute, and at the end; shape (minutes + 1, meters).

        ``last``: of the newest sample before all of them; -1 for none.
        """
        return newest(last, self.minutes, self.fresh)

    def before(self, last: Floats) -> Floats:
        """The sample before each one. ``last``: the newest before all of them, shape (inputs, meters)."""
        if len(self) == 1:
            return np.expand_dims(last, 1)
        known: Floats = np.concatenate([last[:, None], self.values], axis=1)
        if self.whole:
            return known[:, :-1]
        numbers = np.arange(1, len(self) + 1)[:, None]
        places = newest(np.zeros(self.fresh.shape[1], np.int64), numbers, self.fresh)
        return np.take_along_axis(known, places[None, :-1], axis=1)


def newest(last: Ints, numbers: Ints, there: Bools) -> Ints:
    """The largest of ``numbers`` (a column, rising) that is there so far, before each of them and at the end.

    ``last``: the one before them all.
    """
    found: Ints = np.maximum.accumulate(np.concatenate([last[None], np.where(there, numbers, -1)]), axis=0)
    return found
