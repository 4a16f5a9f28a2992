"""Gateways call us over real sockets; what hangs on them is read through the relay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
import socket
from typing import Any

from modbus_connection import ModbusSerialParams, ModbusUnit
from modbus_connection.tmodbus import ModbusConnection
from pymodbus.framer import FramerRTU
import pytest

from custom_components.csj_meter.bus import dial_in as module
from custom_components.csj_meter.bus.bus import Bus
from custom_components.csj_meter.bus.dial_in import (
    BUFFER,
    HEARTBEAT_LENGTH,
    LOOPBACK,
    REGISTRATION_LENGTH,
    STRANGERS,
    DialIn,
    Refusal,
    Sieve,
)
from custom_components.csj_meter.bus.errors import BusError
from custom_components.csj_meter.bus.timing import DIAL_IN_LATENCY, LineTiming
from custom_components.csj_meter.bus.turns import Priority

PATIENCE = 5.0
"""Seconds in which anything on the loopback interface happens."""


def framed(frame: bytes) -> bytes:
    """A frame with its checksum."""
    return frame + FramerRTU.compute_CRC(frame).to_bytes(2, "big")


def answer(unit: int, *registers: int) -> bytes:
    """A reply to a read of holding registers."""
    words = b"".join(register.to_bytes(2, "big") for register in registers)
    return framed(bytes([unit, 3, len(words)]) + words)


async def happens(condition: Callable[[], bool]) -> None:
    """Return as soon as the condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what happens here has no event to wait for
            await asyncio.sleep(0.001)


class Gateway:
    """A 4G gateway with one meter behind it, whose registers hold their own address."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.questions: list[bytes] = []
        self.before = b""
        self.after = b""
        self.mute = False
        self.task = asyncio.create_task(self._serve())

    @classmethod
    async def call(cls, line: DialIn, introduction: bytes = b"") -> Gateway:
        gateway = cls(*await asyncio.open_connection(LOOPBACK, line.port))
        if introduction:
            gateway.writer.write(introduction)
        return gateway

    async def _serve(self) -> None:
        while question := await self.reader.read(256):
            self.questions.append(question)
            if self.mute:
                continue
            first, count = int.from_bytes(question[2:4], "big"), int.from_bytes(question[4:6], "big")
            reply = answer(question[0], *range(first, first + count))
            self.writer.write(self.before + reply + self.after)

    async def hung_up(self) -> None:
        """Return when the other side has closed."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait([self.task])

    async def hang_up(self) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])
        self.writer.close()


@asynccontextmanager
async def listening(registration: bytes = b"") -> AsyncIterator[DialIn]:
    line = DialIn(0, registration, host=LOOPBACK)
    await line.start()
    try:
        yield line
    finally:
        await line.stop()


@asynccontextmanager
async def linked(line: DialIn) -> AsyncIterator[ModbusUnit]:
    """A Modbus link to the relay, as Home Assistant makes it."""
    device = f"socket://{LOOPBACK}:{line.relay_port}"
    connection = ModbusConnection(ModbusSerialParams(device=device, baudrate=115200), timeout=1.0)
    try:
        yield connection.for_unit(7)
    finally:
        await connection.close()


@pytest.fixture(autouse=True)
async def nothing_stays() -> AsyncIterator[None]:
    """No task may outlive its test."""
    before = asyncio.all_tasks()
    yield
    await asyncio.sleep(0)
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    for task in left:
        task.cancel()
    assert {task for task in left if "Gateway" not in repr(task)} == set()


async def test_a_meter_behind_a_gateway_that_calls_is_read_like_any_other() -> None:
    async with listening() as line, linked(line) as unit:
        gateway = await Gateway.call(line)
        await asyncio.wait_for(line.wait_for_call(), PATIENCE)

        assert line.caller == LOOPBACK
        assert await unit.read_holding_registers(100, 3) == [100, 101, 102]
        assert await unit.read_holding_registers(5, 2) == [5, 6]
        await gateway.hang_up()


