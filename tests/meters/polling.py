"""A poller at work on a simulated line, in virtual time, and what it reports."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.meters.poller import Poller, PollReport
from custom_components.csj_meter.meters.reading import Group
from tests.simulated import Bench, differences


class Watched:
    """A poller at work and everything it reported."""

    def __init__(self, bench: Bench, meters: list[Meter]) -> None:
        self.bench = bench
        self.meters = meters
        self.reports: list[PollReport] = []
        self.times: defaultdict[tuple[int, Group], list[float]] = defaultdict(list)
        self.wrong: list[object] = []
        self.poller = Poller(bench.bus, self._hear)

    def _hear(self, report: PollReport) -> None:
        self.reports.append(report)
        for group in report.updated:
            reading = report.meter.readings[group]
            unit = report.meter.unit_id
            self.times[unit, group].append(self.bench.clock())
            if group in (Group.LIVE, Group.ENERGY, Group.PREPAY):
                self.wrong += [
                    (unit, *item)
                    for item in differences(reading, self.bench.line.meters[unit].truth()).items()
                ]

    def online(self, unit: int) -> bool:
        """What was last reported of a meter."""
        return next(report.online for report in reversed(self.reports) if report.meter.unit_id == unit)

    def failed(self, unit: int) -> dict[Group, Exception]:
        """What was last reported of a meter."""
        return dict(next(report.failed for report in reversed(self.reports) if report.meter.unit_id == unit))


@asynccontextmanager
async def polling(bench: Bench, count: int) -> AsyncIterator[Watched]:
    """Poll the first ``count`` meters of the line."""
    watched = Watched(bench, [await bench.meter(unit) for unit in range(1, count + 1)])
    watched.poller.start(watched.meters)
    try:
        yield watched
    finally:
        await watched.poller.stop()
        assert len(asyncio.all_tasks()) == 1
