"""Faults put into the loads of real homes, and where they were put.

Each fault goes into a copy of its own. What is drawn at random depends on the seed, the kind and the home
alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from .homes import DAY, Homes, Loads

HOUR: Final = 60

type Draw = np.random.Generator
type Load = NDArray[np.float32]
"""W of one home, shape (minutes,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fault in one copy of a home."""

    kind: str
    """Which of ``KINDS``."""

    home: int
    """Column of the home."""

    start: int
    """First minute of the fault."""

    end: int
    """First minute after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a fault is made."""

    minutes: int
    """How long it takes."""

    hours: tuple[int, int]
    """From and before which minute of the day it begins."""

    change: Callable[[Load, int, int, Draw], None]
    """Puts the fault into a load, from and before a minute."""

    before: int = 0
    """Minutes that it needs before itself, after the warm-up."""


def _more(watts: float) -> Callable[[Load, int, int, Draw], None]:
    def change(load: Load, start: int, end: int, _: Draw) -> None:
        load[start:end] += watts

    return change


def _again(load: Load, start: int, end: int, _: Draw) -> None:
    """150 W now, and as much two weeks earlier."""
    load[start:end] += 150
    load[start - 21 * DAY : end - 21 * DAY] += 150


def _drift(load: Load, start: int, end: int, _: Draw) -> None:
    load[start:end] += np.linspace(0, 500, end - start, dtype=np.float32)
    load[end:] += 500


def _vacation(load: Load, start: int, end: int, _: Draw) -> None:
    """Nobody is at home: the quietest three hours of the week before, over and over."""
    before = np.nan_to_num(load[start - 7 * DAY : start], nan=np.inf)
    sums = np.convolve(before, np.ones(3 * HOUR, np.float32), "valid")
    quietest = int(np.argmin(np.where(sums > 0, sums, np.inf)))
    load[start:end] = np.resize(before[quietest : quietest + 3 * HOUR], end - start)


def _overload(load: Load, start: int, end: int, _: Draw) -> None:
    load[start:end] = 1.25 * np.nanmax(load[max(0, start - 30 * DAY) : start])


def _zero(load: Load, start: int, end: int, _: Draw) -> None:
    load[start:end] = 0


def _frozen(load: Load, start: int, end: int, _: Draw) -> None:
    load[start:end] = load[start]


ANY: Final = (0, DAY)
KINDS: Final[dict[str, Recipe]] = {
    "stuck_2kw_night": Recipe(minutes=5 * HOUR, hours=(23 * HOUR, 25 * HOUR), change=_more(2000)),
    "stuck_1kw_day": Recipe(minutes=4 * HOUR, hours=(9 * HOUR, 15 * HOUR), change=_more(1000)),
    "leak_300w": Recipe(minutes=3 * DAY, hours=ANY, change=_more(300)),
    "leak_150w": Recipe(minutes=7 * DAY, hours=ANY, change=_more(150)),
    "drift_500w": Recipe(minutes=21 * DAY, hours=ANY, change=_drift),
    "vacation": Recipe(minutes=3 * DAY, hours=ANY, change=_vacation),
    "overload": Recipe(minutes=10, hours=ANY, change=_overload),
    "plus_4kw": Recipe(minutes=15, hours=ANY, change=_more(4000)),
    "zero": Recipe(minutes=30, hours=ANY, change=_zero),
    "frozen": Recipe(minutes=2 * HOUR, hours=ANY, change=_frozen),
    "leak_150w_again": Recipe(minutes=7 * DAY, hours=ANY, change=_again, before=21 * DAY),
}
"""The ten kinds of the study, and a leak that comes back, which is reported beside them."""

TEN: Final = tuple(KINDS)[:10]


def inject(homes: Homes, warm_up: int, seed: int, each: int = 1) -> tuple[Loads, list[Event]]:
    """``each`` faults of every kind in every home after ``warm_up`` days: the copies, and what is in them."""
    copies, events = [], []
    for kind, recipe in KINDS.items():
        for home in range(len(homes)):
            draw = np.random.default_rng([seed, crc32(kind.encode()), home])
            for _ in range(each):
                load = homes.power[:, home].copy()
                event = _place(load, kind, recipe, home, warm_up, draw)
                recipe.change(load, event.start, event.end, draw)
                copies.append(load)
                events.append(event)
    return np.stack(copies, axis=1), events


def _place(load: Load, kind: str, recipe: Recipe, home: int, warm_up: int, draw: Draw) -> Event:
    """A place where the home was measured all the time, or nearly."""
    first = warm_up * DAY + recipe.before
    usual = float(np.median(np.isfinite(load.reshape(-1, DAY)).mean(axis=1)))
    for _ in range(1000):
        day = int(draw.integers(first // DAY, (len(load) - recipe.minutes) // DAY))
        start = day * DAY + int(draw.integers(*recipe.hours))
        end = start + recipe.minutes
        fits = start >= first and end <= len(load) and bool(np.isfinite(load[start]))
        if fits and np.isfinite(load[start:end]).mean() > 0.95 * usual:
            return Event(kind=kind, home=home, start=start, end=end)
    raise ValueError(f"home {home} has no place for {kind}")
