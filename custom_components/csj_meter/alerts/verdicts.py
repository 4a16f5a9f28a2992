"""What people say of alerts: seen to, false alarm, not now, repaired, not repaired after all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
import datetime as dt

from .alert import Alert, AlertEventType, AlertState, Changes
from .alert_list import AlertList
from .errors import NotPossibleError
from .life import Life
from .message import Reason
from .paging import Paging
from .settings import LONGEST_SHELF


class Verdicts:
    """The circuit speaks for its members, and is answered for them."""

    def __init__(self, alerts: AlertList, life: Life, paging: Paging) -> None:
        """Judge ``alerts``."""
        self._alerts = alerts
        self._life = life
        self._paging = paging

    def acknowledge(self, name: str, by: str, now: dt.datetime) -> Changes:
        """See ``Desk.acknowledge``; likewise the next ones."""
        return self._judge(name, AlertState.ACKNOWLEDGED, by, now)

    def report_false_alarm(self, name: str, by: str, now: dt.datetime) -> Changes:
        """Somebody says that nothing is or was wrong."""
        return self._judge(name, AlertState.FALSE_ALARM, by, now)

    def shelve(self, name: str, until: dt.datetime, by: str, now: dt.datetime) -> Changes:
        """Nobody is to be told until then."""
        if not now < until <= now + LONGEST_SHELF:
            raise NotPossibleError(name, "shelving_too_long")
        return self._judge(name, AlertState.SHELVED, by, now, until)

    def repair(self, name: str, by: str, now: dt.datetime) -> Changes:
        """It is over, and so are all members of an area alert."""
        changes = Changes()
        alert = self._alerts.get(name)
        if not alert.is_active:
            raise NotPossibleError(name, "not_active")
        repaired = replace(alert, repaired_at=now, repaired_by=by)
        self._alerts.keep(repaired, changes)
        members = [member for member in self._alerts.members_of(alert) if member.is_open]
        for one in members or [repaired]:  # with its last member a circuit is over
            self._life.clear(replace(one, repaired_at=now, repaired_by=by), now, changes, by)
        return changes

    def reopen(self, name: str, still_found: Callable[[Alert], bool], now: dt.datetime) -> Changes:
        """It was not repaired after all: what is ``still_found`` comes back."""
        changes = Changes()
        alert = self._alerts.get(name)
        for one in (alert, *self._alerts.members_of(alert)):
            if not one.is_area and not one.is_open and still_found(one):
                self._life.come_back(one, now, changes)
        return changes

    def _judge(
        self, name: str, state: AlertState, by: str, now: dt.datetime, until: dt.datetime | None = None
    ) -> Changes:
        changes = Changes()
        alert = self._alerts.get(name)
        if alert.is_active and (area := self._alerts.find(alert.area)) is not None:
            alert = area
        afterwards = state is AlertState.FALSE_ALARM and not alert.is_open
        if not alert.is_active and not afterwards:
            raise NotPossibleError(name, "not_active")
        if alert.state is state is not AlertState.SHELVED or (
            afterwards and alert.false_alarm_at is not None
        ):
            return changes  # two people have pressed the same button
        members = self._alerts.members_of(alert)
        for one in (alert, *(member for member in members if afterwards or member.is_open)):
            judged = _judged(one, state, by, now, until)
            self._alerts.step(judged, AlertEventType(state.value), now, changes, by=by)
        self._paging.cancel(alert, now)
        if state is not AlertState.SHELVED:
            self._paging.say_afterwards(alert, Reason(state.value), now)
        return changes


def _judged(alert: Alert, state: AlertState, by: str, now: dt.datetime, until: dt.datetime | None) -> Alert:
    if alert.is_open:
        alert = replace(alert, state=state)
    match state:
        case AlertState.ACKNOWLEDGED:  # whoever sees to it does not say that nothing is wrong
            return replace(
                alert, acknowledged_at=now, acknowledged_by=by, false_alarm_at=None, false_alarm_by=None
            )
        case AlertState.FALSE_ALARM:
            return replace(alert, false_alarm_at=now, false_alarm_by=by)
    return replace(alert, shelved_until=until, shelved_at=now, shelved_by=by, chattering=False)
