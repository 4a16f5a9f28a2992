"""How one meter is polled: when each of its blocks is due, which failed, and whether it answers.

Periods lie on a grid, so that a meter is sampled at the same second of every minute whatever the others do.
Times are the event loop's seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
import math
from typing import Final

from ..bus.errors import BusError, LinkDownError, UnitBusyError, UnitSilentError
from .errors import ForeignMeterError, MeterError, OverdueError
from .meter import Meter
from .reading import Group, Reading

DEFAULT_PERIODS: Final[Mapping[Group, float]] = {
    Group.LIVE: 60.0,
    Group.ENERGY: 60.0,
    Group.PREPAY: 60.0,
    Group.HARMONICS: 900.0,
    Group.SETTINGS: 3600.0,
    Group.IDENTITY: 3600.0,
}
"""Seconds between two reads of a group."""

RETRY_SOON: Final = 5.0
"""Seconds after which a read that failed is tried again, out of its rhythm."""

SILENCES: Final = 3
"""Silences in a row that take a meter off line."""

BUSIES: Final = 9
"""Times in a row, about a minute of them, that it was too busy to answer: it costs the line even more."""

FIRST_BACK_OFF: Final = 10.0
LONGEST_BACK_OFF: Final = 300.0
"""Seconds between two probes of a meter that is off line: doubling, up to the longest."""

OVERDUE: Final = 90.0
"""Seconds after which a block that has not had its turn is not shown; a period where that is longer."""


@dataclass(slots=True, eq=False)
class Job:
    """One group of one meter and when it is due."""

    group: Group
    period: float
    due: float
    wanted: float
    """When it was, or will be, due first since it was read last."""


@dataclass(slots=True, eq=False)
class Rhythm:
    """One meter under way."""

    meter: Meter
    start: float
    """When the grid of all meters begins."""
    phase: float
    """Share of the period, 0..1, by which this meter is shifted."""

    jobs: dict[Group, Job] = field(default_factory=dict)
    failed: dict[Group, Exception] = field(default_factory=dict)
    """Groups whose values must not be shown now, with the reason."""
    online: bool = True
    doubted: bool = field(init=False)
    """Whether another meter may be in its place: it says its serial number before anything else counts."""
    _told: dict[Group, Reading | None] = field(default_factory=dict)
    """The reading of each group that is no news any more."""
    _failures: dict[Group, int] = field(default_factory=dict)
    _silences: int = 0
    _busies: int = 0
    _probe_due: float = math.inf
    _back_off: float = FIRST_BACK_OFF

    def __post_init__(self) -> None:
        """Nobody knows yet who answers: meters may have been exchanged since it was polled last."""
        self.doubt()

    def doubt(self) -> None:
        """Who answers next may be another meter, as far as this one can tell them apart."""
        self.doubted = self.meter.tells_serial

    def waiting(self) -> Iterator[tuple[float, Job | None]]:
        """What is to be done and when it is due; None is a probe of a meter that is off line."""
        if self.online:
            for job in self.jobs.values():
                yield job.due, job
        else:
            yield self._probe_due, None

    def schedule(self, job: Job, now: float) -> None:
        """Put the job on its next place of the grid."""
        start = self.start + self.phase * job.period
        job.due = start + (math.floor((now - start) / job.period) + 1) * job.period

    def change_period(self, job: Job, period: float, now: float) -> None:
        """Read a block more or less often from now on."""
        if period == job.period:
            return
        faster, job.period = period < job.period, period
        due = job.due
        self.schedule(job, now)
        if faster:
            job.due = min(due, job.due)  # what was tried again soon still is
            job.wanted = min(job.wanted, job.due)

    def follow_groups(self, periods: Mapping[Group, float], now: float) -> None:
        """Poll the groups that the meter has now; a new firmware may have brought or dropped one."""
        for group in self.meter.groups:
            self.jobs.setdefault(group, Job(group, periods[group], now, now))
        for group in self.jobs.keys() - set(self.meter.groups):
            del self.jobs[group]
            self.failed.pop(group, None)

    def news(self, groups: Iterable[Group]) -> list[Group]:
        """Those of ``groups`` whose last good reading has not been told, nor is of before a failure."""
        return [group for group in groups if self.meter.readings.get(group) is not self._told.get(group)]

    def succeeded(self, group: Group, now: float) -> None:
        """A block has been read; a meter that was off line is not ``back`` by that."""
        if (job := self.jobs.get(group)) is not None:
            job.wanted = max(job.due, now)
        self._told[group] = self.meter.readings.get(group)
        self._failures.pop(group, None)
        self.failed.pop(group, None)
        self._silences = self._busies = 0

    def missed(self, job: Job, err: BusError | MeterError, now: float) -> bool:
        """A block could not be read; returns whether the meter is off line by that."""
        count = self._failures[job.group] = self._failures.get(job.group, 0) + 1
        self._told[job.group] = self.meter.readings.get(job.group)
        self.schedule(job, now)
        if count == 1:
            job.due = min(job.due, now + RETRY_SOON)
        if count > 1 or isinstance(err, MeterError):
            self.failed[job.group] = err
        self._silences = self._silences + 1 if isinstance(err, UnitSilentError) else 0
        self._busies = self._busies + 1 if isinstance(err, UnitBusyError) else 0
        is_lost = self._silences >= SILENCES or self._busies >= BUSIES
        if not is_lost and not isinstance(err, ForeignMeterError):
            return False
        self.online = False
        self.doubt()
        self.failed = dict.fromkeys(self.jobs, err)
        self._probe_due, self._back_off = now + FIRST_BACK_OFF, FIRST_BACK_OFF
        return True

    def hasten(self, groups: Iterable[Group], now: float) -> None:
        """Read blocks at once, or see whether the meter is there when it is off line."""
        if not self.online:
            self._probe_due = now
        for group in groups:
            if (job := self.jobs.get(group)) is not None:
                job.due = min(job.due, now)

    def probed(self, now: float) -> None:
        """It is being asked whether it is there; the next time later."""
        self._probe_due = now + self._back_off
        self._back_off = min(2 * self._back_off, LONGEST_BACK_OFF)

    def back(self, now: float) -> None:
        """It answers again, and has said who it is: all is read at once.

        What was known before the silence is not what is now, so each block stays failed until it is read.
        """
        self.online, self.doubted = True, False
        self._failures.clear()
        self._silences = self._busies = 0
        for job in self.jobs.values():
            job.due = job.wanted = now

    def mark_overdue(self, now: float) -> bool:
        """What should have been read long ago is not shown until it is; returns whether there is such."""
        overdue = [
            job
            for job in self.jobs.values()
            if self.online and job.group not in self.failed and now - job.wanted > max(OVERDUE, job.period)
        ]
        for job in overdue:
            self.failed[job.group] = OverdueError(self.meter.unit_id, now - job.wanted)
        return bool(overdue)

    def mark_unread(self, err: LinkDownError, now: float) -> None:
        """The link is back: what should have been read meanwhile is not shown until it is."""
        for group, job in self.jobs.items():
            if job.due <= now:
                self.failed.setdefault(group, err)
