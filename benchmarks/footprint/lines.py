"""The lines with their meters, in a process of their own: ``python -m benchmarks.footprint.lines OFFSET``.

It prints the ports of the gateways and serves them until its standard input ends.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
import json
import sys
import time

from custom_components.csj_meter.simulator.tcp import serve_modbus_tcp, serve_rtu_over_tcp

from .site import LINES, line, speaks_modbus_tcp


async def serve(offset: float, ports: list[int]) -> None:
    """Serve all lines on ``ports``, any where they are 0."""

    def clock() -> float:
        return time.time() + offset

    async with AsyncExitStack() as stack:
        heard, made_ones = [], []
        for number, port in zip(range(LINES), ports, strict=True):
            made_ones.append(made := line(number, clock))
            gateway = serve_modbus_tcp if speaks_modbus_tcp(number) else serve_rtu_over_tcp
            heard.append((await stack.enter_async_context(gateway(made, port=port))).port)
        print(json.dumps(heard), flush=True)
        for made in made_ones:  # before anybody asks: Home Assistant takes longer to start
            await asyncio.to_thread(made.prepare)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]), [int(port) for port in sys.argv[2:]]))
