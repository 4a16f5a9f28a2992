"""The state of a meter in a sentence: which of several is told, and that each has its words."""

from __future__ import annotations

from dataclasses import replace
import datetime as dt
from decimal import Decimal
import json
from pathlib import Path
import re

import numpy as np
import pytest

from custom_components import csj_meter
from custom_components.csj_meter.alerts.alert import Alert, AlertState
from custom_components.csj_meter.anomaly.advice import advice_of
from custom_components.csj_meter.anomaly.baseline import Expected, Reference
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State
from custom_components.csj_meter.insights.facts import Facts
from custom_components.csj_meter.insights.money import credit_of
from custom_components.csj_meter.insights.said import Amount, Moment, Sentence, Span, Word
from custom_components.csj_meter.insights.state import KEYS, WITHOUT_ALERT, State as Told, state_of
from custom_components.csj_meter.insights.wording import LONGEST_STATE, Teller
from custom_components.csj_meter.language.texts import english
from custom_components.csj_meter.prepay.forecast import Confidence, Forecast, Outlook

from ..anomaly.stories import BERLIN
from ..languages import long_words
from .test_tips import START, facts_of, usual

NOW = START + 40 * 1440 + 720
TEXTS = json.loads((Path(csj_meter.__file__).parent / "translations" / "en.json").read_text(encoding="utf-8"))
OURS = TEXTS["config_panel"]["insights"]


def alert(kind: Kind, severity: Severity, ago: int, state: AlertState = AlertState.CONFIRMED) -> Alert:
    """An alert that began so many minutes ago."""
    since = NOW - ago
    finding = Finding(
        at=since + 3,
        serial="A",
        kind=kind,
        severity=severity,
        state=State.CONFIRMED,
        since=since,
        quantity="active_power",
        advice=advice_of(kind, Scope.UNKNOWN, {}, gateway_lost=False, neighbours_active=False),
    )
    at = dt.datetime.fromtimestamp(since * 60, dt.UTC)
    return Alert(id=f"{kind}{ago}", state=state, finding=finding, severity=severity, raised_at=at)


def told(facts: Facts) -> str:
    return Teller(english(), BERLIN, facts.now).sentence(state_of(facts).sentence)


def with_alerts(*alerts: Alert) -> Facts:
    return facts_of(usual(), alerts=alerts, known_days=30)


def test_the_worst_is_told_and_of_those_the_newest() -> None:
    old = alert(Kind.LEAK, Severity.WARNING, 3000)
    new = alert(Kind.HIGH_USAGE, Severity.WARNING, 55)
    worst = alert(Kind.VOLTAGE_SAG, Severity.CRITICAL, 1500)

    assert told(with_alerts()) == "All quiet"
    assert told(with_alerts(old, new)) == "High usage since 11:05"
    assert told(with_alerts(old, worst, new)) == "Voltage issue detected since Fri 12 June, 11:00"
    assert state_of(with_alerts(old, worst)).severity == "critical"


@pytest.mark.parametrize("state", [AlertState.SUSPECTED, AlertState.SHELVED, AlertState.FALSE_ALARM])
def test_what_people_want_to_hear_nothing_of_is_not_told(state: AlertState) -> None:
    assert state_of(with_alerts(alert(Kind.LEAK, Severity.WARNING, 60, state))).key == "all_quiet"


def test_a_drill_is_no_state() -> None:
    drill = replace(alert(Kind.OUTAGE, Severity.CRITICAL, 5), drill=True)

    assert state_of(with_alerts(drill)).key == "all_quiet"


def test_a_supply_that_is_switched_off_explains_more_than_an_unusual_day() -> None:
    info, warning = alert(Kind.LOW_USAGE, Severity.INFO, 60), alert(Kind.LEAK, Severity.WARNING, 60)

    assert told(replace(with_alerts(info), supply=False)) == "Supply switched off"
    assert state_of(replace(with_alerts(warning), supply=False)).key == "leak"
    assert state_of(replace(with_alerts(), supply=True)).key == "all_quiet"


def test_what_those_before_them_did_is_no_state_of_those_who_moved_in() -> None:
    leak, sag = alert(Kind.LEAK, Severity.WARNING, 3000), alert(Kind.VOLTAGE_SAG, Severity.WARNING, 4000)
    after = alert(Kind.STUCK_LOAD, Severity.WARNING, 60)

    def key(*alerts: Alert, days: float) -> str:
        return state_of(replace(with_alerts(*alerts), moved_in=NOW - round(days * 1440))).key

    assert key(leak, days=3) == "leak"
    assert key(leak, days=1) == "learning"
    assert key(leak, sag, days=1) == "voltage_issue"
    assert key(leak, after, days=1) == "load_stays_on"


