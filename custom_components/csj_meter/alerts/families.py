"""Kinds of alerts by what people look at, and which of them somebody at the site can act on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from ..anomaly.kinds import Kind, Scope
from ..anomaly.rules import RULES, Rule
from .alert import Alert
from .area import GATEWAY_LOST


class ProblemFamily(StrEnum):
    """What is not as it should be, in the words of whoever repairs it; every kind belongs to one."""

    VOLTAGE = "voltage"
    """What is supplied."""

    BALANCE = "balance"
    """How it is spread over the three phases."""

    CURRENT = "current"
    """What wires and meter have to carry."""

    LOAD = "load"
    """What is used or fed back, and when."""

    COMMUNICATION = "communication"
    """Whether the meter can be heard and believed."""


PROBLEM_FAMILIES: Final[Mapping[Kind, ProblemFamily]] = MappingProxyType(
    {
        Kind.OUTAGE: ProblemFamily.VOLTAGE,
        Kind.VOLTAGE_SAG: ProblemFamily.VOLTAGE,
        Kind.UNDERVOLTAGE: ProblemFamily.VOLTAGE,
        Kind.VOLTAGE_SWELL: ProblemFamily.VOLTAGE,
        Kind.FREQUENCY: ProblemFamily.VOLTAGE,
        Kind.HARMONIC_DISTORTION: ProblemFamily.VOLTAGE,
        Kind.PHASE_LOSS: ProblemFamily.BALANCE,
        Kind.PHASE_IMBALANCE: ProblemFamily.BALANCE,
        Kind.CURRENT_IMBALANCE: ProblemFamily.BALANCE,
        Kind.SHORT_CIRCUIT: ProblemFamily.CURRENT,
        Kind.OVERLOAD: ProblemFamily.CURRENT,
        Kind.ZERO_CURRENT: ProblemFamily.CURRENT,
        Kind.POWER_FACTOR: ProblemFamily.CURRENT,
        Kind.LOAD_COLLAPSE: ProblemFamily.LOAD,
        Kind.STUCK_LOAD: ProblemFamily.LOAD,
        Kind.LEAK: ProblemFamily.LOAD,
        Kind.HIGH_USAGE: ProblemFamily.LOAD,
        Kind.LOW_USAGE: ProblemFamily.LOAD,
        Kind.DRIFT: ProblemFamily.LOAD,
        Kind.LASTING_CHANGE: ProblemFamily.LOAD,
        Kind.DAILY_SHAPE: ProblemFamily.LOAD,
        Kind.UNUSUAL_USAGE: ProblemFamily.LOAD,
        Kind.REVERSE_ENERGY: ProblemFamily.LOAD,
        Kind.METER_FROZEN: ProblemFamily.COMMUNICATION,
        Kind.METER_SILENT: ProblemFamily.COMMUNICATION,
        Kind.TAMPER: ProblemFamily.COMMUNICATION,  # what an opened meter says is worth no more
    }
)
"""Kind -> its family."""

ALWAYS: Final = frozenset(Scope)
"""Whatever it reaches: it is about the home's own loads and wires, or about the meter."""

AT_THE_METER: Final = frozenset({Scope.INDIVIDUAL, Scope.UNKNOWN})
"""Unless neighbours have it as well: then the network operator must act, and nobody here can."""

NEVER: Final = frozenset[Scope]()
"""It is the network's, or there is nothing to be done but to know of it."""

ACTIONABLE: Final[Mapping[Kind, frozenset[Scope]]] = MappingProxyType(
    {
        Kind.OUTAGE: AT_THE_METER,
        Kind.VOLTAGE_SAG: AT_THE_METER,
        Kind.UNDERVOLTAGE: NEVER,
        Kind.VOLTAGE_SWELL: AT_THE_METER,
        Kind.PHASE_LOSS: AT_THE_METER,
        Kind.PHASE_IMBALANCE: AT_THE_METER,
        Kind.CURRENT_IMBALANCE: ALWAYS,
        Kind.FREQUENCY: NEVER,
        Kind.HARMONIC_DISTORTION: ALWAYS,
        Kind.SHORT_CIRCUIT: ALWAYS,
        Kind.OVERLOAD: ALWAYS,
        Kind.ZERO_CURRENT: ALWAYS,
        Kind.LOAD_COLLAPSE: ALWAYS,
        Kind.POWER_FACTOR: ALWAYS,
        Kind.STUCK_LOAD: ALWAYS,
        Kind.LEAK: ALWAYS,
        Kind.HIGH_USAGE: ALWAYS,
        Kind.LOW_USAGE: ALWAYS,
        Kind.DRIFT: ALWAYS,
        Kind.LASTING_CHANGE: NEVER,
        Kind.DAILY_SHAPE: ALWAYS,
        Kind.UNUSUAL_USAGE: NEVER,
        Kind.METER_FROZEN: ALWAYS,
        Kind.METER_SILENT: AT_THE_METER,
        Kind.TAMPER: ALWAYS,
        Kind.REVERSE_ENERGY: ALWAYS,
    }
)
"""Kind -> the scopes in which somebody at the site can do something about it."""


def is_actionable(alert: Alert) -> bool:
    """Whether somebody at the site can do something about an alert."""
    if GATEWAY_LOST in alert.finding.advice.causes:
        return True  # a whole circuit is silent, but it is a gateway that has to be looked at
    scope = Scope.AREA if alert.is_area else alert.finding.scope
    return scope in ACTIONABLE[alert.kind]


def families_of(quantities: Collection[str], phases: int) -> list[ProblemFamily]:
    """The families of which anything can be found on a meter with these quantities and phases."""
    found = {PROBLEM_FAMILIES[rule.kind] for rule in RULES.values() if _is_found(rule, quantities, phases)}
    return [family for family in ProblemFamily if family in found]


def _is_found(rule: Rule, quantities: Collection[str], phases: int) -> bool:
    return rule.phases <= phases and all(
        need in quantities or f"{need}_l1" in quantities for need in rule.needs
    )
