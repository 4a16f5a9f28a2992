"""The line behind a network gateway: RTU over TCP, and Modbus TCP.

The RTU gateway is transparent: what comes from a client goes on the line as it is. The Modbus TCP
gateway queues requests, asks one at a time, and is silent for a unit that is silent (or, like
some, answers with exception 11). A Wi-Fi meter speaks Modbus TCP itself and has no line to wait
for. pymodbus frames the MBAP messages; its servers answer for units that do not exist, and at
once, so the serving is done here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, override
from weakref import WeakSet

from pymodbus.framer import FramerSocket
from pymodbus.pdu import ExceptionResponse

from .faults import FaultKind
from .frames import REQUESTS, framed, is_sound
from .line import Port, SimulatedLine
from .pdu import respond

HEADER: Final = 8
"""MBAP header and function code."""

LONGEST_PDU: Final = 253
TARGET_SILENT: Final = 11

GATEWAY_PATIENCE: Final = 0.3
"""Seconds that a gateway waits for a meter by default."""


class TcpServer:
    """A listening gateway."""

    def __init__(self, line: SimulatedLine) -> None:
        """Gateway in front of ``line``."""
        self.line = line
        self.clients: set[asyncio.Transport] = set()
        self._server: asyncio.Server | None = None
        self._unwatch = line.watch_plug(self._plug)

    @property
    def port(self) -> int:
        """TCP port it listens on."""
        if self._server is None:
            raise RuntimeError("the gateway does not listen yet")
        return int(self._server.sockets[0].getsockname()[1])

    def protocol(self) -> asyncio.Protocol:
        """One client."""
        return _RtuClient(self)

    async def open(self, host: str, port: int) -> None:
        """Listen; port 0 takes any free one. Raises ``OSError``."""
        self._server = await asyncio.get_running_loop().create_server(self.protocol, host, port)

    async def close(self) -> None:
        """Hang up on all clients and stop listening."""
        self._unwatch()
        if self._server:
            self._server.close()
        self._plug(True)
        if self._server:
            await self._server.wait_closed()

    def _plug(self, unplugged: bool) -> None:
        if unplugged:
            for client in list(self.clients):
                client.abort()


class _Client(asyncio.Protocol):
    """One connection; while the line is unplugged nobody gets through."""

    def __init__(self, server: TcpServer) -> None:
        self.server = server
        self.transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a client comes with a stream")
        if self.server.line.unplugged:
            transport.abort()
            return
        self.transport = transport
        self.server.clients.add(transport)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self.transport:
            self.server.clients.discard(self.transport)
            self.transport = None

    def write(self, data: bytes) -> None:
        """Bytes to the client, if it is still there."""
        if self.transport and not self.transport.is_closing():
            self.transport.write(data)


class _RtuClient(_Client):
    """A client of the transparent gateway."""

    def __init__(self, server: TcpServer) -> None:
        super().__init__(server)
        self._port: Port = server.line.attach(self.write)

    @override
    def data_received(self, data: bytes) -> None:
        self._port.feed(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._port.close()


class ModbusTcpServer(TcpServer):
    """A gateway that speaks Modbus TCP to its clients."""

    def __init__(self, line: SimulatedLine, *, wifi: bool, patience: float, answer_absent: bool) -> None:
        """See ``serve_modbus_tcp``."""
        super().__init__(line)
        self.wifi = wifi
        self.answer_absent = answer_absent
        self._patience = patience
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ports: WeakSet[Port] = WeakSet()

    @override
    def protocol(self) -> asyncio.Protocol:
        return _MbapClient(self)

    def ask(self, client: _Client, unit: int, transaction: int, pdu: bytes) -> None:
        """One request of a client; the reply goes back to it when the meter has given one."""
        work = self._answer if self.wifi else self._forward
        task = asyncio.get_running_loop().create_task(work(client, unit, transaction, pdu))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, client: _Client, unit: int, transaction: int, pdu: bytes) -> None:
        """As a Wi-Fi meter does, for itself."""
        meter = self.line.meters.get(unit)
        if meter and meter.answers and not self.line.loses_request(unit):
            reply = respond(meter, pdu)
            if self.line.loses_reply(unit):
                return
            if late := self.line.faults.on(FaultKind.LATE_REPLIES, unit):
                await asyncio.sleep(late.size)
            self._send(client, unit, transaction, reply)

    async def _forward(self, client: _Client, unit: int, transaction: int, pdu: bytes) -> None:
        request = framed(unit, pdu)
        answered = asyncio.Event()
        echoes = [request] if self.line.faults.of_line(FaultKind.ECHO) else []

        def heard(data: bytes) -> None:
            # an echo of the own request is nothing new to a gateway, but many a write is answered with a
            # copy; of a late reply it still knows whose it is, as gateways with a transaction table do
            if data in echoes:
                echoes.clear()
            elif is_sound(data) and data[0] == unit:
                answered.set()
                self._send(client, unit, transaction, data[1:-2])

        async with self._turn:
            loop = asyncio.get_running_loop()
            port = self.line.attach(heard)
            self._ports.add(port)
            done = self.line.transmit(request, port)
            try:
                async with asyncio.timeout_at(max(done, loop.time()) + self._patience):
                    await answered.wait()
            except TimeoutError:
                if self.answer_absent:
                    refusal = ExceptionResponse(pdu[0], TARGET_SILENT)
                    self._send(client, unit, transaction, bytes([refusal.function_code]) + refusal.encode())
                    port.close()
            else:
                await asyncio.sleep(self.line.settings.silence)

    def _send(self, client: _Client, unit: int, transaction: int, pdu: bytes) -> None:
        client.write(FramerSocket(REQUESTS).encode(pdu, unit, transaction))

    @override
    async def close(self) -> None:
        await super().close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for port in list(self._ports):
            port.close()


class _MbapClient(_Client):
    """A client that speaks Modbus TCP."""

    server: ModbusTcpServer

    def __init__(self, server: ModbusTcpServer) -> None:
        super().__init__(server)
        self._buffer = bytearray()

    @override
    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= HEADER:
            protocol, length = int.from_bytes(self._buffer[2:4]), int.from_bytes(self._buffer[4:6])
            if protocol or not 2 <= length <= LONGEST_PDU + 1:
                if self.transport:
                    self.transport.abort()  # not Modbus TCP: there is no way to find the next message
                return
            if len(self._buffer) < 6 + length:
                return
            message = bytes(self._buffer[: 6 + length])
            del self._buffer[: 6 + length]
            _, unit, transaction, pdu = FramerSocket(REQUESTS).decode(message)
            self.server.ask(self, unit, transaction, pdu)


@asynccontextmanager
async def serve_rtu_over_tcp(
    line: SimulatedLine, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[TcpServer]:
    """Serve the line through a transparent gateway; clients connect to ``server.port``.

    Raises ``OSError`` when it cannot listen there.
    """
    async with _served(TcpServer(line), host, port) as server:
        yield server


@asynccontextmanager
async def serve_modbus_tcp(
    line: SimulatedLine,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    wifi: bool = False,
    patience: float = GATEWAY_PATIENCE,
    answer_absent: bool = False,
) -> AsyncIterator[TcpServer]:
    """Serve the line through a Modbus TCP gateway; clients connect to ``server.port``.

    ``wifi``: the meters speak Modbus TCP themselves and answer at once. ``patience`` s that the
    gateway waits for a meter beyond the time of a reply; ``answer_absent``: it then answers with
    exception 11 instead of silence. Raises ``OSError`` when it cannot listen there.
    """
    gateway = ModbusTcpServer(line, wifi=wifi, patience=patience, answer_absent=answer_absent)
    async with _served(gateway, host, port) as server:
        yield server


@asynccontextmanager
async def _served(server: TcpServer, host: str, port: int) -> AsyncIterator[TcpServer]:
    try:
        await server.open(host, port)
        yield server
    finally:
        await server.close()
