"""A meter that answers and does not measure any more: from its registers to the alert."""

from __future__ import annotations

import pytest

from custom_components.csj_meter.alerting.alerting import current_alerting
from custom_components.csj_meter.alerts.alert import AlertState
from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.simulator import Fault, FaultKind

from .conftest import UNIT, WatchedHome


def freeze(watched: WatchedHome) -> None:
    """Have the meter answer with its last measurement from now on."""
    watched.home.line.faults.set(Fault(kind=FaultKind.METER_FROZEN, unit=UNIT))


def told_of_itself(watched: WatchedHome) -> list[tuple[str, str]]:
    """What was told of how the meter does, not of its supply or load."""
    own = {Kind.METER_FROZEN, Kind.METER_SILENT}
    return [(finding.kind.value, finding.state.value) for finding in watched.told if finding.kind in own]


FOUND = [("meter_frozen", "suspected"), ("meter_frozen", "confirmed")]
OVER = ("meter_frozen", "cleared")


async def test_a_frozen_meter_is_found_by_its_sample_number_and_alerted(watched: WatchedHome) -> None:
    await watched.begin()
    freeze(watched)

    await watched.run(9)

    assert told_of_itself(watched) == FOUND
    assert watched.anomaly.state == "warning"
    alerting = current_alerting(watched.home.hass)
    assert alerting is not None
    (alert,) = alerting.active_of(watched.home.serial(UNIT))
    assert (alert.kind, alert.state) == (Kind.METER_FROZEN, AlertState.CONFIRMED)
    await watched.run(20)
    assert told_of_itself(watched) == FOUND

    watched.mend()
    await watched.run(3)

    assert told_of_itself(watched) == [*FOUND, OVER]
    assert alerting.active_of(watched.home.serial(UNIT)) == []


async def test_a_frozen_meter_stays_found_over_a_restart(watched: WatchedHome) -> None:
    await watched.begin()
    freeze(watched)
    await watched.run(9)

    await watched.restart()
    await watched.run(10)

    assert told_of_itself(watched) == FOUND
    watched.mend()
    await watched.run(3)
    assert told_of_itself(watched) == [*FOUND, OVER]


@pytest.mark.meters(UNIT, energy_period=900)
async def test_a_frozen_meter_is_not_silent_where_its_energy_is_read_rarely(watched: WatchedHome) -> None:
    await watched.begin()
    freeze(watched)

    await watched.run(20)

    assert told_of_itself(watched) == FOUND