async def test_a_gateway_that_says_its_registration_text_is_let_in() -> None:
    async with listening(b"meter-house-7") as line, linked(line) as unit:
        gateway = await Gateway.call(line, b"\x00\x01meter-house-7\r\n")
        await asyncio.wait_for(line.wait_for_call(), PATIENCE)

        assert await unit.read_holding_registers(100, 3) == [100, 101, 102]
        assert line.refusals == {Refusal.SILENT: 0, Refusal.WRONG: 0, Refusal.OCCUPIED: 0}
        await gateway.hang_up()


async def test_a_registration_text_may_come_in_pieces() -> None:
    async with listening(b"meter-house-7") as line:
        gateway = await Gateway.call(line, b"meter-")
        await gateway.writer.drain()
        await asyncio.sleep(0.005)
        gateway.writer.write(b"house-7")

        await asyncio.wait_for(line.wait_for_call(), PATIENCE)
        await gateway.hang_up()


async def test_a_caller_with_another_text_is_sent_away() -> None:
    async with listening(b"meter-house-7") as line:
        gateway = await Gateway.call(line, b"x" * (REGISTRATION_LENGTH + 1))

        await gateway.hung_up()
        assert line.caller is None
        assert line.refusals[Refusal.WRONG] == 1


async def test_a_caller_that_never_introduces_itself_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REGISTRATION_PATIENCE", 0.005)
    async with listening(b"meter-house-7") as line:
        gateway = await Gateway.call(line)

        await gateway.hung_up()
        assert line.refusals[Refusal.SILENT] == 1


async def test_a_caller_that_dribbles_gets_no_more_time_than_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REGISTRATION_PATIENCE", 0.02)
    async with listening(b"meter-house-7") as line:
        gateway = await Gateway.call(line)

        async def dribble() -> None:
            while True:
                gateway.writer.write(b"m")
                await asyncio.sleep(0.002)

        dribbling = asyncio.create_task(dribble())
        await gateway.hung_up()
        dribbling.cancel()
        assert line.refusals[Refusal.WRONG] == 1


async def test_only_so_many_strangers_may_be_at_the_door() -> None:
    async with listening(b"meter-house-7") as line:
        strangers = [await Gateway.call(line) for _ in range(STRANGERS + 1)]

        await happens(lambda: line.refusals[Refusal.OCCUPIED] == 1)
        assert sum(not stranger.task.done() for stranger in strangers) >= STRANGERS
        for stranger in strangers:
            await stranger.hang_up()


async def test_a_new_call_of_the_same_gateway_takes_the_place_of_the_old_one() -> None:
    async with listening(b"meter-house-7") as line, linked(line) as unit:
        old = await Gateway.call(line, b"meter-house-7")
        await asyncio.wait_for(line.wait_for_call(), PATIENCE)
        assert await unit.read_holding_registers(1, 2) == [1, 2]

        new = await Gateway.call(line, b"meter-house-7")
        await old.hung_up()
        assert await retried(lambda: unit.read_holding_registers(3, 2)) == [3, 4]
        assert len(new.questions) == 1
        assert line.caller == LOOPBACK
        await new.hang_up()


async def retried(read: Callable[[], Coroutine[Any, Any, list[int]]]) -> list[int]:
    """A read that may have to notice first that its connection has gone."""
    try:
        return await read()
    except Exception:  # noqa: BLE001 - which one depends on how far the news has come
        return await read()


async def test_without_a_text_a_stranger_does_not_take_the_place_of_a_gateway_that_talks() -> None:
    async with listening() as line:
        gateway = await Gateway.call(line)
        await asyncio.wait_for(line.wait_for_call(), PATIENCE)
        assert line._gateway is not None
        line._gateway.writer._transport._extra["peername"] = ("192.0.2.1", 4711)  # type: ignore[attr-defined]

        stranger = await Gateway.call(line)
        await stranger.hung_up()

        assert line.refusals[Refusal.OCCUPIED] == 1
        assert line.caller == "192.0.2.1"
        assert not gateway.task.done()
        await gateway.hang_up()


async def test_without_a_text_a_gateway_that_has_been_silent_loses_its_place() -> None:
    async with listening() as line:
        gateway = await Gateway.call(line)
        await asyncio.wait_for(line.wait_for_call(), PATIENCE)
        assert line._gateway is not None
        line._gateway.writer._transport._extra["peername"] = ("192.0.2.1", 4711)  # type: ignore[attr-defined]
        line._gateway.heard -= module.SILENT_AFTER + 1

        other = await Gateway.call(line)
        await gateway.hung_up()

        assert line.caller == LOOPBACK
        await other.hang_up()


