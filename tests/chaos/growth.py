"""Whether a life of Home Assistant grows: what leaks grows for ever, what is only large does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from .plan import DAY, HOUR

SETTLED: Final = 12 * HOUR
"""Seconds of a life in which it may grow: caches fill, load profiles are read, the last hours are learnt."""

LONG_ENOUGH: Final = 24 * HOUR
"""Seconds from then on over which growth is told from what goes up and down."""

MOST_TASKS: Final = 10
"""By which the fewest tasks of six hours may be above the most of six earlier ones."""

OBJECTS_A_DAY: Final = 0.02
RESIDENT_A_DAY: Final = 0.05
"""By what part they may grow in a day; bytes in the second half of a life, with what the observer keeps."""

OF_ONE_CLASS: Final = 1.2
FEW: Final = 300
"""By what factor, and how many above it, the objects of one of our classes may grow in half a life."""


class Weight(NamedTuple):
    """How large a life is at one moment."""

    at: float
    """True time, UTC s."""

    resident: int
    """Bytes."""

    tasks: int

    objects: int
    """All that the garbage collector knows; 0 where they were not counted."""

    of_class: dict[str, int]
    """Name of a class of ours -> its objects, of those with the most."""


def growth(weights: Sequence[Weight]) -> list[str]:
    """What has grown in a life that was weighed every hour, in order; empty when nothing has."""
    settled = [one for one in weights if one.at - weights[0].at >= SETTLED]
    if not settled or settled[-1].at - settled[0].at < LONG_ENOUGH:
        return []
    found = []
    before, now = max(one.tasks for one in settled[:6]), min(one.tasks for one in settled[-6:])
    if now > before + MOST_TASKS:
        found.append(f"{before} tasks have become {now}")
    # the lowest of six hours: what is only held for a moment does not count, nor what a first reading of all
    # has left with the allocator, which the next one takes again
    half = settled[len(settled) // 2 :]
    seconds = half[-1].at - half[0].at
    small, large = (min(one.resident for one in part) for part in (half[:6], half[-6:]))
    if large > small * (1 + RESIDENT_A_DAY * seconds / DAY):
        found.append(f"{small / 1e6:.0f} MB have become {large / 1e6:.0f} MB in {seconds / HOUR:.0f} h")
    counted = [one for one in settled if one.objects]
    if len(counted) > 1:
        first, last = counted[0], counted[-1]
        # also before that: what an outage brings, and what goes with it, has been as much then
        earlier = [one for one in weights if one.objects and one.at <= counted[len(counted) // 2 - 1].at]
        if last.objects > first.objects * (1 + OBJECTS_A_DAY * max(1.0, (last.at - first.at) / DAY)):
            found.append(f"{first.objects} objects have become {last.objects}")
        found += _of_classes(earlier, last)
    return found


def _of_classes(earlier: Sequence[Weight], last: Weight) -> list[str]:
    """Which classes have grown in the second half of a life: what is learnt in the first days fills up."""
    found = []
    for name, count in last.of_class.items():
        # a class that was not among those with the most had no more than the least of them
        before = max(one.of_class.get(name, min(one.of_class.values(), default=0)) for one in earlier)
        if count > before * OF_ONE_CLASS + FEW:
            found.append(f"{before} {name} have become {count}")
    return found
