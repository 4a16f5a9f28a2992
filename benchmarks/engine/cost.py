"""Time and memory of our engine with so many three-phase meters, driven minute by minute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import datetime as dt
from statistics import median
import time

import numpy as np

from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.anomaly.intake import (
    CURRENT,
    INPUTS,
    ROW,
    VOLTAGE,
    VOLTAGE_THD,
    Rows,
    blocks_of,
)
from custom_components.csj_meter.anomaly.memory import Floats
from custom_components.csj_meter.anomaly.meter import WatchedMeter
from custom_components.csj_meter.anomaly.replay import replay
from custom_components.csj_meter.meters.sample import Sample

START = 29_000_160
"""A midnight."""

QUARTER, HOUR, DAY = 15, 60, 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one size of site."""

    tick: float
    """Seconds of a call, when nothing is over."""

    tick_of_samples: float
    """The same with samples as the site hands them in."""

    hour: float
    """Of the first call in an hour."""

    day: float
    """Of the first call in a day, the last one measured."""

    bytes_per_meter: float
    """In memory."""

    saved_bytes_per_meter: float
    """On disk."""

    save: float
    restart: float
    """Seconds until it is on its way to disk, and until it can go on."""


def meters_of(count: int) -> list[WatchedMeter]:
    """Ten on a circuit, thirty on a bridge."""
    return [
        WatchedMeter(
            serial=f"SN{number:05}",
            circuit=f"circuit {number // 10}",
            gateway=f"bridge {number // 30}",
            phases=3,
            max_current=80.0,
        )
        for number in range(count)
    ]


def minutes(count: int, length: int, seed: int = 1) -> Iterator[Rows]:
    """What ``count`` meters say for ``length`` minutes, with everything that the engine looks at.

    There are as many different minutes as a prime number, so that no two hours are the same.
    """
    draw = np.random.default_rng(seed)
    base = draw.uniform(80, 400, count)
    pool = [_values(base, draw) for _ in range(97)]
    every = np.ones(count, np.bool_)
    for minute in range(length):
        yield Rows(minute=START + minute, values=pool[minute % len(pool)], fresh=every)


def _values(base: Floats, draw: np.random.Generator) -> Floats:
    count = len(base)
    values = np.empty((len(INPUTS), count))
    power = base + 1500 * draw.random(count) ** 3
    values[VOLTAGE] = 230 + draw.normal(0, 1.5, (3, count))
    values[CURRENT] = power / 690
    values[VOLTAGE_THD] = 2 + draw.random((3, count))
    for quantity, value in (("reactive_power", 0.1 * power), ("power_factor", 0.95), ("frequency", 50.0)):
        values[ROW[quantity]] = value
    values[ROW["active_power"]] = power
    values[ROW["status"]] = 1.0
    return values


def samples_of(rows: Rows, meters: list[WatchedMeter]) -> list[Sample]:
    """The same as samples."""
    return [
        Sample(
            serial=meter.serial,
            minute=rows.minute,
            values=dict(zip(INPUTS, rows.values[:, column].tolist(), strict=True)),
        )
        for column, meter in enumerate(meters)
    ]


def measure(count: int, days: int = 31) -> Cost:
    """Drive an engine with ``count`` meters for some days, then for four hours as the site does."""
    meters = meters_of(count)
    engine = Engine(meters, dt.UTC)
    hours: list[float] = []
    rolls: list[float] = []
    ticks: list[float] = []
    for rows in minutes(count, days * DAY + 1):
        begun = time.perf_counter()
        engine.observe_rows(rows)
        spent = time.perf_counter() - begun
        kind = rolls if rows.minute % DAY == 0 else hours if rows.minute % HOUR == 0 else ticks
        if rows.minute % QUARTER or kind is not ticks:
            kind.append(spent)
    of_samples = []
    for rows in minutes(count, 4 * HOUR, seed=2):
        later = Rows(minute=engine.minute + 1, values=rows.values, fresh=rows.fresh)
        handed = samples_of(later, meters)
        begun = time.perf_counter()
        engine.observe(handed, later.minute)
        if later.minute % QUARTER:
            of_samples.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    body = engine.saved()
    save = time.perf_counter() - begun
    begun = time.perf_counter()
    Engine(meters, dt.UTC).restore(body)
    restart = time.perf_counter() - begun
    return Cost(
        tick=median(ticks[-DAY:]),
        tick_of_samples=median(of_samples),
        hour=median(hours[-48:]),
        day=rolls[-1],
        bytes_per_meter=engine.nbytes / count,
        saved_bytes_per_meter=len(body) / count,
        save=save,
        restart=restart,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayCost:
    """Of a past that is replayed: seconds of the processor for a day of one meter."""

    by_minute: float
    """When the engine is called for each minute."""

    by_block: float
    """When minutes that follow each other come together."""


def replay_cost(days: int = 60, each: int = 3) -> ReplayCost:
    """Replay the past of one meter; minute by minute only its last ``each`` days, which are known by then."""
    meters = meters_of(1)
    engine = Engine(meters, dt.UTC)
    *blocks, last = blocks_of(minutes(1, days * DAY), (days - each) * DAY)
    begun = time.process_time()
    for _ in replay(engine, blocks, meters):
        pass
    spent = time.process_time() - begun
    single = Engine(meters, dt.UTC).restore(engine.saved())
    begun = time.process_time()
    for _ in replay(engine, [last], meters):
        pass
    spent += time.process_time() - begun
    begun = time.process_time()
    for _ in replay(single, last.rows(), meters):
        pass
    return ReplayCost(by_block=spent / days, by_minute=(time.process_time() - begun) / each)
