"""From scores to transitions: suspected, confirmed, cleared (ISA-18.2: on-delay, off-delay, deadband)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from .channels import CHANNELS, FIRST, Limits
from .kinds import Kind, State
from .memory import Floats, Ints, Memory, Slot

COUNT: Final = len(CHANNELS)

LOST_THREAD: Final = 3
"""Sample intervals without a sample after which a row of abnormal samples begins anew."""


class Stage(IntEnum):
    """How far a channel has got."""

    QUIET = 0
    SUSPECTED = 1
    CONFIRMED = 2


SLOTS: Final = (
    Slot(name="stage", shape=(COUNT,), dtype=np.int8, fill=0),
    Slot(name="row", shape=(COUNT,), dtype=np.int32, fill=0),
    Slot(name="calm", shape=(COUNT,), dtype=np.int32, fill=0),
    Slot(name="since", shape=(COUNT,), dtype=np.int64, fill=-1),
    Slot(name="row_since", shape=(COUNT,), dtype=np.int64, fill=-1),
    Slot(name="seen", shape=(COUNT,), dtype=np.int64, fill=-1),
)
"""``row`` and ``calm``: abnormal and normal samples in a row; ``row_since``: minute of the first of them;
``seen``: minute of the last score that counted."""

_SILENCE: Final = FIRST[Kind.METER_SILENT]

_CLEARS_AT: Final = np.array([channel.rule.clears_at for channel in CHANNELS])
_HOLD: Final = np.array([channel.rule.hold for channel in CHANNELS])
_CLEAR: Final = np.array([channel.rule.clear for channel in CHANNELS])
_CLEAR_HOLD: Final = np.array([channel.rule.clear_hold for channel in CHANNELS])


@dataclass(frozen=True, slots=True)
class Transition:
    """One channel of one meter has got further, or back."""

    row: int
    """Place in ``CHANNELS``."""

    column: int
    """Place of the meter."""

    state: State
    """What it is now."""

    since: int
    """Minute of the first abnormal sample."""


class Latches:
    """All channels of all meters."""

    def __init__(self, memory: Memory) -> None:
        """Use the arrays of ``memory``."""
        self._arrays = memory

    def step(self, minute: int, scores: Floats, interval: Ints, limits: Limits) -> list[Transition]:
        """Take the scores of a minute, NaN where there is none; what that changes, by row and meter."""
        arrays = self._arrays
        stage = arrays["stage"]
        abnormal = scores >= 1
        standing = stage == Stage.CONFIRMED
        if standing.any():
            # most of what is confirmed simply stays so
            stays = standing & (scores >= _CLEARS_AT[:, None])
            np.copyto(arrays["calm"], 0, where=stays)
            np.copyto(arrays["seen"], minute, where=stays)
            concerned = ((abnormal | (stage > 0)) & ~stays & ~np.isnan(scores)) & limits.looked_for
        else:
            concerned = (abnormal | (stage > 0)) & ~np.isnan(scores) & limits.looked_for
        if not concerned.any():
            return []
        rows, columns = np.nonzero(concerned)
        return [
            transition
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
            if (transition := self._one(row, column, minute, float(scores[row, column]), interval, limits))
        ]

    def end(self, row: int, column: int) -> None:
        """Have a channel begin anew."""
        arrays = self._arrays
        arrays["stage"][row, column] = Stage.QUIET
        arrays["row"][row, column] = arrays["calm"][row, column] = 0

    def _one(
        self, row: int, column: int, minute: int, score: float, interval: Ints, limits: Limits
    ) -> Transition | None:
        arrays, at = self._arrays, (row, column)
        stage = arrays["stage"][at]
        thread_lost = minute - arrays["seen"][at] > LOST_THREAD * interval[column]
        arrays["seen"][at] = minute
        if score >= 1:
            arrays["calm"][at] = 0
            begins = stage == Stage.QUIET
            if begins:
                arrays["stage"][at] = Stage.SUSPECTED
                # silence began when the first sample did not come
                arrays["since"][at] = arrays["last_seen"][column] + 1 if row == _SILENCE else minute
            if begins or (stage == Stage.SUSPECTED and thread_lost):
                # the finding stays the same, by its name and its first sample, but has to be confirmed anew
                arrays["row"][at], arrays["row_since"][at] = 0, minute
            arrays["row"][at] += 1
            since = int(arrays["since"][at])
            lasted = minute - arrays["row_since"][at] >= _HOLD[row]
            enough = arrays["row"][at] >= limits.confirm[at] and lasted
            if arrays["stage"][at] == Stage.SUSPECTED and enough:
                arrays["stage"][at] = Stage.CONFIRMED
                return Transition(row, column, State.CONFIRMED, since)
            return Transition(row, column, State.SUSPECTED, since) if begins else None
        if stage == Stage.CONFIRMED:
            if arrays["calm"][at] == 0:
                arrays["row_since"][at] = minute
            arrays["calm"][at] += 1
            long = minute - arrays["row_since"][at] >= _CLEAR_HOLD[row]
            if arrays["calm"][at] < _CLEAR[row] or not long:
                return None
        self.end(row, column)
        return Transition(row, column, State.CLEARED, int(arrays["since"][at]))
