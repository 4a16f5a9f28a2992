"""Minute by minute: what a process of its own writes to the disk, and how long each commit takes.

``python -m benchmarks.telemetry.writing FILE LAYOUT METERS MINUTES`` prints one JSON object. The kernel
counts what the process has written (``write_bytes`` of /proc/self/io), the log and its way into the file
included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
import json
from pathlib import Path
import sqlite3
import subprocess
import sys
import time
from zoneinfo import ZoneInfo

from custom_components.csj_meter.telemetry.address import at_file
from custom_components.csj_meter.telemetry.store import Store

from .reference import Order, Reference
from .site import FIRST, Site

OURS = "blocks"

ZONE = ZoneInfo("Europe/Lisbon")

KEPT_DAYS, KEPT_MONTHS = 180, 24


@dataclass(frozen=True, kw_only=True)
class Writing:
    """Figures of one layout."""

    rows: int
    """Samples."""

    written: int
    """Bytes to the disk."""

    size: int
    """Bytes of the file in the end."""

    commits: list[float]
    """Seconds of each minute's transaction."""

    working: float
    """How many seconds of all of these a core has worked."""

    rolls: list[float]
    """Seconds of what closes hours, for each hour."""

    tidying: float
    """Seconds of what makes a day of all meters small."""


def measure(path: Path, layout: str, meters: int, minutes: int) -> Writing:
    """Let a process write ``minutes`` of ``meters`` to ``path``."""
    done = subprocess.run(
        [sys.executable, "-m", __spec__.name, str(path), layout, str(meters), str(minutes)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Writing(**json.loads(done.stdout))


def written() -> int:
    """Bytes that this process has sent to disks."""
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("write_bytes")).split()[1])


def empty_log(path: Path) -> None:
    """Have everything in the one file."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def write_ours(store: Store, site: Site, since: int, until: int) -> Writing:
    """As Home Assistant does: a transaction a minute, then what is due."""
    commits, rolls, working, tidying, rows = [], [], 0.0, 0.0, 0
    before = written()
    for place, samples in enumerate(site.rounds(since, until), 1):
        now = since + place
        busy = time.process_time()
        commits.append(_timed(partial(store.append, samples)))
        working += time.process_time() - busy
        closing = _timed(partial(store.roll, now))
        if now % 60 == 2:
            rolls.append(closing)
        begun = time.perf_counter()
        while store.tidy(now):
            pass
        store.purge(now, raw_days=KEPT_DAYS, aggregate_months=KEPT_MONTHS)
        if now % 1440 == 120:
            tidying += time.perf_counter() - begun
        rows += len(samples)
    return Writing(
        rows=rows,
        written=written() - before,
        size=0,
        commits=commits,
        working=working,
        rolls=rolls,
        tidying=tidying,
    )


def _timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def _write_reference(path: Path, order: Order, site: Site, since: int, until: int) -> Writing:
    quantities = {name for samples in site.rounds(since, since + 1) for one in samples for name in one.values}
    before = written()
    reference = Reference(path, order, quantities)
    commits, working, rows = [], 0.0, 0
    for samples in site.rounds(since, until):
        busy = time.process_time()
        commits.append(_timed(partial(reference.append, samples)))
        working += time.process_time() - busy
        rows += len(samples)
    reference.close()
    return Writing(
        rows=rows, written=written() - before, size=0, commits=commits, working=working, rolls=[], tidying=0.0
    )


def main(file: str, layout: str, meters: str, minutes: str) -> None:
    """Write, and tell."""
    path, site, until = Path(file), Site(int(meters)), FIRST + int(minutes)
    if layout == OURS:
        before = written()
        store = Store.open(at_file(path), zone=ZONE)
        found = write_ours(store, site, FIRST, until)
        store.close()
        empty_log(path)
        found = Writing(**asdict(found) | {"written": written() - before})
    else:
        found = _write_reference(path, Order(layout), site, FIRST, until)
    print(json.dumps(asdict(found) | {"size": path.stat().st_size}))


if __name__ == "__main__":
    main(*sys.argv[1:])
