"""Energy that faults add or take away while the simulator runs.

The counters of undisturbed days are a pure function of time; this is the small rest that is not.
It is kept as a line through points, so that the load profile of an hour ago still knows it.
"""

from __future__ import annotations

from bisect import bisect_right
import math
from typing import Final

import numpy as np

from .connection import Connection
from .energy import ROWS, counters_per_hour
from .household import Load
from .noise import Floats
from .state import MeterState
from .tariff_calendar import TariffCalendar

REMEMBERED: Final = 10_000
"""How many points are kept at least; what is older blurs."""

KEPT_IN_STATE: Final = 100
"""How many of them, spread over all, outlive the simulator."""


class ExtraEnergy:
    """The difference between what a meter has counted and what it would have without faults."""

    def __init__(self, state: MeterState) -> None:
        """Begin with what ``state`` remembers."""
        points = [np.array(point) for point in state.extra_points]
        self._times = [-math.inf, *state.extra_times]
        self._points = [points[0] if points else np.zeros(ROWS), *points]

    def keep(self, state: MeterState) -> None:
        """Have ``state`` remember the line, with fewer points."""
        count = len(self._times) - 1
        places = sorted({round(place) for place in np.linspace(1, count, min(count, KEPT_IN_STATE))})
        state.extra_times = [self._times[place] for place in places]
        state.extra_points = [tuple(self._points[place].tolist()) for place in places]

    @property
    def counts(self) -> bool:
        """Whether there has ever been any."""
        return len(self._times) > 1

    def at(self, time: float) -> Floats:
        """Extra energy until a moment of the meter's own time, kWh and kvarh, shape (18,)."""
        place = bisect_right(self._times, time) - 1
        point = self._points[place]
        if 0 < place < len(self._points) - 1:
            start, end = self._times[place : place + 2]
            point = point + (self._points[place + 1] - point) * (time - start) / (end - start)
        return point

    def count(self, connection: Connection, calendar: TariffCalendar, since: float, until: float) -> None:
        """Add what the faults of ``connection`` make of the time from ``since`` to ``until``."""
        if until <= since:
            return
        extra = self._points[-1].copy()
        if since > self._times[-1]:
            self._append(since, extra.copy())
        time = since
        while time < until:
            end = min(until, (time // 60 + 1) * 60)
            tariff = calendar.tariff(time)
            counted = _rate(connection.metered(time, steady=True), tariff)
            undisturbed = _rate(connection.household.at(time, steady=True), tariff)
            # weighted with the ripple like the undisturbed counters, or those would be seen to fall
            seconds = connection.household.ripple.seconds(end) or 60.0
            seconds -= connection.household.ripple.seconds(time)
            extra += (counted - undisturbed) * seconds / 3600
            time = end
        # points within one minute are one line, unless they begin or end it
        if len(self._times) > 2 and self._times[-2] // 60 == until // 60:
            self._times.pop()
            self._points.pop()
        self._append(until, extra)

    def _append(self, time: float, point: Floats) -> None:
        self._times.append(time)
        self._points.append(point)
        if len(self._times) > 2 * REMEMBERED:
            # what is left begins with the last point that was dropped
            del self._times[1:REMEMBERED], self._points[: REMEMBERED - 1]


def _rate(load: Load, tariff: int) -> Floats:
    """How fast the counters run with a load, kW and kvar, shape (18,)."""
    active, reactive = np.array([load.active.sum()]), np.array([load.reactive.sum()])
    return np.asarray(counters_per_hour(active, reactive, np.array([tariff]))[:, 0])
