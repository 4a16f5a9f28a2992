"""What the weekly summary says to one person; ``summary_mail`` says how."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
import datetime as dt
from types import MappingProxyType
from typing import Any, Final

from mashumaro.codecs.basic import BasicEncoder

from ..anomaly.kinds import SEVERITIES, Severity
from .alert import Alert
from .kpis import Kpis, kpis
from .message import Message
from .settings import Channel
from .wording import Wording

MOST_TIPS: Final = 5

NO_TIPS: Final = frozenset({"nothing", "nothing_if_away", "watch"})
"""Keys of actions that ask for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterWeek:
    """One meter in the period; None stands for what nothing is known of."""

    serial: str
    name: str
    circuit: str | None = None

    usage: float | None = None
    """Import, kWh."""

    usage_before: float | None = None
    """Import in the week before, kWh."""

    balance: float | None = None
    """Credit as it is now."""

    unit: str | None = None
    """Of the balance: letters of a currency, or kWh; None where the meter names none."""

    days_left: float | None = None
    """How long the credit lasts by the forecast."""

    minutes_heard: int = 0
    """Minutes of the period with a sample of the meter itself."""

    minutes_asked: int = 0
    """Minutes with a sample that there should have been."""

    top_ups_done: int = 0
    """Top-ups that were settled in the period and are on the meter."""

    top_ups_settled: int = 0
    """Top-ups that were settled in the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Everything that is known of a period, of the whole site."""

    since: dt.datetime
    until: dt.datetime
    """UTC; the period ends before it."""

    alerts: Sequence[Alert]
    """Those that were open in the period or are now."""

    messages: Sequence[Message]
    """Those that were written down in the period."""

    meters: Sequence[MeterWeek]
    people: int
    """How many are told of alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """Something worth doing."""

    alert: Alert
    """What it was found by: its advice is the tip."""

    others: int = 0
    """On how many more meters and circuits the same is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The content, for one reader."""

    since: dt.datetime
    until: dt.datetime
    meters: tuple[MeterWeek, ...]
    kpis: Kpis

    open: tuple[Alert, ...]
    """Alarms that are active now, the worst first."""

    over: tuple[Alert, ...]
    """Alarms of the period that have ended, the newest first."""

    findings: tuple[Alert, ...]
    """What was found in the period for information only; nobody has been told so far. Newest first."""

    tips: tuple[Tip, ...]

    members: Mapping[str, tuple[Alert, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Id of an area alert -> its members."""

    @property
    def usage(self) -> float | None:
        """What all meters have used, kWh; None while that of one is not known."""
        return _sum(meter.usage for meter in self.meters)

    @property
    def usage_before(self) -> float | None:
        """The same in the week before."""
        return _sum(meter.usage_before for meter in self.meters)

    def as_dict(self, wording: Wording) -> dict[str, Any]:
        """Plain JSON, for automations."""

        def plain(alert: Alert) -> dict[str, Any]:
            return {
                "alert_id": alert.id,
                "kind": alert.kind.value,
                "severity": alert.severity.value,
                "state": alert.state.value,
                "title": wording.title(alert),
                "message": wording.text(alert, self.members.get(alert.id, ())),
                "since": alert.since.isoformat(),
            }

        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "usage": self.usage,
            "usage_before": self.usage_before,
            "meters": [_METER.encode(meter) for meter in self.meters],
            "open": [plain(alert) for alert in self.open],
            "over": [plain(alert) for alert in self.over],
            "findings": [plain(alert) for alert in self.findings],
            "tips": [wording.action(tip.alert) for tip in self.tips],
            "kpis": self.kpis.as_dict(),
        }


_METER: Final = BasicEncoder(MeterWeek)


def change_of(usage: float | None, before: float | None) -> float | None:
    """By how many percent ``usage`` is more than ``before``; None when that means nothing."""
    if usage is None or before is None or before < 0.5:
        return None
    return 100 * (usage / before - 1)


