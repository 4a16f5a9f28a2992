"""Tips out of made-up weeks: what there is a reason for, and the days on which it is told."""

from __future__ import annotations

from dataclasses import replace
import datetime as dt
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from custom_components.csj_meter.alerts.alert import Alert, AlertState
from custom_components.csj_meter.anomaly.advice import advice_of
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State
from custom_components.csj_meter.insights.base_load import base_load_of
from custom_components.csj_meter.insights.days import days_of
from custom_components.csj_meter.insights.facts import Facts, Hours, Ints
from custom_components.csj_meter.insights.insight import insights_of
from custom_components.csj_meter.insights.said import Amount, Sentence, Span, Word
from custom_components.csj_meter.insights.steps import appliance_of, step_of
from custom_components.csj_meter.insights.tips import Tip, reasons
from custom_components.csj_meter.meters.sample import MINUTE
from custom_components.csj_meter.prepay.tariffs import Prices
from custom_components.csj_meter.telemetry.columns import Floats

from ..anomaly.stories import BERLIN

DAYS = 40
FIRST = dt.datetime(2026, 5, 4, tzinfo=BERLIN)
"""A Monday; no clock changes in these weeks."""

START = int(FIRST.timestamp()) // MINUTE


def facts_of(energy: Floats, *, factor: float = 0.95, **others: Any) -> Facts:
    """Forty days with so many kWh in each hour; it is noon after them."""
    of_day = np.tile(np.arange(24), DAYS)
    night = (of_day >= 22) | (of_day < 6)
    tariffs = np.zeros((len(of_day), 8))
    tariffs[:, 0], tariffs[:, 1] = np.where(night, 0, energy), np.where(night, energy, 0)
    dates: Ints = FIRST.toordinal() + np.arange(24 * DAYS) // 24
    hours = Hours(
        starts=START + 60 * np.arange(24 * DAYS),
        dates=dates,
        of_day=of_day,
        energy=energy,
        export=np.zeros(len(of_day)),
        tariffs=tariffs,
        power_factor=np.full(len(of_day), factor),
    )
    made = Facts(serial="A", now=START + DAYS * 1440 + 720, zone=BERLIN, hours=hours)
    return replace(made, **others)


def usual() -> Floats:
    """A home with 0.1 kWh an hour, and 1 kWh in the evening."""
    energy = np.full((DAYS, 24), 0.1)
    energy[:, 17:22] = 1.0
    energy += np.random.default_rng(3).uniform(0, 0.02, energy.shape)
    return energy.ravel()


def why(facts: Facts) -> dict[str, Tip]:
    return {tip.kind: tip for tip in reasons(facts, days_of(facts.hours), base_load_of(facts))}


def added(first: int, count: int, kilowatts: float, days: int = 5) -> Floats:
    """The same with something that is on at these hours of the last days."""
    energy = usual().reshape(DAYS, 24)
    for hour in range(first, first + count):
        energy[-days:, hour % 24] += kilowatts
    return energy.ravel()


def test_an_ordinary_home_has_no_reason_for_tips() -> None:
    assert why(facts_of(usual())) == {}


@pytest.mark.parametrize(
    ("first", "count", "kilowatts", "hours", "appliance"),
    [
        (1, 4, 2.0, Span(1, 5), "water_heater"),
        (23, 5, 7.4, Span(23, 4), "car_charger"),
        (9, 6, 1.5, Span(9, 15), "heater"),
        (8, 8, 0.5, Span(8, 16), "pump"),
    ],
)
def test_something_new_is_found_by_its_power_and_its_hours(
    first: int, count: int, kilowatts: float, hours: Span, appliance: str
) -> None:
    tip = why(facts_of(added(first, count, kilowatts)))["appliance"]

    assert tip.sentence.params["hours"] == hours
    assert tip.sentence.params["appliance"] == Word(f"appliance_{appliance}")
    watts = tip.sentence.params["watts"]
    assert isinstance(watts, Amount)
    assert watts.value == pytest.approx(1000 * kilowatts, rel=0.1)
    assert tip.since == FIRST.toordinal() + DAYS - 5
    assert tip.personal


