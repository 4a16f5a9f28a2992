"""Run the benchmark of telemetry and print a table, or one JSON object with --json.

It takes about ten minutes and two gigabytes in the folder for temporary files, which should be on a disk:
what is written there is counted. ``--quick`` takes a tenth of the meters and tells less.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from statistics import median, quantiles
import tempfile

from .loop import longest_slices
from .month import EXPORTED_DAYS, Month, measure as measure_month
from .recorder import bytes_per_row
from .reference import Order
from .site import METERS, Site
from .writing import OURS, Writing, measure as measure_writing

DAYS, LIVE_DAYS = 30, 1
"""Of the month, and how many of them come minute by minute."""

WRITTEN_MINUTES = 26 * 60 + 5
"""A day, until it is closed."""

RECORDED = (10, 360)
"""Meters and minutes in the recorder; its bytes a sample are the same for more of both."""

LOOP_MINUTES = 130

REFERENCE = Order.INDEX
"""The reference layout: of those from which one meter can be read, the one that writes least."""

TARGETS = {
    "bytes_per_row": "<= 20",
    "write_ratio": "<= 0.2",
    "ingest_rows_per_second": ">= 200000",
    "commit_ms_p50": "< 5",
    "loop_ms_max": "< 1",
    "export_ratio": ">= 10",
    "export_first_byte_ms": "< 50",
    "baseline_read_s": "< 1",
}


def _milliseconds(seconds: float) -> float:
    return round(1000 * seconds, 2)


def _of_month(month: Month) -> dict[str, float]:
    exports = month.exports
    return {
        "bytes_per_row": round(month.size / month.rows, 2),
        "bytes_per_row_ingested": round(month.size_ingested / month.ingested, 2),
        "ingest_rows_per_second": round(month.ingested / month.ingesting),
        "ingest_rows_per_busy_second": round(month.ingested / month.working),
        "export_ratio": round(exports.reference[REFERENCE] / exports.seconds, 1),
        "export_ratio_clustered": round(exports.reference[Order.METER] / exports.seconds, 1),
        "export_s": round(exports.seconds, 3),
        "export_first_byte_ms": _milliseconds(exports.first_bytes),
        "export_first_row_ms": _milliseconds(exports.first_row),
        "export_megabytes": round(exports.size / 1e6, 1),
        "export_memory_growth": exports.memory_growth,
        "export_same_text": exports.same,
        "baseline_read_s": round(month.baseline, 3),
        "baseline_read_all_s": round(month.baseline_all, 3),
        "baseline_figures": month.figures,
    }


def _of_writing(writing: dict[str, Writing]) -> dict[str, float]:
    ours = writing[OURS]
    minutes = len(ours.commits)
    return {
        "write_ratio": round(ours.written / writing[REFERENCE].written, 3),
        "write_ratio_clustered": round(ours.written / writing[Order.METER].written, 3),
        "write_ratio_by_minute": round(ours.written / writing[Order.MINUTE].written, 3),
        "written_per_minute": round(ours.written / minutes),
        "written_per_minute_reference": round(writing[REFERENCE].written / minutes),
        "size_ratio": round(ours.size / writing[REFERENCE].size, 3),
        "bytes_per_row_reference": round(writing[REFERENCE].size / writing[REFERENCE].rows, 1),
        "commit_ms_p50": _milliseconds(median(ours.commits)),
        "commit_ms_p95": _milliseconds(quantiles(ours.commits, n=20)[-1]),
        "commit_busy_ms": _milliseconds(ours.working / minutes),
        "commit_ms_p50_reference": _milliseconds(median(writing[REFERENCE].commits)),
        "hour_close_ms_p50": _milliseconds(median(ours.rolls)),
        "day_close_ms": _milliseconds(ours.tidying),
    }


def figures(meters: int) -> dict[str, float]:
    """Everything, measured once."""
    site = Site(meters)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        writing = {
            layout: measure_writing(folder / f"{layout}.db", layout, meters, WRITTEN_MINUTES)
            for layout in (OURS, *Order)
        }
        found = _of_writing(writing)
        recorded = bytes_per_row(folder / "recorder.db", Site(RECORDED[0]), RECORDED[1])
        for path in folder.iterdir():
            path.unlink()
        slices = asyncio.run(longest_slices(folder, site, LOOP_MINUTES))
    with tempfile.TemporaryDirectory() as name:
        found |= _of_month(measure_month(Path(name), meters, DAYS, LIVE_DAYS))
    return found | {
        "recorder_size_ratio": round(found["bytes_per_row"] / recorded, 4),
        "bytes_per_row_recorder": round(recorded),
        "loop_ms_max": _milliseconds(max(slices)),
        "loop_ms_p50": _milliseconds(median(slices)),
        "meters": meters,
        "days": DAYS,
        "days_live": LIVE_DAYS,
    }


def _print(found: dict[str, float], meters: int) -> None:
    print(f"Telemetry of {meters} three-phase meters: {DAYS} days, {LIVE_DAYS} of them minute by minute,")
    print(
        f"export of {EXPORTED_DAYS} days of one. The reference is one row of floats a sample with an index by"
    )
    print("meter and minute; docs/benchmarks.md says what each figure means.")
    for key in sorted(found, key=lambda key: (key not in TARGETS, key)):
        print(f"{key:<32}{found[key]:>14}  {TARGETS.get(key, '')}")


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(prog="script/benchmark telemetry", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--quick", action="store_true", help="a tenth of the meters")
    arguments = parser.parse_args()
    meters = METERS // 10 if arguments.quick else METERS
    found = figures(meters)
    if arguments.json:
        print(json.dumps(found))
    else:
        _print(found, meters)


if __name__ == "__main__":
    main()