def hours_of(known_days: int, *energy: float) -> Facts:
    """The same home, with the hours of today so far, of which 50 to 200 Wh are usual in each."""
    facts = facts_of(usual())
    hours, count = facts.hours, len(energy)
    start = START + 40 * 1440
    more = replace(
        hours,
        starts=np.append(hours.starts, start + 60 * np.arange(count)),
        dates=np.append(hours.dates, np.full(count, hours.dates[-1] + 1)),
        of_day=np.append(hours.of_day, np.arange(count)),
        energy=np.append(hours.energy, energy),
        export=np.append(hours.export, np.zeros(count)),
        tariffs=np.vstack([hours.tariffs, np.zeros((count, 8))]),
        power_factor=np.append(hours.power_factor, np.ones(count)),
    )
    expected = {
        start + 60 * hour: Expected(
            power=100.0, low=50.0, high=200.0, reference=Reference.ALL_DAYS, days=30, sure=1.0
        )
        for hour in range(24)
    }
    return replace(facts, hours=more, expected=expected, now=start + 60 * count + 5, known_days=known_days)


def test_hours_above_what_is_usual_are_told_without_an_alert() -> None:
    assert told(hours_of(30, 0.1, 0.1, 0.9, 0.8)) == "More used than usual since 02:00"
    assert state_of(hours_of(30, 0.1, 0.9, 0.8, 0.1)).key == "all_quiet"
    assert state_of(hours_of(30, 0.1, 0.1, 0.9)).key == "all_quiet"
    assert state_of(hours_of(30, 0.1, 0.9, float("nan"))).key == "all_quiet"


def test_what_was_hours_ago_is_not_how_it_is() -> None:
    facts = hours_of(30, 0.1, 0.9, 0.9)

    assert state_of(replace(facts, now=facts.now + 300)).key == "all_quiet"


def test_what_is_still_learnt_is_said() -> None:
    assert told(hours_of(5, 0.1)) == "All quiet, still learning what is usual"


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_state_with_words(kind: Kind) -> None:
    for language in (english(), long_words(english(), 1.6)):
        teller = Teller(language, BERLIN, NOW)
        state = state_of(with_alerts(alert(kind, Severity.WARNING, 5000)))
        assert 0 < len(teller.sentence(state.sentence)) <= LONGEST_STATE


def test_every_state_is_asked_for() -> None:
    assert {key.removeprefix("state_") for key in OURS if key.startswith("state_")} == {
        *KEYS.values(),
        *WITHOUT_ALERT,
    }
    assert Told(key="all_quiet", severity="ok").sentence == Sentence("state_all_quiet")


def test_every_sentence_is_asked_for() -> None:
    folder = Path(csj_meter.__file__).parent
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for room in ("insights", "actions", "advising", "assist", "history")
        for path in (folder / room).glob("*.py")
    )
    asked = set(re.findall(r'"(?:insights\.)?([a-z_]+)"', code))
    for counted in re.findall(r'\.counted\("insights\.([a-z_]+)"', code):
        asked |= {f"{counted}_one", f"{counted}_other"}
    begun = {*("state", "trend", "base_load", "figure", "appliance", "tip")}

    missing = [
        key
        for key in OURS
        if key not in asked and not any(key.startswith(f"{beginning}_") for beginning in begun)
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("outlook", "days", "text"),
    [
        (Outlook.EMPTY, 0.0, "The credit is used up."),
        (Outlook.LASTS, None, "The credit lasts for over a year."),
        (Outlook.UNKNOWN, None, "How long the credit lasts is not known yet."),
        (Outlook.RUNS_OUT, 0.4, "The credit lasts less than a day."),
        (Outlook.RUNS_OUT, 1.9, "The credit lasts about 1 day."),
        (Outlook.RUNS_OUT, 12.2, "The credit lasts about 12 days."),
    ],
)
def test_credit_is_told_in_whole_days(outlook: Outlook, days: float | None, text: str) -> None:
    forecast = Forecast(
        outlook=outlook,
        confidence=Confidence.HIGH,
        days=days,
        earliest=None,
        latest=None,
        runs_out_at=None,
        per_day=Decimal(1),
        known_days=28,
    )
    credit = credit_of(forecast)

    assert credit is not None
    assert Teller(english(), BERLIN, NOW).sentence(credit.sentence) == text


@pytest.mark.parametrize(
    ("param", "text"),
    [
        (Amount(2412.0, "W"), "2.4 kW"),
        (Amount(92.4, "W"), "92 W"),
        (Amount(12.345, "kWh"), "12.3 kWh"),
        (Amount(12.0, "kWh"), "12 kWh"),
        (Amount(12.3, "EUR"), "12.30 EUR"),
        (Amount(18.2, "%"), "18 %"),
        (Amount(1.0, "days"), "1 day"),
        (Span(22, 6), "22:00 to 06:00"),
        (Word("appliance_pump"), "a pump or a fan"),
        (Moment(NOW - 60), "11:00"),
        (Moment(NOW - 1440), "Fri 12 June, 12:00"),
    ],
)
def test_figures_are_told_as_people_read_them(param: Amount | Span | Word | Moment, text: str) -> None:
    assert Teller(english(), BERLIN, NOW).param(param) == text
