"""Meters and what they measure, minute by minute, and an engine that is told all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
import datetime as dt
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.intake import INPUTS, ROW, Rows
from custom_components.csj_meter.anomaly.meter import WatchedMeter
from custom_components.csj_meter.anomaly.settings import Settings
from custom_components.csj_meter.meters.quantities import Status

type Floats = NDArray[np.float64]
type Bools = NDArray[np.bool_]
type Ints = NDArray[np.int64]

BERLIN: Final = ZoneInfo("Europe/Berlin")
HOUR: Final = 60
DAY: Final = 1440


def minute_of(moment: dt.datetime) -> int:
    """Whole minutes since 1970-01-01 UTC."""
    return int(moment.timestamp()) // 60


NOON: Final = minute_of(dt.datetime(2026, 3, 3, 12, 0, tzinfo=BERLIN))
"""A Tuesday."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Story:
    """One meter, and what it measures in each minute; NaN where it does not say."""

    meter: WatchedMeter
    values: Mapping[str, Floats]
    heard: Bools | None = None
    """Minutes in which it says anything; all of them when None."""


@dataclass(slots=True)
class Watch:
    """An engine that has been told stories, and what it found."""

    engine: Engine
    meters: list[WatchedMeter]
    found: dict[str, list[Finding]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, stories: Sequence[Story], zone: dt.tzinfo = BERLIN, settings: Settings | None = None
    ) -> Watch:
        meters = [story.meter for story in stories]
        return cls(Engine(meters, zone, settings), meters)

    def tell(self, stories: Sequence[Story], since: int) -> Watch:
        """All minutes of the stories from minute ``since`` on."""
        for rows in tables(stories, since):
            self.note(self.engine.observe_rows(rows))
        return self

    def note(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.found.setdefault(finding.serial, []).append(finding)


def tables(stories: Sequence[Story], since: int) -> Iterator[Rows]:
    """Stories as tables of a minute each, in the order of their meters."""
    length = max(len(series) for story in stories for series in story.values.values())
    for day in range(0, length, DAY):
        block = np.full((min(DAY, length - day), len(INPUTS), len(stories)), np.nan)
        heard = np.ones((len(block), len(stories)), np.bool_)
        for column, story in enumerate(stories):
            for quantity, series in story.values.items():
                block[:, ROW[quantity], column] = series[day : day + DAY]
            if story.heard is not None:
                heard[:, column] = story.heard[day : day + DAY]
                block[~heard[:, column], :, column] = np.nan
        for offset in range(len(block)):
            yield Rows(minute=since + day + offset, values=block[offset], fresh=heard[offset])


def listen(
    stories: Sequence[Story], since: int = NOON, settings: Settings | None = None
) -> dict[str, list[Finding]]:
    """What a new engine finds in stories; serial number -> findings."""
    found = Watch.of(stories, settings=settings).tell(stories, since).found
    return {story.meter.serial: found.get(story.meter.serial, []) for story in stories}


def seen(findings: Iterable[Finding], since: int = NOON) -> list[str]:
    """Transitions as one reads them: hours and minutes, kind, phase, state, severity, scope."""
    return [
        " ".join(
            (
                f"{(found.at - since) // HOUR}:{(found.at - since) % HOUR:02}",
                found.kind,
                *(() if found.phase is None else (f"l{found.phase}",)),
                found.state,
                found.severity,
                found.scope,
            )
        )
        for found in findings
    ]


# what meters measure


def noise(length: int, seed: int, size: float = 1.0) -> Floats:
    return np.random.default_rng(seed).normal(0.0, size, length)


def volts(length: int, seed: int = 0, level: float = 230.0) -> Floats:
    """A voltage that never stands still."""
    return level + noise(length, seed, 0.8)


def voltages(length: int, seed: int = 0) -> dict[str, Floats]:
    """Of three phases."""
    return {f"voltage_l{phase}": volts(length, 10 * seed + phase) for phase in (1, 2, 3)}


def during(series: Floats, begin: int, end: int, level: float, wobble: float = 0.0) -> Floats:
    """The series with another level from minute ``begin`` to before ``end``."""
    changed = series.copy()
    changed[begin:end] = level + noise(end - begin, begin, abs(wobble))
    return changed


def usual(serial: str = "A", length: int = 60, *, phases: int = 3, seed: int = 0, **others: Any) -> Story:
    """A meter that measures nothing out of the ordinary: 10 A in every phase."""
    values: dict[str, Floats] = {
        "active_power": 2300.0 * phases + noise(length, seed + 40, 20.0),
        "power_factor": np.full(length, 0.96),
        "frequency": 50.0 + noise(length, seed + 50, 0.01),
        "status": np.full(length, float(Status.RELAY_CLOSED)),
    }
    for phase in range(1, phases + 1):
        values[f"voltage_l{phase}"] = volts(length, seed + phase)
        values[f"current_l{phase}"] = 10.0 + noise(length, seed + 10 + phase, 0.1)
        values[f"voltage_thd_l{phase}"] = 2.5 + noise(length, seed + 20 + phase, 0.1)
    known: dict[str, Any] = {"max_current": 60.0, "has_relay": True} | others
    return Story(meter=WatchedMeter(serial=serial, phases=phases, **known), values=values)


def changed(story: Story, begin: int, end: int, **levels: float) -> Story:
    """The story with other values from minute ``begin`` to before ``end``."""
    values = {
        quantity: during(series, begin, end, levels[quantity]) if quantity in levels else series
        for quantity, series in story.values.items()
    }
    return replace(story, values=values)


def unheard(story: Story, *spans: tuple[int, int]) -> Story:
    """The story with nothing said from minute to before minute."""
    length = max(len(series) for series in story.values.values())
    heard = np.ones(length, np.bool_) if story.heard is None else story.heard.copy()
    for begin, end in spans:
        heard[begin:end] = False
    return replace(story, heard=heard)


def on_the_wall(minutes: Ints, zone: dt.tzinfo = BERLIN) -> Ints:
    """Minutes since 1970-01-01 by the clock on the wall."""
    quarters, place = np.unique(minutes // 15, return_inverse=True)
    offsets = [
        int((dt.datetime.fromtimestamp(quarter * 900, zone).utcoffset() or dt.timedelta()).total_seconds())
        for quarter in quarters.tolist()
    ]
    wall: Ints = minutes + np.array(offsets)[place] // 60
    return wall


def home(wall: Ints, seed: int) -> Floats:
    """W of a home in which all days are alike, but for the clock: refrigerator, shower, dinner, light."""
    rng = np.random.default_rng(seed)
    load = 70.0 + noise(len(wall), seed, 1.0)
    load += 90.0 * ((wall + int(rng.integers(45))) % 45 < 15)
    of_day = wall % DAY
    for day in np.unique(wall // DAY).tolist():
        today = wall // DAY == day
        shower, dinner, dusk, bed = (int(rng.integers(most)) for most in (15, 120, 120, 120))
        for begin, end, watts in (
            (6 * HOUR + 30 + shower, 6 * HOUR + 45 + shower, 12_000.0),
            (17 * HOUR + dinner, 17 * HOUR + dinner + 30, 1200.0),
            (17 * HOUR + dusk, 21 * HOUR + bed, 160.0),
        ):
            load += watts * (today & (of_day >= begin) & (of_day < end))
    return load


def workshop(wall: Ints, seed: int) -> Floats:
    """W of a workshop: machines on working days, next to nothing otherwise."""
    of_day, weekday = wall % DAY, (wall // DAY + 3) % 7
    busy = (weekday < 5) & (of_day >= 7 * HOUR) & (of_day < 16 * HOUR)
    wobble = noise(len(wall), seed, 8.0) * (1 + 9 * busy.astype(np.float64))
    return 150.0 + np.where(busy, 2500.0, 0.0) + wobble
