"""The alert desk: findings and verdicts of people go in, alerts and what is to be said come out.

It asks no clock, does no I/O and is told everything with the time (UTC) at which it happened. The caller
keeps what ``Changes`` and the outbox say before anybody is told, so that nothing is said twice after a crash.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
import datetime as dt
from typing import Final

from ..anomaly.finding import Finding, FindingName, name_of
from ..anomaly.kinds import SEVERITIES, Scope, State, is_worse
from .alert import Alert, Changes, alert_id
from .alert_list import REMEMBERED, AlertList
from .joining import Joining
from .life import Life
from .message import Message
from .outbox import Outbox
from .paging import Paging
from .settings import AlertSettings
from .told_figures import with_worst
from .verdicts import Verdicts
from .waits import Waits

__all__ = ["REMEMBERED", "REPAIR_GRACE", "Desk"]

REPAIR_GRACE: Final = dt.timedelta(minutes=15)
"""What was said to be repaired may take so long until the meter shows it."""


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
        self.outbox = Outbox(settings, zone, messages)
        """What is to be said."""
        self._alerts = AlertList(alerts)
        self._paging = Paging(settings, self._alerts, self.outbox)
        self._life = Life(settings, self._alerts, self._paging)
        self._verdicts = Verdicts(self._alerts, self._life, self._paging)
        self._waits = Waits()
        self._standing: Collection[FindingName] = ()

    def join(
        self,
        alerts: Iterable[Alert],
        messages: Iterable[Message],
        numbers: Mapping[int, int],
        now: dt.datetime,
    ) -> Changes:
        """Go on with what was kept as well, where that is known only now: what people have said of it holds.

        ``numbers``: of work orders that were opened meanwhile, and which they have by now.
        """
        changes = Changes()
        self.outbox.join(messages, numbers)
        again = Joining(self._alerts, self._paging).join(alerts, numbers, now, changes)
        self._life.count_anew()
        changes.add(self.take(again, now))
        for alert in self._alerts:
            if alert.is_area:
                self._life.refresh_area(alert.id, now, changes)
        return changes

    def configure(self, settings: AlertSettings, zone: dt.tzinfo) -> None:
        """Go by other settings from now on; what was said was said."""
        self._paging.settings = self._life.settings = settings
        self.outbox.configure(settings, zone)

    # what there is

    def get(self, alert: str) -> Alert:
        """An alert that is open or ended within the last day. Raises NoSuchAlertError."""
        return self._alerts.get(alert)

    def find(self, alert: str) -> Alert | None:
        """As ``get``; None when there is none."""
        return self._alerts.find(alert)

    @property
    def alerts(self) -> list[Alert]:
        """All of them, the newest first."""
        return sorted(self._alerts, key=lambda alert: (alert.raised_at, alert.id), reverse=True)

    @property
    def active(self) -> list[Alert]:
        """What is confirmed and not over, the worst first."""
        return sorted(
            (alert for alert in self._alerts if alert.is_active),
            key=lambda alert: (-SEVERITIES.index(alert.severity), alert.raised_at, alert.id),
        )

    def members_of(self, alert: Alert) -> list[Alert]:
        """The members of an area alert that are still remembered."""
        return self._alerts.members_of(alert)

    # findings

    def take(
        self, findings: Iterable[Finding], now: dt.datetime, *, drill_until: dt.datetime | None = None
    ) -> Changes:
        """Findings as the engine tells them. ``drill_until``: they are a drill that ends then."""
        changes = Changes()
        for finding in findings:
            self._take(finding, now, changes, drill_until)
        return changes

    def _take(
        self, finding: Finding, now: dt.datetime, changes: Changes, drill_until: dt.datetime | None
    ) -> None:
        before = self._alerts.find(alert_id(finding, drill=drill_until is not None))
        if finding.state is State.CLEARED:
            if before is not None and before.is_open:
                last = replace(with_worst(before.finding, finding), severity=before.severity)
                self._life.clear(replace(before, finding=last), now, changes)
        elif before is None:
            self._life.begin(finding, now, changes, drill_until)
        elif before.is_open:
            self._life.update(before, finding, now, changes)
        elif before.repaired_at is None:
            self._life.reopen(before, finding, now, changes, drill_until)
        else:
            # its time to disappear is not over, see ``reconcile``; unless it is worse than what was repaired
            told = replace(before, finding=with_worst(before.finding, finding))
            if finding.state is State.CONFIRMED and is_worse(finding.severity, before.severity):
                self._life.come_back(replace(told, severity=finding.severity), now, changes)
            else:
                self._alerts.keep(told, changes)

    def has_missed(self, finding: Finding) -> bool:
        """Whether a finding that stands says more than its alert knows.

        The engine keeps by itself what it has told, and does not tell it once more: it may go on from a later
        moment than the desk.
        """
        alert = self._alerts.find(alert_id(finding))
        if alert is None:
            return True
        if not alert.is_open or finding.state is not State.CONFIRMED:
            return False
        return (
            not alert.is_active
            or is_worse(finding.severity, alert.severity)
            or finding.scope not in (Scope.UNKNOWN, alert.finding.scope)
        )

    def reconcile(self, active: Collection[FindingName], now: dt.datetime) -> Changes:
        """Look once a minute at what the engine has found and is not over.

        What it knows nothing of any more ends: the meter was removed, or is not watched. What was said to be
        repaired and is still there comes back.
        """
        changes = Changes()
        self._standing = active
        for alert in self._alerts:
            if alert.is_area or alert.drill:
                continue
            standing = self._still_found(alert)
            if alert.is_open and not standing:
                self._life.clear(alert, now, changes)
            elif (
                standing
                and not alert.is_open
                and alert.repaired_at is not None
                and now - self._waits.since(alert.repaired_at, now) >= REPAIR_GRACE
            ):
                self._life.come_back(alert, now, changes)
        return changes

    def _still_found(self, alert: Alert) -> bool:
        return name_of(alert.finding) in self._standing

    # verdicts of people

    def acknowledge(self, alert_name: str, by: str, now: dt.datetime) -> Changes:
        """Somebody sees to it. Raises NoSuchAlertError, and NotPossibleError when it is not active."""
        return self._verdicts.acknowledge(alert_name, by, now)

    def report_false_alarm(self, alert_name: str, by: str, now: dt.datetime) -> Changes:
        """Somebody says that nothing is or was wrong. Raises NoSuchAlertError, and NotPossibleError."""
        return self._verdicts.report_false_alarm(alert_name, by, now)

    def shelve(self, alert_name: str, until: dt.datetime, by: str, now: dt.datetime) -> Changes:
        """Say nothing of it, nor of others of its kind and meter, until then. Raises as ``acknowledge``."""
        return self._verdicts.shelve(alert_name, until, by, now)

    def repair(self, alert_name: str, by: str, now: dt.datetime) -> Changes:
        """Somebody says that it was repaired: it is over, and comes back if the meter does not agree.

        Raises NoSuchAlertError, and NotPossibleError when it is not active.
        """
        return self._verdicts.repair(alert_name, by, now)

    def reopen(self, alert_name: str, now: dt.datetime) -> Changes:
        """Somebody says that it was not repaired after all; what the meter does not show stays over.

        Raises NoSuchAlertError.
        """
        return self._verdicts.reopen(alert_name, self._still_found, now)

    def open_ticket(self, alert_name: str, number: str) -> Changes:
        """A work order was opened for it. Raises NoSuchAlertError."""
        changes = Changes()
        self._alerts.keep(replace(self.get(alert_name), ticket=number), changes)
        return changes

    # time

    def tick(self, now: dt.datetime) -> Changes:
        """What the time brings: escalation, the end of a shelving or of a drill."""
        changes = Changes()
        for alert in self._alerts:
            self._life.pass_time(self._alerts.get(alert.id), now, changes)
        self._alerts.forget(now)
        self._life.forget(now)
        self.outbox.forget(now, {alert.id for alert in self._alerts})
        return changes

    def next_due(self, now: dt.datetime) -> dt.datetime | None:
        """When ``tick`` or the outbox has something to do next; None when nothing is to be expected."""
        moments = [] if (next_message := self.outbox.next_due(now)) is None else [next_message]
        moments += [
            moment for alert in self._alerts if (moment := self._life.next_step(alert, now)) is not None
        ]
        return min(moments, default=None)
