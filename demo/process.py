"""Home Assistant as a child process of the demo."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import fcntl
import os
from pathlib import Path
import signal
import socket
import sys
from typing import Final

from .errors import DemoError

STOP_TIMEOUT: Final = 60.0
"""Seconds that Home Assistant may take to write what it has and go."""

CONSOLE: Final = "console.log"
"""What Home Assistant says, in the folder of the demo."""

RUN_LOCK: Final = ".ha_run.lock"
"""The file there that Home Assistant holds while it runs."""


def require_free(port: int) -> None:
    """Raise ``DemoError`` when somebody listens on ``port`` of loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as err:
            raise DemoError(f"port {port} cannot be used ({err.strerror}): choose one with --port") from err


def require_alone(home: Path) -> None:
    """Raise ``DemoError`` when a Home Assistant runs in the folder ``home``: its files have one writer."""
    try:
        with (home / RUN_LOCK).open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as err:
        raise DemoError(
            f"a Home Assistant runs in {home} already: end it, or choose another folder with --dir"
        ) from err
    except OSError:
        return  # none has run there yet


@asynccontextmanager
async def running(home: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run Home Assistant with the configuration folder ``home``; it is stopped and has gone afterwards.

    It gets a session of its own: a Ctrl-C on the terminal reaches the demo alone, which then
    stops it in order.
    """
    with (home / CONSOLE).open("wb") as console:
        process = await asyncio.create_subprocess_exec(
            # the program "hass" knows where it was installed, and a checkout may be moved
            *(sys.executable, "-P", "-m", "homeassistant"),
            "--config",
            home,
            "--skip-pip",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            start_new_session=True,
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), STOP_TIMEOUT)
            except TimeoutError:
                process.kill()
                await process.wait()


def last_words(home: Path, lines: int = 15) -> str:
    """The end of what Home Assistant said."""
    text = (home / CONSOLE).read_text(encoding="utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:])
