"""How far back the past goes that a finding is compared with: who moved in later did not live all of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .finding import Finding
from .kinds import Kind
from .load_memory import DAYS, HOURS
from .load_scores import DRIFT_DAYS, DRIFT_LAG, MONTH
from .local_time import DAY, HOUR
from .rules import RULES

_LONGER: Final[Mapping[Kind, int]] = MappingProxyType(
    {
        Kind.DRIFT: (MONTH + DRIFT_LAG + DRIFT_DAYS + 1) * DAY,
        Kind.DAILY_SHAPE: DAYS * DAY,  # a month of days, each of which was compared with the weeks before it
    }
)

LOOKS_BACK: Final[Mapping[Kind, int]] = MappingProxyType(
    {kind: _LONGER.get(kind, HOURS * HOUR) for kind, rule in RULES.items() if rule.statistical}
)
"""Kind that compares a meter with its own past -> how many minutes of it at most."""


def looks_back_beyond(finding: Finding, minute: int) -> bool:
    """Whether a finding is compared with something that was before a minute (UTC)."""
    span = LOOKS_BACK.get(finding.kind)
    return span is not None and finding.since - span < minute
