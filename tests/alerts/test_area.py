"""What befalls a circuit: one alert for all its meters."""

from __future__ import annotations

from dataclasses import replace

from custom_components.csj_meter.alerts.alert import Alert, AlertState
from custom_components.csj_meter.alerts.settings import Route
from custom_components.csj_meter.anomaly.advice import advice_of
from custom_components.csj_meter.anomaly.finding import Finding, name_of
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State

from .driven import PHONE, SETTINGS, Driven
from .found import at, found

AREA = Scope.AREA
MANY = tuple("ABCDEF")


def outage(serial: str, state: State = State.CONFIRMED, **others: object) -> Finding:
    return found(serial, state, kind=Kind.OUTAGE, scope=AREA, **others)  # type: ignore[arg-type]


def area_of(site: Driven) -> Alert:
    (area,) = [alert for alert in site.desk.alerts if alert.is_area]
    return area


def still(*serials: str) -> set[tuple[str, Kind, int | None, int]]:
    return {name_of(outage(serial)) for serial in serials}


def test_one_is_told_for_all() -> None:
    site = Driven()
    site.find(*map(outage, MANY))

    assert sorted(site.pages) == ["confirmed phone", "confirmed sms"]
    assert [member.serial for member in site.desk.members_of(area_of(site))] == list(MANY)
    assert all(alert.area == area_of(site).id for alert in site.desk.active if not alert.is_area)


def test_it_is_open_until_the_last_meter_is_well() -> None:
    site = Driven()
    site.find(*map(outage, "AB"))
    site.find(outage("A", State.CLEARED))
    assert area_of(site).is_active
    assert "cleared phone" not in site.told
    site.find(outage("B", State.CLEARED))

    assert not area_of(site).is_open
    assert sorted(site.told[2:]) == ["cleared phone", "cleared sms"]


def test_meters_that_fall_silent_in_an_outage_are_part_of_it() -> None:
    site = Driven()
    site.find(outage("A"), found("B", kind=Kind.METER_SILENT, scope=AREA, severity=Severity.WARNING))

    assert len(area_of(site).members) == 2


def test_a_lost_gateway_is_one_alert_though_it_is_nobodys_circuit() -> None:
    advice = advice_of(Kind.METER_SILENT, Scope.UNKNOWN, {}, gateway_lost=True)
    silent = found(kind=Kind.METER_SILENT, scope=Scope.UNKNOWN, severity=Severity.WARNING)
    site = Driven()
    site.find(*(replace(silent, serial=serial, advice=advice) for serial in MANY))

    assert sorted(site.pages) == ["confirmed mail", "confirmed phone"]


def test_who_was_told_of_a_meter_first_sees_it_go_and_hears_no_more_of_it() -> None:
    site = Driven()
    site.find(found("A"), found("B"))
    site.minutes(1)
    site.find(found("A", scope=AREA, minute=3), found("B", scope=AREA, minute=3))
    site.minutes(30)

    assert site.told[4:8].count("joined phone") == 2
    assert site.pages.count("escalated mail") == 1, "the circuit escalates, its meters do not"
    members = [alert.id for alert in site.desk.alerts if not alert.is_area]
    later = [one for when, one in site.heard if when > at(1) and one.sounds]
    assert not [one for one in later if {*one.alerts} & {*members}]


def test_what_is_being_sent_of_a_meter_while_its_circuit_takes_over_is_not_tried_again() -> None:
    site = Driven()
    site.did(site.desk.take([found("A")], site.now), delivers=False)
    begun = [message for _, message in site.begun]
    site.did(site.desk.take([found("A", scope=AREA, minute=3)], site.now))
    for message in begun:
        site.desk.outbox.failed(message.id, "no signal", site.now)
    site.minutes(9)

    of_the_meter = [one for _, one in site.heard if one.sounds and one.alerts == begun[0].alerts]
    assert of_the_meter == []
    assert sorted(site.pages) == ["confirmed phone", "confirmed sms"]


def test_whoever_is_told_of_one_meter_only_is_told_when_it_joins() -> None:
    tenants = tuple(
        replace(PHONE, id=serial, name=serial, person=serial, meters=(serial,)) for serial in "ABC"
    )
    routes = (Route(severities=(Severity.CRITICAL,), channels=tuple("ABC")),)
    site = Driven(replace(SETTINGS, channels=tenants, routes=routes))
    site.find(outage("A"), outage("B"))
    site.minutes(2)
    site.find(outage("C", since=2, minute=4))

    assert sorted(site.pages) == ["confirmed A", "confirmed B", "confirmed C"]
    for serial, since in (("A", 0), ("B", 0), ("C", 2)):
        site.find(outage(serial, State.CLEARED, since=since))
    assert sorted(site.told[3:]) == ["cleared A", "cleared B", "cleared C"]


