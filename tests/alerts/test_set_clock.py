"""A clock that is set: nobody waits until it shows the old time again, and nothing is dropped for its age."""

from __future__ import annotations

from dataclasses import replace
import datetime as dt
from pathlib import Path

import pytest

from custom_components.csj_meter.alerts.alert import AlertState, Changes
from custom_components.csj_meter.alerts.chattering import Chattering
from custom_components.csj_meter.alerts.drill import drill_findings
from custom_components.csj_meter.alerts.kpis import kpis
from custom_components.csj_meter.alerts.message import MessageState, Reason
from custom_components.csj_meter.alerts.outbox import Outbox, channels_failing
from custom_components.csj_meter.alerts.settings import Escalation, FloodControl, QuietHours, Route
from custom_components.csj_meter.anomaly.finding import name_of
from custom_components.csj_meter.anomaly.kinds import Kind, Severity, State

from .driven import PHONE, SETTINGS, Driven
from .found import START, at, found
from .test_area import outage
from .test_chattering import FLOOD, alert

TWO_HOURS = dt.timedelta(hours=2)
ONE_PHONE = replace(
    SETTINGS,
    channels=(PHONE,),
    routes=(Route(severities=tuple(Severity), channels=("phone",)),),
    flood=FloodControl(most_per_hour=12, chattering_count=60),
    escalation=Escalation(severities=()),
)


def set_clock(site: Driven, by: dt.timedelta) -> None:
    """Set the clock forwards or back, and look."""
    site.now += by
    site.did(site.desk.tick(site.now))


@pytest.mark.parametrize("restarts", [False, True])
def test_what_failed_before_is_tried_again_as_soon_as_ever(tmp_path: Path, restarts: bool) -> None:
    site = Driven(ONE_PHONE, tmp_path / "alerts.db")
    site.broken = {"phone"}
    site.find(found())
    site.broken = set()
    site.now -= TWO_HOURS
    if restarts:
        site.restart()
    else:
        site.did(Changes())
    site.minutes(1)

    assert [(when - START, message.reason) for when, message in site.heard] == [
        (dt.timedelta(seconds=10) - TWO_HOURS, Reason.CONFIRMED)
    ]


def test_what_was_heard_before_holds_nothing_critical_for_longer_than_ever() -> None:
    site = Driven(ONE_PHONE)
    for number in range(9):
        site.find(found(str(number)))
        site.minutes(1)
    assert len(site.pages) == 9
    set_clock(site, -TWO_HOURS)
    site.find(found("last"))
    site.minutes(20)

    assert len(site.pages) == 10
    # nor when the clock shows the same time once more
    site.pass_until(at(10))
    site.find(found("after all"))
    assert len(site.pages) == 11


def test_a_channel_that_works_again_is_not_said_to_fail() -> None:
    site = Driven(ONE_PHONE)
    site.broken = {"phone"}
    site.find(found())
    site.minutes(120)
    assert channels_failing(site.desk.outbox) == {"phone": "broken"}
    site.broken = set()
    set_clock(site, -TWO_HOURS)
    site.find(found("B"))

    assert channels_failing(site.desk.outbox) == {}


def test_nobody_is_told_later_because_nobody_has_answered() -> None:
    site = Driven()
    site.find(found())
    set_clock(site, -TWO_HOURS)
    site.minutes(9)
    set_clock(site, -TWO_HOURS)
    assert site.one.level == 0
    site.minutes(10)
    assert site.one.level == 1
    site.minutes(20)
    assert site.one.level == 2


def test_what_was_said_to_be_repaired_and_is_not_comes_back_in_time() -> None:
    site = Driven()
    site.find(found())
    site.did(site.desk.repair(site.one.id, "Bob", site.now))
    site.now -= TWO_HOURS
    standing = {name_of(found())}
    site.did(site.desk.reconcile(standing, site.now))
    site.minutes(14)
    site.did(site.desk.reconcile(standing, site.now))
    assert not site.one.is_open
    site.minutes(1)
    site.did(site.desk.reconcile(standing, site.now))

    assert site.one.is_open


