"""What a meter has lived through: means and counters of any hour since its installation.

The demo fills its long-term statistics from here, the load profile its ring. Voltages are those
of undisturbed days; energy and mean power include what faults have added while the simulator ran.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .connection import SERVICE_RESISTANCE
from .energy import EXPORT, IMPORT
from .household import DAY
from .models import Capability
from .noise import Floats

if TYPE_CHECKING:
    from .meter import SimulatedMeter


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Mean and extremes of the minutes of a time."""

    mean: float
    """Mean."""

    low: float
    """Smallest minute."""

    high: float
    """Largest minute."""

    @classmethod
    def of(cls, minutes: Floats) -> Spread:
        """The spread of minute values."""
        return cls(mean=float(minutes.mean()), low=float(minutes.min()), high=float(minutes.max()))


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One step of the past of one meter."""

    start: float
    """Seconds since 1970-01-01 UTC."""

    power: Spread
    """Total active power, W; negative is export."""

    voltages: tuple[Spread, ...]
    """Per phase, V."""

    energy_import: float
    """Counter at the end of the step, kWh."""

    energy_import_tariffs: tuple[float, ...]
    """Counters of the tariffs at the end of the step, kWh."""

    energy_export: float | None
    """Counter at the end of the step, kWh; None for a meter that does not count it."""

    balance: float | None
    """Credit at the end of the step; None for a meter without prepayment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Mean values of one interval."""

    voltage: float
    """L1, V."""

    power: float
    """Total active power, W."""


def mean(meter: SimulatedMeter, start: float, end: float) -> Means:
    """Means from ``start`` to ``end`` (UTC, whole minutes)."""
    power, voltages = _minutes(meter, start, end)
    return Means(
        voltage=float(voltages[0].mean()), power=float(power.mean()) + _extra_power(meter, start, end)
    )


def history(meter: SimulatedMeter, start: float, end: float, step: int = 3600) -> Iterator[HistoryRow]:
    """Every full step from ``start`` to ``end`` (UTC) since the installation, oldest first.

    ``step`` in whole minutes. Raises ``ValueError`` for other steps.
    """
    if step < 60 or step % 60:
        raise ValueError(f"a step of history is a number of whole minutes, not {step} s")
    begin = max(start, meter.installed_at)
    begin += -begin % step
    while begin + step <= end:
        yield _row(meter, begin, begin + step)
        begin += step


def _row(meter: SimulatedMeter, start: float, end: float) -> HistoryRow:
    power, voltages = _minutes(meter, start, end)
    local = meter.local(end)
    counters = meter.counters(local)
    exports = Capability.EXPORT in meter.capabilities
    prepaid = Capability.PREPAY in meter.capabilities
    return HistoryRow(
        start=start,
        power=Spread.of(power + _extra_power(meter, start, end)),
        voltages=tuple(Spread.of(phase) for phase in voltages),
        energy_import=float(counters[IMPORT].sum()),
        energy_import_tariffs=tuple(counters[: meter.nameplate.tariffs].tolist()),
        energy_export=float(counters[EXPORT].sum()) if exports else None,
        balance=meter.credit_at(local).balance if prepaid else None,
    )


def _extra_power(meter: SimulatedMeter, start: float, end: float) -> float:
    """What faults have added to the mean power, W."""
    extra = meter.extra.at(meter.local(end)) - meter.extra.at(meter.local(start))
    return float(extra[IMPORT].sum() - extra[EXPORT].sum()) * 3.6e6 / (end - start)


def _minutes(meter: SimulatedMeter, start: float, end: float) -> tuple[Floats, Floats]:
    """Total power, W, shape (minutes,), and voltages, V, shape (phases, minutes)."""
    connection = meter.connection
    powers, voltages = [], []
    time, last = meter.local(start), meter.local(end)
    while time < last:
        ordinal = int(time // DAY)
        first = int(time % DAY // 60)
        until = min(last, (ordinal + 1) * DAY)
        minutes = slice(first, first + int((until - time) // 60))
        day = meter.household.day(ordinal)
        active = (day.active * meter.counted.connected(ordinal))[:, minutes]
        feeder = connection.feeder.day(ordinal)[list(connection.phases)][:, minutes]
        powers.append(active.sum(axis=0))
        voltages.append(feeder - SERVICE_RESISTANCE * active / connection.feeder.nominal)
        time = until
    return np.concatenate(powers), np.concatenate(voltages, axis=1)
