"""Processes that live until they are killed: one fork for each life, so that a hundred of them cost little.

``module`` is run once and imports what its lives need; it ends with ``fork_a_life_a_line(live)``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
import json
import os
from pathlib import Path
import signal
import sys
from types import ModuleType
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = "custom_components.csj_meter"


def leave_home_assistant_out() -> None:
    """Let the floors below be imported without the package's own __init__, which is the integration."""
    if PACKAGE not in sys.modules:
        package = ModuleType(PACKAGE)
        package.__path__ = [str(ROOT / "custom_components" / "csj_meter")]
        sys.modules[PACKAGE] = package


def fork_a_life_a_line(live: Callable[..., Coroutine[Any, Any, None]]) -> None:
    """One fork per line of standard input; its process id, and later its end, go to standard output."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(live(**json.loads(line)))
        _say(str(child))
        os.waitpid(child, 0)
        _say("ended")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Lives:
    """Starts one life after the other."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def begin(self, **life: Any) -> int:
        """A life begins; its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(life).encode() + b"\n")
        return int(await self._line())

    async def ended(self) -> None:
        """Return when the life is over."""
        assert await self._line() == b"ended\n"

    async def _line(self) -> bytes:
        assert self._process.stdout is not None
        return await self._process.stdout.readline()


@asynccontextmanager
async def lives_of(module: str) -> AsyncIterator[Lives]:
    """The process that forks the lives of ``module``."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield Lives(process)
    finally:
        # with the life that a failed test did not end: it waits to be killed, and the process waits for it
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
