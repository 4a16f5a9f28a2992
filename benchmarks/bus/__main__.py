"""Run the benchmarks of the bus and print a table, or one JSON object with --json."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging

from .core_modbus import compare
from .efficiency import efficiency
from .scanning import scan_ratio

BAUD_RATES = (9600, 19200, 115200)
METERS = (1, 8, 32)


async def measure(*, as_json: bool) -> None:
    """Measure everything once."""
    figures: dict[str, float] = {}
    for baudrate in BAUD_RATES:
        for meters in METERS:
            figures[f"efficiency_{baudrate}_{meters}"] = round(await efficiency(meters, baudrate), 3)
    comparison = await compare()
    figures["samples_vs_core_modbus"] = round(comparison.ratio, 2)
    figures["scan_vs_floor"] = round(await scan_ratio(), 3)
    if as_json:
        print(json.dumps(figures))
        return
    print("Efficiency: theoretical floor of the line / measured, 15 ms turnaround")
    print(f"{'baud':>8}" + "".join(f"{f'{meters} meters':>12}" for meters in METERS))
    for baudrate in BAUD_RATES:
        row = (figures[f"efficiency_{baudrate}_{meters}"] for meters in METERS)
        print(f"{baudrate:>8}" + "".join(f"{figure:>12.3f}" for figure in row))
    print(
        f"\nSamples a minute of one meter at 9600 baud ({comparison.quantities} quantities): ours "
        f"{comparison.ours:.0f}, Home Assistant's modbus {comparison.core:.1f}: {comparison.ratio:.1f} times"
    )
    print(f"Scan of 1..247 at 9600 baud, four meters: {figures['scan_vs_floor']:.2f} of the safe floor")


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(prog="script/benchmark bus", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    arguments = parser.parse_args()
    logging.getLogger("homeassistant").setLevel(logging.CRITICAL)
    asyncio.run(measure(as_json=arguments.json))


if __name__ == "__main__":
    main()
