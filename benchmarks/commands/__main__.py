"""Run the benchmark of commands and print a table, or one JSON object with --json."""

from __future__ import annotations

import argparse
import asyncio
import json

from custom_components.csj_meter.meters.reading import Group

from .latency import EVERY_MINUTE, Latency, measure

COMMANDS = 240
"""On the line that the claim is about; a third of it on the others."""

MARGIN = 0.050
"""Seconds above one poll transaction that the claim allows."""

LINES = {
    "": (32, 9600, COMMANDS, EVERY_MINUTE),
    "_8_19200": (8, 19200, COMMANDS // 3, EVERY_MINUTE),
    "_32_9600_all_groups": (32, 9600, COMMANDS // 3, tuple(Group)),
}
"""Suffix of the keys -> meters, line speed, commands and what is polled without a pause."""


def _milliseconds(seconds: float) -> float:
    return round(1000 * seconds, 1)


def _figures(latency: Latency, suffix: str) -> dict[str, float]:
    return {
        f"p95_ms{suffix}": _milliseconds(latency.p95),
        f"worst_ms{suffix}": _milliseconds(max(latency.waits)),
        f"poll_transaction_ms{suffix}": _milliseconds(latency.poll),
        f"poll_arithmetic_ms{suffix}": _milliseconds(latency.arithmetic),
        f"floor_p95_ms{suffix}": _milliseconds(latency.floor),
        f"line_load{suffix}": round(latency.load, 3),
        f"commands{suffix}": len(latency.waits),
    }


def _print(results: dict[str, Latency]) -> None:
    print(
        "Commands on a line that is polled without a pause: from the call to the first byte on the wire, ms"
    )
    print(
        f"{'line':<28}{'load':>6}{'calls':>7}{'p95':>8}{'floor':>8}{'worst':>8}{'poll':>8}{'by sum':>8} claim"
    )
    for suffix, latency in results.items():
        meters, baudrate, _, groups = LINES[suffix]
        name = f"{meters} meters, {baudrate}" + ("" if groups == EVERY_MINUTE else ", all groups")
        columns = (latency.p95, latency.floor, max(latency.waits), latency.poll, latency.arithmetic)
        holds = "holds" if latency.p95 < latency.poll + MARGIN else "does not hold"
        print(
            f"{name:<28}{latency.load:>6.2f}{len(latency.waits):>7}"
            + "".join(f"{_milliseconds(seconds):>8.1f}" for seconds in columns)
            + f"  {holds}"
        )
    print(
        "floor: 95th percentile for a call at a random moment on an ideal line, which ends the running "
        "transaction first;\npoll: median of the longest poll transaction, by sum: what its characters take; "
        f"claim: p95 < poll + {_milliseconds(MARGIN):g}"
    )
    print("\nWhole commands on the first line, from the call to the verified result, median ms:")
    whole = results[""].whole
    print("  ".join(f"{kind} {_milliseconds(seconds):.0f}" for kind, seconds in whole.items()))


async def measure_all(*, as_json: bool) -> None:
    """Measure every line once."""
    results = {suffix: await measure(*line) for suffix, line in LINES.items()}
    if not as_json:
        _print(results)
        return
    figures: dict[str, float] = {}
    for suffix, latency in results.items():
        figures |= _figures(latency, suffix)
    print(json.dumps(figures))


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(prog="script/benchmark commands", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    arguments = parser.parse_args()
    asyncio.run(measure_all(as_json=arguments.json))


if __name__ == "__main__":
    main()
