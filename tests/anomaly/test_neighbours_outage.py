"""Neighbours that fell silent: an outage of the area, or a gateway that was lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from custom_components.csj_meter.anomaly.finding import Standing
from custom_components.csj_meter.anomaly.kinds import Scope
from custom_components.csj_meter.anomaly.neighbours import Neighbour, Verdict, vote

from .circuits import ABNORMAL, NORMAL, OUTAGE, SAG, SILENT, circuit, control, neighbour


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
