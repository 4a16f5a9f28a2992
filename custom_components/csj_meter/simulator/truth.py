"""What is true at a sample: every canonical quantity, at the resolution of its register.

The registers are made from these values, so a perfect reader decodes exactly them.
"""

from __future__ import annotations

from collections.abc import Mapping
import math
from typing import TYPE_CHECKING, Final

import numpy as np

from . import noise
from .appliances import winter
from .connection import Electrical
from .energy import TARIFFS
from .feeder import unbalance
from .household import DAY
from .models import Capability
from .noise import Floats

if TYPE_CHECKING:
    from .meter import SimulatedMeter

type Truth = Mapping[str, float | int | tuple[float, ...] | None]
"""Canonical quantity -> value in its canonical unit; codes as numbers; None where absent."""

type _Values = dict[str, float | int | tuple[float, ...] | None]

ROLL_OVER: Final = 1_000_000
"""kWh at which a counter begins again."""

BATTERY_NEW: Final = 3.63
BATTERY_FADE: Final = 0.00009
"""V, and V a day."""


def measure(meter: SimulatedMeter, time: float, number: int) -> Truth:
    """Everything that ``meter`` shows of its sample ``number``, taken at ``time`` (UTC)."""
    local = meter.local(time)
    state = meter.connection.state(local)
    values = _electrical(meter, state)
    values |= {
        "frequency": round(meter.connection.feeder.frequency(local), 2),
        "temperature": _temperature(meter, local, state) if meter.nameplate.thermometer else None,
        "battery_voltage": round(BATTERY_NEW - BATTERY_FADE * (time - meter.installed_at) / DAY, 3),
        "active_tariff": meter.counted.calendar.tariff(local),
        "uptime": int(time - meter.started_at(time)),
        "sequence": number % 65536,
    }
    values |= _counted(meter, local)
    values["status"] = _status(meter, state, local)
    return values


def counted(kilowatt_hours: Floats) -> Floats:
    """Counters as they show: whole steps of 0.01, beginning again at the roll-over."""
    return np.asarray(np.floor(kilowatt_hours * 100 + 1e-6) % (100 * ROLL_OVER) / 100)


def _electrical(meter: SimulatedMeter, state: Electrical) -> _Values:
    three = len(state.voltage) == 3
    active, reactive = np.round(state.active, 1), np.round(state.reactive, 1)
    apparent = np.round(np.hypot(state.active, state.reactive), 1)
    values = (
        _phases("voltage", state.voltage, 1)
        | _phases("current", state.current, 3)
        | _phases("power_factor", power_factor(active, apparent), 3)
        | _phases("voltage_thd", np.linalg.norm(state.voltage_harmonics, axis=1), 2)
        | _phases("current_thd", np.linalg.norm(state.current_harmonics, axis=1), 2)
    )
    for name, volts in zip(("l1_l2", "l2_l3", "l3_l1"), _line_voltages(state.voltage), strict=True):
        values[f"voltage_{name}"] = volts
    values["current_n"] = round(state.neutral, 3)
    for name, items in (("active_power", active), ("reactive_power", reactive), ("apparent_power", apparent)):
        values |= _phases(name, items, 1)
        values[name] = round(float(items.sum()), 1)
    total = power_factor(np.array([active.sum()]), np.array([apparent.sum()]))
    values["power_factor"] = round(float(total[0]), 3)
    values["voltage_unbalance"] = round(100 * unbalance(state.voltage), 2) if three else None
    values["current_unbalance"] = round(100 * unbalance(state.current), 2) if three else None
    offered = Capability.HARMONICS in meter.capabilities
    for name, spectra in (("voltage", state.voltage_harmonics), ("current", state.current_harmonics)):
        for phase in range(3):
            here = offered and phase < len(spectra)
            values[f"{name}_harmonics_l{phase + 1}"] = (
                tuple(np.round(spectra[phase], 2).tolist()) if here else None
            )
    return values


