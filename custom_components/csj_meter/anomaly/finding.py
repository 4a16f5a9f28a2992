"""What the engine says: one transition of one finding, with everything that a person needs to judge it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .kinds import Kind, Scope, Severity, State


class Standing(StrEnum):
    """What a neighbour did while this meter was abnormal."""

    ABNORMAL = "abnormal"
    """The same family of trouble, in the same minutes."""

    NORMAL = "normal"
    """Fresh samples, and nothing wrong with them."""

    NEWLY_SILENT = "newly_silent"
    """Fell silent in those minutes: a meter without supply does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """One neighbour, and what it showed."""

    serial: str
    """Which meter."""

    standing: Standing
    """What it did."""

    since: int
    """Minute (UTC) of the sample that shows it; for a silent one, of the last that it gave."""

    value: float | None = None
    """What it measured then, in the unit of the finding's quantity; None for a silent one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What a value was compared with."""

    days: int
    """Days of the meter's own past that say what is usual."""

    hour: int | None = None
    """Hour of the day, 0..23 by the local clock; None when it is compared with all hours alike."""

    weekday: int | None = None
    """Day of the week, 0 = Monday; None when the days of the week are not told apart."""

    workday: bool | None = None
    """Whether with workdays or with days off; None when these are not told apart."""

    minutes: int | None = None
    """Minutes over which the value was taken (a mean, a smallest one); None for a single sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What it may be and what to do, as keys of texts."""

    key: str
    """Key of the sentence that says what was seen."""

    causes: tuple[str, ...] = ()
    """Keys of what it may be, the likeliest first."""

    action: str | None = None
    """Key of what to do first."""

    params: Mapping[str, float | str] = field(default_factory=dict)
    """Values for the placeholders of these texts."""


type FindingName = tuple[str, Kind, int | None, int]
"""Serial number, kind, phase, minute of the first abnormal sample: what a finding is known by for life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One transition."""

    at: int
    """Minute (UTC, since 1970-01-01) of the sample that brought it."""

    serial: str
    """Serial number of the meter."""

    circuit: str | None = None
    """The circuit that it hangs on; None where nobody has said so."""

    kind: Kind
    """What it is."""

    severity: Severity
    """How bad."""

    state: State
    """How far it has got."""

    since: int
    """Minute of the first abnormal sample."""

    quantity: str
    """Canonical quantity that shows it."""

    scope: Scope = Scope.UNKNOWN
    """How far it reaches."""

    confidence: float | None = None
    """How sure the scope is, 0..1; None where nobody was asked."""

    phase: int | None = None
    """Phase of the meter that shows it, 1..3; None when it is about the whole meter."""

    value: float | None = None
    """What was measured, in the canonical unit of ``quantity``."""

    expected: float | None = None
    """What is usual then: nominal, or by the baseline; likewise."""

    low: float | None = None
    """From here on it is usual or allowed; None when there is no lower end."""

    high: float | None = None
    """Up to here it is usual or allowed; None when there is no upper end."""

    score: float | None = None
    """How unusual: 1 is the threshold of its kind."""

    compared: Compared | None = None
    """What it was compared with; None for rules."""

    advice: Advice
    """What it may be, and what to do."""

    witnesses: tuple[Witness, ...] = ()
    """What the neighbours showed."""


def name_of(finding: Finding) -> FindingName:
    """What a finding is known by."""
    return (finding.serial, finding.kind, finding.phase, finding.since)