def test_it_is_answered_for_all_by_way_of_any() -> None:
    site = Driven()
    site.find(*map(outage, "AB"))
    (b,) = [alert.id for alert in site.desk.alerts if alert.serial == "B"]
    site.did(site.desk.acknowledge(b, "Ada", site.now))
    site.find(outage("C", since=1, minute=3))
    site.minutes(60)

    assert {alert.state for alert in site.desk.alerts} == {AlertState.ACKNOWLEDGED}
    assert {alert.acknowledged_by for alert in site.desk.alerts} == {"Ada"}
    assert sorted(site.pages) == ["confirmed phone", "confirmed sms"]
    assert [event.type.value for event in site.events if event.alert.serial == "C"] == [
        "raised",
        "confirmed",
        "acknowledged",
    ]


def test_it_gets_worse_with_its_worst_member() -> None:
    site = Driven()
    site.find(found("A", scope=AREA, severity=Severity.WARNING))
    site.did(site.desk.acknowledge(area_of(site).id, "Ada", site.now))
    site.find(found("B", scope=AREA, since=1, minute=3))

    assert area_of(site).severity is Severity.CRITICAL
    assert area_of(site).finding.serial == "B"
    assert area_of(site).state is AlertState.CONFIRMED
    assert sorted(site.pages[2:]) == ["worsened phone", "worsened sms"]


def test_a_repair_that_was_none_is_told_once_for_all() -> None:
    site = Driven()
    site.find(*map(outage, MANY))
    area = area_of(site).id
    site.did(site.desk.repair(area, "Bob", site.now))
    assert (area_of(site).state, area_of(site).repaired_by) == (AlertState.CLEARED, "Bob")
    assert all(alert.repaired_by == "Bob" for alert in site.desk.alerts)
    site.minutes(15)
    site.did(site.desk.reconcile(still(*MANY), site.now))

    assert area_of(site).id == area
    assert area_of(site).state is AlertState.CONFIRMED
    assert area_of(site).repaired_by is None
    assert len(site.desk.members_of(area_of(site))) == len(MANY)
    assert sorted(site.pages[2:]) == ["still_there phone", "still_there sms"]


def test_who_reopens_it_reopens_its_meters() -> None:
    site = Driven()
    site.find(*map(outage, "AB"))
    site.did(site.desk.reconcile(still("A", "B"), site.now))
    site.did(site.desk.repair(area_of(site).id, "Bob", site.now))
    site.now = at(1)
    site.did(site.desk.reopen(area_of(site).id, site.now))

    assert all(alert.state is AlertState.CONFIRMED for alert in site.desk.alerts)
    assert sorted(site.pages[2:]) == ["still_there phone", "still_there sms"]


def test_findings_that_are_told_again_reopen_it_and_answers_hold() -> None:
    site = Driven()
    site.find(*map(outage, "AB"))
    site.did(site.desk.acknowledge(area_of(site).id, "Ada", at(1)))
    site.did(site.desk.reconcile(set(), at(2)))
    assert not area_of(site).is_open
    site.now = at(3)
    site.find(*(outage(serial, minute=4) for serial in "AB"))

    assert {alert.state for alert in site.desk.alerts} == {AlertState.ACKNOWLEDGED}
    assert len(site.pages) == 2


def test_another_outage_hours_later_is_told_though_one_meter_of_the_first_is_still_dark() -> None:
    site = Driven()
    site.find(*map(outage, "AB"))
    site.did(site.desk.acknowledge(area_of(site).id, "Ada", site.now))
    site.find(outage("A", State.CLEARED))
    site.minutes(180)
    site.find(outage("A", since=180, minute=182), outage("C", since=180, minute=182))
    areas = [alert for alert in site.desk.active if alert.is_area]

    assert sorted(area.state.value for area in areas) == ["acknowledged", "confirmed"]
    assert len(site.pages) == 4
    site.find(outage("B", State.CLEARED, minute=190))
    assert [area.state.value for area in site.desk.active if area.is_area] == ["confirmed"]


def test_a_shelved_circuit_shelves_its_meters_and_comes_back_as_one() -> None:
    site = Driven()
    site.find(*map(outage, "AB"))
    site.did(site.desk.shelve(area_of(site).id, at(30), "Ada", site.now))
    assert {alert.state for alert in site.desk.alerts} == {AlertState.SHELVED}
    site.minutes(30)

    assert {alert.state for alert in site.desk.alerts} == {AlertState.CONFIRMED}
    assert sorted(site.pages[2:]) == ["still_there phone", "still_there sms"]


def test_its_meters_are_remembered_as_long_as_it_lasts() -> None:
    site = Driven()
    site.find(*map(outage, "AB"))
    site.find(outage("A", State.CLEARED))
    site.minutes(3 * 24 * 60)
    assert len(site.desk.members_of(area_of(site))) == 2
    site.find(outage("B", State.CLEARED))
    site.minutes(2 * 24 * 60)

    assert site.desk.alerts == []
    assert list(site.desk.outbox) == []
