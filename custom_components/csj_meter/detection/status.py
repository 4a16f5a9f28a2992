"""What the engine has to say, as entities and diagnostics show it, and who is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from ..anomaly.baseline import Expected
from ..anomaly.engine import SILENT_DAYS
from ..anomaly.finding import Finding
from ..anomaly.kinds import Kind
from ..const import DOMAIN

SIGNAL_FINDINGS: Final = f"{DOMAIN}_findings"
"""Sent when something was found, got worse or is over; argument: the list of ``Finding``."""

SIGNAL_DETECTION: Final = f"{DOMAIN}_detection"
"""Sent without arguments when the views of the meters are new: once a minute, and with new settings."""


class Stage(StrEnum):
    """How far detection has got."""

    STARTING = "starting"
    """What was kept is read, and what has happened since."""

    REBUILDING = "rebuilding"
    """Nothing was kept that could be used: it is learnt anew from the measurements of the last month."""

    WATCHING = "watching"
    """Every minute is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterView:
    """What is known of one meter."""

    watched: bool = False
    """Whether anything is looked for."""

    expected: Expected | None = None
    """What is usual in this hour; None while that is not known."""

    scores: Mapping[Kind, float] = field(default_factory=dict)
    """Kind -> how unusual the newest minute was; 1 is the threshold."""

    known_days: int | None = None
    """Days of the last month that are known of it; None before the engine is ready."""

    findings: tuple[Finding, ...] = ()
    """What is suspected or confirmed now."""

    @property
    def is_learning(self) -> bool:
        """Whether its own past is still too short to say what is unusual."""
        return self.known_days is None or self.known_days < SILENT_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionStatus:
    """How detection itself does."""

    stage: Stage = Stage.STARTING
    """How far it has got."""

    progress: float | None = None
    """Share of the past that has been read, 0..1; None while nothing of it is."""

    meters: int = 0
    """Meters that are watched."""

    unwatched: int = 0
    """Meters that are not: switched off, or of a bridge that is."""

    known_days: tuple[int, ...] = ()
    """Days known of each meter, fewest first."""

    seconds: float = 0.0
    """How long the last minute took."""

    memory_bytes: int = 0
    """What the engine takes in memory."""

    saved_bytes: int | None = None
    """What it took on disk when it was saved last; None when it was not since the start."""

    waiting: int = 0
    """Minutes that wait to be looked at."""

    owes_past: bool = False
    """Whether the past is still to be read, because the database could not be."""