async def test_nobody_is_reached_while_no_gateway_has_called() -> None:
    async with listening() as line, linked(line) as unit:
        bus = Bus("dial-in", lambda _: unit, LineTiming(latency=DIAL_IN_LATENCY))

        with pytest.raises(BusError):
            await bus.read(7, "holding", 0, 2, priority=Priority.LIVE)

        gateway = await Gateway.call(line)
        await asyncio.wait_for(line.wait_for_call(), PATIENCE)
        assert await retried(lambda: bus.read(7, "holding", 0, 2, priority=Priority.LIVE)) == [0, 1]
        await gateway.hang_up()


async def test_the_link_hears_when_the_gateway_goes() -> None:
    async with listening() as line, linked(line) as unit:
        gateway = await Gateway.call(line)
        await asyncio.wait_for(line.wait_for_call(), PATIENCE)
        await unit.read_holding_registers(0, 2)

        await gateway.hang_up()

        await happens(lambda: line.caller is None and not unit.connected)


@pytest.mark.parametrize("heartbeat", [b"still here", b"\xfe", b"www.example.org\r\n"])
async def test_heartbeats_never_get_between_the_frames(heartbeat: bytes) -> None:
    async with listening() as line, linked(line) as unit:
        gateway = await Gateway.call(line)
        await asyncio.wait_for(line.wait_for_call(), PATIENCE)
        for _ in range(2):  # heard twice without being asked, so it is known
            gateway.writer.write(heartbeat)
            await gateway.writer.drain()
            await asyncio.sleep(0.005)

        gateway.before, gateway.after = heartbeat, b""
        assert await unit.read_holding_registers(100, 3) == [100, 101, 102]
        gateway.before, gateway.after = b"", heartbeat
        assert await unit.read_holding_registers(200, 3) == [200, 201, 202]
        gateway.before, gateway.after = 2 * heartbeat, heartbeat
        assert await unit.read_holding_registers(300, 3) == [300, 301, 302]
        await gateway.hang_up()


async def test_a_port_that_is_taken_is_said_at_once() -> None:
    async with listening() as line:
        with pytest.raises(OSError, match="in use"):
            await DialIn(line.port, host=LOOPBACK).start()


async def test_a_relay_that_cannot_be_opened_leaves_no_listener(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.create_server
    opened: list[int] = []

    def second_fails(*args: Any, **kwargs: Any) -> socket.socket:
        if opened:
            raise OSError("no more sockets")
        server = real(*args, **kwargs)
        opened.append(server.getsockname()[1])
        return server

    monkeypatch.setattr(socket, "create_server", second_fails)
    with pytest.raises(OSError, match="no more sockets"):
        await DialIn(0, host=LOOPBACK).start()

    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(LOOPBACK, opened[0])


@pytest.mark.parametrize("dualstack", [True, False])
async def test_gateways_may_call_at_any_interface(monkeypatch: pytest.MonkeyPatch, dualstack: bool) -> None:
    if not dualstack:  # another operating system
        monkeypatch.setattr(socket, "has_dualstack_ipv6", lambda: False)
        monkeypatch.delattr(socket, "TCP_KEEPIDLE")
    line = DialIn(0)
    await line.start()
    gateway = await Gateway.call(line)
    await asyncio.wait_for(line.wait_for_call(), PATIENCE)

    assert line.caller in {LOOPBACK, f"::ffff:{LOOPBACK}"}
    await gateway.hang_up()
    await line.stop()


async def test_a_system_without_room_for_a_call_takes_the_next_one(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "ACCEPT_PAUSE", 0.001)
    loop = asyncio.get_running_loop()
    real = loop.sock_accept
    failed: list[bool] = []

    async def once_full(listening: socket.socket) -> Any:
        if not failed:
            failed.append(True)
            raise OSError(24, "Too many open files")
        return await real(listening)

    monkeypatch.setattr(loop, "sock_accept", once_full)
    async with listening() as line:
        gateway = await Gateway.call(line)
        await asyncio.wait_for(line.wait_for_call(), PATIENCE)

        assert "Too many open files" in caplog.text
        await gateway.hang_up()


async def test_stopping_hangs_up_on_everybody() -> None:
    async with listening(b"meter-house-7") as line, linked(line) as unit:
        stranger = await Gateway.call(line)
        gateway = await Gateway.call(line, b"meter-house-7")
        await asyncio.wait_for(line.wait_for_call(), PATIENCE)
        await unit.read_holding_registers(0, 2)
        port, relay = line.port, line.relay_port

        await line.stop()

        await stranger.hung_up()
        await gateway.hung_up()
        for closed in (port, relay):
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection(LOOPBACK, closed)


async def test_a_client_that_does_not_read_costs_the_gateway_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SEND_PATIENCE", 0.01)
    async with listening() as line:
        gateway = await Gateway.call(line)
        gateway.mute = True
        await asyncio.wait_for(line.wait_for_call(), PATIENCE)
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        client.connect((LOOPBACK, line.relay_port))
        client.sendall(framed(bytes((7, 3, 0, 0, 0, 2))))
        await happens(lambda: bool(gateway.questions))
        assert line._client is not None
        line._client.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)

        async def flood() -> None:
            while True:
                line._sieve.asked()
                gateway.writer.write(b"\x07" * BUFFER)
                await gateway.writer.drain()

        flooding = asyncio.create_task(flood())
        await happens(lambda: line._client is None)
        flooding.cancel()

        assert line.caller == LOOPBACK
        client.close()
        await gateway.hang_up()


