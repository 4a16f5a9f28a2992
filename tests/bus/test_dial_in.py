"""Gateways call us over real sockets; what hangs on them is read through the relay."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from custom_components.csj_meter.bus import dial_in as module
from custom_components.csj_meter.bus.bus import Bus
from custom_components.csj_meter.bus.dial_in import BUFFER, LOOPBACK, DialIn
from custom_components.csj_meter.bus.errors import BusError
from custom_components.csj_meter.bus.timing import DIAL_IN_LATENCY, LineTiming
from custom_components.csj_meter.bus.turns import Priority

from .calls import PATIENCE, Gateway, answer, framed, happens, linked, listening, retried

pytestmark = pytest.mark.usefixtures("nothing_stays")


async def test_a_meter_behind_a_gateway_that_calls_is_read_like_any_other() -> None:
    async with listening() as line, linked(line) as unit:
        gateway = await Gateway.call(line)
        await asyncio.wait_for(line.wait_for_call(), PATIENCE)

        assert line.caller == LOOPBACK
        assert await unit.read_holding_registers(100, 3) == [100, 101, 102]
        assert await unit.read_holding_registers(5, 2) == [5, 6]
        await gateway.hang_up()


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
