"""Every text of this floor and the one below is told, with exactly the words that it has room for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
import datetime as dt
from itertools import cycle, product
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from custom_components.csj_meter.alerts.alert import Alert, AlertState, Nameless
from custom_components.csj_meter.alerts.alert_html import alert_html
from custom_components.csj_meter.alerts.kpis import Kpis, Spread
from custom_components.csj_meter.alerts.mail_wording import moment, standing
from custom_components.csj_meter.alerts.message import AFTERWARDS, Message, Reason
from custom_components.csj_meter.alerts.summary import MeterWeek, Summary, Tip
from custom_components.csj_meter.alerts.summary_mail import summary_html, summary_text
from custom_components.csj_meter.alerts.wording import Wording
from custom_components.csj_meter.anomaly.advice import advice_of
from custom_components.csj_meter.anomaly.finding import Compared, Finding
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State
from custom_components.csj_meter.anomaly.rules import RULES
from custom_components.csj_meter.anomaly.wording import advice, message as told
from custom_components.csj_meter.language import dates
from custom_components.csj_meter.language.texts import GROUPS, english, placeholders_of

from ..languages import Asked, long_words
from .found import START, at, found
from .html_check import Page

OURS: Final = GROUPS - {"buttons", "insights", "logbook", "problems", "statement"}
"""Groups of texts whose every user is on this floor or below."""

FREE: Final = "seen."
"""Sentences that are given all there is to say, and say what suits them."""

FIGURES: Final[tuple[dict[str, Any], ...]] = (
    {"value": 171.0, "low": 180.0, "high": 260.0, "expected": 230.0},
    {"value": 1900.0, "low": None, "high": 486.0},
    {"value": 0.0, "low": 0.4},
    {"value": 3.0, "low": None, "expected": 5.0},
    {"value": None, "low": None},
)
SPANS: Final = (1, 300, 5000)
"""Minutes."""

COMPARED: Final = (
    None,
    *(
        Compared(days=30, weekday=day[0], workday=day[1], hour=hour)
        for day in ((None, None), (None, True), (None, False), *((number, None) for number in range(7)))
        for hour in (None, 3, 9, 14, 19, 23)
    ),
)


def findings() -> Iterator[Finding]:
    """All kinds, in all states and scopes, with whatever may be known of them."""
    for kind, state, scope in product(Kind, State, Scope):
        rule = RULES[kind]
        for figures, span, (lost, active) in product(
            FIGURES, SPANS, ((False, False), (True, False), (False, True))
        ):
            one = found(
                "A",
                state,
                kind=kind,
                scope=scope,
                since=-span,
                quantity=f"{rule.quantity}_l1" if rule.by_phase else rule.quantity,
                phase=1 if rule.by_phase else None,
                **figures,
            )
            yield replace(one, advice=advice_of(kind, scope, {}, gateway_lost=lost, neighbours_active=active))


def alerts() -> Iterator[Alert]:
    """All kinds in all states, of meters and circuits."""
    severities, scopes, figures = cycle(Severity), cycle((Scope.AREA, Scope.PHASE, *Scope)), cycle(FIGURES)
    for kind, state in product(Kind, AlertState):
        severity, scope = next(severities), next(scopes)
        over = state is AlertState.CLEARED
        finding = found(
            kind=kind, scope=scope, circuit="street" if severity is Severity.INFO else None, **next(figures)
        )
        yield Alert(
            id=f"{kind}{state}",
            finding=finding,
            state=state,
            severity=severity,
            raised_at=START,
            confirmed_at=at(2),
            cleared_at=at(90) if over else None,
            repaired_by="Bob" if over and severity is Severity.INFO else None,
            acknowledged_by=None if severity is Severity.INFO else "Ada",
            shelved_until=at(60) if severity is Severity.INFO else None,
            false_alarm_at=at(5) if severity is Severity.WARNING else None,
            members=("x",) if scope is Scope.AREA else (),
            ticket="WO-1",
            drill=severity is Severity.CRITICAL,
        )


def message(reason: Reason, *, drill: bool = False) -> Message:
    return Message(
        id="m",
        alerts=(),
        channel="mail",
        person="Ada",
        reason=reason,
        created_at=START,
        not_before=START,
        drill=drill,
    )


def tell_messages(wording: Wording) -> Iterator[str]:
    """Every reason over every medium, of every alert."""
    neighbours = [
        replace(one, id=f"n{number}", finding=replace(one.finding, serial=f"N{number}"))
        for number, one in zip(range(30), alerts(), strict=False)
    ]
    for alert, reason in product(alerts(), Reason):
        many = neighbours[: {Severity.CRITICAL: 1, Severity.WARNING: 20, Severity.INFO: 23}[alert.severity]]
        members = {alert.id: many} if alert.is_area else {}
        for shown in ([alert], [alert, *neighbours[: len(many)]]):
            one = message(reason, drill=alert.drill)
            yield wording.message_title(one, shown, "Phone")
            yield wording.message_text(one, shown, at(20), members)
            yield wording.sms(one, shown, at(20))
            html = alert_html(wording, one, shown, members, at(20), open_url="https://home.example.org")
            yield Page(html).text
    for alert in alerts():
        yield standing(alert, wording)
        yield wording.text(alert, neighbours[:6])
        yield wording.text(alert, neighbours[:7])


def summaries() -> Iterator[Summary]:
    """Weeks in which much happened, little, and nothing."""
    spread = Spread(n=9, median=90.0, p90=7300.0)
    slow = Spread(n=9, median=7100.0, p90=90_000 * 3.0)
    figures = Kpis(
        since=at(-10080),
        until=START,
        alarms=2,
        alarms_per_meter_month=0.04,
        detection=spread,
        confirmation=slow,
        acknowledgement=spread,
        clearing=spread,
        false_alarm_share=0.5,
        escalated_share=0.001,
        chattering=1,
        delivery_success=1.0,
        pages_per_person_day=2.0,
        communication_availability=0.9999,
        top_up_success=0.5,
    )
    days = (None, 0.0, 0.4, 1.2, 3.0, 400.0)
    meters = tuple(
        MeterWeek(serial=f"{n}", name=f"Home {n}", usage=4.0, usage_before=9.0, balance=1.0, days_left=left)
        for n, left in enumerate(days * 4)
    )
    several = tuple(alerts())
    for count, before, many in product((0, 1, 2), (None, 9.0, 4.0, 1.0), (1, 2, 3)):
        yield Summary(
            since=START - dt.timedelta(days={1: 0, 2: 20, 3: 400}[many]),
            until=START + dt.timedelta(days=7),
            meters=tuple(replace(meter, usage_before=before) for meter in meters[: 12 * many]),
            kpis=replace(figures, alarms=count),
            open=several[:count],
            over=tuple(one for one in several if not one.is_open)[: 30 * count],
            findings=tuple(one for one in several if one.severity is Severity.INFO and one.is_open)[:count],
            tips=tuple(Tip(alert=several[0], others=others) for others in range(many)),
        )


@pytest.fixture(scope="module")
def asked() -> Asked:
    """What was asked for when everything was told once."""
    asked = Asked(english())
    wording = Wording(texts=asked, zone=ZoneInfo("Europe/Berlin"), names={"A": "Elm Row 1"})
    said = []
    for finding in findings():
        said += [told(asked, finding, wording.zone), *(advice(asked, key) for key in finding.advice.causes)]
    habits = [replace(found(kind=Kind.STUCK_LOAD), compared=compared) for compared in COMPARED]
    said += [told(asked, finding, wording.zone) for finding in habits]
    said += tell_messages(wording)
    for summary in summaries():
        said += [summary_text(summary, wording), Page(summary_html(summary, wording, START)).text]
    said += [moment(START + dt.timedelta(days=29 * month), wording) for month in range(13)]
    said += [dates.date_and_time(asked, START), dates.month_and_year(asked, START)]
    said += [wording.who(nameless) for nameless in Nameless]
    assert all(said)
    assert not [text for text in said if "{" in text or "None" in text]
    return asked


def test_every_text_is_told_and_every_text_that_is_told_is_there(asked: Asked) -> None:
    ours = {key for key in english().templates if key.partition(".")[0] in OURS}

    assert ours - asked.words.keys() == set()
    assert {key for key in asked.words if key.partition(".")[0] in OURS} == ours


def test_a_text_has_room_for_every_word_that_it_is_given_and_for_no_other(asked: Asked) -> None:
    for key, words in asked.words.items():
        wanted = placeholders_of(english().templates[key])
        if key.startswith(FREE):
            assert all(wanted <= given for given in words), key
        else:
            assert words == {wanted}, key


def test_no_word_for_a_sentence_is_without_use(asked: Asked) -> None:
    """What sentences of findings are given is there because one of them says it."""
    given = {
        name for key, words in asked.words.items() if key.startswith(FREE) for name in set().union(*words)
    }
    said = {
        name
        for key in asked.words
        if key.startswith(FREE)
        for name in placeholders_of(english().templates[key])
    }

    assert given == said


def test_everything_can_be_told_in_a_language_of_long_words() -> None:
    wording = Wording(texts=long_words(english(), 1.4), zone=dt.UTC, names={"A": "Elm Row 1"})

    assert all(tell_messages(wording))


def test_every_kind_and_severity_has_a_name_of_its_own() -> None:
    wording = Wording(texts=english(), zone=dt.UTC)

    assert len({wording.kind(kind) for kind in Kind}) == len(Kind)
    assert len({wording.severity(severity) for severity in Severity}) == len(Severity)


@pytest.mark.parametrize("reason", sorted(AFTERWARDS))
def test_who_has_no_name_is_called_something_in_every_language(reason: Reason) -> None:
    texts = Asked(english())
    wording = Wording(texts=texts, zone=dt.UTC)
    for nameless in Nameless:
        one = replace(
            next(alerts()),
            acknowledged_by=nameless.value,
            false_alarm_by=nameless.value,
            repaired_by=nameless.value,
        )
        wording.why(reason, replace(one, state=AlertState.CLEARED), at(2))

    people = {key for key in texts.words if key.startswith("people.")}
    assert people == (
        {f"people.{one.name.lower()}" for one in Nameless} if reason is not Reason.JOINED else set()
    )
