"""What is kept of a meter, by the minute and in aggregates: the table of stored columns.

Values are kept as whole steps of the last decimal that a meter shows (0.1 V, 1 mA, 0.01 kWh), so that what
is read back is what was measured, and energy adds up exactly. The number of a column is what a stored block
knows it by: numbers are never given to something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..meters.quantities import PHASES, TARIFFS

type Steps = NDArray[np.int64]
"""Whole steps of a column; ``ABSENT`` where there is no value."""

type Floats = NDArray[np.float64]
"""Values in the canonical unit; NaN where there is none."""

ABSENT: Final = int(np.iinfo(np.int64).min)
"""Stands for no value among ``Steps``."""


class Sort(IntEnum):
    """What becomes of a column in an aggregate."""

    LEVEL = 1
    """Measured again each minute: mean, smallest and largest."""

    COUNTER = 2
    """Only rises: how much it rose."""

    STATE = 3
    """Holds until it changes: the last one."""

    FLAGS = 4
    """Bits: all that were set at any time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One stored quantity."""

    number: int
    """What stored blocks know it by; 1..255."""

    quantity: str
    """Canonical name."""

    decimals: int
    """One step is 10 ** -decimals of the canonical unit."""

    sort: Sort
    """What becomes of it in an aggregate."""


def _columns() -> Iterator[Column]:
    def column(number: int, quantity: str, decimals: int, sort: Sort = Sort.LEVEL) -> Column:
        return Column(number=number, quantity=quantity, decimals=decimals, sort=sort)

    for phase in PHASES:
        yield column(phase, f"voltage_l{phase}", 1)
        yield column(10 + phase, f"current_l{phase}", 3)
        yield column(20 + phase, f"active_power_l{phase}", 1)
        yield column(50 + phase, f"voltage_thd_l{phase}", 2)
        yield column(55 + phase, f"current_thd_l{phase}", 2)
    yield column(14, "current_n", 3)
    yield column(24, "active_power", 1)
    yield column(34, "reactive_power", 1)
    yield column(44, "power_factor", 3)
    yield column(45, "frequency", 2)
    yield column(46, "temperature", 1)
    yield column(47, "battery_voltage", 3)
    yield column(60, "active_tariff", 0, Sort.STATE)
    yield column(61, "status", 0, Sort.FLAGS)
    yield column(62, "balance", 2, Sort.STATE)
    for tariff in TARIFFS:
        yield column(70 + tariff, f"price_t{tariff}", 4, Sort.STATE)
        yield column(100 + tariff, f"energy_import_t{tariff}", 2, Sort.COUNTER)
        yield column(120 + tariff, f"energy_export_t{tariff}", 2, Sort.COUNTER)
    yield column(100, "energy_import", 2, Sort.COUNTER)
    yield column(120, "energy_export", 2, Sort.COUNTER)
    yield column(140, "reactive_energy_import", 2, Sort.COUNTER)
    yield column(141, "reactive_energy_export", 2, Sort.COUNTER)


COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {column.quantity: column for column in sorted(_columns(), key=lambda column: column.number)}
)
"""Canonical quantity -> its column, in the order of their numbers."""

TARIFF_ENERGIES: Final = tuple(f"energy_import_t{tariff}" for tariff in TARIFFS)
"""Counters that have a price."""


class Stat(IntEnum):
    """One figure of an aggregate."""

    MEAN = 0
    MIN = 1
    MAX = 2
    USED = 3
    """How much a counter rose."""
    COST = 4
    """What that costs at the prices of the time."""
    LAST = 5
    """The last state."""
    ANY = 6
    """All bits that were set at any time."""


STATS: Final[Mapping[Sort, tuple[Stat, ...]]] = MappingProxyType(
    {
        Sort.LEVEL: (Stat.MEAN, Stat.MIN, Stat.MAX),
        Sort.COUNTER: (Stat.USED,),
        Sort.STATE: (Stat.LAST,),
        Sort.FLAGS: (Stat.ANY,),
    }
)
"""The figures of each sort of column."""

COST_DECIMALS: Final = 6
"""A step of energy (0.01 kWh) times a step of price (0.0001 per kWh)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One column of the aggregates."""

    number: int
    """What stored blocks know it by."""

    key: str
    """Its name, such as ``active_power_mean``, ``energy_import_t1_cost`` or ``measured_count``."""

    decimals: int
    """One step is 10 ** -decimals."""

    quantity: str | None = None
    """The quantity that it is about; None for the counts of samples."""

    stat: Stat | None = None
    """What it says of the quantity; None likewise."""


COUNTS: Final = ("profile_count", "imported_count", "measured_count")
"""How many samples of each provenance there were, in the order of ``Provenance``."""


def _figures() -> Iterator[Figure]:
    for number, key in enumerate(COUNTS, 1):
        yield Figure(number=number, key=key, decimals=0)
    for column in COLUMNS.values():
        stats = STATS[column.sort]
        if column.quantity in (*TARIFF_ENERGIES, "energy_import"):
            stats = (*stats, Stat.COST)
        for stat in stats:
            yield Figure(
                number=8 * column.number + stat,
                key=f"{column.quantity}_{stat.name.lower()}",
                decimals=COST_DECIMALS if stat is Stat.COST else column.decimals,
                quantity=column.quantity,
                stat=stat,
            )


FIGURES: Final[Mapping[str, Figure]] = MappingProxyType({figure.key: figure for figure in _figures()})
"""Key -> figure of an aggregate, in the order of their numbers."""


def in_steps(values: Floats, decimals: int) -> Steps:
    """Values as whole steps, to the nearest; ``ABSENT`` where there is no number."""
    there = np.isfinite(values)
    return np.where(there, np.rint(np.where(there, values, 0.0) * 10**decimals).astype(np.int64), ABSENT)


def in_units(steps: Steps, decimals: int) -> Floats:
    """Steps as values; NaN where there is none."""
    return np.where(steps == ABSENT, np.nan, np.round(steps / 10**decimals, decimals))
