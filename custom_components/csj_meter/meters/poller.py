"""The rhythm of a bus: which group of which meter is due, and what to do with a silent one.

One task per bus. Periods lie on a grid, so that a meter is sampled at the same second of every
minute whatever the others do, and the meters of a bus are spread over the period. A meter that
stays silent is asked two registers at growing intervals instead of being waited for. What somebody
watches is read oftener while they do (``demands``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
import contextlib
from dataclasses import dataclass, field
import logging
import math
from typing import Final

from ..bus.bus import Bus
from ..bus.errors import BusError, LinkDownError, UnitError, UnitSilentError
from ..bus.turns import AGEING
from .demands import Demand, Demands
from .errors import ForeignMeterError, MeterError
from .meter import GROUP_PRIORITIES, Meter
from .reading import Group, Reading

LOGGER: Final = logging.getLogger(__package__)

DEFAULT_PERIODS: Final[Mapping[Group, float]] = {
    Group.LIVE: 60.0,
    Group.ENERGY: 60.0,
    Group.PREPAY: 60.0,
    Group.HARMONICS: 900.0,
    Group.SETTINGS: 3600.0,
    Group.IDENTITY: 3600.0,
}
"""Seconds between two reads of a group."""

FAST_PERIOD: Final = 10.0
"""Live period in seconds of a meter that reports fast."""

RETRY_SOON: Final = 5.0
"""Seconds after which a read that failed is tried again, out of its rhythm."""

SILENCES: Final = 3
"""Silences in a row that take a meter off line."""

FIRST_BACK_OFF: Final = 10.0
LONGEST_BACK_OFF: Final = 300.0
"""Seconds between two probes of a meter that is off line: doubling, up to the longest."""

FIRST_LINK_PAUSE: Final = 1.0
LONGEST_LINK_PAUSE: Final = 30.0
"""Seconds between two attempts to open a link that is down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What one poll changed, and how the meter stands."""

    meter: Meter
    """The meter polled; its readings are up to date."""

    updated: frozenset[Group]
    """Groups just read."""

    failed: Mapping[Group, Exception]
    """Groups whose values must not be shown now, with the reason."""

    online: bool
    """Whether the meter answers."""


@dataclass(slots=True, eq=False)
class _Job:
    """One group of one meter and when it is due, in the event loop's seconds."""

    group: Group
    period: float
    due: float


@dataclass(slots=True, eq=False)
class _Watch:
    """One meter under way."""

    meter: Meter
    phase: float
    """Share of the period, 0..1, by which this meter is shifted."""

    jobs: dict[Group, _Job] = field(default_factory=dict)
    failures: dict[Group, int] = field(default_factory=dict)
    failed: dict[Group, Exception] = field(default_factory=dict)
    silences: int = 0
    online: bool = True
    probe_due: float = math.inf
    back_off: float = FIRST_BACK_OFF


