"""Run the benchmark of detection and print a table, or one JSON object with --json.

Thresholds, ours and those of the peers, were chosen on the first twenty homes; what is reported is of the
other ten and of two houses elsewhere, after 30 days of warm-up. It takes six minutes of a core:
``--quick`` leaves the peers and the curve out.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
import json
from pathlib import Path
from typing import Any, Final

import numpy as np

from . import curve, neighbours, quality
from .faults import Event, inject
from .homes import Homes, Loads, austin, portugal, sceaux
from .ours import Outcome, measure
from .peers.__main__ import figures as peer_figures
from .peers.compare import compare
from .peers.helpers_check import check

TUNING, REPORTED = slice(0, 20), slice(20, 30)
WARM_UP: Final = 30
SEED: Final = 1
EACH: Final = 2
"""Faults of a kind in each home that is reported."""

EACH_OF_ONE: Final = 4
"""And in a house that stands alone."""


def told(outcome: Outcome) -> dict[str, Any]:
    """All about our engine on some homes, as JSON has it."""
    alarms = outcome.score.false_alarms
    return {
        "macro_recall": round(outcome.score.macro_recall, 3),
        "false_alarms_per_meter_month": round(alarms.mean, 3),
        "false_alarms": {key: round(value, 3) for key, value in asdict(alarms).items()},
        "by_severity": {key: round(value, 3) for key, value in outcome.severities.items()},
        "by_kind_of_finding": {key: round(value, 3) for key, value in outcome.kinds.items()},
        "by_kind": {kind: asdict(found) for kind, found in outcome.score.found.items()},
        "in_time": {key: round(value, 3) for key, value in outcome.within.items()},
        "found_as": outcome.named,
    }


def with_currents(homes: Homes, copies: Loads, events: Sequence[Event]) -> Outcome:
    """The house that has voltage and current: they follow what was done to the power."""
    assert homes.voltage is not None
    assert homes.current is not None
    clean = {"voltage_l1": homes.voltage, "current_l1": homes.current}
    homes_of = [event.home for event in events]
    voltage = homes.voltage[:, homes_of].copy()
    with np.errstate(all="ignore"):
        current = homes.current[:, homes_of] * np.nan_to_num(
            copies / homes.power[:, homes_of], nan=1.0, posinf=1.0
        )
    for copy, event in enumerate(events):
        if event.kind == "frozen":
            for quantity in (voltage, current):
                quantity[event.start : event.end, copy] = quantity[event.start, copy]
    injected = {"voltage_l1": voltage, "current_l1": current.astype(np.float32)}
    return measure(homes, copies, events, WARM_UP, others=(clean, injected))


def figures(folder: Path, *, quick: bool) -> dict[str, Any]:
    """Everything, measured once."""
    everyone = austin(folder)
    homes = everyone.some(REPORTED)
    copies, events = inject(homes, WARM_UP, SEED, EACH)
    ours = measure(homes, copies, events, WARM_UP)
    found = told(ours)
    tuning = everyone.some(TUNING)
    found["on_homes_tuned_on"] = told(measure(tuning, *inject(tuning, WARM_UP, SEED), WARM_UP))
    france = sceaux(folder)
    found["france"] = told(with_currents(france, *inject(france, WARM_UP, SEED, EACH_OF_ONE)))
    house = portugal(folder)
    found["portugal"] = told(measure(house, *inject(house, WARM_UP, SEED, EACH_OF_ONE), WARM_UP))
    found["rules"] = quality.measure(folder)
    found["neighbours"] = {key: round(value, 4) for key, value in neighbours.measure().items()}
    if quick:
        return found
    check()
    once, events_once = inject(homes, WARM_UP, SEED)
    found["peers"] = {
        one.name: peer_figures(one) for one in compare(tuning, homes, once, events_once, WARM_UP)
    }
    found["curve"] = {
        str(factor): told(outcome)
        for factor, outcome in curve.outcomes(homes, copies, events, WARM_UP).items()
    }
    return found


def _print_homes(name: str, found: dict[str, Any]) -> None:
    alarms, severity = found["false_alarms"], found["by_severity"]
    print(f"\n{name}: macro recall {found['macro_recall']:.2f}; false alarms per meter-month", end=" ")
    print(", ".join(f"{key} {value:.2f}" for key, value in (alarms | severity).items()))
    for kind, its in found["by_kind"].items():
        delay = "" if its["delay"] is None else f"median {its['delay'] / 60:.1f} h"
        in_time = f"in time {found['in_time'][kind]:.2f}" if kind in found["in_time"] else ""
        print(f"  {kind:<18}{its['recall']:>6.2f}  {delay:<16}{in_time}")


def _print(found: dict[str, Any]) -> None:
    for name, key in (("Austin, homes not tuned on", None), ("Austin, homes tuned on", "on_homes_tuned_on")):
        _print_homes(name, found if key is None else found[key])
    for key in ("france", "portugal"):
        _print_homes(key.capitalize(), found[key])
    if "peers" in found:
        print(f"\n{'At a budget of one false alarm':<46}{'macro':>8}{'alarms':>8}")
        rows = [("CSJ Meter", found["macro_recall"], found["false_alarms_per_meter_month"])]
        for name, its in found["peers"].items():
            matched = its["matched"]
            rows.append((name, matched["macro_recall"], matched["false_alarms"]["mean"]))
        for name, macro, alarms in rows:
            print(f"{name:<46}{macro:>8.2f}{alarms:>8.2f}")
    for factor, its in found.get("curve", {}).items():
        print(
            f"thresholds x {factor:<6} macro {its['macro_recall']:.2f}, "
            f"false alarms {its['false_alarms_per_meter_month']:.2f}; in time:",
            ", ".join(f"{kind} {share:.2f}" for kind, share in its["in_time"].items()),
        )
    for part in ("rules", "neighbours"):
        print(f"\n{part}")
        for key, value in found[part].items():
            print(f"  {key:<60}{value:>10}")


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(prog="script/benchmark detection", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="where the loads are")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--quick", action="store_true", help="without the peers and the curve")
    arguments = parser.parse_args()
    found = figures(arguments.data, quick=arguments.quick)
    if arguments.json:
        print(json.dumps(found))
    else:
        _print(found)


if __name__ == "__main__":
    main()