def test_nothing_is_shelved_for_years() -> None:
    site = Driven(replace(SETTINGS, flood=FloodControl(chattering_count=2)))
    for since in (0, 5):
        site.find(found(since=since, minute=since + 2), found("B", since=since, minute=since + 2))
        if since == 0:
            site.find(found(state=State.CLEARED, minute=4), found("B", state=State.CLEARED, minute=4))
    chattering, other = site.desk.active
    site.did(site.desk.shelve(other.id, site.now + dt.timedelta(days=1), "Ada", site.now))
    assert {alert.state for alert in site.desk.active} == {AlertState.SHELVED}
    set_clock(site, -dt.timedelta(days=365))
    assert site.desk.get(chattering.id).shelved_until == site.now + dt.timedelta(hours=1)
    assert site.desk.get(other.id).shelved_until == site.now + dt.timedelta(days=7)
    site.minutes(60)

    assert site.desk.get(chattering.id).state is AlertState.CONFIRMED


def test_a_drill_does_not_last_until_the_clock_shows_its_end() -> None:
    site = Driven(ONE_PHONE)
    findings = drill_findings(Kind.OUTAGE, "A", site.now)
    site.did(site.desk.take(findings, site.now, drill_until=site.now + dt.timedelta(minutes=5)))
    set_clock(site, -TWO_HOURS)
    site.minutes(4)
    assert site.one.is_active
    site.minutes(1)

    assert not site.one.is_open


def test_whoever_has_heard_of_a_circuit_hears_it_once_though_more_meters_join() -> None:
    routes = tuple(
        Route(severities=tuple(Severity), meters=(serial,), channels=(channel,))
        for serial, channel in (("A", "phone"), ("B", "sms"))
    )
    site = Driven(replace(SETTINGS, routes=routes, escalation=Escalation(severities=())))
    site.find(outage("A"))
    set_clock(site, -TWO_HOURS)
    for serial in "BCD":
        site.find(outage(serial))
        site.minutes(1)

    assert sorted(site.pages) == ["confirmed phone", "confirmed sms"]


def test_nothing_took_less_than_no_time() -> None:
    before = replace(alert(), confirmed_at=at(120), first_confirmed_at=at(120), raised_at=at(121))
    over = replace(before, acknowledged_at=at(5), cleared_at=at(10), state=AlertState.CLEARED)

    told = kpis([over], [], at(0), at(200), meters=1, people=1)
    spreads = (told.detection, told.confirmation, told.acknowledgement, told.clearing)
    assert [(spread.n, spread.median, spread.p90) for spread in spreads[1:]] == [(1, 0.0, 0.0)] * 3


def test_what_came_by_another_clock_is_no_chattering() -> None:
    chattering = Chattering()
    noted = [chattering.note(alert(), at(minute), FLOOD) for minute in (120, 300, 0, 59)]

    assert noted == [False] * 4
    assert chattering.note(alert(), at(60), FLOOD)


def test_by_a_clock_that_was_just_set_nothing_is_too_old() -> None:
    quiet = QuietHours(enabled=True, start=dt.time(11), end=dt.time(19))
    outbox = Outbox(replace(ONE_PHONE, quiet_hours=quiet), dt.UTC)
    outbox.add(Reason.CONFIRMED, PHONE, ("critical",), START, severity=Severity.CRITICAL)
    outbox.add(Reason.CONFIRMED, PHONE, ("warning",), START, severity=Severity.WARNING)
    now = START + dt.timedelta(days=3)

    sent = [outbox.begin(message) for message in outbox.due(now, is_steady=False)]
    assert [message.alerts for message in sent] == [("critical",)]
    # what waits for the evening is not too old an hour later either
    evening = now.replace(hour=19)
    assert outbox.next_due(now) == evening
    assert [message.alerts for message in outbox.due(evening, is_steady=True)] == [("warning",)]
    assert not outbox.due(evening + dt.timedelta(days=2), is_steady=True)
    assert [message.state for message in outbox] == [MessageState.SENDING, MessageState.FAILED]
