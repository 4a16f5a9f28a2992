"""How bad a finding is."""

from __future__ import annotations

import pytest

from custom_components.csj_meter.anomaly.channels import CHANNELS, FIRST
from custom_components.csj_meter.anomaly.classification import FULL_DAYS, severity_of
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity
from custom_components.csj_meter.anomaly.neighbours import Verdict
from custom_components.csj_meter.anomaly.rules import RULES

INFO, WARNING, CRITICAL = Severity.INFO, Severity.WARNING, Severity.CRITICAL


def severity(
    kind: Kind,
    score: float = 1.0,
    *,
    excess: float | None = None,
    days: int = 30,
    verdict: Verdict | None = None,
) -> Severity:
    return severity_of(CHANNELS[FIRST[kind]], score, excess, days, verdict)


def test_a_kind_is_as_bad_as_its_rule_says() -> None:
    for channel in CHANNELS:
        assert severity_of(channel, 1.0, None, 30, None) is channel.rule.severity, channel


@pytest.mark.parametrize("kind", Kind)
def test_behaviour_is_information_until_the_meter_is_known(kind: Kind) -> None:
    rule = RULES[kind]

    assert severity(kind, days=FULL_DAYS) is rule.severity
    assert severity(kind, days=FULL_DAYS - 1) is (INFO if rule.statistical else rule.severity)


@pytest.mark.parametrize(
    ("kind", "score", "expected"),
    [
        (Kind.VOLTAGE_SWELL, 1.09, WARNING),
        (Kind.VOLTAGE_SWELL, 1.1, CRITICAL),
        (Kind.OVERLOAD, 1.44, WARNING),
        (Kind.OVERLOAD, 1.45, CRITICAL),
        (Kind.FREQUENCY, 3.9, WARNING),
        (Kind.FREQUENCY, 4.0, CRITICAL),
        (Kind.TAMPER, 9.0, WARNING),
        (Kind.UNDERVOLTAGE, 9.0, INFO),
    ],
)
def test_size_matters_where_it_is_dangerous(kind: Kind, score: float, expected: Severity) -> None:
    assert severity(kind, score) is expected


@pytest.mark.parametrize(
    ("kind", "excess", "expected"),
    [
        (Kind.LEAK, 199.0, INFO),
        (Kind.LEAK, 200.0, WARNING),
        (Kind.LEAK, None, WARNING),
        (Kind.STUCK_LOAD, 1499.0, INFO),
        (Kind.STUCK_LOAD, 1500.0, WARNING),
        (Kind.HIGH_USAGE, 10.0, WARNING),
    ],
)
def test_a_little_more_than_usual_is_no_reason_to_get_up(
    kind: Kind, excess: float | None, expected: Severity
) -> None:
    assert severity(kind, excess=excess) is expected


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (None, WARNING),
        (Verdict(scope=Scope.INDIVIDUAL, confidence=0.99), WARNING),
        (Verdict(scope=Scope.UNKNOWN), WARNING),
        (Verdict(scope=Scope.AREA, confidence=0.99), CRITICAL),
        (Verdict(scope=Scope.PHASE, confidence=0.9), CRITICAL),
        (Verdict(scope=Scope.UNKNOWN, gateway_lost=True), WARNING),
        (Verdict(scope=Scope.AREA, gateway_lost=True), WARNING),
    ],
)
def test_several_meters_that_fall_silent_at_once_are_an_outage(
    verdict: Verdict | None, expected: Severity
) -> None:
    assert severity(Kind.METER_SILENT, verdict=verdict) is expected
