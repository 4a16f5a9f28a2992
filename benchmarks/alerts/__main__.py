"""Run the benchmark of alerts and print a table, or one JSON object with --json."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging

from .site import finding_to_event, one_flush

METERS = (10, 250)
ROUNDS = 200


def figures() -> dict[str, float]:
    """Everything, measured once."""
    delays = {meters: asyncio.run(finding_to_event(meters, ROUNDS)) for meters in METERS}
    floor = one_flush()
    site = delays[METERS[-1]]
    return {
        "finding_to_event_ms_p50": round(site.median, 2),
        "finding_to_event_ms_p95": round(site.p95, 2),
        "finding_to_event_10_meters_ms_p50": round(delays[METERS[0]].median, 2),
        "one_flush_ms_p50": round(floor.median, 2),
        "finding_to_event_by_flush": round(site.median / floor.median, 1),
    }


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(prog="script/benchmark alerts", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    found = figures()
    if arguments.json:
        print(json.dumps(found))
        return
    print("From the engine's signal to the event on the bus, kept on disk in between; one_flush is what the")
    print("disk alone takes for a page.")
    for key, value in found.items():
        print(f"{key:<40}{value:>10}")


if __name__ == "__main__":
    main()
