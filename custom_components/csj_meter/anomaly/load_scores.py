"""How unusual the load of each meter is, on several scales of time, against its own last 30 days.

A scale is an order statistic: the smallest power of four hours, of a day, of two days; the largest of a
day. It is compared with what it was at other times (middle and upper quantile: one bad day in ten changes
neither), in units of its own spread, and that again with the second or third most unusual day of the month:
a restless home has to do more to be noticed. ``docs/detection.md`` tells what each scale finds, measured on
real homes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from .channels import FIRST
from .kinds import Kind
from .load_memory import DAYS, ENOUGH, QUARTER, LoadMemory, days_before, hours_before
from .local_time import HOUR
from .memory import Array, Bools, Floats, Ints, Memory, Slot
from .order_statistics import NORMAL, nth_largest, quantiles, trailing_min, with_neighbours
from .rules import RULES

MONTH: Final = 30
"""Days that are looked back."""

LEAK_WINDOWS: Final = (22, 46)
"""Hours: what never falls in a day, and in two. An hour or two short of them, to be found within."""

UPPER: Final = 0.8, 0.9
"""Upper quantiles of the leak and of the stuck load."""

LEAK_SPREAD: Final = (25.0, 0.06)
STUCK_SPREAD: Final = (60.0, 0.08)
DRIFT_SPREAD: Final = (20.0, 0.06)
"""The smallest spread in W, and as a share of the usual value: less than that is a standby more or less."""

LEAK_BASE: Final = (5.0, 5.0)
STUCK_BASE: Final = (4.0, 4.0)
DRIFT_BASE: Final = 3.0
"""Spreads that nobody has to notice, however quiet a home is."""

LEAK_SCALE: Final = (1.2, 0.85)
STUCK_SCALE: Final = (3.9, 2.0)
DRIFT_SCALE: Final = 1.8
LOW_SCALE: Final = 0.15
"""What a score of 1 is: chosen together on the first twenty homes of the study, where they cost one false
alarm per meter and month."""

RANKS: Final = (2, 2, 3, 3, 3)
"""Rank of the day that unusual days are compared with, of each of ``SCALES``: one incident hides no other,
and a leak that begins at noon makes two days unusual."""

DRIFT_DAYS: Final = 5
DRIFT_LAG: Final = 10
"""Days of the middle value, and how far back the days begin that it is compared with."""

LOW_WINDOW: Final = 22
"""Hours over which usage is low."""

LOWEST: Final = 20.0
"""W; below that, a share means nothing."""

PEAK_MINUTES: Final = 8
"""Minutes for which a record must hold: a kettle and an oven together make one of a minute."""

PEAK_LEAST: Final = 200.0
"""W by which it must be broken."""

PEAK_DAYS: Final = 7
"""Days that make a record."""

NEVER_RESTS: Final = 15.0
"""W: who is never below that by far, has something that never rests."""

NIGHT: Final = (22, 6)
"""From and before which hour of the day only the night counts, in homes with photovoltaics."""

SOLAR_SHARE: Final = 0.1
"""Share of the hours around noon that reach zero, in a home with photovoltaics."""

STUCK: Final = ("stuck_short", "stuck_long")
LEAK: Final = ("leak_day", "leak_two_days")
SCALES: Final = (*STUCK, *LEAK, "drift")
"""Scales that are compared with the most unusual days."""

LOW_FIGURES: Final = ("mean", "max")
"""Figures of an hour that are low together when nobody is at home."""

SLOTS: Final = (
    *(Slot(name=f"open_{scale}", fill=-np.inf) for scale in SCALES),
    *(Slot(name=f"day_{scale}", shape=(DAYS,), dtype=np.float32) for scale in SCALES),
    *(Slot(name=f"{scale}_norm") for scale in SCALES),
    *(
        Slot(name=f"stuck_{figure}", shape=(2, 24), dtype=np.float32)
        for figure in ("low", "middle", "high", "spread")
    ),
    Slot(name="stuck_floor", shape=(2,)),
    *(Slot(name=f"leak_{figure}", shape=(2,)) for figure in ("floor", "low", "middle", "high", "spread")),
    Slot(name="low_now", shape=(len(LOW_FIGURES),)),
    Slot(name="open_low", shape=(len(LOW_FIGURES),), fill=np.inf),
    Slot(name="day_low", shape=(len(LOW_FIGURES), DAYS), dtype=np.float32),
    Slot(name="low_record", shape=(len(LOW_FIGURES),)),
    *(Slot(name=f"drift_{figure}") for figure in ("now", "low", "middle", "high", "score")),
    Slot(name="peak_record"),
    Slot(name="rest_limit"),
    Slot(name="known_days", dtype=np.int64, fill=0),
    Slot(name="solar", dtype=np.bool_, fill=False),
    Slot(name="learn_from", dtype=np.int64, fill=0),
)
"""The arrays of this module. ``learn_from``: number of the first hour that says what is usual."""


class LoadScores:
    """Scores of the load, 1 = the threshold of the kind."""

    def __init__(self, memory: Memory, loads: LoadMemory, limit: Mapping[Kind, Floats]) -> None:
        """Judge what is in the rings of ``loads`` by the thresholds ``limit`` of the meters."""
        self._arrays = memory
        self._loads = loads
        self._limit = limit
        self._hour_of_day = 0
        self._is_day = False
        self._falling: dict[Kind, Ints] = {}
        self._floors: Mapping[Kind, tuple[Callable[[Floats, Ints | slice], Floats], str]] = {
            Kind.STUCK_LOAD: (self._stuck_score, "stuck_floor"),
            Kind.LEAK: (self._leak_score, "leak_floor"),
        }
        self._prepare()

    def _prepare(self) -> None:
        """Work out anew what only changes when something is learnt."""
        arrays = self._arrays
        self._norms = {
            kind: np.stack([arrays[f"{name}_norm"] * scale for name, scale in zip(*scales, strict=True)])
            for kind, scales in (
                (Kind.STUCK_LOAD, (STUCK, STUCK_SCALE)),
                (Kind.LEAK, (LEAK, LEAK_SCALE)),
            )
        }
        record = arrays["peak_record"]
        self._peak = record * 0.0, record + PEAK_LEAST

    # what becomes of the spans that are over

    def close_quarter(self, quarter: int) -> None:
        """Look at the floor of the last hours; after the rings."""
        arrays = self._arrays
        floors = self._loads.newest_floors
        arrays["stuck_floor"][:] = floors
        for name, unusual in zip(STUCK, self._stuck(floors, quarter // 4 % 24, slice(None)), strict=True):
            _largest(arrays[f"open_{name}"], unusual)

    def close_hour(self, hour: int) -> None:
        """Look at the last day and the last two; after the rings."""
        arrays = self._arrays
        recent = arrays["hour_min"][hours_before(hour + 1, LEAK_WINDOWS[-1])]
        recent = self._at_night(recent, hour + 1)
        known = np.isfinite(recent) | (recent == np.inf)
        filled = np.where(known, recent, np.inf)
        for number, window in enumerate(LEAK_WINDOWS):
            lowest = np.fmin.reduce(filled[-window:], axis=0)
            enough = (np.add.reduce(known[-window:], axis=0) >= ENOUGH * window) & np.isfinite(lowest)
            arrays["leak_floor"][number] = np.where(enough, lowest, np.nan)
        for name, unusual in zip(LEAK, self._leak(arrays["leak_floor"], slice(None)), strict=True):
            _largest(arrays[f"open_{name}"], unusual)
        slots = hours_before(hour + 1, LOW_WINDOW)
        with np.errstate(invalid="ignore", divide="ignore"):
            for number, figure in enumerate(LOW_FIGURES):
                some = arrays[f"hour_{figure}"][slots]
                known = np.isfinite(some)
                count = known.sum(0)
                if figure == "mean":
                    value = np.where(known, some, 0.0).sum(0) / count
                else:
                    value = np.where(known, some, -np.inf).max(0)
                # what was used in an hour that is missing nobody knows: it must not look like nothing
                now = np.where(count == LOW_WINDOW, np.log(np.maximum(value, LOWEST)), np.nan)
                arrays["low_now"][number] = now
        smallest = arrays["open_low"]
        np.fmin(smallest, arrays["low_now"], out=smallest)

    def close_day(self, day: int) -> None:
        """Keep what was most unusual of the day number ``day``; after the rings."""
        arrays, slot = self._arrays, day % DAYS
        self._drift(day)
        for scale in SCALES:
            running = arrays[f"open_{scale}"]
            arrays[f"day_{scale}"][slot] = np.where(running > -np.inf, running, np.nan)
            running[:] = -np.inf
        smallest = arrays["open_low"]
        arrays["day_low"][:, slot] = np.where(smallest < np.inf, smallest, np.nan)
        smallest[:] = np.inf

    # scores of now

    def refresh(self, wall: int, standing: Floats) -> None:
        """Work out anew what only changes when an hour is over.

        Its scores are written into ``standing`` (channels, meters), in which all are NaN:

        - stuck load: smallest power of some hours against the same time of other days;
        - leak: smallest power of a day and of two against those of other days;
        - low usage: mean and largest power of 22 hours, both lower than in any of the last 30 days;
        - drift: middle of the base loads of five days against the weeks before.
        """
        arrays, limit = self._arrays, self._limit
        self._is_day = is_day(wall // HOUR % 24)
        self._look(Kind.LEAK, standing)
        self.refresh_quarter(wall, standing)
        mean, largest = arrays["low_record"] - arrays["low_now"]
        below = (mean + largest) / 2 / LOW_SCALE
        standing[FIRST[Kind.LOW_USAGE]] = np.where(arrays["solar"], np.nan, below) / limit[Kind.LOW_USAGE]
        standing[FIRST[Kind.DRIFT]] = arrays["drift_score"] / limit[Kind.DRIFT]

    def refresh_quarter(self, wall: int, standing: Floats) -> None:
        """The same when a quarter of an hour is over, but no hour: it changes the stuck load only."""
        self._hour_of_day = (wall // QUARTER - 1) // 4 % 24
        self._look(Kind.STUCK_LOAD, standing)

    def _look(self, kind: Kind, standing: Floats) -> None:
        score_of, floor = self._floors[kind]
        row = score_of(self._arrays[floor], slice(None))
        some = np.flatnonzero(row >= RULES[kind].clears_at)
        if len(some):
            self._falling[kind] = some
        else:
            self._falling.pop(kind, None)
        np.divide(row, self._limit[kind], out=standing[FIRST[kind]])

    def judge(self, minute: int, power: Floats, known: Bools, scores: Floats) -> None:
        """Write what can change from minute to minute into ``scores`` (channels, minutes, meters).

        ``power`` in W and whether it is known, both of the shape (minutes, meters), from ``minute`` on. High
        usage is the smallest power of eight minutes as a multiple of the record of the last 30 days.
        """
        arrays = self._arrays
        # who falls back to what is usual need not wait until the quarter of an hour is over
        for kind, some in self._falling.items():
            score_of, floor = self._floors[kind]
            lowest = self._loads.lowest_so_far(power, known, some)
            if kind is Kind.LEAK and self._is_day:
                lowest[:, arrays["solar"][some]] = np.inf
            fallen = score_of(np.minimum(arrays[floor][:, None, some], lowest), some)
            scores[FIRST[kind]][:, some] = fallen / self._limit[kind][some]
        nothing, beyond = self._peak
        row = scores[FIRST[Kind.HIGH_USAGE]]
        np.multiply(power, 0.0, out=row)
        row += nothing
        if np.count_nonzero(above := power > beyond):
            at = np.nonzero(above)
            now = self._loads.trailing(minute, power, known, PEAK_MINUTES, at)
            record = arrays["peak_record"][at[1]]
            row[at] = np.where(now > beyond[at[1]], now / record, 0.0)
        row /= self._limit[Kind.HIGH_USAGE]

    # their parts

    def _stuck(self, floors: Floats, hour_of_day: int, columns: Ints | slice) -> Floats:
        """Of floors of some meters, shape (2, meters) or (2, minutes, meters)."""
        arrays = self._arrays
        middle, spread = (
            _beside(arrays[f"stuck_{figure}"][:, hour_of_day, columns], floors)
            for figure in ("middle", "spread")
        )
        return (floors - middle) / spread

    def _leak(self, floors: Floats, columns: Ints | slice) -> Floats:
        """Likewise."""
        middle, spread = (
            _beside(self._arrays[f"leak_{figure}"][:, columns], floors) for figure in ("middle", "spread")
        )
        return (floors - middle) / spread

    def _stuck_score(self, floors: Floats, columns: Ints | slice) -> Floats:
        return self._larger(Kind.STUCK_LOAD, self._stuck(floors, self._hour_of_day, columns), columns)

    def _leak_score(self, floors: Floats, columns: Ints | slice) -> Floats:
        return self._larger(Kind.LEAK, self._leak(floors, columns), columns)

    def _larger(self, kind: Kind, unusual: Floats, columns: Ints | slice) -> Floats:
        """In units of an unusual day of the month and of the threshold; of two scales the larger one."""
        one, other = unusual / _beside(self._norms[kind][:, columns], unusual)
        larger: Floats = np.fmax(one, other)
        return larger

    def _at_night(self, hours: Array, until: int) -> Array:
        """Hours before number ``until``; in homes with photovoltaics those of the day count for nothing."""
        solar: Bools = self._arrays["solar"]
        if not solar.any():
            return hours
        of_day = np.arange(until - len(hours), until) % 24
        by_day = (of_day >= NIGHT[1]) & (of_day < NIGHT[0])
        return np.where(by_day[:, None] & solar & np.isfinite(hours), np.inf, hours)

    def learn(self, day: int) -> None:
        """Work out anew what is usual, after the day number ``day``; takes a while for hundreds of meters."""
        arrays = self._arrays
        until = (day + 1) * 24
        count = MONTH * 24
        longest = LEAK_WINDOWS[-1]
        slots = hours_before(until, count + longest)
        numbers = np.arange(until - count - longest, until)
        arrays["known_days"][:] = np.isfinite(arrays["day_min"][days_before(day + 1, MONTH)]).sum(0)
        unlearnt = arrays["hour_guarded"][slots] | (numbers[:, None] < arrays["learn_from"])
        minima = arrays["hour_min"][slots]
        of_day = numbers % 24
        self._find_solar(minima[longest:], of_day[longest:])
        floors = self._at_night(minima, until)
        for number, window in enumerate(LEAK_WINDOWS):
            past = trailing_min(floors, window, ENOUGH)
            past[unlearnt] = np.nan
            low, middle, high = quantiles(past[longest:], (1 - UPPER[0], 0.5, UPPER[0]), 48)
            arrays["leak_low"][number], arrays["leak_middle"][number] = low, middle
            arrays["leak_high"][number] = high
            arrays["leak_spread"][number] = _spread(middle, high, UPPER[0], LEAK_SPREAD)
        self._learn_stuck(until, unlearnt[longest:])
        lowest = np.where(unlearnt[longest:], np.nan, minima[longest:])
        (rest,) = quantiles(lowest, (0.01,), 7 * 24)
        arrays["rest_limit"][:] = np.where(rest > NEVER_RESTS, rest, np.nan)
        maxima = arrays["day_max"][days_before(day + 1, MONTH)]
        record = nth_largest(maxima, 1)
        arrays["peak_record"][:] = np.where(np.isfinite(maxima).sum(0) >= PEAK_DAYS, record, np.nan)
        before = days_before(day, MONTH)  # yesterday is left out: what began then must not be its own measure
        with np.errstate(invalid="ignore"):
            past_low = arrays["day_low"][:, before]
            enough = np.isfinite(past_low).sum(1) >= PEAK_DAYS
            smallest = np.where(np.isfinite(past_low), past_low, np.inf).min(1)
            arrays["low_record"][:] = np.where(enough, smallest, np.nan)
        bases = (*STUCK_BASE, *LEAK_BASE, DRIFT_BASE)
        for scale, base, rank in zip(SCALES, bases, RANKS, strict=True):
            unusual = nth_largest(arrays[f"day_{scale}"][days_before(day + 1, MONTH)], rank)
            arrays[f"{scale}_norm"][:] = np.maximum(base, unusual)
        self._prepare()

    def _learn_stuck(self, until: int, unlearnt: Array) -> None:
        """What the floor of some hours is at each hour of the day, give or take an hour."""
        arrays = self._arrays
        slots = hours_before(until, MONTH * 24)
        for number in range(len(STUCK)):
            past = np.where(unlearnt, np.nan, arrays["hour_floor"][number][slots])
            around = with_neighbours(past).reshape(3 * MONTH, 24, -1)
            low, middle, high = quantiles(around, (1 - UPPER[1], 0.5, UPPER[1]), 20)
            for name, figure in (("low", low), ("middle", middle), ("high", high)):
                arrays[f"stuck_{name}"][number] = figure
            arrays["stuck_spread"][number] = _spread(middle, high, UPPER[1], STUCK_SPREAD)

    def _find_solar(self, minima: Array, of_day: Ints) -> None:
        """Who reaches zero around noon, but not at night."""
        noon, night = (of_day >= 9) & (of_day < 17), of_day < 5
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = [
                (minima[when] <= 10).sum(0) / np.isfinite(minima[when]).sum(0) for when in (noon, night)
            ]
        self._arrays["solar"][:] = (shares[0] > SOLAR_SHARE) & (shares[1] < SOLAR_SHARE)

    def _drift(self, day: int) -> None:
        """The base load of the last five days, against those that ended ten days ago and earlier."""
        arrays = self._arrays
        span = MONTH + DRIFT_LAG + DRIFT_DAYS
        days = arrays["day_min"][days_before(day + 1, span)].astype(np.float64)
        hours = arrays["learn_from"] // 24
        numbers = np.arange(day + 1 - span, day + 1)
        days[numbers[:, None] < hours] = np.nan
        windows = np.lib.stride_tricks.sliding_window_view(days, DRIFT_DAYS, axis=0)
        known = np.isfinite(windows).sum(-1) >= 4
        ordered = np.sort(windows, axis=-1)
        middle_place = (np.isfinite(windows).sum(-1) - 1) // 2
        middles = np.take_along_axis(ordered, np.maximum(middle_place, 0)[..., None], axis=-1)[..., 0]
        middles[~known] = np.nan
        now, past = middles[-1], middles[:MONTH]
        low, middle, high = quantiles(past, (1 - UPPER[0], 0.5, UPPER[0]), 7)
        unusual = (now - middle) / _spread(middle, high, UPPER[0], DRIFT_SPREAD)
        norm = arrays["drift_norm"]
        for name, value in (("now", now), ("low", low), ("middle", middle), ("high", high)):
            arrays[f"drift_{name}"][:] = value
        score = unusual / (np.where(np.isnan(norm), DRIFT_BASE, norm) * DRIFT_SCALE)
        # who has a new habit has not yet had the time to drift away from it
        fresh = (hours > numbers[0]) & np.isfinite(now) & np.isnan(score)
        arrays["drift_score"][:] = np.where(fresh, 0.0, score)
        _largest(arrays["open_drift"], unusual)


def is_day(hour: int) -> bool:
    """Whether an hour of the day counts for nothing in homes with photovoltaics."""
    return NIGHT[1] <= hour < NIGHT[0]


def _beside(figures: Floats, floors: Floats) -> Floats:
    """Figures of two scales and some meters, in the shape of ``floors``."""
    return figures if floors.ndim == 2 else figures[:, None]


def _spread(middle: Floats, high: Floats, quantile: float, least: tuple[float, float]) -> Floats:
    """How far a value lies from the middle as a rule, upwards; W."""
    spread: Floats = np.maximum((high - middle) / NORMAL[quantile], np.maximum(least[0], least[1] * middle))
    return spread


def _largest(running: Floats, values: Floats) -> None:
    np.fmax(running, values, out=running)
