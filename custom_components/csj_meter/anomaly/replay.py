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
from .intake import Block, Rows, rows_of
from .kinds import FAMILIES, Kind, State
from .load_memory import HOURS, QUARTER
from .local_time import HOUR
from .memory import Bools
from .meter import WatchedMeter
from .report import SETTLING
from .settings import Settings

FORGOTTEN: Final = HOURS * HOUR
"""Minutes without a sample after which no hour is remembered: quarters need not be closed any more."""


def replay(
    engine: Engine,
    minutes: Iterable[Block | Rows | Sequence[Sample]],
    meters: Sequence[WatchedMeter],
    settings: Settings | None = None,
    *,
    until: int | None = None,
) -> Iterator[Finding]:
    """What ``engine`` finds in ``minutes``, oldest first.

    They come as tables of all meters, of one minute or of several that follow each other, or as samples of
    one minute in any order; samples of minutes that were observed before are passed over. Tables of several
    minutes are replayed soonest, and what is found in an hour of them is told at its end. ``meters`` and
    ``settings`` are what the engine was made or configured with. ``until`` is the minute (UTC) up to which it
    is known that no more was said; None: nothing is known of the time after the last sample. Raises
    ValueError for a table of an earlier minute.
    """
    quiet = _Quiet(engine, meters, settings or Settings())
    places = {meter.serial: place for place, meter in enumerate(meters)}
    for given in minutes:
        for block in _blocks(given, engine.minute, places):
            yield from quiet.until(block.minute)
            yield from quiet.observe(block)
    if until is not None and until > engine.minute:
        yield from quiet.until(until)
        yield from quiet.observe(engine.nothing(until))


def _blocks(
    given: Block | Rows | Sequence[Sample], newest: int, places: dict[str, int]
) -> Iterator[Block | Rows]:
    if isinstance(given, Rows):
        yield given
    elif isinstance(given, Block):
        # whole hours, so that no quarter of an hour is taken apart
        for begin in range(-(given.minute % HOUR), len(given), HOUR):
            yield given.part(max(begin, 0), begin + HOUR)
    else:
        yield from rows_of((sample for sample in given if sample.minute > newest), places)


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

    def observe(self, said: Block | Rows) -> Iterator[Finding]:
        """One minute, or several that follow each other."""
        if isinstance(said, Rows):
            findings = self._engine.observe_rows(said)
            self._note(said.minute, said.fresh[None])
        else:
            findings = self._engine.observe_block(said)
            self._note(said.minute, said.fresh)
        for finding in findings:
            if finding.state is State.CONFIRMED and finding.kind in FAMILIES:
                self._busy_until = max(self._busy_until, finding.at + SETTLING)
            elif finding.state is State.SUSPECTED and finding.kind is Kind.METER_SILENT:
                self._busy_until = max(self._busy_until, finding.at + self._confirm)
            yield finding

    def _note(self, minute: int, fresh: Bools) -> None:
        """Who has said something in minutes from ``minute`` on, and when each counts as silent from now."""
        heard: Bools = np.logical_or.reduce(fresh, axis=1)
        if not heard.any():
            return
        final = minute + len(fresh) - 1
        self._heard = final - int(heard[::-1].argmax())
        seen = self._engine.last_seen
        np.copyto(self._silent_from, seen + self._patience, where=seen >= 0)

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
