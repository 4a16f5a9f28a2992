"""What holds the event loop up is told, and where it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
import gc
import os
from pathlib import Path
import time

import pytest

from .watch import HOST, LoopWatch, stolen_seconds


def burn() -> None:
    """Work for a fifth of a second."""
    until = time.thread_time() + 0.2
    while time.thread_time() < until:
        pass


def told_of_burning(monkeypatch: pytest.MonkeyPatch, stolen: Callable[[], float]) -> list[str]:
    """What is told of a loop in which somebody works for long."""
    monkeypatch.setattr(asyncio.events.Handle, "_run", asyncio.events.Handle._run)  # as it was, in the end
    told: list[str] = []
    watch = LoopWatch(lambda _, what: told.append(what), lambda: 0.0, stolen)

    async def live() -> None:
        watch.install()
        watch.active = True
        asyncio.get_running_loop().call_soon(burn)
        asyncio.get_running_loop().call_soon(lambda: None)
        await asyncio.sleep(0.01)
        watch.active = False

    try:
        asyncio.run(live())
    finally:
        watch.close()
        gc.callbacks.remove(watch._collector)
    return told


def test_where_a_slow_callback_was_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    (what,) = told_of_burning(monkeypatch, lambda: 7.0)
    assert what.startswith("burn in ")
    assert "test_watch.py:" in what


def test_what_the_host_gives_to_others_is_nobodys_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    # as if it had given away all of the time
    assert told_of_burning(monkeypatch, time.thread_time) == [HOST]


@pytest.mark.skipif(not Path("/proc/stat").exists(), reason="only Linux counts what a host gives to others")
def test_what_the_host_gives_to_others_is_counted() -> None:
    (line,) = (line for line in Path("/proc/stat").read_text().splitlines() if line.startswith("cpu "))
    before = int(line.split()[8]) / os.sysconf("SC_CLK_TCK")
    assert before <= stolen_seconds() <= before + 60
