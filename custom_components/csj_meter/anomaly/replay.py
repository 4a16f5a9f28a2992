"""The engine over minutes that are long past: the same findings as if it had been there.

Live, the engine is called every minute. Most minutes in which nobody says anything change nothing, so that a
replay calls it only in those that can: where a meter counts as silent from now on, while neighbours of
something confirmed are still asked, and where a quarter of an hour begins. No I/O: whoever has the minutes
hands them in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
import math
from typing import Final

import numpy as np

from ..meters.sample import Sample
from .engine import Engine
from .finding import Finding
from .intake import Rows, rows_of
from .kinds import FAMILIES, Kind, State
from .load_memory import HOURS, QUARTER
from .local_time import HOUR
from .meter import WatchedMeter
from .report import SETTLING
from .settings import Settings

FORGOTTEN: Final = HOURS * HOUR
"""Minutes without a sample after which no hour is remembered: quarters need not be closed any more."""


def replay(
    engine: Engine,
    minutes: Iterable[Rows | Sequence[Sample]],
    meters: Sequence[WatchedMeter],
    settings: Settings | None = None,
    *,
    until: int | None = None,
) -> Iterator[Finding]:
    """What ``engine`` finds in ``minutes``, oldest first.

    A minute is a table of all meters, or samples in any order; samples of minutes that were observed before
    are passed over. ``meters`` and ``settings`` are what the engine was made or configured with. ``until`` is
    the minute (UTC) up to which it is known that no more was said; None: nothing is known of the time after
    the last sample. Raises ValueError for a table of an earlier minute.
    """
    quiet = _Quiet(engine, meters, settings or Settings())
    places = {meter.serial: place for place, meter in enumerate(meters)}
    for given in minutes:
        for rows in (given,) if isinstance(given, Rows) else _fresh(given, engine.minute, places):
            yield from quiet.until(rows.minute)
            yield from quiet.observe(rows)
    if until is not None and until > engine.minute:
        yield from quiet.until(until)
        yield from quiet.observe(engine.nothing(until))


def _fresh(samples: Sequence[Sample], newest: int, places: dict[str, int]) -> Iterator[Rows]:
    return rows_of((sample for sample in samples if sample.minute > newest), places)


class _Quiet:
    """The minutes in which nobody says anything."""

    def __init__(self, engine: Engine, meters: Sequence[WatchedMeter], settings: Settings) -> None:
        self._engine = engine
        silence = [settings.of(Kind.METER_SILENT, meter.serial, meter.circuit) for meter in meters]
        patience = [
            _patience(its.threshold, meter.interval) for its, meter in zip(silence, meters, strict=True)
        ]
        self._patience = np.array(patience, np.int64)
        self._confirm = max((its.confirm for its in silence), default=0)
        self._silent_from = np.full(len(meters), -1, np.int64)
        self._heard = -1
        self._busy_until = -1

    def observe(self, rows: Rows) -> Iterator[Finding]:
        """One minute."""
        if rows.fresh.any():
            self._heard = rows.minute
            np.copyto(self._silent_from, rows.minute + self._patience, where=rows.fresh)
        for finding in self._engine.observe_rows(rows):
            if finding.state is State.CONFIRMED and finding.kind in FAMILIES:
                self._busy_until = max(self._busy_until, finding.at + SETTLING)
            elif finding.state is State.SUSPECTED and finding.kind is Kind.METER_SILENT:
                self._busy_until = max(self._busy_until, finding.at + self._confirm)
            yield finding

    def until(self, end: int) -> Iterator[Finding]:
        """The minutes before ``end`` that can change something."""
        minute = self._engine.minute
        if minute < 0:
            return
        while minute + 1 < end and (minute := self._next(minute, end)) < end:
            yield from self.observe(self._engine.nothing(minute))

    def _next(self, minute: int, end: int) -> int:
        if minute < self._busy_until:
            return minute + 1
        coming = self._silent_from[self._silent_from > minute]
        following = int(coming.min(initial=end))
        if minute - self._heard < FORGOTTEN:
            following = min(following, (minute // QUARTER + 1) * QUARTER)
        return following


def _patience(threshold: float, interval: int) -> int:
    """Minutes after its last sample at which a meter is silent, by the very division that the engine does."""
    minutes = max(1, math.floor(threshold * interval) - 1)
    while minutes / interval / threshold < 1:
        minutes += 1
    return minutes
