"""Fire drills: what they tell, and that they end and touch nothing else."""

from __future__ import annotations

import datetime as dt

import pytest

from custom_components.csj_meter.alerts.alert import AlertEventType, AlertState, alert_id
from custom_components.csj_meter.alerts.desk import Desk
from custom_components.csj_meter.alerts.drill import EXAMPLES, drill_findings
from custom_components.csj_meter.alerts.message import Message, Reason
from custom_components.csj_meter.alerts.settings import AlertSettings, Channel, Medium, Route
from custom_components.csj_meter.alerts.sms import SMS_LENGTH
from custom_components.csj_meter.alerts.wording import Wording
from custom_components.csj_meter.anomaly.kinds import Kind, Severity, State
from custom_components.csj_meter.anomaly.rules import RULES
from custom_components.csj_meter.language.texts import english
from custom_components.csj_meter.meters.quantities import QUANTITIES

from .found import START, at, found

PHONE = Channel(id="phone", name="Phone", medium=Medium.PUSH, target="notify.phone", person="Ada")
SETTINGS = AlertSettings(channels=(PHONE,), routes=(Route(severities=tuple(Severity), channels=("phone",)),))
WORDING = Wording(texts=english(), zone=dt.UTC, names={"A": "Elm Row 1"})

UNKNOWN = english()("figures.unknown")


def fired(desk: Desk, kind: Kind, **how: object) -> str:
    """Fire a drill of five minutes on meter A at the start; the id of its alert."""
    findings = drill_findings(kind, "A", START, circuit="street", **how)  # type: ignore[arg-type]
    desk.take(findings, START, drill_until=at(5))
    return alert_id(findings[0], drill=True)


def test_every_kind_has_an_example() -> None:
    assert set(EXAMPLES) == set(Kind)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_can_be_told_in_all_ways(kind: Kind) -> None:
    desk = Desk(SETTINGS, dt.UTC)
    alert = desk.get(fired(desk, kind))
    message = Message(
        id="m",
        alerts=(alert.id,),
        channel="phone",
        person="Ada",
        reason=Reason.CONFIRMED,
        created_at=START,
        not_before=START,
        drill=True,
    )

    title = WORDING.message_title(message, [alert])
    text = WORDING.message_text(message, [alert], START)
    short = WORDING.sms(message, [alert], START)

    assert title.startswith("DRILL ")
    assert title.endswith(", Elm Row 1")
    assert "This is a drill: nothing has happened." in text
    assert UNKNOWN not in text
    assert "?" not in text
    assert short.startswith("DRILL ")
    assert len(short) <= SMS_LENGTH
    assert WORDING.causes(alert)
    assert all(UNKNOWN not in cause for cause in WORDING.causes(alert))


@pytest.mark.parametrize("kind", Kind)
def test_a_value_of_an_example_is_one_that_is_found(kind: Kind) -> None:
    suspected, confirmed = drill_findings(kind, "A", START)
    example = EXAMPLES[kind]

    assert suspected.quantity in QUANTITIES
    assert (suspected.state, confirmed.state) == (State.SUSPECTED, State.CONFIRMED)
    assert suspected.severity is RULES[kind].severity
    if example.value is not None and (example.low, example.high) != (None, None):
        below = example.low is not None and example.value < example.low
        above = example.high is not None and example.value > example.high
        assert below or above


def test_figures_follow_the_plate_of_the_meter() -> None:
    _, sag = drill_findings(Kind.VOLTAGE_SAG, "A", START, rated_voltage=120, max_current=100)
    _, overload = drill_findings(Kind.OVERLOAD, "A", START, rated_voltage=120, max_current=100)
    _, zero = drill_findings(Kind.ZERO_CURRENT, "A", START, rated_voltage=120, max_current=100)

    assert (sag.value, sag.low) == (89.43, 93.6)
    assert (overload.value, overload.high) == (110.83, 100)
    assert zero.low == 0.05


def test_a_drill_is_suspected_then_confirmed_and_over_by_time() -> None:
    desk = Desk(SETTINGS, dt.UTC)
    changes = desk.take(drill_findings(Kind.OUTAGE, "A", START), START, drill_until=at(5))

    assert [event.type for event in changes.events] == [AlertEventType.RAISED, AlertEventType.CONFIRMED]
    assert changes.events[0].alert.state is AlertState.SUSPECTED
    assert all(event.alert.drill for event in changes.events)
    assert [(message.reason, message.drill) for message in desk.outbox.due(START)] == [
        (Reason.CONFIRMED, True)
    ]
    assert desk.next_due(START) is not None
    assert not desk.tick(at(4.9)).events
    ended = desk.tick(at(5)).events
    assert [event.type for event in ended] == [AlertEventType.CLEARED]


def test_a_drill_can_be_more_severe_than_its_kind() -> None:
    desk = Desk(SETTINGS, dt.UTC)

    assert desk.get(fired(desk, Kind.DRIFT, severity=Severity.CRITICAL)).severity is Severity.CRITICAL


def test_a_shelved_drill_does_not_silence_what_is_real() -> None:
    desk = Desk(SETTINGS, dt.UTC)
    drill = fired(desk, Kind.VOLTAGE_SAG)
    desk.shelve(drill, at(24 * 60), "Ada", at(1))
    desk.take([found(since=30, minute=32)], at(32))

    real = desk.get(alert_id(found(since=30)))
    assert real.state is AlertState.CONFIRMED
    assert [message.reason for message in desk.outbox.due(at(32)) if real.id in message.alerts] == [
        Reason.CONFIRMED
    ]


def test_drills_do_not_count_as_chattering_after_a_restart() -> None:
    desk = Desk(SETTINGS, dt.UTC)
    for minute in (0, 2):
        now = at(minute)
        desk.take(drill_findings(Kind.VOLTAGE_SAG, "A", now), now, drill_until=at(minute + 1))
        desk.tick(at(minute + 1))

    again = Desk(SETTINGS, dt.UTC, desk.alerts)
    again.take([found(since=4, minute=6)], at(6))

    assert again.get(alert_id(found(since=4))).state is AlertState.CONFIRMED
