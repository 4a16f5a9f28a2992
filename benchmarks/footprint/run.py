"""The processes: meters, and Home Assistants that are watched."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
import os
from pathlib import Path
import signal
import sys
from typing import Any, Final

from demo.configuration import PACKAGE

STARTING: Final = 900.0
"""Seconds that Home Assistant may take to start."""

STOPPING: Final = 120.0

REPORTS: Final = "footprint.jsonl"


@dataclass(frozen=True, slots=True)
class Host:
    """A Home Assistant that is running."""

    home: Path
    process: asyncio.subprocess.Process

    def reports(self) -> list[dict[str, Any]]:
        """All that it has reported so far."""
        path = self.home / REPORTS
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
        return [json.loads(line) for line in lines if line.endswith("\n")]

    async def until(self, event: str) -> dict[str, Any]:
        """The last report of ``event``, as soon as there is one. Raises RuntimeError."""
        async with asyncio.timeout(STARTING):
            while True:
                for report in reversed(self.reports()):
                    if report["event"] == event:
                        return dict(report)
                if self.process.returncode is not None:
                    raise RuntimeError(f"Home Assistant has ended, see {self.home}/console.log")
                await asyncio.sleep(0.2)

    async def report(self, *, turn: bool = False) -> dict[str, Any]:
        """What it has done since the last report; ``turn`` lets it look away, or look again, from then on."""
        before = len(self.reports())
        self.process.send_signal(signal.SIGUSR2 if turn else signal.SIGUSR1)
        async with asyncio.timeout(60):
            while len(found := self.reports()) == before:  # noqa: ASYNC110 - of another process
                await asyncio.sleep(0.02)
        return found[-1]


@asynccontextmanager
async def running(home: Path, offset: float, *, profiles: Path | None = None) -> AsyncIterator[Host]:
    """Run Home Assistant, its clock ``offset`` seconds ahead; it has gone afterwards."""
    (home / REPORTS).unlink(missing_ok=True)
    profiling = () if profiles is None else ("--profile", str(profiles))
    package = home.absolute() / "custom_components" / PACKAGE.name  # noqa: ASYNC240 - nobody else is here
    with (home / "console.log").open("wb") as console:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.footprint.host", "--config", str(home)),
            *("--offset", str(offset)),
            *("--package", str(package), *profiling),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            start_new_session=True,
        )
        try:
            yield Host(home, process)
        finally:
            if process.returncode is None:
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOPPING)
            except TimeoutError:
                process.kill()
                await process.wait()


@asynccontextmanager
async def lines(offset: float, ports: Sequence[int]) -> AsyncIterator[asyncio.subprocess.Process]:
    """Serve the meters, their clocks ``offset`` seconds ahead."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.footprint.lines", str(offset), *map(str, ports)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        if not await process.stdout.readline():
            raise RuntimeError("the lines cannot be served")
        yield process
    finally:
        process.stdin.close()
        await process.wait()
