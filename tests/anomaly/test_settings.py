"""What people set: the closest setting counts, and a mistake says where it is."""

from __future__ import annotations

from typing import Any

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.csj_meter.anomaly.channels import CHANNELS, FIRST, Limits, rows_of_kind
from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.anomaly.meter import WatchedMeter
from custom_components.csj_meter.anomaly.rules import RULES
from custom_components.csj_meter.anomaly.settings import MOST_SAMPLES, Settings, SettingsError, Tuned

SAG = Kind.VOLTAGE_SAG


def test_without_settings_the_rules_hold() -> None:
    for kind, rule in RULES.items():
        assert Settings().of(kind, "A", "north") == Tuned(
            enabled=rule.enabled, threshold=rule.threshold, confirm=rule.confirm
        )


def test_the_closest_setting_counts_and_leaves_the_rest_to_the_wider_one() -> None:
    settings = Settings.from_dict(
        {
            "site": {"voltage_sag": {"threshold": 0.8, "confirm": 4, "enabled": False}},
            "circuits": {"north": {"voltage_sag": {"confirm": 5, "enabled": True}}},
            "meters": {"A": {"voltage_sag": {"confirm": 6}}},
        }
    )

    assert settings.of(SAG, "A", "north") == Tuned(enabled=True, threshold=0.8, confirm=6)
    assert settings.of(SAG, "B", "north") == Tuned(enabled=True, threshold=0.8, confirm=5)
    assert settings.of(SAG, "B", "south") == Tuned(enabled=False, threshold=0.8, confirm=4)
    assert settings.of(SAG, "B", None) == Tuned(enabled=False, threshold=0.8, confirm=4)
    assert settings.of(SAG, "A", None) == Tuned(enabled=False, threshold=0.8, confirm=6)
    assert settings.of(Kind.OUTAGE, "A", "north").confirm == RULES[Kind.OUTAGE].confirm


@pytest.mark.parametrize(
    ("stored", "path", "problem"),
    [
        (None, "settings", "expected site, circuits, meters or unwatched"),
        ([], "settings", "expected site, circuits, meters or unwatched"),
        ({"sites": {}}, "sites", "expected site, circuits, meters or unwatched"),
        ({"site": []}, "site", "expected kinds of findings"),
        ({"site": {"sag": {}}}, "site.sag", f"expected one of {', '.join(Kind)}"),
        ({"site": {"leak": 3}}, "site.leak", "expected enabled, threshold or confirm"),
        ({"site": {"leak": {"limit": 3}}}, "site.leak.limit", "expected enabled, threshold or confirm"),
        ({"site": {"leak": {"enabled": "yes"}}}, "site.leak.enabled", "expected true or false"),
        ({"site": {"leak": {"enabled": 1}}}, "site.leak.enabled", "expected true or false"),
        ({"site": {"leak": {"threshold": "1"}}}, "site.leak.threshold", "expected a number from 0.3 to 10"),
        ({"site": {"leak": {"threshold": True}}}, "site.leak.threshold", "expected a number from 0.3 to 10"),
        ({"site": {"leak": {"threshold": 0.2}}}, "site.leak.threshold", "expected a number from 0.3 to 10"),
        ({"site": {"leak": {"threshold": 11}}}, "site.leak.threshold", "expected a number from 0.3 to 10"),
        (
            {"site": {"leak": {"threshold": float("nan")}}},
            "site.leak.threshold",
            "expected a number from 0.3 to 10",
        ),
        ({"site": {"leak": {"confirm": 0}}}, "site.leak.confirm", "expected a whole number from 1 to 60"),
        ({"site": {"leak": {"confirm": 61}}}, "site.leak.confirm", "expected a whole number from 1 to 60"),
        ({"site": {"leak": {"confirm": 3.0}}}, "site.leak.confirm", "expected a whole number from 1 to 60"),
        ({"site": {"leak": {"confirm": True}}}, "site.leak.confirm", "expected a whole number from 1 to 60"),
        ({"circuits": []}, "circuits", "expected names"),
        ({"circuits": {"north": []}}, "circuits.north", "expected kinds of findings"),
        (
            {"circuits": {"north": {"leak": {"confirm": 0}}}},
            "circuits.north.leak.confirm",
            "expected a whole number from 1 to 60",
        ),
        ({"meters": {"A": {"leek": {}}}}, "meters.A.leek", f"expected one of {', '.join(Kind)}"),
        ({"meters": 3}, "meters", "expected names"),
        ({"unwatched": "A"}, "unwatched", "expected a list of serial numbers"),
        ({"unwatched": [17]}, "unwatched", "expected a list of serial numbers"),
    ],
)
def test_a_mistake_says_where_it_is_and_what_would_be_right(stored: Any, path: str, problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_dict(stored)

    assert (caught.value.path, caught.value.problem) == (path, problem)
    assert str(caught.value) == f"{path}: {problem}"


@st.composite
def tunings(draw: st.DrawFn) -> dict[str, Any]:
    found = {}
    for kind in draw(st.sets(st.sampled_from(Kind), max_size=4)):
        rule = RULES[kind]
        found[kind.value] = draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "enabled": st.booleans(),
                    "threshold": st.floats(rule.low, rule.high),
                    "confirm": st.integers(1, MOST_SAMPLES),
                },
            )
        )
    return found


