"""Which channels an alert goes to: the routing table, the scope of each channel, how far it has escalated."""

from __future__ import annotations

from collections.abc import Iterable

from .alert import Alert
from .settings import AlertSettings, Channel, Route


def channels_of(
    settings: AlertSettings, alert: Alert, member_serials: Iterable[str] = (), *, level: int | None = None
) -> list[Channel]:
    """The channels of an alert in the order of the settings, each once.

    ``member_serials``: meters of an area alert. ``level``: only what the lines of this level add; None for
    all lines up to the level that the alert has reached.
    """
    serials = frozenset(member_serials)
    asked: set[str] = set()
    for route in settings.routes:
        reached = route.level <= alert.level if level is None else route.level == level
        if reached and _fits(route, alert, serials):
            asked.update(route.channels)
    return [
        channel
        for channel in settings.channels
        if channel.id in asked and channel.covers(alert.serial, alert.circuit, serials)
    ]


def _fits(route: Route, alert: Alert, serials: frozenset[str]) -> bool:
    if alert.severity not in route.severities:
        return False
    if route.kinds and alert.kind not in route.kinds:
        return False
    if not route.meters and not route.circuits:
        return True
    if alert.circuit is not None and alert.circuit in route.circuits:
        return True
    return alert.serial in route.meters or not serials.isdisjoint(route.meters)
