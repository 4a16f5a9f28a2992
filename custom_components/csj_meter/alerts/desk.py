"""The alert desk: findings and verdicts of people go in, alerts and what is to be said come out.

It asks no clock, does no I/O and is told everything with the time (UTC) at which it happened. The caller
keeps what ``Changes`` and the outbox say before anybody is told, so that nothing is said twice after a crash.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
import datetime as dt
from typing import Final

from ..anomaly.finding import Finding
from ..anomaly.kinds import SEVERITIES, Kind, Scope, Severity, State
from .alert import (
    UNACKNOWLEDGED,
    Alert,
    AlertEvent,
    AlertEventType,
    AlertState,
    Changes,
    alert_id,
    area_id,
    state_of,
)
from .chattering import Chattering, Key, key_of
from .errors import NoSuchAlertError, NotPossibleError
from .message import Message, Reason
from .outbox import Outbox
from .quiet_hours import quiet_until
from .routing import channels_of
from .settings import IDEMPOTENT, LONGEST_SHELF, AlertSettings

GATEWAY_LOST: Final = "gateway_lost"
"""Cause of a finding that says that everything behind one gateway is silent."""

REMEMBERED: Final = dt.timedelta(days=1)
"""How long what is over is remembered, so that somebody may still say that it was a false alarm."""

REPAIR_GRACE: Final = dt.timedelta(minutes=15)
"""What was said to be repaired may take so long until the meter shows it."""

type FindingName = tuple[str, Kind, int | None, int]
"""Serial number, kind, phase, minute of the first abnormal sample: what a finding is known by for life."""


def name_of(finding: Finding) -> FindingName:
    """What a finding is known by."""
    return (finding.serial, finding.kind, finding.phase, finding.since)


class Desk:
    """All alerts that are open, and those of the last day."""

    def __init__(
        self,
        settings: AlertSettings,
        zone: dt.tzinfo,
        alerts: Iterable[Alert] = (),
        messages: Iterable[Message] = (),
    ) -> None:
        """Go on with what was kept. ``zone``: of the clock by which hours are quiet."""
        self._settings = settings
        self._zone = zone
        self._alerts = {alert.id: alert for alert in alerts}
        self.outbox = Outbox(settings, messages)
        """What is to be said."""
        self._chattering = Chattering()
        self._shelves: dict[Key, Alert] = {}
        self._standing: Collection[FindingName] = ()
        self._areas: dict[tuple[str, Kind], str] = {}
        for alert in sorted(self._alerts.values(), key=lambda one: one.confirmed_at or one.raised_at):
            self._file(alert)
            if alert.confirmed_at is not None and alert.is_told and not alert.drill:
                self._chattering.note(alert, alert.confirmed_at, settings.flood)

    def configure(self, settings: AlertSettings, zone: dt.tzinfo) -> None:
        """Go by other settings from now on; what was said was said."""
        self._settings, self._zone = settings, zone
        self.outbox.configure(settings)

    # what there is

    def get(self, alert: str) -> Alert:
        """An alert that is open or ended within the last day. Raises NoSuchAlertError."""
        if (found := self._alerts.get(alert)) is None:
            raise NoSuchAlertError(alert)
        return found

    def find(self, alert: str) -> Alert | None:
        """As ``get``; None when there is none."""
        return self._alerts.get(alert)

    @property
    def alerts(self) -> list[Alert]:
        """All of them, the newest first."""
        return sorted(self._alerts.values(), key=lambda alert: (alert.raised_at, alert.id), reverse=True)

    @property
    def active(self) -> list[Alert]:
        """What is confirmed and not over, the worst first."""
        return sorted(
            (alert for alert in self._alerts.values() if alert.is_active),
            key=lambda alert: (-SEVERITIES.index(alert.severity), alert.raised_at, alert.id),
        )

    def members_of(self, alert: Alert) -> list[Alert]:
        """The members of an area alert that are still remembered."""
        return [self._alerts[member] for member in alert.members if member in self._alerts]

    # findings

    def take(
        self, findings: Iterable[Finding], now: dt.datetime, *, drill_until: dt.datetime | None = None
    ) -> Changes:
        """Findings as the engine tells them. ``drill_until``: they are a drill that ends then."""
        changes = Changes()
        for finding in findings:
            before = self._alerts.get(alert_id(finding, drill=drill_until is not None))
            if finding.state is State.CLEARED:
                if before is not None and before.is_open:
                    self._clear(
                        replace(before, finding=replace(finding, severity=before.severity)), now, changes
                    )
            elif before is None:
                self._raise(finding, now, changes, drill_until)
            elif before.is_open:
                self._update(before, finding, now, changes)
            elif before.repaired_at is None:
                self._reopen(replace(before, finding=finding), now, changes)
        return changes

    def reconcile(self, active: Collection[FindingName], now: dt.datetime) -> Changes:
        """Look once a minute at what the engine has found and is not over.

        What it knows nothing of any more ends: the meter was removed, or is not watched. What was said to be
        repaired and is still there comes back.
        """
        changes = Changes()
        self._standing = active
        for alert in tuple(self._alerts.values()):
            if alert.is_area or alert.drill:
                continue
            standing = name_of(alert.finding) in active
            if alert.is_open and not standing:
                self._clear(alert, now, changes)
            elif (
                standing
                and not alert.is_open
                and alert.repaired_at is not None
                and now - alert.repaired_at >= REPAIR_GRACE
            ):
                self._come_back(alert, now, changes)
        return changes

    def _raise(
        self, finding: Finding, now: dt.datetime, changes: Changes, drill_until: dt.datetime | None
    ) -> None:
        alert = Alert(
            id=alert_id(finding, drill=drill_until is not None),
            state=AlertState.SUSPECTED,
            finding=finding,
            severity=finding.severity,
            raised_at=now,
            drill=drill_until is not None,
            drill_until=drill_until,
        )
        self._step(alert, AlertEventType.RAISED, now, changes)
        if state_of(finding) is AlertState.CONFIRMED:
            self._confirm(alert, finding, now, changes)

    def _reopen(self, alert: Alert, now: dt.datetime, changes: Changes) -> None:
        """The same finding is told once more after its alert was over: what people said of it still holds."""
        if alert.false_alarm_at is not None:
            state = AlertState.FALSE_ALARM
        elif alert.acknowledged_at is not None:
            state = AlertState.ACKNOWLEDGED
        else:
            state = state_of(alert.finding)
        alert = replace(alert, state=state, cleared_at=None)
        if state is AlertState.CONFIRMED:
            self._confirm(alert, alert.finding, now, changes)
        else:
            self._keep(alert, changes)

    def _come_back(self, alert: Alert, now: dt.datetime, changes: Changes) -> None:
        """It was said to be repaired, and is not."""
        alert = replace(
            alert,
            state=AlertState.CONFIRMED,
            confirmed_at=now,
            cleared_at=None,
            acknowledged_at=None,
            acknowledged_by=None,
            repaired_at=None,
            repaired_by=None,
            area=None,
            level=0,
        )
        self._step(alert, AlertEventType.CONFIRMED, now, changes, cause="not_repaired")
        self._page(alert, Reason.STILL_THERE, now, step=now.isoformat())

    def _update(self, before: Alert, finding: Finding, now: dt.datetime, changes: Changes) -> None:
        if before.state is AlertState.SUSPECTED:
            if finding.state is State.CONFIRMED:
                self._confirm(before, finding, now, changes)
            elif finding != before.finding:
                self._keep(replace(before, finding=finding, severity=finding.severity), changes)
            return
        if finding.state is not State.CONFIRMED or finding == before.finding:
            return  # told once more after a restart
        worse = SEVERITIES.index(finding.severity) > SEVERITIES.index(before.severity)
        alert = replace(before, finding=finding, severity=finding.severity if worse else before.severity)
        if before.area is None and (key := _area_of(alert)) is not None:
            self._keep(alert, changes)
            self._join(alert, key, now, changes)
        elif not worse:
            self._keep(alert, changes)
        elif alert.area is not None:
            self._keep(alert, changes)
            self._refresh_area(alert.area, now, changes)
        else:
            self._worsen(alert, now, changes)

    def _confirm(self, before: Alert, finding: Finding, now: dt.datetime, changes: Changes) -> None:
        alert = replace(
            before,
            state=AlertState.CONFIRMED,
            finding=finding,
            severity=finding.severity,
            first_confirmed_at=before.first_confirmed_at or now,
            confirmed_at=now,
        )
        if (key := _area_of(alert)) is not None and not alert.drill:
            self._step(alert, AlertEventType.CONFIRMED, now, changes)
            self._join(alert, key, now, changes)
            return
        self._announce(alert, now, changes)

    def _announce(self, alert: Alert, now: dt.datetime, changes: Changes) -> None:
        """It is confirmed: tell whom it concerns, unless it is shelved or chatters."""
        shelf = self._shelves.get(key_of(alert))
        if (
            shelf is not None
            and shelf.shelved_until is not None
            and shelf.shelved_until > now
            and not alert.drill
        ):
            self._step(alert, AlertEventType.CONFIRMED, now, changes)
            self._step(
                replace(
                    alert,
                    state=AlertState.SHELVED,
                    shelved_until=shelf.shelved_until,
                    shelved_by=shelf.shelved_by,
                    chattering=shelf.chattering,
                ),
                AlertEventType.SHELVED,
                now,
                changes,
                by=shelf.shelved_by,
            )
            return
        self._step(alert, AlertEventType.CONFIRMED, now, changes)
        if not alert.drill and self._chattering.note(alert, now, self._settings.flood):
            until = now + dt.timedelta(minutes=self._settings.flood.shelve_minutes)
            shelved = replace(
                alert, state=AlertState.SHELVED, shelved_until=until, shelved_by=None, chattering=True
            )
            self._step(shelved, AlertEventType.SHELVED, now, changes, cause="chattering")
            self._page(shelved, Reason.CHATTERING, now)
            return
        self._page(alert, Reason.CONFIRMED, now)

    def _worsen(self, alert: Alert, now: dt.datetime, changes: Changes) -> None:
        """Something has become worse than those know who were told, or have acknowledged it."""
        if (
            alert.state in (AlertState.SHELVED, AlertState.FALSE_ALARM)
            and alert.severity is not Severity.CRITICAL
        ):
            self._keep(alert, changes)
            return
        alert = replace(alert, state=AlertState.CONFIRMED, escalated_at=now)
        self._step(alert, AlertEventType.ESCALATED, now, changes, cause="worsened")
        self._page(alert, Reason.WORSENED, now, step=alert.severity)

    def _clear(self, alert: Alert, now: dt.datetime, changes: Changes, by: str | None = None) -> None:
        cleared = replace(alert, state=AlertState.CLEARED, cleared_at=now)
        self._step(cleared, AlertEventType.CLEARED, now, changes, by=by)
        self._say_afterwards(cleared, Reason.CLEARED, now)
        if cleared.area is not None:
            self._refresh_area(cleared.area, now, changes)

    # what befalls a circuit

    def _join(self, member: Alert, key: tuple[str, Kind], now: dt.datetime, changes: Changes) -> None:
        """Have the alert of the circuit speak for a member; the first one makes it."""
        area = self._alerts.get(self._areas.get(key, ""))
        if area is None or not area.is_open:
            area = Alert(
                id=area_id(*key, member.finding.since),
                state=AlertState.CONFIRMED,
                finding=member.finding,
                severity=member.severity,
                raised_at=member.raised_at,
                first_confirmed_at=now,
                confirmed_at=now,
                members=(member.id,),
            )
            if (known := self._alerts.get(area.id)) is not None:  # the same event, come back
                area = replace(area, members=tuple(dict.fromkeys((*known.members, member.id))))
            self._keep(replace(member, area=area.id), changes)
            self._say_afterwards(member, Reason.JOINED, now)
            self._step(area, AlertEventType.RAISED, now, changes)
            self._announce(area, now, changes)
            return
        joined = replace(member, area=area.id)
        if area.state in (AlertState.ACKNOWLEDGED, AlertState.SHELVED, AlertState.FALSE_ALARM):
            joined = replace(
                joined,
                state=area.state,
                acknowledged_at=area.acknowledged_at,
                acknowledged_by=area.acknowledged_by,
                shelved_until=area.shelved_until,
                shelved_by=area.shelved_by,
            )
        self._keep(joined, changes)
        self._say_afterwards(member, Reason.JOINED, now)
        self._keep(replace(area, members=tuple(dict.fromkeys((*area.members, member.id)))), changes)
        self._refresh_area(area.id, now, changes)

    def _refresh_area(self, area_name: str, now: dt.datetime, changes: Changes) -> None:
        """What has become of the alert of a circuit with its members."""
        area = self._alerts.get(area_name)
        if area is None or not area.is_open:
            return
        standing = [member for member in self.members_of(area) if member.is_open]
        if not standing:
            self._clear(area, now, changes)
            return
        worst = max(standing, key=lambda member: (SEVERITIES.index(member.severity), -member.finding.since))
        if SEVERITIES.index(worst.severity) > SEVERITIES.index(area.severity):
            self._worsen(replace(area, finding=worst.finding, severity=worst.severity), now, changes)

    # verdicts of people

    def acknowledge(self, alert_name: str, by: str, now: dt.datetime) -> Changes:
        """Somebody sees to it. Raises NoSuchAlertError, and NotPossibleError when it is not active."""
        return self._verdict(alert_name, AlertState.ACKNOWLEDGED, by, now)

    def report_false_alarm(self, alert_name: str, by: str, now: dt.datetime) -> Changes:
        """Somebody says that nothing is or was wrong. Raises NoSuchAlertError, and NotPossibleError."""
        return self._verdict(alert_name, AlertState.FALSE_ALARM, by, now)

    def shelve(self, alert_name: str, until: dt.datetime, by: str, now: dt.datetime) -> Changes:
        """Say nothing of it, nor of others of its kind and meter, until then. Raises as ``acknowledge``."""
        if not now < until <= now + LONGEST_SHELF:
            raise NotPossibleError(alert_name, "shelving_too_long")
        return self._verdict(alert_name, AlertState.SHELVED, by, now, until)

    def repair(self, alert_name: str, by: str, now: dt.datetime) -> Changes:
        """Somebody says that it was repaired: it is over, and comes back if the meter does not agree.

        Raises NoSuchAlertError, and NotPossibleError when it is not active.
        """
        changes = Changes()
        alert = self.get(alert_name)
        if not alert.is_active:
            raise NotPossibleError(alert_name, "not_active")
        for one in (*(member for member in self.members_of(alert) if member.is_open), alert):
            if self._alerts[one.id].is_open:
                self._clear(
                    replace(self._alerts[one.id], repaired_at=now, repaired_by=by), now, changes, by=by
                )
        return changes

    def reopen(self, alert_name: str, now: dt.datetime) -> Changes:
        """Somebody says that it was not repaired after all; what the meter does not show stays over.

        Raises NoSuchAlertError.
        """
        changes = Changes()
        alert = self.get(alert_name)
        for one in (alert, *self.members_of(alert)):
            if not one.is_area and not one.is_open and name_of(one.finding) in self._standing:
                self._come_back(one, now, changes)
        return changes

    def _verdict(
        self, name: str, state: AlertState, by: str, now: dt.datetime, until: dt.datetime | None = None
    ) -> Changes:
        changes = Changes()
        alert = self.get(name)
        if alert.area is not None and alert.is_active and alert.area in self._alerts:
            alert = self.get(alert.area)  # the circuit speaks for its members, and is answered for them
        if alert.state is state and state is not AlertState.SHELVED:
            return changes  # two people have pressed the same button
        if not alert.is_active and not (state is AlertState.FALSE_ALARM and not alert.is_open):
            raise NotPossibleError(name, "not_active")
        for one in (alert, *(member for member in self.members_of(alert) if member.is_open)):
            self._judge(one, state, by, now, until, changes)
        self.outbox.cancel(alert.id, now)
        if state is not AlertState.SHELVED:
            self._say_afterwards(alert, Reason(state.value), now)
        return changes

    def _judge(
        self,
        alert: Alert,
        state: AlertState,
        by: str,
        now: dt.datetime,
        until: dt.datetime | None,
        changes: Changes,
    ) -> None:
        kept = alert.state if not alert.is_open else state
        if state is AlertState.ACKNOWLEDGED:
            judged = replace(alert, state=kept, acknowledged_at=now, acknowledged_by=by)
        elif state is AlertState.FALSE_ALARM:
            judged = replace(alert, state=kept, false_alarm_at=now, false_alarm_by=by)
        else:
            judged = replace(alert, state=kept, shelved_until=until, shelved_by=by, chattering=False)
        self._step(judged, AlertEventType(state.value), now, changes, by=by)

    def open_ticket(self, alert_name: str, number: str) -> Changes:
        """A work order was opened for it. Raises NoSuchAlertError."""
        changes = Changes()
        self._keep(replace(self.get(alert_name), ticket=number), changes)
        return changes

    # time

    def tick(self, now: dt.datetime) -> Changes:
        """What the time brings: escalation, the end of a shelving or of a drill."""
        changes = Changes()
        for alert in tuple(self._alerts.values()):
            if alert.drill_until is not None and alert.is_open and alert.drill_until <= now:
                self._clear(alert, now, changes)
            elif (
                alert.state is AlertState.SHELVED
                and alert.shelved_until is not None
                and alert.shelved_until <= now
            ):
                self._unshelve(alert, now, changes)
            elif (moment := self._escalates_at(alert)) is not None and moment <= now:
                self._escalate(alert, now, changes)
        self._forget(now)
        return changes

    def next_due(self, now: dt.datetime) -> dt.datetime | None:
        """When ``tick`` or the outbox has something to do next; None when nothing is to be expected."""
        moments = [] if (next_message := self.outbox.next_due(now)) is None else [next_message]
        for alert in self._alerts.values():
            if not alert.is_open:
                continue
            moments += [
                moment
                for moment in (
                    alert.drill_until,
                    alert.shelved_until if alert.state is AlertState.SHELVED else None,
                    self._escalates_at(alert),
                )
                if moment is not None
            ]
        return min(moments, default=None)

    def _escalates_at(self, alert: Alert) -> dt.datetime | None:
        rules = self._settings.escalation
        if (
            alert.state not in UNACKNOWLEDGED
            or not alert.is_told
            or alert.drill
            or alert.confirmed_at is None
        ):
            return None
        if alert.severity not in rules.severities or alert.level >= len(rules.after):
            return None
        return alert.confirmed_at + dt.timedelta(minutes=rules.after[alert.level])

    def _escalate(self, alert: Alert, now: dt.datetime, changes: Changes) -> None:
        alert = replace(alert, state=AlertState.ESCALATED, escalated_at=now, level=alert.level + 1)
        self._step(alert, AlertEventType.ESCALATED, now, changes, cause="unacknowledged")
        self._page(alert, Reason.ESCALATED, now, level=alert.level, step=str(alert.level))

    def _unshelve(self, alert: Alert, now: dt.datetime, changes: Changes) -> None:
        """It is still there: whoever has forgotten it hears of it again."""
        alert = replace(alert, state=AlertState.CONFIRMED, confirmed_at=now, level=0, chattering=False)
        self._step(alert, AlertEventType.CONFIRMED, now, changes)
        if alert.is_told:
            self._page(alert, Reason.STILL_THERE, now, step=now.isoformat())

    def _forget(self, now: dt.datetime) -> None:
        """Let go of what is over and can be of no use any more; the store has it."""
        kept = {alert.area for alert in self._alerts.values() if alert.is_open}
        for alert in tuple(self._alerts.values()):
            over = alert.cleared_at is not None and now - alert.cleared_at > REMEMBERED
            shelved = alert.shelved_until is not None and alert.shelved_until > now
            if over and not shelved and alert.id not in kept and alert.area not in kept - {None}:
                del self._alerts[alert.id]
        self._chattering.forget_before(now - dt.timedelta(minutes=self._settings.flood.chattering_minutes))
        self.outbox.forget(now, self._alerts.keys())

    # how it is done

    def _keep(self, alert: Alert, changes: Changes) -> None:
        self._alerts[alert.id] = changes.alerts[alert.id] = alert
        self._file(alert)

    def _file(self, alert: Alert) -> None:
        """Have an alert found by what it stands for."""
        if alert.shelved_until is not None and not alert.drill:
            self._shelves[key_of(alert)] = alert
        if alert.is_area and alert.is_open and alert.circuit is not None:
            self._areas[alert.circuit, _group(alert.kind)] = alert.id

    def _step(
        self,
        alert: Alert,
        event: AlertEventType,
        now: dt.datetime,
        changes: Changes,
        *,
        by: str | None = None,
        cause: str | None = None,
    ) -> None:
        self._keep(alert, changes)
        changes.events.append(AlertEvent(type=event, alert=alert, at=now, by=by, cause=cause))

    def _page(
        self, alert: Alert, reason: Reason, now: dt.datetime, *, level: int | None = None, step: str = ""
    ) -> None:
        """Have people told over the channels that the alert goes to."""
        serials = [member.finding.serial for member in self.members_of(alert)]
        quiet = quiet_until(self._settings.quiet_hours, now, self._zone)
        for channel in channels_of(self._settings, alert, serials, level=level):
            waits = quiet is not None and channel.quiet and alert.severity is not Severity.CRITICAL
            self.outbox.add(
                reason,
                channel,
                (alert.id,),
                now,
                severity=alert.severity,
                step=step,
                not_before=quiet if waits and not alert.drill else None,
                drill=alert.drill,
            )

    def _say_afterwards(self, alert: Alert, reason: Reason, now: dt.datetime) -> None:
        """Tell those who were paged how it went on, and nobody who was not.

        That it is over is told over every channel; the rest only where it takes the place of what was said.
        """
        self.outbox.cancel(alert.id, now)
        quiet = quiet_until(self._settings.quiet_hours, now, self._zone)
        for channel in self.outbox.told(alert.id):
            replaces = channel.medium in IDEMPOTENT
            if not replaces and reason is not Reason.CLEARED:
                continue
            waits = not replaces and channel.quiet and alert.severity is not Severity.CRITICAL
            self.outbox.add(
                reason,
                channel,
                (alert.id,),
                now,
                severity=alert.severity,
                step=now.isoformat(),
                not_before=quiet if waits else None,
                drill=alert.drill,
            )


def _area_of(alert: Alert) -> tuple[str, Kind] | None:
    """The circuit, and the kind of trouble, that speaks for an alert."""
    finding = alert.finding
    if finding.circuit is None or alert.is_area:
        return None
    reaches = finding.scope in (Scope.AREA, Scope.PHASE)
    if not reaches and GATEWAY_LOST not in finding.advice.causes:
        return None
    return finding.circuit, _group(finding.kind)


def _group(kind: Kind) -> Kind:
    """Meters that fall silent in an outage are part of it."""
    return Kind.OUTAGE if kind is Kind.METER_SILENT else kind
