"""Every kind has its place, and nobody is asked to mend the network."""

from __future__ import annotations

from dataclasses import replace
import datetime as dt

import pytest

from custom_components.csj_meter.alerts.alert import Alert
from custom_components.csj_meter.alerts.desk import Desk
from custom_components.csj_meter.alerts.families import (
    ACTIONABLE,
    PROBLEM_FAMILIES,
    ProblemFamily,
    families_of,
    is_actionable,
)
from custom_components.csj_meter.alerts.settings import AlertSettings
from custom_components.csj_meter.anomaly.advice import advice_of
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity

from .found import at, found

NOBODY_CAN: frozenset[str | None] = frozenset({"report_to_network", "watch", "nothing"})
"""What people are told to do where they cannot do anything."""


def the_alert(**facts: object) -> Alert:
    """The one alert that people hear of when this was found."""
    desk = Desk(AlertSettings(), dt.UTC)
    desk.take([found(**facts)], at(2))  # type: ignore[arg-type]
    (told,) = [alert for alert in desk.alerts if alert.is_told]
    return told


def test_every_kind_belongs_to_one_family_and_every_family_has_some() -> None:
    assert set(PROBLEM_FAMILIES) == set(Kind)
    assert set(PROBLEM_FAMILIES.values()) == set(ProblemFamily)


def test_for_every_kind_it_is_said_when_somebody_can_act() -> None:
    assert set(ACTIONABLE) == set(Kind)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("scope", Scope)
def test_who_is_to_act_is_told_what_to_do(kind: Kind, scope: Scope) -> None:
    if scope in ACTIONABLE[kind]:
        assert advice_of(kind, scope, {}).action not in NOBODY_CAN


@pytest.mark.parametrize("kind", [Kind.UNDERVOLTAGE, Kind.FREQUENCY])
@pytest.mark.parametrize("scope", Scope)
def test_what_only_the_network_operator_can_mend_is_nobodys_task(kind: Kind, scope: Scope) -> None:
    assert not is_actionable(the_alert(kind=kind, scope=scope, severity=Severity.WARNING))


def test_what_befalls_a_circuit_is_the_network_operators() -> None:
    area = the_alert(scope=Scope.AREA)

    assert area.is_area
    assert not is_actionable(area)
    assert is_actionable(the_alert(scope=Scope.INDIVIDUAL))
    assert is_actionable(the_alert(scope=Scope.UNKNOWN))


def test_a_gateway_that_is_lost_is_for_somebody_at_the_site() -> None:
    advice = advice_of(Kind.METER_SILENT, Scope.AREA, {}, gateway_lost=True)
    silent = found(kind=Kind.METER_SILENT, scope=Scope.AREA, severity=Severity.WARNING)
    desk = Desk(AlertSettings(), dt.UTC)
    desk.take([replace(silent, advice=advice)], at(2))
    (area,) = [alert for alert in desk.alerts if alert.is_area]

    assert is_actionable(area)


def test_a_meter_has_the_families_of_which_something_can_be_found() -> None:
    everything = {"voltage_l1", "current_l1", "active_power", "frequency", "power_factor", "status"}

    assert families_of(everything, 3) == list(ProblemFamily)
    assert families_of(everything, 1) == [one for one in ProblemFamily if one is not ProblemFamily.BALANCE]
    assert families_of({"active_power", "energy_import"}, 1) == [
        ProblemFamily.LOAD,
        ProblemFamily.COMMUNICATION,
    ]
