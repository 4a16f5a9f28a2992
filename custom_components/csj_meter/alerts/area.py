"""What befalls a whole circuit: one alert speaks for all its meters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from ..anomaly.kinds import SEVERITIES, Kind, Scope
from .alert import Alert, AlertState, area_id

GATEWAY_LOST: Final = "gateway_lost"
"""Cause of a finding that says that everything behind one gateway is silent."""

SAME_EVENT: Final = 60
"""Minutes after the last meter within which another one belongs to the same event.

Without an end, one meter whose fuse has blown in an outage would have the next outage pass for the old one,
which somebody has acknowledged long ago.
"""

_ANSWERED: Final = frozenset({AlertState.ACKNOWLEDGED, AlertState.SHELVED, AlertState.FALSE_ALARM})


def circuit_of(alert: Alert) -> str | None:
    """The circuit whose alert speaks for this one; None when it speaks for itself."""
    finding = alert.finding
    if finding.circuit is None or alert.is_area or alert.drill:
        return None
    reaches = finding.scope in (Scope.AREA, Scope.PHASE)
    return finding.circuit if reaches or GATEWAY_LOST in finding.advice.causes else None


def group_of(kind: Kind) -> Kind:
    """The kind of trouble: meters that fall silent in an outage are part of it."""
    return Kind.OUTAGE if kind is Kind.METER_SILENT else kind


def area_name(member: Alert, circuit: str) -> str:
    """Id of the alert of the circuit that a member would begin."""
    return area_id(circuit, group_of(member.kind), member.finding.since)


def is_same_event(member: Alert, members: Iterable[Alert]) -> bool:
    """Whether a meter shares what has befallen ``members``."""
    last = max((other.finding.since for other in members), default=member.finding.since)
    return member.finding.since - last <= SAME_EVENT


def with_member(area: Alert, member: Alert) -> Alert:
    """An area alert that speaks for another meter too."""
    return replace(area, members=tuple(dict.fromkeys((*area.members, member.id))))


def linked(member: Alert, area: Alert) -> Alert:
    """A member; what people have said of the circuit holds for it."""
    member = replace(member, area=area.id)
    if area.state not in _ANSWERED:
        return member
    return replace(
        member,
        state=area.state,
        acknowledged_at=area.acknowledged_at,
        acknowledged_by=area.acknowledged_by,
        shelved_until=area.shelved_until,
        shelved_at=area.shelved_at,
        shelved_by=area.shelved_by,
        chattering=area.chattering,
        false_alarm_at=area.false_alarm_at,
        false_alarm_by=area.false_alarm_by,
    )


def worst_of(members: Iterable[Alert]) -> Alert | None:
    """The worst of those that are not over, and of equal ones the first; None when all are."""
    return max(
        (member for member in members if member.is_open),
        key=lambda member: (SEVERITIES.index(member.severity), -member.finding.since),
        default=None,
    )
