"""What the weekly summary says, and to whom."""

from __future__ import annotations

from dataclasses import replace
import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.csj_meter.alerts.desk import Desk
from custom_components.csj_meter.alerts.message import Message, MessageState, Reason
from custom_components.csj_meter.alerts.settings import AlertSettings, Channel, Medium
from custom_components.csj_meter.alerts.summary import MeterWeek, Summary, Week, summary_of
from custom_components.csj_meter.alerts.summary_mail import summary_html, summary_text
from custom_components.csj_meter.alerts.wording import Wording
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State
from custom_components.csj_meter.language.texts import english

from .found import at, found
from .html_check import Page

DAY = 1440
WORDING = Wording(texts=english(), zone=ZoneInfo("Europe/Berlin"), names={"A": "Elm Row 1", "B": "Elm Row 2"})
MAIL = Channel(
    id="mail", name="Mail", medium=Medium.EMAIL, target="notify.mail", person="Ada", address="ada@example.org"
)
METERS = (
    MeterWeek(serial="A", name="Elm Row 1", circuit="street", usage=40.0, usage_before=50.0),
    MeterWeek(
        serial="B",
        name="Elm Row 2",
        circuit="mill",
        usage=20.0,
        usage_before=10.0,
        balance=3.1,
        unit="EUR",
        days_left=1.4,
        minutes_heard=90,
        minutes_asked=100,
        top_ups_done=1,
        top_ups_settled=2,
    ),
)


@pytest.fixture
def desk() -> Desk:
    """What happened in the week before the start, and the day after it."""
    desk = Desk(AlertSettings(), dt.UTC)
    leak = found(
        "A", kind=Kind.LEAK, severity=Severity.WARNING, quantity="active_power", since=-2 * DAY, minute=-DAY
    )
    desk.take([leak], at(-DAY))
    drift = found("B", kind=Kind.DRIFT, severity=Severity.INFO, circuit="mill", since=-3 * DAY, minute=-DAY)
    desk.take([drift], at(-DAY))
    desk.take([found("B", circuit="mill", since=-900, minute=-898)], at(-898))
    desk.take([found("B", State.CLEARED, circuit="mill", since=-900, minute=-880)], at(-880))
    desk.take([found("B", circuit="mill")], at(-2), drill_until=at(60))
    return desk


def week(desk: Desk, **others: Any) -> Week:
    facts: dict[str, Any] = {"alerts": desk.alerts, "messages": (), "meters": METERS, "people": 2} | others
    return Week(since=at(-7 * DAY), until=at(0), **facts)


def kinds(summary: Summary) -> dict[str, list[Kind]]:
    return {name: [alert.kind for alert in getattr(summary, name)] for name in ("open", "over", "findings")}


def test_alarms_and_what_nobody_was_told_of_are_apart_and_drills_left_out(desk: Desk) -> None:
    summary = summary_of(week(desk))

    assert kinds(summary) == {"open": [Kind.LEAK], "over": [Kind.VOLTAGE_SAG], "findings": [Kind.DRIFT]}
    assert summary.kpis.alarms == 2
    assert (summary.usage, summary.usage_before) == (60.0, 60.0)
    assert summary.kpis.communication_availability == 0.9
    assert summary.kpis.top_up_success == 0.5


def test_few_alarms_of_many_meters_are_not_none(desk: Desk) -> None:
    summary = summary_of(week(desk))
    rare = replace(summary, kpis=replace(summary.kpis, alarms_per_meter_month=0.004))

    assert "Alarms per meter and month: 0.01" in summary_text(rare, WORDING)


def test_a_channel_of_one_meter_hears_of_nothing_else(desk: Desk) -> None:
    def sent(person: str) -> Message:
        return Message(
            id=person,
            alerts=(),
            channel="mail",
            person=person,
            reason=Reason.CONFIRMED,
            created_at=at(-9),
            not_before=at(-9),
            state=MessageState.DELIVERED,
            settled_at=at(-9),
        )

    summary = summary_of(
        week(desk, messages=[sent("Ada"), sent("Bob")]), replace(MAIL, meters=("A",), circuits=())
    )

    assert kinds(summary) == {"open": [Kind.LEAK], "over": [], "findings": []}
    assert [meter.serial for meter in summary.meters] == ["A"]
    assert summary.kpis.alarms == 1
    assert summary.kpis.pages_per_person_day == pytest.approx(1 / 7), "what others got is theirs"
    assert summary.kpis.top_up_success is None
    text, html = summary_text(summary, WORDING), summary_html(summary, WORDING, at(0))
    assert "Elm Row 2" not in text + html


def test_a_channel_of_a_circuit_hears_of_its_meters(desk: Desk) -> None:
    summary = summary_of(week(desk), replace(MAIL, circuits=("mill",)))

    assert kinds(summary) == {"open": [], "over": [Kind.VOLTAGE_SAG], "findings": [Kind.DRIFT]}
    assert [meter.serial for meter in summary.meters] == ["B"]


def test_a_tenant_hears_of_an_event_of_the_circuit_but_not_of_the_neighbours() -> None:
    desk = Desk(AlertSettings(), dt.UTC)
    desk.take([found(serial, scope=Scope.AREA, since=-9, minute=-7) for serial in "AB"], at(-7))

    summary = summary_of(week(desk), replace(MAIL, meters=("A",)))

    (area,) = summary.open
    assert area.is_area
    assert [member.serial for member in summary.members[area.id]] == ["A"]


