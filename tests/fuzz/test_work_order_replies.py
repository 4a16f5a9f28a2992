"""What the technicians' own system answers to a work order: taken, or refused in a sentence; and hung up.

A real server on a socket says it, to the client that Home Assistant has for all integrations.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import gzip
from typing import Final
import zlib

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from hypothesis import strategies as st
import pytest

from custom_components.csj_meter.alerting import webhook
from custom_components.csj_meter.alerting.errors import DeliveryError
from custom_components.csj_meter.alerts.settings import TicketSettings
from custom_components.csj_meter.language.texts import english

from .malformed import TEXTS, drawn, is_short, mutated_bytes

pytestmark = pytest.mark.loopback

TEXTS_OF_SITE: Final = english()

PATIENCE: Final = 30.0
"""Seconds in which anything on the loopback interface happens."""

LITTLE: Final = 0.1
"""Seconds that a server gets which never comes to an end."""

CLOSE, WAIT, RESET, FLOOD = "close", "wait", "reset", "flood"
"""What the server does when it has answered: hang up, wait for the other side, break off, go on for ever."""

OK: Final = b"HTTP/1.1 200 OK\r\n"
CHUNKED: Final = OK + b"Transfer-Encoding: chunked\r\n\r\n"

TOKENS: Final = (
    b"\r\n",
    b"\n",
    b"\r\n\r\n",
    b"\0",
    b"\xff\xfe",
    b": ",
    b"HTTP/9.9",
    b"HTTP/1.0 204\r\n",
    b" 000 ",
    b" 299 ",
    b" 999 ",
    b" 99999999999 ",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
    b"Content-Length: -1\r\n",
    b"Content-Length: 99999999999999999999\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Content-Encoding: br, zstd, x\r\n",
    b"Content-Type: text/html; charset=\xff\r\n",
    b"Location: file:///etc/passwd\r\n",
    b"Location: http://[::1\r\n",
    b"Set-Cookie: a=b; Max-Age=99999999999999999999; Expires=x; Domain=.\r\n",
    b"Connection: keep-alive, close\r\n",
    b"X: " + b"x" * 9000 + b"\r\n",
    b"X: y\r\n" * 3000,
    b"ffffffffffffffffffff\r\n",
    b"0\r\n\r\n",
)


def whole(status: bytes, body: bytes, *headers: bytes) -> bytes:
    """An answer as it should be."""
    lines = (b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def ticket(number: object) -> bytes:
    """What a system says that has made a ticket of it."""
    return whole(b"201 Created", b'{"id": %s}' % str(number).encode("utf-8", "replace"), b"Content-Type: x")


SOUND: Final = (
    whole(b"204 No Content", b""),
    whole(b"503 Busy", b"later", b"Retry-After: 5"),
    whole(b"307 Elsewhere", b"", b"Location: /other", b"Set-Cookie: a=b"),
    ticket('"T-1"'),
    CHUNKED + b"5\r\nhello\r\n0\r\n\r\n",
    OK + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n" + gzip.compress(b"hello", mtime=0),
)


@dataclass(slots=True)
class System:
    """A server that answers whatever it is told to, byte by byte."""

    port: int = 0
    answer: bytes = b""
    then: str = CLOSE
    calls: int = 0
    heads: list[bytes] = field(default_factory=list)
    """What was asked, without the body."""

    idle: asyncio.Event = field(default_factory=asyncio.Event)
    """Nobody is being answered."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.idle.clear()
        self.calls += 1
        try:
            await self.talk(reader, writer)
        except OSError, EOFError, asyncio.LimitOverrunError:
            pass
        finally:
            if self.then == RESET:
                writer.transport.abort()
            writer.close()
            self.calls -= 1
            if not self.calls:
                self.idle.set()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            await reader.readuntil(b"}")
            writer.write(self.answer)
            await writer.drain()
            while self.then == FLOOD:
                writer.write(b"x" * 65_536)
                await writer.drain()
            if self.then != WAIT:
                return

    async def asked(self, hass: HomeAssistant, host: str = "127.0.0.1") -> int:
        """What comes of a call. Raises DeliveryError."""
        settings = TicketSettings(webhook_url=f"http://{host}:{self.port}/orders", webhook_secret="x")
        return await webhook.async_post_test(hass, settings, TEXTS_OF_SITE)

    async def left(self) -> None:
        """Return when nobody is on the line any more."""
        await asyncio.wait_for(self.idle.wait(), PATIENCE)


