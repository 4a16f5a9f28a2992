"""Samples as a meter would give them, for tests of what keeps them."""

from __future__ import annotations

import numpy as np

from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.telemetry.columns import ABSENT
from custom_components.csj_meter.telemetry.series import DAY, Series

MONDAY = 20_000 * DAY
"""Some midnight in UTC."""


def home(minutes: int = DAY, *, since: int = MONDAY, seed: int = 1, phases: int = 3) -> Series:
    """A home that draws now more, now less: what its meter shows, one sample a minute."""
    random = np.random.default_rng(seed)
    columns = {}
    power = np.zeros(minutes, np.int64)
    for phase in range(1, phases + 1):
        steps = np.repeat(random.integers(200, 9000, minutes // 20 + 1), 20)[:minutes]
        watts = steps + random.integers(-30, 30, minutes)
        volts = 2300 + np.cumsum(random.integers(-3, 4, minutes)) % 60
        columns[f"voltage_l{phase}"] = volts
        columns[f"active_power_l{phase}"] = watts
        columns[f"current_l{phase}"] = watts * 1000 // volts + random.integers(0, 9, minutes)
        power += watts
    columns["active_power"] = power + random.integers(-1, 2, minutes)
    columns["frequency"] = 5000 + random.integers(-3, 4, minutes)
    columns["status"] = np.ones(minutes, np.int64)
    tariff = np.where((np.arange(minutes) + since) % DAY < 420, 1, 2)
    columns["active_tariff"] = tariff
    used = power / 6000  # 0.1 W for a minute, in 0.01 kWh
    total = np.zeros(minutes, np.int64)
    for number in (1, 2):
        counter = 100_000 * number + np.floor(np.cumsum(np.where(tariff == number, used, 0)) / 10).astype(
            np.int64
        )
        columns[f"energy_import_t{number}"] = counter
        columns[f"price_t{number}"] = np.full(minutes, 2000 * number)
        total += counter
    columns["energy_import"] = total
    columns["balance"] = 10_000 - np.cumsum(used).astype(np.int64) // 100
    return Series(
        minutes=np.arange(since, since + minutes),
        provenance=np.full(minutes, Provenance.MEASURED),
        columns=columns,
    )


def same(one: Series, other: Series) -> bool:
    """Whether two series hold the same."""
    names = {*one.columns, *other.columns}
    return (
        np.array_equal(one.minutes, other.minutes)
        and np.array_equal(one.provenance, other.provenance)
        and all(np.array_equal(one.steps(name), other.steps(name)) for name in names)
    )


def without(series: Series, quantity: str, places: slice) -> Series:
    """The same without some values of a quantity."""
    steps = series.columns[quantity].copy()
    steps[places] = ABSENT
    return Series(
        minutes=series.minutes,
        provenance=series.provenance,
        columns={**series.columns, quantity: steps},
    )
