"""Polls the meters of a bus: which block of which meter is due, and what to do with a silent one.

One task per bus. Each meter has its ``rhythm``, and the meters of a bus are spread over the period. Where
another meter may have taken its place meanwhile, it says who it is before anything it says counts. A meter
that stays silent is asked two registers at growing intervals instead of being waited for. What somebody
watches is read oftener while they do (``demands``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
import contextlib
from dataclasses import dataclass
import logging
import math
from typing import Final

from ..bus.bus import Bus
from ..bus.errors import BusError, LinkDownError, UnitError, UnitSilentError
from ..bus.turns import AGEING, Priority
from .demands import Demand, Demands
from .errors import MeterError
from .meter import GROUP_PRIORITIES, Meter
from .reading import Group, Reading
from .rhythm import DEFAULT_PERIODS, Job, Rhythm

LOGGER: Final = logging.getLogger(__package__)

FAST_PERIOD: Final = 10.0
"""Live period in seconds of a meter that reports fast."""

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
        self._rhythms: dict[Meter, Rhythm] = {}
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
            self._take_in(meter, number / len(everybody))
        self._task = loop.create_task(self._run(), name=f"poll {self._bus.name}")

    async def stop(self) -> None:
        """Stop polling; returns when nothing is under way any more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        # nobody listens any more, not even to a command that is still under way
        self._rhythms.clear()
        self._demands.clear()

    def add(self, meter: Meter) -> None:
        """Take in a meter while polling, in the widest gap between the others."""
        phases = sorted(rhythm.phase for rhythm in self._rhythms.values())
        gaps = (
            [
                (following - phase, phase)
                for phase, following in zip(phases, [*phases[1:], phases[0] + 1.0], strict=True)
            ]
            if phases
            else [(1.0, 0.0)]
        )
        width, start = max(gaps)
        self._take_in(meter, (start + width / 2) % 1.0)
        self._wake.set()

    def remove(self, meter: Meter) -> None:
        """Poll this meter no more."""
        self._rhythms.pop(meter, None)
        self._demands.forget(meter)
        self._bus.forget(meter.unit_id)
        self._follow_demands()

    @property
    def link_up(self) -> bool:
        """Whether the link carried the last exchange."""
        return not self._link_pause

    def online(self, meter: Meter) -> bool:
        """Whether the meter answers."""
        rhythm = self._rhythms.get(meter)
        return rhythm is not None and rhythm.online and not self._link_pause

    def report(self, meter: Meter) -> PollReport:
        """How the meter stands now."""
        return self._report(self._rhythms[meter])

    async def sample_now(self, meter: Meter) -> Reading:
        """Read the live block at once. Raises as ``Meter.read``."""
        rhythm = self._rhythms.get(meter)
        if rhythm is not None and rhythm.doubted:
            await self._recognise(rhythm, Priority.SAMPLE)
        reading = await meter.sample_now()
        # it may have left, or gone off line, while it was read
        if rhythm is not None and rhythm is self._rhythms.get(meter) and not rhythm.doubted:
            self._succeeded(rhythm, Group.LIVE)
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
        rhythm = self._rhythms.get(meter)
        job = None if rhythm is None else rhythm.jobs.get(group)
        return None if job is None else job.period

    def heard(self, meter: Meter, groups: Iterable[Group]) -> None:
        """Take in what somebody else, such as a command, has just read of a meter.

        Of ``groups`` only that counts which is news: while a command was under way the meter was polled on,
        and may have fallen silent.
        """
        if (rhythm := self._rhythms.get(meter)) is None:
            return
        news = rhythm.news(groups)
        if news and (rhythm.doubted or not rhythm.online):
            # it may be of another meter, or of before the silence: it counts when it has been read here
            rhythm.hasten(news, _now())
            self._wake.set()
            return
        for group in news:
            if group is Group.SETTINGS:
                self._follow_periods(rhythm)
                self._wake.set()
            if group is Group.IDENTITY:
                rhythm.follow_groups(self._periods, _now())
                self._wake.set()
            self._succeeded(rhythm, group)

    def _take_in(self, meter: Meter, phase: float) -> None:
        rhythm = self._rhythms[meter] = Rhythm(meter, self._anchor, phase)
        rhythm.follow_groups(self._periods, _now())

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
            rhythm, job = work
            try:
                await (self._probe(rhythm) if job is None else self._poll(rhythm, job))
            except LinkDownError as err:
                await self._link_is_down(err)
                continue
            except Exception:
                # the root of the task: a fault in one meter's data or in a listener is told and
                # costs a pause, but the other meters go on being polled
                LOGGER.exception("%s: polling meter %s failed", self._bus.name, rhythm.meter.identity.serial)
                if job is not None:
                    rhythm.schedule(job, _now())
            await self._link_is_up()

    def _next(self, now: float) -> tuple[float, tuple[Rhythm, Job | None] | None]:
        """When something is due, and what is the most urgent of all that is."""
        earliest = math.inf
        best: tuple[float, float] | None = None
        work: tuple[Rhythm, Job | None] | None = None
        for rhythm in self._rhythms.values():
            for due, job in rhythm.waiting():
                earliest = min(earliest, due)
                if due > now:
                    continue
                priority = GROUP_PRIORITIES[Group.IDENTITY if job is None else job.group]
                urgency = (priority - (now - due) // AGEING, due)
                if best is None or urgency < best:
                    best, work = urgency, (rhythm, job)
        return earliest, work

    async def _poll(self, rhythm: Rhythm, job: Job) -> None:
        try:
            if rhythm.doubted and job.group is not Group.IDENTITY:
                await self._recognise(rhythm, GROUP_PRIORITIES[job.group])
                if rhythm.jobs.get(job.group) is not job:
                    return  # it has said that it has no such block any more
            await self._refresh(rhythm.meter, job.group)
            await rhythm.meter.read(job.group)
        except LinkDownError:
            raise
        except (BusError, MeterError) as err:
            await self._failed(rhythm, job, err)
        else:
            self._polled(rhythm, job)

    async def _recognise(self, rhythm: Rhythm, priority: Priority) -> None:
        """Have a meter say who it is before anything it says counts. Raises as ``Meter.read``."""
        await rhythm.meter.read(Group.IDENTITY, priority)
        if rhythm is self._rhythms.get(rhythm.meter):
            self._polled(rhythm, rhythm.jobs[Group.IDENTITY])

    def _polled(self, rhythm: Rhythm, job: Job) -> None:
        """A block has been read in its turn, or out of it."""
        rhythm.schedule(job, _now())
        if job.group is Group.SETTINGS:
            self._follow_periods(rhythm)
        if job.group is Group.IDENTITY:
            rhythm.doubted = False
            rhythm.follow_groups(self._periods, _now())
        self._succeeded(rhythm, job.group)

    async def _probe(self, rhythm: Rhythm) -> None:
        """See whether a meter that was silent is back, and is still the same."""
        rhythm.probed(_now())
        try:
            await rhythm.meter.probe()
            await rhythm.meter.verify_identity()
        except LinkDownError:
            raise
        except (BusError, MeterError) as err:
            if not isinstance(err, UnitSilentError):
                LOGGER.debug("%s: probe failed: %s", self._bus.name, err)
            return
        self._back(rhythm)
        self._on_report(self._report(rhythm))

    def _follow_demands(self) -> None:
        """Read oftener what is watched, and as before what is not any more: all share the line."""
        for rhythm in self._rhythms.values():
            self._follow_periods(rhythm)
        self._wake.set()

    def _follow_periods(self, rhythm: Rhythm) -> None:
        """Poll each block as often as is set, as the meter samples, or as somebody wants it who watches."""
        for group, job in rhythm.jobs.items():
            period = self._periods[group]
            interval = rhythm.meter.reporting_interval
            if group is Group.LIVE and interval is not None and interval <= FAST_PERIOD:
                period = min(period, FAST_PERIOD)
            if (demanded := self._demands.period(rhythm.meter, group)) is not None:
                period = min(period, demanded)
            rhythm.change_period(job, period, _now())

    async def _refresh(self, meter: Meter, group: Group) -> None:
        """Have a meter measure that is watched oftener than it does so by itself.

        Where it will not, it is read all the same, and a silence is that of the read.
        """
        if (refresh := self._demands.refresh(meter, group)) is not None:
            with contextlib.suppress(UnitError, MeterError):
                await refresh()

    def _succeeded(self, rhythm: Rhythm, group: Group) -> None:
        rhythm.succeeded(group, _now())
        if not rhythm.online:
            self._back(rhythm)
        self._on_report(self._report(rhythm, updated=group))

    async def _failed(self, rhythm: Rhythm, job: Job, err: BusError | MeterError) -> None:
        """Tell it, and of those whose turn has not come as this one was waited for."""
        if rhythm.missed(job, err, _now()):
            LOGGER.warning("%s: meter %s is off line: %s", self._bus.name, rhythm.meter.identity.serial, err)
        self._on_report(self._report(rhythm))
        await self._report_those([other for other in self._rhythms.values() if other.mark_overdue(_now())])

    def _back(self, rhythm: Rhythm) -> None:
        rhythm.back(_now())
        LOGGER.warning("%s: meter %s is back", self._bus.name, rhythm.meter.identity.serial)

    async def _link_is_down(self, err: LinkDownError) -> None:
        """Wait before the link is tried again; longer each time."""
        self._link_error = err
        for rhythm in self._rhythms.values():
            rhythm.doubt()  # it may lead elsewhere when it is back
        if not self._link_pause:
            LOGGER.warning("%s: link lost: %s", self._bus.name, err)
            self._link_pause = FIRST_LINK_PAUSE
            await self._report_those(tuple(self._rhythms.values()))
        else:
            self._link_pause = min(2 * self._link_pause, LONGEST_LINK_PAUSE)
        await asyncio.sleep(self._link_pause)

    async def _link_is_up(self) -> None:
        if self._link_error is None:
            return
        for rhythm in self._rhythms.values():
            rhythm.mark_unread(self._link_error, _now())
        self._link_pause, self._link_error = 0.0, None
        LOGGER.warning("%s: link is back", self._bus.name)
        await self._report_those(tuple(self._rhythms.values()))

    async def _report_those(self, rhythms: Sequence[Rhythm]) -> None:
        """Report several meters; in between others have a turn, as each has dozens of entities."""
        for rhythm in rhythms:
            meter = rhythm.meter
            if self._rhythms.get(meter) is not rhythm:
                continue  # it has left meanwhile
            try:
                self._on_report(self._report(rhythm))
            except Exception:
                # a fault in a listener of one meter must not end the polling of all
                LOGGER.exception("%s: a listener of meter %s failed", self._bus.name, meter.identity.serial)
            await asyncio.sleep(0)

    def _report(self, rhythm: Rhythm, updated: Group | None = None) -> PollReport:
        return PollReport(
            meter=rhythm.meter,
            updated=frozenset() if updated is None else frozenset({updated}),
            failed=dict(rhythm.failed),
            online=rhythm.online and not self._link_pause,
        )


def _now() -> float:
    return asyncio.get_running_loop().time()