@asynccontextmanager
async def answering() -> AsyncIterator[System]:
    system = System()
    server = await asyncio.start_server(system.serve, "127.0.0.1", 0)
    system.port = server.sockets[0].getsockname()[1]
    async with server:
        yield system


REPLIES: Final = st.tuples(
    mutated_bytes(SOUND, TOKENS)
    | st.sampled_from(TEXTS).map(ticket)
    | st.integers(0, 1000).map(lambda status: whole(b"%03d" % status, b""))
    | st.binary(max_size=300),
    st.sampled_from((CLOSE, CLOSE, CLOSE, RESET, WAIT)),
)


async def test_replies_of_any_kind(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, nothing_unforeseen: Callable[[object], None]
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", LITTLE)
    connector = async_get_clientsession(hass).connector
    assert connector is not None
    async with answering() as system:
        for system.answer, system.then in drawn(REPLIES, 120):
            try:
                assert 200 <= await system.asked(hass) < 300, system.answer
            except DeliveryError as err:
                is_short(err, 100)
            except Exception as err:
                raise AssertionError(f"{system.answer!r:.2000} {system.then}") from err
            nothing_unforeseen((system.answer, system.then))
            assert not connector._acquired, system.answer
        await connector.close()  # whole answers leave a line for the next call, as with any server
        await system.left()


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (whole(b"200 OK", b"x" * 2_000_000), None),
        (whole(b"200 OK", b"{", b"Content-Type: application/json"), None),
        (OK + b"Content-Length: 500\r\n\r\ncut off", None),
        (OK + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone", None),
        (whole(b"500 Broken", b"<html>"), "the receiver answers 500"),
        (whole(b"302 Found", b"", b"Location: http://192.168.0.1/"), "the receiver answers 302"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "the receiver answers 101"),
        (b"", "the receiver cannot be reached (ServerDisconnectedError)"),
        (b"SSH-2.0-x\r\n", "the receiver cannot be reached"),
        (OK + b"Content-Length: x\r\n\r\n", "the receiver cannot be reached"),
        (OK + b"X: " + b"x" * 1_000_000, "the receiver cannot be reached"),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_only_the_status_counts(hass: HomeAssistant, answer: bytes, problem: str | None) -> None:
    async with answering() as system:
        system.answer = answer
        if problem is None:
            assert 200 <= await system.asked(hass) < 300
        else:
            with pytest.raises(DeliveryError) as refused:
                await system.asked(hass)
            assert str(refused.value).startswith(problem)
        await system.left()


@pytest.mark.parametrize("start", [OK + b"\r\n", CHUNKED + b"fffffff\r\n"], ids=["plain", "chunked"])
async def test_nobody_listens_to_a_body_without_end(hass: HomeAssistant, start: bytes) -> None:
    async with answering() as system:
        system.answer, system.then = start, FLOOD
        assert await system.asked(hass) == 200
        await system.left()


async def test_what_would_grow_when_it_is_unpacked_stays_packed(hass: HomeAssistant) -> None:
    packed = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packed.compress(bytes(1 << 20)) for _ in range(50)) + packed.flush()
    async with answering() as system:
        system.answer = whole(b"200 OK", bomb, b"Content-Encoding: gzip")
        assert await system.asked(hass) == 200
        await system.left()


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 O", OK + b"X: y\r\n", b"HTTP/1.1 100 Continue\r\n\r\n" * 9]
)
async def test_whoever_never_comes_to_an_end_is_left(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", LITTLE)
    async with answering() as system:
        system.answer, system.then = answer, WAIT
        with pytest.raises(DeliveryError, match="does not answer in time"):
            await system.asked(hass)
        await system.left()
