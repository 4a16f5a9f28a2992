"""Opens the line that the arguments name, through pymodbus, as a ``Bus``."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import logging
import termios
from typing import Any, Final, override

from modbus_connection import ModbusConnectionError, ModbusSerialParams, ModbusTcpParams, ModbusTimeoutError
from modbus_connection.pymodbus import ModbusConnection

from custom_components.csj_meter.bus.bus import LARGEST_READ, Bus
from custom_components.csj_meter.bus.line_settings import BAUD_RATES, PARITIES, LineSettings
from custom_components.csj_meter.bus.timing import (
    GATEWAY_LATENCY,
    NETWORK_LATENCY,
    SERIAL_LATENCY,
    LineTiming,
)

from .errors import CommandError

NEVER: Final = 10**9
"""Unanswered requests after which pymodbus may drop the link; silence is normal in a scan."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        """As it was typed, IPv6 addresses in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def endpoint(text: str) -> Endpoint:
    """``HOST:PORT``, with IPv6 addresses in brackets. Raises ArgumentTypeError."""
    host, separator, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not separator or not host or not port.isascii() or not port.isdigit() or not 0 <= int(port) <= 65535:
        raise ArgumentTypeError(f"{text!r} is not HOST:PORT; try for example 192.168.1.20:502")
    try:
        host.encode("idna")
    except UnicodeError as err:
        raise ArgumentTypeError(f"{host!r} is no name of a host; try for example 192.168.1.20:502") from err
    return Endpoint(host, int(port))


def add_link_arguments(parser: ArgumentParser) -> None:
    """The arguments that name a line; exactly one kind is needed."""
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--serial", metavar="PATH", help="serial port, for example /dev/ttyUSB0")
    kind.add_argument("--tcp", metavar="HOST:PORT", type=endpoint, help="Modbus TCP gateway or meter")
    kind.add_argument(
        "--rtu-over-tcp",
        metavar="HOST:PORT",
        type=endpoint,
        help="serial server that passes RTU frames through",
    )
    parser.add_argument(
        "--baud",
        type=int,
        choices=BAUD_RATES,
        default=9600,
        metavar="RATE",
        help="speed of the line, also of the one behind a serial server (default 9600)",
    )
    parser.add_argument("--parity", choices=PARITIES, default="N", help="parity of the line (default N)")


class PatientConnection(ModbusConnection):
    """pymodbus without its habit of closing a link on which some units are silent."""

    @override
    async def _create_client(self) -> Any:
        client = await super()._create_client()
        client.set_max_no_responses(NEVER)
        return client


@asynccontextmanager
async def open_bus(arguments: Namespace) -> AsyncIterator[Bus]:
    """The bus that the arguments name. Raises CommandError when it cannot be opened."""
    # pymodbus logs an error with a dump for every unanswered request
    logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)
    settings = LineSettings(baudrate=arguments.baud, parity=arguments.parity)
    params: ModbusSerialParams | ModbusTcpParams
    if arguments.tcp:
        name, latency, remedy = str(arguments.tcp), GATEWAY_LATENCY, _NETWORK_REMEDY
        params = ModbusTcpParams(host=arguments.tcp.host, port=arguments.tcp.port)
    elif arguments.rtu_over_tcp:
        name, latency, remedy = str(arguments.rtu_over_tcp), NETWORK_LATENCY, _NETWORK_REMEDY
        params = ModbusSerialParams(device=f"socket://{name}", baudrate=115200)
    else:
        name, latency, remedy = arguments.serial, SERIAL_LATENCY, _SERIAL_REMEDY
        params = ModbusSerialParams(device=name, baudrate=settings.baudrate, parity=settings.parity)
    timing = LineTiming(
        baudrate=settings.baudrate, bits_per_character=settings.bits_per_character, latency=latency
    )
    connection = PatientConnection(params, timeout=timing.patience(LARGEST_READ))
    try:
        await connection.connect()
    except (ModbusConnectionError, ModbusTimeoutError, ValueError) as err:
        raise CommandError(f"cannot open {name}: {remedy}") from err
    except termios.error as err:
        # as pyserial lets it through; a pseudo-terminal takes no parity
        raise CommandError(
            f"cannot open {name}: it does not take {settings} ({err.args[-1]}); is it a serial port, and is "
            "that the speed and parity of the line?"
        ) from err
    try:
        yield Bus(name, connection.for_unit, timing, transaction_ids=bool(arguments.tcp))
    finally:
        await connection.close()


_SERIAL_REMEDY: Final = (
    "check that the adapter is plugged in, that you may use the port and that no other program has it open"
)
_NETWORK_REMEDY: Final = (
    "check address and port, and that no other program holds the gateway's only connection"
)
