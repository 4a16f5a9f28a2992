"""What people read in English, and in an SMS of any language."""

from __future__ import annotations

from dataclasses import replace
import datetime as dt

import pytest

from custom_components.csj_meter.alerts.alert import Alert, AlertState
from custom_components.csj_meter.alerts.alert_html import alert_html
from custom_components.csj_meter.alerts.mail_wording import seen_since, standing
from custom_components.csj_meter.alerts.message import AFTERWARDS, PAGES, Message, Reason
from custom_components.csj_meter.alerts.sms import ALPHABET, SMS_LENGTH, UNICODE_LENGTH
from custom_components.csj_meter.alerts.wording import Wording, short
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State
from custom_components.csj_meter.anomaly.own_past import LOOKS_BACK
from custom_components.csj_meter.anomaly.rules import RULES
from custom_components.csj_meter.language.texts import Texts, english

from ..languages import long_words
from .found import START, at, found

LONG = (
    "Hausverwaltung Größenwahn & Söhne, Straße des 17. Juni 135, 3. Hinterhof links, ½ Treppe – Zähler " * 3
)
NAMES = ("A", "Elm Row 1", LONG, "日本語の名前" * 20)
LONG_WORDS = long_words(english(), 1.4)
ABOUT_ALERTS = sorted(PAGES | AFTERWARDS)


def alert(kind: Kind = Kind.VOLTAGE_SAG, *, area: bool = False, **others: object) -> Alert:
    rule = RULES[kind]
    finding = found(
        kind=kind,
        quantity=f"{rule.quantity}_l1" if rule.by_phase else rule.quantity,
        scope=Scope.AREA if area else Scope.INDIVIDUAL,
        circuit=LONG if area else "street",
        value=171.0,
        low=180.0,
        high=260.0,
        expected=230.0,
    )
    facts = {"state": AlertState.CONFIRMED, "confirmed_at": at(2), "members": ("x",) if area else ()} | others
    return Alert(
        id="a",
        finding=finding,
        severity=Severity.CRITICAL,
        raised_at=START,
        **facts,  # type: ignore[arg-type]
    )


def message(reason: Reason, count: int = 1, *, drill: bool = False) -> Message:
    return Message(
        id="m",
        alerts=tuple(map(str, range(count))),
        channel="sms",
        person="Ada",
        reason=reason,
        created_at=START,
        not_before=START,
        drill=drill,
    )


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("reason", ABOUT_ALERTS)
@pytest.mark.parametrize("texts", [english(), LONG_WORDS], ids=["english", "long words"])
def test_a_text_message_has_room_and_says_what_and_where(texts: Texts, kind: Kind, reason: Reason) -> None:
    for name in NAMES:
        for area in (False, True):
            for over in (None, "Normal", "Bob " * 60):
                one = alert(
                    kind,
                    area=area,
                    drill=over is None and area,
                    acknowledged_by=LONG,
                    shelved_until=at(60),
                    state=AlertState.CONFIRMED if over is None else AlertState.CLEARED,
                    cleared_at=None if over is None else at(90),
                    repaired_by=over if over != "Normal" else None,
                )
                wording = Wording(texts=texts, zone=dt.UTC, names={"A": name})
                told = wording.sms(message(reason), [one], at(20))

                assert len(told) <= SMS_LENGTH
                assert set(told) <= ALPHABET - {"\n"}
                assert wording.kind(kind) in told
                assert "{" not in told


def test_letters_that_every_telephone_has_stay_and_others_become_what_looks_like_them() -> None:
    assert short(english(), "Küche, Größe à 5 €", "Ação – „nível“ [±3 °]") == (
        'Küche, Größe à 5 EUR. Acao - "nivel" (+/-3  deg)'
    )
    assert short(english(), "日本", "Ł") == "??. ?"


def test_what_does_not_fit_one_sms_goes_the_last_first() -> None:
    told = short(english(), "Statement", "October.", "Cost: 12 EUR.", "x" * 140)

    assert told == "Statement. October. Cost: 12 EUR."


