"""A desk that is driven: its store, its channels, people, and what each of them was told."""

from __future__ import annotations

from collections.abc import Iterable
import datetime as dt
from pathlib import Path
from weakref import finalize

from custom_components.csj_meter.alerts.alert import Alert, AlertEvent, AlertState, Changes
from custom_components.csj_meter.alerts.desk import REMEMBERED, Desk
from custom_components.csj_meter.alerts.message import Message
from custom_components.csj_meter.alerts.settings import (
    AlertSettings,
    Channel,
    FloodControl,
    Medium,
    QuietHours,
    Route,
)
from custom_components.csj_meter.alerts.store import AlertStore, Batch
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.kinds import Severity

from .found import START

PHONE = Channel(id="phone", name="Phone", medium=Medium.PUSH, target="notify.phone", person="Ada")
SMS = Channel(id="sms", name="SMS", medium=Medium.SMS, target="notify.sms", person="Ada", address="+15550100")
MAIL = Channel(id="mail", name="Mail", medium=Medium.EMAIL, target="notify.mail", person="Bob")

SETTINGS = AlertSettings(
    channels=(PHONE, SMS, MAIL),
    routes=(
        Route(severities=(Severity.CRITICAL,), channels=("phone", "sms")),
        Route(severities=(Severity.WARNING,), channels=("phone", "mail")),
        Route(severities=(Severity.CRITICAL,), channels=("mail",), level=1),
    ),
    quiet_hours=QuietHours(),
    flood=FloodControl(most_per_hour=120),
)


class Driven:
    """A desk with a clock; what it says is delivered unless a channel is in ``broken``."""

    def __init__(self, settings: AlertSettings = SETTINGS, path: Path | None = None) -> None:
        self.settings = settings
        self.path = path
        self.now = START
        self.broken: set[str] = set()
        self.heard: list[tuple[dt.datetime, Message]] = []
        """What was delivered, and when."""

        self.begun: list[tuple[dt.datetime, Message]] = []
        """What channels were asked to deliver, and when."""

        self.events: list[AlertEvent] = []
        self.store = None if path is None else self._open(path)
        self.desk = Desk(settings, dt.UTC)

    def _open(self, path: Path) -> AlertStore:
        store = AlertStore.at(path, self.now)
        finalize(self, store.close)
        return store

    def did(self, changes: Changes, *, keeps: bool = True, delivers: bool = True) -> None:
        """Keep what has changed, let everybody know, and send what is due."""
        self.events += changes.events
        due = [self.desk.outbox.begin(message) for message in self.desk.outbox.due(self.now)]
        self.begun += [(self.now, message) for message in due]
        self.keep(changes.alerts.values())
        if not delivers:
            return
        for message in due:
            if message.channel in self.broken:
                self.desk.outbox.failed(message.id, "broken", self.now)
            else:
                self.heard.append((self.now, message))
                self.desk.outbox.delivered(message.id, self.now)
        if keeps:
            self.keep()

    def keep(self, alerts: Iterable[Alert] = ()) -> None:
        """Write down what has changed."""
        changed = self.desk.outbox.take_changes()
        if self.store is not None and (batch := Batch(alerts=list(alerts), messages=changed)):
            self.store.write(batch)

    def find(self, *findings: Finding) -> None:
        """Let the engine have found something now."""
        self.did(self.desk.take(findings, self.now))

    def pass_until(self, moment: dt.datetime) -> None:
        """Let time pass, and look whenever something is due: as the surface does, a second apart at least."""
        looks = 0
        while (due := self.desk.next_due(self.now)) is not None and due <= moment:
            self.now = max(due, self.now + dt.timedelta(seconds=1))
            if self.now > moment:
                break
            self.did(self.desk.tick(self.now))
            looks += 1
            assert looks < 2000, "looked in vain, again and again"
        self.now = moment
        self.did(self.desk.tick(self.now))

    def minutes(self, count: float) -> None:
        """Let so many minutes pass."""
        self.pass_until(self.now + dt.timedelta(minutes=count))

    def restart(self) -> None:
        """Begin anew with what is on disk."""
        assert self.path is not None
        assert self.store is not None
        self.store.close()
        self.store = self._open(self.path)
        kept = self.store.kept(self.now, REMEMBERED)
        self.desk = Desk(self.settings, dt.UTC, kept.alerts, kept.messages)
        self.did(Changes())

    @property
    def pages(self) -> list[str]:
        """Reason and channel of the pages that were delivered, in order."""
        return [f"{message.reason} {message.channel}" for _, message in self.heard if message.sounds]

    @property
    def told(self) -> list[str]:
        """Reason and channel of everything that was delivered, in order."""
        return [f"{message.reason} {message.channel}" for _, message in self.heard]

    @property
    def one(self) -> Alert:
        """The only alert that people hear of."""
        (alert,) = [alert for alert in self.desk.alerts if alert.is_told]
        return alert

    def stands(self, state: AlertState) -> bool:
        """Whether that alert is in this state."""
        return self.one.state is state

    def states(self) -> dict[str, AlertState]:
        """Id -> state of every alert."""
        return {alert.id: alert.state for alert in self.desk.alerts}
