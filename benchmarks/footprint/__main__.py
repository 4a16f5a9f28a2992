"""Run the benchmark of the footprint and print a table, or one JSON object with --json.

The first run writes a year of measurements, which takes a quarter of an hour of both cores and a gigabyte in
``.cache/footprint``; it is kept there. Each run then takes 22 minutes: the hour of the shifted clock at which
measuring begins is always the same.
"""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass
import json
from pathlib import Path
import time
from typing import Any, Final

from .clock import offset_to
from .home import PORTS, copy_of, homes
from .run import Host, lines, running
from .site import END, LINES, METERS

RESTART: Final = END + 12 * 60
"""When Home Assistant is started again, by its clock: minutes after it was stopped at the latest."""

WATCHED: Final = END + 15 * 60 + 45
"""When calls begin to be watched once everything that follows a start is done: 11:45:45."""

STEADY: Final = WATCHED + 3 * 60
"""When the steady state begins to be measured, by nobody who watches."""

STEADY_END: Final = STEADY + 10 * 60
"""A multiple of the times in which the engine is kept and statistics are compiled."""

HOUR: Final = END + 30 * 60 - 15
HOUR_END: Final = HOUR + 5 * 60
"""Around the end of an hour, until all that it brings is done."""

SETTLING: Final = 60.0
"""Seconds after the start that must have passed by ``WATCHED``."""

MOMENTS: Final = (WATCHED, STEADY, STEADY_END, HOUR, HOUR_END)

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


@dataclass(frozen=True, slots=True)
class Spans:
    """Reports between which a Home Assistant has done nothing special, and closed an hour."""

    watched: tuple[Report, Report]
    steady: tuple[Report, Report]
    hour: tuple[Report, Report]


def _spent(span: tuple[Report, Report]) -> tuple[float, float]:
    """CPU seconds of the process, and seconds."""
    before, after = span
    return after["process"] - before["process"], after["monotonic"] - before["monotonic"]


def _share(span: tuple[Report, Report]) -> float:
    busy, seconds = _spent(span)
    return busy / seconds


def _of_steady(ours: Spans, idle: Spans) -> dict[str, Any]:
    """As a share of a core: what each minute takes, and the part of it in the hour that closing it takes."""
    minutes = _share(ours.steady) - _share(idle.steady)
    busy, seconds = _spent(ours.hour)
    closing = max(0.0, busy - seconds * _share(ours.watched))
    (before, after), ended = ours.steady, ours.watched[1]
    threads = {
        name: round((its - before["threads"].get(name, 0.0)) / _spent(ours.steady)[1], 5)
        for name, its in after["threads"].items()
    }
    watched = _spent(ours.watched)[1]
    return {
        "core_share": round(minutes + closing / 3600, 4),
        "minutes_share": round(minutes, 4),
        "hour_cpu_s": round(closing, 2),
        "idle_share": round(_share(idle.steady), 5),
        "ratio_to_idle": round(_share(ours.steady) / _share(idle.steady), 1),
        "watching_share": round(_share(ours.watched) - _share(ours.steady), 4),
        "watched_loop_share": round(ended["ours"] / watched, 4),
        "by_thread": dict(_most(threads, 8)),
        "by_file": {name: round(its / watched, 5) for name, its in _most(ended["by_file"], 12)},
        "by_job": {name: round(its / watched, 5) for name, its in _most(ended["jobs"], 12)},
        "hour_jobs": {name: round(its, 2) for name, its in _most(ours.hour[1]["jobs"], 8)},
        "memory_mb": round(after["memory"] / 1e6),
        "memory_more_mb": round((after["memory"] - idle.steady[1]["memory"]) / 1e6),
    }


async def _together(hosts: tuple[Host, ...], seconds: float, *, turn: bool) -> list[Report]:
    """What they report in so many seconds."""
    await asyncio.sleep(seconds)
    return await asyncio.gather(*(host.report(turn=turn) for host in hosts))


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
        if started["clock"] + SETTLING > WATCHED:
            raise RuntimeError("Home Assistant has started too late to see how an hour is closed")
        both = (host, idle)
        reports = [
            await _together(both, moment - time.time() - offset, turn=moment in (STEADY, STEADY_END))
            for moment in MOMENTS
        ]
        long = host.reports()
    ours, without = (
        Spans((its[0], its[1]), (its[1], its[2]), (its[3], its[4])) for its in zip(*reports, strict=True)
    )
    return {
        **_of_start(first, started, idle_started),
        **_of_blocks(long),
        **_of_steady(ours, without),
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
