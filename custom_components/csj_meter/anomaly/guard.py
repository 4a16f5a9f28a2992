"""What must not be learnt: hours of a fault, until it has lasted so long that it is the new habit."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np

from .channels import FIRST
from .finding import Finding
from .kinds import SEVERITIES, Kind, Severity, State
from .latches import Stage
from .load_memory import FLOOR_WINDOWS, HOURS
from .load_scores import DRIFT_DAYS, LEAK_WINDOWS
from .local_time import DAY
from .memory import Bools, Floats, Memory, Slot
from .rules import RULES

HABITS_OF_LOAD: Final = (Kind.STUCK_LOAD, Kind.LEAK, Kind.HIGH_USAGE, Kind.LOW_USAGE, Kind.DRIFT)
"""Kinds that may turn out to be a new habit."""

GUARDED: Final = tuple(
    kind
    for kind, rule in RULES.items()
    if rule.severity is not Severity.INFO and kind not in (Kind.TAMPER, Kind.CURRENT_IMBALANCE)
)
"""Kinds whose hours say nothing about what is usual."""

REACH: Final = {
    Kind.STUCK_LOAD: FLOOR_WINDOWS[-1] // 4 + 1,
    Kind.LEAK: LEAK_WINDOWS[-1],
    Kind.DRIFT: DRIFT_DAYS * 24,
}
"""Hours before the first abnormal sample in which it must have begun already."""

TOLD: Final = 60
"""Minutes for which a new habit stands as a finding."""

SLOTS: Final = (Slot(name="adopted_at", dtype=np.int64, fill=-TOLD),)

_ADOPTED_ROWS: Final = [FIRST[kind] for kind in HABITS_OF_LOAD]
_GUARDED_ROWS: Final = [FIRST[kind] for kind in GUARDED if not RULES[kind].by_phase]


class Guard:
    """Which hours are learnt from."""

    def __init__(self, memory: Memory) -> None:
        """Use the arrays of ``memory``."""
        self._arrays = memory

    @property
    def guarded(self) -> Bools:
        """Of which meters the hour that ends now is not learnt from."""
        confirmed = self._arrays["stage"][_GUARDED_ROWS] == Stage.CONFIRMED
        told = self._arrays["told_severity"][_GUARDED_ROWS] > SEVERITIES.index(Severity.INFO)
        guarded: Bools = (confirmed & told).any(axis=0)
        return guarded

    def confirmed(self, finding: Finding, column: int, minute: int, wall: int) -> None:
        """What was told of a meter: where it was confirmed, what it began with is not learnt from either."""
        serious = finding.severity is not Severity.INFO
        if finding.state is State.CONFIRMED and serious and finding.kind in REACH:
            first = self._first_hour(finding.kind, finding.since, minute, wall)
            self._mark(column, first, wall // 60, guarded=True)

    def adopt(self, minute: int, wall: int, after: Floats) -> Collection[int]:
        """Take findings that have lasted ``after`` days for the new habit; the meters (columns) of which.

        From then on, only what was measured since it began says what is usual.
        """
        arrays, adopted = self._arrays, dict[int, int]()
        if not np.count_nonzero(arrays["stage"][_ADOPTED_ROWS] == Stage.CONFIRMED):
            return []
        for kind in HABITS_OF_LOAD:
            row = FIRST[kind]
            lasting = (arrays["stage"][row] == Stage.CONFIRMED) & (
                minute - arrays["since"][row] >= after * DAY
            )
            for column in np.flatnonzero(lasting).tolist():
                first = self._first_hour(kind, int(arrays["since"][row, column]), minute, wall)
                adopted[column] = max(first, adopted.get(column, first))
        for column, first in adopted.items():
            self._mark(column, first, wall // 60 + 1, guarded=False)
        # what lasts from before is a part of what was adopted then
        new = [column for column, first in adopted.items() if first > arrays["learn_from"][column]]
        for column in new:
            arrays["learn_from"][column] = adopted[column]
            arrays["adopted_at"][column] = minute
        return new

    def _first_hour(self, kind: Kind, since: int, minute: int, wall: int) -> int:
        return (wall - (minute - since)) // 60 - REACH.get(kind, 0)

    def _mark(self, column: int, first: int, until: int, *, guarded: bool) -> None:
        for hour in range(max(first, until - HOURS), until):
            self._arrays["hour_guarded"][hour % HOURS, column] = guarded