def test_an_emoji_takes_two_places_of_an_sms() -> None:
    texts = Texts("zh", {**english().templates, "messages.test": "告警测试"})
    told = short(texts, "🏠" * 40, "电")

    assert len(told.encode("utf-16-le")) // 2 == UNICODE_LENGTH - 1, "half an emoji is none"
    assert told.endswith("🏠...")


def test_a_language_in_other_letters_has_the_room_that_one_sms_has_for_them() -> None:
    test = {"messages.test": "告警测试"}
    wording = Wording(
        texts=Texts("zh", {**english().templates, **test}), zone=dt.UTC, names={"A": "日本語の名前"}
    )
    told = wording.sms(message(Reason.CONFIRMED), [alert()], at(20))

    assert "日本語の名前" in told
    assert len(told) <= UNICODE_LENGTH


@pytest.mark.parametrize("reason", ABOUT_ALERTS)
@pytest.mark.parametrize("state", [State.CONFIRMED, State.CLEARED])
def test_no_placeholder_is_left_in_any_text(reason: Reason, state: State) -> None:
    wording = Wording(texts=english(), zone=dt.UTC, names={"A": "Elm Row 1"})
    for kind in Kind:
        one = alert(kind) if state is State.CONFIRMED else alert(kind, state=AlertState.CLEARED)
        for text in (
            wording.message_title(message(reason), [one]),
            wording.message_text(message(reason), [one], at(20)),
            *wording.causes(one),
            wording.action(one),
        ):
            assert text
            assert "{" not in text


COMPARED = [kind for kind in Kind if kind in LOOKS_BACK]
A_MONTH = 33 * 24 * 60


@pytest.mark.parametrize("kind", COMPARED)
def test_nobody_learns_from_an_alert_how_those_lived_who_were_there_before(kind: Kind) -> None:
    one = replace(alert(kind), finding=replace(alert(kind).finding, value=4321.0, low=1234.5, high=2345.6))
    since = one.finding.since

    def told(moved_in: int) -> list[str]:
        wording = Wording(texts=english(), zone=dt.UTC, moved_in={"A": moved_in})
        said = message(Reason.CONFIRMED)
        return [
            wording.seen(one),
            seen_since(one, wording),
            wording.message_text(said, [one], at(20)),
            wording.sms(said, [one], at(20)),
            alert_html(wording, said, [one], {}, at(20)),
            alert_html(wording, message(Reason.CONFIRMED, 2), [one, one], {}, at(20)),
        ]

    theirs = told(since - 65 * 1440)
    told_least = told(since - A_MONTH + 1)
    assert theirs == told(0)
    for before, now in zip(theirs, told_least, strict=True):
        assert "Since Mon 2 November, 12:00" in now
        assert before != now
        for figure in ("1.2 ", "1234", "2.3 ", "2345", "Usual or allowed"):
            assert figure not in now, now
    assert Wording(texts=english(), zone=dt.UTC).action(one) in told_least[2]


def test_rules_that_ask_for_no_habits_are_told_to_those_who_have_just_moved_in() -> None:
    wording = Wording(texts=english(), zone=dt.UTC, moved_in={"A": alert().finding.since})

    assert "at least 180 V is allowed" in wording.seen(alert())


def test_what_is_over_is_called_so() -> None:
    wording = Wording(texts=english(), zone=dt.UTC, names={"A": "Elm Row 1"})
    over = alert(state=AlertState.CLEARED, cleared_at=at(90))

    assert wording.title(alert()) == "Critical: Voltage sag, Elm Row 1"
    assert wording.title(over) == "Over: Voltage sag, Elm Row 1"
    assert wording.sms(message(Reason.CLEARED), [over], at(90)) == (
        "Over: Voltage sag, Elm Row 1. Normal again after 90 min."
    )
    repaired = replace(over, repaired_by="Bob")
    assert wording.how_it_ended(repaired) == "Bob has repaired it."


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (Reason.ACKNOWLEDGED, "Critical: Voltage sag, Elm Row 1. Ada sees to it."),
        (Reason.FALSE_ALARM, "Critical: Voltage sag, Elm Row 1. Bob says that nothing is wrong."),
        (Reason.JOINED, "Critical: Voltage sag, Elm Row 1. It is part of an alert of the whole circuit."),
    ],
)
def test_what_others_have_answered_asks_nobody_for_anything_more(reason: Reason, told: str) -> None:
    wording = Wording(texts=english(), zone=dt.UTC, names={"A": "Elm Row 1"})
    answered = alert(acknowledged_by="Ada", false_alarm_by="Bob")

    assert wording.action(answered)
    assert wording.sms(message(reason), [answered], at(20)) == told


