"""How well alarms do, from alerts and messages whose figures can be worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
import datetime as dt
import json
from typing import Any

import pytest

from custom_components.csj_meter.alerts.alert import Alert, AlertState
from custom_components.csj_meter.alerts.desk import Desk
from custom_components.csj_meter.alerts.kpis import Kpis, Spread, kpis
from custom_components.csj_meter.alerts.message import Message, MessageState, Reason
from custom_components.csj_meter.alerts.settings import AlertSettings, Channel, Medium, Route
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State

from .found import at, found

WEEK = 7 * 1440
PHONE = Channel(id="phone", name="Phone", medium=Medium.PUSH, target="notify.phone", person="Ada")
SETTINGS = AlertSettings(
    channels=(PHONE,),
    routes=(Route(severities=(Severity.CRITICAL, Severity.WARNING), channels=("phone",)),),
)


def figures(alerts: Iterable[Alert] = (), messages: Iterable[Message] = (), **others: Any) -> Kpis:
    """Of a week that begins at the start, with two meters and one person."""
    return kpis(alerts, messages, at(0), at(WEEK), **{"meters": 2, "people": 1} | others)


def seconds(*numbers: float) -> Spread:
    return Spread.of(dt.timedelta(seconds=number) for number in numbers)


def message(number: int, state: MessageState, **others: Any) -> Message:
    """A page of an alert, settled in the week."""
    facts: dict[str, Any] = {
        "id": f"m{number}",
        "alerts": (f"a{number}",),
        "channel": "phone",
        "person": "Ada",
        "reason": Reason.CONFIRMED,
        "created_at": at(10),
        "not_before": at(10),
        "state": state,
        "settled_at": None if state in (MessageState.WAITING, MessageState.SENDING) else at(11),
    }
    return Message(**facts | others)


@pytest.fixture
def desk() -> Desk:
    return Desk(SETTINGS, dt.UTC)


def test_a_spread_tells_the_middle_and_nine_in_ten() -> None:
    spread = seconds(*range(1, 21))

    assert (spread.n, spread.median, spread.p90) == (20, 10.5, 18)
    assert Spread.of([]) == Spread(n=0, median=None, p90=None)


def test_the_times_of_an_alarm_as_the_desk_lives_it(desk: Desk) -> None:
    desk.take([found("A", State.SUSPECTED)], at(1))
    desk.take([found("A")], at(3))
    (alarm,) = desk.alerts
    desk.acknowledge(alarm.id, "Ada", at(8))
    desk.take([found("A", State.CLEARED, minute=33)], at(33))

    week = figures(desk.alerts)

    assert week.alarms == 1
    assert week.detection == seconds(60)
    assert week.confirmation == seconds(120)
    assert week.acknowledgement == seconds(300)
    assert week.clearing == seconds(1800)
    assert week.alarms_per_meter_month == pytest.approx(1 / 2 / (7 / 30.4375))
    assert (week.false_alarm_share, week.escalated_share, week.chattering) == (0, 0, 0)


def test_a_time_counts_in_the_week_in_which_it_ended(desk: Desk) -> None:
    desk.take([found("A", State.SUSPECTED)], at(1))
    desk.take([found("A")], at(3))
    desk.take([found("A", State.CLEARED, minute=WEEK + 3)], at(WEEK + 3))

    first = figures(desk.alerts)
    second = kpis(desk.alerts, (), at(WEEK), at(2 * WEEK), meters=2, people=1)

    assert (first.alarms, first.clearing.n) == (1, 0)
    assert (second.alarms, second.clearing) == (0, seconds(WEEK * 60))


def test_what_was_shelved_and_comes_back_is_not_confirmed_anew(desk: Desk) -> None:
    desk.take([found("A", State.SUSPECTED)], at(1))
    desk.take([found("A")], at(3))
    (alarm,) = desk.alerts
    desk.shelve(alarm.id, at(63), "Ada", at(4))
    desk.tick(at(63))
    desk.acknowledge(alarm.id, "Ada", at(65))

    week = figures(desk.alerts)

    assert week.confirmation == seconds(120)
    assert week.acknowledgement == seconds(120), "it was announced again when the shelving was over"
    assert week.chattering == 0, "a person has shelved it"


def test_a_circuit_is_one_alarm_and_each_of_its_meters_was_detected(desk: Desk) -> None:
    for serial in "ABC":
        desk.take([found(serial, State.SUSPECTED, scope=Scope.AREA)], at(1))
        desk.take([found(serial, scope=Scope.AREA)], at(3))

    week = figures(desk.alerts)

    assert week.alarms == 1
    assert week.detection.n == week.confirmation.n == 3


def test_what_comes_and_goes_counts_as_chattering(desk: Desk) -> None:
    for start in (0, 10, 20):
        desk.take([found("A", since=start, minute=start + 2)], at(start + 2))
        desk.take([found("A", State.CLEARED, since=start, minute=start + 5)], at(start + 5))

    week = figures(desk.alerts)

    assert (week.alarms, week.chattering) == (3, 1)


def test_verdicts_and_escalations_are_shares_of_the_alarms(desk: Desk) -> None:
    for serial in "ABCD":
        desk.take([found(serial, circuit=None)], at(2))
    desk.report_false_alarm(desk.alerts[0].id, "Ada", at(5))
    desk.acknowledge(desk.alerts[1].id, "Ada", at(5))
    desk.tick(at(13))

    week = figures(desk.alerts)

    assert (week.false_alarm_share, week.escalated_share) == (0.25, 0.5)


def test_what_nobody_answered_in_time_stays_so_whatever_comes_after(desk: Desk) -> None:
    desk.take([found("A", circuit=None)], at(2))
    desk.tick(at(13))
    (alarm,) = desk.alerts
    desk.shelve(alarm.id, at(63), "Ada", at(20))
    desk.tick(at(63))
    desk.acknowledge(alarm.id, "Ada", at(65))
    desk.take([found("A", State.CLEARED, minute=70)], at(70))

    assert figures(desk.alerts).escalated_share == 1


def test_what_has_only_become_worse_was_answered_in_time(desk: Desk) -> None:
    desk.take([found("A", circuit=None, severity=Severity.WARNING)], at(2))
    desk.take([found("A", circuit=None, severity=Severity.CRITICAL)], at(4))
    (alarm,) = desk.alerts
    desk.acknowledge(alarm.id, "Ada", at(5))

    assert alarm.escalated_at == at(4)
    assert figures(desk.alerts).escalated_share == 0


def test_drills_and_information_are_no_alarms(desk: Desk) -> None:
    desk.take([found("A")], at(2), drill_until=at(20))
    desk.take([found("B", kind=Kind.DRIFT, severity=Severity.INFO)], at(2))
    desk.take([found("C", State.SUSPECTED)], at(2))

    week = figures(desk.alerts, [message(1, MessageState.DELIVERED, drill=True)])

    assert (week.alarms, week.detection.n, week.delivery_success) == (0, 0, None)


def test_the_fallback_counts_as_arrived_and_not_twice() -> None:
    lost = message(1, MessageState.FAILED)
    instead = message(1, MessageState.DELIVERED, id="i1", channel="sms", person="Bob", stands_in_for="m1")

    assert figures(messages=[lost]).delivery_success == 0
    assert figures(messages=[lost, instead]).delivery_success == 1
    assert figures(messages=[lost, instead, message(2, MessageState.FAILED)]).delivery_success == 0.5
    assert figures(messages=[lost, replace(instead, state=MessageState.CANCELLED)]).delivery_success == 0
    waiting = replace(instead, state=MessageState.WAITING, settled_at=None)
    assert figures(messages=[lost, waiting]).delivery_success is None, "how it ends is not known yet"


def test_the_same_person_over_another_channel_counts_as_arrived() -> None:
    push, text = message(1, MessageState.FAILED), message(1, MessageState.DELIVERED, id="s1", channel="sms")

    assert figures(messages=[push, text]).delivery_success == 1
    both = [push, replace(text, state=MessageState.FAILED)]
    assert figures(messages=both).delivery_success == 0, "two that failed stand behind each other"


def test_what_came_together_counts_once_and_for_those_that_it_stands_in_for() -> None:
    lost = message(1, MessageState.FAILED)
    instead = message(1, MessageState.MERGED, id="i1", channel="sms", stands_in_for="m1")
    other = message(2, MessageState.MERGED, channel="sms")
    together = message(3, MessageState.DELIVERED, channel="sms", parts=("i1", "m2"))

    week = figures(messages=[lost, instead, other, together])

    assert week.delivery_success == 1
    assert week.pages_per_person_day == pytest.approx(1 / 7), "one sound, whatever it tells of"


def test_tests_and_what_makes_no_sound_are_no_pages() -> None:
    sent = [
        message(1, MessageState.DELIVERED, reason=Reason.CLEARED),
        message(2, MessageState.FAILED, reason=Reason.TEST),
    ]
    week = figures(messages=sent)

    assert (week.delivery_success, week.pages_per_person_day) == (1, 0)


def test_nothing_known_is_nothing_said_and_all_of_it_is_json() -> None:
    week = figures(meters=0, people=0, communication_availability=0.998)
    plain = json.loads(json.dumps(week.as_dict()))

    assert plain["communication_availability"] == 0.998
    assert plain["detection"] == {"n": 0, "median": None, "p90": None}
    unknown = ("false_alarm_share", "alarms_per_meter_month", "delivery_success", "pages_per_person_day")
    assert {plain[name] for name in unknown} == {None}


def test_an_alarm_that_is_over_is_still_an_alarm(desk: Desk) -> None:
    desk.take([found("A")], at(2))
    desk.take([found("A", State.CLEARED, minute=9)], at(9))

    assert desk.alerts[0].state is AlertState.CLEARED
    assert figures(desk.alerts).alarms == 1
