"""What is said of a household in twelve weeks, and what must not be said of it."""

from __future__ import annotations

from collections import Counter
import datetime as dt
from typing import Final

import pytest

from custom_components.csj_meter.insights.insight import insights_of
from custom_components.csj_meter.insights.said import Amount, Span, Word
from custom_components.csj_meter.insights.wording import Teller
from custom_components.csj_meter.language.texts import english

from .household import BACK, FREEZER, HEATER, HOLIDAY, SUN, TARIFF, TENANT, Evening, evenings

NEWS = {"tip_base_load", "tip_appliance", "tip_appliance_always", "tip_stuck_load", "tip_leak", "tip_drift"}
"""Keys of tips about something that began."""


def week(number: int) -> list[Evening]:
    return [evening for evening in evenings() if evening.week == number]


def sentences(evening: Evening) -> list[str]:
    """How the trend is told."""
    usage = evening.insights.usage
    assert usage is not None
    return [sentence.key for sentence in usage.trend.sentences]


def test_an_ordinary_home_is_quiet_and_gets_no_tips() -> None:
    for number in range(FREEZER):
        for evening in week(number):
            expected = {"learning", "all_quiet"} if number < 3 else {"all_quiet"}
            assert evening.state in expected, evening.date
            assert evening.insights.state.severity == "ok"
            assert evening.why == []
    assert sentences(week(3)[6]) == ["trend_week_same", "trend_season_same"]


def test_what_is_usual_is_not_told_before_it_is_known() -> None:
    first = week(0)[0]
    usage = first.insights.usage
    assert usage is not None
    assert first.state == "learning"
    assert (usage.trend.sentences, usage.usual_today, first.insights.base_load) == ((), None, None)


def test_a_new_freezer_is_found_by_what_is_always_on() -> None:
    days = [evening for number in (FREEZER, FREEZER + 1) for evening in week(number)]
    tips = [tip for evening in days for tip in evening.reasons]

    assert {tip.sentence.key for tip in tips} == {"tip_base_load"}
    assert all(tip.sentence.params["appliance"] == Word("appliance_refrigerator") for tip in tips)
    assert min(tip.since for tip in tips) == days[0].date.toordinal()
    figures = {figure.label: figure.value for figure in tips[-1].figures}
    gained = figures["a_day"]
    assert isinstance(gained, Amount)
    assert 0.8 < gained.value < 1.6  # 55 W on average are 1.3 kWh
    assert "cost_a_month" in figures
    assert sentences(days[6]) == ["trend_week_more", "trend_season_more"]
    # a week later it is no more than the week before, but still more than usual
    assert sentences(days[13]) == ["trend_week_same", "trend_season_more"]
    assert {evening.state for evening in days} == {"all_quiet"}


def test_people_on_holiday_use_less_and_have_nothing_to_do() -> None:
    away = week(HOLIDAY)

    assert sentences(away[6]) == ["trend_week_less", "trend_season_less"]
    assert all(evening.insights.state.severity in ("ok", "info") for evening in away)
    assert not {"tip_standby", "tip_leak", "tip_stuck_load"} & {
        key for evening in away for key in evening.why
    }


def test_people_who_come_home_are_as_usual() -> None:
    back = week(BACK)

    assert sentences(back[6]) == ["trend_week_more", "trend_season_more"]
    usage = back[6].insights.usage
    assert usage is not None
    assert usage.trend.usual_percent is not None
    assert usage.trend.usual_percent < 10
    assert {evening.state for evening in back} == {"all_quiet"}
    assert all(evening.why == [] for evening in back)


def test_a_stuck_water_heater_is_named_and_forgotten_when_it_is_repaired() -> None:
    days = week(HEATER)

    stuck = days[1]
    assert stuck.state == "load_stays_on"
    assert stuck.insights.state.severity == "warning"
    assert stuck.tips == ["tip_stuck_load"]
    tip = stuck.insights.tips[0]
    assert tip.sentence.params["appliance"] == Word("appliance_water_heater")
    watts = tip.sentence.params["watts"]
    assert isinstance(watts, Amount)
    assert 2200 < watts.value < 2600
    assert days[0].state == "all_quiet"
    for evening in days[4:]:  # repaired on Thursday
        assert evening.state == "all_quiet"
        assert evening.why == []


def test_a_cheap_tariff_is_told_of_when_there_is_one() -> None:
    before = {key for evening in evenings() if evening.week < TARIFF for key in evening.why}
    after = week(TARIFF)

    assert not before & {"tip_tariff", "tip_tariff_hours"}
    assert all(evening.why == ["tip_tariff_hours"] for evening in after)
    params = after[0].reasons[0].sentence.params
    saving = params["saving"]
    assert params["hours"] == Span(22, 6)
    assert isinstance(saving, Amount)
    assert 4 < saving.value < 9  # a quarter of 100 kWh, at 0.24 less
    assert saving.unit == "EUR"


def test_the_month_is_projected_at_the_prices_of_now() -> None:
    old, new = week(TARIFF - 1)[6].insights.cost, week(TARIFF)[0].insights.cost

    assert old is not None
    assert new is not None
    assert old.projected_month is not None
    assert new.projected_month is not None
    # 21 days of about 8 kWh, at 0.37 rather than 0.30
    assert 7 < new.projected_month - old.projected_month < 20