async def test_an_answer_for_nobody_is_dropped() -> None:
    async with listening() as line:
        gateway = await Gateway.call(line)
        await asyncio.wait_for(line.wait_for_call(), PATIENCE)
        async with linked(line) as unit:
            await unit.read_holding_registers(0, 2)
        await happens(lambda: line._client is None)
        line._sieve.asked()
        gateway.writer.write(answer(7, 1, 2))
        gateway.writer.write(b"still here")

        async with linked(line) as unit:
            assert await unit.read_holding_registers(9, 2) == [9, 10]
        await gateway.hang_up()


def test_a_late_answer_is_not_taken_for_a_heartbeat() -> None:
    sieve = Sieve()
    late = answer(7, 1, 2)
    for _ in range(3):
        assert sieve.heard(late) == b""

    sieve.asked()

    assert sieve.heard(late) == late


def test_the_registration_text_is_known_as_a_heartbeat_from_the_start() -> None:
    sieve = Sieve(b"meter-house-7")
    sieve.asked()

    assert sieve.heard(b"meter-house-7" + answer(7, 1, 2)) == answer(7, 1, 2)


def test_an_answer_may_come_in_pieces() -> None:
    sieve = Sieve()
    frame = answer(7, 1, 2)
    sieve.asked()

    assert sieve.heard(frame[:4]) + sieve.heard(frame[4:]) == frame
    assert sieve.heard(b"still here") == b""


def test_an_answer_that_begins_like_a_heartbeat_stays_whole() -> None:
    sieve = Sieve()
    for _ in range(2):
        sieve.heard(b"\x07")
    sieve.asked()

    assert sieve.heard(answer(7, 1, 2)) == answer(7, 1, 2)


def test_a_broken_answer_is_passed_on_for_the_bus_to_count() -> None:
    sieve = Sieve()
    broken = answer(7, 1, 2)[:-1] + b"\x00"
    sieve.asked()

    assert sieve.heard(broken) == broken


def test_endless_noise_ends_the_answer() -> None:
    sieve = Sieve()
    sieve.asked()
    heard = [sieve.heard(b"\x55" * 512) for _ in range(BUFFER // 512 + 2)]

    assert heard[0]
    assert heard[-1] == b""


def test_only_a_few_short_heartbeats_are_remembered() -> None:
    sieve = Sieve()
    for number in range(200):
        for _ in range(2):
            sieve.heard(f"heartbeat {number}".encode())
    sieve.heard(b"x" * (HEARTBEAT_LENGTH + 1))

    assert len(sieve._said) == module.HEARTBEATS
    assert len(sieve._once) <= module.HEARTBEATS
