"""From scores to transitions: suspected, confirmed, cleared (ISA-18.2: on-delay, off-delay, deadband)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from .channels import CHANNELS, FIRST, Limits
from .kinds import Kind, State
from .memory import Bools, Floats, Ints, Memory, Slot

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Active:
    """Channels of meters that are suspected or confirmed, each at its place in three arrays."""

    rows: Ints
    """Places in ``CHANNELS``."""

    columns: Ints
    """Places of the meters."""

    confirmed: Bools
    """Whether it is confirmed."""


class Latches:
    """All channels of all meters."""

    def __init__(self, memory: Memory) -> None:
        """Use the arrays of ``memory``."""
        self._arrays = memory

    def active(self) -> Active | None:
        """What is suspected or confirmed now; None where nothing is."""
        stage = self._arrays["stage"]
        if not np.count_nonzero(stage):
            return None
        rows, columns = np.nonzero(stage != Stage.QUIET)
        return Active(rows=rows, columns=columns, confirmed=stage[rows, columns] == Stage.CONFIRMED)

    def concerned(self, scores: Floats, active: Active | None, limits: Limits) -> Bools | None:
        """Which latches move, or may, in some minutes; None where none does.

        ``scores`` have the shape (channels, minutes, meters), as has the result. It holds until a latch has
        moved.
        """
        moving: Bools = scores >= 1
        if active is not None:
            its = scores[active.rows, :, active.columns]
            # most of what is confirmed simply stays so
            stays = active.confirmed[:, None] & (its >= _CLEARS_AT[active.rows, None])
            moving[active.rows, :, active.columns] = ~(stays | np.isnan(its))
        if not np.count_nonzero(moving):
            return None
        moving &= limits.looked_for[:, None]
        return moving if np.count_nonzero(moving) else None

    def stand(self, minute: int, scores: Floats, active: Active) -> None:
        """What is confirmed and stays so, from ``minute`` on; ``scores`` of (channels, minutes, meters)."""
        rows, columns = active.rows[active.confirmed], active.columns[active.confirmed]
        stays = scores[rows, :, columns] >= _CLEARS_AT[rows, None]
        some = np.logical_or.reduce(stays, axis=1)
        at = rows[some], columns[some]
        self._arrays["calm"][at] = 0
        self._arrays["seen"][at] = minute + scores.shape[1] - 1 - stays[some, ::-1].argmax(axis=1)

    def step(
        self, minute: int, scores: Floats, concerned: Bools, interval: Ints, limits: Limits
    ) -> list[Transition]:
        """Move the latches that are ``concerned`` with a minute; what that changes, by row and meter."""
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
