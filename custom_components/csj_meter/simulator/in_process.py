"""A master without a wire: units of the line as objects, for the demo and for tests.

It speaks the same request and reply bytes as any other link, at the same pace and with the same
faults, and behaves as the tmodbus backend of modbus_connection does: one request at a time, a
broken CRC fails at once, silence fails after the time-out (10 s unless a unit asks for another),
a pulled cable is a lost connection, and the next request connects again. A busy meter (exception
6) is asked again for up to a minute, and everybody else waits meanwhile. Time is the event loop's,
so nothing here waits for real when the loop does not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
import struct
from typing import TYPE_CHECKING, Final, Never

from modbus_connection import (
    ModbusConnectionError,
    ModbusExceptionError,
    ModbusProtocolError,
    ModbusTimeoutError,
    ServerDeviceBusyError,
)
from pymodbus.pdu.mei_message import ReadDeviceInformationResponse
from pymodbus.pdu.register_message import (
    ReadHoldingRegistersRequest,
    ReadInputRegistersRequest,
    WriteMultipleRegistersRequest,
    WriteSingleRegisterRequest,
)

from .frames import LARGEST_FRAME, REPLIES, frame_length, framed, is_sound

if TYPE_CHECKING:
    from pymodbus.pdu import ModbusPDU

    from .line import LineSettings, Port, SimulatedLine

DEFAULT_TIMEOUT: Final = 10.0
BUSY_PATIENCE: Final = 60.0
"""Seconds after which a busy meter is not asked again."""

BUSY_PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 10.0)
"""Seconds before it is; the last one again and again."""

TEARDOWN_GRACE: Final = 0.5
"""Seconds that a disconnect waits for the answer that is on its way."""

EXCEPTION_BIT: Final = 0x80


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    """The request that is waiting for its reply."""

    unit: int
    """Who was asked."""

    function: int
    """What was asked."""

    reply: asyncio.Future[bytes]
    """The PDU that came back."""


class InProcessLink:
    """One master on the line, shared by its units."""

    def __init__(self, line: SimulatedLine, settings: LineSettings | None = None) -> None:
        """Stand by; the first request connects. ``settings`` of the master, None for those of the line."""
        self._line = line
        self._settings = settings
        self._port: Port | None = None
        self._lock = asyncio.Lock()
        self._buffer = bytearray()
        self._pending: _Pending | None = None
        self._lost: list[Callable[[], None]] = []
        self._timeouts: dict[int, float] = {}
        self._timeout = DEFAULT_TIMEOUT
        self._spacings: dict[int, float] = {}
        self._connect_delays: dict[int, float] = {}
        self._last: tuple[int, float] | None = None
        """The unit that was asked last, and when that was over."""
        self._spoken = 0.0
        """When the line was last heard, on the loop's clock."""
        self._closing: set[asyncio.Task[None]] = set()
        line.watch_plug(self._plug)

    @property
    def connected(self) -> bool:
        """Whether there is a connection now."""
        return self._port is not None

    def unit(self, unit_id: int) -> InProcessUnit:
        """One unit behind this master."""
        return InProcessUnit(self, unit_id)

    async def exchange(self, unit: int, request: bytes, what: str) -> bytes:
        """The reply PDU to a request PDU; ``what`` leads the messages of errors.

        Raises the errors of modbus_connection.
        """
        async with self._lock:
            await self._connect(what)
            await self._keep_distance(unit)
            try:
                return await self._ask_patiently(unit, request, what)
            finally:
                self._last = (unit, asyncio.get_running_loop().time())

    async def _ask_patiently(self, unit: int, request: bytes, what: str) -> bytes:
        loop = asyncio.get_running_loop()
        give_up = loop.time() + BUSY_PATIENCE
        pauses = iter(BUSY_PAUSES)
        while True:
            try:
                return await self._ask(unit, request, what)
            except ServerDeviceBusyError:
                if loop.time() >= give_up:
                    raise
            await asyncio.sleep(next(pauses, BUSY_PAUSES[-1]))

    async def _ask(self, unit: int, request: bytes, what: str) -> bytes:
        if self._port is None:
            raise ModbusConnectionError(f"{what}: connection is not established")
        reply = asyncio.get_running_loop().create_future()
        self._buffer.clear()
        self._pending = _Pending(unit=unit, function=request[0], reply=reply)
        try:
            self._port.feed(framed(unit, request))
            async with asyncio.timeout(self._timeout):
                pdu: bytes = await reply
        except TimeoutError as err:
            raise ModbusTimeoutError(f"{what}: no reply within {self._timeout:g} s") from err
        except (ModbusConnectionError, ModbusProtocolError) as err:
            err.args = (f"{what}: {err}",)
            raise
        finally:
            self._pending = None
        if pdu[0] & EXCEPTION_BIT:
            raise ModbusExceptionError.from_code(pdu[1], f"{what}: exception {pdu[1]}")
        return pdu

    async def _connect(self, what: str) -> None:
        if self._port is not None:
            return
        if self._line.unplugged:
            raise ModbusConnectionError(f"{what}: the simulated line is unplugged")
        self._timeout = max(self._timeouts.values(), default=DEFAULT_TIMEOUT)
        self._port = self._line.attach(self._heard)
        self._port.settings = lambda: self._settings
        if delay := max(self._connect_delays.values(), default=0.0):
            await asyncio.sleep(delay)

    async def _keep_distance(self, unit: int) -> None:
        """Leave the silence between two frames, or what the units wish for."""
        if self._last is None:
            return
        last_unit, last_time = self._last
        wishes = (self._spacings.get(unit, 0.0), self._spacings.get(last_unit, 0.0))
        quiet_until = max(last_time + max(wishes), self._spoken + self._line.settings.silence)
        wait = quiet_until - asyncio.get_running_loop().time()
        if wait > 0:
            await asyncio.sleep(wait)

    def _heard(self, data: bytes) -> None:
        """Bytes from the line; whatever answers the pending request in form is its reply, even if stale."""
        self._spoken = asyncio.get_running_loop().time()
        pending = self._pending
        if pending is None or pending.reply.done():
            return
        self._buffer += data
        del self._buffer[: max(0, len(self._buffer) - LARGEST_FRAME)]
        headers = (
            bytes([pending.unit, pending.function]),
            bytes([pending.unit, pending.function | EXCEPTION_BIT]),
        )
        broken = False
        while (start := _first(self._buffer, headers)) is not None:
            del self._buffer[:start]
            length = frame_length(self._buffer, REPLIES)
            if not length or len(self._buffer) < length:
                break
            frame = bytes(self._buffer[:length])
            if is_sound(frame):
                pending.reply.set_result(frame[1:-2])
                return
            broken = True
            del self._buffer[:1]
        else:
            # nothing left that could begin a reply, unless it is the very last byte
            del self._buffer[: len(self._buffer) - self._buffer.endswith(bytes([pending.unit]))]
        if broken and not self._buffer:
            pending.reply.set_exception(ModbusProtocolError("the CRC of the reply is wrong"))

    # --- life of the connection -----------------------------------------------------------

    def on_connection_lost(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Be told when the line is unplugged; returns a function that ends this."""
        self._lost.append(callback)

        def unsubscribe() -> None:
            if callback in self._lost:
                self._lost.remove(callback)

        return unsubscribe

    def _plug(self, unplugged: bool) -> None:
        if unplugged and self._port is not None:
            self._drop("the simulated line was unplugged")
            for callback in list(self._lost):
                callback()

    def _drop(self, why: str) -> None:
        if self._port is not None:
            self._port.close()
            self._port = None
        if self._pending and not self._pending.reply.done():
            self._pending.reply.set_exception(ModbusConnectionError(why))

    async def disconnect(self) -> None:
        """Drop the connection; the next request makes a new one. Waits shortly for a reply under way."""
        try:
            async with asyncio.timeout(TEARDOWN_GRACE):
                await self._lock.acquire()
        except TimeoutError:
            self._drop("connection lost before the reply was received")
            return
        try:
            self._drop("connection lost before the reply was received")
        finally:
            self._lock.release()

    def require_timeout(self, unit: int, seconds: float | None) -> None:
        """Ask for a time-out; a longer one holds at once, a shorter one from the next connection."""
        _require(self._timeouts, unit, seconds)
        wanted = max(self._timeouts.values(), default=DEFAULT_TIMEOUT)
        if wanted > self._timeout and self._port is not None:
            task = asyncio.get_running_loop().create_task(self.disconnect())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def set_message_spacing(self, unit: int, seconds: float) -> None:
        """Keep the line quiet around the requests of a unit."""
        _require(self._spacings, unit, seconds or None)

    def require_connect_delay(self, unit: int, seconds: float | None) -> None:
        """Ask for a pause after connecting."""
        _require(self._connect_delays, unit, seconds)


def _require(wishes: dict[int, float], unit: int, seconds: float | None) -> None:
    if seconds is not None and seconds < 0:
        raise ValueError(f"{seconds} s is not a time to wait")
    if seconds is None:
        wishes.pop(unit, None)
    else:
        wishes[unit] = seconds


def _first(buffer: bytearray, headers: tuple[bytes, ...]) -> int | None:
    """Where the first of the headers is; None when there is none."""
    places = [place for header in headers if (place := buffer.find(header)) >= 0]
    return min(places, default=None)


class InProcessUnit:
    """One unit: the protocol ``modbus_connection.ModbusUnit``."""

    def __init__(self, link: InProcessLink, unit_id: int) -> None:
        """Speak to ``unit_id`` through ``link``."""
        self._link = link
        self._unit = unit_id

    @property
    def connected(self) -> bool:
        """Whether there is a connection now."""
        return self._link.connected

    async def _ask(self, request: bytes, what: str) -> bytes:
        return await self._link.exchange(self._unit, request, what)

    async def _read(self, request: ModbusPDU, what: str) -> list[int]:
        reply = await self._ask(_encoded(request), what)
        return list(struct.unpack(f">{reply[1] // 2}H", reply[2:]))

    async def _not_there(self, function: int, what: str, *fields: int) -> Never:
        """Send a request that no simulated meter knows; it answers with exception 1, which is raised."""
        await self._ask(bytes([function]) + struct.pack(f">{len(fields)}H", *fields), what)
        raise ModbusProtocolError(f"{what}: answered, which no simulated meter does")

    async def read_holding_registers(self, address: int, count: int) -> list[int]:
        """Function 0x03."""
        what = f"read_holding_registers({address}, {count})"
        return await self._read(ReadHoldingRegistersRequest(address=address, count=count), what)

    async def read_input_registers(self, address: int, count: int) -> list[int]:
        """Function 0x04."""
        what = f"read_input_registers({address}, {count})"
        return await self._read(ReadInputRegistersRequest(address=address, count=count), what)

    async def write_register(self, address: int, value: int) -> None:
        """Function 0x06."""
        request = WriteSingleRegisterRequest(address=address, registers=[value])
        await self._ask(_encoded(request), f"write_register({address}, {value})")

    async def write_registers(self, address: int, values: list[int]) -> None:
        """Function 0x10."""
        request = WriteMultipleRegistersRequest(address=address, registers=values)
        await self._ask(_encoded(request), f"write_registers({address}, {len(values)} values)")

    async def read_coils(self, address: int, count: int) -> list[bool]:
        """Function 0x01; meters have no coils."""
        await self._not_there(0x01, f"read_coils({address}, {count})", address, count)

    async def read_discrete_inputs(self, address: int, count: int) -> list[bool]:
        """Function 0x02; meters have no discrete inputs."""
        await self._not_there(0x02, f"read_discrete_inputs({address}, {count})", address, count)

    async def write_coil(self, address: int, value: bool) -> None:
        """Function 0x05; meters have no coils."""
        await self._not_there(0x05, f"write_coil({address}, {value})", address, 0xFF00 if value else 0)

    async def write_coils(self, address: int, values: list[bool]) -> None:
        """Function 0x0F; meters have no coils."""
        bits = sum(bit << place for place, bit in enumerate(values)).to_bytes(
            (len(values) + 7) // 8, "little"
        )
        request = bytes([0x0F]) + struct.pack(">HHB", address, len(values), len(bits)) + bits
        await self._ask(request, f"write_coils({address}, {len(values)} values)")

    async def read_exception_status(self) -> int:
        """Function 0x07; meters do not have it."""
        await self._not_there(0x07, "read_exception_status()")

    async def report_server_id(self) -> bytes:
        """Function 0x11: the identifier, without the run indicator."""
        reply = await self._ask(bytes([0x11]), "report_server_id()")
        return reply[2:].partition(b"\xff")[0]

    async def mask_write_register(self, address: int, and_mask: int, or_mask: int) -> None:
        """Function 0x16; meters do not have it."""
        await self._not_there(0x16, f"mask_write_register({address})", address, and_mask, or_mask)

    async def read_write_registers(
        self, read_address: int, read_count: int, write_address: int, write_values: list[int]
    ) -> list[int]:
        """Function 0x17; meters do not have it."""
        header = struct.pack(
            ">BHHHHB", 0x17, read_address, read_count, write_address, len(write_values), 2 * len(write_values)
        )
        request = header + struct.pack(f">{len(write_values)}H", *write_values)
        reply = await self._ask(request, f"read_write_registers({read_address}, {read_count})")
        return list(struct.unpack(f">{reply[1] // 2}H", reply[2:]))

    async def read_fifo_queue(self, address: int) -> list[int]:
        """Function 0x18; meters do not have it."""
        await self._not_there(0x18, f"read_fifo_queue({address})", address)

    async def read_device_identification(self) -> dict[int, bytes]:
        """Function 0x2B/0x0E, basic objects."""
        reply = await self._ask(bytes([0x2B, 0x0E, 1, 0]), "read_device_identification()")
        decoded = ReadDeviceInformationResponse()
        decoded.decode(reply[1:])
        return dict(decoded.information)

    async def read_file_record(self, file: int, record: int, length: int) -> list[int]:
        """Function 0x14, one record range."""
        request = struct.pack(">BBBHHH", 0x14, 7, 6, file, record, length)
        reply = await self._ask(request, f"read_file_record({file}, {record}, {length})")
        return list(struct.unpack(f">{(reply[2] - 1) // 2}H", reply[4:]))

    async def write_file_record(self, file: int, record: int, values: list[int]) -> None:
        """Function 0x15, one record range."""
        header = struct.pack(">BBBHHH", 0x15, 7 + 2 * len(values), 6, file, record, len(values))
        request = header + struct.pack(f">{len(values)}H", *values)
        await self._ask(request, f"write_file_record({file}, {record}, {len(values)} values)")

    async def diagnostics(self, sub_function: int, data: int = 0) -> int:
        """Function 0x08; meters do not have it, but the echo of an adapter looks like its answer."""
        request = struct.pack(">BHH", 0x08, sub_function, data)
        reply = await self._ask(request, f"diagnostics({sub_function}, {data})")
        return int.from_bytes(reply[3:5])

    async def get_comm_event_counter(self) -> tuple[bool, int]:
        """Function 0x0B; meters do not have it."""
        await self._not_there(0x0B, "get_comm_event_counter()")

    async def get_comm_event_log(self) -> bytes:
        """Function 0x0C; meters do not have it."""
        await self._not_there(0x0C, "get_comm_event_log()")

    def set_message_spacing(self, seconds: float) -> None:
        """Keep the line quiet for ``seconds`` before and after the requests of this unit."""
        self._link.set_message_spacing(self._unit, seconds)

    def require_timeout(self, seconds: float | None) -> None:
        """Ask for a time-out of at least ``seconds``; None withdraws the wish."""
        self._link.require_timeout(self._unit, seconds)

    def require_connect_delay(self, seconds: float | None) -> None:
        """Ask for a pause after connecting of at least ``seconds``; None withdraws the wish."""
        self._link.require_connect_delay(self._unit, seconds)

    def on_connection_lost(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Be told when the line is unplugged; returns a function that ends this."""
        return self._link.on_connection_lost(callback)

    async def disconnect(self) -> None:
        """Drop the connection; the next request makes a new one."""
        await self._link.disconnect()


def _encoded(pdu: ModbusPDU) -> bytes:
    return bytes([pdu.function_code]) + pdu.encode()
