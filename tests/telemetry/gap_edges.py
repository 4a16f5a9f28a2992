"""Samples, entries of a load profile, and a gap to put them around."""

from __future__ import annotations

import numpy as np

from custom_components.csj_meter.meters.commands.rings import ProfileEntry
from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.telemetry.columns import ABSENT, TARIFF_ENERGIES
from custom_components.csj_meter.telemetry.series import Series

START = 29_000_160
"""A full hour."""

T1, T2, T3 = TARIFF_ENERGIES[:3]


def sample(minute: int, **steps: int) -> Series:
    """One measured sample."""
    return Series(
        minutes=np.array([minute], np.int64),
        provenance=np.array([Provenance.MEASURED], np.int64),
        columns={name: np.array([value], np.int64) for name, value in steps.items()},
    )


def entry(minute: float, steps: int, *, volts: float = 230.0, watts: float = 1000.0) -> ProfileEntry:
    return ProfileEntry(
        end=round(60 * minute), energy_import=steps / 100, voltage_l1=volts, active_power=watts
    )


def rows(series: Series) -> dict[int, dict[str, int]]:
    return {
        int(minute): {
            name: int(steps[place]) for name, steps in series.columns.items() if steps[place] != ABSENT
        }
        for place, minute in enumerate(series.minutes)
    }


GOOD = [entry(START + 15, 1005), entry(START + 30, 1010), entry(START + 45, 1015)]


def night(minute: int) -> int:
    return 2 if START + 60 <= minute < START + 120 else 1
