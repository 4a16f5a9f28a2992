"""Run the benchmark of the footprint and print a table, or one JSON object with --json.

The first run writes a year of measurements, which takes a quarter of an hour of both cores and a gigabyte in
``.cache/footprint``; it is kept there. Each run then takes 20 minutes: the hour of the shifted clock at which
measuring begins is always the same.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any, Final

from .clock import offset_to
from .home import PORTS, copy_of, homes
from .run import lines, running
from .site import END, LINES, METERS

RESTART: Final = END + 9 * 60
"""When Home Assistant is started again, by its clock: minutes after it was stopped."""

STEADY: Final = END + 15 * 60 + 45
"""When the steady state begins to be measured, if Home Assistant has started by then: 11:55:45."""

LATEST: Final = END + 21 * 60
"""When it has to begin at the latest."""

SETTLING: Final = 60.0
"""Seconds after the start that do not count yet."""

MINUTES: Final = 10
"""For how long: with ten minutes that end, an hour that is closed, two times that the engine is kept."""

TARGETS: Final = {"startup_s": "< 2", "longest_loop_block_ms": "< 20", "core_share": "< 0.03"}

type Report = dict[str, Any]


def _milliseconds(seconds: float) -> float:
    return round(1000 * seconds, 1)


def _of_start(first: Report, started: Report, idle: Report) -> dict[str, Any]:
    """Until the first entity, and until Home Assistant has started with and without."""
    return {
        "startup_s": round(first["ours"] + sum(first["jobs"].values()), 3),
        "startup_loop_s": round(first["ours"], 3),
        "startup_jobs": {name: round(its, 3) for name, its in _most(first["jobs"], 6)},
        "started_more_cpu_s": round(started["process"] - idle["process"], 2),
        "started_ratio": round(started["process"] / idle["process"], 2),
    }


def _most(seconds: dict[str, float], count: int) -> list[tuple[str, float]]:
    return sorted(seconds.items(), key=lambda item: -item[1])[:count]


def _of_blocks(reports: list[Report]) -> dict[str, Any]:
    calls = sorted((call for report in reports for call in report["long"]), key=lambda call: -call["cpu"])
    return {
        "longest_loop_block_ms": _milliseconds(calls[0]["cpu"]) if calls else "< 5",
        "longest_loop_block_wall_ms": _milliseconds(max(report["longest_wall"] for report in reports)),
        "longest_collection_ms": _milliseconds(
            max(spent for report in reports for _, spent in report["collections"])
        ),
        "blocks_above_20_ms": sum(call["cpu"] > 0.02 for call in calls),
        "longest_blocks": [
            {
                "ms": _milliseconds(call["cpu"]),
                "wall_ms": _milliseconds(call["wall"]),
                "name": call["name"],
                "parts": call["parts"],
            }
            for call in calls[:12]
        ],
    }


def _of_steady(ours: list[Report], idle: list[Report]) -> dict[str, Any]:
    """Two reports each: before and after the span."""
    span = ours[1]["monotonic"] - ours[0]["monotonic"]
    busy = ours[1]["process"] - ours[0]["process"]
    rest = (idle[1]["process"] - idle[0]["process"]) * span / (idle[1]["monotonic"] - idle[0]["monotonic"])
    threads = {
        name: round((seconds - ours[0]["threads"].get(name, 0.0)) / span, 5)
        for name, seconds in ours[1]["threads"].items()
    }
    return {
        "core_share": round((busy - rest) / span, 4),
        "core_share_with": round(busy / span, 4),
        "core_share_without": round(rest / span, 4),
        "ratio_to_idle": round(busy / rest, 2),
        "span_s": round(span, 1),
        "loop_share": round(ours[1]["ours"] / span, 4),
        "by_thread": dict(_most(threads, 8)),
        "by_file": {name: round(its / span, 5) for name, its in _most(ours[1]["by_file"], 12)},
        "by_job": {name: round(its / span, 5) for name, its in _most(ours[1]["jobs"], 12)},
        "memory_mb": round(ours[1]["memory"] / 1e6),
        "memory_more_mb": round((ours[1]["memory"] - idle[1]["memory"]) / 1e6),
    }


async def figures(profiles: Path | None = None) -> dict[str, Any]:
    """Everything, measured once. Raises RuntimeError where Home Assistant starts too slowly for the hour."""
    lived, empty = await homes()
    offset = offset_to(RESTART)
    async with (
        running(copy_of(empty, "idle"), offset) as idle,
        lines(offset, PORTS),
        running(copy_of(lived, "with"), offset, profiles=profiles) as host,
    ):
        started, idle_started = await host.until("started"), await idle.until("started")
        first = await host.until("first_entity")
        begin = max(STEADY, started["clock"] + SETTLING)
        if begin > LATEST:
            raise RuntimeError("Home Assistant has started too late to see how an hour is closed")
        await asyncio.sleep(begin - (await host.report())["clock"])
        before, before_idle = await asyncio.gather(host.report(), idle.report())
        await asyncio.sleep(MINUTES * 60)
        after, after_idle = await asyncio.gather(host.report(), idle.report())
        reports = host.reports()
    return {
        **_of_start(first, started, idle_started),
        **_of_blocks(reports),
        **_of_steady([before, after], [before_idle, after_idle]),
        "meters": METERS,
        "lines": LINES,
    }


def _print(found: dict[str, Any]) -> None:
    print(f"A real Home Assistant with {METERS} meters on {LINES} lines and a year of their data. The meters")
    print("are simulated in another process. Seconds and shares are those of the processor.")
    nested = {key: value for key, value in found.items() if isinstance(value, dict | list)}
    for key in sorted(found.keys() - nested.keys(), key=lambda key: (key not in TARGETS, key)):
        print(f"{key:<30}{found[key]!s:>12}  {TARGETS.get(key, '')}")
    for key, value in nested.items():
        print(f"\n{key}")
        for line in value.items() if isinstance(value, dict) else ((one["ms"], one) for one in value):
            print(f"  {line[0]!s:<60}{line[1]}")


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(prog="script/benchmark footprint", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument(
        "--profile", type=Path, metavar="FOLDER", help="what cProfile sees of the event loop; slows it down"
    )
    arguments = parser.parse_args()
    found = asyncio.run(figures(arguments.profile))
    if arguments.json:
        print(json.dumps(found))
    else:
        _print(found)


if __name__ == "__main__":
    main()
