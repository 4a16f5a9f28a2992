"""The alerts that the desk knows of, found by what they stand for, and what a step does to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import datetime as dt
from typing import Final

from ..anomaly.kinds import Kind, Severity
from .alert import Alert, AlertEvent, AlertEventType, Changes
from .area import group_of
from .chattering import Key, key_of
from .errors import NoSuchAlertError

REMEMBERED: Final = dt.timedelta(days=1)
"""How long what is over is remembered, so that somebody may still say that it was a false alarm."""


class AlertList:
    """All alerts that are open, and those of the last day."""

    def __init__(self, alerts: Iterable[Alert] = ()) -> None:
        """Go on with what was kept."""
        self._alerts = {alert.id: alert for alert in alerts}
        self._shelved: dict[Key, set[str]] = {}
        self._areas: dict[tuple[str, Kind], str] = {}
        for alert in self._alerts.values():
            self._file(alert)

    def __iter__(self) -> Iterator[Alert]:
        return iter(tuple(self._alerts.values()))

    def get(self, alert: str) -> Alert:
        """One of them. Raises NoSuchAlertError."""
        if (found := self._alerts.get(alert)) is None:
            raise NoSuchAlertError(alert)
        return found

    def find(self, alert: str | None) -> Alert | None:
        """As ``get``; None when there is none."""
        return None if alert is None else self._alerts.get(alert)

    def members_of(self, alert: Alert) -> list[Alert]:
        """The members of an area alert that are still remembered."""
        members = (self._alerts.get(member) for member in alert.members)
        return [member for member in members if member is not None and member.area == alert.id]

    def open_area(self, circuit: str, kind: Kind) -> Alert | None:
        """The open alert of a circuit for one kind of trouble; the newest where there are several."""
        area = self.find(self._areas.get((circuit, group_of(kind))))
        return area if area is not None and area.is_open else None

    def shelf_of(self, alert: Alert, now: dt.datetime) -> Alert | None:
        """The shelved alert of the same trouble that keeps this one silent as well.

        What was shelved when it was less than critical silences nothing critical; a drill is apart from all.
        """
        shelves = [
            shelf
            for name in self._shelved.get(key_of(alert), ())
            if (shelf := self._alerts.get(name)) is not None
            and shelf.shelved_until is not None
            and shelf.shelved_until > now
            and (alert.severity is not Severity.CRITICAL or shelf.severity is Severity.CRITICAL)
        ]
        return None if alert.drill else max(shelves, key=_shelved_until, default=None)

    def keep(self, alert: Alert, changes: Changes) -> None:
        """It is so now."""
        self._alerts[alert.id] = changes.alerts[alert.id] = alert
        self._file(alert)

    def step(
        self,
        alert: Alert,
        event: AlertEventType,
        now: dt.datetime,
        changes: Changes,
        *,
        by: str | None = None,
        cause: str | None = None,
    ) -> None:
        """It is so now, and everybody hears of it."""
        self.keep(alert, changes)
        changes.events.append(AlertEvent(type=event, alert=alert, at=now, by=by, cause=cause))

    def forget(self, now: dt.datetime) -> None:
        """Let go of what is over and can be of no use any more; the store has it."""
        areas = {alert.area for alert in self._alerts.values() if alert.is_open} - {None}
        for alert in self:
            over = alert.cleared_at is not None and now - alert.cleared_at > REMEMBERED
            shelved = alert.shelved_until is not None and alert.shelved_until > now
            if over and not shelved and alert.id not in areas and alert.area not in areas:
                del self._alerts[alert.id]
        self._shelved = {
            key: left for key, names in self._shelved.items() if (left := names & self._alerts.keys())
        }
        self._areas = {key: name for key, name in self._areas.items() if name in self._alerts}

    def _file(self, alert: Alert) -> None:
        """Have an alert found by what it stands for."""
        if alert.shelved_until is not None and not alert.drill:
            self._shelved.setdefault(key_of(alert), set()).add(alert.id)
        if alert.is_area and alert.is_open and alert.circuit is not None:
            other = self.open_area(alert.circuit, alert.kind)
            if other is None or (other.finding.since, other.id) <= (alert.finding.since, alert.id):
                self._areas[alert.circuit, group_of(alert.kind)] = alert.id


def _shelved_until(alert: Alert) -> float:
    return 0.0 if alert.shelved_until is None else alert.shelved_until.timestamp()
