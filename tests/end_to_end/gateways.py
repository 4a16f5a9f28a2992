"""Gateways that are not ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
import shutil
import socket

import pytest


def program(name: str) -> str:
    """Path of an installed program; the test is skipped where it is not."""
    # Debian keeps daemons where users do not look
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if path is None:
        pytest.skip(f"{name} is not installed (a Debian package of that name)")
    return path


@asynccontextmanager
async def ser2net(folder: Path, device: str) -> AsyncIterator[int]:
    """A serial server in front of ``device``, at 9600 8N1; gives its port."""
    port = _free_port()
    gateway = await asyncio.create_subprocess_exec(
        *(program("ser2net"), "-n", "-c", str(_configuration(folder, port, device))),
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await _wait_for(port)
        yield port
    finally:
        gateway.terminate()
        await gateway.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _configuration(folder: Path, port: int, device: str) -> Path:
    configuration = folder / "ser2net.yaml"
    configuration.write_text(
        f"connection: &bus\n"
        f"  accepter: tcp,127.0.0.1,{port}\n"
        f"  connector: serialdev,{device},9600n81,local\n"
        f"  options: {{kickolduser: true, max-connections: 1}}\n"
    )
    return configuration


async def _wait_for(port: int) -> None:
    """Until somebody listens."""
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                await writer.wait_closed()
                return
