"""A storm: two hundred meters, half an hour in which everything fails, and people who can still follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
import datetime as dt
import random
from typing import Final

import pytest

from custom_components.csj_meter.alerts.alert import alert_id
from custom_components.csj_meter.alerts.settings import FloodControl
from custom_components.csj_meter.anomaly.finding import Finding, name_of
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State

from .driven import SETTINGS, SMS, Driven
from .found import found

METERS: Final = 200
CIRCUITS: Final = 20
MINUTES: Final = 30
MOST: Final = 12
PATIENCE: Final = dt.timedelta(minutes=20, seconds=5)
"""Seconds for what goes over another channel."""

SITE = replace(
    SETTINGS,
    channels=(replace(SETTINGS.channels[0], fallback="sms"), SMS, SETTINGS.channels[2]),
    flood=FloodControl(most_per_hour=MOST),
)
KINDS: Final = (
    (Kind.OUTAGE, Severity.CRITICAL, (Scope.AREA, Scope.INDIVIDUAL)),
    (Kind.VOLTAGE_SAG, Severity.CRITICAL, (Scope.AREA, Scope.PHASE, Scope.INDIVIDUAL)),
    (Kind.VOLTAGE_SWELL, Severity.CRITICAL, (Scope.INDIVIDUAL,)),
    (Kind.METER_SILENT, Severity.WARNING, (Scope.AREA, Scope.UNKNOWN)),
    (Kind.OVERLOAD, Severity.WARNING, (Scope.UNKNOWN,)),
)


class Storm:
    """What the engine finds, minute by minute."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.standing: dict[tuple[str, Kind], Finding] = {}
        self.all: list[Finding] = []

    def minute(self, number: int) -> list[Finding]:
        """Findings of one minute: circuits that fail as one, meters that fail alone, and ends."""
        rng, news = self.rng, []
        for circuit in rng.sample(range(CIRCUITS), rng.randint(0, 3)):
            kind, severity, scopes = rng.choice(KINDS)
            for meter in range(circuit, METERS, CIRCUITS):
                news += self.abnormal(str(meter), kind, severity, scopes[0], number)
        for _ in range(rng.randint(0, 12)):
            kind, severity, scopes = rng.choice(KINDS)
            news += self.abnormal(str(rng.randrange(METERS)), kind, severity, scopes[-1], number)
        for key in [key for key in self.standing if rng.random() < 0.15]:
            finding = self.standing.pop(key)
            news.append(replace(finding, state=State.CLEARED, at=finding.since + 3))
        self.all += news
        return news

    def abnormal(
        self, serial: str, kind: Kind, severity: Severity, scope: Scope, number: int
    ) -> list[Finding]:
        if (serial, kind) in self.standing:
            return []
        finding = found(
            serial,
            kind=kind,
            severity=severity,
            scope=scope,
            since=number,
            minute=number + 1,
            circuit=f"circuit {int(serial) % CIRCUITS}",
        )
        self.standing[serial, kind] = finding
        return [replace(finding, state=State.SUSPECTED, at=finding.since), finding]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("broken", [(), ("phone",)])
def test_nobody_is_buried_and_nothing_is_hidden(
    seed: int, broken: tuple[str, ...], record_property: Callable[[str, object], None]
) -> None:
    site, storm = Driven(SITE), Storm(seed)
    site.broken = set(broken)
    for number in range(MINUTES):
        site.find(*storm.minute(number))
        site.did(site.desk.reconcile({name_of(one) for one in storm.standing.values()}, site.now))
        site.minutes(1)
    site.minutes(40)

    # every finding has its alert, and what is over is over
    standing = {alert_id(finding) for finding in storm.standing.values()}
    for finding in storm.all:
        assert site.desk.get(alert_id(finding)).is_open == (alert_id(finding) in standing)
    # nobody hears more than they can bear, whatever makes the sound
    for person in ("Ada", "Bob"):
        times = [
            when
            for when, one in site.heard
            if one.person == person and (one.sounds or one.channel != "phone")
        ]
        pairs = zip(times, times[MOST:], strict=False)
        assert all(later - first >= dt.timedelta(hours=1) for first, later in pairs)
        record_property(f"messages for {person}", len(times))
    # what is critical is heard in time, or was over, or is known to come and go
    told: dict[str, dt.datetime] = {}
    for when, message in site.heard:
        for alert_name in message.alerts if message.sounds else ():
            told.setdefault(alert_name, when)
    waits = []
    critical = [
        alert
        for alert in site.desk.alerts
        if alert.severity is Severity.CRITICAL and alert.is_told and alert.confirmed_at is not None
    ]
    for alert in critical:
        first = alert.first_confirmed_at
        assert first is not None
        deadline = first + PATIENCE
        if alert.id in told:
            waits.append(told[alert.id] - first)
            assert told[alert.id] <= deadline
        else:
            over = alert.cleared_at is not None and alert.cleared_at <= deadline
            chatters = alert.chattering or alert.shelved_until is not None
            assert over or chatters, f"hidden: {alert}"
    assert len(critical) > 50
    assert len(waits) > 20
    record_property("findings", len(storm.all))
    record_property("alerts that speak for themselves", sum(one.is_told for one in site.desk.alerts))
    record_property("critical, told", len(waits))
    record_property("longest wait in minutes", max(waits).total_seconds() / 60)
