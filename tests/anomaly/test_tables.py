"""The tables of the floor: each kind has a rule, texts and channels, and what two tables say agrees."""

from __future__ import annotations

from typing import Final

import pytest

from custom_components.csj_meter.anomaly.advice import (
    ACTIVE_NEIGHBOURS,
    ADVICE,
    BY_SCOPE,
    GATEWAY,
    advice_of,
)
from custom_components.csj_meter.anomaly.channels import CHANNELS, FIRST, rows_of_kind
from custom_components.csj_meter.anomaly.classification import CRITICAL_FROM, WARNING_FROM
from custom_components.csj_meter.anomaly.engine_slots import SLOTS
from custom_components.csj_meter.anomaly.guard import GUARDED, HABITS_OF_LOAD, REACH
from custom_components.csj_meter.anomaly.intake import INPUTS
from custom_components.csj_meter.anomaly.kinds import FAMILIES, Kind, Scope, Severity
from custom_components.csj_meter.anomaly.rules import RULES, Rule
from custom_components.csj_meter.anomaly.settings import MOST_SAMPLES
from custom_components.csj_meter.language.texts import english
from custom_components.csj_meter.meters.quantities import QUANTITIES

TEXTS: Final = english().templates
EVERY_RULE: Final = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def test_every_kind_has_a_rule_in_its_order() -> None:
    assert list(RULES) == list(Kind)
    assert {channel.kind for channel in CHANNELS} == set(Kind)


@EVERY_RULE
def test_a_threshold_lies_within_its_bounds(rule: Rule) -> None:
    assert 0 < rule.low <= rule.threshold <= rule.high
    assert 1 <= rule.confirm <= MOST_SAMPLES
    assert rule.clear >= 1
    assert 0 < rule.clears_at <= 1
    assert rule.phases in (1, 3)


@EVERY_RULE
def test_a_rule_is_about_quantities_that_there_are(rule: Rule) -> None:
    for stem in rule.needs:
        assert stem in QUANTITIES or f"{stem}_l1" in QUANTITIES
        assert stem in INPUTS or f"{stem}_l1" in INPUTS
    named = [channel.quantity for channel in CHANNELS if channel.kind is rule.kind]
    if rule.by_phase:
        assert named == [f"{rule.quantity}_l{phase}" for phase in (1, 2, 3)]
        assert set(named) <= set(INPUTS)
    else:
        assert named == [rule.quantity]


def test_the_rows_of_a_kind_are_its_channels() -> None:
    for kind, rule in RULES.items():
        rows = rows_of_kind(kind)
        assert rows.start == FIRST[kind]
        assert [channel.kind for channel in CHANNELS[rows]] == [kind] * (3 if rule.by_phase else 1)
        assert [channel.phase for channel in CHANNELS[rows]] == ([1, 2, 3] if rule.by_phase else [None])


def test_behaviour_is_judged_by_the_past_and_nothing_else_is_off() -> None:
    assert [kind for kind, rule in RULES.items() if not rule.enabled] == [Kind.UNUSUAL_USAGE]
    assert all(RULES[kind].statistical for kind in HABITS_OF_LOAD)
    assert not any(RULES[kind].statistical for kind in FAMILIES)


def test_grades_belong_to_kinds_that_are_milder_by_rule() -> None:
    assert all(RULES[kind].severity is Severity.WARNING for kind in CRITICAL_FROM)
    assert all(RULES[kind].severity is Severity.WARNING for kind in WARNING_FROM)
    assert all(score > 1 for score in CRITICAL_FROM.values())


def test_what_is_guarded_is_worth_it() -> None:
    assert all(RULES[kind].severity is not Severity.INFO for kind in GUARDED)
    assert REACH.keys() <= set(HABITS_OF_LOAD)


def test_no_array_of_two_modules_has_one_name() -> None:
    names = [slot.name for slot in SLOTS]

    assert len(names) == len(set(names))


# advice


def test_every_kind_has_its_sentence_its_causes_and_something_to_do() -> None:
    assert ADVICE.keys() == set(Kind)
    assert {f"seen.{kind.value}" for kind in Kind} == {key for key in TEXTS if key.startswith("seen.")}


def test_every_advice_is_given_and_every_one_that_is_given_has_a_text() -> None:
    known = [*ADVICE.values(), *BY_SCOPE.values(), GATEWAY]
    given = {key for each in known for key in (*each.causes, each.action)}

    assert {f"advice.{key}" for key in given | {ACTIVE_NEIGHBOURS}} == {
        key for key in TEXTS if key.startswith("advice.")
    }


def test_a_text_is_a_sentence() -> None:
    for key, text in TEXTS.items():
        if key.startswith(("seen.", "advice.")):
            assert text.endswith("."), key
            assert text[0].isupper() or text[0] == "{", key
            assert key.startswith("seen.") or "{" not in text, key


def test_scopes_matter_only_to_kinds_that_neighbours_are_asked_about() -> None:
    assert {kind for kind, _ in BY_SCOPE} <= FAMILIES.keys()
    assert Scope.UNKNOWN not in {scope for _, scope in BY_SCOPE}


def test_causes_are_told_once_each() -> None:
    for known in [*ADVICE.values(), *BY_SCOPE.values(), GATEWAY]:
        assert len(set(known.causes)) == len(known.causes) > 0


@pytest.mark.parametrize("kind", [Kind.ZERO_CURRENT, Kind.LOAD_COLLAPSE])
def test_active_neighbours_come_first_among_the_causes(kind: Kind) -> None:
    advice = advice_of(kind, Scope.UNKNOWN, {"value": 0.0}, neighbours_active=True)

    assert advice.causes[0] == ACTIVE_NEIGHBOURS
    assert "meter_failed" not in advice.causes
    assert "main_switch_open" in advice.causes
    assert advice.params == {"value": 0.0}


def test_active_neighbours_say_nothing_of_other_kinds() -> None:
    assert advice_of(Kind.LEAK, Scope.UNKNOWN, {}, neighbours_active=True) == advice_of(
        Kind.LEAK, Scope.UNKNOWN, {}
    )


def test_a_lost_gateway_explains_everything() -> None:
    advice = advice_of(Kind.METER_SILENT, Scope.AREA, {}, gateway_lost=True)

    assert (advice.causes, advice.action) == (("gateway_lost",), "check_gateway")
