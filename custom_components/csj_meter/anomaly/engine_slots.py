"""All arrays that the engine remembers, and which of them go from one engine to another."""

from __future__ import annotations

from typing import Final

import numpy as np

from .baseline import SLOTS as BASELINE_SLOTS
from .guard import SLOTS as GUARD_SLOTS
from .habits import SLOTS as HABIT_SLOTS
from .intake import INPUTS
from .latches import SLOTS as LATCH_SLOTS
from .load_memory import SLOTS as LOAD_SLOTS
from .load_scores import SLOTS as SCORE_SLOTS
from .memory import Memory, Slot
from .report import SLOTS as REPORT_SLOTS
from .week_scores import SLOTS as WEEK_SLOTS

LEARNT: Final = (*LOAD_SLOTS, *SCORE_SLOTS, *BASELINE_SLOTS, *WEEK_SLOTS, *HABIT_SLOTS)
"""What is known of the past of a meter."""

FOUND: Final = (*LATCH_SLOTS, *REPORT_SLOTS)
"""What is suspected and confirmed of it."""

SLOTS: Final = (
    *LEARNT,
    *FOUND,
    *GUARD_SLOTS,
    Slot(name="last_values", shape=(len(INPUTS),)),
    Slot(name="last_seen", dtype=np.int64, fill=-1),
)

_MOVED: Final = ("row_since", "seen", "confirmed_at", "last_seen")
"""Minutes that only say how long ago something was; ``since`` is a part of a finding's name."""


def take_past(memory: Memory, other: Memory) -> None:
    """Know what ``other`` has learnt of the meters that are in both."""
    memory.take(other, [slot.name for slot in LEARNT])


def take_findings(memory: Memory, other: Memory, moved_by: int) -> None:
    """Have found what ``other`` has, ``moved_by`` minutes later, and nothing else."""
    for slot in FOUND:
        memory[slot.name].fill(slot.fill)
    memory.take(other, [*(slot.name for slot in FOUND), "last_seen"])
    for name in _MOVED:
        memory[name][memory[name] >= 0] += moved_by
