"""docs/detection.md says of each kind when it is found and when it is over, as the rules have it."""

from __future__ import annotations

import json
import re
from typing import Final

import pytest

from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.anomaly.rules import HYSTERESIS, RULES, Rule

from .pages import ROOT, prose

PAGE: Final = ROOT / "docs" / "detection.md"
ROWS: Final = {
    name: (found, over)
    for name, found, over in re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| .+ \|$", prose(PAGE), re.MULTILINE)
}

MINUTES: Final = {
    5: "five minutes",
    10: "ten minutes",
    15: "15 minutes",
    60: "an hour",
    180: "three hours",
    1440: "a day",
}
SAMPLES: Final = {1: "the first sample", 3: "three samples"}

OVER_BY_ITSELF: Final = {
    Kind.PHASE_LOSS: "whatever is not lost scores 0",
    Kind.HIGH_USAGE: "what is not 200 W above the record scores 0",
    Kind.CURRENT_IMBALANCE: "the limit is the meter's own",
    Kind.LASTING_CHANGE: "it is told for an hour",
    Kind.DAILY_SHAPE: "it is judged once a day",
    Kind.METER_FROZEN: "one reading that differs scores 0",
    Kind.METER_SILENT: "one sample that comes scores 0",
    Kind.TAMPER: "the meter says yes or no",
    Kind.LOAD_COLLAPSE: "the limit is the meter's own",
}
"""Kinds whose limit of the way back is no figure, and why."""


def test_each_kind_has_its_row() -> None:
    assert list(ROWS) == [kind.value for kind in RULES]


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.kind.value)
def test_it_says_how_long_it_must_last_and_be_over(rule: Rule) -> None:
    found, over = ROWS[rule.kind.value]

    if rule.hold:
        assert MINUTES[rule.hold] in found
    if rule.kind is Kind.LASTING_CHANGE:
        return
    assert over.startswith(MINUTES[rule.clear_hold] if rule.clear_hold else SAMPLES[rule.clear])


@pytest.mark.parametrize(
    "rule",
    [rule for kind, rule in RULES.items() if kind not in OVER_BY_ITSELF],
    ids=lambda rule: rule.kind.value,
)
def test_it_says_from_which_limit_on_it_is_over(rule: Rule) -> None:
    _, over = ROWS[rule.kind.value]
    told = [float(figure) for figure in re.findall(r"\d+\.\d+|\d+", over)]

    if rule.clears_at == 0.5:
        assert "half as" in over
    elif rule.clears_at != HYSTERESIS:
        assert rule.clears_at in told
    else:
        limits = (rule.threshold * rule.clears_at, rule.threshold / rule.clears_at)
        assert any(figure == pytest.approx(limit, rel=0.002) for figure in told for limit in limits)


def test_a_multiple_of_what_is_remarkable_is_called_that() -> None:
    """What a score of 1 is was chosen on real homes: it is as unusual as no day in particular."""
    texts = json.loads((ROOT / "custom_components/csj_meter/translations/en.json").read_text("utf-8"))
    told = texts["selector"]["detection_threshold"]["options"]
    chosen = [kind for kind, rule in RULES.items() if rule.statistical and rule.threshold == 1]

    assert len(chosen) == 4
    assert [kind for kind in chosen if not told[kind].endswith("as a multiple of what is remarkable.")] == []
