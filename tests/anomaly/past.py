"""Meters with a past of weeks, and what befalls them then: told side by side to one engine each.

In spring they are read every quarter of an hour for 24 days, and then every minute while something happens,
over the night in which clocks go forward. In autumn they are read every quarter of an hour for seven weeks;
clocks go back at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
import datetime as dt
from typing import Final

import numpy as np

from custom_components.csj_meter.anomaly.meter import WatchedMeter
from custom_components.csj_meter.anomaly.settings import Settings
from custom_components.csj_meter.meters.quantities import Status

from .stories import (
    BERLIN,
    DAY,
    HOUR,
    Floats,
    Story,
    Watch,
    changed,
    during,
    home,
    minute_of,
    noise,
    on_the_wall,
    tables,
    voltages,
    volts,
    workshop,
)

SPRING: Final = minute_of(dt.datetime(2026, 3, 4, tzinfo=BERLIN))
EVENT: Final = 24 * DAY
"""A Saturday, midnight: 26 hours before clocks go forward."""

COARSE: Final = 15
"""Minutes between samples until then."""

AUTUMN: Final = minute_of(dt.datetime(2026, 9, 7, tzinfo=BERLIN))
"""A Monday; clocks go back in the night to the 49th day."""

AUTUMN_DAYS: Final = 50

LATER: Final = 42 * DAY
"""When most of what happens in autumn begins: a Monday, midnight."""

SETTINGS: Final = Settings.from_dict(
    {
        "site": {"daily_shape": {"enabled": False}},
        "meters": {
            "odd": {"unusual_usage": {"enabled": True}},
            "drift": {"leak": {"enabled": False}},
            **{serial: {"daily_shape": {"enabled": True}} for serial in ("home", "workshop", "shifted")},
        },
        "unwatched": ["unwatched"],
    }
)


def hours(count: float) -> int:
    return round(count * HOUR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What was found in weeks."""

    watch: Watch = field(repr=False)
    stories: Sequence[Story] = field(repr=False)
    saved: bytes = field(repr=False)
    """The engine as it was when the event began, before anything happened to anybody but the young."""


def spring() -> Past:
    """All of spring."""
    stories = _spring()
    watch = Watch.of(stories, settings=SETTINGS)
    watch.engine.configure([replace(story.meter, interval=COARSE) for story in stories], SETTINGS)
    saved = b""
    for rows in tables(stories, SPRING):
        offset = rows.minute - SPRING
        if offset == EVENT:
            saved = watch.engine.saved()
            watch.engine.configure(watch.meters, SETTINGS)
        if offset >= EVENT or offset % COARSE == 0:
            watch.note(watch.engine.observe_rows(rows))
    return Past(watch=watch, stories=stories, saved=saved)


def autumn() -> Past:
    """All of autumn."""
    stories = _autumn()
    watch = Watch.of(stories, settings=SETTINGS)
    saved = b""
    for rows in tables(stories, AUTUMN):
        if rows.minute - AUTUMN == LATER:
            saved = watch.engine.saved()
        if rows.minute % 15 == 0:
            watch.note(watch.engine.observe_rows(rows))
    return Past(watch=watch, stories=stories, saved=saved)


def _power(serial: str, load: Floats, **others: object) -> Story:
    return Story(meter=WatchedMeter(serial=serial, **others), values={"active_power": load})  # type: ignore[arg-type]


def single(serial: str, load: Floats, seed: int, **others: object) -> Story:
    """A meter of one phase that tells voltage, current, power and its status."""
    meter = WatchedMeter(serial=serial, max_current=60.0, has_relay=True, **others)  # type: ignore[arg-type]
    voltage = volts(len(load), seed)
    return Story(
        meter=meter,
        values={
            "voltage_l1": voltage,
            "current_l1": np.abs(load) / voltage,
            "active_power": load,
            "power_factor": np.full(len(load), 0.97),
            "frequency": 50 + noise(len(load), seed + 1, 0.01),
            "status": np.full(len(load), float(Status.RELAY_CLOSED)),
        },
    )


def three(serial: str, load: Floats, seed: int, shares: Mapping[int, Floats] | None = None) -> Story:
    """A three-phase meter of a larger house; ``shares`` of its phases are 1 unless said otherwise."""
    values: dict[str, Floats] = {"active_power": load, **voltages(len(load), seed)}
    for phase in (1, 2, 3):
        share = (shares or {}).get(phase, np.ones(len(load)))
        values[f"current_l{phase}"] = load * share / 3 / values[f"voltage_l{phase}"]
        values[f"voltage_thd_l{phase}"] = 2.5 + noise(len(load), seed + phase, 0.1)
    return Story(meter=WatchedMeter(serial=serial, phases=3, max_current=100.0), values=values)


