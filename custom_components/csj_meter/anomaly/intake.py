"""Samples as the engine computes with them: a table of quantities by meters, one minute at a time.

What is not measured is NaN. The result depends neither on the order of samples nor on how often one is
handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..meters.quantities import PHASES
from ..meters.sample import Sample
from .memory import Bools, Floats


def _phases(stem: str) -> tuple[str, ...]:
    return tuple(f"{stem}_l{phase}" for phase in PHASES)


INPUTS: Final = (
    *_phases("voltage"),
    *_phases("current"),
    *_phases("voltage_thd"),
    "active_power",
    "reactive_power",
    "power_factor",
    "frequency",
    "status",
)
"""Canonical quantities that the engine looks at, in the order of their rows."""

ROW: Final[Mapping[str, int]] = {quantity: row for row, quantity in enumerate(INPUTS)}
"""Quantity -> its row."""

VOLTAGE: Final = slice(ROW["voltage_l1"], ROW["voltage_l3"] + 1)
CURRENT: Final = slice(ROW["current_l1"], ROW["current_l3"] + 1)
VOLTAGE_THD: Final = slice(ROW["voltage_thd_l1"], ROW["voltage_thd_l3"] + 1)
"""Rows of the three phases."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """What the meters said of one minute."""

    minute: int
    """Whole minutes since 1970-01-01 UTC."""

    values: Floats
    """Shape (quantities, meters), rows as in ``INPUTS``."""

    fresh: Bools
    """Which meters said anything, shape (meters,)."""


def rows_of(samples: Iterable[Sample], places: Mapping[str, int]) -> Iterator[Rows]:
    """Samples by their minutes, oldest first. ``places``: serial number -> column; others are passed over.

    Of two samples of one meter and minute the better provenance counts, and of two equally good ones the
    larger values: an order that depends on nothing but them.
    """
    minutes: dict[int, dict[int, Sample]] = {}
    for sample in samples:
        if (place := places.get(sample.serial)) is None:
            continue
        chosen = minutes.setdefault(sample.minute, {})
        other = chosen.get(place)
        if other is None or (other is not sample and _rank(sample) > _rank(other)):
            chosen[place] = sample
    for minute in sorted(minutes):
        values = np.full((len(places), len(INPUTS)), np.nan)
        fresh = np.zeros(len(places), np.bool_)
        for place, sample in minutes[minute].items():
            values[place] = [_number(sample.values.get(quantity)) for quantity in INPUTS]
            fresh[place] = True
        yield Rows(minute=minute, values=np.ascontiguousarray(values.T), fresh=fresh)


def _rank(sample: Sample) -> tuple[int, tuple[float, ...]]:
    values = (_number(sample.values.get(quantity)) for quantity in INPUTS)
    return sample.provenance, tuple(-np.inf if np.isnan(value) else value for value in values)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else np.nan
