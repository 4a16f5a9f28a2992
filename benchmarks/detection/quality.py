"""The rules on real voltages and currents: every fault at its third sample, and nothing where there is none.

Real are the voltages of a house in France (half a year), of one in Portugal (some days) and of a
transformer with three phases and outages of its own (seven months, a value in a quarter of an hour).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import datetime as dt
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.intake import INPUTS, ROW, Rows
from custom_components.csj_meter.anomaly.kinds import Kind, State
from custom_components.csj_meter.anomaly.meter import WatchedMeter

from .homes import read

type Series = Mapping[str, NDArray[np.float32]]
"""Canonical quantity -> values, shape (steps,)."""

FIRST_MINUTE: Final = 29_000_160
"""A midnight."""

EVENT: Final = 5
"""Samples of a fault."""

EACH: Final = 200
"""Faults of a kind."""

WRONG: Final = 0.01
"""Share of the samples that are wrong, in the second round."""

RULES: Final = {
    "sag": Kind.VOLTAGE_SAG,
    "swell": Kind.VOLTAGE_SWELL,
    "imbalance": Kind.PHASE_IMBALANCE,
    "lost_phase": Kind.PHASE_LOSS,
    "zero_current": Kind.ZERO_CURRENT,
    "two_of_three": Kind.VOLTAGE_SAG,
}
"""Fault -> the kind that it must be found as; ``two_of_three`` must not be found at all."""

OBSERVED: Final = (
    Kind.OUTAGE,
    Kind.VOLTAGE_SAG,
    Kind.VOLTAGE_SWELL,
    Kind.PHASE_LOSS,
    Kind.PHASE_IMBALANCE,
    Kind.ZERO_CURRENT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What became of the faults of one kind."""

    third: float
    """Share that was confirmed at exactly the third sample."""

    ever: float
    """Share that was confirmed at all."""


def find(many: Sequence[Series], step: int = 1, phases: int = 1) -> list[list[Finding]]:
    """What is confirmed in what meters said every ``step`` minutes, side by side in one engine."""
    meters = [
        WatchedMeter(serial=str(number), phases=phases, interval=step, max_current=400.0)
        for number in range(len(many))
    ]
    engine = Engine(meters, dt.UTC)
    quantities = list(many[0])
    columns = {quantity: np.stack([series[quantity] for series in many], axis=1) for quantity in quantities}
    found: list[list[Finding]] = [[] for _ in many]
    values = np.full((len(INPUTS), len(many)), np.nan)
    for number in range(len(columns[quantities[0]])):
        for quantity, its in columns.items():
            values[ROW[quantity]] = its[number]
        fresh = np.isfinite(values).any(axis=0)
        minute = FIRST_MINUTE + number * step
        for finding in engine.observe_rows(Rows(minute=minute, values=values, fresh=fresh)):
            if finding.state is State.CONFIRMED:
                found[int(finding.serial)].append(finding)
    return found


def house(folder: Path) -> Series:
    """The house in France, as three phases would tell it: the other two a minute and two behind."""
    homes = read(
        folder / "house_with_voltage_1min.npz",
        "France",
        ["active_power_kW"],
        1000.0,
        voltage="voltage_l1_V",
        current="current_l1_A",
    )
    assert homes.voltage is not None
    assert homes.current is not None
    voltage, current = homes.voltage[:, 0], homes.current[:, 0]
    return {
        "active_power": homes.power[:, 0],
        "voltage_l1": voltage,
        "voltage_l2": np.roll(voltage, 1),
        "voltage_l3": np.roll(voltage, 2),
        "current_l1": current,
        "current_l2": np.roll(current, 1),
        "current_l3": np.roll(current, 2),
    }


