"""What a meter uses as a rule at any hour: the expected mean power, and the band in which it usually lies.

Thirty days are too few for 168 hours of the week in a home, and far too few not to have them in a workshop.
So there are three references: the same hour of all days, of days of the same sort (working days, days off),
of the same day of the week. Each meter uses the one that has erred least on it so far. Recent days weigh
more: that is the season.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from .load_memory import HOURS, hours_before
from .local_time import LocalTime, weekday
from .memory import Array, Floats, Ints, Memory, Slot
from .order_statistics import quantiles, with_neighbours

MONTH: Final = 30
"""Days that are looked back."""

HALF_LIFE: Final = 8.0
"""Days after which a day weighs half: it follows the season without following the weather."""

NEXT_HOUR: Final = 0.5
"""Weight of the hours before and after, where all days count alike."""

FEWEST: Final = 3
"""Days that a reference needs; with fewer the wider one is used."""

MEMORY_OF_ERRORS: Final = 1 / (7 * 24)
"""Share of the newest hour in the running error: a week."""

BETTER: Final = 0.97
"""A narrower reference must err this much less: the wide one needs no luck."""

BAND: Final = (0.1, 0.9)
"""Quantiles between which usage is usual."""

SURE: Final = 21
"""Days after which the baseline is as good as it gets."""


class Reference(IntEnum):
    """Which past hours an hour is compared with."""

    ALL_DAYS = 0
    DAY_TYPE = 1
    WEEKDAY = 2


SLOTS: Final = (
    Slot(name="forecast", shape=(3, 24)),
    Slot(name="band_low", shape=(24,)),
    Slot(name="band_high", shape=(24,)),
    Slot(name="reference_error", shape=(3,)),
    Slot(name="reference", dtype=np.int64, fill=int(Reference.ALL_DAYS)),
)
"""The arrays of this module; ``forecast``, ``band_low`` and ``band_high`` are of the day that runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is usual in one hour."""

    power: float
    """Mean of the hour, W."""

    low: float
    high: float
    """Nine hours of ten are above, or below; W."""

    reference: Reference
    """Which hours say so."""

    days: int
    """Days that are known."""

    sure: float
    """How sure that is: 0 with nothing known, 1 after three weeks."""


class Baseline:
    """What is usual, of all meters."""

    def __init__(self, memory: Memory, time: LocalTime) -> None:
        """Use the arrays of ``memory``; ``time`` tells days off."""
        self._arrays = memory
        self._time = time

    def close_hour(self, hour: int) -> None:
        """Learn how much each reference has erred; after the rings."""
        arrays = self._arrays
        actual = arrays["hour_mean"][hour % HOURS]
        error = arrays["reference_error"]
        missed = np.abs(arrays["forecast"][:, hour % 24] - actual)
        learnt = np.where(np.isnan(error), missed, error + MEMORY_OF_ERRORS * (missed - error))
        np.copyto(error, learnt, where=np.isfinite(missed))
        best = np.zeros(error.shape[1], np.int64)
        least = np.where(np.isnan(error[0]), np.inf, error[0]) * BETTER
        for reference in (Reference.DAY_TYPE, Reference.WEEKDAY):
            better = error[reference] < least
            best[better] = reference
            least = np.where(better, error[reference], least)
        arrays["reference"][:] = best

    def learn(self, day: int) -> None:
        """Say what is usual on the day after the day number ``day``; takes a while for hundreds of meters."""
        arrays = self._arrays
        every = np.arange(len(arrays.serials))
        forecast, low, high = self._of_day(day + 1, day, every)
        arrays["forecast"][:] = forecast
        arrays["band_low"][:], arrays["band_high"][:] = low, high

    def at(self, column: int, hour: int, now: int) -> Expected | None:
        """What is usual in hour number ``hour`` as seen in hour ``now``; None while nothing is known."""
        arrays = self._arrays
        if hour // 24 == now // 24:
            forecast, low, high = (
                arrays[name][..., [column]] for name in ("forecast", "band_low", "band_high")
            )
        else:
            forecast, low, high = self._of_day(hour // 24, now // 24 - 1, np.array([column]))
        reference = Reference(int(arrays["reference"][column]))
        power = float(forecast[reference, hour % 24, 0])
        if np.isnan(power):
            return None
        days = int(arrays["known_days"][column])
        return Expected(
            power=power,
            low=min(power, float(low[hour % 24, 0])),
            high=max(power, float(high[hour % 24, 0])),
            reference=reference,
            days=days,
            sure=min(1.0, days / SURE),
        )

    def _of_day(self, day: int, last: int, columns: Ints) -> tuple[Floats, Floats, Floats]:
        """Forecasts (3, 24, n) and the band (24, n) of day number ``day`` from the days up to ``last``."""
        arrays = self._arrays
        until = (last + 1) * 24
        slots = hours_before(until, MONTH * 24)
        numbers = np.arange(until - MONTH * 24, until)
        past = arrays["hour_mean"][slots][:, columns].astype(np.float64)
        learnt_from = arrays["learn_from"][columns]
        past[arrays["hour_guarded"][slots][:, columns] | (numbers[:, None] < learnt_from)] = np.nan
        hours = past.reshape(MONTH, 24, -1)
        days = numbers[::24] // 24
        recency = 0.5 ** ((day - days) / HALF_LIFE)
        workdays = np.array([self._time.is_workday(int(each)) for each in days])
        same_type = workdays == self._time.is_workday(day)
        same_weekday = np.array([weekday(int(each)) == weekday(day) for each in days])
        around = with_neighbours(past)
        pooled = _mean(around, recency * 1.0, np.array([NEXT_HOUR, 1.0, NEXT_HOUR]))
        forecasts = [pooled]
        for chosen in (same_type, same_weekday):
            narrow = _mean(hours[None], recency * chosen, np.ones(1))
            enough = np.isfinite(hours[chosen]).sum(axis=0) >= FEWEST
            forecasts.append(np.where(enough, narrow, forecasts[-1]))
        forecast = np.stack(forecasts)
        low, high = self._bands(around, hours, same_type, same_weekday, columns)
        return forecast, low, high

    def _bands(
        self, around: Array, hours: Array, same_type: Array, same_weekday: Array, columns: Ints
    ) -> tuple[Floats, Floats]:
        low, high = quantiles(around.reshape(3 * MONTH, 24, -1), BAND, 3 * FEWEST)
        reference = self._arrays["reference"][columns]
        for which, chosen in ((Reference.DAY_TYPE, same_type), (Reference.WEEKDAY, same_weekday)):
            if not (reference == which).any():
                continue
            narrow_low, narrow_high = quantiles(hours[chosen], BAND, FEWEST)
            taken = (reference == which) & np.isfinite(narrow_low)
            low, high = np.where(taken, narrow_low, low), np.where(taken, narrow_high, high)
        return low, high


def _mean(values: Array, by_day: Floats, by_part: Floats) -> Floats:
    """Weighted mean over parts and days of values of shape (parts, days, 24, meters), without holes."""
    known = np.isfinite(values)
    weight = by_part[:, None] * by_day
    total = np.einsum("pd,pdhm->hm", weight, known.astype(np.float64))
    summed = np.einsum("pd,pdhm->hm", weight, np.where(known, values, 0.0))
    with np.errstate(invalid="ignore"):
        return np.where(total > 0, summed / total, np.nan)
