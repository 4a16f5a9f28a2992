"""Real clients of two makes on a real pty, on RTU over TCP and on Modbus TCP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
import fcntl
import os
from pathlib import Path
import pty
import tty
import zlib

from modbus_connection import (
    ModbusConnectionError,
    ModbusTimeoutError,
    ModbusUnit,
    ServerDeviceFailureError,
)
from modbus_connection.tmodbus import connect_serial, connect_tcp
from pymodbus import FramerType
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
import pytest

from custom_components.csj_meter.simulator import (
    Fault,
    FaultKind,
    SimulatedLine,
    build_image,
    demo_line,
    serve_modbus_tcp,
    serve_pty,
    serve_rtu_over_tcp,
    serve_serial,
)
from tests.simulator.conftest import Clock, words

FAST = 115200

type Read = Callable[[int, int, int], Awaitable[list[int]]]
"""Reads input registers: (unit, address, count)."""


@pytest.fixture
def line(clock: Clock) -> SimulatedLine:
    """The demo line, fast: real time passes here."""
    line = demo_line(clock=clock, baudrate=FAST, turnaround=0.005)
    line.prepare()
    return line


@asynccontextmanager
async def tmodbus_serial(device: str, baudrate: int = FAST) -> AsyncIterator[Callable[[int], ModbusUnit]]:
    connection = await connect_serial(device, baudrate=baudrate, timeout=1)
    try:
        yield connection.for_unit
    finally:
        await connection.close()
        await released(device)


async def released(device: str) -> None:
    """Return when a port is locked by nobody: it is closed in a thread, after its connection."""
    async with asyncio.timeout(5):
        while await asyncio.to_thread(_is_locked, device):  # noqa: ASYNC110 - another thread closes it
            await asyncio.sleep(0.001)


def _is_locked(device: str) -> bool:
    try:
        port = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    except FileNotFoundError:  # its line has gone before
        return False
    try:
        fcntl.flock(port, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(port)
    return False


@asynccontextmanager
async def tmodbus_tcp(port: int) -> AsyncIterator[Callable[[int], ModbusUnit]]:
    connection = await connect_tcp("127.0.0.1", port=port, timeout=1)
    try:
        yield connection.for_unit
    finally:
        await connection.close()


@asynccontextmanager
async def pymodbus_client(client: AsyncModbusSerialClient | AsyncModbusTcpClient) -> AsyncIterator[Read]:
    assert await client.connect()

    async def read(unit: int, address: int, count: int) -> list[int]:
        reply = await client.read_input_registers(address, count=count, device_id=unit)
        assert not reply.isError()
        return list(reply.registers)

    try:
        yield read
    finally:
        client.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """A line served on one kind of link, with clients of both makes."""

    tmodbus: Callable[[], AbstractAsyncContextManager[Callable[[int], ModbusUnit]]]
    pymodbus: Callable[[], AbstractAsyncContextManager[Read]]


@pytest.fixture(params=["pty", "rtu_over_tcp", "modbus_tcp", "wifi", "serial"])
async def wired(request: pytest.FixtureRequest, line: SimulatedLine, tmp_path: Path) -> AsyncIterator[Wired]:
    if request.param in ("pty", "serial"):
        async with served_serially(request.param, line) as path:
            yield Wired(
                tmodbus=lambda: tmodbus_serial(path),
                pymodbus=lambda: pymodbus_client(
                    AsyncModbusSerialClient(path, baudrate=FAST, timeout=1, retries=0)
                ),
            )
    elif request.param == "rtu_over_tcp":
        async with serve_rtu_over_tcp(line) as server:
            yield Wired(
                tmodbus=lambda: tmodbus_serial(f"socket://127.0.0.1:{server.port}"),
                pymodbus=lambda: pymodbus_client(
                    AsyncModbusTcpClient(
                        "127.0.0.1", port=server.port, framer=FramerType.RTU, timeout=1, retries=0
                    )
                ),
            )
    else:
        async with serve_modbus_tcp(line, wifi=request.param == "wifi") as server:
            yield Wired(
                tmodbus=lambda: tmodbus_tcp(server.port),
                pymodbus=lambda: pymodbus_client(
                    AsyncModbusTcpClient("127.0.0.1", port=server.port, timeout=1, retries=0)
                ),
            )


@asynccontextmanager
async def served_serially(kind: str, line: SimulatedLine) -> AsyncIterator[str]:
    if kind == "pty":
        async with serve_pty(line) as server:
            yield server.path
        return
    async with pty_pair() as (near, far), serve_serial(line, near):
        yield far


@asynccontextmanager
async def pty_pair() -> AsyncIterator[tuple[str, str]]:
    """Two serial ports with a cable between them."""
    loop = asyncio.get_running_loop()
    masters, slaves = zip(*(pty.openpty() for _ in range(2)), strict=True)

    def pump(source: int, sink: int) -> None:
        os.write(sink, os.read(source, 1024))

    for descriptor in slaves:
        tty.setraw(descriptor)
    for source, sink in (masters, masters[::-1]):
        loop.add_reader(source, pump, source, sink)
    try:
        yield os.ttyname(slaves[0]), os.ttyname(slaves[1])
    finally:
        for descriptor in (*masters, *slaves):
            loop.remove_reader(descriptor)
            os.close(descriptor)


async def test_both_makes_of_client_read_what_is_true(wired: Wired, line: SimulatedLine) -> None:
    async with wired.pymodbus() as read:
        by_pymodbus = {unit: await read(unit, 0x0100, 58) for unit in line.meters}
    async with wired.tmodbus() as unit_of:
        by_tmodbus = {unit: await unit_of(unit).read_input_registers(0x0100, 58) for unit in line.meters}

    assert by_pymodbus == by_tmodbus
    for unit, meter in line.meters.items():
        assert by_tmodbus[unit][2] == round(float(meter.truth()["voltage_l1"]) * 10)  # type: ignore[arg-type]


async def test_every_function_gets_through(wired: Wired) -> None:
    async with wired.tmodbus() as unit_of:
        unit = unit_of(1)
        assert (await unit.read_holding_registers(0, 20))[:2] == [0x4353, 302]
        assert await unit.read_device_identification() == {0: b"CSJ", 1: b"DTSY300", 2: b"1.4.2"}
        assert await unit.report_server_id() == b"CSJ DTSY300 1.4.2"
        profile = await unit.read_file_record(1, 16, 120)
        assert profile[7] == sum(profile[:7]) % 65536
        assert len(await unit.read_file_record(1, 3, 7)) == 7


async def test_commands_get_through_and_are_answered(wired: Wired, line: SimulatedLine) -> None:
    meter = line.meters[1]
    image = build_image(302, (3, 0, 0), bytes(500))
    content = [int.from_bytes(image[place : place + 2]) for place in range(0, len(image), 2)]
    async with wired.tmodbus() as units:
        unit = units(1)
        with pytest.raises(ServerDeviceFailureError):
            await unit.write_register(0x0500, 7)
        await unit.write_registers(0x0600, [*words(meter.nameplate.key)])
        await unit.write_register(0x0500, 7)
        (count,) = await unit.read_input_registers(0x0303, 1)
        await unit.write_registers(0x0610, [0, 1234, count + 1])
        await unit.write_registers(0x0540, [*words(len(image)), *words(zlib.crc32(image)), 1])
        for start in range(0, len(content), 60):
            await unit.write_file_record(10, start, content[start : start + 60])

    assert meter.settings.reporting_interval == 7
    assert meter.state.credited == 1234
    assert bytes(meter.state.transfer.image) == image


async def test_a_meter_that_moves_answers_from_where_it_was(wired: Wired, line: SimulatedLine) -> None:
    async with wired.tmodbus() as units:
        await units(1).write_registers(0x0600, [*words(line.meters[1].nameplate.key)])
        await units(1).write_register(0x0504, 100)

        assert (await units(100).read_holding_registers(0x0504, 1)) == [100]
        with pytest.raises(ModbusTimeoutError):
            await units(1).read_holding_registers(0x0504, 1)


async def test_an_unknown_unit_is_silent_and_the_next_is_served(wired: Wired) -> None:
    async with wired.tmodbus() as unit_of:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await unit_of(99).read_holding_registers(0, 2)
        assert await unit_of(2).read_holding_registers(0, 1) == [0x4353]


async def test_clients_may_come_and_go(wired: Wired) -> None:
    for _ in range(3):
        async with wired.tmodbus() as unit_of:
            assert await unit_of(2).read_holding_registers(0, 1) == [0x4353]


def there(path: str) -> bool:
    """Whether a port has a name in the file system, working or not."""
    return os.path.lexists(path)


class TestPty:
    """What only a pseudo-terminal can tell."""

    @pytest.mark.parametrize("baudrate", [9600, 19200])
    async def test_a_client_at_the_wrong_speed_gets_no_value(
        self, line: SimulatedLine, baudrate: int
    ) -> None:
        async with serve_pty(line) as server, tmodbus_serial(server.path, baudrate) as unit_of:
            for _ in range(3):
                with pytest.raises((TimeoutError, ModbusTimeoutError)):
                    async with asyncio.timeout(0.05):
                        await unit_of(1).read_holding_registers(0, 2)
        assert line.counters.unreadable == 3
        assert line.counters.requests == 0

    @pytest.mark.parametrize(
        ("lines", "clients", "understood"),
        [("N", "O", False), ("O", "N", False), ("O", "O", True), ("E", "E", True)],
    )
    async def test_odd_parity_is_noticed(
        self, clock: Clock, lines: str, clients: str, understood: bool
    ) -> None:
        line = demo_line(clock=clock, baudrate=FAST, parity=lines)
        async with serve_pty(line) as server:
            connection = await connect_serial(server.path, baudrate=FAST, parity=clients)
            with suppress(TimeoutError):
                async with asyncio.timeout(0.08):
                    await connection.for_unit(1).read_holding_registers(0, 2)
            await connection.close()

        assert (line.counters.requests, line.counters.unreadable) == ((1, 0) if understood else (0, 1))

    async def test_the_name_of_the_port_survives_a_pulled_cable(self, line: SimulatedLine) -> None:
        async with serve_pty(line) as server:
            path = server.path
            async with tmodbus_serial(path) as unit_of:
                assert await unit_of(1).read_holding_registers(0, 1) == [0x4353]
                line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
                await asyncio.sleep(0.05)
                with pytest.raises(ModbusConnectionError):
                    await unit_of(1).read_holding_registers(0, 1)
            assert not there(path)
            line.faults.clear()
            async with tmodbus_serial(path) as unit_of:
                assert await unit_of(1).read_holding_registers(0, 1) == [0x4353]
        assert not there(path)

    async def test_a_line_may_be_unplugged_from_the_start(self, line: SimulatedLine) -> None:
        line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
        async with serve_pty(line) as server:
            assert not there(server.path)


class TestSerial:
    """A port that is there already."""

    async def test_a_missing_port_is_an_error(self, line: SimulatedLine, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            async with serve_serial(line, str(tmp_path / "nothing")):
                pass

    async def test_a_file_is_no_port(self, line: SimulatedLine, tmp_path: Path) -> None:
        file = tmp_path / "file"
        file.touch()
        with pytest.raises(OSError, match="not a serial port"):
            async with serve_serial(line, str(file)):
                pass

    async def test_the_other_end_may_vanish(self, line: SimulatedLine) -> None:
        master, slave = pty.openpty()
        path = os.ttyname(slave)
        async with serve_serial(line, path) as server:
            assert server.path == path
            os.close(master)
            await asyncio.sleep(0.01)
        os.close(slave)


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
