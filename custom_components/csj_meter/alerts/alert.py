"""What an alert is: a finding that somebody may have to act on, with a life of its own (ISA-18.2).

Every finding has one alert. What befalls a whole circuit has one more, whose members are the alerts of its
meters; only that one is told. An alert never changes: each step of its life is a new one with the same id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
import datetime as dt
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from ..anomaly.finding import Finding
from ..anomaly.kinds import Kind, Severity, State

ID_BYTES: Final = 8


class AlertState(StrEnum):
    """How far an alert has got, and what people have said of it."""

    SUSPECTED = "suspected"
    """One abnormal sample or two: nobody is told."""

    CONFIRMED = "confirmed"
    """Active, and nobody has acknowledged it."""

    ESCALATED = "escalated"
    """Nobody has acknowledged it in time, and others were told."""

    ACKNOWLEDGED = "acknowledged"
    """Active; somebody sees to it."""

    SHELVED = "shelved"
    """Active; nobody is told until the shelving is over."""

    FALSE_ALARM = "false_alarm"
    """Active; somebody has said that nothing is wrong."""

    CLEARED = "cleared"
    """Over."""


class AlertEventType(StrEnum):
    """What automations hear of: one step in the life of an alert."""

    RAISED = "raised"
    CONFIRMED = "confirmed"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    FALSE_ALARM = "false_alarm"
    CLEARED = "cleared"


ACTIVE: Final = frozenset(AlertState) - {AlertState.SUSPECTED, AlertState.CLEARED}
"""Confirmed, and not over."""

UNACKNOWLEDGED: Final = frozenset({AlertState.CONFIRMED, AlertState.ESCALATED})
"""Active, and waiting for somebody."""


class Nameless(StrEnum):
    """Who answers without a name: what is kept in place of one."""

    AUTOMATION = "automation"
    """No user at all."""

    REPAIR_ISSUE = "repair issue"
    """Whoever has answered a dialogue."""

    APP = "Home Assistant app"
    """Whoever has pressed a button on a phone."""

    USER = "user"
    """A user to whom nobody has given a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert, as it is now."""

    id: str
    """Stable: the same finding has the same id, also after a restart."""

    state: AlertState
    """How far it has got."""

    finding: Finding
    """What was found: as last told, but its figures are the worst that were told since it was confirmed, and
    stay when it is over; of an area alert, what its worst member has found."""

    severity: Severity
    """The worst it was told with while it is active."""

    raised_at: dt.datetime
    """When the first abnormal sample was heard of, UTC."""

    first_confirmed_at: dt.datetime | None = None
    """When it was confirmed first: ``confirmed_at`` is when it was announced last."""

    confirmed_at: dt.datetime | None = None
    escalated_at: dt.datetime | None = None
    acknowledged_at: dt.datetime | None = None
    cleared_at: dt.datetime | None = None

    acknowledged_by: str | None = None
    """Who sees to it, as people call them."""

    shelved_until: dt.datetime | None = None
    """Until when others of its kind and meter are silent as well; None when it never was shelved."""

    shelved_at: dt.datetime | None = None
    """When it was shelved, the last time."""

    shelved_by: str | None = None
    """Who has shelved it; None for chattering."""

    false_alarm_at: dt.datetime | None = None
    false_alarm_by: str | None = None

    repaired_at: dt.datetime | None = None
    """When somebody said that it was repaired; None again when it was not."""

    repaired_by: str | None = None

    level: int = 0
    """How often it has escalated for want of an acknowledgement since it was announced last."""

    unanswered_at: dt.datetime | None = None
    """When it has escalated for want of an acknowledgement, the last time; stays, whatever comes after."""

    area: str | None = None
    """Id of the alert of the circuit that this one is a member of; nobody is told of a member."""

    members: tuple[str, ...] = ()
    """Ids of the members, of an area alert."""

    ticket: str | None = None
    """Number of the work order that was opened for it."""

    drill: bool = False
    """Nothing has happened: it was injected by somebody who wants to hear the phone ring."""

    drill_until: dt.datetime | None = None
    """When a drill ends by itself."""

    chattering: bool = False
    """Shelved because it comes and goes."""

    @property
    def kind(self) -> Kind:
        """What it is."""
        return self.finding.kind

    @property
    def serial(self) -> str | None:
        """Serial number of its meter; None for an area alert."""
        return None if self.is_area else self.finding.serial

    @property
    def circuit(self) -> str | None:
        """The circuit that it is about, or that its meter hangs on."""
        return self.finding.circuit

    @property
    def is_area(self) -> bool:
        """Whether it stands for a whole circuit."""
        return bool(self.members)

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.state is not AlertState.CLEARED

    @property
    def is_active(self) -> bool:
        """Whether it is confirmed and not over."""
        return self.state in ACTIVE

    @property
    def is_told(self) -> bool:
        """Whether people hear of it: not of members, whose circuit speaks for them."""
        return self.area is None

    @property
    def since(self) -> dt.datetime:
        """When it began: the minute of the first abnormal sample, UTC."""
        return dt.datetime.fromtimestamp(self.finding.since * 60, dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEvent:
    """One step in the life of an alert."""

    type: AlertEventType
    alert: Alert
    """As it is after the step."""

    at: dt.datetime
    """When, UTC."""

    by: str | None = None
    """Who did it; None when nobody has."""

    cause: str | None = None
    """Why it has escalated: ``unacknowledged`` or ``worsened``; why it was shelved: ``chattering``; why it
    was confirmed once more: ``not_repaired``."""


def alert_id(finding: Finding, *, drill: bool = False) -> str:
    """The id of the alert of a finding: sixteen letters and digits, the same for the same finding."""
    return _hashed(finding.serial, finding.kind, finding.phase or 0, finding.since, "drill" if drill else "")


def area_id(circuit: str, kind: Kind, since: int) -> str:
    """The id of the alert of a circuit that began at minute ``since``."""
    return _hashed("circuit", circuit, kind, since)


def _hashed(*parts: object) -> str:
    return blake2b("\0".join(map(str, parts)).encode(), digest_size=ID_BYTES).hexdigest()


def state_of(finding: Finding) -> AlertState:
    """What an alert begins as."""
    return AlertState.CONFIRMED if finding.state is State.CONFIRMED else AlertState.SUSPECTED


@dataclass(slots=True)
class Changes:
    """What a step has changed: to be kept first, and told then."""

    alerts: dict[str, Alert] = field(default_factory=dict)
    """Id -> the alert as it is now."""

    events: list[AlertEvent] = field(default_factory=list)
    """In the order in which they happened."""

    def __bool__(self) -> bool:
        return bool(self.alerts or self.events)

    def add(self, other: Changes) -> None:
        """What came after."""
        self.alerts.update(other.alerts)
        self.events += other.events
