"""What comes and goes."""

from __future__ import annotations

from custom_components.csj_meter.alerts.alert import Alert, AlertState
from custom_components.csj_meter.alerts.chattering import Chattering, key_of
from custom_components.csj_meter.alerts.settings import FloodControl
from custom_components.csj_meter.anomaly.kinds import Kind, Severity

from .found import START, at, found

FLOOD = FloodControl(chattering_count=3, chattering_minutes=60)


def alert(serial: str = "A", *, members: tuple[str, ...] = (), **facts: Kind) -> Alert:
    return Alert(
        id="a",
        state=AlertState.CONFIRMED,
        finding=found(serial, **facts),  # type: ignore[arg-type]
        severity=Severity.CRITICAL,
        raised_at=START,
        members=members,
    )


def test_the_third_time_within_an_hour_is_chattering() -> None:
    chattering = Chattering()

    assert [chattering.note(alert(), at(minute), FLOOD) for minute in (0, 30, 60, 61, 150)] == [
        False,
        False,
        True,
        True,
        False,
    ]


def test_each_meter_kind_and_circuit_counts_for_itself() -> None:
    chattering = Chattering()
    others = (alert("B"), alert(kind=Kind.OUTAGE), alert(members=("a",)))
    for minute in (0, 1):
        assert not chattering.note(alert(), at(minute), FLOOD)
        for other in others:
            assert not chattering.note(other, at(minute), FLOOD)
    assert len({key_of(one) for one in (alert(), *others)}) == 4


def test_other_settings_hold_from_the_next_time_on() -> None:
    chattering = Chattering()
    for minute in (0, 1):
        chattering.note(alert(), at(minute), FLOOD)

    assert chattering.note(alert(), at(2), FloodControl(chattering_count=2))
    assert not chattering.note(alert(), at(3), FloodControl(chattering_count=5))


def test_what_has_not_come_for_long_is_forgotten() -> None:
    chattering = Chattering()
    for minute in (0, 1):
        chattering.note(alert(), at(minute), FLOOD)
    chattering.forget_before(at(2))

    assert not chattering.note(alert(), at(2), FLOOD)
