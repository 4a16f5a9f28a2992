"""What only serial ports can tell: of wrong settings, of pulled cables, of what is no port."""

from __future__ import annotations

import asyncio
from contextlib import suppress
import os
from pathlib import Path
import pty
import termios
from typing import Any

from modbus_connection import ModbusConnectionError, ModbusTimeoutError
from modbus_connection.tmodbus import connect_serial
import pytest
from serial import Serial, SerialException

from custom_components.csj_meter.simulator import (
    Fault,
    FaultKind,
    SimulatedLine,
    demo_line,
    serve_pty,
    serve_serial,
)
from tests.simulator.conftest import Clock

from .clients import FAST, fast_line, tmodbus_serial


@pytest.fixture
def line(clock: Clock) -> SimulatedLine:
    return fast_line(clock)


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

    async def test_parity_and_stop_bits_are_those_of_the_line(
        self, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        asked = []
        really = termios.tcsetattr

        def set_and_note(descriptor: int, when: int, attributes: list[Any]) -> None:
            asked.append(attributes[2])
            really(descriptor, when, attributes)

        monkeypatch.setattr(termios, "tcsetattr", set_and_note)
        master, slave = pty.openpty()
        line = SimulatedLine(demo_line(clock=clock).meters.values(), baudrate=FAST, parity="O", stopbits=2)
        async with serve_serial(line, os.ttyname(slave)):
            had = termios.tcgetattr(master)[2]
        os.close(master)
        os.close(slave)

        assert asked[-1] & termios.PARENB
        # a pseudo-terminal has no parity, but keeps the rest
        assert had & termios.PARODD
        assert had & termios.CSTOPB
        assert "served without" in caplog.text

    async def test_a_port_that_somebody_else_has_is_left_alone(self, line: SimulatedLine) -> None:
        master, slave = pty.openpty()
        path = os.ttyname(slave)
        other = Serial(path, exclusive=True)
        other.baudrate = 1200
        with pytest.raises(OSError, match="another program has the port open"):
            async with serve_serial(line, path):
                pass
        assert termios.tcgetattr(slave)[4] == termios.B1200
        other.close()

        async with serve_serial(line, path):
            with pytest.raises(SerialException, match="exclusively lock"):
                Serial(path, exclusive=True)
            with pytest.raises(ModbusConnectionError):
                await connect_serial(path, baudrate=FAST)
        os.close(master)
        os.close(slave)
