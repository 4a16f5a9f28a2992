"""The life of one alert (ISA-18.2): from suspicion to its end, and who hears of each step."""

from __future__ import annotations

from dataclasses import replace
import datetime as dt
from pathlib import Path

import pytest

from custom_components.csj_meter.alerts.alert import AlertEventType, AlertState
from custom_components.csj_meter.alerts.errors import NoSuchAlertError, NotPossibleError
from custom_components.csj_meter.alerts.settings import Escalation, FloodControl, QuietHours
from custom_components.csj_meter.anomaly.finding import Finding, name_of
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State

from .driven import SETTINGS, Driven
from .found import START, at, found

WARNING = Severity.WARNING
STEADY = replace(SETTINGS, flood=FloodControl(most_per_hour=120, chattering_count=60))
"""Where nothing chatters."""


@pytest.fixture
def site() -> Driven:
    return Driven()


def types(site: Driven) -> list[str]:
    return [event.type.value for event in site.events]


def still(*findings: Finding) -> set[tuple[str, Kind, int | None, int]]:
    return {name_of(finding) for finding in findings}


def test_nobody_hears_of_a_suspicion(site: Driven) -> None:
    site.find(found(state=State.SUSPECTED, minute=0))
    assert site.stands(AlertState.SUSPECTED)
    site.find(found(state=State.CLEARED))

    assert types(site) == ["raised", "cleared"]
    assert site.told == []


@pytest.mark.parametrize(
    ("known", "stands"),
    [
        (found(state=State.SUSPECTED), found()),
        (found(severity=WARNING), found(severity=Severity.CRITICAL)),
        (found(scope=Scope.UNKNOWN), found(scope=Scope.AREA)),
    ],
)
def test_what_the_engine_alone_has_kept_is_missed_until_it_is_told(
    site: Driven, known: Finding, stands: Finding
) -> None:
    assert site.desk.has_missed(known)
    site.find(known)
    assert not site.desk.has_missed(known)
    assert not site.desk.has_missed(replace(known, at=known.at + 60, value=99.0))

    assert site.desk.has_missed(stands)
    site.find(stands)
    assert not site.desk.has_missed(stands)
    assert not site.desk.has_missed(known), "milder than what was told"


def test_nothing_is_missed_of_what_is_over_or_was_answered(site: Driven) -> None:
    site.find(found())
    site.did(site.desk.report_false_alarm(site.one.id, "Ada", site.now))
    assert not site.desk.has_missed(found())

    site.find(found(state=State.CLEARED))
    assert not site.desk.has_missed(found())


def test_what_is_confirmed_is_told_and_so_is_its_end(site: Driven) -> None:
    site.find(found(state=State.SUSPECTED, minute=0))
    site.minutes(2)
    site.find(found())
    site.find(found())
    site.minutes(7)
    site.find(found(state=State.CLEARED, minute=9))

    assert types(site) == ["raised", "confirmed", "cleared"]
    assert sorted(site.told) == ["cleared phone", "cleared sms", "confirmed phone", "confirmed sms"]
    assert (site.one.raised_at, site.one.first_confirmed_at, site.one.cleared_at) == (START, at(2), at(9))
    assert site.one.severity is Severity.CRITICAL


def test_the_end_of_what_nobody_knows_of_is_nothing(site: Driven) -> None:
    site.find(found(state=State.CLEARED))

    assert not site.desk.alerts


def test_it_escalates_level_by_level_until_somebody_acknowledges(site: Driven) -> None:
    site.find(found())
    site.minutes(9.9)
    assert site.stands(AlertState.CONFIRMED)
    site.minutes(0.1)
    assert (site.one.state, site.one.level) == (AlertState.ESCALATED, 1)
    assert site.pages[2:] == ["escalated mail"]
    site.minutes(20)
    assert site.one.level == 2
    site.minutes(600)

    assert [(event.type, event.cause) for event in site.events[2:]] == [
        (AlertEventType.ESCALATED, "unacknowledged")
    ] * 2


def test_who_sees_to_it_keeps_others_from_being_told(site: Driven) -> None:
    site.find(found())
    site.minutes(5)
    site.did(site.desk.acknowledge(site.one.id, "Ada", site.now))
    site.did(site.desk.acknowledge(site.one.id, "Bob", site.now))
    site.minutes(60)

    assert (site.one.state, site.one.acknowledged_by) == (AlertState.ACKNOWLEDGED, "Ada")
    assert types(site) == ["raised", "confirmed", "acknowledged"]
    # on the phone it takes the place of the page, and a text would be one more
    assert site.told[2:] == ["acknowledged phone"]


