"""What a home is made of: groups of appliances, each with a stock of days that it has lived.

A day of a group is one minute-by-minute row of W, drawn once per household from a seeded random
generator; a calendar day then picks a row and scales it with the season. Days are therefore
cheap (years of counters are summed in milliseconds), and the same for everybody who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from . import noise
from .noise import Floats

MINUTES: Final = 1440
"""Minutes of a day; the meters' day has no daylight saving."""

ORDERS: Final = 30
"""Harmonic orders 2..31."""

WEEKDAY_STOCK: Final = 16
WEEKEND_STOCK: Final = 8

type Stock = NDArray[np.float32]
"""Days that a group has lived, W, shape (rows, 1440)."""

type Season = Callable[[int], float | Floats]
"""Factor on the power of a group for a day, given its ordinal (days since 1970-01-01).

One number, or one for each of the 1440 minutes.
"""


def winter(ordinal: int) -> float:
    """0 in mid-July, 1 in mid-January."""
    return 0.5 + 0.5 * math.cos(2 * math.pi * (ordinal - 14) / 365.25)


def spectrum(odd: float, even: float = 0.0, fall: float = 0.75) -> Floats:
    """Harmonic currents of orders 2..31 as fractions of the fundamental.

    ``odd`` and ``even`` are those of the third and second order; each further one of its kind
    is ``fall`` times the one before.
    """
    orders = np.arange(2, 2 + ORDERS)
    steps = (orders - np.where(orders % 2, 3, 2)) // 2
    return np.asarray(np.where(orders % 2, odd, even) * fall**steps)


RESISTIVE: Final = spectrum(0.012, 0.002)
MOTOR: Final = spectrum(0.07, 0.01, 0.6)
ELECTRONICS: Final = spectrum(0.62, 0.015, 0.72)
LAMPS: Final = spectrum(0.45, 0.01, 0.78)
INVERTER: Final = spectrum(0.12, 0.008, 0.8)
CHARGER: Final = spectrum(0.05, 0.005, 0.7)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """Appliances that share a rhythm, phases and an electrical character."""

    name: str
    """What it is, for people."""

    key: int
    """Chooses its rows."""

    weekday: Stock
    """Stock of days, W, shape (rows, 1440)."""

    saturday: Stock
    """Likewise."""

    sunday: Stock
    """Likewise."""

    season: Season
    """How strong it is at this time of the year."""

    weights: tuple[float, ...]
    """Share of each phase, sum 1."""

    tan_phi: float
    """Reactive power per active power; positive is inductive."""

    harmonics: Floats
    """Current of orders 2..31 per active fundamental current."""

    def day(self, ordinal: int) -> Floats:
        """Power of the whole group on one day, W, shape (1440,)."""
        stock = (self.weekday, self.saturday, self.sunday)[max(0, weekday(ordinal) - 4)]
        row = stock[noise.choice(self.key, ordinal, len(stock))]
        return np.asarray(row * self.season(ordinal))


