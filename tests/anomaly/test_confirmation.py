"""How many samples it takes to confirm and to clear, and what gaps and outliers do to that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from custom_components.csj_meter.anomaly.kinds import Kind, State
from custom_components.csj_meter.anomaly.settings import Settings

from .stories import NOON, Story, changed, during, listen, seen, unheard, usual


def heard_of(story: Story) -> list[str]:
    return seen(listen([story])[story.meter.serial])


@pytest.mark.parametrize("seed", range(5))
def test_an_hour_of_180_volts_give_or_take_four_is_one_alarm(seed: int) -> None:
    story = usual(length=90, phases=1)
    level = during(story.values["voltage_l1"], 10, 70, 180.0)
    level[10:70] += np.random.default_rng(seed).uniform(-4.0, 4.0, 60)
    level[10:13] = 178.0
    found = listen([replace(story, values={**story.values, "voltage_l1": level})])["A"]

    told = [(each.at - NOON, each.state) for each in found if each.kind is Kind.VOLTAGE_SAG]
    assert told == [(10, State.SUSPECTED), (12, State.CONFIRMED), (72, State.CLEARED)]


def test_on_the_way_back_a_voltage_has_to_rise_by_two_percent() -> None:
    story = changed(usual(phases=1), 10, 20, voltage_l1=170.0)

    def cleared(volts: float) -> list[int]:
        found = listen([changed(story, 20, 60, voltage_l1=volts)])["A"]
        sag = [each for each in found if each.kind is Kind.VOLTAGE_SAG]
        return [each.at - NOON for each in sag if each.state is State.CLEARED]

    assert cleared(182.9) == []
    assert cleared(183.1) == [22]


def test_two_bad_samples_of_three_are_no_alarm() -> None:
    story = usual(length=100, phases=1)
    for begin in range(10, 90, 3):
        story = changed(story, begin, begin + 2, voltage_l1=170.0)

    told = heard_of(story)

    assert told[:2] == [
        "0:10 voltage_sag l1 suspected critical unknown",
        "0:12 voltage_sag l1 cleared critical unknown",
    ]
    assert not [line for line in told if "confirmed" in line]


def test_settings_say_how_many_samples_confirm() -> None:
    story = changed(usual(phases=1), 10, 20, voltage_l1=170.0)
    settings = Settings.from_dict({"site": {"voltage_sag": {"confirm": 5}}})

    assert seen(listen([story], settings=settings)["A"]) == [
        "0:10 voltage_sag l1 suspected critical unknown",
        "0:14 voltage_sag l1 confirmed critical unknown",
        "0:22 voltage_sag l1 cleared critical unknown",
    ]


def test_a_gap_does_not_confirm() -> None:
    story = unheard(changed(usual(phases=1), 10, 12, voltage_l1=170.0), (12, 14))

    assert heard_of(story) == [
        "0:10 voltage_sag l1 suspected critical unknown",
        "0:14 voltage_sag l1 cleared critical unknown",
    ]


def test_a_short_gap_does_not_begin_the_row_anew() -> None:
    story = unheard(changed(usual(phases=1), 10, 20, voltage_l1=170.0), (12, 14))

    assert heard_of(story)[:2] == [
        "0:10 voltage_sag l1 suspected critical unknown",
        "0:14 voltage_sag l1 confirmed critical unknown",
    ]


def test_after_a_long_gap_the_row_begins_anew() -> None:
    story = unheard(changed(usual(phases=1), 10, 30, voltage_l1=170.0), (12, 16))
    found = [each for each in listen([story])["A"] if each.kind is Kind.VOLTAGE_SAG]

    assert [(each.at - NOON, each.state) for each in found] == [
        (10, State.SUSPECTED),
        (18, State.CONFIRMED),
        (32, State.CLEARED),
    ]


def test_a_gap_does_not_clear() -> None:
    story = unheard(changed(usual(length=90, phases=1), 10, 50, voltage_l1=170.0), (20, 48))

    assert [line for line in heard_of(story) if "sag" in line] == [
        "0:10 voltage_sag l1 suspected critical unknown",
        "0:12 voltage_sag l1 confirmed critical unknown",
        "0:52 voltage_sag l1 cleared critical unknown",
    ]


def test_a_sample_without_the_quantity_is_a_gap_as_well() -> None:
    story = changed(usual(length=90, phases=1), 10, 50, voltage_l1=170.0)
    story.values["voltage_l1"][20:48] = np.nan

    assert heard_of(story)[1:] == [
        "0:12 voltage_sag l1 confirmed critical unknown",
        "0:52 voltage_sag l1 cleared critical unknown",
    ]


def test_one_wrong_sample_in_a_hundred_is_no_alarm() -> None:
    length = 1500
    story = usual(length=length)
    rng = np.random.default_rng(1)
    for quantity in ("voltage_l1", "voltage_l2", "voltage_l3", "frequency"):
        story.values[quantity][rng.random(length) < 0.01] *= 0.7

    assert not [each for each in listen([story])["A"] if each.state is State.CONFIRMED]