def inject(series: Series, fault: str, seed: int) -> tuple[dict[str, NDArray[np.float32]], list[int]]:
    """Faults of one kind, hours apart and after a month; the steps at which they begin."""
    changed = {quantity: values.copy() for quantity, values in series.items()}
    draw = np.random.default_rng(seed)
    first, last = 31 * 1440, len(series["voltage_l1"]) - 60
    known = np.isfinite(series["voltage_l1"])
    starts = []
    slots = np.linspace(first, last - 400, EACH).astype(int)
    if fault == "zero_current":
        # who rests more often than once a month is no meter that never rests
        slots = slots[:: EACH // 5]
    for slot in slots:
        start = int(slot + draw.integers(0, 300))
        if not known[start - 5 : start + EVENT + 5].all():
            continue
        during = slice(start, start + EVENT)
        match fault:
            case "sag":
                changed["voltage_l1"][during] = 170
            case "two_of_three":
                changed["voltage_l1"][start : start + 2] = 170
            case "swell":
                changed["voltage_l1"][during] = 260
            case "lost_phase":
                changed["voltage_l2"][during] = 0
            case "imbalance":
                # the mean of v, v and x is such that x deviates from it by a quarter
                changed["voltage_l1"][during] = changed["voltage_l2"][during] * 2 * 0.75 / 2.25
                changed["voltage_l3"][during] = changed["voltage_l2"][during]
            case "zero_current":
                for phase in (1, 2, 3):
                    changed[f"current_l{phase}"][during] = 0
                changed["active_power"][during] = 0
        starts.append(start)
    return changed, starts


def spoil(series: Series, seed: int, spared: list[int]) -> dict[str, NDArray[np.float32]]:
    """One sample in a hundred is wrong: anything from nothing to twice the value; not within a fault."""
    draw = np.random.default_rng(seed)
    spoilt = {}
    free = np.ones(len(series["voltage_l1"]), np.bool_)
    for start in spared:
        free[start : start + EVENT] = False
    for quantity, values in series.items():
        wrong = (draw.random(len(values)) < WRONG) & free
        factor = np.where(wrong, draw.uniform(0, 2, len(values)), 1).astype(np.float32)
        spoilt[quantity] = values * factor
    return spoilt


def hits(found: list[Finding], kind: Kind, starts: list[int]) -> Hits:
    """How many faults were found, and when."""
    at = {finding.at - FIRST_MINUTE for finding in found if finding.kind is kind}
    third = sum(start + 2 in at for start in starts)
    ever = sum(any(start <= step < start + EVENT for step in at) for start in starts)
    return Hits(third=third / len(starts), ever=ever / len(starts))


def measure(folder: Path) -> dict[str, float]:
    """Shares of the faults that were found, and what was found where nothing was put in."""
    untouched = house(folder)
    many: dict[str, Series] = {
        "false_alarms": untouched,
        "false_alarms_one_percent_wrong": spoil(untouched, 1, []),
    }
    begun: dict[str, list[int]] = {}
    for fault in RULES:
        changed, starts = inject(untouched, fault, 2)
        many |= {fault: changed, f"{fault}_one_percent_wrong": spoil(changed, 3, starts)}
        begun |= {fault: starts, f"{fault}_one_percent_wrong": starts}
    figures: dict[str, float] = {}
    for name, found in zip(many, find(list(many.values()), phases=3), strict=True):
        if name not in begun:
            figures[f"rules_{name}"] = sum(finding.kind in OBSERVED for finding in found)
            continue
        fault = name.removesuffix("_one_percent_wrong")
        its = hits(found, RULES[fault], begun[name])
        if fault == "two_of_three":
            figures[f"rules_{name}_found"] = round(its.ever, 4)
        else:
            figures[f"rules_{name}_at_third_sample"] = round(its.third, 4)
    figures["rules_jitter_alarms"] = _jitter()
    return figures | _transformer(folder) | _portugal(folder)


def _jitter() -> int:
    """How many alarms an hour of 180 V, give or take 4 V, makes."""
    draw = np.random.default_rng(4)
    voltage = np.full(200, 230.0, np.float32)
    voltage[60:120] = 180 + draw.uniform(-4, 4, 60)
    return sum(finding.kind is Kind.VOLTAGE_SAG for finding in find([{"voltage_l1": voltage}])[0])


def _transformer(folder: Path) -> dict[str, float]:
    with np.load(folder / "transformer_3phase_15min.npz", allow_pickle=False) as archive:
        columns = [str(column) for column in archive["columns"]]
        values = archive["values"]
    series = {
        f"{quantity}_l{phase}": values[:, columns.index(f"{letter}L{phase}")]
        for quantity, letter in (("voltage", "V"), ("current", "I"))
        for phase in (1, 2, 3)
    }
    series["active_power"] = sum(
        series[f"voltage_l{phase}"] * series[f"current_l{phase}"] for phase in (1, 2, 3)
    )
    (found,) = find([series], step=15, phases=3)
    months = len(values) * 15 / 43200
    figures = {"transformer_months": round(months, 1)}
    for kind in (*OBSERVED, Kind.CURRENT_IMBALANCE):
        figures[f"transformer_{kind.value}"] = sum(finding.kind is kind for finding in found)
    return figures


def _portugal(folder: Path) -> dict[str, float]:
    homes = read(folder / "house_pt_2019_1min.npz", "Portugal", ["active_power_W"], voltage="voltage_l1_V")
    assert homes.voltage is not None
    (found,) = find([{"voltage_l1": homes.voltage[:, 0]}])
    return {
        f"portugal_{kind.value}": sum(finding.kind is kind for finding in found)
        for kind in (*OBSERVED, Kind.UNDERVOLTAGE)
    }
