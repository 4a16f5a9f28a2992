"""Findings as the engine tells them, in few words."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from custom_components.csj_meter.anomaly.advice import advice_of
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State

START: Final = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
"""A Monday."""


def minute_of(moment: dt.datetime) -> int:
    """Whole minutes since 1970-01-01 UTC."""
    return int(moment.timestamp()) // 60


def at(minutes: float) -> dt.datetime:
    """So many minutes after the start."""
    return START + dt.timedelta(minutes=minutes)


def found(
    serial: str = "A",
    state: State = State.CONFIRMED,
    *,
    kind: Kind = Kind.VOLTAGE_SAG,
    severity: Severity = Severity.CRITICAL,
    scope: Scope = Scope.INDIVIDUAL,
    since: int = 0,
    minute: int = 2,
    circuit: str | None = "street",
    **others: Any,
) -> Finding:
    """A finding; ``since`` and ``minute`` count from the start."""
    start = minute_of(START)
    facts: dict[str, Any] = {"quantity": "voltage_l1", "phase": 1, "value": 171.0, "low": 180.0} | others
    return Finding(
        at=start + minute,
        serial=serial,
        circuit=circuit,
        kind=kind,
        severity=severity,
        state=state,
        since=start + since,
        scope=scope,
        advice=advice_of(kind, scope, {"value": 171.0, "minutes": minute - since}),
        **facts,
    )
