"""Habits that rules ask for: resting at zero, feeding back, standing still, and how uneven phases are."""

from __future__ import annotations

from typing import Final

import numpy as np

from .load_memory import DAYS, days_before
from .memory import Bools, Floats, Memory, Slot

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


class Habits:
    """What is usual of a meter, learnt day by day."""

    def __init__(self, memory: Memory) -> None:
        """Use the arrays of ``memory``."""
        self._arrays = memory

    def note(self, habit: str, happens: Bools, known: Bools) -> None:
        """One sample of "rested" or "exported"; three in a row make it a day of that."""
        row = self._arrays[f"{habit}_row"]
        if not happens.any():
            np.copyto(row, 0, where=known)
            return
        np.copyto(row, np.where(happens, row + 1, 0), where=known)
        today = self._arrays[f"open_{habit}"]
        today |= row >= IN_A_ROW

    def note_equal(self, equal: Bools, known: Bools) -> None:
        """Whether the samples are equal to those before them."""
        row, longest = self._arrays["equal_row"], self._arrays["open_equal"]
        if not equal.any():
            np.copyto(row, 0, where=known)
            return
        np.copyto(row, np.where(equal, row + 1, 0), where=known)
        np.maximum(longest, row, out=longest)

    def note_unbalance(self, percent: Floats, weight: Floats) -> None:
        """Unbalance of currents under load; NaN where there is no load."""
        some = np.flatnonzero(np.isfinite(percent))
        if len(some):
            place = np.minimum(percent[some] / BIN, BINS - 1).astype(np.int64)
            self._arrays["unbalance_counts"][place, some] += weight[some]

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
