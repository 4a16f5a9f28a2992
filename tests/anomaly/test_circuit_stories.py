"""Meters on one circuit: what happens to one of them, and what happens to all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from custom_components.csj_meter.anomaly.finding import Finding, Standing
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State
from custom_components.csj_meter.anomaly.meter import FeederPhase

from .stories import NOON, Story, Watch, changed, listen, seen, tables, unheard, usual

SAG: Final = {"voltage_l1": 170.0}


def street(count: int, circuit: str | None = "north", **others: Any) -> list[Story]:
    """Single-phase meters on one circuit, in the order of their serial numbers."""
    return [
        usual(f"{circuit} {number}", phases=1, seed=100 * number, circuit=circuit, **others)
        for number in range(count)
    ]


def confirmed(found: Mapping[str, list[Finding]]) -> dict[str, list[tuple[int, Scope, Severity]]]:
    """Serial number -> minute, scope and severity of each time it was told as confirmed."""
    return {
        serial: [(each.at - NOON, each.scope, each.severity) for each in its if each.state is State.CONFIRMED]
        for serial, its in found.items()
    }


def test_a_sag_at_one_of_five_is_its_own() -> None:
    meters = street(5)
    found = listen([changed(meters[0], 10, 20, **SAG), *meters[1:]])

    assert seen(found["north 0"]) == [
        "0:10 voltage_sag l1 suspected critical unknown",
        "0:12 voltage_sag l1 confirmed critical individual",
        "0:22 voltage_sag l1 cleared critical individual",
    ]
    assert not any(found[meter.meter.serial] for meter in meters[1:])
    told = found["north 0"][1]
    assert told.circuit == "north"
    assert told.confidence is not None
    assert told.confidence > 0.95
    assert [(each.serial, each.standing) for each in told.witnesses] == [
        (f"north {number}", Standing.NORMAL) for number in range(1, 5)
    ]
    assert all(each.value and 225 < each.value < 235 for each in told.witnesses)
    assert told.advice.causes[0] == "bad_connection"


def test_a_sag_at_all_five_is_the_circuit_s() -> None:
    found = listen([changed(meter, 10, 20, **SAG) for meter in street(5)])

    for serial, its in found.items():
        assert seen(its) == [
            "0:10 voltage_sag l1 suspected critical unknown",
            "0:12 voltage_sag l1 confirmed critical area",
            "0:22 voltage_sag l1 cleared critical area",
        ]
        assert its[1].advice.action == "report_to_network"
        assert serial not in {each.serial for each in its[1].witnesses}
        assert {(each.standing, each.since, each.value) for each in its[1].witnesses} == {
            (Standing.ABNORMAL, NOON + 10, 170.0)
        }


def test_a_sag_of_one_phase_of_the_circuit_is_the_phase_s() -> None:
    phases = "abcabc"
    meters = [
        usual(letter + str(number), phases=1, seed=number, circuit="n", feeder_phase=FeederPhase(letter))
        for number, letter in enumerate(phases)
    ]
    found = listen(
        [changed(meter, 10, 20, **SAG) if meter.meter.serial[0] == "a" else meter for meter in meters]
    )

    assert confirmed(found) == {
        meter.meter.serial: [(12, Scope.PHASE, Severity.CRITICAL)] if meter.meter.serial[0] == "a" else []
        for meter in meters
    }


def test_who_sags_a_minute_later_makes_it_the_circuit_s_after_all() -> None:
    """A critical finding waits for nobody; when the others follow, it is told once more."""
    first, *others = street(5)
    found = listen([changed(first, 10, 30, **SAG), *(changed(meter, 12, 30, **SAG) for meter in others)])

    told = confirmed(found)
    assert told["north 0"] == [(12, Scope.AREA, Severity.CRITICAL)]

    found = listen([changed(first, 9, 30, **SAG), *(changed(meter, 12, 30, **SAG) for meter in others)])
    assert [line for line in seen(found["north 0"]) if "confirmed" in line] == [
        "0:11 voltage_sag l1 confirmed critical individual",
    ]


def test_neighbours_that_report_less_often_make_it_the_circuit_s_when_they_do() -> None:
    first, *others = street(5)
    late = [
        usual(m.meter.serial, phases=1, seed=i, circuit="north", interval=5) for i, m in enumerate(others)
    ]
    every_five = [(minute + 1, minute + 5) for minute in range(0, 60, 5)]
    stories = [unheard(changed(meter, 11, 40, **SAG), *every_five) for meter in late]
    found = listen([changed(first, 11, 40, **SAG), *stories])

    told = confirmed(found)["north 0"]
    assert (told[0][0], told[0][2]) == (13, Severity.CRITICAL)
    assert told[0][1] is not Scope.AREA
    assert told[1:] == [(15, Scope.AREA, Severity.CRITICAL)]


def test_a_neighbour_that_is_off_line_does_not_count() -> None:
    first, gone, *others = street(4)
    found = listen([changed(first, 20, 30, **SAG), unheard(gone, (3, 60)), *others])

    told = found["north 0"][1]
    assert told.scope is Scope.INDIVIDUAL
    assert [each.serial for each in told.witnesses] == ["north 2", "north 3"]
    assert seen(found["north 1"]) == ["0:05 meter_silent confirmed warning individual"]


def test_a_frozen_neighbour_does_not_count() -> None:
    meters = street(3, length=120)
    still = {quantity: series[0] for quantity, series in meters[1].values.items()}
    found = listen([changed(meters[0], 90, 100, **SAG), changed(meters[1], 1, 120, **still), meters[2]])

    assert seen(found["north 1"])[-1].startswith("1:02 meter_frozen confirmed")
    assert [each.serial for each in found["north 0"][1].witnesses] == ["north 2"]


def test_nobody_can_tell_of_a_meter_without_neighbours() -> None:
    alone, elsewhere = usual("A", phases=1, circuit="a"), usual("B", phases=1, circuit="b")
    found = listen([changed(alone, 10, 20, **SAG), elsewhere])

    assert [(each.scope, each.confidence) for each in found["A"]] == [(Scope.UNKNOWN, None)] * 3


def test_meters_of_which_nobody_said_where_they_hang_are_no_neighbours() -> None:
    meters = street(5, circuit=None)
    found = listen([changed(meters[0], 10, 20, **SAG), *meters[1:]])

    assert confirmed(found)["None 0"] == [(12, Scope.UNKNOWN, Severity.CRITICAL)]


@pytest.mark.parametrize(("both", "scope"), [(True, Scope.AREA), (False, Scope.INDIVIDUAL)])
def test_of_two_the_other_one_decides_but_is_not_trusted_blindly(both: bool, scope: Scope) -> None:
    one, other = street(2)
    found = listen([changed(one, 10, 20, **SAG), changed(other, 10, 20, **SAG) if both else other])

    told = found["north 0"][1]
    assert told.scope is scope
    assert told.confidence is not None
    assert 0.8 <= told.confidence <= 0.9


def test_an_outage_of_the_circuit_silences_its_meters() -> None:
    """They live on what they measure. Those of the other circuit show that the gateway works."""
    dark = [unheard(meter, (10, 40)) for meter in street(4, gateway="g")]
    found = listen([*dark, *street(2, "south", gateway="g")])

    for story in dark:
        assert seen(found[story.meter.serial]) == [
            "0:12 meter_silent confirmed critical area",
            "0:40 meter_silent cleared critical area",
        ]
        assert found[story.meter.serial][0].advice.causes == ("network_outage",)
    assert not found["south 0"]


def test_a_gateway_that_is_lost_is_no_outage() -> None:
    behind = [*street(3, gateway="g"), *street(3, "south", gateway="g")]
    found = listen([*(unheard(meter, (10, 40)) for meter in behind), *street(2, "west", gateway="other")])

    for story in behind:
        told = found[story.meter.serial]
        assert seen(told) == [
            "0:12 meter_silent confirmed warning unknown",
            "0:40 meter_silent cleared warning unknown",
        ]
        assert (told[0].advice.causes, told[0].advice.action) == (("gateway_lost",), "check_gateway")
        # those of the same gateway and other circuits tell
        assert {each.standing for each in told[0].witnesses} == {Standing.NEWLY_SILENT}
        assert {each.serial[:5] for each in told[0].witnesses} == {
            "south" if story.meter.circuit == "north" else "north"
        }


def test_a_gateway_that_turns_out_to_be_lost_is_told_once_more() -> None:
    """The others behind it report every two minutes, so that their silence is noticed later."""
    every_two = [(minute, minute + 1) for minute in range(1, 60, 2)]
    others = [unheard(meter, (10, 40), *every_two) for meter in street(3, "south", gateway="g", interval=2)]
    found = listen([unheard(street(1, gateway="g")[0], (10, 40)), *others])

    told = [each for each in found["north 0"] if each.state is State.CONFIRMED]
    assert [(each.at - NOON, each.scope, each.advice.causes[0]) for each in told] == [
        (12, Scope.UNKNOWN, "meter_without_supply"),
        (13, Scope.UNKNOWN, "gateway_lost"),
    ]


def test_a_meter_that_falls_silent_alone_is_a_matter_of_its_cable() -> None:
    first, *others = street(4, gateway="g")
    found = listen([unheard(first, (10, 40)), *others])

    assert seen(found["north 0"]) == [
        "0:12 meter_silent confirmed warning individual",
        "0:40 meter_silent cleared warning individual",
    ]


def test_an_outage_that_a_meter_lives_to_tell_is_joined_by_those_that_fell_silent() -> None:
    first, *others = street(5, gateway="g")
    dark = changed(first, 10, 40, voltage_l1=0.0, current_l1=0.0, active_power=0.0)
    found = listen([dark, *(unheard(meter, (10, 40)) for meter in others)])

    assert confirmed(found)["north 0"] == [(12, Scope.AREA, Severity.CRITICAL)]


def test_neighbours_say_nothing_about_somebodys_own_load() -> None:
    meters = street(5)
    found = listen([changed(meters[0], 10, 20, current_l1=70.0), *meters[1:]])

    assert confirmed(found)["north 0"] == [(12, Scope.UNKNOWN, Severity.WARNING)]
    assert {each.kind for each in found["north 0"]} == {Kind.OVERLOAD}


def test_a_lost_phase_of_the_circuit_is_seen_by_its_three_phase_meters() -> None:
    meters = [
        usual(f"M{number}", seed=100 * number, circuit="n", feeder_phase=FeederPhase.THREE)
        for number in range(4)
    ]
    found = listen([changed(meter, 10, 20, voltage_l2=10.0, current_l2=0.0) for meter in meters])

    assert set(map(tuple, confirmed(found).values())) == {((12, Scope.AREA, Severity.CRITICAL),)}


def test_a_finding_that_begins_confirmed_has_nothing_of_the_one_before() -> None:
    """The first time the whole street falls silent, the second time nobody can be asked any more."""
    meters = [unheard(meter, (10, 20), (40, 50)) for meter in street(4, gateway="g")]
    stories = [*meters, *street(2, "south", gateway="g")]
    watch = Watch.of(stories)
    for rows in tables(stories, NOON):
        if rows.minute == NOON + 30:
            alone = [replace(story.meter, circuit=None, gateway=None) for story in stories]
            watch.engine.configure(alone)
        watch.note(watch.engine.observe_rows(rows))

    told = [each for each in watch.found["north 0"] if each.kind is Kind.METER_SILENT]
    assert [(each.at - NOON, each.state) for each in told] == [
        (12, State.CONFIRMED),
        (20, State.CLEARED),
        (42, State.CONFIRMED),
        (50, State.CLEARED),
    ]
    assert [(each.scope, each.confidence is None) for each in told] == [
        (Scope.AREA, False),
        (Scope.AREA, False),
        (Scope.UNKNOWN, True),
        (Scope.UNKNOWN, True),
    ]
