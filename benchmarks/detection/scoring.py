"""How good a detector is, told from the minutes at which it is on.

An event is found when the detector is on during it at a minute at which it is not on without it, so what a
home does by itself neither helps nor harms. A false alarm is an episode on loads into which nothing was put.
Some of these are real oddities that nobody has marked: the rates are upper bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .faults import KINDS, TEN, Event
from .homes import DAY, Loads

type Alarms = NDArray[np.bool_]
"""Whether it is on, shape (minutes, columns)."""

MONTH: Final = 30 * DAY
"""Measured minutes of a meter-month."""

APART: Final = 60
"""Minutes without an alarm, from which on the next one is another episode."""

BUDGET: Final = 1.0
"""False alarms per meter-month at which detectors are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What became of the events of one kind."""

    events: int
    """How many there were."""

    recall: float
    """Share that was found."""

    delay: float | None
    """Median of the minutes from the start of an event until it was found; None when none was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """False alarms per meter-month, over homes."""

    mean: float
    median: float
    p90: float
    most: float
    """Of the worst home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """All about one detector at one setting."""

    found: Mapping[str, Found]
    """By kind of fault."""

    false_alarms: Rate
    """Of all alarms together."""

    @property
    def macro_recall(self) -> float:
        """Mean recall of the ten kinds."""
        return macro_recall(self.found)


def score(
    clean: Alarms,
    injected: Alarms,
    events: Sequence[Event],
    power: Loads,
    warm_up: int,
    patience: int = 0,
) -> Score:
    """A detector on homes (``clean``, of loads ``power``) and on their copies with one of ``events`` each.

    ``warm_up``: days that do not count. ``patience``: minutes after an event in which it may still be found.
    """
    return Score(
        found=found(clean, injected, events, patience), false_alarms=false_alarms(clean, power, warm_up)
    )


def found(clean: Alarms, injected: Alarms, events: Sequence[Event], patience: int = 0) -> dict[str, Found]:
    """By kind what was found in copy after copy, in the order of ``faults.KINDS``."""
    delays: dict[str, list[int | None]] = {}
    for copy, event in enumerate(events):
        delay = _delay(clean[:, event.home], injected[:, copy], event, patience)
        delays.setdefault(event.kind, []).append(delay)
    return {kind: _of_kind(delays[kind]) for kind in KINDS if kind in delays}


def _of_kind(delays: Sequence[int | None]) -> Found:
    known = [delay for delay in delays if delay is not None]
    return Found(
        events=len(delays),
        recall=len(known) / len(delays),
        delay=median(known) if known else None,
    )


def _delay(clean: Alarms, injected: Alarms, event: Event, patience: int) -> int | None:
    """Minutes from the start of the event until the detector is on because of it."""
    during = slice(event.start, event.end + patience)
    because = np.flatnonzero(injected[during] & ~clean[during])
    return int(because[0]) if len(because) else None


def macro_recall(found: Mapping[str, Found]) -> float:
    """Mean recall of the ten kinds."""
    return fmean(found[kind].recall for kind in TEN)


def episodes(alarms: Alarms) -> NDArray[np.int64]:
    """How many episodes each column has, less than an hour apart being one."""
    return np.array([_episodes(column) for column in alarms.T], np.int64)


def _episodes(alarms: Alarms) -> int:
    on = np.flatnonzero(alarms)
    return int(len(on) > 0) + int((np.diff(on) > APART).sum())


def false_alarms(clean: Alarms, power: Loads, warm_up: int) -> Rate:
    """The episodes on untouched loads after ``warm_up`` days."""
    measured = np.isfinite(power[warm_up * DAY :]).sum(axis=0)
    rates = episodes(clean[warm_up * DAY :]) * MONTH / np.maximum(measured, 1)
    return Rate(
        mean=float(rates.mean()),
        median=float(np.median(rates)),
        p90=float(np.quantile(rates, 0.9)),
        most=float(rates.max()),
    )


def by_severity(clean: Mapping[str, Alarms], power: Loads, warm_up: int) -> dict[str, Rate]:
    """False alarms of a detector that has alarms of several severities."""
    return {severity: false_alarms(alarms, power, warm_up) for severity, alarms in clean.items()}


def matched_threshold(
    scores: NDArray[np.floating], rate: Callable[[float], float], budget: float = BUDGET
) -> float:
    """The lowest threshold down to which ``rate``, the false alarms at a threshold, stays within ``budget``.

    It is looked for among the ``scores``, from the top: far down, where the alarms run into each other, there
    are few episodes as well.
    """
    ordered = np.sort(scores[np.isfinite(scores)])
    within, beyond = 1, 2
    while beyond < len(ordered) and rate(float(ordered[-beyond])) <= budget:
        within, beyond = beyond, beyond + max(1, beyond // 3)
    beyond = min(beyond, len(ordered))
    while beyond - within > max(1, within // 100):
        between = (within + beyond) // 2
        if rate(float(ordered[-between])) <= budget:
            within = between
        else:
            beyond = between
    return float(ordered[-within])
