"""A mail about alerts: what it says, and that nothing in it is taken for markup."""

from __future__ import annotations

from dataclasses import replace
import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.csj_meter.alerts.alert import Alert
from custom_components.csj_meter.alerts.alert_html import alert_html
from custom_components.csj_meter.alerts.desk import Desk
from custom_components.csj_meter.alerts.message import Message, Reason
from custom_components.csj_meter.alerts.settings import AlertSettings
from custom_components.csj_meter.alerts.wording import Wording
from custom_components.csj_meter.anomaly.advice import advice_of
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State
from custom_components.csj_meter.language.texts import english

from .found import at, found
from .html_check import Page

NAMES = {"A": "Elm Row 1", "B": "Elm Row 2"}
WORDING = Wording(texts=english(), zone=ZoneInfo("Europe/Berlin"), names=NAMES)
RED, AMBER, GREEN, VIOLET = "#b3261e", "#9a5700", "#2a6e3f", "#5f4b8b"


@pytest.fixture
def desk() -> Desk:
    return Desk(AlertSettings(), dt.UTC)


def mail(desk: Desk, *alerts: Alert, reason: Reason = Reason.CONFIRMED, **others: Any) -> str:
    message = Message(
        id="m",
        alerts=tuple(alert.id for alert in alerts),
        channel="mail",
        person="Ada",
        reason=reason,
        created_at=at(2),
        not_before=at(2),
        drill=bool(alerts) and all(alert.drill for alert in alerts),
    )
    members = {alert.id: desk.members_of(alert) for alert in alerts if alert.is_area}
    now = others.pop("now", at(12))
    return alert_html(others.pop("wording", WORDING), message, alerts, members, now, **others)


def head_of(html: str) -> str:
    """The colour of the head."""
    return html.partition('bgcolor="')[2].partition('"')[0]


def test_it_says_what_was_seen_what_is_allowed_since_when_and_what_to_do(desk: Desk) -> None:
    desk.take([found("A")], at(2))
    html = mail(desk, desk.alerts[0])
    page = Page(html)

    for words in (
        "Critical",
        "Voltage sag, Elm Row 1",
        "171 V at phase 1",
        "at least 180 V",
        "Mon 2 November, 13:00",
        "Only this meter",
        "Switch off what is sensitive and call an electrician now.",
        "A loose neutral conductor.",
    ):
        assert words in page.text, words
    assert head_of(html) == RED
    assert page.addresses == []


def test_the_colour_is_that_of_the_severity_or_of_the_end(desk: Desk) -> None:
    desk.take([found("A", kind=Kind.LEAK, severity=Severity.WARNING)], at(2))
    assert head_of(mail(desk, desk.alerts[0])) == AMBER

    desk.take([found("A", State.CLEARED, kind=Kind.LEAK, severity=Severity.WARNING, minute=9)], at(9))
    html = mail(desk, desk.alerts[0], reason=Reason.CLEARED)
    assert head_of(html) == GREEN
    assert "Normal again after 9 min." in Page(html).text
    assert "What to do" not in Page(html).text, "nothing is left to be done"


def test_why_somebody_is_told_again_stands_on_top(desk: Desk) -> None:
    desk.take([found("A")], at(2))
    text = Page(mail(desk, desk.alerts[0], reason=Reason.ESCALATED)).text

    assert text.index("Nobody has acknowledged it for 10 min.") < text.index("What to do")


def test_a_drill_cannot_be_taken_for_the_real_thing(desk: Desk) -> None:
    desk.take([found("A")], at(2), drill_until=at(60))
    html = mail(desk, desk.alerts[0])

    assert head_of(html) == VIOLET
    assert "DRILL · Critical" in Page(html).text
    assert "Nothing has happened." in Page(html).text


def test_an_area_shows_its_meters(desk: Desk) -> None:
    desk.take([found("A", scope=Scope.AREA, value=171.0)], at(2))
    desk.take([found("B", scope=Scope.AREA, value=168.5)], at(2))
    area = next(alert for alert in desk.alerts if alert.is_area)
    text = Page(mail(desk, area)).text

    assert "circuit street" in text
    for words in ("Elm Row 1", "171 V", "Elm Row 2", "168.5 V", "The whole circuit"):
        assert words in text, words
    days_later = Page(mail(desk, area, now=at(3 * 24 * 60))).text
    assert "171 V\n13:00" in text
    assert "171 V\nMon 2 November, 13:00" in days_later


def test_several_alerts_are_a_list_and_what_is_too_much_is_counted(desk: Desk) -> None:
    for number in range(23):
        desk.take([found(f"{number:02}", circuit=None)], at(2))
    alerts = desk.alerts
    text = Page(mail(desk, *alerts)).text

    assert "23 alerts" in text
    assert text.count("is allowed. Since Mon 2 November, 13:00.") == 20
    assert "and 3 more" in text


def test_a_test_says_that_nothing_has_happened(desk: Desk) -> None:
    text = Page(mail(desk, reason=Reason.TEST)).text

    assert "Nothing has happened." in text
    assert "What to do" not in text


def test_the_button_leads_where_it_is_told(desk: Desk) -> None:
    desk.take([found("A")], at(2))

    page = Page(mail(desk, desk.alerts[0], open_url='https://home.example.org/?q="><b>'))
    assert page.addresses == ['https://home.example.org/?q="><b>']
    assert "b" not in page.elements


def test_names_are_never_markup(desk: Desk) -> None:
    evil = "</td></table><script>alert('x')</script> & \"Söhne\""
    desk.take([found("A", circuit=evil, scope=Scope.AREA)], at(2))
    area = next(alert for alert in desk.alerts if alert.is_area)
    desk.acknowledge(area.id, evil, at(3))
    wording = replace(WORDING, names={"A": evil})
    for alert in desk.alerts:
        for reason in Reason:
            page = Page(mail(desk, alert, reason=reason, wording=wording))
            assert "script" not in page.elements


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("scope", Scope)
def test_there_is_a_mail_for_everything_that_can_be_found(desk: Desk, kind: Kind, scope: Scope) -> None:
    finding = found("A", kind=kind, scope=scope, circuit=None, phase=None, value=None, low=None)
    desk.take([replace(finding, advice=advice_of(kind, scope, {"minutes": 5}))], at(2))

    text = Page(mail(desk, desk.alerts[0])).text

    assert "What to do" in text
    assert "{" not in text


def test_a_circuit_shows_a_meter_once_with_what_each_of_its_phases_measured(desk: Desk) -> None:
    desk.take(
        [
            found("A", scope=Scope.AREA, phase=2, quantity="voltage_l2", value=172.5, since=1),
            found("A", scope=Scope.AREA, phase=1, value=171.4),
            found("A", scope=Scope.AREA, phase=3, quantity="voltage_l3", value=172.5),
            found("B", scope=Scope.AREA, phase=1, value=170.0),
        ],
        at(2),
    )
    (area,) = (alert for alert in desk.alerts if alert.is_area)
    text = Page(mail(desk, area)).text

    assert text.count("Elm Row 1") == text.count("Elm Row 2") == 2, "in the sentence and in the table"
    assert "171.4 V, 172.5 V" in text


def test_what_is_over_says_what_had_been_measured(desk: Desk) -> None:
    desk.take([found("A", value=171.4, score=1.05)], at(2))
    desk.take([found("A", State.CLEARED, minute=9, value=230.1, score=0.1)], at(9))
    text = Page(mail(desk, desk.alerts[0], reason=Reason.CLEARED)).text

    assert "171.4 V" in text
    assert "230.1" not in text
