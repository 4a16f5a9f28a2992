"""Who is told of an alert: those it concerns, and afterwards those who were told."""

from __future__ import annotations

import datetime as dt

from .alert import Alert
from .alert_list import AlertList
from .message import Reason
from .outbox import Outbox
from .routing import channels_of
from .settings import IDEMPOTENT, AlertSettings
from .waits import Waits


class Paging:
    """Hands to the outbox what is to be said of alerts."""

    def __init__(self, settings: AlertSettings, alerts: AlertList, outbox: Outbox) -> None:
        """Tell people of ``alerts`` by way of ``outbox``."""
        self.settings = settings
        self._alerts = alerts
        self._outbox = outbox
        self._waits = Waits()

    def page(
        self, alert: Alert, reason: Reason, now: dt.datetime, *, level: int | None = None, step: str = ""
    ) -> None:
        """Have people told over the channels that the alert goes to; ``level``: only those it adds."""
        serials = [member.finding.serial for member in self._alerts.members_of(alert)]
        for channel in channels_of(self.settings, alert, serials, level=level):
            self._outbox.add(
                reason, channel, (alert.id,), now, severity=alert.severity, step=step, drill=alert.drill
            )

    def page_others(self, alert: Alert, now: dt.datetime) -> None:
        """Tell those whom an area alert concerns since it has got more members, and nobody a second time."""
        # by a clock that was set back, some were told before it was confirmed
        since = self._waits.since(alert.confirmed_at or alert.raised_at, now)
        asked = self._outbox.paged(alert.id, since)
        serials = [member.finding.serial for member in self._alerts.members_of(alert)]
        for channel in channels_of(self.settings, alert, serials):
            if channel.id not in asked:
                self._outbox.add(
                    Reason.CONFIRMED,
                    channel,
                    (alert.id,),
                    now,
                    severity=alert.severity,
                    step=now.isoformat(),
                    drill=alert.drill,
                )

    def cancel(self, alert: Alert, now: dt.datetime) -> None:
        """Page nobody any more who was not."""
        self._outbox.cancel(alert.id, now)

    def say_afterwards(self, alert: Alert, reason: Reason, now: dt.datetime) -> None:
        """Tell those who were paged how it went on, and nobody who was not.

        That it is over is told over every channel; the rest only where it takes the place of what was said.
        """
        self._outbox.cancel(alert.id, now)
        for channel in self._outbox.told(alert.id):
            if channel.medium not in IDEMPOTENT and reason is not Reason.CLEARED:
                continue
            self._outbox.add(
                reason,
                channel,
                (alert.id,),
                now,
                severity=alert.severity,
                step=now.isoformat(),
                drill=alert.drill,
            )