def test_tips_are_of_what_can_still_be_done_about(desk: Desk) -> None:
    alarm = next(alert for alert in desk.alerts if alert.kind is Kind.LEAK)
    tips = [tip.alert.kind for tip in summary_of(week(desk)).tips]
    assert tips == [Kind.LEAK, Kind.DRIFT], "a sag that is over asks for nothing"

    desk.report_false_alarm(alarm.id, "Ada", at(-1))
    assert [tip.alert.kind for tip in summary_of(week(desk)).tips] == [Kind.DRIFT]


def test_the_same_tip_is_given_once() -> None:
    desk = Desk(AlertSettings(), dt.UTC)
    desk.take(
        [found(serial, kind=Kind.LEAK, severity=Severity.WARNING, since=-9, minute=-7) for serial in "AB"],
        at(-7),
    )
    (tip,) = summary_of(week(desk)).tips

    assert tip.others == 1


def test_what_has_come_back_on_a_meter_is_not_another_meter() -> None:
    desk = Desk(AlertSettings(), dt.UTC)
    for day in (3, 2, 1):
        leak: dict[str, Any] = {"kind": Kind.LEAK, "severity": Severity.WARNING, "since": -day * DAY}
        desk.take([found("A", minute=2 - day * DAY, **leak)], at(2 - day * DAY))
        desk.take([found("A", State.CLEARED, minute=60 - day * DAY, **leak)], at(60 - day * DAY))
    desk.take([found("B", kind=Kind.LEAK, severity=Severity.WARNING, since=-9, minute=-7)], at(-7))
    summary = summary_of(week(desk))

    assert summary.kpis.alarms == 4
    assert [(tip.alert.serial, tip.others) for tip in summary.tips] == [("B", 1)]
    assert "(Elm Row 2, and 1 more)" in summary_text(summary, WORDING)


def test_since_when_it_is_is_said_once_with_its_day() -> None:
    desk = Desk(AlertSettings(), dt.UTC)
    desk.take([found("A", kind=Kind.OUTAGE, since=-900, minute=-898)], at(-898))
    text = summary_text(summary_of(week(desk)), WORDING)

    assert ": No voltage since Sun 1 November, 22:00. Nobody sees to it so far." in text


def test_the_headline_says_the_most_of_it(desk: Desk) -> None:
    headline = summary_text(summary_of(week(desk)), WORDING).splitlines()[0]

    assert headline == (
        "2 alarms. 1 still open. 60.0 kWh used, as much as the week before. Credit of Elm Row 2 lasts 1 day."
    )


def test_what_is_not_known_is_not_made_up() -> None:
    meters = (MeterWeek(serial="A", name="Elm Row 1", usage=40.0), MeterWeek(serial="B", name="Elm Row 2"))
    summary = summary_of(week(Desk(AlertSettings(), dt.UTC), meters=meters))
    text = summary_text(summary, WORDING)

    assert summary.usage is None
    assert text.startswith("No alarms.\n")
    assert "- Elm Row 1 – This week: 40.0, Before: –, Change: –" in text
    assert "Total" not in text
    assert "Credit" not in text


def test_in_plain_text_a_figure_is_told_from_the_head_of_its_column() -> None:
    meter = MeterWeek(serial="A", name="Elm Row 1", balance=-3.2, unit="EUR", days_left=0.0)
    text = summary_text(summary_of(week(Desk(AlertSettings(), dt.UTC), meters=(meter,))), WORDING)

    assert "- Elm Row 1 – Balance: −3.20 EUR, Lasts: used up" in text


def test_mail_and_text_say_the_same_of_every_meter_and_finding(desk: Desk) -> None:
    summary = summary_of(week(desk))
    page = Page(summary_html(summary, WORDING, at(0)))
    text = summary_text(summary, WORDING)

    for word in ("Elm Row 1", "Elm Row 2", "Leak", "Voltage sag", "Creeping base load", "3.10 EUR", "−20 %"):
        assert word in page.text, word
        assert word in text, word


def test_a_mail_loads_nothing_and_has_a_link_only_with_an_address(desk: Desk) -> None:
    summary = summary_of(week(desk))

    assert Page(summary_html(summary, WORDING, at(0))).addresses == []
    page = Page(summary_html(summary, WORDING, at(0), open_url="https://home.example.org/x?a=1&b=2"))
    assert page.addresses == ["https://home.example.org/x?a=1&b=2"]


def test_long_lists_end_with_how_many_more_there_are() -> None:
    meters = tuple(MeterWeek(serial=f"{n}", name=f"Elm Row {n}", usage=1.0) for n in range(32))
    summary = summary_of(week(Desk(AlertSettings(), dt.UTC), meters=meters))

    assert "and 12 more" in summary_text(summary, WORDING)
    assert "and 12 more" in Page(summary_html(summary, WORDING, at(0))).text


def test_the_content_is_json_for_automations(desk: Desk) -> None:
    plain = json.loads(json.dumps(summary_of(week(desk)).as_dict(WORDING)))

    assert plain["open"][0]["title"] == "Warning: Leak, Elm Row 1"
    assert plain["meters"][1]["days_left"] == 1.4
    assert plain["kpis"]["alarms"] == 2
