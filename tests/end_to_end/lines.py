"""Real lines for tests: two serial ports joined by a wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
import os
import tty


@contextmanager
def _pty() -> Iterator[tuple[int, int]]:
    master, slave = os.openpty()
    try:
        tty.setraw(slave)
        os.set_blocking(master, False)
        yield master, slave
    finally:
        os.close(slave)
        os.close(master)


@asynccontextmanager
async def null_modem() -> AsyncIterator[tuple[str, str]]:
    """Paths of two serial ports; what goes into one comes out of the other."""
    loop = asyncio.get_running_loop()
    with _pty() as (left, left_slave), _pty() as (right, right_slave):

        def pump(source: int, sink: int) -> None:
            os.write(sink, os.read(source, 4096))

        loop.add_reader(left, pump, left, right)
        loop.add_reader(right, pump, right, left)
        try:
            yield os.ttyname(left_slave), os.ttyname(right_slave)
        finally:
            loop.remove_reader(left)
            loop.remove_reader(right)
