"""Two pasts of the same alerts become one: what was kept, and what happened while nobody could read that.

What people have said holds, whichever past they have said it in; what was found since is told to the alert
that was kept, as if that had been known all along.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
import datetime as dt

from ..anomaly.finding import Finding
from ..anomaly.kinds import State
from .alert import UNACKNOWLEDGED, Alert, Changes
from .alert_list import AlertList
from .paging import Paging
from .work_order import order_name


class Joining:
    """Adds what was kept to ``alerts``."""

    def __init__(self, alerts: AlertList, paging: Paging) -> None:
        """``paging``: pages nobody of what somebody has answered."""
        self._alerts = alerts
        self._paging = paging

    def join(
        self, kept: Iterable[Alert], numbers: Mapping[int, int], now: dt.datetime, changes: Changes
    ) -> list[Finding]:
        """Have both in the list; what is to be found once more.

        ``numbers``: of work orders that were opened meanwhile, and which they have by now.
        """
        names = {order_name(before): order_name(after) for before, after in numbers.items()}
        for alert in self._alerts:
            if alert.ticket in names:
                self._alerts.keep(replace(alert, ticket=names[alert.ticket]), changes)
        again: list[Finding] = []
        for before in kept:
            ours = self._alerts.find(before.id)
            if ours is None:
                self._alerts.keep(before, changes)
            elif ours.drill or _is_answered(ours) or _is_there_again(ours, before):
                self._alerts.keep(_with_past(ours, before), changes)
            else:
                joined = replace(
                    before,
                    area=before.area or ours.area,
                    members=_members(before, ours),
                    ticket=before.ticket or ours.ticket,
                )
                self._alerts.keep(joined, changes)
                if joined.state not in UNACKNOWLEDGED:
                    self._paging.cancel(joined, now)
                again += _found_since(ours)
        return again


def _is_answered(alert: Alert) -> bool:
    """Whether people have said anything of it."""
    answers = (alert.acknowledged_at, alert.false_alarm_at, alert.repaired_at, alert.shelved_until)
    return any(answer is not None for answer in answers)


def _is_there_again(alert: Alert, before: Alert) -> bool:
    """Whether it was over, and nothing that people have said of it then holds any more."""
    return alert.is_open and not before.is_open and (alert.is_area or not _is_answered(before))


def _with_past(alert: Alert, before: Alert) -> Alert:
    """An alert as it is, which began earlier."""
    return replace(
        alert,
        raised_at=before.raised_at,
        first_confirmed_at=before.first_confirmed_at or alert.first_confirmed_at,
        area=alert.area or before.area,
        members=_members(before, alert),
        ticket=before.ticket or alert.ticket,
    )


def _members(before: Alert, since: Alert) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*before.members, *since.members)))


def _found_since(alert: Alert) -> Iterator[Finding]:
    """What an alert says of its meter; a circuit has nothing but what its members say."""
    if not alert.is_area:
        yield alert.finding if alert.is_open else replace(alert.finding, state=State.CLEARED)
