"""The one table of what is looked for: condition, threshold, confirmation and severity of every kind.

A score of 1 is the threshold; below ``clears_at`` a confirmed finding counts as normal again. Sources of the
definitions:

- EN 50160:2010, 3.x and 4.x: supply voltage variations ±10 % (4.2.2), frequency 50 Hz ±1 %, never outside
  +4/-6 % (4.2.1), unbalance (4.2.4), THD up to order 40 at most 8 % (4.2.5), interruption below 5 % of the
  reference.
- IEC 61000-4-30:2015, 5.4 dip and swell with a hysteresis of typically 2 % of the declared voltage, 5.5
  interruption, 5.7 unbalance. A dip lasts up to a minute there; what a value a minute can show is a lasting
  undervoltage, so that ``voltage_sag`` here means: below 0.78 of nominal in ``confirm`` samples in a row.
- NEMA MG 1-14.36: unbalance is the largest deviation from the mean, divided by the mean. The form with
  symmetrical components needs angles that these meters do not tell.
- IEEE 519-2022, table 1: voltage THD at most 8 % up to 1 kV.
- IEEE 1159-2019: interruption below 10 % of nominal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from .kinds import Kind, Severity

THIRD_SAMPLE: Final = 3
"""Abnormal samples in a row that confirm, where a kind has no reason for another number."""

HYSTERESIS: Final = 1 / 1.02
"""2 % on the way back: IEC 61000-4-30, 5.4.1."""

HALF: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How one kind is found."""

    kind: Kind
    """What it is."""

    quantity: str
    """Canonical quantity that shows it; of a phase, without its number."""

    by_phase: bool = False
    """Whether each phase is looked at by itself."""

    threshold: float
    """The default; what it means is said in the translations."""

    low: float
    """Smallest threshold that makes sense."""

    high: float
    """Largest one."""

    confirm: int = THIRD_SAMPLE
    """Abnormal samples in a row that confirm it."""

    hold: int = 0
    """Minutes that it must have lasted besides."""

    clear: int = THIRD_SAMPLE
    """Normal samples in a row that end it."""

    clear_hold: int = 0
    """Minutes that it must have been normal besides."""

    clears_at: float = HYSTERESIS
    """Below this score a sample counts as normal once it was confirmed."""

    severity: Severity
    """How bad it is as a rule; ``classification`` may say otherwise."""

    statistical: bool = False
    """Whether it is judged by the meter's own past: silent while that is short."""

    phases: int = 1
    """Phases that a meter needs."""

    needs: tuple[str, ...] = ()
    """Quantities without which it cannot be found (of a phase, without its number)."""

    enabled: bool = True
    """Whether it is looked for unless somebody says otherwise."""


