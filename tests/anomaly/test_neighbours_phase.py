"""Trouble of one phase, as neighbours on one and on three phases tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from custom_components.csj_meter.anomaly.kinds import Family, Scope
from custom_components.csj_meter.anomaly.meter import FeederPhase
from custom_components.csj_meter.anomaly.neighbours import LONE, Question, Verdict, vote

from .circuits import (
    ABNORMAL,
    NORMAL,
    ONSET,
    OUTAGE,
    SAG,
    SILENT,
    THREE,
    A,
    B,
    C,
    circuit,
    control,
    neighbour,
)


def test_only_neighbours_on_its_phase_with_the_trouble_make_it_the_phase_s() -> None:
    verdict = vote(replace(SAG, phase=A), circuit(ABNORMAL, ABNORMAL, NORMAL, NORMAL, NORMAL, phases="aabbc"))

    assert verdict.scope is Scope.PHASE


@pytest.mark.parametrize("phase", [A, B, C])
def test_the_phases_are_alike(phase: FeederPhase) -> None:
    turned = {A: "aabbc", B: "bbcca", C: "ccaab"}[phase]

    verdict = vote(replace(SAG, phase=phase), circuit(ABNORMAL, ABNORMAL, *[NORMAL] * 3, phases=turned))

    assert verdict.scope is Scope.PHASE


def test_a_single_neighbour_on_its_phase_makes_that_probable() -> None:
    verdict = vote(replace(SAG, phase=A), circuit(ABNORMAL, *[NORMAL] * 4, phases="abbcc"))

    assert (verdict.scope, verdict.confidence) == (Scope.PHASE, LONE)


def test_the_same_trouble_on_another_phase_alone_is_chance() -> None:
    verdict = vote(replace(SAG, phase=A), circuit(NORMAL, ABNORMAL, *[NORMAL] * 3, phases="abbcc"))

    assert verdict.scope is Scope.INDIVIDUAL


def test_trouble_on_all_phases_is_the_area_s() -> None:
    verdict = vote(replace(SAG, phase=A), circuit(*[ABNORMAL] * 5, phases="abbcc"))

    assert verdict.scope is Scope.AREA
    assert verdict.posterior[Scope.AREA] > 0.99


def test_the_phase_of_the_meter_itself_may_be_told_by_its_neighbours() -> None:
    verdict = vote(SAG, circuit(ABNORMAL, ABNORMAL, *[NORMAL] * 4, phases="bbaacc"))

    assert verdict.scope is Scope.PHASE


def test_a_third_of_many_neighbours_without_labels_is_a_phase() -> None:
    assert vote(SAG, circuit(*[ABNORMAL] * 4, *[NORMAL] * 8)).scope is Scope.PHASE


def test_a_three_phase_neighbour_that_is_normal_excludes_every_phase() -> None:
    without = vote(replace(SAG, phase=A), circuit(*[NORMAL] * 2, phases="bc"))
    with_one = vote(
        replace(SAG, phase=A), [*circuit(*[NORMAL] * 2, phases="bc"), neighbour(NORMAL, 9, phase=THREE)]
    )

    assert with_one.posterior[Scope.PHASE] < without.posterior[Scope.PHASE] / 10


def test_a_three_phase_meter_with_trouble_on_one_phase_speaks_for_a_phase() -> None:
    neighbours = [neighbour(ABNORMAL, number, phase=THREE) for number in range(3)]
    partly = [replace(each, partly=True) for each in neighbours]
    wholly = [replace(each, partly=False) for each in neighbours]

    assert vote(replace(SAG, phase=THREE, partly=True), partly).scope is Scope.PHASE
    assert vote(replace(SAG, phase=THREE, partly=False), wholly).posterior[Scope.AREA] > 0.99


def test_a_three_phase_meter_does_not_lose_its_supply_with_one_phase() -> None:
    verdict = vote(replace(OUTAGE, phase=THREE), circuit(SILENT, SILENT, SILENT), [control(NORMAL)])
    live = [neighbour(NORMAL, number, phase=THREE) for number in range(5, 9)]
    of_phase = vote(replace(OUTAGE, phase=A), [*circuit(SILENT, SILENT, SILENT, phases="aaa"), *live])

    assert verdict.posterior[Scope.PHASE] == 0
    assert of_phase.scope is Scope.PHASE


def test_imbalance_is_shown_by_three_phase_neighbours_alone_and_is_the_area_s() -> None:
    question = Question(family=Family.BALANCE, onset=ONSET, phase=THREE)
    shown = [neighbour(ABNORMAL, number, phase=THREE) for number in range(10, 13)]
    single = circuit(*[NORMAL] * 5, phases="abcab")

    assert vote(question, single) == Verdict(scope=Scope.UNKNOWN)
    assert vote(question, [*single, *shown]) == vote(question, shown)
    assert vote(question, shown).scope is Scope.AREA


def test_a_phase_that_the_circuit_lacks_is_the_area_s_imbalance() -> None:
    neighbours = [neighbour(ABNORMAL, 1, phase=THREE), neighbour(NORMAL, 2, phase=THREE)]
    question = Question(family=Family.BALANCE, onset=ONSET, phase=THREE)

    of_balance = vote(question, neighbours).posterior
    of_voltage = vote(replace(SAG, phase=THREE), neighbours).posterior

    assert of_balance[Scope.PHASE] == 0
    assert of_balance[Scope.AREA] == pytest.approx(of_voltage[Scope.AREA] + of_voltage[Scope.PHASE])
