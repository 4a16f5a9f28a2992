"""What people are told of alerts, in English: titles, texts, and the 160 characters of an SMS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import datetime as dt
from types import MappingProxyType
from typing import Final

from ..anomaly.kinds import Kind, Scope, Severity
from ..anomaly.wording import SCOPES, duration, message as told, text as text_of
from .alert import Alert
from .message import Message, Reason

SMS_LENGTH: Final = 160

KINDS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.OUTAGE: "Power outage",
        Kind.VOLTAGE_SAG: "Voltage sag",
        Kind.UNDERVOLTAGE: "Undervoltage",
        Kind.VOLTAGE_SWELL: "Voltage swell",
        Kind.PHASE_LOSS: "Phase lost",
        Kind.PHASE_IMBALANCE: "Phase imbalance",
        Kind.CURRENT_IMBALANCE: "Current imbalance",
        Kind.FREQUENCY: "Frequency out of range",
        Kind.HARMONIC_DISTORTION: "Harmonic distortion",
        Kind.SHORT_CIRCUIT: "Short circuit",
        Kind.OVERLOAD: "Overload",
        Kind.ZERO_CURRENT: "No current",
        Kind.LOAD_COLLAPSE: "Load collapse",
        Kind.POWER_FACTOR: "Low power factor",
        Kind.STUCK_LOAD: "Load that stays on",
        Kind.LEAK: "Leak",
        Kind.HIGH_USAGE: "High usage",
        Kind.LOW_USAGE: "Low usage",
        Kind.DRIFT: "Creeping base load",
        Kind.LASTING_CHANGE: "Lasting change",
        Kind.DAILY_SHAPE: "Unusual day",
        Kind.UNUSUAL_USAGE: "Unusual usage",
        Kind.METER_FROZEN: "Meter frozen",
        Kind.METER_SILENT: "Meter silent",
        Kind.TAMPER: "Meter opened",
        Kind.REVERSE_ENERGY: "Reverse energy",
    }
)
"""Kind -> what people call it."""

SEVERITIES: Final[Mapping[Severity, str]] = MappingProxyType(
    {Severity.CRITICAL: "Critical", Severity.WARNING: "Warning", Severity.INFO: "Information"}
)

TEXTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "title": "{severity}: {kind}, {where}",
        "title_over": "Over: {kind}, {where}",
        "title_many": "{count} alerts, the worst {severity}: {kind}, {where}",
        "circuit": "circuit {circuit}",
        "drill": "DRILL",
        "drill_sentence": "This is a drill: nothing has happened.",
        "escalated": "Nobody has acknowledged it for {duration}.",
        "worsened": "It has got worse.",
        "still_there": "It is still there.",
        "chattering": "It comes and goes, and is not announced again before {until}.",
        "acknowledged": "{by} sees to it.",
        "false_alarm": "{by} says that nothing is wrong.",
        "cleared": "Normal again after {duration}.",
        "repaired": "{by} has repaired it.",
        "joined": "It is part of an alert of the whole circuit.",
        "members": "Meters: {meters}.",
        "and_more": "and {count} more",
        "test_title": "Test of {channel}",
        "test": "This is how alerts of CSJ Meter arrive. Nothing has happened.",
        "somebody": "Somebody",
    }
)
"""Key -> English text."""

_MOST_NAMES: Final = 5
_LONGEST_LIST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How this site talks of its alerts."""

    zone: dt.tzinfo
    names: Mapping[str, str] = field(default_factory=dict)
    """Serial number -> what people call the meter."""

    def where(self, alert: Alert) -> str:
        """The meter or circuit, as people call it."""
        if alert.serial is None:
            return TEXTS["circuit"].format(circuit=alert.circuit or "-")
        return self.names.get(alert.serial, alert.serial)

    def title(self, alert: Alert) -> str:
        """One line that says what and where."""
        key = "title" if alert.is_open else "title_over"
        title = TEXTS[key].format(
            severity=SEVERITIES[alert.severity], kind=KINDS[alert.kind], where=self.where(alert)
        )
        return f"{TEXTS['drill']} {title}" if alert.drill else title

    def text(self, alert: Alert, members: Sequence[Alert] = ()) -> str:
        """What was seen, how far it reaches and what to do."""
        if not alert.is_open:
            return self.how_it_ended(alert)
        parts = [told(alert.finding, self.zone)]
        if alert.is_area:
            parts.append(self._members(members))
        if alert.drill:
            parts.append(TEXTS["drill_sentence"])
        return " ".join(filter(None, parts))

    def how_it_ended(self, alert: Alert) -> str:
        """That it is over, and by whom."""
        if alert.repaired_by is not None:
            return TEXTS["repaired"].format(by=alert.repaired_by)
        minutes = (
            1 if alert.cleared_at is None else round((alert.cleared_at - alert.since).total_seconds() / 60)
        )
        return TEXTS["cleared"].format(duration=duration(minutes))

    def causes(self, alert: Alert) -> list[str]:
        """What it may be, the likeliest first."""
        return [text_of(cause, alert.finding, self.zone) for cause in alert.finding.advice.causes]

    def action(self, alert: Alert) -> str:
        """What to do first."""
        action = alert.finding.advice.action
        return "" if action is None else text_of(action, alert.finding, self.zone)

    def scope(self, alert: Alert) -> str:
        """How far it reaches; empty where that is not known."""
        return SCOPES.get(Scope.AREA if alert.is_area else alert.finding.scope, "")

    # messages

    def message_title(self, message: Message, alerts: Sequence[Alert], channel: str = "") -> str:
        """The title of a message; ``alerts``: those it tells of, the worst first."""
        if message.reason is Reason.TEST or not alerts:
            return TEXTS["test_title"].format(channel=channel)
        if len(alerts) == 1:
            return self.title(alerts[0])
        worst = alerts[0]
        title = TEXTS["title_many"].format(
            count=len(alerts),
            severity=SEVERITIES[worst.severity].lower(),
            kind=KINDS[worst.kind],
            where=self.where(worst),
        )
        return f"{TEXTS['drill']} {title}" if message.drill else title

    def message_text(
        self,
        message: Message,
        alerts: Sequence[Alert],
        now: dt.datetime,
        members: Mapping[str, Sequence[Alert]] = MappingProxyType({}),
    ) -> str:
        """The whole of a message. ``members``: id of an area alert -> its members."""
        if message.reason is Reason.TEST or not alerts:
            return TEXTS["test"]
        if len(alerts) > 1:
            lines = [f"- {self.title(alert)}" for alert in alerts[:_LONGEST_LIST]]
            if (more := len(alerts) - _LONGEST_LIST) > 0:
                lines.append(TEXTS["and_more"].format(count=more))
            return "\n".join(lines)
        alert = alerts[0]
        said = [self.why(message.reason, alert, now), self.text(alert, members.get(alert.id, ()))]
        if message.reason in (Reason.CLEARED, Reason.ACKNOWLEDGED, Reason.FALSE_ALARM, Reason.JOINED):
            said = said[:1]
        return " ".join(filter(None, said))

    def why(self, reason: Reason, alert: Alert, now: dt.datetime) -> str:
        """Why somebody is told of an alert they may know already; empty for a new one."""
        somebody = TEXTS["somebody"]
        match reason:
            case Reason.ESCALATED:
                waited = round((now - (alert.confirmed_at or alert.raised_at)).total_seconds() / 60)
                return TEXTS["escalated"].format(duration=duration(waited))
            case Reason.CHATTERING:
                until = alert.shelved_until or now
                return TEXTS["chattering"].format(until=f"{until.astimezone(self.zone):%H:%M}")
            case Reason.ACKNOWLEDGED:
                return TEXTS["acknowledged"].format(by=alert.acknowledged_by or somebody)
            case Reason.FALSE_ALARM:
                return TEXTS["false_alarm"].format(by=alert.false_alarm_by or somebody)
            case Reason.CLEARED:
                return self.how_it_ended(alert)
            case Reason.WORSENED | Reason.STILL_THERE | Reason.JOINED:
                return TEXTS[reason.value]
        return ""

    def sms(self, message: Message, alerts: Sequence[Alert], now: dt.datetime) -> str:
        """The same in 160 characters that every telephone has."""
        if message.reason is Reason.TEST or not alerts:
            return TEXTS["test"]
        title = _plain(self.message_title(message, alerts))
        if len(alerts) > 1:
            return _cut(title)
        alert = alerts[0]
        why = self.why(message.reason, alert, now)
        if not alert.is_open:
            return _cut(_plain(f"{title}. {why or self.how_it_ended(alert)}"))
        seen = text_of(alert.finding.advice.key, alert.finding, self.zone)
        parts = [f"{title}.", why, seen, self.action(alert)]
        # what does not fit goes, the last first
        while len(parts) > 1 and len(_plain(" ".join(filter(None, parts)))) > SMS_LENGTH:
            parts.pop()
        return _cut(_plain(" ".join(filter(None, parts))))

    def short(self, title: str, text: str) -> str:
        """What is about no alert, likewise in 160 characters."""
        return _cut(_plain(f"{title}. {text}"))

    def _members(self, members: Sequence[Alert]) -> str:
        names = sorted(self.names.get(member.finding.serial, member.finding.serial) for member in members)
        if not names:
            return ""
        shown = ", ".join(names[:_MOST_NAMES])
        if (more := len(names) - _MOST_NAMES) > 0:
            shown = f"{shown} {TEXTS['and_more'].format(count=more)}"
        return TEXTS["members"].format(meters=shown)


def _plain(text: str) -> str:
    """Only letters that fit seven bits, so that 160 of them are one SMS."""
    for mark, plain in (("°", " deg"), ("±", "+/-"), ("–", "-"), ("·", "."), ("µ", "u")):
        text = text.replace(mark, plain)
    return text.encode("ascii", "replace").decode()


def _cut(text: str) -> str:
    return text if len(text) <= SMS_LENGTH else f"{text[: SMS_LENGTH - 3].rstrip()}..."