@given(
    stored=st.fixed_dictionaries(
        {
            "site": tunings(),
            "circuits": st.dictionaries(st.text(max_size=4), tunings(), max_size=2),
            "meters": st.dictionaries(st.text(max_size=4), tunings(), max_size=2),
            "unwatched": st.lists(st.text(max_size=4), unique=True).map(sorted),
        }
    )
)
def test_what_is_stored_is_what_was_set(stored: dict[str, Any]) -> None:
    settings = Settings.from_dict(stored)

    assert settings.as_dict() == stored
    assert Settings.from_dict(settings.as_dict()) == settings


def test_limits_are_those_of_each_meter() -> None:
    meters = [
        WatchedMeter(serial="A", circuit="north", phases=3),
        WatchedMeter(serial="B", circuit="north"),
        WatchedMeter(serial="C"),
    ]
    settings = Settings.from_dict(
        {
            "circuits": {"north": {"voltage_sag": {"threshold": 0.8}}},
            "meters": {"B": {"voltage_sag": {"confirm": 7}, "tamper": {"enabled": False}}},
            "unwatched": ["C"],
        }
    )

    limits = Limits.of(meters, settings)

    assert limits.threshold[SAG].tolist() == [0.8, 0.8, 0.78]
    assert limits.confirm[rows_of_kind(SAG)].tolist() == [[3, 7, 3]] * 3
    assert limits.looked_for[FIRST[Kind.TAMPER]].tolist() == [True, False, False]
    assert limits.looked_for[FIRST[Kind.PHASE_IMBALANCE]].tolist() == [True, False, False]
    assert not limits.looked_for[FIRST[Kind.UNUSUAL_USAGE]].any()
    assert limits.looked_for.shape == (len(CHANNELS), 3)
    assert np.all(limits.confirm >= 1)


def test_another_threshold_for_one_meter_leaves_the_rest_as_it_was() -> None:
    before = Settings.from_dict(
        {
            "site": {"voltage_sag": {"threshold": 0.8}},
            "meters": {"A": {"voltage_sag": {"confirm": 6}, "leak": {"enabled": False}}},
            "unwatched": ["B"],
        }
    )

    after = before.with_threshold(SAG, "A", 0.7)

    assert after.of(SAG, "A", None) == Tuned(enabled=True, threshold=0.7, confirm=6)
    assert after.of(SAG, "B", None).threshold == 0.8
    assert not after.of(Kind.LEAK, "A", None).enabled
    assert (after.unwatched, before.of(SAG, "A", None).threshold) == (frozenset({"B"}), 0.8)


def test_a_threshold_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"voltage_sag\.threshold: expected a number from 0\.5"):
        Settings().with_threshold(SAG, "A", 0.1)
