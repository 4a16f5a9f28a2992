"""Habits that rules ask for: resting at zero, feeding back, standing still, and how uneven phases are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from .load_memory import DAYS, days_before
from .memory import Bools, Floats, Ints, Memory, Slot

MONTH: Final = 30
"""Days that make a habit."""

KNOWN: Final = 7
"""Days after which a habit is known."""

EXCEPTION: Final = 1
"""Days in a month on which something may happen that is no habit."""

IN_A_ROW: Final = 3
"""Samples that make a day one on which it happened."""

BINS: Final = 50
BIN: Final = 4.0
"""Bins of the unbalance of the currents, and how many points each is wide; the last one has no end."""

USUAL: Final = 0.98
"""Quantile of the unbalance that is usual."""

FADING: Final = 29 / 30
"""What is left of a count after a day."""

LEAST: Final = 1000.0
"""Samples under load after which the unbalance is known."""

HABITS: Final = ("rested", "exported")

SLOTS: Final = (
    *(Slot(name=f"{habit}_row", dtype=np.int64, fill=0) for habit in HABITS),
    *(Slot(name=f"open_{habit}", dtype=np.bool_, fill=False) for habit in HABITS),
    *(Slot(name=f"day_{habit}", shape=(DAYS,), dtype=np.bool_, fill=False) for habit in HABITS),
    *(Slot(name=f"never_{habit}", dtype=np.bool_, fill=False) for habit in HABITS),
    Slot(name="equal_row", dtype=np.int64, fill=0),
    Slot(name="open_equal", dtype=np.float64, fill=0.0),
    Slot(name="day_equal", shape=(DAYS,), dtype=np.float32),
    Slot(name="equal_record"),
    Slot(name="unbalance_counts", shape=(BINS,), dtype=np.float32, fill=0.0),
    Slot(name="usual_unbalance"),
)


@dataclass(frozen=True, slots=True, eq=False)
class _Noted:
    """What happened in some minutes and is not remembered yet."""

    name: str
    """Of the habit."""

    rows: Ints
    """Samples in a row in which it happened, up to each minute; shape (minutes, meters)."""

    known: Bools
    """Where a sample said whether it happens, likewise."""


class Habits:
    """What is usual of a meter, learnt day by day."""

    def __init__(self, memory: Memory) -> None:
        """Use the arrays of ``memory``."""
        self._arrays = memory
        self._noted: list[_Noted] = []
        self._unbalance: tuple[Floats, Ints] | None = None
        self._frozen: tuple[Bools, Floats] | None = None

    # some minutes: first all of them are noted, then they are remembered, one part after the other

    def begin(self) -> None:
        """Forget what was noted: other minutes follow."""
        self._noted.clear()
        self._unbalance = self._frozen = None

    def note(self, name: str, happens: Bools, known: Bools) -> Ints | None:
        """Samples of "rested", "exported" or "equal", shape (minutes, meters); three in a row make a day.

        How many it were in a row up to each minute; None where it is none at all.
        """
        before = self._arrays[f"{name}_row"]
        if not (np.count_nonzero(happens) or np.count_nonzero(before)):
            return None
        counted = happens & known
        sums = np.add.accumulate(counted, axis=0, dtype=np.int64)
        # what was counted up to the last sample in which it did not happen
        ended = np.maximum.accumulate(np.where(known & ~counted, sums, -before), axis=0)
        rows: Ints = sums - ended
        self._noted.append(_Noted(name, rows, known))
        return rows

    def note_unbalance(self, percent: Floats, weight: Ints) -> None:
        """Unbalance of currents under load, NaN where there is no load; minutes that a sample stands for."""
        self._unbalance = percent, weight

    def note_frozen(self, frozen: Bools, samples: Floats) -> None:
        """Meters that say that they stand still, shape (minutes, meters): as many equal samples at least."""
        self._frozen = frozen, samples

    def take(self, begin: int, end: int) -> None:
        """Remember what was noted of the minutes from number ``begin`` to before number ``end``."""
        arrays, some = self._arrays, slice(begin, end)
        for noted in self._noted:
            rows, known = noted.rows[some], noted.known[some]
            arrays[f"{noted.name}_row"][:] = rows[-1]
            today = arrays[f"open_{noted.name}"]
            if noted.name in HABITS:
                today |= np.logical_or.reduce((rows >= IN_A_ROW) & known, axis=0)
            else:
                np.maximum(today, np.where(known, rows, 0).max(axis=0), out=today)
        if self._frozen is not None:
            frozen, samples = self._frozen
            row, least = arrays["equal_row"], np.ceil(samples).astype(np.int64)
            np.maximum(row, least, out=row, where=frozen[some].any(axis=0))
        if self._unbalance is not None:
            percent, weight = (each[some] for each in self._unbalance)
            minutes, columns = np.nonzero(np.isfinite(percent))
            places = np.minimum(percent[minutes, columns] / BIN, BINS - 1).astype(np.int64)
            np.add.at(arrays["unbalance_counts"], (places, columns), weight[minutes, columns])

    def close_day(self, day: int, measured: Bools) -> None:
        """The day number ``day`` is over; ``measured``: days known of the last month, shape (30, meters)."""
        arrays, slot = self._arrays, day % DAYS
        slots = days_before(day + 1, MONTH)
        enough = measured.sum(0) >= KNOWN
        for habit in HABITS:
            today = arrays[f"open_{habit}"]
            arrays[f"day_{habit}"][slot] = today
            today[:] = False
            arrays[f"never_{habit}"][:] = enough & (arrays[f"day_{habit}"][slots].sum(0) <= EXCEPTION)
        arrays["day_equal"][slot] = np.where(measured[-1], arrays["open_equal"], np.nan)
        arrays["open_equal"][:] = 0
        rows = arrays["day_equal"][slots]
        arrays["equal_record"][:] = np.where(enough, np.fmax.reduce(rows, axis=0), np.nan)
        counts = arrays["unbalance_counts"]
        sums = np.cumsum(counts, axis=0)
        place = (sums < USUAL * sums[-1]).sum(0)
        arrays["usual_unbalance"][:] = np.where(sums[-1] >= LEAST, (place + 1) * BIN, np.nan)
        counts *= FADING
