"""Arguments and exit status of the command line; what a command does is in its own module."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
import sys

from custom_components.csj_meter.bus.errors import BusError, LinkDownError, UnitSilentError
from custom_components.csj_meter.meters.errors import MeterError

from .errors import CommandError
from .link import add_link_arguments
from .output import written_out
from .read import read
from .scan import scan_line
from .simulate import add_simulate_arguments, simulate

type Command = Callable[[Namespace], Awaitable[None]]


def unit_range(text: str) -> tuple[int, ...]:
    """``1-247``, ``5`` or ``1-10,100``. Raises ArgumentTypeError."""
    units: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if not all(each.isascii() and each.isdigit() for each in ((first, last) if dash else (first,))):
            raise ArgumentTypeError(f"{text!r} is not a list of unit ids; try 1-247 or 1,2,17")
        ids = range(int(first), int(last or first) + 1)
        if not ids or ids.start < 1 or ids.stop > 248:
            raise ArgumentTypeError(f"unit ids are 1..247 and ranges rise, not {part!r}")
        units.update(ids)
    return tuple(sorted(units))


def unit_id(text: str) -> int:
    """One unit id. Raises ArgumentTypeError."""
    units = unit_range(text)
    if len(units) != 1:
        raise ArgumentTypeError(f"one unit id is needed, not {text!r}")
    return units[0]


def parser() -> ArgumentParser:
    """Everything that can be typed."""
    top = ArgumentParser(
        prog="script/meter", description="Find, read and simulate electricity meters on an RS485 line."
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    scan_parser = commands.add_parser("scan", help="list the meters that answer on a line")
    add_link_arguments(scan_parser)
    scan_parser.add_argument(
        "--units", type=unit_range, default=unit_range("1-247"), help="unit ids to ask (default 1-247)"
    )
    _add_profiles_argument(scan_parser)
    scan_parser.add_argument("--json", action="store_true", help="print one JSON list")
    scan_parser.set_defaults(command=scan_line)

    read_parser = commands.add_parser("read", help="print all quantities of one meter")
    add_link_arguments(read_parser)
    read_parser.add_argument("--unit", type=unit_id, required=True, help="unit id of the meter")
    read_parser.add_argument("--profile", help="profile to read it with (default: the one that fits)")
    _add_profiles_argument(read_parser)
    read_parser.add_argument("--json", action="store_true", help="print one JSON object")
    read_parser.set_defaults(command=read)

    simulate_parser = commands.add_parser("simulate", help="serve a line of simulated meters until Ctrl-C")
    add_simulate_arguments(simulate_parser)
    simulate_parser.set_defaults(command=simulate)
    return top


def _add_profiles_argument(command: ArgumentParser) -> None:
    command.add_argument(
        "--profiles", metavar="FOLDER", type=Path, help="folder with profiles of your own (default: none)"
    )


def main(words: Sequence[str]) -> int:
    """Run one command; the exit status."""
    arguments = parser().parse_args(words)
    try:
        with written_out():
            asyncio.run(arguments.command(arguments))
    except CommandError as err:
        return _fail(str(err))
    except LinkDownError as err:
        return _fail(f"the link was lost ({err}): check the adapter or gateway and try again")
    except UnitSilentError as err:
        return _fail(f"{err}: check the unit id, the wires A and B, speed and parity")
    except (BusError, MeterError) as err:
        return _fail(
            f"{err}: try again; if it stays, check wires, termination and for two meters at one unit id"
        )
    except KeyboardInterrupt:
        return 130
    return 0


def _fail(problem: str) -> int:
    print(problem, file=sys.stderr)
    return 1
