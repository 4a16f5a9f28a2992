"""Counters that never forget: energy as a pure function of a household and the time.

Everything is summed from the day of installation, day by day, minute by minute, so a simulator
that is started again tomorrow shows counters that have simply gone on.
"""

from __future__ import annotations

from dataclasses import dataclass
import datetime as dt
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .appliances import MINUTES, weekday
from .household import DAY, Household
from .noise import Floats

TARIFFS: Final = 8
"""Counters per direction; a meter with fewer tariffs leaves the rest at zero."""

IMPORT: Final = slice(0, TARIFFS)
EXPORT: Final = slice(TARIFFS, 2 * TARIFFS)
REACTIVE_IMPORT: Final = 2 * TARIFFS
REACTIVE_EXPORT: Final = 2 * TARIFFS + 1
ROWS: Final = 2 * TARIFFS + 2
"""Shape of a vector of counters: import T1..T8, export T1..T8 (kWh), reactive import, export (kvarh)."""

DEMAND_BLOCK: Final = 15
"""Minutes over which demand is averaged."""

type Numbers = NDArray[np.int64]
"""Whole numbers, for example the tariff of every minute."""

EPOCH: Final = dt.date(1970, 1, 1)

KEPT_DAYS: Final = 2

type SwitchPoint = tuple[int, int]
"""Minutes since midnight, and the tariff 1..8 from then on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Which tariff counts when; each table begins at midnight and holds at most 12 switch points."""

    weekday: tuple[SwitchPoint, ...]
    """Monday to Friday."""

    saturday: tuple[SwitchPoint, ...]
    """Saturday."""

    sunday: tuple[SwitchPoint, ...]
    """Sunday."""

    def tables(self) -> tuple[tuple[SwitchPoint, ...], ...]:
        """The three day tables in the order of the register map."""
        return (self.weekday, self.saturday, self.sunday)

    def tariffs(self, ordinal: int) -> Numbers:
        """The tariff of every minute of a day, shape (1440,)."""
        table = self.tables()[max(0, weekday(ordinal) - 4)]
        starts = np.array([minute for minute, _ in table])
        numbers = np.array([tariff for _, tariff in table])
        return np.asarray(numbers[np.searchsorted(starts, np.arange(MINUTES), side="right") - 1])

    def tariff(self, time: float) -> int:
        """The tariff at a moment of the meter's own time."""
        ordinal, second = divmod(time, DAY)
        return int(self.tariffs(int(ordinal))[int(second // 60)])


def counters_per_hour(active: Floats, reactive: Floats, tariffs: Numbers) -> Floats:
    """How fast the counters run: kW and kvar by counter, shape (18, minutes).

    ``active`` and ``reactive`` are totals in W and var, ``tariffs`` the tariff of each minute.
    """
    rates = np.zeros((ROWS, active.size))
    column = np.arange(active.size)
    rates[tariffs - 1, column] = np.clip(active, 0, None)
    rates[tariffs - 1 + TARIFFS, column] = np.clip(-active, 0, None)
    rates[REACTIVE_IMPORT] = np.clip(reactive, 0, None)
    rates[REACTIVE_EXPORT] = np.clip(-reactive, 0, None)
    return rates / 1000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Day:
    """Counters within one day."""

    gained: Floats
    """kWh and kvarh since midnight at the start of every minute, shape (18, 1441)."""

    demand: Floats
    """Mean import of every block, W, shape (96,)."""


class EnergyHistory:
    """The counters of one meter since it was installed."""

    def __init__(
        self, household: Household, schedule: Schedule, installed: int, initial: float = 0.0
    ) -> None:
        """Begin to count at the start of the day ``installed`` (ordinal since 1970-01-01).

        ``initial`` kWh of tariff 1 import were on the counter already.
        """
        self.household = household
        self.schedule = schedule
        self.installed = installed
        first = np.zeros(ROWS)
        first[0] = initial
        self._until = [first]
        self._peaks: list[float] = []
        self._day = lru_cache(maxsize=KEPT_DAYS)(self._reckon)

    def _flow(self, ordinal: int) -> tuple[Floats, Floats, Numbers]:
        """What goes through the meter in every minute of a day: W, var, and the tariff in force."""
        day = self.household.day(ordinal)
        return day.active.sum(axis=0), day.reactive.sum(axis=0), self.schedule.tariffs(ordinal)

    def _share(self, time: float) -> float:
        """How much of the energy of a minute has come until ``time`` in it, 0..1."""
        return self.household.ripple.seconds(time) / 60

    def _day_shares(self, ordinal: int, second: float) -> Floats:
        """``_share`` at the same second of every minute of a day, shape (1440,)."""
        return self.household.ripple.day_seconds(ordinal, second) / 60

    def _reckon(self, ordinal: int) -> _Day:
        active, reactive, tariffs = self._flow(ordinal)
        rates = counters_per_hour(active, reactive, tariffs)
        gained = np.zeros((ROWS, MINUTES + 1))
        np.cumsum(rates / 60, axis=1, out=gained[:, 1:])
        demand = np.clip(active, 0, None).reshape(-1, DEMAND_BLOCK).mean(axis=1)
        return _Day(gained=gained, demand=demand)

    def _sums(self, ordinal: int) -> tuple[Floats, float]:
        """What a whole day adds to the counters, and its highest block; the minutes are not kept."""
        active, reactive, tariffs = self._flow(ordinal)
        taken, given = np.clip(active, 0, None), np.clip(-active, 0, None)
        sums = [
            *np.bincount(tariffs - 1, taken, TARIFFS),
            *np.bincount(tariffs - 1, given, TARIFFS),
            np.clip(reactive, 0, None).sum(),
            np.clip(-reactive, 0, None).sum(),
        ]
        return np.array(sums) / 60_000, float(taken.reshape(-1, DEMAND_BLOCK).mean(axis=1).max())

    def before(self, ordinal: int) -> Floats:
        """Counters at the start of a day, kWh and kvarh, shape (18,)."""
        days = max(0, ordinal - self.installed)
        while len(self._until) <= days:
            gained, peak = self._sums(self.installed + len(self._until) - 1)
            self._until.append(self._until[-1] + gained)
            self._peaks.append(peak)
        return self._until[days]

    def peak(self, ordinal: int) -> float:
        """Highest block of a day since the installation, W."""
        self.before(ordinal + 1)
        return self._peaks[ordinal - self.installed]

    def gained(self, ordinal: int) -> Floats:
        """What one day adds to the counters, shape (18,)."""
        return self.before(ordinal + 1) - self.before(ordinal)

    def at(self, time: float) -> Floats:
        """Counters at a moment of the meter's own time, kWh and kvarh, shape (18,)."""
        whole, second = divmod(time, DAY)
        ordinal = int(whole)
        if ordinal < self.installed:
            return self._until[0]
        day = self._day(ordinal)
        minute = int(second // 60)
        gained, whole_minute = day.gained[:, minute], day.gained[:, minute + 1] - day.gained[:, minute]
        return np.asarray(self.before(ordinal) + gained + whole_minute * self._share(time))

    def day_at(self, ordinal: int, second: float) -> Floats:
        """``at`` the same second of every minute of a day, shape (18, 1440)."""
        if ordinal < self.installed:
            return np.repeat(self._until[0][:, None], MINUTES, axis=1)
        gained = self._day(ordinal).gained
        shares = self._day_shares(ordinal, second)
        return self.before(ordinal)[:, None] + gained[:, :-1] + np.diff(gained, axis=1) * shares

    def max_demand(self, time: float) -> float:
        """Highest block of the month so far, W; only blocks that are complete count."""
        whole, second = divmod(time, DAY)
        ordinal = int(whole)
        if ordinal < self.installed:
            return 0.0
        first = (EPOCH + dt.timedelta(days=ordinal)).replace(day=1).toordinal() - EPOCH.toordinal()
        self.before(ordinal)
        peaks = self._peaks[max(0, first - self.installed) : ordinal - self.installed]
        done = int(second // (60 * DEMAND_BLOCK))
        today: list[float] = self._day(ordinal).demand[:done].tolist()
        return max([0.0, *peaks, *today])
