"""What comes and goes is shelved; what has several phases is not."""

from __future__ import annotations

import datetime as dt

from custom_components.csj_meter.alerts.alert import AlertState
from custom_components.csj_meter.alerts.desk import Desk
from custom_components.csj_meter.alerts.settings import AlertSettings
from custom_components.csj_meter.anomaly.kinds import State

from .found import at, found


def test_three_phases_that_sag_at_once_do_not_come_and_go() -> None:
    desk = Desk(AlertSettings(), dt.UTC)

    desk.take([found(phase=phase, quantity=f"voltage_l{phase}") for phase in (1, 2, 3)], at(2))

    assert {alert.state for alert in desk.alerts} == {AlertState.CONFIRMED}


def test_one_phase_that_sags_three_times_does() -> None:
    desk = Desk(AlertSettings(), dt.UTC)
    for start in (0, 10, 20):
        desk.take([found(since=start, minute=start + 2)], at(start + 2))
        desk.take([found(state=State.CLEARED, since=start, minute=start + 6)], at(start + 6))
    desk.take([found(since=30, minute=32)], at(32))

    assert [alert.state for alert in desk.active] == [AlertState.SHELVED]
