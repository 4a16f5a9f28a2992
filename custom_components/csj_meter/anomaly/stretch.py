"""Minutes that are judged together, because what the rules compare them with stays the same.

It changes when an hour is over. Live, that is the one minute that is over; the past is judged in longer
stretches.
"""

from __future__ import annotations

from functools import cached_property
from typing import Self

import numpy as np

from .intake import ROW, VOLTAGE
from .memory import Bools, Floats, Ints

_POWER = ROW["active_power"]


class Stretch:
    """Consecutive minutes of one hour."""

    def __init__(
        self,
        minute: int,
        wall: int,
        values: Floats,
        fresh: Bools,
        *,
        measured: Bools | None = None,
        frozen: Bools | None = None,
    ) -> None:
        """Begin with ``minute`` (UTC), when the clock on the wall shows ``wall``.

        ``values`` has the shape (inputs, minutes, meters), rows as in ``INPUTS``; ``fresh`` says which meters
        were heard, ``measured`` which of them said a value (None: all), and ``frozen`` which said that they
        stand still (None: nobody); shape (minutes, meters).
        """
        self.minute = minute
        self.wall = wall
        self.values = values
        self.fresh = fresh
        self.measured = fresh if measured is None else measured
        self.frozen = frozen
        self.whole = np.count_nonzero(self.measured) == fresh.size
        """Whether every meter said a value in every minute."""
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

    @classmethod
    def of(
        cls,
        minute: int,
        wall: int,
        values: Floats,
        fresh: Bools,
        frozen: Bools | None,
        *,
        last: Floats,
        excused: Bools,
    ) -> Self:
        """What was said, ``fresh`` being who said anything at all; the others as for a stretch.

        A meter of which only the energy comes through is as good as silent: its voltage may be anything. It
        is heard where it never said a voltage (``last``: the newest values before, shape (inputs, meters)),
        as one that only counts pulses, and where it is known why it does not: it says that it stands still,
        or that was found already (``excused``, shape (meters,)).
        """
        blank = fresh & np.isnan(values[_POWER])
        if np.count_nonzero(blank):
            blank &= np.logical_and.reduce(np.isnan(values), axis=0)
        if not np.count_nonzero(blank):
            return cls(minute, wall, values, fresh)
        measured = fresh & ~blank
        volts = ~np.isnan(values[VOLTAGE]).all(axis=0)
        ever = ~np.isnan(last[VOLTAGE]).all(axis=0) | np.logical_or.accumulate(volts, axis=0)
        heard = measured | (blank & (~ever | excused))
        if frozen is not None:
            frozen = frozen & blank
            heard |= frozen
        return cls(minute, wall, values, heard, measured=measured, frozen=frozen)

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
        """What was measured before each one. ``last``: before all of them, shape (inputs, meters)."""
        if len(self) == 1:
            return np.expand_dims(last, 1)
        known: Floats = np.concatenate([last[:, None], self.values], axis=1)
        if self.whole:
            return known[:, :-1]
        numbers = np.arange(1, len(self) + 1)[:, None]
        places = newest(np.zeros(self.fresh.shape[1], np.int64), numbers, self.measured)
        return np.take_along_axis(known, places[None, :-1], axis=1)


def newest(last: Ints, numbers: Ints, there: Bools) -> Ints:
    """The largest of ``numbers`` (a column, rising) that is there so far, before each of them and at the end.

    ``last``: the one before them all.
    """
    found: Ints = np.maximum.accumulate(np.concatenate([last[None], np.where(there, numbers, -1)]), axis=0)
    return found
