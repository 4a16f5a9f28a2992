"""What was kept is read only when other things have happened: both go on as one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from custom_components.csj_meter.alerts.alert import Alert, AlertState
from custom_components.csj_meter.alerts.message import MessageState
from custom_components.csj_meter.alerts.work_orders import WorkOrders
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State

from .driven import Driven
from .found import START, found

BOB, EVE = "Bob", "Eve"


def outage(serial: str, state: State = State.CONFIRMED) -> Finding:
    return found(serial, state, kind=Kind.OUTAGE, scope=Scope.AREA)


def join(site: Driven, before: Driven) -> None:
    """Let ``site`` read what ``before`` has kept."""
    site.did(site.desk.join(before.desk.alerts, list(before.desk.outbox), {}, site.now))


def pasts(*findings: Finding) -> tuple[Driven, Driven]:
    """A desk that has found something, and one that finds it anew an hour later and knows of nothing."""
    before, since = Driven(), Driven()
    before.find(*findings)
    before.minutes(1)
    since.now = before.now
    since.minutes(59)
    since.find(*findings)
    since.minutes(1)
    return before, since


def serials(alerts: Iterable[Alert]) -> set[str | None]:
    return {alert.serial for alert in alerts}


def test_an_answer_of_before_holds_and_nobody_is_told_again() -> None:
    before, since = pasts(found())
    before.did(before.desk.acknowledge(before.one.id, BOB, before.now))
    told = list(since.told)

    join(since, before)
    since.minutes(60)

    assert since.stands(AlertState.ACKNOWLEDGED)
    assert (since.one.acknowledged_by, since.one.raised_at) == (BOB, START)
    assert since.told == told


def test_an_answer_since_holds() -> None:
    before, since = pasts(found())
    before.did(before.desk.acknowledge(before.one.id, BOB, before.now))
    since.did(since.desk.report_false_alarm(since.one.id, EVE, since.now))

    join(since, before)

    assert since.stands(AlertState.FALSE_ALARM)
    assert (since.one.false_alarm_by, since.one.raised_at) == (EVE, START)


def test_what_was_found_since_is_told_to_the_alert_that_was_kept() -> None:
    before, since = pasts(found(severity=Severity.WARNING))
    before.did(before.desk.acknowledge(before.one.id, BOB, before.now))
    since.find(found(severity=Severity.CRITICAL, minute=62))

    join(since, before)

    assert since.one.severity is Severity.CRITICAL
    assert since.one.acknowledged_by == BOB
    assert since.stands(AlertState.CONFIRMED), "it is worse than what was acknowledged"


def test_what_is_over_since_is_over() -> None:
    before, since = pasts(found())
    before.did(before.desk.acknowledge(before.one.id, BOB, before.now))
    since.find(found(state=State.CLEARED, minute=63))

    join(since, before)

    assert since.stands(AlertState.CLEARED)
    assert since.one.acknowledged_by == BOB


def test_what_was_over_before_and_is_there_again_stands() -> None:
    before, since = pasts(found())
    before.find(found(state=State.CLEARED, minute=4))

    join(since, before)

    assert since.stands(AlertState.CONFIRMED)
    assert (since.one.raised_at, since.one.cleared_at) == (START, None)


def test_what_only_one_past_knows_stays() -> None:
    before, since = Driven(), Driven()
    before.find(found("A"))
    since.find(found("B"))

    join(since, before)

    assert serials(since.desk.active) == {"A", "B"}
    assert serials(before.desk.active) == {"A"}


def test_a_circuit_that_somebody_sees_to_has_the_meters_of_both() -> None:
    before, since = pasts(*map(outage, "AB"))
    before.did(before.desk.acknowledge(before.one.id, BOB, before.now))
    since.find(outage("C"))

    join(since, before)

    assert since.stands(AlertState.ACKNOWLEDGED)
    assert serials(since.desk.members_of(since.one)) == {"A", "B", "C"}
    since.find(*(outage(serial, State.CLEARED) for serial in "ABC"))
    assert since.stands(AlertState.CLEARED)


def test_a_circuit_that_was_over_before_and_is_not_since_is_told_of() -> None:
    before, since = pasts(*map(outage, "AB"))
    before.did(before.desk.acknowledge(before.one.id, BOB, before.now))
    before.find(*(outage(serial, State.CLEARED) for serial in "AB"))

    join(since, before)

    assert since.one.is_active
    since.find(*(outage(serial, State.CLEARED) for serial in "AB"))
    assert since.stands(AlertState.CLEARED)


def test_nobody_is_told_over_a_channel_that_has_told_it_before() -> None:
    before, since = pasts()
    since.broken.add("sms")
    before.find(found())
    since.find(found())
    assert [one.state for one in since.desk.outbox if one.channel == "sms"] == [MessageState.WAITING]

    join(since, before)

    assert [one.state for one in since.desk.outbox if one.channel == "sms"] == [MessageState.DELIVERED]


def test_work_orders_are_counted_on() -> None:
    before, since = WorkOrders(), WorkOrders()
    for summary in ("Fuse", "Valve"):
        before.open(summary, "", START)
    before.complete(2, BOB, START)
    leak = since.open("Leak", "", START)

    assert since.join(before.orders[:1], 2) == {1: 3}

    assert [(one.number, one.summary) for one in since.orders] == [(1, "Fuse"), (3, "Leak")]
    assert since.take_changes() == [replace(leak, number=3)]
    assert since.open("Tree", "", START).number == 4


def test_an_alert_has_one_open_work_order() -> None:
    site = Driven()
    site.find(found())
    before, since = WorkOrders(), WorkOrders()
    before.open("Fuse", "", START, alert=site.one)
    before.open("Valve", "", START)
    since.open("Fuse", "", START, alert=site.one)
    since.complete(1, EVE, START)
    since.open("Fuse again", "", START, alert=site.one)

    assert since.join(before.orders, 2) == {1: 1, 2: 3}

    assert [(one.number, one.completed_by) for one in since.orders] == [(1, EVE), (2, None), (3, None)]
