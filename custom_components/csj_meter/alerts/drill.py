"""A fire drill: what a meter would be found to have, so that people can hear the telephone ring.

Every kind has its own example, told as the engine would tell it, of the meter that it is fired on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
import datetime as dt
from types import MappingProxyType
from typing import Final

from ..anomaly.advice import advice_of
from ..anomaly.finding import Compared, Finding
from ..anomaly.kinds import FAMILIES, Kind, Scope, Severity, State
from ..anomaly.rules import RULES

RATED_VOLTAGE: Final = 230.0
MAX_CURRENT: Final = 60.0
"""Of the meter that the examples are written for."""

PHASE: Final = 1
"""The phase that shows it, where a phase does."""

DAYS: Final = 30
"""Days of the past that an example is compared with, where its kind is judged by the past."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Figures of one kind on a meter of 230 V and 60 A, in the canonical unit of its quantity."""

    value: float | None = None
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    minutes: int = 3
    """How long it is said to have lasted."""

    score: float = 1.2
    """How unusual: 1 is the threshold."""


EXAMPLES: Final[Mapping[Kind, Example]] = MappingProxyType(
    {
        Kind.OUTAGE: Example(value=0.0, expected=230.0, low=23.0, score=2.0),
        Kind.VOLTAGE_SAG: Example(value=171.4, expected=230.0, low=179.4, score=1.05),
        Kind.UNDERVOLTAGE: Example(value=202.3, expected=230.0, low=207.0, minutes=12, score=1.02),
        Kind.VOLTAGE_SWELL: Example(value=258.6, expected=230.0, high=253.0, score=1.02),
        Kind.PHASE_LOSS: Example(value=4.2, expected=230.0, low=115.0, score=2.0),
        Kind.PHASE_IMBALANCE: Example(value=18.7, expected=0.0, high=15.0, score=1.25),
        Kind.CURRENT_IMBALANCE: Example(value=64.0, expected=22.0, high=32.0, minutes=20, score=1.6),
        Kind.FREQUENCY: Example(value=50.72, expected=50.0, low=49.5, high=50.5, score=1.44),
        Kind.HARMONIC_DISTORTION: Example(value=9.6, high=8.0, minutes=14),
        Kind.SHORT_CIRCUIT: Example(value=186.0, high=60.0, minutes=1, score=1.55),
        Kind.OVERLOAD: Example(value=66.5, high=60.0, score=1.11),
        Kind.ZERO_CURRENT: Example(value=0.0, low=0.05, minutes=5, score=2.0),
        Kind.LOAD_COLLAPSE: Example(value=12.0, expected=240.0, low=110.0, minutes=5, score=2.7),
        Kind.POWER_FACTOR: Example(value=0.41, low=0.5, minutes=75),
        Kind.STUCK_LOAD: Example(value=2050.0, expected=310.0, low=200.0, high=490.0, minutes=240),
        Kind.LEAK: Example(value=340.0, expected=120.0, low=90.0, high=160.0, minutes=1500),
        Kind.HIGH_USAGE: Example(value=9800.0, high=7900.0, minutes=9, score=1.1),
        Kind.LOW_USAGE: Example(value=35.0, expected=310.0, low=120.0, minutes=2000),
        Kind.DRIFT: Example(value=260.0, expected=150.0, low=130.0, high=170.0, minutes=7200),
        Kind.LASTING_CHANGE: Example(value=1450.0, expected=310.0, low=200.0, high=490.0, minutes=7200),
        Kind.DAILY_SHAPE: Example(value=820.0, high=510.0, minutes=1440, score=1.07),
        Kind.UNUSUAL_USAGE: Example(value=3100.0, expected=420.0, low=150.0, high=1300.0),
        Kind.METER_FROZEN: Example(value=412.0, minutes=31),
        Kind.METER_SILENT: Example(score=1.0),
        Kind.TAMPER: Example(score=1.0),
        Kind.REVERSE_ENERGY: Example(value=-640.0, low=-30.0, minutes=4, score=2.0),
    }
)
"""Kind -> what it looks like."""

_SCALED: Final = ("voltage", "current")
"""Quantities whose figures follow the plate of the meter."""


def drill_findings(
    kind: Kind,
    serial: str,
    now: dt.datetime,
    *,
    circuit: str | None = None,
    severity: Severity | None = None,
    rated_voltage: float = RATED_VOLTAGE,
    max_current: float = MAX_CURRENT,
) -> tuple[Finding, Finding]:
    """What is suspected, and what is confirmed right after. ``severity``: the usual of the kind if None."""
    rule = RULES[kind]
    phase = PHASE if rule.by_phase else None
    scale = {"voltage": rated_voltage / RATED_VOLTAGE, "current": max_current / MAX_CURRENT}
    factor = 1.0
    for name in _SCALED:
        if rule.quantity in (name, f"{name}_l{PHASE}") and kind is not Kind.ZERO_CURRENT:
            factor = scale[name]
    example = EXAMPLES[kind]
    figures = {
        name: round(figure * factor, 2)
        for name in ("value", "expected", "low", "high")
        if (figure := getattr(example, name)) is not None
    }
    params: dict[str, float | str] = {**figures, "minutes": example.minutes}
    if phase is not None:
        params["phase"] = phase
    scope = Scope.INDIVIDUAL if kind in FAMILIES else Scope.UNKNOWN
    minute = int(now.timestamp()) // 60
    suspected = Finding(
        at=minute,
        serial=serial,
        circuit=circuit,
        kind=kind,
        severity=severity or rule.severity,
        state=State.SUSPECTED,
        since=minute,
        quantity=rule.quantity if phase is None else f"{rule.quantity}_l{phase}",
        phase=phase,
        score=example.score,
        compared=Compared(days=DAYS) if rule.statistical else None,
        advice=advice_of(kind, Scope.UNKNOWN, params),
        **figures,
    )
    confirmed = replace(
        suspected,
        state=State.CONFIRMED,
        scope=scope,
        confidence=1.0 if kind in FAMILIES else None,
        advice=advice_of(kind, scope, params),
    )
    return suspected, confirmed
