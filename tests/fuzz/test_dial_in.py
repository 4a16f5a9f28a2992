"""A listening port and whoever may call there: few get in, little is kept of them, and none stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
import gc
from pathlib import Path
import socket
import struct
from typing import Final

from homeassistant.core import HomeAssistant
from hypothesis import strategies as st
import pytest

from custom_components.csj_meter.bus.dial_in import BUFFER, LOOPBACK, STRANGERS, DialIn, Refusal
from custom_components.csj_meter.dial_in_ports import async_hold_port

from ..bus.calls import PATIENCE, Gateway, answer, framed, happens
from .malformed import drawn

pytestmark = pytest.mark.loopback

TEXT: Final = b"meter-house-7"

QUESTION: Final = framed(bytes((7, 3, 0, 0, 0, 2)))

AT_ONCE: Final = STRANGERS + 6
"""Connections that a port may have: strangers, a gateway, and some that come or go just now."""

LARGEST_READ: Final = 256 * 1024
"""What asyncio takes from a socket before it looks at how much there is."""

TURNS: Final = 12
"""Turns of the loop in which what was sent here arrives there; what is asserted holds in every one."""

SAID: Final = st.sampled_from(
    (
        TEXT,
        TEXT[:5],
        b"meter-house-8",
        answer(7, 1, 2),
        answer(7, 1, 2)[:-2],
        QUESTION * 40,
        b"still here",
        b"\x07" * 3000,
        b"x" * 300_000,
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\0",
    )
) | st.binary(min_size=1, max_size=80)

ACTS: Final = st.lists(
    st.tuples(
        st.sampled_from(("call", "call", "say", "say", "hang up", "break off", "crowd", "ask", "leave")),
        st.integers(0, 11),
        SAID,
    ),
    min_size=4,
    max_size=30,
)


class Callers:
    """Sockets that call at a port, and one on the side of the link."""

    def __init__(self, line: DialIn) -> None:
        self.line = line
        self.outside: list[socket.socket] = []
        self.inside: list[socket.socket] = []

    def do(self, act: str, which: int, data: bytes) -> None:
        """Something that a stranger does, or the link."""
        chosen = self.outside[which % len(self.outside)] if self.outside else None
        match act:
            case "call":
                self.outside.append(connected(self.line.port))
            case "crowd":
                self.outside += [connected(self.line.port) for _ in range(40)]
            case "ask":
                self.inside.append(connected(self.line.relay_port))
                say(self.inside[-1], QUESTION)
            case "leave" if self.inside:
                self.inside.pop().close()
            case "say" if chosen is not None:
                say(chosen, data)
            case "hang up" if chosen is not None:
                self.outside.remove(chosen)
                chosen.close()
            case "break off" if chosen is not None:
                self.outside.remove(chosen)
                chosen.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                chosen.close()

    def hang_up(self) -> None:
        for one in (*self.outside, *self.inside):
            one.close()
        self.outside, self.inside = [], []


def connected(port: int) -> socket.socket:
    """A connection that is on its way; it waits to be taken."""
    found = socket.socket()
    found.setblocking(False)
    with suppress(BlockingIOError):
        found.connect((LOOPBACK, port))
    return found


def say(who: socket.socket, data: bytes) -> None:
    """As much of it as fits; perhaps nobody listens any more."""
    with suppress(OSError):
        who.send(data)


def is_bounded(line: DialIn) -> None:
    """That strangers cost little, now."""
    assert len(line._outside._tasks) <= AT_ONCE
    assert len(line._inside._tasks) <= AT_ONCE
    assert 0 <= line._strangers <= STRANGERS
    for peer in (line._gateway, line._client):
        if peer is not None:
            assert peer.writer.transport.get_write_buffer_size() <= 3 * BUFFER
            assert len(peer.reader._buffer) <= 2 * BUFFER + LARGEST_READ  # type: ignore[attr-defined]
    assert len(line._sieve._answer) <= 2 * BUFFER
    assert len(line._sieve._said) <= 5
    assert len(line._sieve._once) <= 4


def is_empty(line: DialIn) -> bool:
    """Whether nobody is on the line any more: each door has a task that waits for the next one."""
    return len(line._outside._tasks) == len(line._inside._tasks) == 1


async def pass_time(line: DialIn) -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)
        is_bounded(line)


def files() -> int:
    """Files and sockets that this process has open; 0 where that cannot be seen."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


@asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """That no task and no socket is more than before; a socket is closed a turn later."""
    tasks, opened = asyncio.all_tasks(), files()
    yield
    assert not {task for task in asyncio.all_tasks() - tasks if not task.done()}
    await happens(lambda: files() <= opened)


@asynccontextmanager
async def listening(registration: bytes) -> AsyncIterator[DialIn]:
    line = DialIn(0, registration, host=LOOPBACK)
    await line.start()
    ports = line.port, line.relay_port
    try:
        yield line
    finally:
        await line.stop()
    assert not line._outside._tasks
    assert not line._inside._tasks
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((LOOPBACK, port)).close()


async def is_served(line: DialIn) -> None:
    """That a gateway which is one gets in, and is asked."""
    gateway = await Gateway.call(line, line._registration)
    try:
        await asyncio.wait_for(line.wait_for_call(), PATIENCE)
        reader, writer = await asyncio.open_connection(LOOPBACK, line.relay_port)
        writer.write(QUESTION)
        async with asyncio.timeout(PATIENCE):
            assert await reader.readexactly(9) == answer(7, 0, 1)
        writer.close()
        await writer.wait_closed()
    finally:
        await gateway.hang_up()


@pytest.mark.parametrize("registration", [TEXT, b""], ids=["with a text", "without"])
async def test_callers_of_any_kind(registration: bytes, nothing_unforeseen: Callable[[object], None]) -> None:
    for acts in drawn(ACTS, 25):
        async with nothing_left(), listening(registration) as line:
            callers = Callers(line)
            try:
                for act in acts:
                    callers.do(*act)
                    await pass_time(line)
            finally:
                callers.hang_up()
            await happens(partial(is_empty, line))
            await is_served(line)
        gc.collect()  # an error that nobody has fetched is told when its task goes
        nothing_unforeseen(acts)


@pytest.mark.parametrize("registration", [TEXT, b""], ids=["with a text", "without"])
async def test_it_may_be_stopped_at_any_moment(
    registration: bytes, nothing_unforeseen: Callable[[object], None]
) -> None:
    for turns in range(25):
        async with nothing_left():
            async with listening(registration) as line:
                callers = Callers(line)
                for act in ("crowd", "say", "ask", "break off"):
                    callers.do(act, turns, TEXT)
                for _ in range(turns):
                    await asyncio.sleep(0)
            callers.hang_up()
        gc.collect()
        nothing_unforeseen(turns)


async def test_whoever_floods_is_not_heard_longer_than_a_word(
    nothing_unforeseen: Callable[[object], None],
) -> None:
    async with listening(TEXT) as line:
        flood = await Gateway.call(line, bytes(1_000_000))
        await flood.hung_up()
        assert line.refusals[Refusal.WRONG] == 1
        assert line.caller is None
        await flood.hang_up()
        await is_served(line)
    nothing_unforeseen("flood")


async def test_nothing_is_left_when_the_last_one_lets_go(
    hass: HomeAssistant, unused_tcp_port: int, nothing_unforeseen: Callable[[object], None]
) -> None:
    async with nothing_left():
        async with async_hold_port(hass, unused_tcp_port, TEXT) as line:
            callers = Callers(line)
            callers.do("crowd", 0, b"")
            gateway = await Gateway.call(line, TEXT)
            callers.do("ask", 0, b"")
            await pass_time(line)
        await gateway.hung_up()
        await gateway.hang_up()
        callers.hang_up()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((LOOPBACK, unused_tcp_port)).close()
    gc.collect()
    nothing_unforeseen("left")
