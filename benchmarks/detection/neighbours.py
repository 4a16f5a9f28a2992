"""How far a trouble reaches, as the neighbours tell: drawn at random many times, and judged.

Run it by itself for a table. The rates are those of the study: of 100 neighbours that are hit, 5 do not show
it; of 100 meters, 5 fall silent by themselves, and 1 shows the same trouble by chance. Each silence is one
that began in the window, which is harder than life: most silences are old, and those are no evidence.

Beside the vote stand two rules that count: half of the neighbours are abnormal; half of those with fresh
samples are, and with the meter itself there are at least two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

import numpy as np
from numpy.typing import NDArray

from custom_components.csj_meter.anomaly.finding import Standing
from custom_components.csj_meter.anomaly.kinds import Family, Scope
from custom_components.csj_meter.anomaly.meter import FeederPhase
from custom_components.csj_meter.anomaly.neighbours import Neighbour, Question, vote

SEED: Final = 1
TRIALS: Final = 10_000

MISSED: Final = 0.05
SILENT: Final = 0.05
COINCIDENCE: Final = 0.01
OWN_SUPPLY: Final = 0.1
"""Share of meters that can tell of an outage; the others are powered by the mains and go silent."""

CONTROLS: Final = 3
"""Meters of other circuits behind the same bridge."""

PHASES: Final = (FeederPhase.A, FeederPhase.B, FeederPhase.C, FeederPhase.UNKNOWN)
NO_LABEL: Final = 3
STANDINGS: Final = (Standing.NORMAL, Standing.ABNORMAL, Standing.NEWLY_SILENT)
NORMAL, ABNORMAL, NEWLY_SILENT = range(3)

type Drawn = NDArray[np.int64]
"""Places in ``STANDINGS`` or ``PHASES``, shape (trials, meters)."""

MANY: Final = 5
"""So many neighbours that chance should never make an area of one meter's trouble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One truth, drawn again and again."""

    name: str
    """Beginning of its key."""

    neighbours: int
    """How many."""

    truth: Scope | None
    """What it is; None for a lost gateway."""

    family: Family = Family.VOLTAGE
    """What is seen."""

    known: bool = False
    """Whether the phases have labels."""

    balanced: bool = False
    """Whether the meters share out the phases evenly, as fitters try to; else each hangs on any."""

    patchy: bool = False
    """Whether 5 % of the circuit are spared, beside those that miss it."""

    @property
    def key(self) -> str:
        """What the figure is called."""
        return f"{self.name}_n{self.neighbours}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """How often each thing was said."""

    vote: Counter[str]
    """By the vote."""

    half: Counter[str]
    """By the rule that half of the neighbours are abnormal."""

    half_fresh: Counter[str]
    """By the rule that half of the fresh ones are."""


GATEWAY: Final = "gateway"

CASES: Final = (
    *(Case(name="area", neighbours=n, truth=Scope.AREA) for n in (1, 2, 3, 5, 10)),
    *(Case(name="area_known", neighbours=n, truth=Scope.AREA, known=True) for n in (1, 3, 5, 10)),
    *(Case(name="area_patchy", neighbours=n, truth=Scope.AREA, patchy=True) for n in (3, 5, 10)),
    *(Case(name="phase_unknown", neighbours=n, truth=Scope.PHASE) for n in (3, 10, 20)),
    *(Case(name="phase_known", neighbours=n, truth=Scope.PHASE, known=True) for n in (3, 5, 10)),
    *(
        Case(name="phase_balanced", neighbours=n, truth=Scope.PHASE, known=True, balanced=True)
        for n in (3, 5, 10)
    ),
    *(Case(name="outage", neighbours=n, truth=Scope.AREA, family=Family.OUTAGE) for n in (1, 3, 5, 10)),
    *(Case(name="gateway", neighbours=n, truth=None, family=Family.OUTAGE) for n in (1, 3, 5, 10)),
    *(Case(name="individual", neighbours=n, truth=Scope.INDIVIDUAL) for n in (1, 2, 3, 5, 10, 20)),
    *(Case(name="individual_known", neighbours=n, truth=Scope.INDIVIDUAL, known=True) for n in (3, 5, 10)),
    *(
        Case(name="individual_outage", neighbours=n, truth=Scope.INDIVIDUAL, family=Family.OUTAGE)
        for n in (1, 2, 3, 5, 10)
    ),
)


def judge(case: Case, trials: int, draw: np.random.Generator) -> Called:
    """Draw a case many times, and ask all three."""
    standings, phases, own, controls = _draw(case, trials, draw)
    if not case.known:
        phases[:], own[:] = NO_LABEL, NO_LABEL
    seen = np.sort(len(PHASES) * standings + phases, axis=1)
    silent = (controls == NEWLY_SILENT).sum(axis=1, keepdims=True)
    # many trials look alike, and are judged once
    alike, times = np.unique(np.hstack([own, silent, seen]), axis=0, return_counts=True)
    called = Called(vote=Counter(), half=Counter(), half_fresh=Counter())
    for (phase, fell, *codes), count in zip(alike.tolist(), times.tolist(), strict=True):
        neighbours = [_meter(f"n{place}", *divmod(code, len(PHASES))) for place, code in enumerate(codes)]
        others = [NEWLY_SILENT] * fell + [NORMAL] * (CONTROLS - fell)
        controls_seen = [_meter(f"c{place}", each, NO_LABEL) for place, each in enumerate(others)]
        question = Question(
            family=case.family, onset=0, silent=case.family is Family.OUTAGE, phase=PHASES[phase]
        )
        verdict = vote(question, neighbours, controls_seen)
        called.vote[GATEWAY if verdict.gateway_lost else verdict.scope] += count
        called.half[_by_half(neighbours)] += count
        called.half_fresh[_by_half_fresh(neighbours)] += count
    return called


def _draw(case: Case, trials: int, draw: np.random.Generator) -> tuple[Drawn, Drawn, Drawn, Drawn]:
    """Standings and phases of the neighbours, the phase of the meter itself, standings of the controls."""
    shape = (trials, case.neighbours)
    own = draw.integers(3, size=(trials, 1))
    if case.balanced:
        # one after the other, from the phase of the meter itself on, and which is which does not matter
        phases = draw.permuted(np.tile((1 + np.arange(case.neighbours)) % 3, (trials, 1)), axis=1)
        phases = (phases + own) % 3
    else:
        phases = draw.integers(3, size=shape)
    hit = np.full(shape, case.truth is Scope.AREA)
    if case.truth is Scope.PHASE:
        hit = phases == own
    if case.patchy:
        hit &= draw.random(shape) >= MISSED
    shown = hit & (draw.random(shape) >= MISSED)
    standings = np.where(shown | (draw.random(shape) < COINCIDENCE), ABNORMAL, NORMAL)
    if case.family is Family.OUTAGE:
        standings[shown & (draw.random(shape) >= OWN_SUPPLY)] = NEWLY_SILENT
    standings[draw.random(shape) < SILENT] = NEWLY_SILENT
    controls = np.where(draw.random((trials, CONTROLS)) < SILENT, NEWLY_SILENT, NORMAL)
    if case.truth is None:
        standings[:], controls[:] = NEWLY_SILENT, NEWLY_SILENT
    return standings, phases, own, controls


def _meter(serial: str, standing: int, phase: int) -> Neighbour:
    return Neighbour(serial=serial, standing=STANDINGS[standing], since=0, phase=PHASES[phase])


def _by_half(neighbours: Sequence[Neighbour]) -> str:
    abnormal = sum(each.standing is Standing.ABNORMAL for each in neighbours)
    return Scope.AREA if 2 * abnormal >= len(neighbours) else Scope.INDIVIDUAL


def _by_half_fresh(neighbours: Sequence[Neighbour]) -> str:
    abnormal = sum(each.standing is Standing.ABNORMAL for each in neighbours)
    fresh = sum(each.speaks for each in neighbours)
    if not fresh:
        return Scope.UNKNOWN
    return Scope.AREA if 2 * abnormal >= fresh and 1 + abnormal >= 2 else Scope.INDIVIDUAL


def measure(seed: int = SEED, trials: int = TRIALS) -> dict[str, float]:
    """Shares, 0..1, of so many trials of each case.

    - ``neighbours_<case>_n<number>``: the vote was right. The same with ``_half`` and ``_half_fresh``: so was
      a rule that counts.
    - For troubles of one meter, ``…_called_area``, ``…_half_called_area`` and ``…_half_fresh_called_area``:
      an area was made of it; ``…_called_phase``: a phase.
    - For troubles of one phase, ``…_not_alone``: at least it was not taken for one meter's. The study counted
      this; the rules that count have no word for a phase, so theirs is this one.
    - ``neighbours_individual_called_area``: in all cases of at least ``MANY`` neighbours together; with
      ``_few``, in those of two to four.
    """
    figures: dict[str, float] = {}
    mistaken: dict[bool, list[float]] = {True: [], False: []}
    for number, case in enumerate(CASES):
        called = judge(case, trials, np.random.default_rng([seed, number]))
        key = f"neighbours_{case.key}"
        truth = GATEWAY if case.truth is None else case.truth
        countable = Scope.AREA if truth == Scope.PHASE else truth
        figures[key] = called.vote[truth] / trials
        figures[f"{key}_half"] = called.half[countable] / trials
        figures[f"{key}_half_fresh"] = called.half_fresh[countable] / trials
        if truth == Scope.PHASE:
            figures[f"{key}_not_alone"] = (called.vote[Scope.PHASE] + called.vote[Scope.AREA]) / trials
        if truth == Scope.INDIVIDUAL:
            figures[f"{key}_called_area"] = called.vote[Scope.AREA] / trials
            figures[f"{key}_called_phase"] = called.vote[Scope.PHASE] / trials
            figures[f"{key}_half_called_area"] = called.half[Scope.AREA] / trials
            figures[f"{key}_half_fresh_called_area"] = called.half_fresh[Scope.AREA] / trials
            if case.neighbours > 1:
                mistaken[case.neighbours >= MANY].append(figures[f"{key}_called_area"])
    figures["neighbours_individual_called_area"] = fmean(mistaken[True])
    figures["neighbours_individual_called_area_few"] = fmean(mistaken[False])
    return figures


def main() -> None:
    """Print a table."""
    figures = measure()
    print(f"Right verdicts, {TRIALS} trials each ('beyond': taken for a phase's or an area's trouble)")
    print(f"{'':22}{'n':>4}{'half':>8}{'half fresh':>12}{'vote':>8}{'beyond':>9}")
    for case in CASES:
        key = f"neighbours_{case.key}"
        row = (figures[f"{key}_half"], figures[f"{key}_half_fresh"], figures[key])
        beyond = figures.get(f"{key}_not_alone")
        if case.truth is Scope.INDIVIDUAL:
            beyond = figures[f"{key}_called_area"] + figures[f"{key}_called_phase"]
        print(
            f"{case.name:22}{case.neighbours:>4}{row[0]:>8.3f}{row[1]:>12.3f}{row[2]:>8.3f}"
            + ("" if beyond is None else f"{beyond:>9.4f}")
        )
    print("\nTroubles of one meter that were called the area's")
    print(f"{'':22}{'n':>4}{'half':>8}{'half fresh':>12}{'vote':>9}")
    for case in CASES:
        if case.truth is Scope.INDIVIDUAL:
            key = f"neighbours_{case.key}"
            print(
                f"{case.name:22}{case.neighbours:>4}{figures[f'{key}_half_called_area']:>8.4f}"
                f"{figures[f'{key}_half_fresh_called_area']:>12.4f}{figures[f'{key}_called_area']:>9.5f}"
            )
    many, few = (figures[f"neighbours_individual_called_area{end}"] for end in ("", "_few"))
    print(f"\nOf {MANY} neighbours or more: {many:.6f}; of two to four: {few:.6f}")


if __name__ == "__main__":
    main()
