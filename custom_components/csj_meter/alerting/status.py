"""Who is told of alerts inside Home Assistant, and how delivery does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ..const import DOMAIN

SIGNAL_ALERT_EVENTS: Final = f"{DOMAIN}_alert_events"
"""Sent when something has happened to alerts, after it was kept; argument: the list of ``AlertEvent``."""

SIGNAL_ALERTS: Final = f"{DOMAIN}_alerts"
"""Sent without arguments when alerts or work orders are other than before."""

EVENT_ALERT: Final = f"{DOMAIN}_alert"
"""Event of Home Assistant's bus; see docs/events.md."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertingStatus:
    """How it stands."""

    open: int = 0
    """Alerts that are suspected or active."""

    active: int = 0
    """Alerts that are confirmed and not over."""

    waiting: int = 0
    """Messages that are not delivered yet."""

    failing: Mapping[str, str] = field(default_factory=dict)
    """Name of a channel that does not work -> what it met."""

    unwritten: int = 0
    """Changes that could not be kept on disk so far."""