def _spring() -> list[Story]:
    length = EVENT + hours(52)
    wall = on_the_wall(np.arange(SPRING, SPRING + length))
    minutes = np.arange(length)
    noon = (wall % DAY >= 10 * HOUR) & (wall % DAY < 15 * HOUR)
    homes = iter(range(1000))

    def load() -> Floats:
        return home(wall, next(homes))

    def more(begin: float, lasts: float, watts: float) -> Floats:
        """A home that uses more, from so many hours after the event for so many hours."""
        since, until = EVENT + hours(begin), EVENT + hours(begin + lasts)
        return load() + watts * ((minutes >= since) & (minutes < until))

    def level(begin: float, lasts: float, watts: float) -> Floats:
        return during(load(), EVENT + hours(begin), EVENT + hours(begin + lasts), watts, watts / 50)

    frozen = single("frozen", load(), 20)
    held = {
        quantity: np.where((minutes >= EVENT + 600) & (minutes < EVENT + 720), series[EVENT + 600], series)
        for quantity, series in frozen.values.items()
    }
    uneven = np.where((minutes >= EVENT + 600) & (minutes < EVENT + 640), 2.2, 1.0)
    large = 18_000.0 + 2000.0 * (wall % DAY > 12 * HOUR) + noise(length, 77, 100.0)
    young = sum(3000.0 * ((minutes >= day * DAY + 60) & (minutes < day * DAY + 360)) for day in (5, 16, 24))
    zero = {"current_l1": 0.0, "active_power": 0.0}
    begin, end = EVENT + 600, EVENT + 630
    return [
        *(_power(f"home {number}", load()) for number in range(4)),
        single("whole home", load(), 21, circuit="street"),
        three("large house", large, 5),
        _power("workshop", workshop(wall, 4)),
        _power("stuck", more(1, 5, 3000.0)),
        _power("leak", more(0, 36, 350.0)),
        _power("high", more(12, 0.5, 24_000.0)),
        _power("collapse", level(10, 0.5, 0.0)),
        changed(single("zero", load(), 22, circuit="street"), begin, end, **zero),
        changed(single("arrears", load(), 23), begin, end, status=float(Status.ARREARS), **zero),
        changed(single("rests", np.where(wall % DAY < HOUR, 0.0, load()), 24), begin, end, **zero),
        three("uneven", large, 6, {1: uneven}),
        _power("reverse", level(12, 0.5, -800.0)),
        _power("exporter", np.where(noon, -2500.0 + noise(length, 92, 300.0), load()), may_export=True),
        _power("solar", np.where(noon, 0.0, load())),
        _power("solar leak", np.where(noon, 0.0, more(0, 48, 350.0))),
        replace(frozen, values=held),
        _power("young", load() + young),
        _power("unwatched", more(1, 5, 3000.0)),
    ]


def _autumn() -> list[Story]:
    length = AUTUMN_DAYS * DAY
    wall = on_the_wall(np.arange(AUTUMN, AUTUMN + length))
    minutes = np.arange(length)

    def slow(serial: str, load: Floats) -> Story:
        return _power(serial, load, interval=15)

    shifted = workshop(wall - np.where((minutes >= LATER) & (minutes < LATER + DAY), 8 * HOUR, 0), 3)
    creeping = 500.0 * np.clip((minutes - 30 * DAY) / (12 * DAY), 0.0, 1.0)
    by_hour = 100.0 + 20.0 * (wall % DAY // HOUR) + noise(length, 5)
    odd = np.where((minutes >= LATER + 600) & (minutes < LATER + 660), 900.0, 0.0)
    standby = 70.0 + noise(length, 91) + 90.0 * (wall % 45 < 15)
    away = (minutes >= LATER) & (minutes < LATER + hours(41))
    burst = np.where((minutes >= LATER + 720) & (minutes < LATER + 840), 24_000.0, 0.0)
    return [
        slow("home", home(wall, 1)),
        slow("workshop", workshop(wall, 2)),
        slow("shifted", shifted),
        slow("drift", home(wall, 4) + creeping),
        slow("by hour", by_hour),
        slow("high", home(wall, 6) + burst),
        slow("heat pump", home(wall, 7) + 1200.0 * (minutes >= LATER)),
        slow("away", np.where(away, standby, home(wall, 8))),
        slow("odd", by_hour + odd),
        slow("not asked for", by_hour + odd),
    ]
