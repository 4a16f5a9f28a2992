"""How far a trouble reaches, as the neighbours tell: who of them is heard, and how many it takes."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from hypothesis import given, strategies as st
import pytest

from custom_components.csj_meter.anomaly.finding import Standing
from custom_components.csj_meter.anomaly.kinds import Family, Scope
from custom_components.csj_meter.anomaly.meter import FeederPhase
from custom_components.csj_meter.anomaly.neighbours import (
    CHANCE,
    LIKELY,
    LONE,
    PRIOR,
    Neighbour,
    Question,
    Verdict,
    standing_of,
    vote,
    window,
)

from .circuits import (
    ABNORMAL,
    NORMAL,
    ONSET,
    OUTAGE,
    SAG,
    SILENT,
    THREE,
    A,
    circuit,
    circuits,
    control,
    meters,
    neighbour,
    questions,
)


def of_area(verdict: Verdict) -> float:
    """How likely the area is; what was said before anybody was asked, if nobody could tell."""
    return verdict.posterior.get(Scope.AREA, PRIOR[Scope.AREA])


# who is heard


@given(question=questions, neighbours=circuits, controls=circuits, data=st.data())
def test_the_order_of_the_neighbours_does_not_matter(
    question: Question, neighbours: list[Neighbour], controls: list[Neighbour], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(neighbours))
    others = data.draw(st.permutations(controls))

    assert vote(question, shuffled, others) == vote(question, neighbours, controls)


@given(question=questions, neighbours=circuits, more=meters)
def test_another_neighbour_with_the_same_trouble_never_speaks_against_the_area(
    question: Question, neighbours: list[Neighbour], more: Neighbour
) -> None:
    # on which of its phases a meter shows it may well speak for one phase
    neighbours = [replace(each, partly=None) for each in neighbours]
    question = replace(question, partly=None)
    more = replace(more, serial="more", standing=ABNORMAL, partly=None)

    before, after = vote(question, neighbours), vote(question, [*neighbours, more])

    assert of_area(after) >= of_area(before) - 1e-12


@given(question=questions, neighbours=circuits)
def test_a_neighbour_in_doubt_or_without_evidence_is_no_witness(
    question: Question, neighbours: list[Neighbour]
) -> None:
    alive = neighbour(NORMAL, 1, phase=THREE)  # its bridge works, whatever the others do
    other = replace(alive, serial="other", bridge="other")
    counted = [each for each in neighbours if each.standing is not None and not each.doubted]

    assert vote(question, [alive, other, *neighbours]) == vote(question, [alive, other, *counted])


@pytest.mark.parametrize("family", Family)
def test_five_frozen_neighbours_that_seem_normal_leave_the_verdict_open(family: Family) -> None:
    frozen = [neighbour(NORMAL, number, phase=THREE, doubted=True) for number in range(5)]
    question = Question(family=family, onset=ONSET)

    assert vote(question, frozen) == Verdict(scope=Scope.UNKNOWN)
    assert vote(question, [replace(each, doubted=False) for each in frozen]).scope is Scope.INDIVIDUAL


@pytest.mark.parametrize("question", [SAG, OUTAGE, replace(SAG, family=Family.BALANCE)])
@pytest.mark.parametrize("old", [0, 1, 5])
def test_without_a_fresh_neighbour_nobody_can_tell(question: Question, old: int) -> None:
    verdict = vote(question, circuit(*[None] * old))

    assert (verdict.scope, verdict.confidence, verdict.gateway_lost) == (Scope.UNKNOWN, None, False)


@pytest.mark.parametrize("silent", [1, 5, 20])
def test_neighbours_that_fell_silent_do_not_make_a_sag_the_area_s(silent: int) -> None:
    verdict = vote(SAG, circuit(*[SILENT] * silent))

    assert (verdict.scope, verdict.confidence) == (Scope.UNKNOWN, None)


@given(question=questions, neighbours=circuits, controls=circuits)
def test_a_verdict_is_said_only_when_it_is_likely(
    question: Question, neighbours: list[Neighbour], controls: list[Neighbour]
) -> None:
    verdict = vote(question, neighbours, controls)

    if verdict.scope is not Scope.UNKNOWN:
        assert verdict.confidence is not None
        assert LIKELY <= verdict.confidence <= 1
    if verdict.posterior:
        assert sum(verdict.posterior.values()) == pytest.approx(1)


def test_a_thousand_neighbours_are_no_problem() -> None:
    assert vote(SAG, circuit(*[ABNORMAL] * 900, *[NORMAL] * 100)).scope is Scope.AREA
    assert vote(SAG, circuit(*[NORMAL] * 1000)).scope is Scope.INDIVIDUAL


def test_the_witnesses_are_told_with_what_they_showed() -> None:
    neighbours = [
        neighbour(ABNORMAL, 2, value=168.5, since=ONSET + 1),
        neighbour(NORMAL, 1, value=229.0, since=ONSET + 2),
        neighbour(NORMAL, 3, doubted=True),
        neighbour(None, 4),
    ]

    told = [(each.serial, each.standing, each.since, each.value) for each in vote(SAG, neighbours).witnesses]

    assert told == [("0001", NORMAL, ONSET + 2, 229.0), ("0002", ABNORMAL, ONSET + 1, 168.5)]


# the area, or this meter alone


@pytest.mark.parametrize(
    ("standings", "scope"),
    [
        ([NORMAL] * 3, Scope.INDIVIDUAL),
        ([NORMAL] * 5 + [SILENT], Scope.INDIVIDUAL),
        ([ABNORMAL] * 3, Scope.AREA),
        ([ABNORMAL, ABNORMAL, NORMAL], Scope.AREA),
        ([ABNORMAL, ABNORMAL, SILENT], Scope.AREA),
        ([ABNORMAL] * 4 + [NORMAL], Scope.AREA),
        ([ABNORMAL, NORMAL, NORMAL], Scope.UNKNOWN),
        ([ABNORMAL, SILENT, SILENT], Scope.UNKNOWN),
        ([ABNORMAL, *[SILENT] * 30], Scope.UNKNOWN),
        ([ABNORMAL, ABNORMAL, NORMAL, NORMAL, NORMAL], Scope.UNKNOWN),
    ],
)
def test_a_sag_is_the_area_s_when_the_neighbours_agree(standings: list[Standing], scope: Scope) -> None:
    assert vote(SAG, circuit(*standings)).scope is scope


@given(question=questions, neighbours=circuits)
def test_among_several_one_is_never_enough_for_the_area(
    question: Question, neighbours: list[Neighbour]
) -> None:
    verdict = vote(question, neighbours)
    witnesses = verdict.witnesses

    if verdict.scope is Scope.AREA and len(witnesses) > 1:
        assert sum(each.standing is not NORMAL for each in witnesses) >= 2
        assert verdict.posterior[Scope.INDIVIDUAL] <= CHANCE


@pytest.mark.parametrize("family", [Family.VOLTAGE, Family.OUTAGE])
@pytest.mark.parametrize("labels", ["unknown", "known"])
@pytest.mark.parametrize("meters_asked", [2, 3, 4, 5, 6])
def test_chance_makes_an_area_of_one_meter_s_trouble_less_than_once_in_2000(
    family: Family, labels: str, meters_asked: int
) -> None:
    """All there is, each with its probability: a random test would hardly ever see it."""
    chances = {ABNORMAL: 0.95 * 0.01, SILENT: 0.05, NORMAL: 0.95 * 0.99}
    phases = "abcabc"[:meters_asked] if labels == "known" else ""
    question = Question(family=family, onset=ONSET, phase=A if phases else FeederPhase.UNKNOWN)
    wrong = 0.0
    for standings in product(chances, repeat=meters_asked):
        if vote(question, circuit(*standings, phases=phases)).scope is Scope.AREA:
            share = 1.0
            for standing in standings:
                share *= chances[standing]
            wrong += share

    assert wrong < 1 / 2000


# circuits of two, and meters on their own


@pytest.mark.parametrize(("standing", "scope"), [(ABNORMAL, Scope.AREA), (NORMAL, Scope.INDIVIDUAL)])
def test_a_single_neighbour_makes_it_probable_and_no_more(standing: Standing, scope: Scope) -> None:
    verdict = vote(SAG, circuit(standing))

    assert verdict.scope is scope
    assert verdict.confidence is not None
    assert verdict.confidence <= LONE


def test_several_neighbours_make_it_sure() -> None:
    for others in ((ABNORMAL,) * 3, (NORMAL,) * 5):
        confidence = vote(SAG, circuit(*others)).confidence
        assert confidence is not None
        assert confidence > 0.95


@pytest.mark.parametrize("question", [OUTAGE, replace(OUTAGE, silent=False)])
def test_a_single_neighbour_that_fell_silent_is_not_enough(question: Question) -> None:
    assert vote(question, circuit(SILENT), [control(NORMAL)]).scope is Scope.UNKNOWN


# what a neighbour did


@pytest.mark.parametrize(
    ("interval", "minutes"), [(10, 2), (45, 2), (60, 2), (61, 3), (90, 3), (300, 10), (900, 30)]
)
def test_the_window_is_two_samples_and_at_least_90_seconds(interval: float, minutes: int) -> None:
    assert window(interval) == minutes


@pytest.mark.parametrize(
    ("last", "abnormal_since", "standing"),
    [
        (3, 0, ABNORMAL),
        (3, -2, ABNORMAL),
        (3, 2, ABNORMAL),
        (1, 0, ABNORMAL),
        (3, -3, None),
        (3, 3, None),
        (3, None, NORMAL),
        (1, None, NORMAL),
        (0, None, SILENT),
        (-2, None, SILENT),
        (-3, None, None),
        (-500, None, None),
        (None, None, None),
    ],
)
def test_a_neighbour_three_minutes_after_the_onset(
    last: int | None, abnormal_since: int | None, standing: Standing | None
) -> None:
    found = standing_of(
        SAG,
        ONSET + 3,
        interval=60,
        last=None if last is None else ONSET + last,
        abnormal_since=None if abnormal_since is None else ONSET + abnormal_since,
    )

    assert found is standing


def test_a_neighbour_that_was_asked_before_it_began_has_not_said_that_it_is_normal() -> None:
    assert standing_of(SAG, ONSET, interval=60, last=ONSET) is None
    assert standing_of(SAG, ONSET + 1, interval=60, last=ONSET) is None
    assert standing_of(SAG, ONSET + 1, interval=60, last=ONSET + 1) is NORMAL
