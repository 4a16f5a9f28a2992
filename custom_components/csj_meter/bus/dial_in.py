"""Gateways that call us: a listener for their calls and a local relay to what hangs on them.

A gateway behind a mobile network has no address, so it dials in. It may introduce itself with a
registration text, and it says "still here" at any time; neither belongs between Modbus frames.
Home Assistant's shared link connects to the relay as to any serial server on the network
(``socket://127.0.0.1:relay_port``), and gets what answers its questions and nothing else.

Anybody may call a listening port. So a stranger gets little time, little memory and no say: with
a registration text only who knows it is let in, and without one nobody takes the place of a
gateway that is talking.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
import contextlib
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
import logging
import socket
from typing import Any, Final

from pymodbus.framer import FramerRTU

LOGGER: Final = logging.getLogger(__package__)

LOOPBACK: Final = "127.0.0.1"

REGISTRATION_PATIENCE: Final = 10.0
"""Seconds that a caller has to say its registration text."""

REGISTRATION_LENGTH: Final = 256
"""Bytes among which the registration text must be."""

STRANGERS: Final = 8
"""Callers that may be about to introduce themselves at the same time."""

SILENT_AFTER: Final = 60.0
"""Seconds after which a gateway that says nothing may lose its place to another caller."""

ACCEPT_PAUSE: Final = 1.0
"""Seconds before the next try when the system cannot take a call, for want of file descriptors say."""

SEND_PATIENCE: Final = 10.0
"""Seconds that a peer may leave unread what it was sent."""

BUFFER: Final = 2048
"""Bytes waiting per direction; a Modbus frame has at most 256."""

HEARTBEAT_LENGTH: Final = 64
HEARTBEATS: Final = 4
"""Longest heartbeat that is recognised, in bytes, and how many different ones."""

_SHORTEST_FRAME: Final = 4
_LONGEST_FRAME: Final = 256
_KEEPALIVE: Final = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))
"""A mobile network drops a connection without a word: ask after 30 s, give up after another 30."""


class Refusal(StrEnum):
    """Why a caller was sent away."""

    SILENT = "silent"
    """It did not say its registration text in time."""

    WRONG = "wrong"
    """It said something else."""

    OCCUPIED = "occupied"
    """Another gateway is talking, or too many are calling at once."""


class Sieve:
    """Lets through what answers a question, and nothing that the gateway says by itself."""

    def __init__(self, registration: bytes = b"") -> None:
        """Expect to hear ``registration`` again: many gateways repeat it as their heartbeat."""
        self._said = [registration] if registration else []
        self._once: list[bytes] = []
        self._open = False
        self._answer = bytearray()

    def asked(self) -> None:
        """A question has gone to the gateway."""
        self._open = True
        self._answer.clear()

    def heard(self, data: bytes) -> bytes:
        """The part of ``data`` from the gateway that belongs to the answer."""
        if not self._open:
            self._learn(data)
            return b""
        if not _whole(bytes(self._answer) + data):
            data = self._without_heartbeats(data)
        self._answer += data
        if len(self._answer) > BUFFER or _whole(bytes(self._answer)):
            self._open = False
        return data

    def _without_heartbeats(self, data: bytes) -> bytes:
        while text := next((text for text in self._said if data.startswith(text)), b""):
            data = data[len(text) :]
        for text in self._said:
            if data.endswith(text) and _whole(bytes(self._answer) + data[: -len(text)]):
                return data[: -len(text)]
        return data

    def _learn(self, data: bytes) -> None:
        """What is said twice without being asked is a heartbeat; a late answer is a frame."""
        if len(data) > HEARTBEAT_LENGTH or _whole(data) or data in self._said:
            return
        if data not in self._once:
            self._once = [*self._once, data][-HEARTBEATS:]
            return
        self._once.remove(data)
        if len(self._said) < HEARTBEATS:
            self._said.append(data)


def _whole(data: bytes) -> bool:
    """Whether these bytes are one complete Modbus RTU frame."""
    # the checksum of more would be reckoned again with every byte that somebody dribbles
    if not _SHORTEST_FRAME <= len(data) <= _LONGEST_FRAME:
        return False
    return FramerRTU.check_CRC(data[:-2], int.from_bytes(data[-2:], "big"))


@dataclass(slots=True, eq=False)
class _Peer:
    """One open connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    heard: float
    """When it last said something, in the event loop's seconds."""

    @property
    def address(self) -> str:
        """Where it calls from."""
        name: tuple[str, int] | None = self.writer.get_extra_info("peername")
        return name[0] if name else "unknown"

    async def send(self, data: bytes) -> None:
        """Send, and wait until most of it is under way. Raises OSError."""
        self.writer.write(data)
        async with asyncio.timeout(SEND_PATIENCE):
            await self.writer.drain()

    def hang_up(self) -> None:
        """Close at once, whatever is still unsent."""
        self.writer.transport.abort()


