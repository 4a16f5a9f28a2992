"""How far a trouble reaches, as the neighbours tell."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Final

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

ONSET: Final = 1_000_000
A, B, C = FeederPhase.A, FeederPhase.B, FeederPhase.C
THREE = FeederPhase.THREE
ABNORMAL, NORMAL, SILENT = Standing.ABNORMAL, Standing.NORMAL, Standing.NEWLY_SILENT
SAG: Final = Question(family=Family.VOLTAGE, onset=ONSET)
OUTAGE: Final = Question(family=Family.OUTAGE, onset=ONSET, silent=True)

questions = st.builds(
    Question,
    family=st.sampled_from(Family),
    onset=st.just(ONSET),
    silent=st.booleans(),
    bridge=st.sampled_from(["", "other"]),
    phase=st.sampled_from(FeederPhase),
    partly=st.none() | st.booleans(),
)
meters = st.builds(
    Neighbour,
    serial=st.text("0123456789", min_size=1),
    standing=st.none() | st.sampled_from(Standing),
    since=st.just(ONSET),
    bridge=st.sampled_from(["", "other"]),
    phase=st.sampled_from(FeederPhase),
    doubted=st.booleans(),
    partly=st.none() | st.booleans(),
)
circuits = st.lists(meters, max_size=12, unique_by=lambda meter: meter.serial)


def neighbour(standing: Standing | None, number: int = 0, **others: object) -> Neighbour:
    meter = Neighbour(serial=f"{number:04}", standing=standing, since=ONSET)
    return replace(meter, **others)  # type: ignore[arg-type]


def circuit(*standings: Standing | None, phases: str = "") -> list[Neighbour]:
    """Neighbours that did this, on these phases."""
    labels = [FeederPhase(letter) for letter in phases] or [FeederPhase.UNKNOWN] * len(standings)
    return [
        neighbour(standing, number, phase=phase)
        for number, (standing, phase) in enumerate(zip(standings, labels, strict=True))
    ]


def control(standing: Standing, number: int = 900, bridge: str = "") -> Neighbour:
    return neighbour(standing, number, bridge=bridge)


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
    assert verdict.probably
    assert verdict.confidence is not None
    assert verdict.confidence <= LONE


def test_several_neighbours_make_it_sure() -> None:
    assert not vote(SAG, circuit(ABNORMAL, ABNORMAL, ABNORMAL)).probably
    assert not vote(SAG, circuit(*[NORMAL] * 5)).probably


@pytest.mark.parametrize("question", [OUTAGE, replace(OUTAGE, silent=False)])
def test_a_single_neighbour_that_fell_silent_is_not_enough(question: Question) -> None:
    assert vote(question, circuit(SILENT), [control(NORMAL)]).scope is Scope.UNKNOWN


# outages, and lost links


@pytest.mark.parametrize("neighbours", [3, 5, 10])
def test_meters_that_fall_silent_together_are_an_outage_while_others_on_the_line_speak(
    neighbours: int,
) -> None:
    verdict = vote(OUTAGE, circuit(*[SILENT] * neighbours), [control(NORMAL)])

    assert (verdict.scope, verdict.gateway_lost) == (Scope.AREA, False)


@pytest.mark.parametrize("neighbours", [0, 1, 5])
def test_when_meters_of_other_circuits_fell_silent_too_it_is_the_gateway(neighbours: int) -> None:
    verdict = vote(OUTAGE, circuit(*[SILENT] * neighbours), [control(SILENT)])

    assert verdict.gateway_lost
    assert (verdict.scope, verdict.confidence) == (Scope.UNKNOWN, None)
    assert [witness.serial for witness in verdict.witnesses] == ["0900"]


@pytest.mark.parametrize(
    ("neighbours", "controls"),
    [
        ([SILENT] * 3, [control(SILENT), control(NORMAL, 901)]),
        ([SILENT, SILENT, NORMAL], [control(SILENT)]),
        ([SILENT, SILENT, ABNORMAL], [control(SILENT)]),
    ],
)
def test_the_gateway_is_not_lost_while_anybody_behind_it_speaks(
    neighbours: list[Standing], controls: list[Neighbour]
) -> None:
    assert not vote(OUTAGE, circuit(*neighbours), controls).gateway_lost


def test_a_meter_in_doubt_still_proves_that_its_gateway_works() -> None:
    frozen = neighbour(NORMAL, 50, doubted=True)

    assert not vote(OUTAGE, [*circuit(SILENT, SILENT, SILENT), frozen], [control(SILENT)]).gateway_lost


def test_a_meter_that_measured_its_trouble_has_not_lost_its_gateway() -> None:
    verdict = vote(SAG, circuit(ABNORMAL, ABNORMAL, NORMAL), [control(SILENT)])

    assert (verdict.scope, verdict.gateway_lost) == (Scope.AREA, False)
    assert not vote(replace(OUTAGE, silent=False), [], [control(SILENT)]).gateway_lost


def test_a_gateway_of_others_does_not_explain_an_outage() -> None:
    verdict = vote(
        OUTAGE, circuit(SILENT, SILENT, SILENT), [control(SILENT, bridge="other"), control(NORMAL)]
    )

    assert (verdict.scope, verdict.gateway_lost) == (Scope.AREA, False)


def test_the_gateway_of_others_is_not_the_one_that_was_lost() -> None:
    assert not vote(OUTAGE, circuit(SILENT, SILENT), [control(SILENT, bridge="other")]).gateway_lost


def test_a_meter_that_tells_of_its_outage_makes_the_silence_of_the_others_evidence() -> None:
    silent = circuit(SILENT, SILENT, SILENT)

    assert vote(replace(OUTAGE, silent=False), silent).scope is Scope.AREA
    assert vote(OUTAGE, silent) == Verdict(scope=Scope.UNKNOWN)


def test_silence_behind_a_bridge_where_nobody_speaks_is_no_evidence() -> None:
    far = [neighbour(SILENT, number, bridge="other") for number in range(5)]
    near = control(NORMAL)

    assert vote(OUTAGE, far, [near]) == Verdict(scope=Scope.UNKNOWN)
    assert vote(OUTAGE, far, [near, control(NORMAL, 901, bridge="other")]).scope is Scope.AREA


def test_neighbours_behind_another_bridge_are_heard_like_those_on_the_same() -> None:
    far = [neighbour(ABNORMAL, number, bridge=f"bridge {number}") for number in range(3)]

    assert vote(SAG, far).posterior == vote(SAG, circuit(ABNORMAL, ABNORMAL, ABNORMAL)).posterior


# phases


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
    assert verdict.probably


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
