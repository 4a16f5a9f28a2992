"""The words of this floor: kinds of findings, how bad they are, how far they reach, and their families."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Kind(StrEnum):
    """What can be found; the order is that of documents and settings."""

    OUTAGE = "outage"
    VOLTAGE_SAG = "voltage_sag"
    UNDERVOLTAGE = "undervoltage"
    VOLTAGE_SWELL = "voltage_swell"
    PHASE_LOSS = "phase_loss"
    PHASE_IMBALANCE = "phase_imbalance"
    CURRENT_IMBALANCE = "current_imbalance"
    FREQUENCY = "frequency"
    HARMONIC_DISTORTION = "harmonic_distortion"
    SHORT_CIRCUIT = "short_circuit"
    OVERLOAD = "overload"
    ZERO_CURRENT = "zero_current"
    LOAD_COLLAPSE = "load_collapse"
    POWER_FACTOR = "power_factor"
    STUCK_LOAD = "stuck_load"
    LEAK = "leak"
    HIGH_USAGE = "high_usage"
    LOW_USAGE = "low_usage"
    DRIFT = "drift"
    LASTING_CHANGE = "lasting_change"
    DAILY_SHAPE = "daily_shape"
    UNUSUAL_USAGE = "unusual_usage"
    METER_FROZEN = "meter_frozen"
    METER_SILENT = "meter_silent"
    TAMPER = "tamper"
    REVERSE_ENERGY = "reverse_energy"


class Severity(StrEnum):
    """How bad it is."""

    CRITICAL = "critical"
    """Likely an outage or a short circuit: somebody must act now."""

    WARNING = "warning"
    """Possibly an overload, a leak or a broken meter: somebody should look."""

    INFO = "info"
    """A change of behaviour: good to know."""


SEVERITIES: Final = (Severity.INFO, Severity.WARNING, Severity.CRITICAL)
"""From the mildest on; their places are what is stored."""


def is_worse(severity: Severity, than: Severity) -> bool:
    """Whether one is worse than another."""
    return SEVERITIES.index(severity) > SEVERITIES.index(than)


class State(StrEnum):
    """How far a finding has got."""

    SUSPECTED = "suspected"
    """The first abnormal sample."""

    CONFIRMED = "confirmed"
    """As many in a row as its kind asks for. Said once more when scope or severity change afterwards."""

    CLEARED = "cleared"
    """As many normal ones in a row; also when it was only suspected."""


class Scope(StrEnum):
    """How far it reaches, as far as the neighbours on the same circuit can tell."""

    INDIVIDUAL = "individual"
    """This meter alone."""

    AREA = "area"
    """The whole circuit."""

    PHASE = "phase"
    """One phase of the circuit."""

    UNKNOWN = "unknown"
    """Nobody can tell, or nobody was asked: neighbours say nothing about somebody's own load."""


class Family(StrEnum):
    """Kinds that neighbours on the same circuit may share, because they share the cause."""

    VOLTAGE = "voltage"
    OUTAGE = "outage"
    BALANCE = "balance"


FAMILIES: Final = MappingProxyType(
    {
        Kind.OUTAGE: Family.OUTAGE,
        Kind.METER_SILENT: Family.OUTAGE,
        Kind.VOLTAGE_SAG: Family.VOLTAGE,
        Kind.UNDERVOLTAGE: Family.VOLTAGE,
        Kind.VOLTAGE_SWELL: Family.VOLTAGE,
        Kind.PHASE_LOSS: Family.BALANCE,
        Kind.PHASE_IMBALANCE: Family.BALANCE,
    }
)
"""Kind -> its family; kinds that are not here are everybody's own."""
