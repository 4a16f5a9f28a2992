"""Draw the pictures of docs/detection.md from the loads of the house in France.

The loads are those of "Individual household electric power consumption" (UCI Machine Learning Repository,
CC BY 4.0). ``--figures`` is what ``script/benchmark detection --json`` printed, for the picture of recall
against false alarms.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
import datetime as dt
import json
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import numpy as np

from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.intake import INPUTS, ROW, Rows
from custom_components.csj_meter.anomaly.kinds import Kind, State
from custom_components.csj_meter.anomaly.meter import WatchedMeter

from .homes import DAY, Homes, sceaux

mpl.use("Agg")
from matplotlib import pyplot as plt

IMAGES: Final = Path(__file__).parents[2] / "docs" / "images"
FIRST: Final = 31
"""Day from which on is drawn."""

IN_TIME: Final = {
    "stuck_2kw_night": "2 kW at night, 3 hours",
    "leak_300w": "leak of 300 W, a day",
    "leak_150w": "leak of 150 W, two days",
    "drift_500w": "drift, five days",
    "vacation": "nobody at home, a day",
}
"""Kind of fault -> what it is, and the time in which it matters."""

GOAL: Final = (1.0, 0.75)
"""False alarms per meter and month, and mean recall."""

BLUE, GREEN, ORANGE = "#0e6f7c", "#9ccf9c", "#f08c00"


@contextmanager
def picture(name: str, title: str, height: float = 3.0) -> Iterator[Any]:
    """An axis to draw on, kept as docs/images/NAME.svg."""
    figure, axis = plt.subplots(figsize=(9, height), layout="constrained")
    axis.set_title(title, loc="left", fontsize=11)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    yield axis
    figure.savefig(IMAGES / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)


def watch(homes: Homes, power: np.ndarray, hours: list[tuple[float, float, float]]) -> list[Finding]:
    """Findings of one load; ``hours`` gets expected, low and high of each hour from day ``FIRST`` on."""
    engine = Engine([WatchedMeter(serial="one")], dt.UTC)
    values = np.full((len(INPUTS), 1), np.nan)
    found = []
    for minute, watts in enumerate(power):
        values[ROW["active_power"]] = watts
        at = homes.first_minute + minute
        found += engine.observe_rows(
            Rows(minute=at, values=values, fresh=np.array([bool(np.isfinite(watts))]))
        )
        if minute >= FIRST * DAY and minute % 60 == 0:
            usual = engine.expected("one", at)
            hours.append((usual.power, usual.low, usual.high) if usual else (np.nan, np.nan, np.nan))
    return found


def confirmed(found: list[Finding], kind: Kind, after: int) -> Finding:
    """The first finding of a kind that is confirmed after a minute."""
    return next(
        finding
        for finding in found
        if finding.kind is kind and finding.state is State.CONFIRMED and finding.at >= after
    )


def draw_stuck(homes: Homes) -> None:
    """A heater that was left on, in a week with its band."""
    power = homes.power[: (FIRST + 7) * DAY, 0].copy()
    begun = (FIRST + 4) * DAY + 23 * 60
    power[begun : begun + 8 * 60] += 2000
    hours: list[tuple[float, float, float]] = []
    found = confirmed(watch(homes, power, hours), Kind.STUCK_LOAD, homes.first_minute + begun)
    week = power[FIRST * DAY :].reshape(-1, 60)
    days = np.arange(len(week)) / 24
    usual = np.array(hours)
    with picture("detection-stuck-load", "A heater of 2 kW is left on at 23:00 of the fifth day") as axis:
        axis.fill_between(days, usual[:, 1], usual[:, 2], step="post", color=GREEN, alpha=0.5, lw=0)
        axis.step(days, np.nanmean(week, axis=1), where="post", color=BLUE, lw=1.3)
        at = (found.at - homes.first_minute) / DAY - FIRST
        axis.axvline(at, color=ORANGE)
        text = f" {(found.at - homes.first_minute - begun) / 60:.1f} h later: at least {found.value:.0f} W,\n"
        text += f" usual at this hour: {found.low:.0f} to {found.high:.0f} W"
        axis.text(at, axis.get_ylim()[1] * 0.9, text, fontsize=9, va="top")
        axis.set_ylabel("mean of the hour, W")
        axis.set_xlabel("day; green: eight hours of ten are in here as a rule")


def draw_leak(homes: Homes) -> None:
    """150 W that never go off again."""
    power = homes.power[: (FIRST + 14) * DAY, 0].copy()
    begun = (FIRST + 5) * DAY + 14 * 60
    power[begun:] += 150
    found = confirmed(watch(homes, power, []), Kind.LEAK, homes.first_minute + begun)
    weeks = power[FIRST * DAY :].reshape(-1, 60)
    days = np.arange(len(weeks)) / 24
    with picture("detection-leak", "150 W that never go off, from the afternoon of the sixth day on") as axis:
        axis.step(days, np.nanmean(weeks, axis=1), where="post", color=BLUE, lw=0.5, alpha=0.5)
        axis.step(days, np.nanmin(weeks, axis=1), where="post", color=BLUE, lw=1.5)
        at = (found.at - homes.first_minute) / DAY - FIRST
        axis.axhspan(found.low or 0, found.high or 0, color=GREEN, alpha=0.6, lw=0)
        axis.axvline(at, color=ORANGE)
        text = (
            f" {(found.at - homes.first_minute - begun) / 60:.0f} h later: never below {found.value:.0f} W,\n"
        )
        text += f" usual: {found.low:.0f} to {found.high:.0f} W"
        axis.text(at, 1150, text, fontsize=9, va="top", bbox={"color": "white", "pad": 2})
        axis.set_ylim(0, 1200)
        axis.set_ylabel("W")
        axis.set_xlabel("day; bold: smallest power of each hour, thin: its mean")


def points(figures: dict[str, Any], share: Callable[[dict[str, Any]], float]) -> list[tuple[float, float]]:
    """False alarms and a share that is found, at each factor of the thresholds, strictest first."""
    by_factor = {1.0: figures} | {float(factor): its for factor, its in figures["curve"].items()}
    return [
        (its["false_alarms_per_meter_month"], share(its))
        for _, its in sorted(by_factor.items(), reverse=True)
    ]


def draw_in_time(figures: dict[str, Any]) -> None:
    """What is found within the time in which it matters, against false alarms."""
    title = "Found within the time in which it matters, homes not tuned on"
    with picture("detection-in-time", title, 3.6) as axis:
        for (kind, text), mark in zip(IN_TIME.items(), "osD^v", strict=True):
            found = points(figures, lambda its, kind=kind: its["in_time"][kind])  # type: ignore[misc]
            axis.plot(*zip(*found, strict=True), f"{mark}-", lw=1, ms=4, label=text)
        axis.axvline(figures["false_alarms_per_meter_month"], color="grey", lw=0.8, ls=":")
        axis.set_ylim(0, 1.02)
        axis.set_xlim(0, None)
        axis.set_xlabel("false alarms per meter and month; dotted: as it is set")
        axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize=9)


def draw_curve(figures: dict[str, Any]) -> None:
    """Recall against false alarms, ours and those of the peers."""
    with picture("detection-curve", "Mean recall of ten kinds of faults, homes not tuned on", 3.6) as axis:
        ours = points(figures, lambda its: its["macro_recall"])
        axis.plot(*zip(*ours, strict=True), "o-", color=BLUE, ms=5, label="CSJ Meter, stricter and laxer")
        as_set = figures["false_alarms_per_meter_month"], figures["macro_recall"]
        axis.plot(*as_set, "o", ms=11, mfc="none", color=BLUE, label="CSJ Meter, as it is set")
        axis.plot(*GOAL, "k+", ms=12, label="the goal")
        for (name, its), mark in zip(figures["peers"].items(), "s^vDPX*", strict=True):
            found = its["matched"]["false_alarms"]["mean"], its["matched"]["macro_recall"]
            axis.plot(*found, mark, color=ORANGE, ms=6, label=name)
        axis.set_ylim(0, 1)
        axis.set_xlim(0, None)
        axis.set_xlabel("false alarms per meter and month")
        axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize=8)


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection.pictures", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="where the loads are")
    parser.add_argument("--figures", type=Path, metavar="FILE", help="what the benchmark has printed")
    arguments = parser.parse_args()
    IMAGES.mkdir(exist_ok=True)
    mpl.rcParams["svg.hashsalt"] = "csj"
    house = sceaux(arguments.data)
    draw_stuck(house)
    draw_leak(house)
    if arguments.figures is not None:
        figures = json.loads(arguments.figures.read_text(encoding="utf-8"))
        draw_curve(figures)
        draw_in_time(figures)


if __name__ == "__main__":
    main()
