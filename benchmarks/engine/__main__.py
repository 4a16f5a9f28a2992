"""Run the benchmark of the engine and print a table, or one JSON object with --json."""

from __future__ import annotations

import argparse
import json

from .cost import Cost, measure, replay_cost
from .half_space_trees import seconds_per_meter

SIZES = {1: 31, 50: 31, 300: 31, 2500: 4}
"""Meters -> days that are driven."""


def figures(costs: dict[int, Cost]) -> dict[str, float]:
    """Everything, measured once."""
    trees = seconds_per_meter()
    found: dict[str, float] = {}
    for count, cost in costs.items():
        found |= {
            f"tick_us_{count}_meters": round(cost.tick * 1e6),
            f"tick_of_samples_us_{count}_meters": round(cost.tick_of_samples * 1e6),
            f"hour_ms_{count}_meters": round(cost.hour * 1e3, 2),
            f"day_ms_{count}_meters": round(cost.day * 1e3, 1),
            f"save_ms_{count}_meters": round(cost.save * 1e3, 1),
            f"restart_s_{count}_meters": round(cost.restart, 3),
            f"hst_ratio_{count}_meters": round(trees * count / cost.tick, 1),
        }
    site, past = costs[300], replay_cost()
    return found | {
        "bytes_per_meter": round(site.bytes_per_meter),
        "saved_bytes_per_meter": round(site.saved_bytes_per_meter),
        "replay_meter_days_per_minute": round(60 / past.by_block),
        "replay_ratio": round(past.by_minute / past.by_block, 1),
        "hst_us_per_meter": round(trees * 1e6, 1),
        "hst_ratio": round(trees * 300 / site.tick, 1),
    }


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(prog="script/benchmark engine", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    arguments = parser.parse_args()
    found = figures({count: measure(count, days) for count, days in SIZES.items()})
    if arguments.json:
        print(json.dumps(found))
        return
    print(
        "A tick is one minute of all meters; river's HalfSpaceTrees takes the same minute one meter after the"
    )
    print("other: hst_ratio says how much longer. The past of one meter is replayed in days a minute of the")
    print("processor; replay_ratio says how much longer it takes minute by minute.")
    for key, value in found.items():
        print(f"{key:<36}{value:>12}")


if __name__ == "__main__":
    main()
