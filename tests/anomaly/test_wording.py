"""Findings as sentences."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.csj_meter.anomaly.advice import advice_of
from custom_components.csj_meter.anomaly.channels import CHANNELS
from custom_components.csj_meter.anomaly.finding import Compared, Finding
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State
from custom_components.csj_meter.anomaly.rules import RULES
from custom_components.csj_meter.anomaly.wording import compared_with, duration, message, seen
from custom_components.csj_meter.language.texts import english

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = int(dt.datetime(2026, 3, 3, 2, 15, tzinfo=dt.UTC).timestamp()) // 60


def finding(
    kind: Kind, *, minutes: float | None = None, scope: Scope = Scope.UNKNOWN, **said: Any
) -> Finding:
    """A confirmed one, of a Tuesday, a quarter past three in the morning in Berlin."""
    rule = RULES[kind]
    phase = said.get("phase")
    known: dict[str, Any] = {
        "at": NIGHT,
        "serial": "240000000017",
        "kind": kind,
        "severity": Severity.WARNING,
        "state": State.CONFIRMED,
        "since": NIGHT - 2,
        "quantity": rule.quantity if phase is None else f"{rule.quantity}_l{phase}",
        "scope": scope,
        "advice": advice_of(kind, scope, {} if minutes is None else {"minutes": minutes}),
    }
    return Finding(**known | said)


def told_of(found: Finding) -> str:
    return seen(english(), found, BERLIN)


def test_a_load_is_told_with_what_is_usual_for_that_night() -> None:
    found = finding(
        Kind.STUCK_LOAD,
        minutes=225,
        value=1900,
        expected=310,
        low=204,
        high=486,
        compared=Compared(days=30, hour=3, weekday=1),
    )

    assert told_of(found) == "At least 1.9 kW for 3 h; usual for Tuesday nights: 0.2 to 0.5 kW."


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (38.2, 79.6, "38 to 80 W"),
        (0, 486, "0 to 0.5 kW"),
        (40, 1520, "40 W to 1.5 kW"),
        (1204, 12_860, "1.2 to 12.9 kW"),
        (None, 486, "up to 0.5 kW"),
        (204, None, "at least 0.2 kW"),
        (None, None, "an unknown value"),
    ],
)
def test_a_band_is_told_in_the_unit_that_suits_it(low: float | None, high: float | None, told: str) -> None:
    found = finding(Kind.LEAK, minutes=1440, value=1900, low=low, high=high, compared=Compared(days=30))

    assert told_of(found) == f"Never below 1.9 kW for 24 h; usual: {told}."


def test_small_loads_stay_in_watts() -> None:
    found = finding(Kind.DRIFT, value=211.26, low=120.4, high=8.26)

    assert told_of(found) == "The base load has crept up to 211 W; weeks ago it was 120 to 8.3 W."


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (
            finding(Kind.VOLTAGE_SAG, phase=2, value=179.3, low=179.4),
            "179.3 V at phase 2; at least 179.4 V is allowed.",
        ),
        (finding(Kind.FREQUENCY, value=50.62, low=49.5, high=50.5), "50.62 Hz; allowed are 49.5 to 50.5 Hz."),
        (
            finding(Kind.PHASE_IMBALANCE, value=17.96, high=15),
            "The phase voltages differ by 18 %; 15 % is allowed.",
        ),
        (finding(Kind.POWER_FACTOR, value=0.412), "The power factor is 0.41 under load."),
        (finding(Kind.OVERLOAD, phase=1, value=80.04, high=80), "80 A at phase 1; the meter carries 80 A."),
        (finding(Kind.REVERSE_ENERGY, value=-0.01), "0 W fed back by a meter that has never done so."),
        (finding(Kind.REVERSE_ENERGY, value=-640.0), "640 W fed back by a meter that has never done so."),
        (
            finding(Kind.DAILY_SHAPE, value=812, high=464),
            "Yesterday 812 W were used at other hours than usual; up to 464 W are no surprise.",
        ),
        (finding(Kind.OUTAGE, value=0.0), "No voltage since 03:13."),
        (
            finding(Kind.METER_SILENT, since=NIGHT - 300),
            "No measurements since Mon 2 March, 22:15.",
        ),
        (
            finding(Kind.ZERO_CURRENT, value=0.0, since=NIGHT),
            "No current for 1 min with voltage present; this meter never rests at zero.",
        ),
    ],
    ids=lambda value: value.kind if isinstance(value, Finding) else "",
)
def test_figures_have_their_unit_and_no_digits_that_say_nothing(found: Finding, told: str) -> None:
    assert told_of(found) == told


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (0, "1 min"),
        (5, "5 min"),
        (119, "119 min"),
        (120, "2 h"),
        (239, "3 h"),
        (2879, "47 h"),
        (2880, "2 days"),
    ],
)
def test_a_duration_is_never_told_longer_than_it_was(minutes: int, told: str) -> None:
    assert duration(english(), minutes) == told


@pytest.mark.parametrize(
    ("compared", "told"),
    [
        (Compared(days=30), "this meter"),
        (Compared(days=30, weekday=6), "Sundays"),
        (Compared(days=30, weekday=6, hour=6), "Sunday mornings"),
        (Compared(days=30, hour=5), "nights"),
        (Compared(days=30, hour=12), "afternoons"),
        (Compared(days=30, hour=18), "evenings"),
        (Compared(days=30, hour=22), "nights"),
        (Compared(days=30, workday=True), "workdays"),
        (Compared(days=30, workday=False), "days off"),
        (Compared(days=30, workday=True, hour=9), "workday mornings"),
        (Compared(days=30, workday=False, hour=9), "mornings of days off"),
    ],
)
def test_what_it_was_compared_with_is_told_as_people_say_it(compared: Compared, told: str) -> None:
    assert compared_with(english(), compared) == told


def test_a_message_says_what_was_seen_how_far_it_reaches_and_what_to_do() -> None:
    found = finding(Kind.VOLTAGE_SAG, scope=Scope.AREA, phase=1, value=170.0, low=179.4)

    assert message(english(), found, BERLIN) == (
        "170 V at phase 1; at least 179.4 V is allowed. The whole circuit. "
        "Report it to the network operator; it is not the home."
    )


def test_nobody_is_sent_out_for_what_is_only_suspected() -> None:
    found = finding(Kind.VOLTAGE_SAG, state=State.SUSPECTED, phase=1, value=170.0, low=179.4)

    assert message(english(), found, BERLIN) == "170 V at phase 1; at least 179.4 V is allowed."


def test_what_is_over_is_told_as_over() -> None:
    found = finding(Kind.OUTAGE, state=State.CLEARED, since=NIGHT - 35, value=230.1)

    assert message(english(), found, BERLIN) == "Normal again after 35 min."


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: f"{channel.kind}-{channel.phase}")
def test_every_kind_can_be_told_even_when_nothing_is_known_of_it(channel: Any) -> None:
    found = finding(channel.kind, phase=channel.phase)

    told = message(english(), found, BERLIN)

    assert told
    assert "{" not in told
    assert "None" not in told