def weekday(ordinal: int) -> int:
    """0 = Monday .. 6 = Sunday; 1970-01-01 was a Thursday."""
    return (ordinal + 3) % 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One appliance that somebody switches on now and then."""

    per_day: float
    """Mean number of uses a day."""

    hours: Sequence[tuple[float, float, float]]
    """When: (hour, spread in hours, weight)."""

    power: float
    """W while it is on."""

    minutes: tuple[int, int]
    """Shortest and longest use."""

    duty: float = 1.0
    """Share of the time that its thermostat is closed."""

    tail: float = 0.0
    """W of a quieter second half (a washing machine after heating)."""


def uses(random: np.random.Generator, days: int, appliances: Sequence[Use]) -> Floats:
    """Days of appliances that people switch on, W, shape (days, 1440)."""
    rows = np.zeros((days, MINUTES))
    for use in appliances:
        hours, spreads, weights = (np.array(column) for column in zip(*use.hours, strict=True))
        day = np.repeat(np.arange(days), random.poisson(use.per_day, days))
        when = random.choice(len(hours), len(day), p=weights / weights.sum())
        starts = (random.normal(hours[when], spreads[when]) * 60).astype(int) % MINUTES
        lengths = random.integers(use.minutes[0], use.minutes[1] + 1, len(day))
        tails = use.tail * random.uniform(0.7, 1.3, len(day))
        for row, start, length, tail in zip(day, starts, lengths, tails, strict=True):
            on = np.full(length, use.power)
            if use.duty < 1:
                on *= np.arange(length) % 6 < max(1, round(6 * use.duty))
            if use.tail:
                on[length // 3 :] = tail
            rows[row, start : start + length] += on[: MINUTES - start]
    return rows


def cycles(random: np.random.Generator, days: int, power: float, period: float, duty: float) -> Floats:
    """Days of a compressor or thermostat that runs ``duty`` of every ``period`` minutes."""
    minute = np.arange(MINUTES)
    periods = period * random.uniform(0.85, 1.15, (days, 1))
    phase = random.uniform(0, period, (days, 1))
    start_current = 1.08 - 0.08 * np.minimum(1, ((minute + phase) % periods) / 5)
    running = (minute + phase) % periods < duty * periods
    return np.asarray(np.where(running, power * start_current, 0.0))


def lamps(random: np.random.Generator, days: int, power: float, dusk: float) -> Floats:
    """Days of lamps that go on at ``dusk`` (hour) and off towards eleven, and a little before work."""
    hour = np.arange(MINUTES) / 60
    rows = np.zeros((days, MINUTES))
    for _ in range(6):
        on = random.normal(dusk, 0.5, (days, 1))
        off = random.normal(22.7, 0.7, (days, 1))
        rows += np.where((hour > on) & (hour < off), power / 6, 0.0)
    if dusk < 19:
        up = random.normal(6.6, 0.3, (days, 1))
        rows += np.where((hour > up) & (hour < up + 1.1), power / 3, 0.0)
    return rows


def charging(random: np.random.Generator, days: int, power: float, share: float) -> Floats:
    """Nights of a car charger, used on ``share`` of the days, early in the morning when power is cheap."""
    rows = np.zeros((days, MINUTES))
    for row in rows:
        if random.random() < share:
            start = int(random.uniform(10, 60))
            length = int(random.uniform(70, 260))
            row[start : start + length] = power
            row[start + length : start + length + 12] = power * np.linspace(0.8, 0.2, 12)
    return rows


def heat_pump(random: np.random.Generator, days: int, power: float) -> Floats:
    """Days of an inverter heat pump at full winter, with a night set-back and defrosting."""
    hour = np.arange(MINUTES) / 60
    shape = 0.62 + 0.22 * np.cos(2 * np.pi * (hour - 6.5) / 24) + np.where((hour > 5.5) & (hour < 8), 0.2, 0)
    shape = np.where((hour > 23) | (hour < 4.5), 0.4 * shape, shape)
    rows = power * shape * random.uniform(0.85, 1.15, (days, 1))
    rows *= 1 + 0.05 * np.sin(np.arange(MINUTES) / random.uniform(4, 9, (days, 1)))
    for row in rows:
        for start in random.integers(0, MINUTES - 8, 5):
            row[start : start + 6] *= 0.25
    return rows


def sunshine(random: np.random.Generator, days: int) -> Floats:
    """Shares of a clear sky, with days of sun, of passing clouds and of grey."""
    minute = np.arange(MINUTES)
    clearness = random.choice([0.95, 0.75, 0.5, 0.22], size=(days, 1), p=[0.35, 0.3, 0.2, 0.15])
    rows = np.repeat(clearness, MINUTES, axis=1)
    for row, clear in zip(rows, clearness[:, 0], strict=True):
        if 0.3 < clear < 0.9:
            for _ in range(int(random.integers(15, 50))):
                start, length = random.integers(0, MINUTES), random.integers(2, 15)
                row[start : start + length] *= random.uniform(0.3, 0.7)
    ripple = 1 + 0.02 * np.sin(minute / random.uniform(3, 11, (days, 1)))
    return np.asarray(rows * ripple)


def clear_sky(ordinal: int, latitude: float = 50.0) -> Floats:
    """Share of the panels' peak power under a clear sky, shape (1440,)."""
    declination = -23.44 * math.cos(2 * math.pi * (ordinal + 10) / 365.25)
    hour_angle = np.radians((np.arange(MINUTES) / 60 - 12) * 15)
    high = math.sin(math.radians(latitude)) * math.sin(math.radians(declination))
    wide = math.cos(math.radians(latitude)) * math.cos(math.radians(declination))
    elevation = high + wide * np.cos(hour_angle)
    return np.asarray(0.92 * np.clip(elevation, 0, None) ** 1.15)
