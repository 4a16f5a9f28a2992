"""``script/demo``: from nothing to a home with six meters, or to the one that was left."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
import json
from pathlib import Path
import signal
import sys
import time
from typing import Final

from . import configuration, credit, dashboard, energy, history, people, process, telemetry
from .client import PASSWORD, USER, Client
from .errors import DemoError
from .site import Site, move_in

PATIENCE: Final = 300.0
"""Seconds from the first line to a meter's last value before the demo gives up."""

HINT: Final = (
    "Other users are technician, support, landlord and tenant, with the same password. "
    "For a fault, run the action CSJ Meter: Simulate a fault. Ctrl-C ends it."
)


def main() -> int:
    """Run the demo; returns the exit status."""
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument("--port", type=_port, default=8123, help="port on 127.0.0.1 (default 8123)")
    parser.add_argument("--dir", type=Path, default=Path(".demo"), help="folder of the home (default .demo)")
    parser.add_argument(
        "--check", action="store_true", help="start, wait for values of all meters, print one JSON line, end"
    )
    arguments = parser.parse_args()
    try:
        asyncio.run(_run(arguments.dir.absolute(), arguments.port, check=arguments.check))
    except DemoError as err:
        print(f"script/demo: {err}", file=sys.stderr)
        if (console := arguments.dir / process.CONSOLE).exists():
            print(f"What Home Assistant said is in {console}", file=sys.stderr)
        return 1
    return 0


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"a port is 1 to 65535, not {text!r}")
    return int(text)


async def _run(home: Path, port: int, *, check: bool) -> None:
    """Show the home until somebody stops it, or with ``check`` until it is complete."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # what nohup lets pass ends nothing; a terminal that is closed must not leave Home Assistant behind
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    started = time.monotonic()
    url = f"http://127.0.0.1:{port}"
    process.require_free(port)
    process.require_alone(home)
    configuration.seed(home, port)
    past = asyncio.create_task(asyncio.to_thread(telemetry.fill, home))
    if telemetry.is_opened_at_start(home):
        await past
    print("Starting Home Assistant", file=sys.stderr)
    async with process.running(home) as home_assistant:
        stop = asyncio.create_task(stopped.wait())
        gone = asyncio.create_task(home_assistant.wait())
        furnished = asyncio.create_task(_furnish(url, home, past, lambda: not gone.done()))
        try:
            await asyncio.wait((furnished, stop, gone), timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            if stop.done():
                if check:
                    raise DemoError("stopped before it was complete")
                return
            if gone.done():
                raise DemoError(f"Home Assistant has ended:\n{process.last_words(home)}")
            if not furnished.done():
                raise DemoError(f"the home is not complete after {PATIENCE:.0f} s")
            site = furnished.result()
            if check:
                seconds = round(time.monotonic() - started, 1)
                report = {"ready": True, "meters": len(site.meters), "entities": site.entities}
                print(json.dumps(report | {"seconds": seconds}))
                return
            print(f"The CSJ Meter demo is ready: {url} (user {USER}, password {PASSWORD}). {HINT}")
            sys.stdout.flush()
            await asyncio.wait((stop, gone), return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                raise DemoError(f"Home Assistant has ended:\n{process.last_words(home)}")
        finally:
            for task in (furnished, past, stop, gone):
                task.cancel()
            await asyncio.gather(furnished, past, stop, gone, return_exceptions=True)


async def _furnish(url: str, home: Path, past: Awaitable[None], is_alive: Callable[[], bool]) -> Site:
    """Sign in and set up what is not there yet, once the ``past`` is written."""
    async with Client.sign_in(url, is_alive) as client:
        await client.until_running()
        await past
        site = await move_in(client)
        await energy.arrange(client, site)
        await history.fill(client, site, home)
        await dashboard.arrange(client, site)
        await credit.foresee(client, site)
        await people.arrive(client, site)
        return site


if __name__ == "__main__":
    sys.exit(main())
