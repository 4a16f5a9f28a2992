"""One sensor a family of problems and meter."""

from __future__ import annotations

import pytest

from custom_components.csj_meter.alerts.families import PROBLEM_FAMILIES, ProblemFamily
from custom_components.csj_meter.anomaly.kinds import Kind, Severity, State

from ...alerts.found import found
from .conftest import Site

THREE_PHASES, ONE_PHASE = 1, 2
"""Unit ids."""


def problems(site: Site, unit_id: int = THREE_PHASES) -> set[str]:
    """The families whose sensor is on."""
    return {
        family.value
        for family in ProblemFamily
        if site.home.entity_id("binary_sensor", unit_id, f"{family}_problem") is not None
        and site.home.state("binary_sensor", unit_id, f"{family}_problem").state == "on"
    }


@pytest.mark.parametrize(
    "kind", [Kind.VOLTAGE_SAG, Kind.PHASE_LOSS, Kind.OVERLOAD, Kind.LEAK, Kind.METER_SILENT]
)
async def test_the_sensor_of_the_family_is_on_while_the_alert_is_active(site: Site, kind: Kind) -> None:
    serial = site.home.serial(THREE_PHASES)
    assert problems(site) == set()

    await site.find(found(serial, State.SUSPECTED, kind=kind))
    assert problems(site) == set()
    await site.find(found(serial, kind=kind))
    assert problems(site) == {PROBLEM_FAMILIES[kind].value}
    assert problems(site, ONE_PHASE) == set()
    state = site.home.state("binary_sensor", THREE_PHASES, f"{PROBLEM_FAMILIES[kind]}_problem")
    assert state.attributes["alert_ids"] == [alert.id for alert in site.alerting.active_of(serial)]
    assert state.attributes["device_class"] == "problem"
    await site.find(found(serial, State.CLEARED, kind=kind, minute=9))
    assert problems(site) == set()


async def test_it_is_on_until_the_last_alert_of_the_family_is_over(site: Site) -> None:
    serial = site.home.serial(THREE_PHASES)
    await site.find(found(serial, kind=Kind.LEAK), found(serial, kind=Kind.HIGH_USAGE))
    assert len(site.home.state("binary_sensor", THREE_PHASES, "load_problem").attributes["alert_ids"]) == 2

    await site.find(found(serial, State.CLEARED, kind=Kind.LEAK, minute=9))
    assert problems(site) == {"load"}
    await site.find(found(serial, State.CLEARED, kind=Kind.HIGH_USAGE, minute=9))
    assert problems(site) == set()


async def test_what_people_say_of_an_alert_does_not_mend_it(site: Site) -> None:
    serial = site.home.serial(THREE_PHASES)
    await site.find(found(serial, kind=Kind.LEAK, severity=Severity.WARNING))
    (alert,) = site.alerting.active_of(serial)

    await site.home.time.through(site.alerting.async_report_false_alarm(alert.id, "Ada"))

    assert problems(site) == {"load"}


async def test_a_meter_with_one_phase_has_no_balance(site: Site) -> None:
    assert site.home.entity_id("binary_sensor", THREE_PHASES, "balance_problem") is not None
    assert site.home.entity_id("binary_sensor", ONE_PHASE, "balance_problem") is None


async def test_after_a_restart_it_is_right_at_once(site: Site) -> None:
    await site.sag()
    before = problems(site)
    assert "voltage" in before

    await site.restart()

    assert problems(site) == before