def test_why_somebody_hears_of_it_again() -> None:
    wording = Wording(texts=english(), zone=dt.timezone(dt.timedelta(hours=1)), names={})
    one = alert(acknowledged_by="Ada", shelved_until=at(60))

    assert wording.why(Reason.CONFIRMED, one, at(12)) == ""
    assert wording.why(Reason.ESCALATED, one, at(12)) == "Nobody has acknowledged it for 10 min."
    assert wording.why(Reason.CHATTERING, one, at(12)).endswith("announced again before 14:00.")
    tomorrow = alert(shelved_until=at(25 * 60))
    assert wording.why(Reason.CHATTERING, tomorrow, at(12)).endswith("before Tue 3 November, 14:00.")
    assert wording.why(Reason.ACKNOWLEDGED, one, at(12)) == "Ada sees to it."
    assert wording.why(Reason.FALSE_ALARM, one, at(12)) == "Somebody says that nothing is wrong."


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("automation", "An automation sees to it"),
        ("repair issue", "Somebody in Repairs sees to it"),
        (None, "Somebody sees to it"),
        ("ada", "ada sees to it"),  # people write their own names
    ],
)
def test_who_has_no_name_stands_large_at_the_beginning_of_a_sentence(by: str | None, said: str) -> None:
    wording = Wording(texts=english(), zone=dt.UTC)
    one = alert(state=AlertState.ACKNOWLEDGED, acknowledged_by=by)

    assert wording.why(Reason.ACKNOWLEDGED, one, at(12)) == f"{said}."
    assert standing(one, wording) == said


def test_what_came_together_is_told_with_the_worst_first_and_an_end() -> None:
    wording = Wording(texts=english(), zone=dt.UTC, names={"A": "Elm Row 1"})
    many = [alert(), *(alert(Kind.OVERLOAD) for _ in range(29))]
    title = wording.message_title(message(Reason.CONFIRMED, 30), many)
    lines = wording.message_text(message(Reason.CONFIRMED, 30), many, at(3)).splitlines()

    assert title == "30 alerts, the worst critical: Voltage sag, Elm Row 1"
    assert wording.sms(message(Reason.CONFIRMED, 30), many, at(3)) == title
    assert lines[0] == "- Critical: Voltage sag, Elm Row 1"
    assert lines[-1] == "and 10 more"
    assert len(lines) == 21
    assert wording.message_title(message(Reason.CONFIRMED, 30, drill=True), many).startswith("DRILL 30")


def test_a_circuit_names_its_meters_and_how_many_more() -> None:
    members = [replace(alert(), finding=found(str(number))) for number in range(8)]
    area = alert(area=True)
    text = Wording(texts=english(), zone=dt.UTC, names={"0": "Elm Row 1"}).text(area, members)

    assert "Meters: 1, 2, 3, 4, 5 and 3 more." in text


def test_a_circuit_names_a_meter_once_whatever_the_number_of_its_phases() -> None:
    members = [
        replace(alert(), finding=found(serial, phase=phase)) for serial in ("A", "B") for phase in (1, 2, 3)
    ]
    text = Wording(texts=english(), zone=dt.UTC, names={"A": "Mill Lane 3"}).text(alert(area=True), members)

    assert "Meters: B, Mill Lane 3." in text


def test_a_test_says_that_it_is_one() -> None:
    wording = Wording(texts=english(), zone=dt.UTC)

    assert wording.message_title(message(Reason.TEST, 0), [], "Phone") == "Test of Phone"
    assert wording.sms(message(Reason.TEST, 0), [], START) == english()("messages.test")