@pytest.mark.parametrize("days", [1, 2, 3])
def test_a_party_is_no_new_appliance(days: int) -> None:
    assert "appliance" not in why(facts_of(added(18, 5, 2.0, days)))


def test_what_is_not_there_any_more_is_no_step() -> None:
    energy = added(1, 4, 2.0).reshape(DAYS, 24)
    energy[-1] = usual().reshape(DAYS, 24)[-1]

    assert step_of(facts_of(energy.ravel()).hours, FIRST.toordinal() + DAYS) is None


@pytest.mark.parametrize("shift", [-1, 1])
def test_what_goes_by_a_clock_of_its_own_is_not_new_when_the_clocks_are_changed(shift: int) -> None:
    energy = usual().reshape(DAYS, 24)
    energy[:, 2:5] += 2.0
    energy[-5:] = np.roll(energy[-5:], shift, axis=1)

    assert step_of(facts_of(energy.ravel()).hours, FIRST.toordinal() + DAYS) is None


def test_much_that_is_always_on_is_worth_a_tip() -> None:
    tip = why(facts_of(usual() + 0.2))["standby"]

    watts = tip.sentence.params["watts"]
    assert isinstance(watts, Amount)
    assert watts.value == pytest.approx(305, abs=10)
    assert "standby" not in why(facts_of(usual() + 0.05))
    assert "standby" not in why(facts_of(usual() + 1.0))  # somebody heats with it, or it is a shop


def test_a_poor_power_factor_is_told_where_there_is_load() -> None:
    tip = why(facts_of(usual(), factor=0.7))["power_factor"]

    percent = tip.sentence.params["percent"]
    assert isinstance(percent, Amount)
    assert percent.value == pytest.approx(42.9, abs=0.1)
    assert "power_factor" not in why(facts_of(np.full(24 * DAYS, 0.05), factor=0.3))


def prices(*each: str) -> dict[str, Any]:
    return {"prices": Prices(tuple(map(Decimal, each))), "currency": "EUR"}


@pytest.mark.parametrize(
    ("each", "is_told"), [(("0.40", "0.20"), True), (("0.30", "0.30"), False), (("0.30", "0.29"), False)]
)
def test_another_tariff_must_be_worth_it(each: tuple[str, str], is_told: bool) -> None:
    assert ("tariff" in why(facts_of(usual(), **prices(*each)))) is is_told


def test_a_cheap_tariff_by_day_is_no_reason_when_nothing_is_used_in_the_dear_one() -> None:
    energy = np.where((np.arange(24 * DAYS) % 24 >= 6) & (np.arange(24 * DAYS) % 24 < 22), 0.5, 0.0)

    assert "tariff" not in why(facts_of(energy, **prices("0.2", "0.4")))


def test_who_sees_no_money_is_told_nothing_of_it() -> None:
    facts = facts_of(added(1, 4, 2.0), **prices("0.40", "0.20"))
    for day in range(8):
        insights = insights_of(replace(facts, now=facts.now + 1440 * day))
        for tip in insights.shown_tips(raw=False, money=False):
            assert not tip.money
            assert not tip.personal
            assert not any(figure.money for figure in tip.figures)
        assert len(insights.shown_tips(raw=True, money=True)) <= 3


@pytest.mark.parametrize("is_news", [True, False])
def test_a_tip_rests_between_its_days(is_news: bool) -> None:
    tip = Tip(id="leak 1", sentence=Sentence("tip_leak"), figures=(), since=100, weight=1, is_news=is_news)
    days = [day for day in range(100, 200) if tip.is_due(day)]

    assert all(later - day > 1 for day, later in pairwise(days))
    assert len(days) in ((17,) if is_news else (33, 34))
    assert days[0] == 100 or not is_news


def test_neighbours_have_the_same_tip_on_different_days() -> None:
    today = FIRST.toordinal()
    days = []
    for number in range(3):
        facts = facts_of(usual(), **prices("0.40", "0.20"), serial=f"CSJ68242100{number}")
        tip = why(facts)["tariff"]
        days.append([day for day in range(today, today + 9) if tip.is_due(day)])
    assert sorted(day for its in days for day in its) == list(range(today, today + 9))


