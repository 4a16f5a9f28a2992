"""What can be told of a sample's columns from its other columns, so that only the difference need be stored.

The total power is the sum of the phases, a total counter that of its tariffs, and a current is about the
power by the voltage. What is left over is small and costs a third less (docs/benchmarks.md). All of it is
arithmetic on whole numbers: what was left over gives back exactly what was there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np

from ..meters.quantities import PHASES, TARIFFS
from .columns import ABSENT, Steps

SUMS: Final[Mapping[str, tuple[str, ...]]] = {
    "active_power": tuple(f"active_power_l{phase}" for phase in PHASES),
    "energy_import": tuple(f"energy_import_t{tariff}" for tariff in TARIFFS),
    "energy_export": tuple(f"energy_export_t{tariff}" for tariff in TARIFFS),
}
"""Total -> what it is about the sum of."""

MILLIAMPERES: Final = 1000
"""0.1 W by 0.1 V is A; the column holds mA."""


def left_over(columns: Mapping[str, Steps]) -> dict[str, Steps]:
    """What is to be stored instead of ``columns``."""
    return {name: _shifted(steps, _told(name, columns), -1) for name, steps in columns.items()}


def restored(columns: Mapping[str, Steps]) -> dict[str, Steps]:
    """The columns that ``left_over`` has made these of."""
    found = dict(columns)
    for name, steps in columns.items():  # nothing that is told is used to tell something else
        found[name] = _shifted(steps, _told(name, columns), 1)
    return found


def needed_for(names: Collection[str]) -> frozenset[str]:
    """The columns that ``restored`` needs to make those of ``names``."""
    found = set(names)
    for name in names:
        found.update(SUMS.get(name, ()))
        stem, _, phase = name.rpartition("_")
        if stem == "current":
            found.update((f"active_power_{phase}", f"voltage_{phase}"))
    return frozenset(found)


def _told(name: str, columns: Mapping[str, Steps]) -> Steps | None:
    """What the other columns say of the column ``name``; ``ABSENT`` where they say nothing."""
    if name in SUMS:
        parts = [columns[part] for part in SUMS[name] if part in columns]
        return _sum(parts) if parts else None
    stem, _, phase = name.rpartition("_")
    if stem == "current" and phase != "n":
        power, voltage = columns.get(f"active_power_{phase}"), columns.get(f"voltage_{phase}")
        if power is not None and voltage is not None:
            return _current(power, voltage)
    return None


def _sum(parts: list[Steps]) -> Steps:
    total = np.zeros_like(parts[0])
    there = np.zeros(len(total), bool)
    for part in parts:
        total += np.where(part == ABSENT, 0, part)
        there |= part != ABSENT
    return np.where(there, total, ABSENT)


def _current(power: Steps, voltage: Steps) -> Steps:
    told = (power != ABSENT) & (voltage != ABSENT) & (voltage > 0)
    flowing = np.where(told, np.abs(power), 0) * MILLIAMPERES
    return np.where(told, flowing // np.where(told, voltage, 1), ABSENT)


def _shifted(steps: Steps, told: Steps | None, sign: int) -> Steps:
    if told is None:
        return steps
    both = (steps != ABSENT) & (told != ABSENT)
    return np.where(both, steps + sign * np.where(both, told, 0), steps)
