"""How far a trouble reaches: a vote of the meters on the same circuit.

Each neighbour was hit by the same cause or was not, and that makes what it showed more or less likely. The
logs of these ratios add up, so the vote weighs instead of counting: one that measured the trouble says more
than one that fell silent. Whether the link is lost is looked at first: a lost link looks like an outage.

Three claims, each made only when it is likely enough: the trouble is this meter's alone; it is one phase's;
it is the area's, which means "not this meter's alone" and so includes a phase that nobody can name. A false
alarm for a whole street costs more than a verdict left open, so the area has to exclude chance as well.

The caller says who the neighbours are; ``standing_of`` says what each of them did.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, exp, fsum, log
from types import MappingProxyType
from typing import Final

from .finding import Standing, Witness
from .kinds import Family, Scope
from .meter import FeederPhase

PRIOR: Final[Mapping[Scope, float]] = MappingProxyType(
    {Scope.INDIVIDUAL: 0.7, Scope.AREA: 0.2, Scope.PHASE: 0.1}
)
"""How likely each is before anybody is asked: most troubles end at the meter's own fuse."""

MISSED: Final = 0.05
"""Share of the neighbours of a real area event that do not show it: fed from elsewhere, or at its edge."""

FELL_SILENT: Final = 0.05
"""Chance that a meter falls silent in the window for reasons of its own: a noisy line, a restart."""

COINCIDENCE: Final = 0.01
"""Chance that a meter shows the same family of trouble in the same minutes for reasons of its own."""

SILENCED_BY_VOLTAGE: Final = 0.06
"""Share of meters that bad voltage silences: hardly more than chance does, their supplies take a lot."""

OWN_SUPPLY: Final = 0.1
"""Share of the meters in an outage that can still tell of it; the others are fed by what they measure."""

SHOWN_ELSEWHERE: Final = 0.05
"""Chance that a three-phase meter shows a trouble of all phases on some only, or of one on all of them."""

SHOWN_ALONE: Final = 0.5
"""Chance that a three-phase meter shows a trouble of its own on some phases only: one fuse, or all."""

LIKELY: Final = 0.8
"""A claim needs at least this posterior."""

CHANCE: Final = 0.01
"""The area, and a phase that nobody labelled, need "this meter alone" to be no likelier than this.

Two of three that measured it pass (0.5 %), two of five do not (2 %): among many, two coincide."""

AGREEING: Final = 2
"""So many must agree to claim the area, where more than one was asked."""

LONE: Final = 0.9
"""A claim on the word of a single neighbour is never surer than this, and needs it to be the area.

So one that measured the same is enough, and one that fell silent is not: it may have done so by itself."""

