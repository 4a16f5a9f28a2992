"""How well alarms do: figures over a period, out of alerts and messages; docs/summary.md has the formulas.

An *alarm* is an alert that somebody is to act on: confirmed, not a mere information, no drill, and not the
member of a circuit that speaks for it. A time counts in the period in which it ended, so that each
counts once and what lasts is not left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
import datetime as dt
from statistics import median
from typing import Any, Final, Self

from mashumaro.codecs.basic import BasicEncoder

from ..anomaly.kinds import Severity
from .alert import Alert
from .merging import says
from .message import Message, MessageState, Reason

MONTH: Final = dt.timedelta(days=365.25 / 12)
"""A mean month."""

DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How long something took."""

    n: int = 0
    """How often it was measured."""

    median: float | None = None
    """Seconds; None when it never was."""

    p90: float | None = None
    """Seconds within which nine in ten came (nearest rank); None likewise."""

    @classmethod
    def of(cls, spans: Iterable[dt.timedelta]) -> Self:
        """Of all these; by a clock that was set back meanwhile, it took no time that anybody knows."""
        seconds = sorted(max(0.0, span.total_seconds()) for span in spans)
        if not seconds:
            return cls()
        return cls(
            n=len(seconds), median=float(median(seconds)), p90=seconds[-(-90 * len(seconds) // 100) - 1]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpis:
    """The figures; None stands for what nothing is known of."""

    since: dt.datetime
    until: dt.datetime

    alarms: int
    """Confirmed in the period."""

    detection: Spread
    """From the first abnormal sample until it was suspected; each meter of an area counts."""

    confirmation: Spread
    """From then until it was confirmed; likewise."""

    acknowledgement: Spread
    """From the announcement until somebody has acknowledged it."""

    clearing: Spread
    """From the confirmation to the end."""

    false_alarm_share: float | None
    """Share of the alarms of which somebody has said that nothing was wrong, 0..1."""

    alarms_per_meter_month: float | None

    delivery_success: float | None
    """Share of the messages that have reached their person, if need be over the fallback, 0..1."""

    pages_per_person_day: float | None
    """Messages with a sound that one person got a day."""

    escalated_share: float | None
    """Share of the alarms that have escalated because nobody had acknowledged them, 0..1."""

    chattering: int
    """Alarms that were shelved because they came and went."""

    communication_availability: float | None = None
    """Share of the minutes in which the meters were heard, 0..1."""

    top_up_success: float | None = None
    """Share of the top-ups that have arrived on the meter, 0..1."""

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        plain: dict[str, Any] = _ENCODER.encode(self)
        return plain


_ENCODER: Final = BasicEncoder(Kpis)


def kpis(
    alerts: Iterable[Alert],
    messages: Iterable[Message],
    since: dt.datetime,
    until: dt.datetime,
    *,
    meters: int,
    people: int,
    communication_availability: float | None = None,
    top_up_success: float | None = None,
) -> Kpis:
    """The figures from ``since`` to before ``until``.

    ``alerts``: at least those that were open in the period. ``messages``: at least those that were written or
    settled in it. ``people``: how many there are to be told.
    """

    def within(moment: dt.datetime | None) -> bool:
        return moment is not None and since <= moment < until

    known = [alert for alert in alerts if not alert.drill and alert.severity is not Severity.INFO]
    seen = [alert for alert in known if not alert.is_area and within(alert.first_confirmed_at)]
    told = [alert for alert in known if alert.is_told and alert.first_confirmed_at is not None]
    alarms = [alert for alert in told if within(alert.first_confirmed_at)]
    sent = [message for message in messages if not message.drill and message.reason is not Reason.TEST]
    delivered = [
        arrived for message, arrived in _Outcomes(sent) if within(message.settled_at or message.created_at)
    ]
    pages = [
        message
        for message in sent
        if message.sounds and message.state is MessageState.DELIVERED and within(message.settled_at)
    ]
    length = until - since
    return Kpis(
        since=since,
        until=until,
        alarms=len(alarms),
        detection=Spread.of(alert.raised_at - alert.since for alert in seen),
        confirmation=Spread.of(
            alert.first_confirmed_at - alert.raised_at
            for alert in seen
            if alert.first_confirmed_at is not None
        ),
        acknowledgement=Spread.of(
            alert.acknowledged_at - announced
            for alert in told
            if alert.acknowledged_at is not None
            and within(alert.acknowledged_at)
            and (announced := _announced(alert, alert.acknowledged_at)) is not None
        ),
        clearing=Spread.of(
            alert.cleared_at - alert.first_confirmed_at
            for alert in told
            if alert.cleared_at is not None
            and within(alert.cleared_at)
            and alert.first_confirmed_at is not None
        ),
        false_alarm_share=_share(sum(alert.false_alarm_at is not None for alert in alarms), len(alarms)),
        alarms_per_meter_month=_per(len(alarms), meters, length / MONTH),
        delivery_success=_share(sum(delivered), len(delivered)),
        pages_per_person_day=_per(len(pages), people, length / DAY),
        escalated_share=_share(sum(map(_was_unanswered, alarms)), len(alarms)),
        chattering=sum(alert.shelved_until is not None and alert.shelved_by is None for alert in alarms),
        communication_availability=communication_availability,
        top_up_success=top_up_success,
    )


def _announced(alert: Alert, acknowledged_at: dt.datetime) -> dt.datetime | None:
    """When that was said which somebody has acknowledged: it may have been announced again since."""
    if alert.confirmed_at is not None and alert.confirmed_at <= acknowledged_at:
        return alert.confirmed_at
    return alert.first_confirmed_at


def _was_unanswered(alert: Alert) -> bool:
    """Whether nobody had acknowledged it in time, whatever came after."""
    return alert.unanswered_at is not None or alert.level > 0  # a level alone: kept by an older release


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _per(count: int, each: int, time: float) -> float | None:
    return count / each / time if each and time > 0 else None


class _Outcomes:
    """Which messages have reached their people."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self._messages = {message.id: message for message in messages}
        self._saying: dict[object, list[Message]] = {}
        self._carriers: dict[str, Message] = {}
        for message in messages:
            self._saying.setdefault(says(message), []).append(message)
            if message.state is not MessageState.CANCELLED:
                self._carriers |= dict.fromkeys(message.parts, message)

    def __iter__(self) -> Iterator[tuple[Message, bool]]:
        """Every message that is settled, with whether it has arrived; who stands in is no case of its own."""
        for message in self._messages.values():
            own = message.state in (MessageState.DELIVERED, MessageState.FAILED)
            if own and message.stands_in_for is None:
                arrived = self._arrived(message, frozenset())
                if arrived is not None:
                    yield message, arrived

    def _arrived(self, message: Message, asked: frozenset[str]) -> bool | None:
        """Whether somebody has got it over any channel; None while that is open."""
        match message.state:
            case MessageState.DELIVERED:
                return True
            case MessageState.CANCELLED:
                return False  # whoever stood in came too late to be of use
            case MessageState.MERGED:
                carrier = self._carriers.get(message.id)
                return False if carrier is None else self._arrived(carrier, asked)
            case MessageState.FAILED:
                parts = [self._messages[part] for part in message.parts if part in self._messages] or [
                    message
                ]
                found = [self._arrived_instead(part, message, asked | {message.id}) for part in parts]
                return None if None in found else all(found)
        return None

    def _arrived_instead(self, part: Message, failed: Message, asked: frozenset[str]) -> bool | None:
        """Whether the same has arrived over the fallback, or with the same person over another channel."""
        found = [
            self._arrived(other, asked)
            for other in self._saying.get(says(part), ())
            if other.id not in {*asked, part.id}
            and (other.stands_in_for == failed.id or other.person == failed.person)
        ]
        return True if True in found else None if None in found else False
