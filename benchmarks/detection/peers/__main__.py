"""Run the peers alone: ``python -m benchmarks.detection.peers --data FOLDER``.

Thresholds are taken from the untouched loads of the first twenty homes; all figures are those of the other
ten, after 30 days of warm-up. It takes about five minutes of a core.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import asdict
import json
from pathlib import Path
from typing import Any, Final

from ..faults import KINDS, inject
from ..homes import DAY, austin
from ..scoring import BUDGET, MONTH, Score
from .compare import Compared, compare
from .helpers_check import check

TUNING, REPORTED = slice(0, 20), slice(20, 30)
WARM_UP: Final = 30
SEED: Final = 1


def figures(one: Compared) -> dict[str, Any]:
    """All about one peer, as JSON has it."""
    return {
        "threshold": one.threshold,
        "seconds": round(one.seconds, 1),
        "matched": _of_score(one.matched),
        "usual": None if one.usual is None else _of_score(one.usual),
    }


def _of_score(score: Score) -> dict[str, Any]:
    return {"macro_recall": score.macro_recall} | asdict(score)


def _row(name: str, score: Score) -> str:
    alarms = score.false_alarms
    rates = f"{alarms.mean:>7.2f}{alarms.median:>7.2f}{alarms.p90:>7.2f}{alarms.most:>7.2f}"
    recalls = "".join(f"{found.recall:>8.2f}" for found in score.found.values())
    return f"{name:<44}{rates}{score.macro_recall:>7.2f}{recalls}"


def _print(found: Iterable[Compared]) -> None:
    print(f"False alarms per meter-month (mean, median, p90, most) at thresholds that have {BUDGET:g} in the")
    print("homes they are taken from, mean recall of ten kinds, recall of each; then at the usual threshold.")
    kinds = "".join(f"{kind[:7]:>8}" for kind in KINDS)
    print(f"{'':<44}{'mean':>7}{'median':>7}{'p90':>7}{'most':>7}{'macro':>7}{kinds}")
    for one in found:
        print(_row(one.name, one.matched), flush=True)
        delays = "".join(
            f"{'-' if kind.delay is None else f'{kind.delay:.0f}':>8}" for kind in one.matched.found.values()
        )
        print(f"{'    minutes until found':<79}{delays}")
        if one.usual is not None:
            print(_row("    at its usual threshold", one.usual))
        print(f"    threshold {one.threshold:.4g}, {one.seconds:.0f} s of a core", flush=True)


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection.peers", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="where the loads are")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    arguments = parser.parse_args()
    check()
    everyone = austin(arguments.data)
    homes = everyone.some(REPORTED)
    copies, events = inject(homes, WARM_UP, SEED)
    found = compare(everyone.some(TUNING), homes, copies, events, WARM_UP)
    if arguments.json:
        print(json.dumps({one.name: figures(one) for one in found}))
    else:
        months = len(homes) * (homes.days - WARM_UP) * DAY / MONTH
        print(f"{homes.name}: {months:g} meter-months, {len(events)} events")
        _print(found)


if __name__ == "__main__":
    main()
