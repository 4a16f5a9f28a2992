"""What the file itself says of its meters: interval, phases, nominal voltage and circuit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from custom_components.csj_meter.anomaly.meter import NOMINAL_VOLTAGE, FeederPhase, WatchedMeter

from .cells import Bools, Floats, Minutes, Places
from .settings_file import Stated

FIRST_SAMPLES: Final = 61
"""Samples of a meter that say what its interval and its voltage are."""

INTERVALS: Final = (1, 60)
"""Smallest and largest interval, minutes."""

LOW_VOLTAGES: Final = (100.0, 110.0, 120.0, 127.0)
"""V; nominal voltages of the other half of the world, of which the nearest is taken."""

BETWEEN: Final = 165.0
"""V, the middle of 100 and 230: below it the voltage is one of ``LOW_VOLTAGES``.

220, 230 and 240 V are all taken for 230 V, which has replaced them (IEC 60038): which of them it is cannot
be told from measurements, because the voltage of a sound supply may lie anywhere between 207 and 253 V.
"""

DARK: Final = 50.0
"""V below which a voltage says nothing about what it should be."""


@dataclass(slots=True)
class _First:
    """The first samples of one meter by time, in whatever order they come."""

    minutes: Minutes = field(default_factory=lambda: np.empty(0, np.int64))
    voltage_minutes: Minutes = field(default_factory=lambda: np.empty(0, np.int64))
    voltages: Floats = field(default_factory=lambda: np.empty(0))

    def note(self, minutes: Minutes, voltages: Floats) -> None:
        self.minutes = np.unique(np.concatenate([self.minutes, minutes]))[:FIRST_SAMPLES]
        lit = voltages > DARK
        when = np.concatenate([self.voltage_minutes, minutes[lit]])
        values = np.concatenate([self.voltages, voltages[lit]])
        order = np.lexsort((values, when))[:FIRST_SAMPLES]
        self.voltage_minutes, self.voltages = when[order], values[order]

    @property
    def complete_until(self) -> float:
        """The minute from which on nothing more can be learnt."""
        if len(self.minutes) < FIRST_SAMPLES or len(self.voltages) < FIRST_SAMPLES:
            return np.inf
        return float(max(self.minutes[-1], self.voltage_minutes[-1]))

    @property
    def interval(self) -> int:
        """Minutes between the samples, as a rule."""
        gaps = np.sort(np.diff(self.minutes))
        return int(np.clip(gaps[(len(gaps) - 1) // 2], *INTERVALS)) if len(gaps) else INTERVALS[0]

    @property
    def rated_voltage(self) -> float:
        """V."""
        if not len(self.voltages):
            return NOMINAL_VOLTAGE
        usual = float(np.median(self.voltages))
        if usual >= BETWEEN:
            return NOMINAL_VOLTAGE
        return min(LOW_VOLTAGES, key=lambda voltage: abs(voltage - usual))


class Learnt:
    """All meters of the file."""

    def __init__(self) -> None:
        """Begin with none."""
        self._first: list[_First] = []
        self._complete = np.empty(0)
        self._three = np.empty(0, np.bool_)

    def note(self, meters: int, minutes: Minutes, places: Places, voltages: Floats, several: Bools) -> None:
        """Rows of some of the ``meters`` known so far.

        ``places``: which meter; ``voltages``: of the first phase; ``several``: whether there are others.
        """
        while len(self._first) < meters:
            self._first.append(_First())
        missing = meters - len(self._complete)
        self._complete = np.append(self._complete, np.full(missing, np.inf))
        self._three = np.append(self._three, np.zeros(missing, np.bool_))
        self._three[places[several]] = True
        if not len(minutes):
            return
        order = np.argsort(places, kind="stable")
        present, starts = np.unique(places[order], return_index=True)
        oldest = np.minimum.reduceat(minutes[order], starts)
        ends = np.append(starts[1:], len(order))
        for number in np.flatnonzero(oldest <= self._complete[present]).tolist():
            first = self._first[place := int(present[number])]
            rows = order[starts[number] : ends[number]]
            first.note(minutes[rows], voltages[rows])
            self._complete[place] = first.complete_until

    def meters(
        self, serials: Sequence[str], circuits: Mapping[str, str], stated: Mapping[str, Stated]
    ) -> list[WatchedMeter]:
        """The meters, in this order; what somebody has ``stated`` of one counts."""
        return [
            self._meter(place, serial, circuits.get(serial), stated.get(serial, Stated()))
            for place, serial in enumerate(serials)
        ]

    def _meter(self, place: int, serial: str, circuit: str | None, stated: Stated) -> WatchedMeter:
        first = self._first[place]
        phases = stated.phases or (3 if self._three[place] else 1)
        return WatchedMeter(
            serial=serial,
            circuit=circuit,
            gateway=stated.gateway,
            phases=phases,
            feeder_phase=stated.feeder_phase or (FeederPhase.THREE if phases == 3 else FeederPhase.UNKNOWN),
            rated_voltage=stated.rated_voltage or first.rated_voltage,
            max_current=stated.max_current,
            ct_ratio=stated.ct_ratio,
            has_relay=stated.has_relay,
            may_export=stated.may_export,
            interval=stated.interval or first.interval,
        )