def summary_of(week: Week, channel: Channel | None = None) -> Summary:
    """What a channel is told of a week: what it covers; everything without one."""
    members: dict[str, list[Alert]] = {}
    for alert in week.alerts:
        if alert.area is not None:
            members.setdefault(alert.area, []).append(alert)

    def covered(alert: Alert) -> bool:
        if channel is None:
            return True
        serials = frozenset(member.finding.serial for member in members.get(alert.id, ()))
        return channel.covers(alert.serial, alert.circuit, serials)

    def visible(member: Alert) -> bool:
        return channel is None or channel.covers(member.serial, member.circuit)

    alerts = [alert for alert in week.alerts if not alert.drill and covered(alert)]
    meters = tuple(
        meter for meter in week.meters if channel is None or channel.covers(meter.serial, meter.circuit)
    )
    limited = channel is not None and bool(channel.meters or channel.circuits)
    messages = [
        message
        for message in week.messages
        if channel is None or not limited or message.person == channel.person
    ]
    told = [alert for alert in alerts if alert.is_told and alert.first_confirmed_at is not None]
    alarms = [alert for alert in told if alert.severity is not Severity.INFO]
    found = [alert for alert in told if alert.severity is Severity.INFO and _is_of(week, alert)]
    still_open = sorted((alert for alert in alarms if alert.is_active), key=_rank)
    over = sorted((alert for alert in alarms if not alert.is_active and _is_of(week, alert)), key=_newest)
    return Summary(
        since=week.since,
        until=week.until,
        meters=meters,
        kpis=kpis(
            alerts,
            messages,
            week.since,
            week.until,
            meters=len(meters),
            people=1 if limited else week.people,
            communication_availability=_ratio(
                meters, lambda meter: meter.minutes_heard, lambda meter: meter.minutes_asked
            ),
            top_up_success=_ratio(
                meters, lambda meter: meter.top_ups_done, lambda meter: meter.top_ups_settled
            ),
        ),
        open=tuple(still_open),
        over=tuple(over),
        findings=tuple(sorted(found, key=_newest)),
        tips=_tips([*still_open, *found, *over]),
        members=MappingProxyType(
            {
                alert.id: tuple(member for member in members.get(alert.id, ()) if visible(member))
                for alert in told
                if alert.is_area
            }
        ),
    )


def _is_of(week: Week, alert: Alert) -> bool:
    """Whether it was confirmed in the period, or lasted into it."""
    confirmed = alert.first_confirmed_at
    if confirmed is None or confirmed >= week.until:
        return False
    return alert.cleared_at is None or alert.cleared_at >= week.since


def _tips(found: Iterable[Alert]) -> tuple[Tip, ...]:
    """A handful of what to do, what is worth most first, each once."""
    asked: dict[str, list[Alert]] = {}
    for alert in found:
        action = alert.finding.advice.action
        acute = alert.severity is Severity.CRITICAL and not alert.is_active
        if action is None or action in NO_TIPS or acute or alert.false_alarm_at is not None:
            continue  # what was acute and is over has nothing left to be done about
        asked.setdefault(action, []).append(alert)
    return tuple(Tip(alert=alerts[0], others=len(_places(alerts)) - 1) for alerts in asked.values())[
        :MOST_TIPS
    ]


def _places(alerts: Iterable[Alert]) -> set[tuple[str | None, str | None]]:
    """Where alerts are: what has come back on a meter is there once."""
    return {(alert.serial, None if alert.serial else alert.circuit) for alert in alerts}


def _ratio(
    meters: Sequence[MeterWeek], part: Callable[[MeterWeek], int], whole: Callable[[MeterWeek], int]
) -> float | None:
    total = sum(map(whole, meters))
    return min(1.0, sum(map(part, meters)) / total) if total else None


def _sum(numbers: Iterable[float | None]) -> float | None:
    known = list(numbers)
    if not known or any(number is None for number in known):
        return None
    return round(sum(number for number in known if number is not None), 2)


def _rank(alert: Alert) -> tuple[int, dt.datetime, str]:
    return (-SEVERITIES.index(alert.severity), alert.raised_at, alert.id)


def _newest(alert: Alert) -> tuple[float, str]:
    return (-alert.raised_at.timestamp(), alert.id)