_TABLE: Final = (
    Rule(
        kind=Kind.OUTAGE,
        quantity="voltage_l1",
        threshold=0.1,
        low=0.01,
        high=0.5,
        severity=Severity.CRITICAL,
        needs=("voltage",),
    ),
    Rule(
        kind=Kind.VOLTAGE_SAG,
        quantity="voltage",
        by_phase=True,
        threshold=0.78,
        low=0.5,
        high=0.95,
        severity=Severity.CRITICAL,
        needs=("voltage",),
    ),
    Rule(
        kind=Kind.UNDERVOLTAGE,
        quantity="voltage",
        by_phase=True,
        threshold=0.9,
        low=0.6,
        high=1.0,
        hold=10,
        clear_hold=10,
        severity=Severity.INFO,
        needs=("voltage",),
    ),
    Rule(
        kind=Kind.VOLTAGE_SWELL,
        quantity="voltage",
        by_phase=True,
        threshold=1.1,
        low=1.02,
        high=1.5,
        severity=Severity.WARNING,
        needs=("voltage",),
    ),
    Rule(
        kind=Kind.PHASE_LOSS,
        quantity="voltage",
        by_phase=True,
        threshold=0.5,
        low=0.1,
        high=0.7,
        severity=Severity.CRITICAL,
        phases=3,
        needs=("voltage",),
    ),
    Rule(
        kind=Kind.PHASE_IMBALANCE,
        quantity="voltage_unbalance",
        threshold=15.0,
        low=1.0,
        high=100.0,
        severity=Severity.CRITICAL,
        phases=3,
        needs=("voltage",),
    ),
    Rule(
        kind=Kind.CURRENT_IMBALANCE,
        quantity="current_unbalance",
        threshold=15.0,
        low=5.0,
        high=200.0,
        hold=15,
        clear_hold=15,
        severity=Severity.WARNING,
        statistical=True,
        phases=3,
        needs=("current",),
    ),
    Rule(
        kind=Kind.FREQUENCY,
        quantity="frequency",
        threshold=1.0,
        low=0.1,
        high=10.0,
        severity=Severity.WARNING,
        needs=("frequency",),
    ),
    Rule(
        kind=Kind.HARMONIC_DISTORTION,
        quantity="voltage_thd",
        by_phase=True,
        threshold=8.0,
        low=1.0,
        high=50.0,
        hold=10,
        clear_hold=10,
        severity=Severity.WARNING,
        needs=("voltage_thd",),
    ),
    Rule(
        kind=Kind.SHORT_CIRCUIT,
        quantity="current",
        by_phase=True,
        threshold=2.0,
        low=1.2,
        high=20.0,
        confirm=1,  # a fuse lets nobody see a second sample
        clear_hold=5,
        severity=Severity.CRITICAL,
        needs=("current", "voltage"),
    ),
    Rule(
        kind=Kind.OVERLOAD,
        quantity="current",
        by_phase=True,
        threshold=1.0,
        low=0.1,
        high=2.0,
        severity=Severity.WARNING,
        needs=("current",),
    ),
    Rule(
        kind=Kind.ZERO_CURRENT,
        quantity="current_l1",
        threshold=0.05,
        low=0.001,
        high=10.0,
        severity=Severity.CRITICAL,
        needs=("current", "voltage"),
    ),
    Rule(
        kind=Kind.LOAD_COLLAPSE,
        quantity="active_power",
        threshold=0.3,
        low=0.05,
        high=0.9,
        severity=Severity.CRITICAL,
        statistical=True,
        needs=("active_power",),
    ),
    Rule(
        kind=Kind.POWER_FACTOR,
        quantity="power_factor",
        threshold=0.5,
        low=0.1,
        high=0.99,
        hold=60,
        clear_hold=60,
        severity=Severity.INFO,
        needs=("power_factor", "active_power"),
    ),
    Rule(
        kind=Kind.STUCK_LOAD,
        quantity="active_power",
        threshold=1.0,
        low=0.3,
        high=10.0,
        clear_hold=60,
        clears_at=HALF,
        severity=Severity.WARNING,
        statistical=True,
        needs=("active_power",),
    ),
    Rule(
        kind=Kind.LEAK,
        quantity="active_power",
        threshold=1.0,
        low=0.3,
        high=10.0,
        clear_hold=180,
        clears_at=0.7,
        severity=Severity.WARNING,
        statistical=True,
        needs=("active_power",),
    ),
    Rule(
        kind=Kind.HIGH_USAGE,
        quantity="active_power",
        threshold=1.12,
        low=1.01,
        high=10.0,
        clear_hold=15,
        clears_at=0.8,
        severity=Severity.WARNING,
        statistical=True,
        needs=("active_power",),
    ),
    Rule(
        kind=Kind.LOW_USAGE,
        quantity="active_power",
        threshold=1.0,
        low=0.3,
        high=10.0,
        clear_hold=1440,  # two quiet days with a visit between them are one absence
        clears_at=HALF,
        severity=Severity.INFO,
        statistical=True,
        needs=("active_power",),
    ),
    Rule(
        kind=Kind.DRIFT,
        quantity="active_power",
        threshold=1.0,
        low=0.3,
        high=10.0,
        clear_hold=1440,
        clears_at=0.7,
        severity=Severity.INFO,
        statistical=True,
        needs=("active_power",),
    ),
    Rule(
        kind=Kind.LASTING_CHANGE,
        quantity="active_power",
        threshold=5.0,
        low=1.0,
        high=60.0,
        confirm=1,
        clear=1,
        severity=Severity.INFO,
        statistical=True,
        needs=("active_power",),
    ),
    Rule(
        kind=Kind.DAILY_SHAPE,
        quantity="active_power",
        threshold=1.5,
        low=1.05,
        high=10.0,
        severity=Severity.INFO,
        statistical=True,
        needs=("active_power",),
    ),
    Rule(
        kind=Kind.UNUSUAL_USAGE,
        quantity="active_power",
        threshold=3.0,
        low=1.0,
        high=20.0,
        severity=Severity.INFO,
        statistical=True,
        needs=("active_power",),
        enabled=False,
    ),
    Rule(
        kind=Kind.METER_FROZEN,
        quantity="active_power",
        threshold=1.2,
        low=1.01,
        high=10.0,
        clear=1,
        severity=Severity.WARNING,
        needs=("active_power",),
    ),
    Rule(
        kind=Kind.METER_SILENT,
        quantity="active_power",
        threshold=3.0,
        low=2.0,
        high=1440.0,
        confirm=1,
        clear=1,
        severity=Severity.WARNING,
    ),
    Rule(
        kind=Kind.TAMPER,
        quantity="status",
        threshold=1.0,
        low=1.0,
        high=1.0,
        confirm=1,
        clear=1,
        severity=Severity.WARNING,
        needs=("status",),
    ),
    Rule(
        kind=Kind.REVERSE_ENERGY,
        quantity="active_power",
        threshold=30.0,
        low=1.0,
        high=100_000.0,
        clear_hold=60,
        severity=Severity.WARNING,
        needs=("active_power",),
    ),
)

RULES: Final[Mapping[Kind, Rule]] = MappingProxyType({rule.kind: rule for rule in _TABLE})
"""Kind -> how it is found, in the order of ``Kind``."""
