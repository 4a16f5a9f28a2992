"""``scan``: which meters answer on a line."""

from __future__ import annotations

from argparse import Namespace
import json
import sys
from typing import Any

from custom_components.csj_meter.bus.scan import ScanProgress
from custom_components.csj_meter.meters.discovery import Discovery, discover

from .errors import CommandError
from .link import open_bus
from .profiles import library


async def scan_line(arguments: Namespace) -> None:
    """Ask the unit ids and print what was found."""
    profiles = library(arguments.profiles).profiles
    progress = _show_progress if sys.stderr.isatty() else None
    async with open_bus(arguments) as bus:
        try:
            discovery = await discover(bus, profiles.values(), arguments.units, progress)
        finally:
            # what is told next, and be it why there is no more, has a line of its own
            if progress is not None:
                print("\r\033[K", end="", file=sys.stderr, flush=True)
    rows = _rows(discovery)
    if arguments.json:
        print(json.dumps(rows))
    else:
        _print_table(rows)
    if problem := _problem(discovery):
        if not rows:
            raise CommandError(problem)
        print(problem, file=sys.stderr)


def _rows(discovery: Discovery) -> list[dict[str, Any]]:
    """What was found, by unit id; a device that no profile knows has neither serial nor profile."""
    rows: list[dict[str, Any]] = [
        {
            "unit": meter.unit_id,
            "serial": meter.identity.serial,
            "model": meter.identity.model,
            "profile": meter.identity.profile,
        }
        for meter in discovery.found
    ]
    rows += [
        {"unit": device.unit_id, "serial": None, "model": device.description, "profile": None}
        for device in discovery.unknown
    ]
    return sorted(rows, key=lambda row: row["unit"])


def _problem(discovery: Discovery) -> str | None:
    """One line about what is in the way, None when nothing is."""
    if discovery.echo:
        return "the adapter echoes what is sent: switch off its local echo (a jumper or a driver setting)"
    problems: list[str] = []
    if discovery.garbled:
        units = ", ".join(map(str, discovery.garbled))
        problems.append(
            f"unit {units} answers with noise: check speed and parity, and for two meters at one unit id"
        )
    for serial, units_of in discovery.duplicates.items():
        units = ", ".join(map(str, units_of))
        problems.append(f"meter {serial} answers at units {units}: check the gateway's address settings")
    if not discovery.found and not discovery.unknown and not problems:
        return (
            "nothing answered: check the wires A and B, the supply, speed and parity, and the unit ids asked"
        )
    return "; ".join(problems) or None


def _print_table(rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    print(f"{'unit':>4}  {'serial':<14} {'model':<24} profile")
    for row in rows:
        serial, model = row["serial"] or "-", row["model"] or "-"
        profile = row["profile"] or "none fits, see docs/profiles.md"
        print(f"{row['unit']:>4}  {serial:<14} {model:<24} {profile}")


def _show_progress(progress: ScanProgress) -> None:
    print(
        f"\r\033[Kunit {progress.unit_id}, {progress.done} of {progress.total}, found {progress.found}",
        end="",
        file=sys.stderr,
        flush=True,
    )
