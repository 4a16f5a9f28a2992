"""What meters have shown minute by minute, for whole days at once: a past for the demo and for measurements.

The same as asking each meter for its ``truth`` in every minute, only some hundred times faster. As in
``past``, what faults have done to voltages and loads is not in it, what they have counted is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from . import noise
from .appliances import MINUTES, winter
from .connection import ElectricalDay
from .energy import TARIFFS
from .household import DAY, moments
from .models import Capability
from .noise import Floats
from .truth import BATTERY_FADE, BATTERY_NEW, ROLL_OVER, counted, power_factor

if TYPE_CHECKING:
    from .meter import SimulatedMeter

SECOND: Final = 25
"""Of each minute, at which a meter is read, unless asked otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MinuteDay:
    """What one meter has shown on one day, or on a part of it."""

    meter: SimulatedMeter
    """Whose day it is."""

    minutes: NDArray[np.int64]
    """Whole minutes since 1970-01-01 UTC, shape (n,), n at most 1440."""

    values: Mapping[str, Floats]
    """Canonical quantity -> its values at the resolution of its register, shape (n,)."""


def minute_days(
    meters: Sequence[SimulatedMeter], start: float, end: float, second: int = SECOND
) -> Iterator[MinuteDay]:
    """Every minute from ``start`` to ``end`` (UTC) of all ``meters``, day by day and meter by meter.

    Days are those of the meters' own time; a meter has none before its installation. In each minute,
    the sample of ``second`` is taken.
    """
    if not meters:
        return
    locals_ = [(meter.local(start), meter.local(end)) for meter in meters]
    first = int(min(since for since, _ in locals_) // DAY)
    last = int(max(until for _, until in locals_) // DAY)
    for ordinal in range(first, last + 1):
        feeders = {}
        for meter, (since, until) in zip(meters, locals_, strict=True):
            begin = max(since, meter.local(meter.installed_at))
            chosen = slice(
                max(0, math.ceil((begin - ordinal * DAY) / 60)),
                min(MINUTES, max(0, int((until - ordinal * DAY) // 60))),
            )
            if chosen.start >= chosen.stop:
                continue
            feeder = meter.connection.feeder
            if feeder not in feeders:
                feeders[feeder] = feeder.day_at(ordinal, second)
            values = _day(meter, ordinal, second, feeders[feeder])
            minutes = int(meter.utc(ordinal * DAY)) // 60 + np.arange(MINUTES)
            yield MinuteDay(
                meter=meter,
                minutes=minutes[chosen],
                values={name: shown[chosen] for name, shown in values.items()},
            )


def _day(meter: SimulatedMeter, ordinal: int, second: int, feeder: Floats) -> dict[str, Floats]:
    state = meter.connection.day_at(ordinal, second, feeder)
    times = moments(ordinal, second)
    values = _electrical(state)
    values["frequency"] = _rounded(meter.connection.feeder.frequencies(times), 2)
    if meter.nameplate.thermometer:
        values["temperature"] = _temperature(meter, ordinal, times, state)
    age = (times - meter.local(meter.installed_at)) / DAY
    values["battery_voltage"] = _rounded(BATTERY_NEW - BATTERY_FADE * age, 3)
    values["active_tariff"] = meter.counted.calendar.tariffs(ordinal).astype(np.float64)
    closed = np.array([meter.counted.contact.closed(time) for time in times.tolist()])
    status = closed.astype(np.int64)
    status |= (state.current > meter.nameplate.max_current).any(axis=0) << 4
    counters = meter.day_counters(ordinal, second)
    values |= _counted(meter, counters)
    if Capability.PREPAY in meter.capabilities:
        balance = _rounded(meter.account.balances(times, counters), 2)
        alarms = meter.settings.alarms
        status |= (balance < 0) << 1 | (balance < alarms[0]) << 2 | (balance < alarms[1]) << 3
        values["balance"] = balance
        for tariff, price in enumerate(meter.settings.prices[: meter.nameplate.tariffs], 1):
            values[f"price_t{tariff}"] = np.full(MINUTES, round(price, 4), np.float64)
    return values | {"status": status.astype(np.float64)}


def _electrical(state: ElectricalDay) -> dict[str, Floats]:
    active, reactive = _rounded(state.active, 1), _rounded(state.reactive, 1)
    apparent = _rounded(np.hypot(state.active, state.reactive), 1).sum(axis=0)
    total = _rounded(active.sum(axis=0), 1)
    values = {
        "current_n": _rounded(state.neutral, 3),
        "active_power": total,
        "reactive_power": _rounded(reactive.sum(axis=0), 1),
        "power_factor": _rounded(power_factor(total, apparent), 3),
    }
    for name, shown in (
        ("voltage", _rounded(state.voltage, 1)),
        ("current", _rounded(state.current, 3)),
        ("active_power", active),
        ("voltage_thd", _rounded(state.voltage_thd, 2)),
        ("current_thd", _rounded(state.current_thd, 2)),
    ):
        values |= {f"{name}_l{phase}": row for phase, row in enumerate(shown, 1)}
    return values


def _temperature(meter: SimulatedMeter, ordinal: int, times: Floats, state: ElectricalDay) -> Floats:
    warm = 3 * np.sin(2 * np.pi * (times % DAY / DAY - 0.38))
    load = 9 * (state.current.max(axis=0) / meter.nameplate.max_current) ** 2
    draught = 1.5 * noise.smooths(noise.key(meter.household.seed, "draught"), times, 7200)
    return _rounded(23 - 8 * winter(ordinal) + warm + load + draught, 1)


def _counted(meter: SimulatedMeter, counters: Floats) -> dict[str, Floats]:
    shown = counted(counters)
    values = {"reactive_energy_import": shown[-2], "reactive_energy_export": shown[-1]}
    for name, offset, offered in (
        ("energy_import", 0, True),
        ("energy_export", TARIFFS, Capability.EXPORT in meter.capabilities),
    ):
        if offered:
            tariffs = shown[offset : offset + TARIFFS]
            values[name] = _rounded(tariffs.sum(axis=0) % ROLL_OVER, 2)
            for tariff, row in enumerate(tariffs[: meter.nameplate.tariffs], 1):
                values[f"{name}_t{tariff}"] = row
    return values


def _rounded(values: Floats, digits: int) -> Floats:
    return np.asarray(np.round(values, digits), np.float64)