class Poller:
    """Polls the meters of one bus until stopped."""

    def __init__(
        self,
        bus: Bus,
        on_report: Callable[[PollReport], None],
        *,
        periods: Mapping[Group, float] = DEFAULT_PERIODS,
    ) -> None:
        """Poll on ``bus``; ``on_report`` hears of every change, in the event loop."""
        self._bus = bus
        self._on_report = on_report
        self._periods = {**DEFAULT_PERIODS, **periods}
        self._watches: dict[Meter, _Watch] = {}
        self._demands = Demands(bus)
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._anchor = 0.0
        self._link_pause = 0.0
        self._link_error: LinkDownError | None = None

    def start(self, meters: Iterable[Meter]) -> None:
        """Begin to poll ``meters``; each is read once at once, then in its rhythm."""
        loop = asyncio.get_running_loop()
        self._anchor = loop.time()
        everybody = list(meters)
        for number, meter in enumerate(everybody):
            self._watch(meter, number / len(everybody))
        self._task = loop.create_task(self._run(), name=f"poll {self._bus.name}")

    async def stop(self) -> None:
        """Stop polling; returns when nothing is under way any more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        # nobody listens any more, not even to a command that is still under way
        self._watches.clear()
        self._demands.clear()

    def add(self, meter: Meter) -> None:
        """Take in a meter while polling, in the widest gap between the others."""
        phases = sorted(watch.phase for watch in self._watches.values())
        gaps = (
            [
                (following - phase, phase)
                for phase, following in zip(phases, [*phases[1:], phases[0] + 1.0], strict=True)
            ]
            if phases
            else [(1.0, 0.0)]
        )
        width, start = max(gaps)
        self._watch(meter, (start + width / 2) % 1.0)
        self._wake.set()

    def remove(self, meter: Meter) -> None:
        """Poll this meter no more."""
        self._watches.pop(meter, None)
        self._demands.forget(meter)
        self._bus.forget(meter.unit_id)
        self._follow_demands()

    @property
    def link_up(self) -> bool:
        """Whether the link carried the last exchange."""
        return not self._link_pause

    def online(self, meter: Meter) -> bool:
        """Whether the meter answers."""
        watch = self._watches.get(meter)
        return watch is not None and watch.online and not self._link_pause

    def report(self, meter: Meter) -> PollReport:
        """How the meter stands now."""
        return self._report(self._watches[meter])

    async def sample_now(self, meter: Meter) -> Reading:
        """Read the live block at once. Raises as ``Meter.read``."""
        reading = await meter.sample_now()
        if (watch := self._watches.get(meter)) is not None:
            self._succeeded(watch, Group.LIVE)
        return reading

    def demand(self, demand: Demand) -> Callable[[], None]:
        """Read a block as often as somebody wants it, until the returned function is called.

        Less often where the line cannot carry it; ``period`` says how often. Raises ValueError for a period
        that is not to be had.
        """
        self._demands.add(demand)
        self._follow_demands()

        def end() -> None:
            self._demands.remove(demand)
            self._follow_demands()

        return end

    def period(self, meter: Meter, group: Group) -> float | None:
        """Seconds between two reads of a block as things are now; None when it is not polled."""
        watch = self._watches.get(meter)
        job = None if watch is None else watch.jobs.get(group)
        return None if job is None else job.period

    def heard(self, meter: Meter, groups: Iterable[Group]) -> None:
        """Take in what somebody else, such as a command, has just read of a meter."""
        if (watch := self._watches.get(meter)) is None:
            return
        for group in groups:
            if group is Group.SETTINGS:
                self._follow_periods(watch)
                self._wake.set()
            if group is Group.IDENTITY:
                self._follow_groups(watch)
                self._wake.set()
            self._succeeded(watch, group)

    def _watch(self, meter: Meter, phase: float) -> None:
        watch = _Watch(meter, phase)
        self._follow_groups(watch)
        self._watches[meter] = watch

    async def _run(self) -> None:
        """Do what is most urgent, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            self._wake.clear()
            due, work = self._next(loop.time())
            if work is None:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout_at(due if due < math.inf else None):
                        await self._wake.wait()
                continue
            watch, job = work
            try:
                await (self._probe(watch) if job is None else self._poll(watch, job))
            except LinkDownError as err:
                await self._link_is_down(err)
                continue
            except Exception:
                # the root of the task: a fault in one meter's data or in a listener is told and
                # costs a pause, but the other meters go on being polled
                LOGGER.exception("%s: polling meter %s failed", self._bus.name, watch.meter.identity.serial)
                if job is not None:
                    self._schedule(watch, job)
            await self._link_is_up()

    def _next(self, now: float) -> tuple[float, tuple[_Watch, _Job | None] | None]:
        """When something is due, and what is the most urgent of all that is."""
        earliest = math.inf
        best: tuple[float, float] | None = None
        work: tuple[_Watch, _Job | None] | None = None
        for watch in self._watches.values():
            jobs: Iterable[_Job | None] = watch.jobs.values() if watch.online else (None,)
            for job in jobs:
                due = watch.probe_due if job is None else job.due
                earliest = min(earliest, due)
                if due > now:
                    continue
                priority = GROUP_PRIORITIES[Group.IDENTITY if job is None else job.group]
                urgency = (priority - (now - due) // AGEING, due)
                if best is None or urgency < best:
                    best, work = urgency, (watch, job)
        return earliest, work

    async def _poll(self, watch: _Watch, job: _Job) -> None:
        try:
            await self._refresh(watch.meter, job.group)
            await watch.meter.read(job.group)
        except LinkDownError:
            raise
        except (BusError, MeterError) as err:
            self._failed(watch, job, err)
        else:
            self._schedule(watch, job)
            if job.group is Group.SETTINGS:
                self._follow_periods(watch)
            if job.group is Group.IDENTITY:
                self._follow_groups(watch)
            self._succeeded(watch, job.group)

    async def _probe(self, watch: _Watch) -> None:
        """See whether a meter that was silent is back, and is still the same."""
        now = asyncio.get_running_loop().time()
        watch.probe_due = now + watch.back_off
        watch.back_off = min(2 * watch.back_off, LONGEST_BACK_OFF)
        try:
            await watch.meter.probe()
            await watch.meter.verify_identity()
        except LinkDownError:
            raise
        except (BusError, MeterError) as err:
            if not isinstance(err, UnitSilentError):
                LOGGER.debug("%s: probe failed: %s", self._bus.name, err)
            return
        self._back(watch)
        self._on_report(self._report(watch))

    def _schedule(self, watch: _Watch, job: _Job) -> None:
        """Put the job on its next place of the grid."""
        now = asyncio.get_running_loop().time()
        start = self._anchor + watch.phase * job.period
        job.due = start + (math.floor((now - start) / job.period) + 1) * job.period

    def _follow_groups(self, watch: _Watch) -> None:
        """Poll the groups that the meter has now; a new firmware may have brought or dropped one."""
        now = asyncio.get_running_loop().time()
        for group in watch.meter.groups:
            watch.jobs.setdefault(group, _Job(group, self._periods[group], now))
        for group in watch.jobs.keys() - set(watch.meter.groups):
            del watch.jobs[group]
            watch.failed.pop(group, None)

    def _follow_demands(self) -> None:
        """Read oftener what is watched, and as before what is not any more: all share the line."""
        for watch in self._watches.values():
            self._follow_periods(watch)
        self._wake.set()

    def _follow_periods(self, watch: _Watch) -> None:
        """Poll each block as often as is set, as the meter samples, or as somebody wants it who watches."""
        for group, job in watch.jobs.items():
            period = self._periods[group]
            interval = watch.meter.reporting_interval
            if group is Group.LIVE and interval is not None and interval <= FAST_PERIOD:
                period = min(period, FAST_PERIOD)
            if (demanded := self._demands.period(watch.meter, group)) is not None:
                period = min(period, demanded)
            if period != job.period:
                faster, job.period = period < job.period, period
                due = job.due
                self._schedule(watch, job)
                if faster:
                    job.due = min(due, job.due)  # what was tried again soon still is

    async def _refresh(self, meter: Meter, group: Group) -> None:
        """Have a meter measure that is watched oftener than it does so by itself.

        Where it will not, it is read all the same, and a silence is that of the read.
        """
        if (refresh := self._demands.refresh(meter, group)) is not None:
            with contextlib.suppress(UnitError, MeterError):
                await refresh()

    def _succeeded(self, watch: _Watch, group: Group) -> None:
        watch.failures.pop(group, None)
        watch.failed.pop(group, None)
        if not watch.online:
            self._back(watch)
        watch.silences = 0
        self._on_report(self._report(watch, updated=group))

    def _failed(self, watch: _Watch, job: _Job, err: BusError | MeterError) -> None:
        count = watch.failures[job.group] = watch.failures.get(job.group, 0) + 1
        self._schedule(watch, job)
        if count == 1:
            job.due = min(job.due, asyncio.get_running_loop().time() + RETRY_SOON)
        if count > 1 or isinstance(err, MeterError):
            watch.failed[job.group] = err
        watch.silences = watch.silences + 1 if isinstance(err, UnitSilentError) else 0
        if watch.silences >= SILENCES or isinstance(err, ForeignMeterError):
            self._gone(watch, err)
        self._on_report(self._report(watch))

    def _gone(self, watch: _Watch, err: Exception) -> None:
        watch.online = False
        watch.failed = dict.fromkeys(watch.jobs, err)
        watch.back_off = FIRST_BACK_OFF
        watch.probe_due = asyncio.get_running_loop().time() + watch.back_off
        LOGGER.warning("%s: meter %s is off line: %s", self._bus.name, watch.meter.identity.serial, err)

    def _back(self, watch: _Watch) -> None:
        now = asyncio.get_running_loop().time()
        watch.online = True
        watch.silences = 0
        watch.probe_due = math.inf
        watch.failures.clear()
        # what was known before the silence is not what is now: each block stays failed until it is read
        for job in watch.jobs.values():
            job.due = now
        LOGGER.warning("%s: meter %s is back", self._bus.name, watch.meter.identity.serial)

    async def _link_is_down(self, err: LinkDownError) -> None:
        """Wait before the link is tried again; longer each time."""
        self._link_error = err
        if not self._link_pause:
            LOGGER.warning("%s: link lost: %s", self._bus.name, err)
            self._link_pause = FIRST_LINK_PAUSE
            await self._report_all()
        else:
            self._link_pause = min(2 * self._link_pause, LONGEST_LINK_PAUSE)
        await asyncio.sleep(self._link_pause)

    async def _link_is_up(self) -> None:
        if self._link_error is None:
            return
        for watch in self._watches.values():
            self._overdue(watch, self._link_error)
        self._link_pause, self._link_error = 0.0, None
        LOGGER.warning("%s: link is back", self._bus.name)
        await self._report_all()

    def _overdue(self, watch: _Watch, err: LinkDownError) -> None:
        """Show what should have been read meanwhile no sooner than it is read."""
        now = asyncio.get_running_loop().time()
        for group, job in watch.jobs.items():
            if job.due <= now:
                watch.failed.setdefault(group, err)

    async def _report_all(self) -> None:
        """Report every meter; in between others have a turn, as each has dozens of entities."""
        for meter, watch in tuple(self._watches.items()):
            if self._watches.get(meter) is not watch:
                continue  # it has left meanwhile
            try:
                self._on_report(self._report(watch))
            except Exception:
                # a fault in a listener of one meter must not end the polling of all
                LOGGER.exception("%s: a listener of meter %s failed", self._bus.name, meter.identity.serial)
            await asyncio.sleep(0)

    def _report(self, watch: _Watch, updated: Group | None = None) -> PollReport:
        return PollReport(
            meter=watch.meter,
            updated=frozenset() if updated is None else frozenset({updated}),
            failed=dict(watch.failed),
            online=watch.online and not self._link_pause,
        )
