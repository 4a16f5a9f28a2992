"""Home Assistant with somebody who looks over its shoulder: ``python -m benchmarks.footprint.host``.

Each time that it gets SIGUSR1 it writes what it has done since the last time, as one line of JSON. SIGUSR2
does the same, and lets it look away until the next SIGUSR2.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
import cProfile
import json
import os
from pathlib import Path
import signal
import sys
import threading
import time
from typing import Final, TextIO

from . import clock
from .watch import Watch

OURS: Final = frozenset({"csj_meter", "modbus"})
"""Our integration, and the one that is there for its sake alone."""


def main() -> int:
    """Run Home Assistant until it is stopped."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--offset", type=float, required=True, help="seconds by which the clock is shifted")
    parser.add_argument("--package", type=Path, required=True, help="folder of the integration")
    parser.add_argument("--profile", type=Path, help="profile the event loop into this folder")
    arguments = parser.parse_args()
    # our package is that of the configuration
    sys.path[:] = [path for path in sys.path if Path(path).absolute() != Path.cwd()]
    clock.shifted(arguments.offset)
    watch = Watch(arguments.package, OURS)
    watch.begin()
    with (arguments.config / "footprint.jsonl").open("w", encoding="utf-8") as out:
        _report_when_asked(_Reports(watch, out, arguments.profile))
        from homeassistant.__main__ import main as run

        sys.argv = ["hass", "--config", str(arguments.config), "--skip-pip"]
        return run()


class _Reports:
    """What is written down, and when."""

    def __init__(self, watch: Watch, out: TextIO, profiles: Path | None) -> None:
        self._watch = watch
        self._out = out
        self._profiles = profiles
        self._profile = None if profiles is None else cProfile.Profile()
        self._number = 0
        self._looks = True
        if self._profile is not None:
            self._profile.enable()

    def turn(self) -> None:
        """One line, and look away or look again."""
        self.write("turned")
        self._looks = not self._looks
        if self._looks:
            self._watch.look()
        else:
            self._watch.rest()

    def write(self, event: str) -> None:
        """One line."""
        span = self._watch.next_span().told() | {
            "event": event,
            "clock": time.time(),
            "monotonic": time.monotonic(),
            "process": time.process_time(),
            "threads": _threads(),
            "memory": _memory(),
        }
        print(json.dumps(span), file=self._out, flush=True)
        if self._profile is not None and self._profiles is not None:
            self._profile.disable()
            self._profile.dump_stats(self._profiles / f"{self._number}-{event}.pstats")
            self._number += 1
            self._profile = cProfile.Profile()
            self._profile.enable()


def _report_when_asked(reports: _Reports) -> None:
    """When told to, when our first and last entities are there, and when Home Assistant has started."""
    from homeassistant import core
    from homeassistant.helpers import entity

    finish = entity.Entity.add_to_platform_finish
    seen = False

    async def finished(self: entity.Entity) -> None:
        nonlocal seen
        await finish(self)
        if not seen and self.platform.platform_name == "csj_meter":
            seen = True
            reports.write("first_entity")

    entity.Entity.add_to_platform_finish = finished  # type: ignore[method-assign]
    start = core.HomeAssistant.async_start

    async def started(self: core.HomeAssistant) -> None:
        self.loop.add_signal_handler(signal.SIGUSR1, reports.write, "asked")
        self.loop.add_signal_handler(signal.SIGUSR2, reports.turn)
        reports.write("set_up")
        await start(self)
        reports.write("started")

    core.HomeAssistant.async_start = started  # type: ignore[method-assign]


def _threads() -> dict[str, float]:
    """CPU seconds of the threads that there are, by name without a number."""
    found: dict[str, float] = defaultdict(float)
    for thread in threading.enumerate():
        if thread.ident is not None:
            clock_id = time.pthread_getcpuclockid(thread.ident)
            found[thread.name.rstrip("0123456789_-")] += time.clock_gettime(clock_id)
    return dict(found)


def _memory() -> int:
    """Resident bytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.exit(main())
