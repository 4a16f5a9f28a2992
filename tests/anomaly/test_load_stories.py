"""What befalls loads that have been known for weeks: what is told, and in which minute."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from custom_components.csj_meter.anomaly.baseline import Reference
from custom_components.csj_meter.anomaly.finding import Compared, Finding
from custom_components.csj_meter.anomaly.kinds import Kind, State
from custom_components.csj_meter.anomaly.meter import WatchedMeter
from custom_components.csj_meter.anomaly.rules import RULES

from .past import AUTUMN, EVENT, LATER, SPRING, Past
from .stories import BERLIN, DAY, HOUR, Story, Watch, minute_of, noise, seen


def of_spring(past: Past, serial: str) -> list[str]:
    return seen(past.watch.found.get(serial, []), SPRING + EVENT)


def of_autumn(past: Past, serial: str) -> list[str]:
    return seen(past.watch.found.get(serial, []), AUTUMN + LATER)


def after(hours: float, kind: Kind) -> str:
    """When the end of a kind is told that is first seen so many hours after the event: those are tuned."""
    minutes = round(hours * HOUR) + RULES[kind].clear_hold
    return f"{minutes // HOUR}:{minutes % HOUR:02}"


def confirmed(past: Past, serial: str, kind: Kind) -> Finding:
    (found,) = (
        each
        for each in past.watch.found[serial]
        if each.kind is kind and each.state is State.CONFIRMED and each.at >= SPRING + EVENT
    )
    return found


@pytest.mark.parametrize(
    "serial",
    [
        *(f"home {number}" for number in range(4)),
        pytest.param("whole home", id="a home that measures everything"),
        pytest.param("large house", id="three phases"),
        "workshop",
        pytest.param("solar", id="no import around noon"),
        pytest.param("exporter", id="feeding back, as it may"),
        pytest.param("arrears", id="the relay was opened, nothing flows"),
        pytest.param("rests", id="nothing flows, as every night"),
        pytest.param("unwatched", id="nobody wants to know"),
    ],
)
def test_nothing_is_told_of_those_that_live_as_usual(spring: Past, serial: str) -> None:
    """For weeks, and over the night in which clocks go forward."""
    assert spring.watch.engine.known_days(serial) >= 24
    assert of_spring(spring, serial) == []


@pytest.mark.parametrize("serial", ["home", "workshop", "by hour"])
def test_nothing_is_told_when_clocks_go_back_either(autumn: Past, serial: str) -> None:
    assert autumn.watch.engine.known_days(serial) == 30
    assert of_autumn(autumn, serial) == []


@pytest.mark.parametrize(
    ("serial", "told"),
    [
        (
            "stuck",  # 3 kW for five hours at night; the smallest of 2:30 h is looked at
            [
                "3:30 stuck_load suspected warning unknown",
                "3:32 stuck_load confirmed warning unknown",
                f"{after(6, Kind.STUCK_LOAD)} stuck_load cleared warning unknown",
            ],
        ),
        (
            "leak",  # 350 W for 36 hours; the smallest of 22 h is looked at
            [
                "22:00 leak suspected warning unknown",
                "22:02 leak confirmed warning unknown",
                f"{after(36, Kind.LEAK)} leak cleared warning unknown",
            ],
        ),
        (
            "solar leak",  # the same for two days, in a home that imports nothing around noon
            [
                "22:00 leak suspected warning unknown",
                "22:02 leak confirmed warning unknown",
                f"{after(48, Kind.LEAK)} leak cleared warning unknown",
            ],
        ),
        (
            "high",  # 24 kW for half an hour; the smallest of eight minutes is looked at
            [
                "12:07 high_usage suspected warning unknown",
                "12:09 high_usage confirmed warning unknown",
                f"{after(12.5, Kind.HIGH_USAGE)} high_usage cleared warning unknown",
            ],
        ),
        (
            "collapse",  # no power for half an hour; nobody knows the current
            [
                "10:00 load_collapse suspected critical unknown",
                "10:02 load_collapse confirmed critical unknown",
                "10:32 load_collapse cleared critical unknown",
            ],
        ),
        (
            "zero",  # no current for half an hour
            [
                "10:00 zero_current suspected critical unknown",
                "10:02 zero_current confirmed critical unknown",
                "10:32 zero_current cleared critical unknown",
            ],
        ),
        (
            "uneven",  # more than twice the current in one phase, for 40 minutes
            [
                "10:00 current_imbalance suspected warning unknown",
                "10:15 current_imbalance confirmed warning unknown",
                f"{after(10 + 2 / 3, Kind.CURRENT_IMBALANCE)} current_imbalance cleared warning unknown",
            ],
        ),
        (
            "reverse",  # 800 W fed back for half an hour
            [
                "12:00 reverse_energy suspected warning unknown",
                "12:02 reverse_energy confirmed warning unknown",
                f"{after(12.5, Kind.REVERSE_ENERGY)} reverse_energy cleared warning unknown",
            ],
        ),
        (
            "frozen",  # the same readings for two hours
            [
                "10:25 meter_frozen suspected warning unknown",
                "10:27 meter_frozen confirmed warning unknown",
                "12:00 meter_frozen cleared warning unknown",
            ],
        ),
    ],
)
def test_a_change_is_told_when_it_can_be_known_and_so_is_its_end(
    spring: Past, serial: str, told: list[str]
) -> None:
    assert of_spring(spring, serial) == told


@pytest.mark.parametrize(
    ("serial", "told"),
    [
        (
            "shifted",  # work began eight hours later on a Monday
            [
                "17:30 stuck_load suspected warning unknown",
                "18:00 stuck_load confirmed warning unknown",
                "24:00 daily_shape suspected info unknown",
                "24:30 daily_shape confirmed info unknown",
                "25:00 stuck_load cleared warning unknown",
                "48:30 daily_shape cleared info unknown",
            ],
        ),
        (
            "high",  # 24 kW for two hours
            [
                "12:15 high_usage suspected warning unknown",
                "12:45 high_usage confirmed warning unknown",
                "14:30 high_usage cleared warning unknown",
            ],
        ),
        (
            "away",  # from midnight on, and back 41 hours later
            [
                "16:00 low_usage suspected info unknown",
                "16:30 low_usage confirmed info unknown",
                f"{after(43, Kind.LOW_USAGE)} low_usage cleared info unknown",
            ],
        ),
        (
            "odd",  # 900 W more for an hour, in a meter for which the rule of the textbooks was asked for
            [
                "10:00 unusual_usage suspected info unknown",
                "10:15 high_usage suspected warning unknown",
                "10:30 unusual_usage confirmed info unknown",
                "10:45 high_usage confirmed warning unknown",
                "11:30 high_usage cleared warning unknown",
                "11:30 unusual_usage cleared info unknown",
            ],
        ),
        (
            "not asked for",
            [
                "10:15 high_usage suspected warning unknown",
                "10:45 high_usage confirmed warning unknown",
                "11:30 high_usage cleared warning unknown",
            ],
        ),
    ],
)
def test_meters_that_report_every_quarter_of_an_hour_are_watched_like_the_others(
    autumn: Past, serial: str, told: list[str]
) -> None:
    assert of_autumn(autumn, serial) == told


def test_a_new_heat_pump_is_found_and_after_five_days_taken_for_granted(autumn: Past) -> None:
    """It was said to be a leak at 22:00; five days later that has lasted too long to be one."""
    told = of_autumn(autumn, "heat pump")

    assert told[:4] == [
        "2:30 stuck_load suspected info unknown",
        "3:00 stuck_load confirmed info unknown",
        "22:00 leak suspected warning unknown",
        "22:30 leak confirmed warning unknown",
    ]
    assert [line for line in told if "lasting_change" in line] == [
        "142:00 lasting_change confirmed info unknown",
        "143:00 lasting_change cleared info unknown",
    ]
    assert told[-2:] == ["145:00 leak cleared warning unknown", "168:00 drift cleared info unknown"]
    expected = autumn.watch.engine.expected("heat pump", autumn.watch.engine.minute)
    assert expected is not None
    assert expected.power > 1200


def test_a_base_load_that_creeps_up_is_told_and_said_once_to_be_the_new_habit(autumn: Past) -> None:
    """500 W more within twelve days, that begin twelve days before."""
    assert of_autumn(autumn, "drift") == [
        "-144:00 drift suspected info unknown",
        "-144:30 drift confirmed info unknown",
        "-24:00 lasting_change confirmed info unknown",
        "-23:00 lasting_change cleared info unknown",
        "24:00 drift cleared info unknown",
    ]


def test_statistics_say_nothing_for_two_weeks_and_are_careful_for_another(spring: Past) -> None:
    """The same night, 3 kW for five hours, on the sixth, the 17th and the 25th day."""
    found = spring.watch.found["young"]

    assert [(each.at - SPRING) // DAY for each in found] == [16] * 3 + [24] * 3
    assert {(each.kind, str(each.severity)) for each in found[:3]} == {(Kind.STUCK_LOAD, "info")}
    assert {(each.kind, str(each.severity)) for each in found[3:]} == {(Kind.STUCK_LOAD, "warning")}


# what is told with it


def test_a_stuck_load_is_told_with_what_it_was_compared_with(spring: Past) -> None:
    told = confirmed(spring, "stuck", Kind.STUCK_LOAD)

    assert told.value == pytest.approx(3068, abs=5)
    assert told.expected == pytest.approx(68, abs=3)
    assert told.low is not None
    assert told.high is not None
    assert told.low <= 68 <= told.high < 100
    assert told.score is not None
    assert told.score >= 1
    assert told.compared == Compared(days=24, hour=3, minutes=150)
    assert told.advice.params["minutes"] == 152


def test_a_leak_is_told_with_what_flows_without_a_break(spring: Past) -> None:
    for serial in ("leak", "solar leak"):
        told = confirmed(spring, serial, Kind.LEAK)

        assert told.value == pytest.approx(418, abs=5)
        assert told.expected == pytest.approx(68, abs=3)
        assert told.compared == Compared(days=24, minutes=22 * 60)


def test_high_usage_is_told_with_what_it_was_for_all_eight_minutes(spring: Past) -> None:
    told = confirmed(spring, "high", Kind.HIGH_USAGE)

    assert told.value == pytest.approx(24_069, abs=5)
    assert told.high == pytest.approx(12_120, abs=60)
    assert told.compared == Compared(days=24, minutes=8)


def test_low_usage_is_told_with_the_quietest_day(autumn: Past) -> None:
    told = confirmed(autumn, "away", Kind.LOW_USAGE)

    assert told.value is not None
    assert told.low is not None
    assert told.value < told.low < 200
    assert told.high is None
    assert told.advice.causes[0] == "nobody_home"


def test_a_day_that_went_otherwise_is_told_as_the_day_that_it_was(autumn: Past) -> None:
    """The morning after: what is told on Tuesday is about Monday."""
    told = [each for each in autumn.watch.found["shifted"] if each.kind is Kind.DAILY_SHAPE]

    assert {each.compared.weekday for each in told[:2] if each.compared} == {0}


def test_what_was_asked_for_is_told_with_the_hour_of_the_week(autumn: Past) -> None:
    told = next(each for each in autumn.watch.found["odd"] if each.kind is Kind.UNUSUAL_USAGE)

    assert told.value == pytest.approx(1200, abs=5)
    assert told.expected == pytest.approx(300, abs=2)
    assert told.low == pytest.approx(210, abs=2)
    assert told.high == pytest.approx(390, abs=2)
    assert told.compared == Compared(days=30, hour=10, weekday=0, minutes=1)


def test_a_meter_that_reads_zero_beside_active_neighbours_may_have_failed(spring: Past) -> None:
    beside = confirmed(spring, "zero", Kind.ZERO_CURRENT)
    alone = confirmed(spring, "collapse", Kind.LOAD_COLLAPSE)

    assert beside.advice.causes[0] == "meter_failed_neighbours_active"
    assert alone.advice.causes == ("main_switch_open", "supply_interrupted", "meter_failed")


# hours of the day


@pytest.mark.parametrize("day", [dt.date(2026, 10, 24), dt.date(2026, 10, 25), dt.date(2026, 10, 26)])
def test_nine_in_the_morning_is_nine_in_the_morning_on_both_sides_of_the_night(
    autumn: Past, day: dt.date
) -> None:
    """A load that is 100 W and 20 W more with every hour of the day."""
    engine = autumn.watch.engine
    for hour in range(4, 23):
        noon = dt.datetime.combine(day, dt.time(hour, 30), BERLIN)
        expected = engine.expected("by hour", minute_of(noon))
        assert expected is not None
        assert expected.power == pytest.approx(100 + 20 * hour, abs=2)
        assert expected.low <= expected.power <= expected.high
        assert (expected.days, expected.sure) == (30, 1.0)


def test_the_hour_that_comes_twice_is_one_hour(autumn: Past) -> None:
    engine = autumn.watch.engine
    night = minute_of(dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC))
    first, second = (engine.expected("by hour", minute) for minute in (night, night + 60))

    assert first is not None
    assert first == second


def test_all_that_is_measured_in_the_hour_that_comes_twice_belongs_to_it() -> None:
    """40 W before clocks go back, 600 W after that, and 100 W otherwise."""
    since, night = (
        minute_of(dt.datetime(2026, 10, day, hour, tzinfo=dt.UTC)) for day, hour in ((24, 12), (25, 0))
    )
    load = 100.0 + noise(2 * DAY, 1, 0.1)
    load[night - since : night - since + HOUR] = 40.0
    load[night - since + HOUR : night - since + 2 * HOUR] = 600.0
    story = Story(meter=WatchedMeter(serial="A"), values={"active_power": load})
    engine = Watch.of([story]).tell([story], since).engine

    expected = engine.expected("A", night + DAY + HOUR)

    assert expected is not None
    assert expected.power == pytest.approx((0.5 * 100 + (40 + 600) / 2 + 0.5 * 100) / 2, abs=1)


def test_a_workshop_is_expected_to_work_on_working_days(spring: Past) -> None:
    engine = spring.watch.engine
    weekday, weekend = (minute_of(dt.datetime(2026, 3, day, 10, 30, tzinfo=BERLIN)) for day in (30, 29))
    busy, idle = engine.expected("workshop", weekday), engine.expected("workshop", weekend)

    assert busy is not None
    assert idle is not None
    assert busy.reference is Reference.DAY_TYPE
    assert busy.power == pytest.approx(2650, abs=50)
    assert idle.power == pytest.approx(150, abs=50)


def test_the_scores_of_now_are_known(spring: Past) -> None:
    scores = spring.watch.engine.scores("home 0")

    assert scores.keys() >= {Kind.STUCK_LOAD, Kind.LEAK, Kind.LOW_USAGE, Kind.HIGH_USAGE}
    assert not scores.keys() & {Kind.UNUSUAL_USAGE, Kind.OUTAGE}
    assert max(scores.values()) < 1
    assert all(np.isfinite(list(scores.values())))
    assert spring.watch.engine.scores("unwatched") == {}