def test_sun_is_to_be_used_at_noon() -> None:
    days = week(SUN)
    why = [evening.why for evening in days]

    assert "tip_sun" not in why[0]
    assert "tip_sun" in why[6]
    sun = next(tip for tip in days[6].reasons if tip.sentence.key == "tip_sun")
    hours = sun.sentence.params["hours"]
    assert isinstance(hours, Span)
    assert 8 <= hours.first < 12 < hours.end <= 16
    assert not NEWS & {key for keys in why for key in keys}
    base = days[6].insights.base_load
    assert base is not None
    assert base.how == "same"  # nights, not noons


def test_those_who_moved_in_are_not_compared_with_those_before_them() -> None:
    for evening in week(TENANT):
        usage = evening.insights.usage
        assert evening.state == "learning"
        assert evening.why == []
        assert usage is not None
        assert usage.trend.sentences == ()
        assert usage.usual_today is None
    first = week(TENANT)[0].insights
    assert first.cost is not None
    assert first.cost.month is not None
    assert first.cost.month < 10  # of the month, only what is theirs
    assert first.base_load is None


def test_no_tip_is_shown_two_days_in_a_row() -> None:
    shown: dict[dt.date, set[str]] = {
        evening.date: {tip.kind for tip in evening.insights.tips} for evening in evenings()
    }
    for date, kinds in shown.items():
        assert not kinds & shown.get(date + dt.timedelta(days=1), set()), date
    counted = Counter(kind for kinds in shown.values() for kind in kinds)
    assert counted["base_load"] <= 7


def test_a_dismissed_tip_does_not_come_back_with_another_beginning() -> None:
    tips = [tip for number in (FREEZER, FREEZER + 1) for evening in week(number) for tip in evening.reasons]
    dismissed = {tips[0].id}
    for number in (FREEZER, FREEZER + 1):
        for evening in week(number):
            assert insights_of(evening.facts, dismissed=dismissed).tips == ()


SAME: Final = ("trend_week_same", "trend_season_same")

WEEKS_SAID: Final[dict[str, tuple[int, set[str], tuple[str, ...], set[str]]]] = {
    "moved in": (0, {"learning"}, (), set()),
    "the second week": (1, {"learning"}, SAME, set()),
    "an ordinary week": (2, {"all_quiet"}, SAME, set()),
    "a new freezer": (
        FREEZER,
        {"all_quiet"},
        ("trend_week_more", "trend_season_more"),
        {"tip_base_load"},
    ),
    "the freezer goes on": (
        FREEZER + 1,
        {"all_quiet"},
        ("trend_week_same", "trend_season_more"),
        {"tip_base_load"},
    ),
    # of the freezer as long as nobody knows that all are away
    "on holiday": (
        HOLIDAY,
        {"low_usage", "other_hours", "all_quiet"},
        ("trend_week_less", "trend_season_less"),
        {"tip_base_load"},
    ),
    "back home": (BACK, {"all_quiet"}, ("trend_week_more", "trend_season_more"), set()),
    "a stuck water heater": (
        HEATER,
        {"all_quiet", "load_stays_on", "leak"},
        ("trend_week_more", "trend_season_more"),
        {"tip_stuck_load", "tip_leak"},
    ),
    "a cheap tariff": (
        TARIFF,
        {"all_quiet"},
        ("trend_week_less", "trend_season_same"),
        {"tip_tariff_hours"},
    ),
    "a solar plant": (
        SUN,
        {"all_quiet", "low_usage", "other_hours"},
        ("trend_week_less", "trend_season_less"),
        {"tip_tariff_hours", "tip_sun"},
    ),
    "somebody else": (TENANT, {"learning"}, (), set()),
}
"""What happens -> number of the week, its states, its trends on Sunday and its tips, and none besides."""


@pytest.mark.parametrize("story", WEEKS_SAID)
def test_each_week_says_what_it_must_and_nothing_else(story: str) -> None:
    number, states, trends, tips = WEEKS_SAID[story]
    days = week(number)
    assert {evening.state for evening in days} == states
    assert tuple(sentences(days[6])) == trends
    assert {key for evening in days for key in evening.why} == tips


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (FREEZER, "40 W more than before is always on, perhaps a refrigerator or freezer."),
        (
            HEATER,
            "has stayed on without a break, perhaps a water heater.",
        ),
        (TARIFF, "Washing, dishes and charging from 22:00 to 06:00 would save about 5.9"),
        (SUN, "4.3 kWh a day is fed into the grid. Run from 09:00 to 15:00 what can wait for the sun."),
    ],
)
def test_tips_are_told_in_words_with_their_figures(number: int, words: str) -> None:
    told = [
        Teller(english(), evening.facts.zone, evening.facts.now).tip(tip)
        for evening in week(number)
        for tip in evening.reasons
    ]
    (tip, *_) = [tip for tip in told if words in tip["text"]]
    assert all(figure["label"] and figure["value"] is not None for figure in tip["figures"])


@pytest.mark.parametrize("number", range(12))
def test_the_same_facts_give_the_same_sentences(number: int) -> None:
    for evening in week(number):
        again = insights_of(evening.facts, sorted(evening.facts.expected))
        assert again == evening.insights
        teller = Teller(english(), evening.facts.zone, evening.facts.now)
        told = [
            teller.sentence(evening.insights.state.sentence),
            *(teller.tip(tip)["text"] for tip in evening.reasons),
        ]
        assert all(text and "{" not in text for text in told)
