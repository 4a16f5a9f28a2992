"""What is to be said, to whom, and when: at least once to the channel, once to the person.

A message is written down before it is sent, as *sending*. After a crash nobody knows whether it has arrived:
it is sent again where a second one takes the place of the first, or where nothing else reaches that person.
Too many messages for one person come together in one, see ``hearing.py``. So nothing is hidden, nobody is
buried.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
import datetime as dt
from typing import Final

from ..anomaly.kinds import Severity
from .hearing import BURST, HOUR, Hearing
from .merging import alerts_of, is_critical, message_name, says, together, urgency
from .message import ABOUT_NO_ALERT, AFTERWARDS, EXPIRED, Message, MessageState, Reason
from .quiet_hours import quiet_until
from .settings import IDEMPOTENT, AlertSettings, Channel, Medium
from .waits import RETRIES, TOO_OLD, retry_wait, set_right

TRIES_BEFORE_FALLBACK: Final = 3
"""How often a channel is tried that has another one behind it; once for what is critical."""

_OWN_CHANNEL_ONLY: Final = (AFTERWARDS - {Reason.CLEARED}) | {Reason.TEST}
"""What nobody is told over another channel: it mends what stands on this one, or is about it."""


class Outbox:
    """All messages that are not settled, and those of the last day."""

    def __init__(self, settings: AlertSettings, zone: dt.tzinfo, messages: Iterable[Message] = ()) -> None:
        """Go on with ``messages``. ``zone``: of the clock by which hours are quiet."""
        self._settings = settings
        self._zone = zone
        self._messages = {message.id: message for message in messages}
        self._changed: dict[str, Message] = {}
        self._interrupted = {
            message.id for message in self._messages.values() if message.state is MessageState.SENDING
        }

    def configure(self, settings: AlertSettings, zone: dt.tzinfo) -> None:
        """Go by other settings from now on."""
        self._settings, self._zone = settings, zone

    def __iter__(self) -> Iterator[Message]:
        return iter(tuple(self._messages.values()))

    def get(self, message_id: str) -> Message | None:
        """A message that is still known."""
        return self._messages.get(message_id)

    def take_changes(self) -> list[Message]:
        """What has changed since this was asked for last, to be kept."""
        changed, self._changed = list(self._changed.values()), {}
        return changed

    def join(self, messages: Iterable[Message], numbers: Mapping[int, int]) -> None:
        """Go on with ``messages`` as well, which are older, as nobody has known of them.

        ``numbers``: of work orders that were opened meanwhile, and which they have by now.
        """
        for ours in tuple(self._messages.values()):
            if ours.order is not None and (number := numbers.get(ours.order, ours.order)) != ours.order:
                self._put(replace(ours, order=number))
        for message in messages:
            known = self._messages.get(message.id)
            if known is not None and (
                known.state is not MessageState.WAITING or message.state is MessageState.WAITING
            ):
                continue
            self._put(message)
            if message.state is MessageState.SENDING:
                self._interrupted.add(message.id)

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
        stands_in_for: str | None = None,
        drill: bool = False,
        order: int | None = None,
    ) -> Message | None:
        """Write down that somebody is to be told; None when that was done before.

        ``step`` tells apart what is said several times of one alert: when. ``order``: number of the work
        order that it is about.
        """
        message_id = message_name(reason, channel.id, alert_ids, step)
        if message_id in self._messages:
            return None
        # how it went on is overtaken by what happens next
        self._drop(
            lambda part: (
                part.reason in AFTERWARDS
                and part.channel == channel.id
                and bool({*part.alerts} & {*alert_ids})
            ),
            now,
        )
        message = Message(
            id=message_id,
            alerts=alert_ids,
            channel=channel.id,
            person=channel.person,
            reason=reason,
            severity=severity,
            created_at=now,
            not_before=now,
            stands_in_for=stands_in_for,
            drill=drill,
            order=order,
            step=step,
        )
        self._put(message)
        return message

    def cancel(self, alert_id: str, now: dt.datetime) -> None:
        """Page nobody of an alert any more who was not: it is over, or seen to."""
        self._drop(lambda part: part.sounds and alert_id in part.alerts, now)

    def told(self, alert_id: str) -> list[Channel]:
        """The channels over which somebody was paged of an alert, or may have been; each once."""
        reached = {
            message.channel: None
            for message in self._messages.values()
            if message.state in (MessageState.SENDING, MessageState.DELIVERED)
            and alert_id in message.alerts
            and any(part.sounds and alert_id in part.alerts for part in self._parts(message))
        }
        return [channel for one in reached if (channel := self._settings.channel(one)) is not None]

    def paged(self, alert_id: str, since: dt.datetime) -> set[str]:
        """Ids of the channels over which somebody was to be paged of an alert since then."""
        return {
            message.channel
            for message in self._messages.values()
            if message.sounds
            and not message.parts
            and alert_id in message.alerts
            and message.created_at >= since
        }

    # what is due

    def due(self, now: dt.datetime, *, is_steady: bool = True) -> list[Message]:
        """What is to be sent now, the worst first: ``begin`` each, and keep that, before it goes.

        ``is_steady``: the clock that says ``now`` was not set lately, so that ages are what they seem.
        """
        for message in set_right(self._messages.values(), now, is_steady=is_steady):
            self._put(message)
        self._recover(now)
        ready: dict[tuple[str, str], list[Message]] = {}
        for message in tuple(self._messages.values()):
            if message.state is not MessageState.WAITING:
                continue
            channel = self._settings.channel(message.channel)
            if channel is None:
                self._settle(message, MessageState.CANCELLED, now, "the channel was removed")
            elif now - message.created_at > _use_of(message):
                self._settle(message, MessageState.FAILED, now, EXPIRED)
            elif message.not_before <= now and self._quiet_until(message, channel, now) is None:
                ready.setdefault((message.person, message.channel), []).append(message)
        found: list[Message] = []
        hearing = self._hearing(now)
        for (person, _), messages in sorted(ready.items(), key=lambda item: min(map(urgency, item[1]))):
            found += [one for one in messages if not self._is_heard(one)]
            heard = sorted((one for one in messages if self._is_heard(one)), key=urgency)
            alone: list[Message] = []
            for message in heard:
                if len(alone) == BURST or hearing.free_at(person, is_critical(message), now) > now:
                    break
                hearing.note(person, now)
                alone.append(message)
            if alone and (others := heard[len(alone) :]):
                alone[-1] = self._merged([alone[-1], *others], now)
            found += alone
        return sorted(found, key=urgency)

    def next_due(self, now: dt.datetime) -> dt.datetime | None:
        """When something may be due next; None while nothing waits."""
        hearing = self._hearing(now)
        moments = []
        for message in self._messages.values():
            if message.state is not MessageState.WAITING:
                continue
            moment = message.not_before
            if self._is_heard(message):
                moment = max(moment, hearing.free_at(message.person, is_critical(message), now))
            if (channel := self._settings.channel(message.channel)) is not None:
                moment = self._quiet_until(message, channel, max(moment, now)) or moment
            moments.append(min(moment, message.created_at + _use_of(message) + dt.timedelta(seconds=1)))
        return min(moments, default=None)

    def _hearing(self, now: dt.datetime) -> Hearing:
        hearing = Hearing(self._settings.flood.most_per_hour)
        for message in self._messages.values():
            if not self._is_heard(message):
                continue
            if message.state is MessageState.SENDING:
                hearing.note(message.person, now)
            elif (
                message.state is MessageState.DELIVERED
                and message.settled_at is not None
                and now - message.settled_at < HOUR
            ):
                hearing.note(message.person, message.settled_at)
        return hearing

    def _is_heard(self, message: Message) -> bool:
        """Whether it makes a sound, and so counts: also that it is over, where it replaces nothing."""
        channel = self._settings.channel(message.channel)
        replaces = channel is not None and channel.medium in IDEMPOTENT
        return message.sounds or (message.reason in AFTERWARDS and not replaces)

    def _quiet_until(self, message: Message, channel: Channel, now: dt.datetime) -> dt.datetime | None:
        """When quiet hours are over that hold a message; None when none do."""
        if (
            not channel.quiet
            or message.drill
            or message.severity is Severity.CRITICAL
            or not (self._is_heard(message) or _wakes(message, channel))
        ):
            return None
        return quiet_until(self._settings.quiet_hours, now, self._zone)

    def _merged(self, messages: list[Message], now: dt.datetime) -> Message:
        """One message in the place of several."""
        parts = [part for message in messages for part in self._parts(message)]
        channel = self._settings.channel(messages[0].channel)
        # where another channel stands behind, it takes over as if all had been tried as often
        tries = [message.attempts for message in messages]
        merged = replace(
            together(messages[0], parts),
            id=message_name(
                messages[0].reason, messages[0].channel, alerts_of(parts), f"merged {now.isoformat()}"
            ),
            created_at=now,
            not_before=now,
            attempts=max(tries) if channel is not None and channel.fallback is not None else min(tries),
            stands_in_for=None,
            error=None,
            step="",
        )
        for message in messages:
            if message.parts:  # what it was written for is in the new one
                self._settle(message, MessageState.CANCELLED, now)
            else:
                self._settle(message, MessageState.MERGED, now)
        self._put(merged)
        return merged

    def _parts(self, message: Message) -> list[Message]:
        """What a message says: itself, or those in whose place it was written."""
        parts = [self._messages[part] for part in message.parts if part in self._messages]
        return parts or [message]

    def _drop(self, drops: Callable[[Message], bool], now: dt.datetime) -> None:
        """Leave out of what is not settled the parts that nobody needs to hear any more."""
        for message in tuple(self._messages.values()):
            if not message.is_unsettled:
                continue
            dropped = tuple(part.id for part in self._parts(message) if drops(part))
            if not dropped:
                continue
            less = replace(message, dropped=tuple(dict.fromkeys((*message.dropped, *dropped))))
            if less.state is MessageState.SENDING:
                self._put(less)  # it may arrive; if it does not, it is not tried again
            else:
                self._without_dropped(less, now)

    def _without_dropped(self, message: Message, now: dt.datetime) -> Message | None:
        """A message without what was dropped from it; None when nothing is left, and it is cancelled."""
        if not message.dropped:
            return message
        left = [part for part in self._parts(message) if part.id not in message.dropped]
        if not left:
            self._settle(message, MessageState.CANCELLED, now)
            return None
        message = replace(together(message, left), dropped=())
        self._put(message)
        return message

    def _recover(self, now: dt.datetime) -> None:
        """Decide about what was being sent when everything stopped."""
        for message_id in tuple(self._interrupted):
            message = self._messages.get(message_id)
            if message is not None and message.state is MessageState.SENDING:
                message = self._without_dropped(message, now)
            if message is None or message.state is not MessageState.SENDING:
                self._interrupted.discard(message_id)
                continue
            reached = self._is_reached(message)
            if message.reason is Reason.TEST:
                self._settle(message, MessageState.FAILED, now, "interrupted")
            elif self._replaces(message.channel) or reached is False:
                self._put(replace(message, state=MessageState.WAITING, not_before=now))
            elif reached:
                self._settle(message, MessageState.DELIVERED, now, "interrupted; the person was reached")
            else:
                continue  # that turns out when the other channel has taken it, or has not
            self._interrupted.discard(message_id)

    def _is_reached(self, message: Message) -> bool | None:
        """Whether the person has heard the same over another channel; None while that is under way."""
        certain = True
        for part in self._parts(message):
            states = {
                (other.state, self._replaces(other.channel))
                for other in self._messages.values()
                if other.channel != message.channel
                and other.person == message.person
                and any(says(one) == says(part) for one in self._parts(other))
            }
            if any(state is MessageState.DELIVERED for state, _ in states):
                continue
            if not any(
                replaces and state in (MessageState.WAITING, MessageState.SENDING)
                for state, replaces in states
            ):
                return False
            certain = False
        return True if certain else None

    def _replaces(self, channel_id: str) -> bool:
        channel = self._settings.channel(channel_id)
        return channel is not None and channel.medium in IDEMPOTENT

    # what becomes of it

    def begin(self, message: Message) -> Message:
        """It is about to be sent."""
        sending = replace(message, state=MessageState.SENDING, attempts=message.attempts + 1)
        self._put(sending)
        return sending

    def delivered(self, message_id: str, now: dt.datetime) -> None:
        """The channel has taken it."""
        message = self._messages.get(message_id)
        if message is not None and message.state is MessageState.SENDING:
            self._settle(message, MessageState.DELIVERED, now)

    def give_up(self, message_id: str, error: str, now: dt.datetime) -> None:
        """Nobody can say it any more, over whatever channel."""
        message = self._messages.get(message_id)
        if message is not None and message.is_unsettled:
            self._settle(message, MessageState.CANCELLED, now, error)

    def failed(self, message_id: str, error: str, now: dt.datetime) -> None:
        """The channel has not taken it: another one does, or it is tried again."""
        message = self._messages.get(message_id)
        if message is None or message.state is not MessageState.SENDING:
            return
        message = self._without_dropped(replace(message, error=error), now)
        if message is None:
            return
        fallback = self._fallback_of(message)
        tries = len(RETRIES) + 1
        if message.reason is Reason.TEST:
            tries = 1  # somebody waits for how it goes
        elif fallback is not None:
            tries = 1 if message.severity is Severity.CRITICAL else TRIES_BEFORE_FALLBACK
        if message.attempts < tries:
            moment = now + retry_wait(message.attempts)
            self._put(replace(message, state=MessageState.WAITING, not_before=moment, error=error))
            return
        self._settle(message, MessageState.FAILED, now, error)
        if fallback is None:
            return
        for part in self._parts(message):
            # it has the same name as what was said over that channel anyway, and so is said there once
            self.add(
                part.reason,
                fallback,
                part.alerts,
                now,
                severity=part.severity,
                step=part.step,
                stands_in_for=message.id,
                drill=part.drill,
            )

    def _fallback_of(self, message: Message) -> Channel | None:
        """The channel that takes over; a letter is for one person, whoever stands in for alerts."""
        channel = self._settings.channel(message.channel)
        if channel is None or channel.fallback is None or message.reason in _OWN_CHANNEL_ONLY:
            return None
        fallback = self._settings.channel(channel.fallback)
        if fallback is None or (message.reason is Reason.LETTER and fallback.person != channel.person):
            return None
        return fallback

    def forget(self, now: dt.datetime, alerts: Collection[str]) -> None:
        """Let go of what was settled more than a day ago, unless it is about one of ``alerts``."""
        for message in tuple(self._messages.values()):
            old = message.settled_at is not None and now - message.settled_at > TOO_OLD
            if old and not any(alert in alerts for alert in message.alerts):
                del self._messages[message.id]

    def _settle(
        self, message: Message, state: MessageState, now: dt.datetime, error: str | None = None
    ) -> None:
        self._put(replace(message, state=state, settled_at=now, error=error or message.error))

    def _put(self, message: Message) -> None:
        self._messages[message.id] = self._changed[message.id] = message


def _use_of(message: Message) -> dt.timedelta:
    """How long a message is of use: what is about no alert also after a night of quiet hours."""
    return 2 * TOO_OLD if message.reason in ABOUT_NO_ALERT else TOO_OLD


def _wakes(message: Message, channel: Channel) -> bool:
    """Whether a message about no alert makes a sound all the same: only a mail does not."""
    return message.reason in ABOUT_NO_ALERT and channel.medium is not Medium.EMAIL


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
