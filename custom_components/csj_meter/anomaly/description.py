"""The figures behind a finding: what was measured, what is usual or allowed, and by what comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from .channels import Channel, Limits
from .finding import Compared
from .intake import CURRENT, ROW, VOLTAGE
from .kinds import Kind
from .load_memory import FLOOR_WINDOWS, MINUTES, QUARTER
from .load_scores import (
    DRIFT_DAYS,
    LEAK,
    LEAK_SCALE,
    LEAK_WINDOWS,
    LOW_WINDOW,
    MONTH,
    PEAK_MINUTES,
    STUCK,
    STUCK_SCALE,
    is_day,
)
from .local_time import DAY, HOUR
from .memory import Floats, Memory
from .meter import WatchedMeter
from .rule_scores import MORE_THAN_USUAL, unbalance_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Values in the canonical unit of the finding's quantity."""

    value: float | None = None
    """What was measured."""

    expected: float | None = None
    """What is usual, or nominal."""

    low: float | None = None
    """From here on it is usual or allowed."""

    high: float | None = None
    """Up to here."""

    compared: Compared | None = None
    """What it was compared with; None for rules."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """One meter in one minute."""

    arrays: Memory
    """What is remembered."""

    column: int
    """Place of the meter in the arrays."""

    meter: WatchedMeter
    """Which meter."""

    values: Floats
    """What it said last, shape (inputs,)."""

    limits: Limits
    """What is set."""

    hour_of_day: int
    """Hour by the clock on the wall."""

    weekday: int
    """0 = Monday."""

    def of(self, name: str, *place: int) -> float:
        """A figure of the meter."""
        return float(self.arrays[name][(*place, self.column)])

    def limit(self, kind: Kind) -> float:
        """The threshold that is set."""
        return float(self.limits.threshold[kind][self.column])

    def input(self, quantity: str) -> float:
        """What the meter said of a quantity."""
        return float(self.values[ROW[quantity]])

    def compared(self, minutes: int, *, hour: int | None = None) -> Compared:
        """With the last 30 days, as far as they are known."""
        return Compared(days=int(self.of("known_days")), hour=hour, minutes=minutes)


type Describe = Callable[[View, Channel], Figures]


def _voltage_below(view: View, channel: Channel) -> Figures:
    nominal = view.meter.rated_voltage
    low = nominal * view.limit(channel.kind)
    value = np.fmax.reduce(view.values[VOLTAGE]) if channel.phase is None else view.input(channel.quantity)
    return Figures(value=float(value), expected=nominal, low=low)


def _voltage_above(view: View, channel: Channel) -> Figures:
    nominal = view.meter.rated_voltage
    return Figures(
        value=view.input(channel.quantity), expected=nominal, high=nominal * view.limit(channel.kind)
    )


def _unbalance(view: View, channel: Channel) -> Figures:
    if channel.kind is Kind.PHASE_IMBALANCE:
        percent = unbalance_of(view.values[VOLTAGE][:, None])[0]
        return Figures(value=float(percent), expected=0.0, high=view.limit(channel.kind))
    usual = view.of("usual_unbalance")
    return Figures(
        value=float(unbalance_of(view.values[CURRENT][:, None])[0]),
        expected=usual,
        high=max(view.limit(channel.kind), usual + MORE_THAN_USUAL),
        compared=view.compared(1),
    )


def _frequency(view: View, channel: Channel) -> Figures:
    value = view.input("frequency")
    nominal = 60.0 if value > 55 else 50.0
    margin = nominal * view.limit(channel.kind) / 100
    return Figures(value=value, expected=nominal, low=nominal - margin, high=nominal + margin)


def _current_above(view: View, channel: Channel) -> Figures:
    largest = view.meter.max_current
    high = None if largest is None else largest * view.limit(channel.kind)
    return Figures(value=view.input(channel.quantity), high=high)


def _zero_current(view: View, channel: Channel) -> Figures:
    return Figures(
        value=float(np.fmax.reduce(view.values[CURRENT])), low=view.limit(channel.kind) * view.meter.ct_ratio
    )


def _collapse(view: View, _: Channel) -> Figures:
    return Figures(
        value=view.input("active_power"),
        low=view.of("rest_limit"),
        compared=Compared(days=int(view.of("known_days")), minutes=HOUR),
    )


def _stuck(view: View, _: Channel) -> Figures:
    hour = view.hour_of_day
    place = _clearer(view, "stuck", dict(zip(STUCK, STUCK_SCALE, strict=True)), hour)
    return Figures(
        value=min(view.of("stuck_floor", place), _open(view, "quarter")),
        expected=view.of("stuck_middle", place, hour),
        low=view.of("stuck_low", place, hour),
        high=view.of("stuck_high", place, hour),
        compared=view.compared(FLOOR_WINDOWS[place] * QUARTER, hour=hour),
    )


def _leak(view: View, _: Channel) -> Figures:
    place = _clearer(view, "leak", dict(zip(LEAK, LEAK_SCALE, strict=True)))
    exempt = view.of("solar") and is_day(view.hour_of_day)
    return Figures(
        value=min(view.of("leak_floor", place), np.inf if exempt else _open(view, "hour")),
        expected=view.of("leak_middle", place),
        low=view.of("leak_low", place),
        high=view.of("leak_high", place),
        compared=view.compared(LEAK_WINDOWS[place] * HOUR),
    )


def _clearer(view: View, kind: str, scales: Mapping[str, float], *hour: int) -> int:
    """Which of two windows shows it more clearly, as the score has it: 0 or 1."""
    unusual = [
        (view.of(f"{kind}_floor", place) - view.of(f"{kind}_middle", place, *hour))
        / (view.of(f"{kind}_spread", place, *hour) * view.of(f"{name}_norm") * scale)
        for place, (name, scale) in enumerate(scales.items())
    ]
    return 0 if np.isnan(unusual[1]) or unusual[0] > unusual[1] else 1


def _open(view: View, span: str) -> float:
    """The smallest power of the span that is not over; infinite where it has just begun."""
    return view.of(f"open_{span}_min")


def _high(view: View, _: Channel) -> Figures:
    last = int(view.of("last_minute"))
    recent = np.arange(last - PEAK_MINUTES + 1, last + 1) % MINUTES
    record = view.of("peak_record")
    return Figures(
        value=float(np.fmin.reduce(view.arrays["minute_ring"][recent, view.column])),
        expected=record,
        high=record,
        compared=view.compared(PEAK_MINUTES),
    )


def _low(view: View, _: Channel) -> Figures:
    return Figures(
        value=float(np.exp(view.of("low_now", 0))),
        low=float(np.exp(view.of("low_record", 0))),
        expected=float(np.exp(view.of("low_record", 0))),
        compared=view.compared(LOW_WINDOW * HOUR),
    )


def _drift(view: View, _: Channel) -> Figures:
    return Figures(
        value=view.of("drift_now"),
        expected=view.of("drift_middle"),
        low=view.of("drift_low"),
        high=view.of("drift_high"),
        compared=view.compared(DRIFT_DAYS * DAY),
    )


def _shape(view: View, channel: Channel) -> Figures:
    """Yesterday: the mean power that was used at other hours than usual."""
    moved = view.of("shape_power") / 100
    usual = view.of("shape_usual") * moved
    return Figures(
        value=view.of("shape_error") * moved,
        expected=usual,
        high=usual * view.limit(channel.kind),
        compared=Compared(days=MONTH, weekday=(view.weekday - 1) % 7, minutes=DAY),
    )


def _unusual(view: View, channel: Channel) -> Figures:
    mean, spread = view.of("week_mean"), view.of("week_spread")
    reach = view.limit(channel.kind) * spread
    return Figures(
        value=view.input("active_power"),
        expected=mean,
        low=max(0.0, mean - reach),
        high=mean + reach,
        compared=Compared(
            days=int(view.of("known_days")), hour=view.hour_of_day, weekday=view.weekday, minutes=1
        ),
    )


def _plain(view: View, channel: Channel) -> Figures:
    return Figures(value=view.input(channel.quantity) if channel.quantity in ROW else None)


def _above(view: View, channel: Channel) -> Figures:
    return Figures(value=view.input(channel.quantity), high=view.limit(channel.kind))


def _below(view: View, channel: Channel) -> Figures:
    return Figures(value=view.input(channel.quantity), low=view.limit(channel.kind))


_DESCRIBED: Final[Mapping[Kind, Describe]] = MappingProxyType(
    {
        Kind.OUTAGE: _voltage_below,
        Kind.VOLTAGE_SAG: _voltage_below,
        Kind.UNDERVOLTAGE: _voltage_below,
        Kind.VOLTAGE_SWELL: _voltage_above,
        Kind.PHASE_LOSS: _voltage_below,
        Kind.PHASE_IMBALANCE: _unbalance,
        Kind.CURRENT_IMBALANCE: _unbalance,
        Kind.FREQUENCY: _frequency,
        Kind.HARMONIC_DISTORTION: _above,
        Kind.SHORT_CIRCUIT: _current_above,
        Kind.OVERLOAD: _current_above,
        Kind.ZERO_CURRENT: _zero_current,
        Kind.LOAD_COLLAPSE: _collapse,
        Kind.POWER_FACTOR: _below,
        Kind.STUCK_LOAD: _stuck,
        Kind.LEAK: _leak,
        Kind.HIGH_USAGE: _high,
        Kind.LOW_USAGE: _low,
        Kind.DRIFT: _drift,
        Kind.DAILY_SHAPE: _shape,
        Kind.UNUSUAL_USAGE: _unusual,
    }
)


def figures_of(view: View, channel: Channel) -> Figures:
    """The figures of a finding; what is not known is None."""
    found = _DESCRIBED.get(channel.kind, _plain)(view, channel)
    return Figures(
        value=_known(found.value),
        expected=_known(found.expected),
        low=_known(found.low),
        high=_known(found.high),
        compared=found.compared,
    )


def _known(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(value, 3)