@pytest.mark.parametrize(
    ("other", "is_like"),
    [
        ("appliance 2026-03-02", True),
        ("appliance 2026-03-07", True),
        ("appliance 2026-03-20", False),
        ("base_load 2026-03-02", False),
        ("appliance 0f0f", False),
    ],
)
def test_the_same_thing_may_seem_to_have_begun_on_another_day(other: str, is_like: bool) -> None:
    tip = Tip(id="appliance 2026-03-02", sentence=Sentence("x"), figures=(), since=1, weight=1)

    assert tip.is_like(other) is is_like


@pytest.mark.parametrize(
    ("watts", "hours", "first", "appliance"),
    [
        (15, 24, 0, "standby"),
        (60, 24, 0, "refrigerator"),
        (600, 24, 0, "pump"),
        (2400, 24, 0, "water_heater"),
        (6000, 24, 0, "heating"),
        (2000, 2, 7, "water_heater"),
        (300, 1, 20, "small_appliance"),
        (5000, 3, 12, "heating"),
    ],
)
def test_an_appliance_is_known_by_its_power_and_its_hours(
    watts: float, hours: int, first: int, appliance: str
) -> None:
    assert appliance_of(watts, hours, first) == appliance


def leak(since: int, kind: Kind = Kind.LEAK) -> Alert:
    """400 W at all hours, where 100 W were usual."""
    finding = Finding(
        at=since + 300,
        serial="A",
        kind=kind,
        severity=Severity.WARNING,
        state=State.CONFIRMED,
        since=since,
        quantity="active_power",
        value=400.0,
        expected=100.0,
        advice=advice_of(kind, Scope.UNKNOWN, {}),
    )
    raised_at = dt.datetime.fromtimestamp(since * 60, dt.UTC)
    return Alert(
        id="a",
        state=AlertState.CONFIRMED,
        finding=finding,
        severity=Severity.WARNING,
        raised_at=raised_at,
        confirmed_at=raised_at,
    )


LATELY = START + DAYS * 1440

NOW = LATELY + 720


def told_of(kind: Kind, since: int, moved_in: int | None) -> Tip | None:
    """The tip about something that began then, for those who have lived there since a minute."""
    return why(facts_of(usual(), alerts=(leak(since, kind),), moved_in=moved_in)).get(kind.value)


@pytest.mark.parametrize("kind", [Kind.LEAK, Kind.STUCK_LOAD, Kind.DRIFT])
@pytest.mark.parametrize("days", [None, 70])
def test_a_tip_about_an_alert_says_what_was_usual_for_those_who_live_there(
    kind: Kind, days: int | None
) -> None:
    tip = told_of(kind, LATELY, None if days is None else NOW - days * 1440)

    assert tip is not None
    assert tip.sentence.key == f"tip_{kind.value}"
    assert tip.sentence.params["watts"] == Amount(300.0, "W")
    assert "usual" in {figure.label for figure in tip.figures}


@pytest.mark.parametrize(
    ("kind", "key", "days"),
    [
        (Kind.LEAK, "tip_always_on", 20),
        (Kind.STUCK_LOAD, "tip_stuck_load", 20),
        (Kind.DRIFT, None, 40),  # which looks back for longer
    ],
)
def test_of_those_before_them_nobody_learns_what_was_usual(kind: Kind, key: str | None, days: int) -> None:
    tip = told_of(kind, LATELY, NOW - days * 1440)

    if key is None:
        assert tip is None
        return
    assert tip is not None
    assert tip.sentence.key == key
    assert tip.sentence.params["watts"] == Amount(400.0, "W")
    assert [figure.label for figure in tip.figures] == ["now", "a_day"]
    assert tip.figures[1].value == Amount(9.6, "kWh")


@pytest.mark.parametrize("kind", [Kind.LEAK, Kind.STUCK_LOAD, Kind.DRIFT])
def test_no_tip_is_about_what_began_before_they_moved_in(kind: Kind) -> None:
    assert told_of(kind, NOW - 100 * 1440, NOW - 80 * 1440) is None
