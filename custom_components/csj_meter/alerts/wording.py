"""What people are told of alerts: titles, texts, and what fits an SMS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import datetime as dt
from types import MappingProxyType
from typing import Final

from ..anomaly.kinds import Kind, Scope, Severity
from ..anomaly.own_past import looks_back_beyond
from ..anomaly.wording import advice, duration, message as told, reach, seen
from ..language.dates import clock, moment
from ..language.texts import Texts
from .alert import Alert, Nameless
from .message import AFTERWARDS, Message, Reason
from .sms import in_one_sms

_MOST_NAMES: Final = 5
_LONGEST_LIST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How this site talks of its alerts."""

    texts: Texts
    """In its language."""

    zone: dt.tzinfo
    names: Mapping[str, str] = field(default_factory=dict)
    """Serial number -> what people call the meter."""

    moved_in: Mapping[str, int] = field(default_factory=dict)
    """Serial number -> the minute (UTC) in which those who live there moved in, where it is known."""

    def kind(self, kind: Kind) -> str:
        """What people call a kind."""
        return self.texts(f"kinds.{kind.value}")

    def severity(self, severity: Severity) -> str:
        """What people call a severity."""
        return self.texts(f"severities.{severity.value}")

    def where(self, alert: Alert) -> str:
        """The meter or circuit, as people call it."""
        if alert.serial is None:
            return self.texts("messages.circuit", circuit=alert.circuit or "-")
        return self.names.get(alert.serial, alert.serial)

    def who(self, by: str | None) -> str:
        """Somebody, as people call them."""
        return who(self.texts, by)

    def done_by(self, key: str, by: str | None) -> str:
        """A sentence about what somebody has done, by its key: it may begin with them."""
        said = self.texts(key, by=self.who(by))
        # names are written as people write theirs
        return said[:1].upper() + said[1:] if by is None or by in Nameless else said

    def heading(self, alert: Alert) -> str:
        """What and where."""
        return self.texts("messages.heading", kind=self.kind(alert.kind), where=self.where(alert))

    def title(self, alert: Alert) -> str:
        """One line that says how bad it is, or that it is over, what and where."""
        if alert.is_open:
            return self.title_of_step(alert)
        title = self.texts("messages.title_over", kind=self.kind(alert.kind), where=self.where(alert))
        return self._title_of_drill(title) if alert.drill else title

    def title_of_step(self, alert: Alert) -> str:
        """The same beside a step of its life: what was confirmed was not over, and an end is a step."""
        title = self.texts(
            "messages.title",
            severity=self.severity(alert.severity),
            kind=self.kind(alert.kind),
            where=self.where(alert),
        )
        return self._title_of_drill(title) if alert.drill else title

    def tells_of_others(self, alert: Alert) -> bool:
        """Whether what is usual, by its figures, is how those lived who were there before."""
        moved_in = self.moved_in.get(alert.finding.serial)
        return moved_in is not None and looks_back_beyond(alert.finding, moved_in)

    def seen(self, alert: Alert, *, dated: bool = False) -> str:
        """What was seen, in a sentence without advice; nothing but since when where it would tell of others.

        ``dated``: with the day of a moment in it, for whoever reads it later.
        """
        if self.tells_of_others(alert):
            return self.texts("mail.since_moment", at=moment(self.texts, alert.since.astimezone(self.zone)))
        return seen(self.texts, alert.finding, self.zone, dated=dated)

    def text(self, alert: Alert, members: Sequence[Alert] = ()) -> str:
        """What was seen, how far it reaches and what to do."""
        if not alert.is_open:
            return self.how_it_ended(alert)
        parts = [told(self.texts, alert.finding, self.zone, what=self.seen(alert))]
        if alert.is_area:
            parts.append(self._members(members))
        if alert.drill:
            parts.append(self.texts("messages.drill_text"))
        return self.texts.sentences(parts)

    def how_it_ended(self, alert: Alert) -> str:
        """That it is over, and by whom."""
        if alert.repaired_by is not None:
            return self.done_by("messages.repaired", alert.repaired_by)
        minutes = (
            1 if alert.cleared_at is None else round((alert.cleared_at - alert.since).total_seconds() / 60)
        )
        return self.texts("messages.cleared", duration=duration(self.texts, minutes))

    def causes(self, alert: Alert) -> list[str]:
        """What it may be, the likeliest first."""
        return [advice(self.texts, cause) for cause in alert.finding.advice.causes]

    def action(self, alert: Alert) -> str:
        """What to do first."""
        action = alert.finding.advice.action
        return "" if action is None else advice(self.texts, action)

    def scope(self, alert: Alert) -> str:
        """How far it reaches; empty where that is not known."""
        return reach(self.texts, Scope.AREA if alert.is_area else alert.finding.scope)

    def and_more(self, count: int) -> str:
        """That a list goes on."""
        return self.texts.counted("messages.and_more", count)

    # messages

    def message_title(self, message: Message, alerts: Sequence[Alert], channel: str = "") -> str:
        """The title of a message; ``alerts``: those it tells of, the worst first."""
        if message.reason is Reason.TEST or not alerts:
            return self.texts("messages.title_of_test", channel=channel)
        if len(alerts) == 1:
            return self.title(alerts[0])
        worst = alerts[0]
        title = self.texts(
            f"messages.many_{worst.severity.value}",
            count=str(len(alerts)),
            kind=self.kind(worst.kind),
            where=self.where(worst),
        )
        return self._title_of_drill(title) if message.drill else title

    def message_text(
        self,
        message: Message,
        alerts: Sequence[Alert],
        now: dt.datetime,
        members: Mapping[str, Sequence[Alert]] = MappingProxyType({}),
    ) -> str:
        """The whole of a message. ``members``: id of an area alert -> its members."""
        if message.reason is Reason.TEST or not alerts:
            return self.texts("messages.test")
        if len(alerts) > 1:
            lines = [f"- {self.title(alert)}" for alert in alerts[:_LONGEST_LIST]]
            if (more := len(alerts) - _LONGEST_LIST) > 0:
                lines.append(self.and_more(more))
            return "\n".join(lines)
        alert = alerts[0]
        said = [self.why(message.reason, alert, now), self.text(alert, members.get(alert.id, ()))]
        if message.reason in AFTERWARDS:
            said = said[:1]
        return self.texts.sentences(said)

    def why(self, reason: Reason, alert: Alert, now: dt.datetime) -> str:
        """Why somebody is told of an alert they may know already; empty for a new one."""
        match reason:
            case Reason.ESCALATED:
                waited = round((now - (alert.confirmed_at or alert.raised_at)).total_seconds() / 60)
                return self.texts("messages.escalated", duration=duration(self.texts, waited))
            case Reason.CHATTERING:
                until = (alert.shelved_until or now).astimezone(self.zone)
                return self.texts("messages.chattering", until=clock(self.texts, until, now))
            case Reason.ACKNOWLEDGED:
                return self.done_by("messages.acknowledged", alert.acknowledged_by)
            case Reason.FALSE_ALARM:
                return self.done_by("messages.false_alarm", alert.false_alarm_by)
            case Reason.CLEARED:
                return self.how_it_ended(alert)
            case Reason.WORSENED | Reason.STILL_THERE | Reason.JOINED:
                return self.texts(f"messages.{reason.value}")
        return ""

    def sms(self, message: Message, alerts: Sequence[Alert], now: dt.datetime) -> str:
        """The same in one SMS."""
        if message.reason is Reason.TEST or not alerts:
            return self._short(self.texts("messages.test"))
        title = self.message_title(message, alerts)
        if len(alerts) > 1:
            return self._short(title)
        alert = alerts[0]
        why = self.why(message.reason, alert, now)
        if not alert.is_open or message.reason in AFTERWARDS:
            # as everywhere else: who sees to it, or says that nothing is wrong, leaves nothing to be done
            return short(self.texts, title, why or self.how_it_ended(alert))
        return self._short(as_sentence(self.texts, title), why, self.seen(alert), self.action(alert))

    def _short(self, *parts: str) -> str:
        return in_one_sms(self.texts, parts)

    def _title_of_drill(self, title: str) -> str:
        return self.texts("messages.title_of_drill", title=title)

    def _members(self, members: Sequence[Alert]) -> str:
        # a meter has one alert for each phase that shows it, and two meters may have one name
        serials = {member.finding.serial for member in members}
        names = sorted(self.names.get(serial, serial) for serial in serials)
        if not names:
            return ""
        meters = self.texts.listed(names[:_MOST_NAMES])
        if (more := len(names) - _MOST_NAMES) > 0:
            return self.texts.counted("messages.members_more", more, meters=meters)
        return self.texts("messages.members", meters=meters)


def as_sentence(texts: Texts, title: str) -> str:
    """A title where there is no room for titles: before a text."""
    return texts("messages.as_sentence", title=title)


def short(texts: Texts, title: str, text: str, *more: str) -> str:
    """Any message in one SMS, in the letters of the language of ``texts``; ``more``: where there is room."""
    return in_one_sms(texts, (texts.sentences((as_sentence(texts, title), text)), *more))


def who(texts: Texts, by: str | None) -> str:
    """Somebody, as people call them in the middle of a sentence."""
    if by is None:
        return texts("people.somebody")
    nameless = next((one for one in Nameless if one == by), None)
    return by if nameless is None else texts(f"people.{nameless.name.lower()}")
