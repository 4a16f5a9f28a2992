"""The rows of the table of scores, one for a kind or for each of its phases, and what is set of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..meters.quantities import PHASES
from .kinds import Kind
from .memory import Bools, Floats, Ints
from .meter import WatchedMeter
from .rules import RULES, Rule
from .settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One row."""

    rule: Rule
    """How its kind is found."""

    phase: int | None = None
    """Phase, 1..3; None where it is about the whole meter."""

    @property
    def kind(self) -> Kind:
        """What it finds."""
        return self.rule.kind

    @property
    def quantity(self) -> str:
        """Canonical quantity that shows it."""
        return self.rule.quantity if self.phase is None else f"{self.rule.quantity}_l{self.phase}"


CHANNELS: Final = tuple(
    Channel(rule=rule, phase=phase)
    for rule in RULES.values()
    for phase in (PHASES if rule.by_phase else (None,))
)
"""All of them, in the order of their rows."""

FIRST: Final[Mapping[Kind, int]] = {
    kind: next(row for row, channel in enumerate(CHANNELS) if channel.kind is kind) for kind in RULES
}
"""Kind -> its first row."""


def rows_of_kind(kind: Kind) -> slice:
    """The rows of a kind: one, or one for each phase."""
    return slice(FIRST[kind], FIRST[kind] + (len(PHASES) if RULES[kind].by_phase else 1))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limits:
    """What is set, for all meters."""

    threshold: Mapping[Kind, Floats]
    """Kind -> threshold of each meter."""

    confirm: Ints
    """Abnormal samples in a row, shape (channels, meters)."""

    looked_for: Bools
    """Whether the meter is watched for it, likewise."""

    @classmethod
    def of(cls, meters: Sequence[WatchedMeter], settings: Settings) -> Limits:
        """What ``settings`` say of ``meters``."""
        threshold = {kind: np.empty(len(meters)) for kind in RULES}
        confirm = np.empty((len(CHANNELS), len(meters)), np.int64)
        looked_for = np.zeros((len(CHANNELS), len(meters)), np.bool_)
        for column, meter in enumerate(meters):
            for kind, rule in RULES.items():
                tuning = settings.of(kind, meter.serial, meter.circuit)
                rows = rows_of_kind(kind)
                threshold[kind][column] = tuning.threshold
                confirm[rows, column] = tuning.confirm
                looked_for[rows, column] = (
                    bool(tuning.enabled)
                    and meter.serial not in settings.unwatched
                    and meter.phases >= rule.phases
                )
        return cls(threshold=threshold, confirm=confirm, looked_for=looked_for)