@pytest.mark.parametrize("answer", ["acknowledge", "report_false_alarm"])
def test_what_gets_worse_is_told_again_whatever_was_said(site: Driven, answer: str) -> None:
    site.find(found(severity=WARNING))
    site.minutes(30)
    site.did(getattr(site.desk, answer)(site.one.id, "Ada", site.now))
    site.minutes(30)
    site.find(found(minute=60))

    assert site.events[-1].cause == "worsened"
    assert site.stands(AlertState.CONFIRMED)
    assert site.one.false_alarm_at is None
    assert sorted(site.pages[2:]) == ["worsened phone", "worsened sms"]
    site.minutes(9)
    assert site.one.level == 0, "whoever hears of it now has ten minutes to answer as well"
    site.minutes(1)
    assert site.one.level == 1


def test_what_is_shelved_and_gets_worse_stays_so_unless_it_is_critical(site: Driven) -> None:
    site.find(found(severity=Severity.INFO))
    site.did(site.desk.shelve(site.one.id, at(120), "Ada", site.now))
    site.find(found(severity=WARNING, minute=3))
    assert site.stands(AlertState.SHELVED)
    assert site.pages == []
    site.find(found(minute=4))
    assert site.stands(AlertState.CONFIRMED)
    assert site.one.shelved_until is None
    assert sorted(site.pages) == ["worsened phone", "worsened sms"]


def test_what_is_shelved_is_silent_until_then_and_told_again(site: Driven) -> None:
    site.find(found())
    site.did(site.desk.shelve(site.one.id, at(60), "Ada", shelved_at := site.now))
    site.minutes(59)
    assert site.stands(AlertState.SHELVED)
    assert (site.one.shelved_at, site.one.shelved_by) == (shelved_at, "Ada")
    assert len(site.pages) == 2
    site.minutes(1)

    assert site.stands(AlertState.CONFIRMED)
    assert sorted(site.pages[2:]) == ["still_there phone", "still_there sms"]
    site.minutes(10)
    assert site.one.level == 1


def test_others_of_the_same_meter_and_kind_are_shelved_with_it(site: Driven) -> None:
    site.find(found())
    site.did(site.desk.shelve(site.one.id, at(60), "Ada", site.now))
    site.find(found(state=State.CLEARED))
    site.minutes(10)
    before = len(site.pages)
    site.find(found(since=10, minute=12), found("B", since=10, minute=12))
    states = {alert.serial: alert.state for alert in site.desk.active}

    assert states == {"A": AlertState.SHELVED, "B": AlertState.CONFIRMED}
    assert len(site.pages) == before + 2
    site.minutes(50)
    assert all(alert.state is not AlertState.SHELVED for alert in site.desk.alerts)


def test_a_shelf_that_is_over_shelves_nothing_and_one_that_lasts_is_not_forgotten(site: Driven) -> None:
    site.find(found())
    first = site.one.id
    site.did(site.desk.shelve(first, at(10), "Ada", site.now))
    site.find(found(since=1, minute=3))
    (second,) = [alert.id for alert in site.desk.active if alert.id != first]
    site.did(site.desk.shelve(second, at(300), "Ada", site.now))
    site.find(found(since=1, minute=4, state=State.CLEARED))
    site.minutes(20)  # the first is shelved no more, and is told of last
    site.find(found(state=State.CLEARED, minute=20))
    site.find(found(since=20, minute=22))
    assert [alert.state for alert in site.desk.active] == [AlertState.SHELVED]
    site.minutes(290)
    site.find(found(since=20, minute=310, state=State.CLEARED), found(since=310, minute=312))
    assert [alert.state for alert in site.desk.active] == [AlertState.CONFIRMED]


def test_nothing_critical_is_shelved_with_something_milder(site: Driven) -> None:
    site.find(found(severity=WARNING))
    site.did(site.desk.shelve(site.one.id, at(60), "Ada", site.now))
    site.find(found(state=State.CLEARED, severity=WARNING))
    site.find(found(since=10, minute=12))

    assert [alert.state for alert in site.desk.active] == [AlertState.CONFIRMED]


def test_nobody_shelves_for_ever_or_for_the_past(site: Driven) -> None:
    site.find(found())
    for until in (START, START + dt.timedelta(days=7, seconds=1)):
        with pytest.raises(NotPossibleError, match="shelving_too_long"):
            site.desk.shelve(site.one.id, until, "Ada", START)


def come_and_go(site: Driven, times: int, first: int = 0) -> None:
    for number in range(first, first + times):
        site.find(found(since=number * 5, minute=number * 5 + 2))
        site.minutes(2)
        site.find(found(since=number * 5, minute=number * 5 + 4, state=State.CLEARED))
        site.minutes(3)


