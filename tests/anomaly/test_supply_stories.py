"""What is wrong with the supply or the meter, each by itself: what is told, and in which minute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pytest

from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.anomaly.intake import ROW
from custom_components.csj_meter.anomaly.kinds import Kind, Severity
from custom_components.csj_meter.anomaly.meter import WatchedMeter
from custom_components.csj_meter.meters.quantities import Status
from custom_components.csj_meter.meters.sample import Sample

from .stories import BERLIN, NOON, Story, Watch, changed, during, listen, seen, tables, unheard, usual

ALL_DARK: Final = {f"{quantity}_l{phase}": 0.0 for quantity in ("voltage", "current") for phase in (1, 2, 3)}
CLOSED: Final = float(Status.RELAY_CLOSED)


def heard_of(story: Story) -> list[str]:
    return seen(listen([story])[story.meter.serial])


def test_nothing_is_told_of_a_meter_that_is_well() -> None:
    assert heard_of(usual(length=400)) == []
    assert heard_of(usual(length=400, phases=1)) == []


@pytest.mark.parametrize(
    ("lasts", "levels", "told"),
    [
        pytest.param(
            5,
            ALL_DARK | {"active_power": 0.0},
            [
                "0:10 outage suspected critical unknown",
                "0:12 outage confirmed critical unknown",
                "0:17 outage cleared critical unknown",
            ],
            id="outage",
        ),
        pytest.param(
            5,
            {"voltage_l2": 170.0},
            [
                "0:10 voltage_sag l2 suspected critical unknown",
                "0:10 phase_imbalance suspected critical unknown",
                "0:12 voltage_sag l2 confirmed critical unknown",
                "0:12 phase_imbalance confirmed critical unknown",
                "0:17 voltage_sag l2 cleared critical unknown",
                "0:17 phase_imbalance cleared critical unknown",
            ],
            id="sag of one phase",
        ),
        pytest.param(
            5,
            {"voltage_l1": 170.0, "voltage_l2": 170.0, "voltage_l3": 170.0},
            [
                *(f"0:10 voltage_sag l{phase} suspected critical unknown" for phase in (1, 2, 3)),
                *(f"0:12 voltage_sag l{phase} confirmed critical unknown" for phase in (1, 2, 3)),
                *(f"0:17 voltage_sag l{phase} cleared critical unknown" for phase in (1, 2, 3)),
            ],
            id="sag of all phases",
        ),
        pytest.param(
            20,
            {"voltage_l1": 200.0},
            [
                "0:10 undervoltage l1 suspected info unknown",
                "0:20 undervoltage l1 confirmed info unknown",
                "0:40 undervoltage l1 cleared info unknown",
            ],
            id="undervoltage",
        ),
        pytest.param(
            9,
            {"voltage_l1": 200.0},
            [
                "0:10 undervoltage l1 suspected info unknown",
                "0:19 undervoltage l1 cleared info unknown",
            ],
            id="undervoltage for too short a time",
        ),
        pytest.param(
            4,
            {"voltage_l3": 260.0},
            [
                "0:10 voltage_swell l3 suspected warning unknown",
                "0:12 voltage_swell l3 confirmed warning unknown",
                "0:16 voltage_swell l3 cleared warning unknown",
            ],
            id="swell",
        ),
        pytest.param(
            4,
            {"voltage_l1": 280.0, "voltage_l2": 280.0, "voltage_l3": 280.0},
            [
                *(f"0:10 voltage_swell l{phase} suspected critical unknown" for phase in (1, 2, 3)),
                *(f"0:12 voltage_swell l{phase} confirmed critical unknown" for phase in (1, 2, 3)),
                *(f"0:16 voltage_swell l{phase} cleared critical unknown" for phase in (1, 2, 3)),
            ],
            id="swell beyond what equipment is made for",
        ),
        pytest.param(
            5,
            {"voltage_l3": 20.0, "current_l3": 0.0},
            [
                "0:10 phase_loss l3 suspected critical unknown",
                "0:12 phase_loss l3 confirmed critical unknown",
                "0:17 phase_loss l3 cleared critical unknown",
            ],
            id="lost phase",
        ),
        pytest.param(
            5,
            {"voltage_l1": 185.0, "voltage_l2": 250.0},
            [
                "0:10 undervoltage l1 suspected info unknown",
                "0:10 phase_imbalance suspected critical unknown",
                "0:12 phase_imbalance confirmed critical unknown",
                "0:15 undervoltage l1 cleared info unknown",
                "0:17 phase_imbalance cleared critical unknown",
            ],
            id="imbalance",
        ),
        pytest.param(
            5,
            {"frequency": 50.6},
            [
                "0:10 frequency suspected warning unknown",
                "0:12 frequency confirmed warning unknown",
                "0:17 frequency cleared warning unknown",
            ],
            id="frequency",
        ),
        pytest.param(
            5,
            {"frequency": 47.5},
            [
                "0:10 frequency suspected critical unknown",
                "0:12 frequency confirmed critical unknown",
                "0:17 frequency cleared critical unknown",
            ],
            id="frequency beyond every limit",
        ),
        pytest.param(
            15,
            {"voltage_thd_l2": 11.0},
            [
                "0:10 harmonic_distortion l2 suspected warning unknown",
                "0:20 harmonic_distortion l2 confirmed warning unknown",
                "0:35 harmonic_distortion l2 cleared warning unknown",
            ],
            id="harmonic distortion",
        ),
        pytest.param(
            1,
            {"current_l1": 150.0, "voltage_l1": 195.0},
            [
                "0:10 undervoltage l1 suspected info unknown",
                "0:10 short_circuit l1 confirmed critical unknown",
                "0:10 overload l1 suspected critical unknown",
                "0:11 undervoltage l1 cleared info unknown",
                "0:11 overload l1 cleared critical unknown",
                "0:16 short_circuit l1 cleared critical unknown",
            ],
            id="short circuit",
        ),
        pytest.param(
            1,
            {"current_l1": 150.0},
            ["0:10 overload l1 suspected critical unknown", "0:11 overload l1 cleared critical unknown"],
            id="inrush at a voltage that holds",
        ),
        pytest.param(
            5,
            {"current_l2": 66.0},
            [
                "0:10 overload l2 suspected warning unknown",
                "0:12 overload l2 confirmed warning unknown",
                "0:17 overload l2 cleared warning unknown",
            ],
            id="overload",
        ),
        pytest.param(
            90,
            {"power_factor": 0.3},
            [
                "0:10 power_factor suspected info unknown",
                "1:10 power_factor confirmed info unknown",
                "2:40 power_factor cleared info unknown",
            ],
            id="power factor",
        ),
        pytest.param(
            2,
            {"status": CLOSED + Status.COVER_OPENED},
            ["0:10 tamper confirmed warning unknown", "0:12 tamper cleared warning unknown"],
            id="tamper",
        ),
    ],
)
def test_a_fault_is_told_in_its_minute_and_so_is_its_end(
    lasts: int, levels: dict[str, float], told: Sequence[str]
) -> None:
    assert heard_of(changed(usual(length=200), 10, 10 + lasts, **levels)) == list(told)


def test_an_overload_that_grows_is_told_once_more_as_critical() -> None:
    story = changed(changed(usual(phases=1), 10, 20, current_l1=66.0), 15, 20, current_l1=90.0)

    assert heard_of(story) == [
        "0:10 overload l1 suspected warning unknown",
        "0:12 overload l1 confirmed warning unknown",
        "0:15 overload l1 confirmed critical unknown",
        "0:22 overload l1 cleared critical unknown",
    ]


@pytest.mark.parametrize("max_current", [None, 60.0])
def test_a_meter_that_says_itself_that_it_is_overloaded_is_believed(max_current: float | None) -> None:
    story = usual(phases=1, max_current=max_current)

    assert heard_of(changed(story, 10, 20, status=CLOSED + Status.OVERLOAD)) == [
        "0:10 overload l1 suspected warning unknown",
        "0:12 overload l1 confirmed warning unknown",
        "0:22 overload l1 cleared warning unknown",
    ]


def test_a_young_meter_that_stands_still_is_frozen_after_an_hour() -> None:
    story = usual(length=120, phases=1)
    still = {quantity: series[10] for quantity, series in story.values.items()}

    assert heard_of(changed(story, 10, 90, **still)) == [
        "1:10 meter_frozen suspected warning unknown",
        "1:12 meter_frozen confirmed warning unknown",
        "1:30 meter_frozen cleared warning unknown",
    ]


def test_a_meter_that_says_nothing_is_silent_from_the_third_missing_sample_on() -> None:
    found = listen([unheard(usual(), (10, 30))])["A"]

    assert seen(found) == [
        "0:12 meter_silent confirmed warning unknown",
        "0:30 meter_silent cleared warning unknown",
    ]
    assert [each.since - NOON for each in found] == [10, 10]


def test_a_meter_of_which_only_the_energy_comes_through_is_as_good_as_silent() -> None:
    story = usual(phases=1)

    assert heard_of(changed(story, 10, 30, **dict.fromkeys(story.values, np.nan))) == [
        "0:12 meter_silent confirmed warning unknown",
        "0:30 meter_silent cleared warning unknown",
    ]


def test_a_meter_that_never_tells_more_than_its_energy_is_heard_by_that() -> None:
    story = Story(meter=WatchedMeter(serial="A"), values={"active_power": np.full(60, np.nan)})

    assert heard_of(unheard(story, (10, 30))) == [
        "0:12 meter_silent confirmed warning unknown",
        "0:30 meter_silent cleared warning unknown",
    ]


def test_a_meter_that_says_that_it_stands_still_is_believed_and_not_silent() -> None:
    watch = Watch.of([usual(phases=1)])
    rows = list(tables([usual(phases=1)], NOON))
    still = [Sample(serial="A", minute=rows[at].minute, values={}, frozen=True) for at in range(10, 20)]
    for at in range(10):
        watch.note(watch.engine.observe_rows(rows[at]))
    for sample in still:
        watch.note(watch.engine.observe([sample], sample.minute))
    # after a restart it takes a while until it is known once more, and what it measured last is read again
    again = [replace(rows[9], minute=NOON + at) for at in range(20, 23)]
    for each in (*again, *rows[23:]):
        watch.note(watch.engine.observe_rows(each))

    assert seen(watch.found["A"]) == [
        "0:10 meter_frozen suspected warning unknown",
        "0:12 meter_frozen confirmed warning unknown",
        "0:23 meter_frozen cleared warning unknown",
    ]
    assert watch.found["A"][1].value == pytest.approx(rows[9].values[ROW["active_power"], 0])


def test_two_faults_at_once_are_told_side_by_side() -> None:
    story = changed(changed(usual(phases=1), 10, 20, voltage_l1=170.0), 12, 16, frequency=51.0)

    assert heard_of(story) == [
        "0:10 voltage_sag l1 suspected critical unknown",
        "0:12 voltage_sag l1 confirmed critical unknown",
        "0:12 frequency suspected warning unknown",
        "0:14 frequency confirmed warning unknown",
        "0:18 frequency cleared warning unknown",
        "0:22 voltage_sag l1 cleared critical unknown",
    ]


@pytest.mark.parametrize("nominal", [120.0, 230.0, 277.0])
def test_limits_are_shares_of_what_the_meter_is_made_for(nominal: float) -> None:
    story = usual(phases=1, rated_voltage=nominal)
    level = nominal + np.sin(np.arange(60))
    level[10:20] = nominal * 0.77
    found = listen([replace(story, values={**story.values, "voltage_l1": level})])["A"]

    assert seen(found)[1] == "0:12 voltage_sag l1 confirmed critical unknown"
    assert found[1].expected == nominal
    assert found[1].low == pytest.approx(0.78 * nominal, abs=1e-3)


def test_a_grid_of_60_hertz_is_judged_by_60() -> None:
    story = usual(phases=1)
    level = during(60.0 + (story.values["frequency"] - 50.0), 10, 20, 60.7)
    (_, confirmed, _) = listen([replace(story, values={**story.values, "frequency": level})])["A"]

    assert (confirmed.kind, confirmed.expected, confirmed.severity) == (
        Kind.FREQUENCY,
        60.0,
        Severity.WARNING,
    )
    assert (confirmed.low, confirmed.high) == pytest.approx((59.4, 60.6))


def test_tariffs_and_counters_change_nothing() -> None:
    """A tariff switches, and the meter is replaced by one whose counters begin anew."""
    meters = [WatchedMeter(serial="A")]
    told, untold = (Engine(meters, BERLIN) for _ in range(2))
    for offset in range(300):
        minute = NOON + offset
        values = {"voltage_l1": 230.0 + offset % 7 / 10, "active_power": 300.0 + offset % 11}
        more = {"tariff": 1 + offset // 150, "energy_import": 4000.0 + offset if offset < 200 else 0.0}

        assert told.observe([Sample(serial="A", minute=minute, values={**values, **more})], minute) == []
        assert untold.observe([Sample(serial="A", minute=minute, values=values)], minute) == []
    assert told.saved() == untold.saved()
