"""How bad a finding is: by its kind, its size, how long its meter is known, and how far it reaches."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .channels import Channel
from .kinds import Kind, Scope, Severity
from .neighbours import Verdict

FULL_DAYS: Final = 21
"""Days after which statistical findings are what they are; before, they are information."""

CRITICAL_FROM: Final[Mapping[Kind, float]] = MappingProxyType(
    {
        Kind.VOLTAGE_SWELL: 1.2 / 1.1,  # 276 V: equipment for 230 V is not made for it
        Kind.OVERLOAD: 1.45,  # a circuit breaker trips within the hour (IEC 60898-1, 9.10.1)
        Kind.FREQUENCY: 4.0,  # EN 50160, 4.2.1: never beyond
    }
)
"""Kind -> score from which it is critical."""


WARNING_FROM: Final[Mapping[Kind, float]] = MappingProxyType({Kind.LEAK: 200.0, Kind.STUCK_LOAD: 1500.0})
"""Kind -> W above what is usual from which it is a warning; less is good to know, and no reason to get up."""


def severity_of(
    channel: Channel, score: float, excess: float | None, known_days: int, verdict: Verdict | None
) -> Severity:
    """How bad. ``excess``: by how much the value exceeds what is expected; None where that is not known."""
    rule = channel.rule
    if rule.statistical and known_days < FULL_DAYS:
        return Severity.INFO
    if excess is not None and excess < WARNING_FROM.get(channel.kind, excess):
        return Severity.INFO
    if channel.kind is Kind.METER_SILENT and verdict is not None and verdict.scope is not Scope.INDIVIDUAL:
        # meters are fed by what they measure: several that fall silent at once are an outage
        outage = verdict.scope in (Scope.AREA, Scope.PHASE) and not verdict.gateway_lost
        return Severity.CRITICAL if outage else Severity.WARNING
    if score >= CRITICAL_FROM.get(channel.kind, float("inf")):
        return Severity.CRITICAL
    return rule.severity
