"""The engine is kept by itself: what it has told and the desk has not kept is told once more."""

from __future__ import annotations

import shutil

import pytest

from custom_components.csj_meter.alerting.keeping import alerts_path
from custom_components.csj_meter.alerts.alert import Alert, AlertState
from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.simulator import Fault, FaultKind

from .conftest import Site

UNIT = 2
"""A single-phase meter: its sag is one alert."""


def sag_of(site: Site) -> Alert | None:
    """The alert of the sag, if there is one."""
    serial = site.home.serial(UNIT)
    sags = (one for one in site.alerting.desk.alerts if one.serial == serial and one.kind is Kind.VOLTAGE_SAG)
    return next(sags, None)


@pytest.mark.meters(UNIT)
async def test_a_confirmation_that_only_the_engine_has_kept_is_told_after_a_restart(site: Site) -> None:
    file = alerts_path(site.hass)
    await site.home.time.run(180)
    site.home.line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG, unit=UNIT, magnitude=0.3))
    while (sag := sag_of(site)) is None:
        await site.home.time.run(60)
    assert sag.state is AlertState.SUSPECTED
    assert await site.home.tear_down()
    before = shutil.copy(file, file.with_suffix(".before"))
    assert await site.home.set_up()
    await site.home.time.run(240)
    assert (sag := sag_of(site)) is not None
    assert sag.state is AlertState.CONFIRMED
    assert await site.home.tear_down()
    shutil.copy(before, file)
    site.said.clear()

    assert await site.home.set_up()
    await site.home.time.run(150)

    assert (sag := sag_of(site)) is not None
    assert sag.state is AlertState.CONFIRMED
    assert sorted(name for name, _ in site.said) == ["phone", "sms"]
    site.said.clear()
    await site.home.time.run(300)
    assert site.said == []
