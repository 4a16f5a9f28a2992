"""The loop that the timing tests of several floors stand on."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from tests.virtual_time import START, NothingToWaitForError, VirtualTimeLoop, run_virtual, wall_clock


def test_a_day_of_waiting_takes_no_time() -> None:
    async def wait() -> float:
        await asyncio.sleep(86400)
        return asyncio.get_running_loop().time()

    began = time.monotonic()

    assert run_virtual(wait()) == START + 86400
    assert time.monotonic() - began < 5


def test_timers_fire_in_order_and_on_the_dot() -> None:
    async def watch() -> list[tuple[str, float]]:
        loop = asyncio.get_running_loop()
        fired: list[tuple[str, float]] = []

        def fire(name: str) -> None:
            fired.append((name, loop.time() - START))

        for name, delay in (("late", 2.5), ("soon", 0.25), ("later", 60.0)):
            loop.call_later(delay, fire, name)
        await asyncio.sleep(61)
        return fired

    assert run_virtual(watch()) == [("soon", 0.25), ("late", 2.5), ("later", 60.0)]


def test_time_stands_still_while_a_thread_works() -> None:
    async def work() -> float:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        asyncio.get_running_loop().call_later(3600, lambda: None)
        await loop.run_in_executor(None, time.sleep, 0.02)
        return loop.time()

    assert run_virtual(work()) == START


def test_sockets_are_served_when_they_are_ready() -> None:
    async def talk() -> bytes:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            theirs.send(b"here")
            return await asyncio.get_running_loop().sock_recv(ours, 10)

    assert run_virtual(talk()) == b"here"


def test_a_deadlock_is_an_error_and_not_a_hanging_test() -> None:
    async def wait_for_nobody() -> None:
        await asyncio.Event().wait()

    with pytest.raises(NothingToWaitForError):
        run_virtual(wait_for_nobody())


def test_the_wall_clock_goes_with_the_loop() -> None:
    async def look() -> tuple[float, float]:
        clock = wall_clock(1_790_000_000)
        first = clock()
        await asyncio.sleep(90)
        return first, clock()

    assert run_virtual(look()) == (1_790_000_000, 1_790_000_090)
