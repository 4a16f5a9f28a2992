"""``simulate``: serve a line of simulated meters until Ctrl-C, and take orders meanwhile.

Orders are lines on standard input: ``fault KIND[:UNIT][=VALUE]``, ``clear [KIND[:UNIT]]``,
``counters``. So a person types them, and a program pipes them.
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
import json
import os
from pathlib import Path
import signal
from typing import Final

from custom_components.csj_meter.bus.line_settings import BAUD_RATES, PARITIES
from custom_components.csj_meter.simulator.faults import LINE_ONLY, MAGNITUDES, UNIT_ONLY, Fault, FaultKind
from custom_components.csj_meter.simulator.line import SimulatedLine
from custom_components.csj_meter.simulator.models import Model
from custom_components.csj_meter.simulator.serial import OWN_FOLDER, serve_pty, serve_serial
from custom_components.csj_meter.simulator.site import HOMES, LARGEST_LINE, demo_line
from custom_components.csj_meter.simulator.tcp import serve_modbus_tcp, serve_rtu_over_tcp

from .errors import CommandError
from .link import Endpoint, endpoint

STANDARD_INPUT: Final = 0
LONGEST_ORDER: Final = 1024
"""Bytes without a line end that are kept."""

ORDERS: Final = "fault KIND[:UNIT][=VALUE], clear [KIND[:UNIT]] or counters"


def fault(text: str) -> Fault:
    """A fault as it is typed. Raises ArgumentTypeError."""
    try:
        return Fault.parse(text)
    except ValueError as err:
        raise ArgumentTypeError(str(err)) from err


def _turnaround(text: str) -> float:
    try:
        milliseconds = float(text)
    except ValueError:
        milliseconds = -1.0
    if not 0 <= milliseconds <= 1000:
        raise ArgumentTypeError(f"a turnaround is 0 to 1000 ms, not {text!r}")
    return milliseconds / 1000


def _meters(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= LARGEST_LINE):
        raise ArgumentTypeError(f"a line carries 1 to {LARGEST_LINE} meters, not {text!r}")
    return int(text)


def add_simulate_arguments(parser: ArgumentParser) -> None:
    """The arguments of ``simulate``."""
    parser.formatter_class = RawDescriptionHelpFormatter
    kinds = "\n".join(f"  {_usage(kind):<36} {_meaning(kind)}".rstrip() for kind in FaultKind)
    parser.epilog = (
        f"faults, of one meter with :UNIT and of all of them without:\n{kinds}\n\n"
        f"While it runs, lines on standard input are orders:\n  {ORDERS}"
    )
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument(
        "--serial",
        metavar="PATH",
        type=Path,
        help="serial port to answer on; made (a pty) if it is not there",
    )
    kind.add_argument("--tcp", metavar="HOST:PORT", type=endpoint, help="listen as a Modbus TCP gateway")
    kind.add_argument(
        "--rtu-over-tcp", metavar="HOST:PORT", type=endpoint, help="listen as a serial server for RTU frames"
    )
    parser.add_argument("--meters", type=_meters, default=6, help="how many (default 6)")
    parser.add_argument(
        "--model",
        choices=[model.name for model in Model],
        help="all of this model (default: a street of all)",
    )
    parser.add_argument("--seed", type=int, default=1, help="which homes (default 1)")
    parser.add_argument(
        "--baud", type=int, choices=BAUD_RATES, default=9600, metavar="RATE", help="line speed (default 9600)"
    )
    parser.add_argument("--parity", choices=PARITIES, default="N", help="line parity (default N)")
    parser.add_argument(
        "--turnaround", type=_turnaround, default=0.015, metavar="MS", help="of the meters (default 15)"
    )
    parser.add_argument(
        "--fault",
        type=fault,
        action="append",
        default=[],
        metavar="KIND[:UNIT][=VALUE]",
        help="switched on from the start; may be given several times",
    )


def _usage(kind: FaultKind) -> str:
    """How a fault may be typed."""
    place = "" if kind in LINE_ONLY else ":UNIT" if kind in UNIT_ONLY else "[:UNIT]"
    limits = MAGNITUDES.get(kind)
    return f"{kind}{place}" + (f"[={limits.low:g}..{limits.high:g}]" if limits else "")


def _meaning(kind: FaultKind) -> str:
    """What its value says, and is when none is given."""
    limits = MAGNITUDES.get(kind)
    if limits is None:
        return "of the line" if kind in LINE_ONLY else ""
    return f"{limits.meaning} (default {limits.default:g})"


async def simulate(arguments: Namespace) -> None:
    """Serve until interrupted or terminated. Raises CommandError when it cannot listen."""
    line = demo_line(
        arguments.seed,
        arguments.meters,
        baudrate=arguments.baud,
        parity=arguments.parity,
        turnaround=arguments.turnaround,
        homes=[home for home in HOMES if arguments.model in (None, home.model.name)],
    )
    line.prepare()
    try:
        for one in arguments.fault:
            _give(line, one)
    except ValueError as err:
        raise CommandError(str(err)) from err
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        async with _served(line, arguments) as place:
            units = sorted(line.meters)
            print(f"{len(units)} meters at units {units[0]}..{units[-1]} on {place}", flush=True)
            with _orders(line):
                await stop.wait()
    except OSError as err:
        raise CommandError(f"cannot serve: {err}; use another path, address or port") from err


@asynccontextmanager
async def _served(line: SimulatedLine, arguments: Namespace) -> AsyncIterator[str]:
    """The line, reachable; gives the place for people."""
    path: Path | None = arguments.serial
    if arguments.tcp:
        async with serve_modbus_tcp(line, arguments.tcp.host, arguments.tcp.port) as server:
            yield f"Modbus TCP {Endpoint(arguments.tcp.host, server.port)}"
    elif arguments.rtu_over_tcp:
        host, port = arguments.rtu_over_tcp.host, arguments.rtu_over_tcp.port
        async with serve_rtu_over_tcp(line, host, port) as server:
            yield f"RTU over TCP {Endpoint(host, server.port)}"
    elif path is not None and _is_there(path):
        async with serve_serial(line, str(path)):
            yield str(path)
    elif path is not None:
        async with serve_pty(line) as server:
            with _linked(path, server.path):
                yield str(path)


def _is_there(path: Path) -> bool:
    """Whether the port exists; a link to nowhere is none."""
    return path.exists()


@contextmanager
def _linked(path: Path, target: str) -> Iterator[None]:
    """A link at ``path`` that leads to ``target`` while the body runs. Raises OSError for another one."""
    # a killed run has left its own behind; whoever else's leads to an adapter that is not plugged in
    if path.is_symlink() and path.readlink().parent.name.startswith(OWN_FOLDER):
        path.unlink()
    path.symlink_to(target)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _orders(line: SimulatedLine) -> Iterator[None]:
    """Take orders from standard input while the body runs."""
    loop = asyncio.get_running_loop()
    pending = bytearray()

    def listen() -> None:
        data = os.read(STANDARD_INPUT, 4096)
        if not data:
            loop.remove_reader(STANDARD_INPUT)
        pending.extend(data)
        while (end := pending.find(b"\n")) >= 0:
            order = pending[:end].decode("utf-8", "replace")
            del pending[: end + 1]
            if order.strip():
                print(_obey(line, order.split()), flush=True)
        del pending[:-LONGEST_ORDER]

    try:
        loop.add_reader(STANDARD_INPUT, listen)
    except OSError:
        # closed, or a file: nobody gives orders
        yield
        return
    try:
        yield
    finally:
        loop.remove_reader(STANDARD_INPUT)


def _give(line: SimulatedLine, one: Fault) -> None:
    """Switch a fault on. Raises ValueError when nobody would have it."""
    one.verify_there(line.meters)
    line.faults.set(one)


def _obey(line: SimulatedLine, words: list[str]) -> str:
    """Carry out one order; what to answer."""
    try:
        match words:
            case ["fault", text]:
                _give(line, Fault.parse(text))
            case ["clear"]:
                line.faults.clear()
            case ["clear", text]:
                gone = Fault.parse(text)
                line.faults.clear(gone.kind, gone.unit)
            case ["counters"]:
                return json.dumps(asdict(line.counters))
            case _:
                return f"unknown order: use {ORDERS}"
    except ValueError as err:
        return str(err)
    return f"faults: {', '.join(_shown(one) for one in line.faults) or 'none'}"


def _shown(one: Fault) -> str:
    place = "" if one.unit is None else f":{one.unit}"
    return f"{one.kind}{place}"
