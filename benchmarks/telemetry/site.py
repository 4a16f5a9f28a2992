"""A hundred three-phase meters, and what they have shown at the resolution of their registers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from custom_components.csj_meter.meters.sample import Sample
from custom_components.csj_meter.simulator.household import Kind
from custom_components.csj_meter.simulator.meter import SimulatedMeter
from custom_components.csj_meter.simulator.minutes import minute_days
from custom_components.csj_meter.simulator.models import EIGHT_TARIFFS, SIX_TARIFFS, Model
from custom_components.csj_meter.simulator.site import Home, demo_line
from custom_components.csj_meter.telemetry.series import DAY, Series

METERS = 100

FIRST = 20_700 * DAY
"""2026-09-04 00:00 UTC: months after the meters were installed."""

MINUTE = 60
"""Seconds."""

HOMES = (
    Home(model=Model.DTSY300, kind=Kind.HEAT_PUMP, tariffs=6, schedule=SIX_TARIFFS),
    Home(model=Model.DTSY300, kind=Kind.HOUSE),
    Home(model=Model.DTS300, kind=Kind.SOLAR, max_current=80.0),
    Home(model=Model.DTSY300, kind=Kind.FLAT),
    Home(model=Model.DTSY300, kind=Kind.HOUSE, scale=1.4),
    Home(model=Model.DTS300, kind=Kind.WORKSHOP, tariffs=8, schedule=EIGHT_TARIFFS, max_current=200.0),
)
"""Three phases each; half of them have prepayment and all that goes with it."""


@dataclass(frozen=True)
class Site:
    """Some meters of one line."""

    count: int = METERS
    """How many."""

    @cached_property
    def meters(self) -> Sequence[SimulatedMeter]:
        """By unit id."""
        return list(demo_line(1, self.count, homes=HOMES).meters.values())

    @property
    def serials(self) -> list[str]:
        """Serial numbers by unit id."""
        return [meter.nameplate.serial for meter in self.meters]

    def months(
        self, days: int, since: int = FIRST, *, only: int | None = None, group: int = 12
    ) -> Iterator[tuple[str, Series]]:
        """Meter after meter with all of its ``days``; ``group`` of them are in memory at once.

        ``only``: the first so many meters.
        """
        for first in range(0, only or self.count, group):
            meters = self.meters[first : min(first + group, only or self.count)]
            parts: dict[str, list[Series]] = defaultdict(list)
            for day in minute_days(meters, since * MINUTE, (since + days * DAY) * MINUTE):
                parts[day.meter.nameplate.serial].append(Series.measured(day.minutes, day.values))
            for serial, some in parts.items():
                yield serial, Series.joined(some)

    def rounds(self, since: int, until: int, *, only: int | None = None) -> Iterator[list[Sample]]:
        """Minute after minute the samples of all meters, as the writer hands them on.

        ``only``: of the first so many meters.
        """
        for day in range(since // DAY * DAY, until, DAY):
            first, after = max(since, day), min(until, day + DAY)
            shown = [
                (one.meter.nameplate.serial, one.values)
                for one in minute_days(self.meters[:only], first * MINUTE, after * MINUTE)
            ]
            for place in range(after - first):
                yield [_sample(serial, first + place, values, place) for serial, values in shown]


def _sample(serial: str, minute: int, values: Mapping[str, np.ndarray], place: int) -> Sample:
    return Sample(
        serial=serial,
        minute=minute,
        values={quantity: float(shown[place]) for quantity, shown in values.items()},
    )
