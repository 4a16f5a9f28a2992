"""Alarms: called in order, at the moment, and never after closing."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path
import sys

import pytest

from custom_components.csj_meter.simulator.alarm import ExactAlarm, LoopAlarm, alarm
from tests.virtual_time import run_virtual

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="kernel timers as files are Linux's")


def descriptors() -> int:
    """How many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


@linux_only
async def test_calls_come_in_their_order_and_not_early() -> None:
    loop = asyncio.get_running_loop()
    clock, done = alarm(), asyncio.Event()
    assert isinstance(clock, ExactAlarm)
    start = loop.time()
    calls: list[tuple[str, float]] = []

    def call(name: str) -> None:
        calls.append((name, loop.time() - start))
        if name == "last":
            done.set()

    clock.at(start + 0.012, lambda: call("last"))
    clock.at(start + 0.004, lambda: call("first"))
    clock.at(start + 0.004, lambda: call("second"))
    clock.at(start - 1, lambda: call("overdue"))
    await done.wait()
    clock.close()

    assert [name for name, _ in calls] == ["overdue", "first", "second", "last"]
    assert all(time >= due for (_, time), due in zip(calls, (0, 0.004, 0.004, 0.012), strict=True))


@linux_only
async def test_a_closed_alarm_is_silent_and_gives_its_descriptor_back() -> None:
    before = descriptors()
    clock = alarm()
    clock.at(asyncio.get_running_loop().time() + 0.002, lambda: pytest.fail("too late"))
    clock.close()
    clock.close()
    await asyncio.sleep(0.01)

    assert descriptors() == before


@linux_only
async def test_a_call_may_close_its_alarm() -> None:
    clock = alarm()
    clock.at(0, clock.close)
    await asyncio.sleep(0.005)


@linux_only
def test_a_forgotten_alarm_gives_its_descriptor_back() -> None:
    async def forget() -> None:
        alarm().at(asyncio.get_running_loop().time() + 60, lambda: None)

    before = descriptors()
    asyncio.run(forget())
    gc.collect()

    assert descriptors() == before


def test_a_loop_with_a_time_of_its_own_gets_its_own_timers() -> None:
    async def wait() -> list[float]:
        loop = asyncio.get_running_loop()
        clock, start = alarm(), loop.time()
        assert isinstance(clock, LoopAlarm)
        calls: list[float] = []
        clock.at(start + 3600, lambda: calls.append(loop.time() - start))
        clock.at(start + 7200, lambda: calls.append(loop.time() - start))
        await asyncio.sleep(4000)
        clock.close()
        await asyncio.sleep(4000)
        return calls

    assert run_virtual(wait()) == [3600]