SHORTEST_WINDOW: Final = 90.0
"""Seconds; clocks of bridges and the second of the sample differ by that much at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The trouble of one meter that its neighbours are asked about."""

    family: Family
    """Of its kind."""

    onset: int
    """Minute (UTC, since 1970-01-01) of the first abnormal sample; of a silent meter, the first without."""

    silent: bool = False
    """The trouble is that the meter says nothing, so that its link may be the cause."""

    bridge: str = ""
    """What it is read through."""

    phase: FeederPhase = FeederPhase.UNKNOWN
    """Where it hangs."""

    partly: bool | None = None
    """Whether a three-phase meter shows it on some of its phases only; None when that says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another meter, and what it did around the onset."""

    serial: str
    """Which meter."""

    standing: Standing | None
    """What it did; None when that is no evidence, such as silence that is older."""

    since: int
    """Minute (UTC) of the sample that shows it; for a silent one, of the last that it gave."""

    value: float | None = None
    """What it measured then; None for a silent one."""

    bridge: str = ""
    """What it is read through."""

    phase: FeederPhase = FeederPhase.UNKNOWN
    """Where it hangs."""

    partly: bool | None = None
    """Whether a three-phase meter shows it on some of its phases only; None when that says nothing."""

    doubted: bool = False
    """What it says is in doubt for another reason (frozen, tampered with): it is no witness."""

    @property
    def speaks(self) -> bool:
        """Whether samples of it came, right or wrong: then its bridge works."""
        return self.standing in (Standing.ABNORMAL, Standing.NORMAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How far it reaches."""

    scope: Scope
    """As far as anybody can tell."""

    confidence: float | None = None
    """How likely ``scope`` is, 0..1; if unknown, how likely the likeliest. None when nobody could tell."""

    gateway_lost: bool = False
    """Meters of other circuits behind the same bridge fell silent too: it is the link, nothing electrical."""

    witnesses: tuple[Witness, ...] = ()
    """Who was heard, by serial number; when the gateway is lost, who fell silent with it."""

    posterior: Mapping[Scope, float] = field(default_factory=dict)
    """How likely each of the three is, together 1; the area is all phases. Empty if nobody could tell."""


def window(interval: float) -> int:
    """Minutes before and after the onset that belong to it, for a sample every ``interval`` seconds."""
    return ceil(max(2 * interval, SHORTEST_WINDOW) / 60)


def standing_of(
    question: Question, now: int, *, interval: float, last: int | None, abnormal_since: int | None = None
) -> Standing | None:
    """What a meter did around the onset, as far as is known in minute ``now``; None when that is no evidence.

    ``interval``: seconds between its samples; ``last``: minute of the last one; ``abnormal_since``: of the
    first abnormal one, if what it measures is abnormal in the same family (silence is nothing it measured).
    """
    reach = window(interval)
    if abnormal_since is not None:
        return Standing.ABNORMAL if abs(abnormal_since - question.onset) <= reach else None
    if last is None:
        return None
    if now - last > reach:
        return Standing.NEWLY_SILENT if abs(last - question.onset) <= reach else None
    # in the minute of the onset itself, it may have been asked before it began
    return Standing.NORMAL if last > question.onset else None


def vote(question: Question, neighbours: Iterable[Neighbour], controls: Iterable[Neighbour] = ()) -> Verdict:
    """How far the trouble reaches, by what the ``neighbours`` on the same circuit did.

    ``controls``: meters of other circuits behind the same bridges. The order of either does not matter.
    """
    neighbours, controls = tuple(neighbours), tuple(controls)
    working = {meter.bridge for meter in (*neighbours, *controls) if meter.speaks}
    if question.silent and question.bridge not in working:
        fell = [
            meter
            for meter in controls
            if meter.bridge == question.bridge and meter.standing is Standing.NEWLY_SILENT
        ]
        if fell:
            return Verdict(scope=Scope.UNKNOWN, gateway_lost=True, witnesses=_witnesses(fell))
    if not question.silent:
        working.add(question.bridge)
    heard = [meter for meter in neighbours if _is_witness(meter, question.family, working)]
    agreeing = [meter for meter in heard if meter.standing in _AGREES[question.family]]
    if not agreeing and all(meter.standing is Standing.NEWLY_SILENT for meter in heard):
        return Verdict(scope=Scope.UNKNOWN, witnesses=_witnesses(heard))
    posterior = _posterior(question, heard)
    scope, confidence = _claim(question, posterior, len(heard), agreeing)
    return Verdict(
        scope=scope,
        confidence=confidence,
        witnesses=_witnesses(heard),
        posterior=MappingProxyType(posterior),
    )


_AGREES: Final[Mapping[Family, frozenset[Standing]]] = MappingProxyType(
    {
        Family.VOLTAGE: frozenset({Standing.ABNORMAL}),
        Family.BALANCE: frozenset({Standing.ABNORMAL}),
        Family.OUTAGE: frozenset({Standing.ABNORMAL, Standing.NEWLY_SILENT}),
    }
)
"""What counts as the same trouble: silence, only where the supply is what has gone."""

_SINGLE: Final = (FeederPhase.A, FeederPhase.B, FeederPhase.C)


def _is_witness(meter: Neighbour, family: Family, working: set[str]) -> bool:
    """Whether what a neighbour did is evidence."""
    if meter.standing is None or meter.doubted:
        return False
    if family is Family.BALANCE and meter.phase is not FeederPhase.THREE:
        return False  # nothing can be out of balance at one phase
    # where nobody speaks, the bridge may be what is silent
    return meter.standing is not Standing.NEWLY_SILENT or meter.bridge in working


def _witnesses(meters: Iterable[Neighbour]) -> tuple[Witness, ...]:
    return tuple(
        Witness(serial=meter.serial, standing=meter.standing, since=meter.since, value=meter.value)
        for meter in sorted(meters, key=lambda meter: meter.serial)
        if meter.standing is not None
    )


def _claim(
    question: Question, posterior: Mapping[Scope, float], asked: int, agreeing: Sequence[Neighbour]
) -> tuple[Scope, float]:
    """The scope that is likely enough, and how likely it is."""
    alone, phase = posterior[Scope.INDIVIDUAL], posterior[Scope.PHASE]
    beyond = posterior[Scope.AREA] + phase
    no_chance = alone <= CHANCE and len(agreeing) >= AGREEING
    labelled = question.phase in _SINGLE and any(meter.phase is question.phase for meter in agreeing)
    if alone >= LIKELY:
        return Scope.INDIVIDUAL, alone if asked > 1 else min(alone, LONE)
    if phase >= LIKELY and (no_chance or labelled):
        return Scope.PHASE, phase if len(agreeing) > 1 else min(phase, LONE)
    if no_chance:
        return Scope.AREA, beyond
    if asked == 1 and beyond >= LONE:
        return Scope.AREA, LONE
    return Scope.UNKNOWN, max(posterior.values())


def _posterior(question: Question, heard: Sequence[Neighbour]) -> dict[Scope, float]:
    """How likely each scope is after the neighbours were heard."""
    family = question.family
    area, phase = PRIOR[Scope.AREA], PRIOR[Scope.PHASE]
    phases: tuple[FeederPhase, ...] = (question.phase,) if question.phase in _SINGLE else _SINGLE
    if family is Family.BALANCE:
        # a phase that the circuit lacks unbalances every three-phase meter, so it is the area's
        area, phases = area + phase, ()
    elif family is Family.OUTAGE and question.phase is FeederPhase.THREE:
        phases = ()  # without one of its phases it would go on
    scores = [log(PRIOR[Scope.INDIVIDUAL]), log(area) + _shown(question, everywhere=True)]
    # the sum of fsum does not depend on the order, so the verdict does not either
    scores[1] += fsum(_for_area(meter, family) for meter in heard)
    for each in phases:
        score = log(phase / len(phases)) + _shown(question, everywhere=False)
        scores.append(score + fsum(_for_phase(meter, each, family) for meter in heard))
    highest = max(scores)
    weights = [exp(score - highest) for score in scores]
    total = sum(weights)
    return {
        Scope.INDIVIDUAL: weights[0] / total,
        Scope.AREA: weights[1] / total,
        Scope.PHASE: sum(weights[2:]) / total,
    }


def _for_area(meter: Neighbour, family: Family) -> float:
    """Log of how much likelier what a neighbour did is if the area is hit than if nobody else is."""
    return _ratio(family, meter.standing, 1.0) + _shown(meter, everywhere=True)


def _for_phase(meter: Neighbour, phase: FeederPhase, family: Family) -> float:
    """The same for one phase of the circuit."""
    if meter.phase is FeederPhase.THREE:
        if family is Family.OUTAGE:
            return 0.0  # it goes on with the other two
        return _ratio(family, meter.standing, 1.0) + _shown(meter, everywhere=False)
    if meter.phase is FeederPhase.UNKNOWN:
        return _ratio(family, meter.standing, 1 / len(_SINGLE))
    return _ratio(family, meter.standing, 1.0 if meter.phase is phase else 0.0)


def _shown(meter: Neighbour | Question, *, everywhere: bool) -> float:
    """What it adds on which of its phases a three-phase meter shows it: all, if it is ``everywhere``."""
    partly = meter.partly
    if partly is None or meter.phase is not FeederPhase.THREE:
        return 0.0
    if isinstance(meter, Neighbour) and meter.standing is not Standing.ABNORMAL:
        return 0.0
    expected = SHOWN_ELSEWHERE if partly is everywhere else 1 - SHOWN_ELSEWHERE
    return log(expected / (SHOWN_ALONE if partly else 1 - SHOWN_ALONE))


def _ratio(family: Family, standing: Standing | None, hit: float) -> float:
    """Log-likelihood ratio of a standing, for a neighbour that is hit with the probability ``hit``."""
    if standing is None or not hit:
        return 0.0
    ratio = _WHEN_HIT[family][standing] / _WHEN_NOT[standing]
    return log(hit * ratio + 1 - hit)


_WHEN_NOT: Final[Mapping[Standing, float]] = MappingProxyType(
    {
        Standing.ABNORMAL: COINCIDENCE,
        Standing.NEWLY_SILENT: FELL_SILENT,
        Standing.NORMAL: 1 - COINCIDENCE - FELL_SILENT,
    }
)
"""Standing -> how likely it is for a meter that is not hit."""

_BY_VOLTAGE: Final[Mapping[Standing, float]] = MappingProxyType(
    {
        Standing.ABNORMAL: (1 - SILENCED_BY_VOLTAGE) * (1 - MISSED),
        Standing.NEWLY_SILENT: SILENCED_BY_VOLTAGE,
        Standing.NORMAL: (1 - SILENCED_BY_VOLTAGE) * MISSED,
    }
)
"""Standing -> how likely it is for a meter that bad voltage hits."""

_BY_OUTAGE: Final[Mapping[Standing, float]] = MappingProxyType(
    {
        Standing.ABNORMAL: (1 - MISSED) * OWN_SUPPLY,
        Standing.NEWLY_SILENT: (1 - MISSED) * (1 - OWN_SUPPLY),
        Standing.NORMAL: MISSED,
    }
)
"""Standing -> how likely it is for a meter that an outage hits."""

_WHEN_HIT: Final[Mapping[Family, Mapping[Standing, float]]] = MappingProxyType(
    {Family.VOLTAGE: _BY_VOLTAGE, Family.BALANCE: _BY_VOLTAGE, Family.OUTAGE: _BY_OUTAGE}
)
"""Family -> how likely each standing is for a meter that is hit."""
