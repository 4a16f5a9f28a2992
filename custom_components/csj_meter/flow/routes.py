"""The routing table as two forms show it: the simple lines, which go by severity only, and special rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from ..alerts.settings import AlertSettings, AlertSettingsError, Channel, Route
from ..anomaly.kinds import Severity
from .words import Words

LEVEL: Final = "alert_level"
"""Selector in the translations: how far an alert has escalated."""

SIMPLE: Final[Mapping[str, tuple[Severity, int]]] = MappingProxyType(
    {
        "critical": (Severity.CRITICAL, 0),
        "critical_escalated": (Severity.CRITICAL, 1),
        "critical_escalated_again": (Severity.CRITICAL, 2),
        "warning": (Severity.WARNING, 0),
    }
)
"""Field of the simple form -> severity and level."""


def is_for_all(route: Route) -> bool:
    """Whether a line asks for nothing but severity and level."""
    return not (route.kinds or route.meters or route.circuits)


def is_simple(route: Route) -> bool:
    """Whether the simple form shows a line, whole."""
    return is_for_all(route) and all(
        (severity, route.level) in SIMPLE.values() for severity in route.severities
    )


def simple_channels(alerts: AlertSettings, name: str) -> list[str]:
    """The channels of a field of the simple form."""
    severity, level = SIMPLE[name]
    asked = {
        channel
        for route in alerts.routes
        if is_simple(route) and severity in route.severities and route.level == level
        for channel in route.channels
    }
    return [channel.id for channel in alerts.channels if channel.id in asked]


def with_simple(alerts: AlertSettings, asked: Mapping[str, Sequence[str]]) -> AlertSettings:
    """The same with other simple lines."""
    simple = tuple(
        Route(severities=(severity,), level=level, channels=tuple(asked[name]))
        for name, (severity, level) in SIMPLE.items()
        if asked.get(name)
    )
    return replace(alerts, routes=(*simple, *rules_of(alerts)))


def rules_of(alerts: AlertSettings) -> list[Route]:
    """The special rules."""
    return [route for route in alerts.routes if not is_simple(route)]


def with_rule(alerts: AlertSettings, rule: Route, *, instead_of: Route | None) -> AlertSettings:
    """The same with one more rule, or another one. Raises AlertSettingsError."""
    if not rule.channels:
        raise AlertSettingsError("channels", "empty")
    if is_simple(rule):
        raise AlertSettingsError("kinds", "rule_for_all")
    others = list(alerts.routes)
    if instead_of is not None:
        if instead_of not in others:
            raise AlertSettingsError("rule", "rule_gone")
        others[others.index(instead_of)] = rule
    else:
        others.append(rule)
    return replace(alerts, routes=tuple(others))


def without_rule(alerts: AlertSettings, rule: Route) -> AlertSettings:
    """The same without a rule; it may be gone already."""
    return replace(alerts, routes=tuple(route for route in alerts.routes if route != rule))


def with_channel(alerts: AlertSettings, channel: Channel, *, new: bool) -> AlertSettings:
    """The same with one more channel, or with another one of the same id. Raises AlertSettingsError."""
    if new:
        return replace(alerts, channels=(*alerts.channels, channel))
    if alerts.channel(channel.id) is None:
        raise AlertSettingsError("channels", "unknown_channel")
    return replace(
        alerts, channels=tuple(channel if one.id == channel.id else one for one in alerts.channels)
    )


def without_channel(alerts: AlertSettings, channel_id: str) -> AlertSettings:
    """The same without a channel, wherever it stands; it may be gone already.

    A line that goes to nobody then goes as well.
    """
    routes = (
        replace(route, channels=tuple(one for one in route.channels if one != channel_id))
        for route in alerts.routes
    )
    return replace(
        alerts,
        channels=tuple(
            replace(channel, fallback=None) if channel.fallback == channel_id else channel
            for channel in alerts.channels
            if channel.id != channel_id
        ),
        routes=tuple(route for route in routes if route.channels),
        summary=replace(
            alerts.summary, channels=tuple(one for one in alerts.summary.channels if one != channel_id)
        ),
    )


def uses_of(alerts: AlertSettings, channel_id: str, words: Words, names: Mapping[str, str]) -> list[str]:
    """Where a channel stands, in words."""
    simple = [words.field("routing", name) for name in SIMPLE if channel_id in simple_channels(alerts, name)]
    rules = [
        words.phrase("rule", rule=told(rule, alerts, words, names))
        for rule in rules_of(alerts)
        if channel_id in rule.channels
    ]
    stands_in = [
        words.phrase("stands_in", channel=channel.name)
        for channel in alerts.channels
        if channel.fallback == channel_id
    ]
    summary = [words.phrase("summary")] if channel_id in alerts.summary.channels else []
    return [*simple, *rules, *stands_in, *summary]


def told(rule: Route, alerts: AlertSettings, words: Words, names: Mapping[str, str]) -> str:
    """A rule in one line. ``names``: serial number -> what people call the meter."""
    where = [*(names.get(serial, serial) for serial in rule.meters), *rule.circuits]
    parts = [
        words.severities(rule.severities),
        words.kinds(rule.kinds),
        ", ".join(where),
        words.option(LEVEL, str(rule.level)) if rule.level else "",
    ]
    channels = [channel.name for channel in alerts.channels if channel.id in rule.channels]
    return f"{' · '.join(filter(None, parts))} → {', '.join(channels)}"