class _Door:
    """A listening port; every connection is served by a task that ends with the door.

    asyncio's own server loses connections that arrive while it closes, and says so loudly.
    """

    def __init__(self, serve: Callable[[_Peer], Awaitable[None]]) -> None:
        self.port = 0
        self._serve = serve
        self._socket: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self, host: str | None, port: int) -> None:
        """Listen on ``host``, or on all interfaces. Raises OSError."""
        if host is None and socket.has_dualstack_ipv6():
            listening = socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True)
        else:
            listening = socket.create_server((host or "", port))
        listening.setblocking(False)
        self._socket = listening
        self.port = int(listening.getsockname()[1])
        self._start(self._accept(listening))

    async def close(self) -> None:
        """Hang up on everybody; returns when nothing is left."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._socket is not None:
            self._socket.close()

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work, name=f"port {self.port}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listening)
            except OSError as err:
                LOGGER.warning("Port %s cannot take a call: %s", self.port, err)
                await asyncio.sleep(ACCEPT_PAUSE)
            else:
                task = self._start(self._connected(connection))
                # not in the task itself, which may be cancelled before it begins
                task.add_done_callback(partial(_close, connection))
            # a call that waits is taken at once: a flood of them would leave nobody else a turn
            await asyncio.sleep(0)

    async def _connected(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=BUFFER, loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        # a connection ends when a peer goes, in whatever way it likes to: perhaps before it was looked at
        with contextlib.suppress(OSError):
            transport, _ = await loop.connect_accepted_socket(lambda: protocol, connection)
            transport.set_write_buffer_limits(BUFFER)
            peer = _Peer(reader, asyncio.StreamWriter(transport, protocol, reader, loop), loop.time())
            try:
                await self._serve(peer)
            finally:
                peer.hang_up()


def _close(connection: socket.socket, _task: asyncio.Task[None]) -> None:
    connection.close()


class DialIn:
    """A port at which one gateway calls, and the relay through which it is reached."""

    def __init__(self, port: int, registration: bytes = b"", *, host: str | None = None) -> None:
        """Listen at ``port`` on ``host`` (None: everywhere) for callers that say ``registration``."""
        self.port = port
        self.refusals: dict[Refusal, int] = dict.fromkeys(Refusal, 0)
        """How many callers were sent away."""
        self._registration = registration
        self._host = host
        self._outside = _Door(self._called)
        self._inside = _Door(self._joined)
        self._gateway: _Peer | None = None
        self._client: _Peer | None = None
        self._sieve = Sieve(registration)
        self._strangers = 0
        self._present = asyncio.Event()

    @property
    def relay_port(self) -> int:
        """Port on the loopback interface through which the gateway is reached."""
        return self._inside.port

    @property
    def caller(self) -> str | None:
        """Address of the gateway on the line, None while there is none."""
        return self._gateway.address if self._gateway is not None else None

    async def start(self) -> None:
        """Begin to listen. Raises OSError when the port cannot be had."""
        self._outside.open(self._host, self.port)
        try:
            self._inside.open(LOOPBACK, 0)
        except OSError:
            await self.stop()
            raise
        self.port = self._outside.port

    async def stop(self) -> None:
        """Hang up and listen no more; nothing is left running."""
        await self._outside.close()
        await self._inside.close()

    async def wait_for_call(self) -> None:
        """Return as soon as a gateway is on the line."""
        await self._present.wait()

    async def _called(self, peer: _Peer) -> None:
        """Serve one caller from outside."""
        _keep_alive(peer.writer.get_extra_info("socket"))
        if (refusal := await self._refusal(peer)) is not None:
            self.refusals[refusal] += 1
            LOGGER.debug("Port %s: caller %s sent away (%s)", self.port, peer.address, refusal)
            return
        if self._gateway is not None:
            self._gateway.hang_up()
        self._gateway = peer
        self._sieve = Sieve(self._registration)
        # a question under way will not be answered on this connection
        self._drop_client()
        self._present.set()
        LOGGER.info("Port %s: gateway %s is on the line", self.port, peer.address)
        try:
            while data := await peer.reader.read(BUFFER):
                peer.heard = asyncio.get_running_loop().time()
                if answer := self._sieve.heard(data):
                    await self._answer(answer)
        finally:
            if self._gateway is peer:
                self._gateway = None
                self._present.clear()
                self._drop_client()
                LOGGER.info("Port %s: gateway %s has gone", self.port, peer.address)

    async def _refusal(self, peer: _Peer) -> Refusal | None:
        """Why this caller may not come in; None when it may."""
        if self._registration:
            if self._strangers >= STRANGERS:
                return Refusal.OCCUPIED
            self._strangers += 1
            try:
                return await self._introduction(peer)
            finally:
                self._strangers -= 1
        current = self._gateway
        if current is None or current.address == peer.address:
            return None
        silence = asyncio.get_running_loop().time() - current.heard
        return None if silence > SILENT_AFTER else Refusal.OCCUPIED

    async def _introduction(self, peer: _Peer) -> Refusal | None:
        said = b""
        try:
            async with asyncio.timeout(REGISTRATION_PATIENCE):
                while data := await peer.reader.read(REGISTRATION_LENGTH - len(said)):
                    said += data
                    if self._registration in said:
                        return None
                    if len(said) >= REGISTRATION_LENGTH:
                        break
        except TimeoutError:
            pass
        return Refusal.WRONG if said else Refusal.SILENT

    async def _joined(self, peer: _Peer) -> None:
        """Serve the link on this side: the last one that connected."""
        gateway = self._gateway
        if gateway is None:
            return
        self._drop_client()
        self._client = peer
        try:
            while question := await peer.reader.read(BUFFER):
                self._sieve.asked()
                await gateway.send(question)
        finally:
            if self._client is peer:
                self._client = None

    async def _answer(self, answer: bytes) -> None:
        if self._client is None:
            return
        try:
            await self._client.send(answer)
        except OSError:
            # the link on this side is in trouble; that is no reason to hang up on the gateway
            self._drop_client()

    def _drop_client(self) -> None:
        if self._client is not None:
            self._client.hang_up()
            self._client = None


def _keep_alive(connection: socket.socket) -> None:
    """Notice within a minute that the other side is gone."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        if (option := getattr(socket, name, None)) is not None:  # macOS lacks some
            connection.setsockopt(socket.IPPROTO_TCP, option, value)
