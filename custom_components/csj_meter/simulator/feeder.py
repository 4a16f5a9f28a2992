"""The low-voltage line that neighbours share: what one of them draws, all of them see.

A feeder has a source that wanders a little, an impedance, and besides the metered homes a row
of homes without meters. Voltage is source minus impedance times current, so loads pull it down
and panels push it up, for everybody on the same phase at the same time.
"""

from __future__ import annotations

from functools import lru_cache
import math
from typing import TYPE_CHECKING, Final

import numpy as np

from . import noise
from .appliances import MINUTES, winter
from .household import DAY
from .noise import Floats

if TYPE_CHECKING:
    from .connection import Connection

KEPT_DAYS: Final = 40
"""Voltage days to keep: more than a month of history is read meter by meter."""


class Feeder:
    """One circuit behind a transformer, three phases and neutral."""

    def __init__(
        self,
        name: str,
        seed: int,
        *,
        nominal: float = 230.0,
        resistance: float = 0.07,
        reactance: float = 0.03,
        other_homes: int = 24,
    ) -> None:
        """Lay the cable.

        ``nominal`` in V, ``resistance`` and ``reactance`` in ohm per phase up to the homes,
        ``other_homes`` without a meter of ours.
        """
        self.name = name
        self.nominal = nominal
        self.resistance = resistance
        self.reactance = reactance
        self.homes: list[Connection] = []
        self._other_homes = other_homes
        self._keys = [noise.key(seed, name, phase) for phase in range(3)]
        self._grid = noise.key(seed, "grid")
        self._source = lru_cache(maxsize=KEPT_DAYS)(self._make_source)
        self.day = lru_cache(maxsize=KEPT_DAYS)(self._day)
        """``day(ordinal)``: voltages of an undisturbed day, V, shape (3, 1440)."""

    def attach(self, home: Connection) -> None:
        """Connect a home."""
        self.homes.append(home)
        self.day.cache_clear()

    def frequency(self, time: float) -> float:
        """Frequency of the grid, Hz; the same on every feeder."""
        return (
            50 + 0.022 * noise.smooth(self._grid, time, 40) + 0.03 * noise.smooth(self._grid + 1, time, 600)
        )

    def frequencies(self, times: Floats) -> Floats:
        """``frequency`` at many moments."""
        return np.asarray(
            50
            + 0.022 * noise.smooths(self._grid, times, 40)
            + 0.03 * noise.smooths(self._grid + 1, times, 600)
        )

    def voltages(self, time: float) -> Floats:
        """Voltages at the connection of the homes now, V, shape (3,), with everything they draw."""
        ordinal, second = divmod(time, DAY)
        source = self._source(int(ordinal))
        minute = int(second // 60)
        here, there = source[:, minute], source[:, min(minute + 1, MINUTES - 1)]
        voltages = here + (there - here) * (second % 60) / 60
        for home in self.homes:
            load = home.load(time)
            drop = self.resistance * load.active + self.reactance * load.reactive
            voltages[list(home.phases)] -= drop / self.nominal
        return np.asarray(voltages)

    def day_at(self, ordinal: int, second: float) -> Floats:
        """``voltages`` of an undisturbed day at the same second of every minute, V, shape (3, 1440)."""
        source = self._source(ordinal)
        following = np.concatenate([source[:, 1:], source[:, -1:]], axis=1)
        voltages = source + (following - source) * second / 60
        for home in self.homes:
            active, reactive = home.loads(ordinal, second)
            drop = self.resistance * active + self.reactance * reactive
            voltages[list(home.phases)] -= drop / self.nominal
        return np.asarray(voltages)

    def _day(self, ordinal: int) -> Floats:
        voltages = self._source(ordinal).copy()
        for home in self.homes:
            day = home.household.day(ordinal)
            drop = self.resistance * day.active + self.reactance * day.reactive
            voltages[list(home.phases)] -= drop / self.nominal
        return voltages

    def _make_source(self, ordinal: int) -> Floats:
        """Voltages before the metered homes load them, V, shape (3, 1440)."""
        minute = np.arange(MINUTES)
        hour = minute / 60
        times: Floats = np.asarray(ordinal * DAY + minute * 60.0)
        grid = (
            1
            + 0.006 * noise.smooths(self._grid + 2, times, 5400)
            + 0.002 * noise.smooths(self._grid + 3, times, 420)
        )
        rhythm = (
            260
            + 320 * np.exp(-(((hour - 19) / 2.2) ** 2))
            + 170 * np.exp(-(((hour - 7.5) / 1.3) ** 2))
            + 110 * np.exp(-(((hour - 12.5) / 2) ** 2))
        ) * (0.85 + 0.4 * winter(ordinal))
        rows = []
        for of in self._keys:
            others = rhythm * self._other_homes / 3
            others = others * (
                1 + 0.25 * noise.smooths(of, times, 2400) + 0.12 * noise.smooths(of + 1, times, 180)
            )
            rows.append(self.nominal * 1.012 * grid - self.resistance * others / self.nominal)
        return np.array(rows)


def unbalance(values: Floats) -> float:
    """Largest deviation from the mean as a share of the mean; 0 when there is nothing."""
    mean = float(values.mean())
    return float(np.abs(values - mean).max()) / mean if mean > 0 and not math.isclose(mean, 0) else 0.0
