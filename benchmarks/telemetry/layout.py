"""Why blocks look as they do: what each idea is worth. With the Python of ``.venv/test``, as a module.

Bytes a sample of a day of one meter, the mean of some meters and days. The entropy is that of the differences
from one sample to the next, each column by itself: what a perfect coder that knows no more would need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import time
import zlib

import numpy as np

from custom_components.csj_meter.telemetry import codec
from custom_components.csj_meter.telemetry.columns import COLUMNS, Steps
from custom_components.csj_meter.telemetry.relations import left_over
from custom_components.csj_meter.telemetry.series import DAY, Series

from .site import Site

METERS, DAYS = 12, 3

type Columns = Mapping[str, Steps]


def _floats(columns: Columns) -> int:
    return sum(8 * len(steps) for steps in columns.values())


def _deflated_floats(columns: Columns) -> int:
    rows = np.stack([steps / 10 ** COLUMNS[name].decimals for name, steps in columns.items()], axis=1)
    return len(zlib.compress(rows.tobytes(), 6))


def _entropy(columns: Columns) -> float:
    bits = 0.0
    for steps in columns.values():
        _, counts = np.unique(np.diff(steps), return_counts=True)
        bits -= float((counts * np.log2(counts / counts.sum())).sum())
    return bits / 8


def _packed(columns: Columns) -> int:
    return len(codec.pack({COLUMNS[name].number: steps for name, steps in columns.items()}))


def _hours(columns: Columns) -> int:
    return sum(
        _packed(left_over({name: steps[first : first + 60] for name, steps in columns.items()}))
        for first in range(0, DAY, 60)
    )


WAYS: Mapping[str, Callable[[Columns], float]] = {
    "eight bytes a number": _floats,
    "rows of floats, deflated": _deflated_floats,
    "entropy of the differences": _entropy,
    "entropy, what others tell taken off": lambda columns: _entropy(left_over(columns)),
    "packed, without relations": _packed,
    "packed, as it is stored": lambda columns: _packed(left_over(columns)),
    "the same hour by hour": _hours,
}


def _deflated(level: int, days: list[Series]) -> tuple[float, float]:
    """Bytes a sample and seconds a day at a level of deflate."""
    bodies = []
    for day in days:
        packed = codec.pack({COLUMNS[name].number: s for name, s in left_over(day.columns).items()})
        bodies.append(zlib.decompress(packed[1:]))
    begun = time.process_time()
    size = sum(len(zlib.compress(body, level)) for body in bodies)
    return size / (len(days) * DAY), (time.process_time() - begun) / len(days)


def main() -> None:
    """Measure, and print a table."""
    days = [
        series.rows(slice(first, first + DAY))
        for _, series in Site(METERS).months(DAYS)
        for first in range(0, DAYS * DAY, DAY)
    ]
    for name, way in WAYS.items():
        size = sum(way(day.columns) for day in days) / (len(days) * DAY)
        print(f"{name:<40}{size:>8.2f}")
    for level in (1, 3, 6, 9):
        size, seconds = _deflated(level, days)
        print(f"{f'deflate {level}: bytes, ms a day':<40}{size:>8.2f}{1000 * seconds:>8.1f}")


if __name__ == "__main__":
    main()
