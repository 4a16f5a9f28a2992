"""Gateways: who is hung up on, and messages of Modbus TCP one by one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, suppress

from modbus_connection import ModbusTimeoutError
import pytest

from custom_components.csj_meter.simulator import (
    Fault,
    FaultKind,
    SimulatedLine,
    serve_modbus_tcp,
    serve_rtu_over_tcp,
)
from tests.simulator.conftest import Clock

from .clients import fast_line, tmodbus_tcp


@pytest.fixture
def line(clock: Clock) -> SimulatedLine:
    return fast_line(clock)


class TestTcp:
    """Gateways."""

    @pytest.mark.parametrize("serve", [serve_rtu_over_tcp, serve_modbus_tcp])
    async def test_a_pulled_cable_hangs_up_on_the_clients(
        self, line: SimulatedLine, serve: Callable[..., AbstractAsyncContextManager[object]]
    ) -> None:
        async with serve(line) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)  # type: ignore[attr-defined]
            await asyncio.sleep(0.01)
            line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
            with suppress(ConnectionResetError):
                assert await reader.read() == b""
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)  # type: ignore[attr-defined]
            with suppress(ConnectionResetError):
                assert await reader.read() == b""
            writer.close()

    async def test_closing_hangs_up_and_stops_listening(self, line: SimulatedLine) -> None:
        async with serve_modbus_tcp(line) as server:
            port = server.port
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(mbap(1, 99, "04 0100 003a"))
            await asyncio.sleep(0.01)
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)

    async def test_a_taken_port_is_an_error(self, line: SimulatedLine) -> None:
        async with serve_modbus_tcp(line) as server:
            with pytest.raises(OSError, match="in use"):
                async with serve_rtu_over_tcp(line, port=server.port):
                    pass

    def test_a_gateway_has_no_port_before_it_listens(self, line: SimulatedLine) -> None:
        from custom_components.csj_meter.simulator import TcpServer

        with pytest.raises(RuntimeError, match="does not listen yet"):
            _ = TcpServer(line).port


def mbap(transaction: int, unit: int, pdu: str) -> bytes:
    data = bytes([unit]) + bytes.fromhex(pdu)
    return transaction.to_bytes(2) + b"\0\0" + len(data).to_bytes(2) + data


async def message(reader: asyncio.StreamReader) -> tuple[int, int, bytes]:
    """(transaction, unit, PDU) of the next Modbus TCP message."""
    async with asyncio.timeout(2):
        header = await reader.readexactly(7)
        return (
            int.from_bytes(header[:2]),
            header[6],
            await reader.readexactly(int.from_bytes(header[4:6]) - 1),
        )


class TestModbusTcp:
    """Messages of the Modbus TCP gateway, one by one."""

    @pytest.fixture
    async def client(
        self, line: SimulatedLine
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        async with serve_modbus_tcp(line, answer_absent=True, patience=0.05) as server:
            streams = await asyncio.open_connection("127.0.0.1", server.port)
            yield streams
            streams[1].close()

    async def test_requests_queue_up_and_keep_their_transaction(
        self, client: tuple[asyncio.StreamReader, asyncio.StreamWriter], line: SimulatedLine
    ) -> None:
        reader, writer = client
        writer.write(b"".join(mbap(100 + unit, unit, "03 0000 0002") for unit in range(1, 7)))
        replies = [await message(reader) for _ in range(6)]

        assert [(transaction, unit) for transaction, unit, _ in replies] == [
            (100 + unit, unit) for unit in range(1, 7)
        ]
        assert all(pdu[:4] == bytes([3, 4, 0x43, 0x53]) for *_, pdu in replies)
        assert line.counters.collisions == line.counters.crowded == 0

    async def test_a_message_may_come_in_pieces(
        self, client: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    ) -> None:
        reader, writer = client
        data = mbap(5, 1, "03 0000 0001")
        for piece in (data[:4], data[4:9], data[9:]):
            writer.write(piece)
            await asyncio.sleep(0.005)

        assert await message(reader) == (5, 1, bytes([3, 2, 0x43, 0x53]))

    async def test_a_gateway_may_say_that_nobody_is_there(
        self, client: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    ) -> None:
        reader, writer = client
        writer.write(mbap(9, 99, "03 0000 0002"))

        assert await message(reader) == (9, 99, bytes([0x83, 11]))

    async def test_a_late_reply_carries_its_own_transaction(self, line: SimulatedLine) -> None:
        line.faults.set(Fault(kind=FaultKind.LATE_REPLIES, unit=1, magnitude=0.2))
        async with serve_modbus_tcp(line, patience=0.05) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(mbap(1, 1, "03 0000 0002") + mbap(2, 2, "03 0000 0002"))
            replies = [await message(reader) for _ in range(2)]
            writer.close()

        assert [transaction for transaction, *_ in replies] == [2, 1]

    async def test_a_meter_on_wifi_may_be_late_too(self, line: SimulatedLine) -> None:
        line.faults.set(Fault(kind=FaultKind.LATE_REPLIES, unit=1, magnitude=0.03))
        async with serve_modbus_tcp(line, wifi=True) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(mbap(1, 1, "03 0000 0002") + mbap(2, 2, "03 0000 0002"))
            replies = [await message(reader) for _ in range(2)]
            writer.close()

        assert [transaction for transaction, *_ in replies] == [2, 1]

    async def test_an_echo_is_nothing_to_a_gateway(
        self, client: tuple[asyncio.StreamReader, asyncio.StreamWriter], line: SimulatedLine
    ) -> None:
        line.faults.set(Fault(kind=FaultKind.ECHO))
        reader, writer = client
        writer.write(mbap(3, 1, "03 0000 0001"))

        assert await message(reader) == (3, 1, bytes([3, 2, 0x43, 0x53]))

    @pytest.mark.parametrize(
        "rubbish",
        ["0001 0001 0006 01 03 00000001", "0001 0000 0001 01 03 0000", "0001 0000 0400 01 03 0000"],
        ids=["other protocol", "no function", "endless"],
    )
    async def test_rubbish_ends_the_connection(
        self, client: tuple[asyncio.StreamReader, asyncio.StreamWriter], rubbish: str
    ) -> None:
        reader, writer = client
        writer.write(bytes.fromhex(rubbish))

        with suppress(ConnectionResetError):
            assert await reader.read() == b""

    async def test_an_echo_is_not_taken_for_the_copy_that_answers_a_write(self, line: SimulatedLine) -> None:
        line.faults.set(Fault(kind=FaultKind.ECHO))
        line.faults.set(Fault(kind=FaultKind.LOST_REQUESTS, unit=1, magnitude=1))
        async with serve_modbus_tcp(line) as server, tmodbus_tcp(server.port) as units:
            await units(2).write_register(0x0602, 1)
            with pytest.raises(ModbusTimeoutError):
                await units(1).write_register(0x0602, 1)

    @pytest.mark.parametrize("kind", [FaultKind.LOST_REQUESTS, FaultKind.LOST_REPLIES])
    async def test_a_meter_on_wifi_may_lose_both_ways(self, line: SimulatedLine, kind: FaultKind) -> None:
        line.faults.set(Fault(kind=kind, unit=1, magnitude=1))
        sequence = line.meters[1].truth()["sequence"]
        async with serve_modbus_tcp(line, wifi=True) as server, tmodbus_tcp(server.port) as units:
            with pytest.raises(ModbusTimeoutError):
                await units(1).write_register(0x0602, 1)

        heard = line.meters[1].truth()["sequence"] != sequence
        assert heard == (kind is FaultKind.LOST_REPLIES)

    async def test_a_client_that_has_left_gets_no_reply(self, line: SimulatedLine) -> None:
        async with serve_modbus_tcp(line) as server:
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(mbap(1, 1, "04 0100 003a"))
            writer.close()
            await asyncio.sleep(0.05)
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(mbap(2, 1, "03 0000 0001"))
            assert (await message(reader))[0] == 2
            writer.close()
