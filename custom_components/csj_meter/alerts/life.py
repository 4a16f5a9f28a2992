"""The life of an alert: what becomes of it by findings and by time (ISA-18.2), and who is told then."""

from __future__ import annotations

from dataclasses import replace
import datetime as dt

from ..anomaly.finding import Finding
from ..anomaly.kinds import Severity, State, is_worse
from .alert import UNACKNOWLEDGED, Alert, AlertEventType, AlertState, Changes, alert_id, state_of
from .alert_list import AlertList
from .area import area_name, circuit_of, group_of, is_same_event, linked, with_member, worst_of
from .chattering import Chattering
from .message import Reason
from .paging import Paging
from .settings import LONGEST_SHELF, AlertSettings
from .told_figures import with_worst
from .waits import Waits


class Life:
    """Steps of alerts; each is written into ``Changes``."""

    def __init__(self, settings: AlertSettings, alerts: AlertList, paging: Paging) -> None:
        """Know how often each trouble has come lately."""
        self.settings = settings
        self._alerts = alerts
        self._paging = paging
        self._chattering = Chattering()
        self._waits = Waits()
        self.count_anew()

    def count_anew(self) -> None:
        """Know how often each trouble has come lately from the alerts that there are."""
        self._chattering = Chattering()
        for alert in sorted(self._alerts, key=lambda one: one.confirmed_at or one.raised_at):
            if alert.confirmed_at is not None and alert.is_told and not alert.drill:
                self._chattering.note(alert, alert.confirmed_at, self.settings.flood)

    # findings

    def begin(
        self, finding: Finding, now: dt.datetime, changes: Changes, drill_until: dt.datetime | None
    ) -> None:
        """Something was found."""
        alert = Alert(
            id=alert_id(finding, drill=drill_until is not None),
            state=AlertState.SUSPECTED,
            finding=finding,
            severity=finding.severity,
            raised_at=now,
            drill=drill_until is not None,
            drill_until=drill_until,
        )
        self._alerts.step(alert, AlertEventType.RAISED, now, changes)
        if state_of(finding) is AlertState.CONFIRMED:
            self._confirm(alert, finding, now, changes)

    def update(self, before: Alert, finding: Finding, now: dt.datetime, changes: Changes) -> None:
        """Something was told once more of what is open."""
        if before.state is AlertState.SUSPECTED:
            if finding.state is State.CONFIRMED:
                self._confirm(before, finding, now, changes)
            elif finding != before.finding:
                self._alerts.keep(replace(before, finding=finding, severity=finding.severity), changes)
            return
        if finding.state is not State.CONFIRMED or finding == before.finding:
            return  # told once more after a restart
        finding = with_worst(before.finding, finding)
        worse = is_worse(finding.severity, before.severity)
        alert = replace(before, finding=finding, severity=finding.severity if worse else before.severity)
        circuit = circuit_of(alert)
        if before.area is None and circuit is not None:
            self._alerts.keep(alert, changes)
            self._join(alert, circuit, now, changes)
        elif not worse:
            self._alerts.keep(alert, changes)
        elif alert.area is not None:
            self._alerts.keep(alert, changes)
            self.refresh_area(alert.area, now, changes)
        else:
            self._worsen(alert, now, changes)

    def reopen(
        self,
        before: Alert,
        finding: Finding,
        now: dt.datetime,
        changes: Changes,
        drill_until: dt.datetime | None = None,
    ) -> None:
        """The same finding is told once more after its alert was over.

        What people said of it still holds, unless it is worse than what they spoke of.
        """
        if is_worse(finding.severity, before.severity):
            before = replace(before, false_alarm_at=None, false_alarm_by=None, acknowledged_at=None)
        alert = replace(
            before,
            state=AlertState.SUSPECTED,
            finding=finding,
            severity=finding.severity,
            cleared_at=None,
            level=0,
            drill_until=drill_until,
        )
        self._alerts.step(replace(alert, area=None), AlertEventType.RAISED, now, changes)
        if state_of(finding) is AlertState.CONFIRMED:
            self._confirm(alert, finding, now, changes)

    def come_back(self, before: Alert, now: dt.datetime, changes: Changes) -> None:
        """It was said to be repaired, and is not."""
        alert = _unanswered(before, now)
        self._alerts.step(
            replace(alert, area=None), AlertEventType.CONFIRMED, now, changes, cause="not_repaired"
        )
        if (circuit := circuit_of(alert)) is not None:
            self._join(alert, circuit, now, changes, came_back=True)
        else:
            self._paging.page(alert, Reason.STILL_THERE, now, step=now.isoformat())

    def _confirm(self, before: Alert, finding: Finding, now: dt.datetime, changes: Changes) -> None:
        alert = replace(
            before,
            state=AlertState.CONFIRMED,
            finding=finding,
            severity=finding.severity,
            first_confirmed_at=before.first_confirmed_at or now,
            confirmed_at=now,
            area=None,
        )
        answer = _answer(before)
        if answer is None:
            self._alerts.step(alert, AlertEventType.CONFIRMED, now, changes)
        else:
            by = alert.false_alarm_by if answer is AlertState.FALSE_ALARM else alert.acknowledged_by
            # since when it waits for an answer stays as it was: that answer still holds
            alert = replace(alert, state=answer, confirmed_at=before.confirmed_at)
            self._alerts.step(alert, AlertEventType(answer.value), now, changes, by=by)
        if (circuit := circuit_of(alert)) is not None:
            self._join(replace(alert, area=before.area), circuit, now, changes)
        elif answer is None:
            self._announce(alert, now, changes)

    def _announce(self, alert: Alert, now: dt.datetime, changes: Changes) -> None:
        """It is confirmed: tell whom it concerns, unless it is shelved or chatters."""
        chatters = not alert.drill and self._chattering.note(alert, now, self.settings.flood)
        step = "" if alert.confirmed_at == alert.first_confirmed_at else now.isoformat()
        if (shelf := self._alerts.shelf_of(alert, now)) is not None:
            shelved = replace(
                alert,
                state=AlertState.SHELVED,
                shelved_until=shelf.shelved_until,
                shelved_at=now,
                shelved_by=shelf.shelved_by,
                chattering=shelf.chattering,
            )
            cause = "chattering" if shelf.chattering else None
            self._alerts.step(shelved, AlertEventType.SHELVED, now, changes, by=shelf.shelved_by, cause=cause)
        elif chatters:
            until = now + dt.timedelta(minutes=self.settings.flood.shelve_minutes)
            shelved = replace(
                alert,
                state=AlertState.SHELVED,
                shelved_until=until,
                shelved_at=now,
                shelved_by=None,
                chattering=True,
            )
            self._alerts.step(shelved, AlertEventType.SHELVED, now, changes, cause="chattering")
            self._paging.page(shelved, Reason.CHATTERING, now, step=step)
        else:
            self._paging.page(alert, Reason.CONFIRMED, now, step=step)

    def _worsen(self, alert: Alert, now: dt.datetime, changes: Changes) -> None:
        """Something has become worse than those know who were told, or have answered."""
        silent = alert.state in (AlertState.SHELVED, AlertState.FALSE_ALARM)
        if silent and alert.severity is not Severity.CRITICAL:
            self._alerts.keep(alert, changes)
            return
        alert = replace(
            alert,
            state=AlertState.CONFIRMED,
            confirmed_at=now,  # whoever is told now has as long as anybody to answer
            escalated_at=now,
            level=0,
            shelved_until=None if alert.state is AlertState.SHELVED else alert.shelved_until,
            chattering=False,
            false_alarm_at=None,
            false_alarm_by=None,
        )
        self._alerts.step(alert, AlertEventType.ESCALATED, now, changes, cause="worsened")
        self._paging.page(alert, Reason.WORSENED, now, step=now.isoformat())

    def clear(self, alert: Alert, now: dt.datetime, changes: Changes, by: str | None = None) -> None:
        """It is over."""
        cleared = replace(alert, state=AlertState.CLEARED, cleared_at=now)
        self._alerts.step(cleared, AlertEventType.CLEARED, now, changes, by=by)
        if cleared.area is None:
            self._paging.say_afterwards(cleared, Reason.CLEARED, now)
        else:  # its circuit says so once all of it is over
            self._paging.cancel(cleared, now)
            self.refresh_area(cleared.area, now, changes, by=by)

    # circuits

    def _join(
        self, member: Alert, circuit: str, now: dt.datetime, changes: Changes, *, came_back: bool = False
    ) -> None:
        """Have the alert of the circuit speak for a member; the first one makes it."""
        area = self._open_area(member, circuit)
        if area is not None:
            area = with_member(area, member)
            self._alerts.keep(area, changes)
        else:
            area = self._begin_area(member, circuit, now, changes, came_back=came_back)
        before, member = member, linked(member, area)
        if member.state is before.state:
            self._alerts.keep(member, changes)
        else:
            by = {
                AlertState.ACKNOWLEDGED: member.acknowledged_by,
                AlertState.SHELVED: member.shelved_by,
                AlertState.FALSE_ALARM: member.false_alarm_by,
            }[member.state]
            self._alerts.step(member, AlertEventType(member.state.value), now, changes, by=by)
        self._paging.say_afterwards(member, Reason.JOINED, now)
        self.refresh_area(area.id, now, changes)
        area = self._alerts.get(area.id)
        if area.state in UNACKNOWLEDGED:
            self._paging.page_others(area, now)

    def _open_area(self, member: Alert, circuit: str) -> Alert | None:
        """The open alert that a member belongs to; None when it is the first, or of another event."""
        former = (member.area, area_name(member, circuit))
        newest = self._alerts.open_area(circuit, member.kind)
        if newest is not None and (
            newest.id in former or is_same_event(member, self._alerts.members_of(newest))
        ):
            return newest
        known = (self._alerts.find(name) for name in former)
        return next((area for area in known if area is not None and area.is_open), None)

    def _begin_area(
        self, member: Alert, circuit: str, now: dt.datetime, changes: Changes, *, came_back: bool
    ) -> Alert:
        """The alert of a circuit, made for its first member, or one that was over and is there again."""
        former = self._alerts.find(member.area)
        if former is not None and (former.circuit, group_of(former.kind)) != (
            circuit,
            group_of(member.kind),
        ):
            former = None  # the meter hangs elsewhere by now
        known = former or self._alerts.find(area_name(member, circuit))
        name = area_name(member, circuit) if known is None else known.id
        self._alerts.keep(replace(member, area=name), changes)  # so that it is told whom it concerns
        if known is None:
            area = Alert(
                id=name,
                state=AlertState.SUSPECTED,
                finding=member.finding,
                severity=member.severity,
                raised_at=member.raised_at,
                members=(member.id,),
            )
            self._alerts.step(area, AlertEventType.RAISED, now, changes)
            self._confirm(area, replace(member.finding, severity=member.severity), now, changes)
        elif came_back:
            area = _unanswered(
                replace(with_member(known, member), finding=member.finding, severity=member.severity), now
            )
            self._alerts.step(area, AlertEventType.CONFIRMED, now, changes, cause="not_repaired")
            self._paging.page(area, Reason.STILL_THERE, now, step=now.isoformat())
        else:
            finding = replace(member.finding, severity=member.severity)
            self.reopen(with_member(known, member), finding, now, changes)
        return self._alerts.get(name)

    def refresh_area(
        self, area_name: str, now: dt.datetime, changes: Changes, *, by: str | None = None
    ) -> None:
        """What has become of the alert of a circuit with its members."""
        area = self._alerts.find(area_name)
        if area is None or not area.is_open:
            return
        worst = worst_of(self._alerts.members_of(area))
        if worst is None:
            self.clear(area, now, changes, by)
        elif is_worse(worst.severity, area.severity):
            self._worsen(replace(area, finding=worst.finding, severity=worst.severity), now, changes)

    # time

    def pass_time(self, alert: Alert, now: dt.datetime, changes: Changes) -> None:
        """What the time brings an alert."""
        if alert.shelved_until is not None and alert.shelved_until > (latest := self._latest(alert, now)):
            alert = replace(alert, shelved_until=latest)  # by a clock that was set back since
            self._alerts.keep(alert, changes)
        if (end := self._drill_ends_at(alert, now)) is not None and alert.is_open and end <= now:
            self.clear(alert, now, changes)
        elif (
            alert.state is AlertState.SHELVED
            and alert.shelved_until is not None
            and alert.shelved_until <= now
        ):
            self._unshelve(alert, now, changes)
        elif (moment := self._escalates_at(alert, now)) is not None and moment <= now:
            self._escalate(alert, now, changes)

    def _latest(self, alert: Alert, now: dt.datetime) -> dt.datetime:
        """Until when an alert can be shelved at most."""
        chattering = dt.timedelta(minutes=self.settings.flood.shelve_minutes)
        return now + (chattering if alert.chattering else LONGEST_SHELF)

    def next_step(self, alert: Alert, now: dt.datetime) -> dt.datetime | None:
        """When the time brings it something; None when it does not."""
        if not alert.is_open:
            return None
        moments = (
            self._drill_ends_at(alert, now),
            alert.shelved_until if alert.state is AlertState.SHELVED else None,
            self._escalates_at(alert, now),
        )
        return min((moment for moment in moments if moment is not None), default=None)

    def forget(self, now: dt.datetime) -> None:
        """Let go of what has not come for long."""
        self._chattering.forget_before(now - dt.timedelta(minutes=self.settings.flood.chattering_minutes))

    def _drill_ends_at(self, alert: Alert, now: dt.datetime) -> dt.datetime | None:
        """When a drill has lasted as long as it was to, however the clock was set; None of what is none."""
        began = alert.confirmed_at or alert.raised_at
        return alert.drill_until and alert.drill_until - (began - self._waits.since(began, now))

    def _escalates_at(self, alert: Alert, now: dt.datetime) -> dt.datetime | None:
        rules = self.settings.escalation
        if (
            alert.state not in UNACKNOWLEDGED
            or not alert.is_told
            or alert.drill
            or alert.confirmed_at is None
        ):
            return None
        if alert.severity not in rules.severities or alert.level >= len(rules.after):
            return None
        confirmed_at = self._waits.since(alert.confirmed_at, now)
        return confirmed_at + dt.timedelta(minutes=rules.after[alert.level])

    def _escalate(self, alert: Alert, now: dt.datetime, changes: Changes) -> None:
        alert = replace(
            alert,
            state=AlertState.ESCALATED,
            escalated_at=now,
            unanswered_at=now,
            level=alert.level + 1,
        )
        self._alerts.step(alert, AlertEventType.ESCALATED, now, changes, cause="unacknowledged")
        self._paging.page(alert, Reason.ESCALATED, now, level=alert.level, step=now.isoformat())

    def _unshelve(self, alert: Alert, now: dt.datetime, changes: Changes) -> None:
        """It is still there: whoever has forgotten it hears of it again."""
        alert = replace(alert, state=AlertState.CONFIRMED, confirmed_at=now, level=0, chattering=False)
        self._alerts.step(alert, AlertEventType.CONFIRMED, now, changes)
        if alert.is_told:
            self._paging.page(alert, Reason.STILL_THERE, now, step=now.isoformat())


def _answer(before: Alert) -> AlertState | None:
    """What people have said of an alert since it was announced last, where it is announced once more."""
    if before.confirmed_at is None:
        return None
    if before.false_alarm_at is not None and before.false_alarm_at >= before.confirmed_at:
        return AlertState.FALSE_ALARM
    if before.acknowledged_at is not None and before.acknowledged_at >= before.confirmed_at:
        return AlertState.ACKNOWLEDGED
    return None


def _unanswered(before: Alert, now: dt.datetime) -> Alert:
    """It is announced anew, and what people have said of it does not hold."""
    return replace(
        before,
        state=AlertState.CONFIRMED,
        confirmed_at=now,
        cleared_at=None,
        acknowledged_at=None,
        acknowledged_by=None,
        false_alarm_at=None,
        false_alarm_by=None,
        repaired_at=None,
        repaired_by=None,
        level=0,
    )