def test_what_comes_and_goes_is_shelved_and_that_is_said_once(site: Driven) -> None:
    come_and_go(site, 8)

    assert sorted(site.pages) == sorted(
        f"{reason} {channel}"
        for reason in ("confirmed", "confirmed", "chattering")
        for channel in ("phone", "sms")
    )
    shelved = [event for event in site.events if event.type is AlertEventType.SHELVED]
    assert len(shelved) == 6
    assert {(event.cause, event.by) for event in shelved} == {("chattering", None)}
    assert all(event.alert.chattering for event in shelved)


def test_chattering_that_goes_on_is_said_once_an_hour_also_after_a_restart(tmp_path: Path) -> None:
    site = Driven(path=tmp_path / "alerts.db")
    come_and_go(site, 10)
    site.restart()
    come_and_go(site, 14, first=10)

    assert site.pages.count("chattering phone") == 2
    assert site.pages.count("confirmed phone") == 2


def test_in_quiet_hours_only_what_is_critical_wakes_anybody() -> None:
    quiet = QuietHours(enabled=True, start=dt.time(11), end=dt.time(19))
    site = Driven(replace(SETTINGS, quiet_hours=quiet))
    site.find(found("A", severity=WARNING), found("B", severity=WARNING), found("C"))
    assert sorted(site.told) == ["confirmed phone", "confirmed sms"]
    site.minutes(60)
    site.find(found("A", State.CLEARED, severity=WARNING))
    site.pass_until(START.replace(hour=18, minute=59))
    assert "confirmed mail" not in site.pages
    site.minutes(1)

    (b,) = [alert.id for alert in site.desk.active if alert.serial == "B"]
    assert [message.alerts for _, message in site.heard if message.channel == "mail" and message.sounds][
        -1
    ] == (b,)
    assert "cleared mail" not in site.told, "it was over before anybody heard of it"


def test_what_waits_for_the_next_attempt_wakes_nobody_either() -> None:
    quiet = QuietHours(enabled=True, start=dt.time(12, 1), end=dt.time(13))
    site = Driven(replace(SETTINGS, quiet_hours=quiet))
    site.broken = {"mail"}
    site.find(found(severity=WARNING))
    site.minutes(0.5)
    site.broken = set()
    site.minutes(58)
    assert "confirmed mail" not in site.told
    site.minutes(2)
    assert "confirmed mail" in site.told


def test_a_false_alarm_may_be_said_when_it_is_over(site: Driven) -> None:
    site.find(found())
    site.find(found(state=State.CLEARED))
    site.did(site.desk.report_false_alarm(site.one.id, "Ada", at(3)))
    site.did(site.desk.report_false_alarm(site.one.id, "Bob", at(4)))

    assert site.stands(AlertState.CLEARED)
    assert (site.one.false_alarm_at, site.one.false_alarm_by) == (at(3), "Ada")
    assert types(site) == ["raised", "confirmed", "cleared", "false_alarm"]


def test_who_sees_to_it_takes_the_false_alarm_back(site: Driven) -> None:
    site.find(found())
    site.did(site.desk.report_false_alarm(site.one.id, "Ada", at(1)))
    site.did(site.desk.acknowledge(site.one.id, "Bob", at(2)))

    assert site.stands(AlertState.ACKNOWLEDGED)
    assert site.one.false_alarm_at is None


@pytest.mark.parametrize("state", [State.SUSPECTED, State.CLEARED])
@pytest.mark.parametrize("what", ["acknowledge", "repair"])
def test_only_what_is_active_can_be_seen_to(site: Driven, state: State, what: str) -> None:
    if state is State.CLEARED:
        site.find(found())
    site.find(found(state=state))
    with pytest.raises(NotPossibleError, match="not_active"):
        getattr(site.desk, what)(site.one.id, "Ada", START)
    with pytest.raises(NoSuchAlertError):
        getattr(site.desk, what)("nothing", "Ada", START)


def test_what_was_said_to_be_repaired_and_is_not_comes_back(site: Driven) -> None:
    site.find(found())
    site.did(site.desk.repair(site.one.id, "Bob", site.now))
    assert (site.one.state, site.one.repaired_by) == (AlertState.CLEARED, "Bob")
    site.minutes(14)
    site.did(site.desk.reconcile(still(found()), site.now))
    site.find(found(value=170.0, minute=14))
    assert site.stands(AlertState.CLEARED)
    site.minutes(1)
    site.did(site.desk.reconcile(still(found()), site.now))

    assert site.stands(AlertState.CONFIRMED)
    assert site.events[-1].cause == "not_repaired"
    assert (site.one.repaired_by, site.one.acknowledged_by) == (None, None)
    assert sorted(site.pages[2:]) == ["still_there phone", "still_there sms"]
    site.minutes(10)
    assert site.one.level == 1


