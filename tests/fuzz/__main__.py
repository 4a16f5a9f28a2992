"""Fuzz doors for longer than the tests do; ``script/fuzz`` calls it, docs/fuzzing.md says what for.

A door that is a function gets bytes that follow the coverage of our code, from Atheris; Hypothesis makes an
input of them, as in the tests. A door that needs a Home Assistant is a test, run with many more inputs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
import importlib
import inspect
import os
from pathlib import Path
import subprocess
import sys
import time
from typing import Any, Final

FOLDER: Final = Path(__file__).parent
KEPT: Final = FOLDER.parents[1] / ".fuzz"
"""Inputs that led to new code, and those that broke something; not in the repository."""

SLOWEST: Final = 20
"""Seconds that one input may take."""

LARGEST: Final = 2048
"""MiB that the process may have."""

LONGEST: Final = 4096
"""Bytes that an input is made of."""

AT_ONCE: Final = 400
"""Inputs of one run of a test that needs a Home Assistant."""


def doors() -> list[str]:
    """Names of all rooms."""
    return sorted(path.stem.removeprefix("test_") for path in FOLDER.glob("test_*.py"))


def targets(door: str) -> dict[str, Callable[..., Any]]:
    """Functions of a room that Hypothesis gives their input."""
    module = importlib.import_module(f"tests.fuzz.test_{door}")
    return {
        name: found
        for name, found in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("test_") and hasattr(found, "hypothesis")
    }


def follow_coverage(door: str, name: str, seconds: int, inputs: list[str]) -> None:
    """Fuzz one function in this process, which ends with it."""
    import atheris  # only in the environment of fuzzing

    with atheris.instrument_imports(include=["custom_components.csj_meter"]):
        known = targets(door)
    if name not in known:
        sys.exit(f"{door} has no {name}: use one of {', '.join(known) or 'none'}")
    function: Any = known[name]
    kept = KEPT / door / name
    kept.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={SLOWEST}",
        f"-rss_limit_mb={LARGEST}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={KEPT / door}/{name}-",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, *(inputs or [str(kept)])], function.hypothesis.fuzz_one_input)
    atheris.Fuzz()


def with_home_assistant(door: str, seconds: int) -> int:
    """Run the tests of a room again and again, each time with other inputs; whether one failed."""
    end = time.monotonic() + seconds
    environment = os.environ | {"CSJ_METER_FUZZ_EXAMPLES": str(AT_ONCE)}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--timeout", "3600", "--show-capture", "no"]
    while time.monotonic() < end:
        if status := subprocess.call([*command, str(FOLDER / f"test_{door}.py")], env=environment):
            return status
    return 0


def fuzz(door: str, minutes: float) -> int:
    """Fuzz all of a room; 0 when nothing broke."""
    guided = targets(door)
    if not guided:
        return with_home_assistant(door, round(60 * minutes))
    status = 0
    for name in guided:
        print(f"{door}: {name}", flush=True)  # noqa: T201 - for whoever sits there
        seconds = max(1, round(60 * minutes / len(guided)))
        command = [sys.executable, "-m", "tests.fuzz", door, "--target", name, "--seconds", str(seconds)]
        status = subprocess.call(command) or status
    return status


def main() -> int:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="script/fuzz", description="Fuzz the doors of the integration.")
    parser.add_argument(
        "door", nargs="?", choices=doors(), help="one room of tests/fuzz; without, all of them"
    )
    parser.add_argument("--minutes", type=float, default=5.0, help="for each room (5)")
    parser.add_argument("--target", help="one function of the room")
    parser.add_argument("--seconds", type=int, default=60, help="for that function")
    parser.add_argument("inputs", nargs="*", help="with --target: files of inputs that broke it, once more")
    asked = parser.parse_args()
    if asked.door is None and asked.target is not None:
        parser.error("a target is one of a door")
    if asked.inputs and asked.target is None:
        parser.error("inputs are those of a target: give it with --target")
    if asked.target is not None:
        follow_coverage(asked.door, asked.target, asked.seconds, asked.inputs)
    status = 0
    for door in doors() if asked.door is None else [asked.door]:
        status = fuzz(door, asked.minutes) or status
    return status


if __name__ == "__main__":
    sys.exit(main())
