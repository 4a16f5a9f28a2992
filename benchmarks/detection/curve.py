"""Recall against false alarms: our engine with all statistical thresholds raised and lowered together."""

from __future__ import annotations

from collections.abc import Sequence

from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.anomaly.settings import Settings, Tuning

from .faults import Event
from .homes import Homes, Loads
from .ours import Outcome, measure

SCALED = (Kind.STUCK_LOAD, Kind.LEAK, Kind.LOW_USAGE, Kind.DRIFT)

FACTORS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.25, 1.5, 2.0)
"""Beside 1, which is measured anyway."""


def outcomes(homes: Homes, copies: Loads, events: Sequence[Event], warm_up: int) -> dict[float, Outcome]:
    """Factor of the thresholds -> what was found with it."""
    found = {}
    for factor in FACTORS:
        settings = Settings(site={kind: Tuning(threshold=factor) for kind in SCALED})
        found[factor] = measure(homes, copies, events, warm_up, settings=settings)
    return found