def test_what_was_repaired_and_gets_worse_is_told_at_once(site: Driven) -> None:
    site.find(found(severity=WARNING))
    site.did(site.desk.repair(site.one.id, "Bob", site.now))
    site.find(found(minute=5))

    assert (site.one.state, site.one.severity) == (AlertState.CONFIRMED, Severity.CRITICAL)
    assert "still_there sms" in site.pages


def test_what_was_repaired_and_is_over_stays_over(site: Driven) -> None:
    site.find(found())
    site.did(site.desk.repair(site.one.id, "Bob", site.now))
    site.minutes(20)
    site.did(site.desk.reconcile(set(), site.now))

    assert site.stands(AlertState.CLEARED)
    assert len(site.pages) == 2


def test_who_reopens_hears_at_once_whether_it_is_still_there(site: Driven) -> None:
    site.find(found(), found("B"))
    site.did(site.desk.reconcile(still(found()), site.now))  # B's meter was removed
    a, b = (alert.id for alert in sorted(site.desk.alerts, key=lambda one: one.serial or ""))
    site.did(site.desk.repair(a, "Bob", site.now))
    site.did(site.desk.reopen(a, at(2)))
    site.did(site.desk.reopen(b, at(2)))

    assert site.desk.get(a).state is AlertState.CONFIRMED
    assert site.desk.get(b).state is AlertState.CLEARED


@pytest.mark.parametrize("answer", ["acknowledge", "report_false_alarm", None])
def test_a_finding_that_is_told_again_after_its_end_is_the_same_alert(answer: str | None) -> None:
    site = Driven(STEADY)
    site.find(found())
    first = site.one.id
    if answer is not None:
        site.did(getattr(site.desk, answer)(first, "Ada", at(0)))
    site.did(site.desk.reconcile(set(), at(1)))  # nobody watched the meter for a while
    site.now = at(5)
    pages = len(site.pages)
    site.find(found(minute=5))

    assert site.one.id == first
    assert site.one.cleared_at is None
    if answer is None:
        assert site.stands(AlertState.CONFIRMED)
        assert len(site.pages) == pages + 2, "it was said to be over, and is not"
    else:
        assert site.one.state.value == site.events[-1].type.value != "confirmed"
        assert len(site.pages) == pages, "what people have said of it holds"


def test_a_finding_that_is_told_again_and_is_worse_is_told_whatever_was_said() -> None:
    site = Driven(STEADY)
    site.find(found(severity=WARNING))
    site.did(site.desk.report_false_alarm(site.one.id, "Ada", at(0)))
    site.did(site.desk.reconcile(set(), at(1)))
    site.now = at(5)
    site.find(found(minute=5))

    assert (site.one.state, site.one.severity) == (AlertState.CONFIRMED, Severity.CRITICAL)
    assert "confirmed sms" in site.pages


def test_what_the_engine_knows_nothing_of_any_more_ends(site: Driven) -> None:
    site.find(found(), found("B", State.SUSPECTED))
    site.did(site.desk.reconcile(set(), at(1)))

    assert all(alert.state is AlertState.CLEARED for alert in site.desk.alerts)


def test_escalation_is_for_whom_it_was_set_and_may_be_left_out() -> None:
    none = Driven(replace(SETTINGS, escalation=Escalation(after=())))
    none.find(found())
    none.minutes(600)
    assert none.one.level == 0
    warnings = Driven(replace(SETTINGS, escalation=Escalation(after=(5,), severities=(WARNING,))))
    warnings.find(found("A"), found("B", severity=WARNING))
    warnings.minutes(600)
    assert {alert.serial: alert.level for alert in warnings.desk.active} == {"A": 0, "B": 1}


def test_a_drill_that_reaches_a_circuit_is_no_alert_of_the_circuit(site: Driven) -> None:
    site.did(site.desk.take([found(scope=Scope.AREA)], site.now, drill_until=at(5)))
    site.did(site.desk.take([found(scope=Scope.AREA, minute=3)], site.now, drill_until=at(5)))

    assert [alert.is_area for alert in site.desk.alerts] == [False]
    site.minutes(5)
    assert site.stands(AlertState.CLEARED)
    site.did(site.desk.take([found(scope=Scope.AREA)], site.now, drill_until=at(9)))
    site.minutes(3)
    assert site.one.is_active, "it is fired once more, and ends when that does"