def _phases(name: str, items: Floats, digits: int) -> _Values:
    """One quantity of all three phases, absent for those that do not exist."""
    return {
        f"{name}_l{phase + 1}": round(float(items[phase]), digits) if phase < len(items) else None
        for phase in range(3)
    }


def _line_voltages(volts: Floats) -> tuple[float | None, ...]:
    """L1-L2, L2-L3, L3-L1, V, of three voltages that are 120 degrees apart."""
    if len(volts) < 3:
        return (None, None, None)
    pairs = ((volts[0], volts[1]), (volts[1], volts[2]), (volts[2], volts[0]))
    return tuple(round(math.sqrt(a * a + b * b + a * b), 1) for a, b in pairs)


def power_factor(active: Floats, apparent: Floats) -> Floats:
    """P / S with the sign of P, 1 where nothing flows."""
    ratio = active / np.maximum(apparent, 1e-9)
    return np.asarray(np.where(apparent > 0, np.clip(ratio, -1, 1), 1.0))


def _temperature(meter: SimulatedMeter, local: float, state: Electrical) -> float:
    """Inside of the case, °C: the season, the time of day, and the heat of the own current."""
    ordinal, second = divmod(local, DAY)
    warm = 3 * math.sin(2 * math.pi * (second / DAY - 0.38))
    load = 9 * (float(state.current.max()) / meter.nameplate.max_current) ** 2
    draught = 1.5 * noise.smooth(noise.key(meter.household.seed, "draught"), local, 7200)
    return round(23 - 8 * winter(int(ordinal)) + warm + load + draught, 1)


def _counted(meter: SimulatedMeter, local: float) -> _Values:
    counters = counted(meter.counters(local))
    values: _Values = {}
    for name, offset, offered in (
        ("energy_import", 0, True),
        ("energy_export", TARIFFS, Capability.EXPORT in meter.capabilities),
    ):
        # the total is what the tariffs show, not the sum of what they hide behind the last digit
        tariffs = counters[offset : offset + TARIFFS]
        values[name] = round(float(tariffs.sum()) % ROLL_OVER, 2) if offered else None
        for tariff in range(TARIFFS):
            there = offered and tariff < meter.nameplate.tariffs
            values[f"{name}_t{tariff + 1}"] = round(float(tariffs[tariff]), 2) if there else None
    values["reactive_energy_import"] = round(float(counters[-2]), 2)
    values["reactive_energy_export"] = round(float(counters[-1]), 2)
    values["max_demand"] = round(meter.counted.max_demand(local), 1)
    return values


def mirror(meter: SimulatedMeter, time: float) -> Truth:
    """What a prepaid ``meter`` says of credit and relay, with the balance at ``time`` (UTC)."""
    settings = meter.settings
    credit = meter.credit_at(meter.local(time))
    values: _Values = {
        "balance": round(credit.balance, 2),
        "credit_mode": settings.credit_mode,
        "top_up_count": credit.top_up_count,
        "last_top_up": round(credit.last_top_up, 2),
        "overdraft_limit": settings.overdraft_limit,
        "credit_alarm_1": settings.alarms[0],
        "credit_alarm_2": settings.alarms[1],
        "relay_contact": int(meter.relay.closed),
        "relay_mode": meter.state.relay_mode,
        "relay_cause": meter.state.relay_cause,
        "currency": settings.currency,
    }
    for tariff in range(TARIFFS):
        there = tariff < meter.nameplate.tariffs
        values[f"price_t{tariff + 1}"] = round(settings.prices[tariff], 4) if there else None
    return values


def _status(meter: SimulatedMeter, state: Electrical, local: float) -> int:
    """Status bits: the relay is closed, and what else applies."""
    bits = int(meter.counted.contact.closed(local))
    if Capability.PREPAY in meter.capabilities:
        balance = round(meter.credit_at(local).balance, 2)
        bits |= (balance < 0) << 1
        bits |= (balance < meter.settings.alarms[0]) << 2
        bits |= (balance < meter.settings.alarms[1]) << 3
    bits |= bool((state.current > meter.nameplate.max_current).any()) << 4
    return bits | meter.state.cover_opened << 5
