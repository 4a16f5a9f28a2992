"""What is to be said, to whom, and when: at least once to the channel, once to the person.

A message is written down before it is sent, as *sending*. After a crash nobody knows whether it has arrived:
it is sent again where a second one takes the place of the first, or where nothing else reaches that person.
Too many messages for one person come together in one: half of the hour's share is for anything, another
quarter for what is critical, and the rest is spread over the hour. So nothing is hidden, nobody is buried.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
import datetime as dt
from hashlib import blake2b
from typing import Final

from ..anomaly.kinds import SEVERITIES, Severity
from .message import Message, MessageState, Reason
from .settings import IDEMPOTENT, AlertSettings, Channel

HOUR: Final = dt.timedelta(hours=1)

RETRIES: Final = tuple(dt.timedelta(seconds=seconds) for seconds in (10, 60, 300, 900, 3600))
"""Waits before a message is tried again."""

BURST: Final = 4
"""Messages over one channel at the same time; what is more comes together in the last of them."""

TOO_OLD: Final = dt.timedelta(days=1)
"""After so long a message says nothing to anybody any more."""


class Outbox:
    """All messages that are not settled, and what each person has heard in the last hour."""

    def __init__(self, settings: AlertSettings, messages: Iterable[Message] = ()) -> None:
        """Go on with ``messages``: unsettled ones, and those settled within the last day."""
        self._settings = settings
        self._messages = {message.id: message for message in messages}
        self._changed: dict[str, Message] = {}
        self._restarted = {
            message.id for message in self._messages.values() if message.state is MessageState.SENDING
        }

    def configure(self, settings: AlertSettings) -> None:
        """Go by other settings from now on."""
        self._settings = settings

    def __iter__(self) -> Iterator[Message]:
        return iter(tuple(self._messages.values()))

    def get(self, message_id: str) -> Message | None:
        """A message that is still known."""
        return self._messages.get(message_id)

    def take_changes(self) -> list[Message]:
        """What has changed since this was asked for last, to be kept."""
        changed, self._changed = list(self._changed.values()), {}
        return changed

    # what is to be said

    def add(
        self,
        reason: Reason,
        channel: Channel,
        alert_ids: tuple[str, ...],
        now: dt.datetime,
        *,
        severity: Severity | None = None,
        step: str = "",
        not_before: dt.datetime | None = None,
        stands_in_for: str | None = None,
        drill: bool = False,
        order: int | None = None,
    ) -> Message | None:
        """Write down that somebody is to be told; None when that was done before.

        ``step`` tells apart what is said several times of one alert: the level, or when. ``order``: number of
        the work order that it is about.
        """
        message_id = _name(reason, channel.id, alert_ids, step)
        if message_id in self._messages:
            return None
        message = Message(
            id=message_id,
            alerts=alert_ids,
            channel=channel.id,
            person=channel.person,
            reason=reason,
            severity=severity,
            created_at=now,
            not_before=not_before or now,
            stands_in_for=stands_in_for,
            drill=drill,
            order=order,
            step=step,
        )
        self._put(message)
        return message

    def cancel(self, alert_id: str, now: dt.datetime) -> None:
        """Say nothing of an alert any more that has not been said: it is over, or seen to."""
        for message in tuple(self._messages.values()):
            if (
                message.state is not MessageState.WAITING
                or not message.sounds
                or alert_id not in message.alerts
            ):
                continue
            rest = tuple(other for other in message.alerts if other != alert_id)
            if rest:
                self._put(replace(message, alerts=rest))
            else:
                self._settle(message, MessageState.CANCELLED, now)

    def told(self, alert_id: str) -> list[Channel]:
        """The channels over which somebody was paged of an alert, or may have been; each once."""
        reached = {
            message.channel: None
            for message in self._messages.values()
            if message.sounds
            and alert_id in message.alerts
            and message.state in (MessageState.SENDING, MessageState.DELIVERED)
        }
        return [channel for one in reached if (channel := self._settings.channel(one)) is not None]

    # what is due

    def due(self, now: dt.datetime) -> list[Message]:
        """What is to be sent now, the worst first: ``begin`` each, and keep that, before it goes."""
        self._recover(now)
        ready: dict[tuple[str, str], list[Message]] = {}
        for message in tuple(self._messages.values()):
            if message.state is not MessageState.WAITING or message.not_before > now:
                continue
            if now - message.created_at > TOO_OLD:
                self._settle(message, MessageState.FAILED, now, "too old")
            elif self._settings.channel(message.channel) is None:
                self._settle(message, MessageState.CANCELLED, now, "the channel was removed")
            else:
                ready.setdefault((message.person, message.channel), []).append(message)
        found: list[Message] = []
        spent: dict[str, list[dt.datetime]] = {}
        for (person, _), messages in sorted(ready.items(), key=lambda item: min(map(_urgency, item[1]))):
            found += [one for one in messages if not one.sounds]
            sounding = sorted((one for one in messages if one.sounds), key=_urgency)
            if not sounding:
                continue
            heard = spent.setdefault(person, self._heard(person, now))
            free = min(BURST, self._free(heard, sounding[0].severity, now))
            if free <= 0:
                continue
            alone, together = sounding[:free], sounding[free:]
            if together:
                alone[-1] = self._merged([alone[-1], *together], now)
            heard += [now] * len(alone)
            found += alone
        return sorted(found, key=_urgency)

    def next_due(self, now: dt.datetime) -> dt.datetime | None:
        """When something may be due next; None while nothing waits."""
        moments = []
        for message in self._messages.values():
            if message.state is not MessageState.WAITING:
                continue
            moment = message.not_before
            if message.sounds:
                moment = max(moment, self._next_free(self._heard(message.person, now), message.severity, now))
            moments.append(moment)
        return min(moments, default=None)

    def _heard(self, person: str, now: dt.datetime) -> list[dt.datetime]:
        """When somebody heard something within the last hour, oldest first."""
        return sorted(
            message.settled_at or now
            for message in self._messages.values()
            if message.person == person
            and message.sounds
            and (
                message.state is MessageState.SENDING
                or (
                    message.state is MessageState.DELIVERED
                    and message.settled_at is not None
                    and now - message.settled_at < HOUR
                )
            )
        )

    def _free(self, heard: list[dt.datetime], severity: Severity | None, now: dt.datetime) -> int:
        """How many messages somebody can bear now."""
        at_once = self._at_once(severity)
        if len(heard) < at_once:
            return at_once - len(heard)
        return 1 if self._next_free(heard, severity, now) <= now else 0

    def _next_free(
        self, heard: list[dt.datetime], severity: Severity | None, now: dt.datetime
    ) -> dt.datetime:
        most, at_once = self._settings.flood.most_per_hour, self._at_once(severity)
        if len(heard) < at_once:
            return now
        spread = heard[-1] + HOUR / (most - at_once)
        return spread if len(heard) < most else max(spread, heard[-most] + HOUR)

    def _at_once(self, severity: Severity | None) -> int:
        most = self._settings.flood.most_per_hour
        return most * 3 // 4 if severity is Severity.CRITICAL else most // 2

    def _merged(self, messages: list[Message], now: dt.datetime) -> Message:
        """One message in the place of several."""
        alerts = tuple(dict.fromkeys(alert for message in messages for alert in message.alerts))
        worst = min(messages, key=_urgency)
        merged = Message(
            id=_name(worst.reason, worst.channel, alerts, f"merged {now.isoformat()}"),
            alerts=alerts,
            channel=worst.channel,
            person=worst.person,
            reason=worst.reason,
            severity=worst.severity,
            created_at=now,
            not_before=now,
            drill=all(message.drill for message in messages),
        )
        for message in messages:
            self._settle(message, MessageState.MERGED, now)
        self._put(merged)
        return merged

    def _recover(self, now: dt.datetime) -> None:
        """Decide about what was being sent when everything stopped."""
        for message_id in self._restarted:
            message = self._messages[message_id]
            if message.state is not MessageState.SENDING:
                continue
            channel = self._settings.channel(message.channel)
            if message.reason is Reason.TEST:
                self._settle(message, MessageState.FAILED, now, "interrupted")
            elif self._is_idempotent(channel) or not self._is_reached(message):
                self._put(replace(message, state=MessageState.WAITING, not_before=now))
            else:
                self._settle(message, MessageState.DELIVERED, now, "interrupted; the person was reached")
        self._restarted.clear()

    def _is_reached(self, message: Message) -> bool:
        """Whether the person has heard the same over another channel, or will."""
        return any(
            other.person == message.person
            and other.reason is message.reason
            and set(message.alerts) <= set(other.alerts)
            and (
                other.state is MessageState.DELIVERED
                or (other.is_unsettled and self._is_idempotent(self._settings.channel(other.channel)))
            )
            for other in self._messages.values()
            if other.id != message.id
        )

    @staticmethod
    def _is_idempotent(channel: Channel | None) -> bool:
        return channel is not None and channel.medium in IDEMPOTENT

    # what becomes of it

    def begin(self, message: Message) -> Message:
        """It is about to be sent."""
        sending = replace(message, state=MessageState.SENDING, attempts=message.attempts + 1)
        self._put(sending)
        return sending

    def delivered(self, message_id: str, now: dt.datetime) -> None:
        """The channel has taken it."""
        self._settle(self._messages[message_id], MessageState.DELIVERED, now)

    def failed(self, message_id: str, error: str, now: dt.datetime) -> None:
        """The channel has not taken it: another one does, or it is tried again."""
        message = self._messages[message_id]
        channel = self._settings.channel(message.channel)
        fallback = None
        if channel is not None and channel.fallback is not None:
            fallback = self._settings.channel(channel.fallback)
        patience = 0 if message.severity is Severity.CRITICAL and fallback is not None else len(RETRIES)
        if fallback is not None and patience:
            patience = 2
        if message.reason is Reason.TEST:
            patience = 0  # somebody waits for how it goes
        if message.attempts <= patience:
            wait = RETRIES[min(message.attempts, len(RETRIES)) - 1]
            self._put(replace(message, state=MessageState.WAITING, not_before=now + wait, error=error))
            return
        self._settle(message, MessageState.FAILED, now, error)
        if fallback is not None and message.reason is not Reason.TEST:
            self.add(
                message.reason,
                fallback,
                message.alerts,
                now,
                severity=message.severity,
                step=f"for {message.id}",
                stands_in_for=message.id,
                drill=message.drill,
            )

    def forget(self, now: dt.datetime, open_alerts: Collection[str]) -> None:
        """Let go of what was settled more than a day ago, unless it is about an alert that is open."""
        for message in tuple(self._messages.values()):
            old = message.settled_at is not None and now - message.settled_at > TOO_OLD
            if old and not any(alert in open_alerts for alert in message.alerts):
                del self._messages[message.id]

    def _settle(
        self, message: Message, state: MessageState, now: dt.datetime, error: str | None = None
    ) -> None:
        self._put(replace(message, state=state, settled_at=now, error=error or message.error))

    def _put(self, message: Message) -> None:
        self._messages[message.id] = self._changed[message.id] = message


def _urgency(message: Message) -> tuple[int, dt.datetime, str]:
    rank = -1 if message.severity is None else SEVERITIES.index(message.severity)
    return (-rank, message.created_at, message.id)


def _name(reason: Reason, channel: str, alerts: tuple[str, ...], step: str) -> str:
    body = "\0".join((reason, channel, step, *alerts))
    return blake2b(body.encode(), digest_size=8).hexdigest()


def channels_failing(messages: Iterable[Message]) -> Mapping[str, str]:
    """Channel id -> what its last message met, where that failed and nothing has been delivered since."""
    last: dict[str, Message] = {}
    for message in messages:
        if message.state in (MessageState.DELIVERED, MessageState.FAILED) and message.settled_at is not None:
            before = last.get(message.channel)
            if before is None or before.settled_at is None or before.settled_at <= message.settled_at:
                last[message.channel] = message
    return {
        channel: message.error or ""
        for channel, message in last.items()
        if message.state is MessageState.FAILED
    }
