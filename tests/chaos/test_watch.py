"""What holds the event loop up is told, and where it was."""

from __future__ import annotations

import asyncio
import gc
import time

import pytest

from .watch import LoopWatch


def burn() -> None:
    """Work for a fifth of a second."""
    until = time.thread_time() + 0.2
    while time.thread_time() < until:
        pass


def test_where_a_slow_callback_was_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio.events.Handle, "_run", asyncio.events.Handle._run)  # as it was, in the end
    told: list[str] = []
    watch = LoopWatch(lambda _, what: told.append(what), lambda: 0.0)

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

    (what,) = told
    assert what.startswith("burn in ")
    assert "test_watch.py:" in what
