"""How long credit lasts, on loads whose future is known."""

from __future__ import annotations

from collections.abc import Callable
import datetime as dt
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from custom_components.csj_meter.prepay.errors import TariffError
from custom_components.csj_meter.prepay.forecast import Confidence, Forecast, Outlook, forecast
from custom_components.csj_meter.prepay.hourly_energy import HourlyEnergy, HourlyLoad
from custom_components.csj_meter.prepay.tariffs import DayTable, Prices, Schedule
from custom_components.csj_meter.simulator.site import demo_line

BERLIN: Final = ZoneInfo("Europe/Berlin")
UTC: Final = ZoneInfo("UTC")
NOW: Final = dt.datetime(2026, 3, 2, 6, 0, tzinfo=dt.UTC)  # a Monday
HOUR: Final = dt.timedelta(hours=1)
QUARTER_PRICE: Final = Prices((Decimal("0.25"), Decimal("0.50")))

type Use = Callable[[dt.datetime], tuple[float, ...] | None]


def history(use: Use, days: float = 28) -> HourlyLoad:
    """A history that began ``days`` before it is asked for."""

    def _load(since: dt.datetime, until: dt.datetime) -> HourlyEnergy:
        start = max(since, until - dt.timedelta(days=days))
        return HourlyEnergy.of(
            start, [use(start + number * HOUR) for number in range((until - start) // HOUR)]
        )

    return _load


def lasts(
    balance: str, use: Use, *, days: float = 28, zone: ZoneInfo = UTC, overdraft: str = "0"
) -> Forecast:
    return forecast(
        Decimal(balance),
        now=NOW,
        zone=zone,
        prices=QUARTER_PRICE,
        load=history(use, days),
        overdraft=Decimal(overdraft),
    )


def _steady(_: dt.datetime) -> tuple[float, ...]:
    """6 EUR a day."""
    return (1.0, 0.0)


def _weekends(start: dt.datetime) -> tuple[float, ...]:
    """1.20 EUR on a weekday, 12.00 EUR on Saturday and Sunday."""
    return (2.0 if start.weekday() >= 5 else 0.2, 0.0)


def test_a_steady_load_lasts_credit_by_cost() -> None:
    told = lasts("60.00", _steady)

    assert told.outlook is Outlook.RUNS_OUT
    assert told.days == pytest.approx(10)
    assert told.runs_out_at == NOW + dt.timedelta(days=10)
    assert told.per_day == Decimal("6.00")
    assert (told.confidence, told.known_days) == (Confidence.HIGH, 28)


def test_weekends_count_where_they_are() -> None:
    week = lasts("5.50", _weekends)  # 5.70 until Saturday begins
    weekend = lasts("18.00", _weekends)

    assert week.days == pytest.approx(4.6, abs=0.25)
    assert weekend.days == pytest.approx(5.78, abs=0.1)


def test_the_overdraft_is_used_too() -> None:
    assert lasts("0.00", _steady, overdraft="6").days == pytest.approx(1)
    assert lasts("-3.00", _steady, overdraft="6").days == pytest.approx(0.5)


@pytest.mark.parametrize("balance", ["0.00", "-0.01", "-100"])
def test_what_is_used_up_is_empty_now(balance: str) -> None:
    told = lasts(balance, _steady)

    assert (told.outlook, told.days, told.earliest, told.latest) == (Outlook.EMPTY, 0, 0, 0)
    assert told.runs_out_at == NOW


@pytest.mark.parametrize("days", [0, 0.5])
def test_without_a_day_of_history_nothing_is_claimed(days: float) -> None:
    told = lasts("60.00", _steady, days=days)

    assert (told.outlook, told.confidence) == (Outlook.UNKNOWN, Confidence.NONE)
    assert (told.days, told.earliest, told.latest, told.runs_out_at, told.per_day) == (None,) * 5


def test_who_uses_nothing_lasts() -> None:
    told = lasts("60.00", lambda _: (0.0, 0.0))

    assert (told.outlook, told.days) == (Outlook.LASTS, None)
    assert told.per_day == 0


def test_more_than_a_year_simply_lasts() -> None:
    told = lasts("5000.00", _steady)

    assert (told.outlook, told.days, told.latest) == (Outlook.LASTS, None, None)
    assert told.per_day == Decimal("6.00")


def test_export_is_no_income() -> None:
    told = lasts("60.00", lambda start: (2.0, 0.0) if start.hour < 12 else (-5.0, 0.0))

    assert told.days == pytest.approx(10, abs=0.3)


def test_a_meter_that_counts_energy_lasts_by_energy() -> None:
    told = forecast(
        Decimal("240.00"), now=NOW, zone=UTC, prices=Prices.by_energy(), load=history(lambda _: (0.5, 0.5))
    )

    assert told.days == pytest.approx(10)
    assert told.per_day == Decimal("24.00")


def test_without_day_tables_each_hour_costs_what_its_tariffs_did() -> None:
    told = lasts("60.00", lambda start: (1.0, 0.0) if start.hour < 12 else (0.0, 1.0))

    assert told.days == pytest.approx(60 / 9, abs=0.3)


def test_day_tables_that_were_changed_count_from_now_on() -> None:
    dear = Schedule.flat(2)

    told = forecast(
        Decimal("60.00"), now=NOW, zone=UTC, prices=QUARTER_PRICE, load=history(_steady), schedule=dear
    )

    assert told.days == pytest.approx(5)


def test_a_switch_within_an_hour_counts_by_its_quarters() -> None:
    table = DayTable.of(("00:00", 1), ("00:30", 2), ("01:00", 1))
    half_an_hour_dear = Schedule(weekday=table, saturday=table, sunday=table)

    told = forecast(
        Decimal("61.25"),
        now=NOW,
        zone=UTC,
        prices=QUARTER_PRICE,
        load=history(_steady),
        schedule=half_an_hour_dear,
    )

    assert told.days == pytest.approx(10, abs=0.01)


def test_habits_keep_to_the_local_clock_when_clocks_change() -> None:
    """Used from 18:00 to 19:00 local time only; summer time begins on 29 March."""

    def _evening(start: dt.datetime) -> tuple[float, ...]:
        return (4.0 if start.astimezone(BERLIN).hour == 18 else 0.0, 0.0)

    told = lasts("27.90", _evening, zone=BERLIN)  # 28 evenings, the last in summer time

    assert told.runs_out_at is not None
    local = told.runs_out_at.astimezone(BERLIN)
    assert (local.date(), local.hour) == (dt.date(2026, 3, 29), 18)


def test_gaps_are_not_zero_use() -> None:
    def _gaps(start: dt.datetime) -> tuple[float, ...] | None:
        return None if start.day % 2 else _steady(start)

    told = lasts("60.00", _gaps)

    assert told.days == pytest.approx(10)
    assert told.confidence is Confidence.MEDIUM
    assert lasts("60.00", lambda start: (float("nan"), 0.0) if start.day % 2 else _steady(start)) == told


@pytest.mark.parametrize(
    ("days", "confidence"), [(2, Confidence.LOW), (7, Confidence.MEDIUM), (21, Confidence.HIGH)]
)
def test_confidence_grows_with_history(days: float, confidence: Confidence) -> None:
    assert lasts("60.00", _steady, days=days).confidence is confidence


def test_the_range_is_wider_for_a_life_without_rhythm() -> None:
    rng = np.random.default_rng(1)
    wild = [float(value) for value in rng.exponential(1.0, 40)]

    steady = lasts("60.00", _steady)
    moody = lasts("60.00", lambda start: (wild[start.timetuple().tm_yday % 40], 0.0))

    for told in (steady, moody):
        assert told.days is not None
        assert told.earliest is not None
        assert told.latest is not None
        assert told.earliest < told.days < told.latest
    assert (moody.latest or 0) - (moody.earliest or 0) > 2 * ((steady.latest or 0) - (steady.earliest or 0))


def test_what_happened_lately_counts_more() -> None:
    def _growing(start: dt.datetime) -> tuple[float, ...]:
        return (1.0 if start < NOW - dt.timedelta(days=14) else 2.0, 0.0)

    told = lasts("120.00", _growing)

    assert told.per_day is not None
    assert Decimal("10.00") < told.per_day < Decimal("12.00"), "nearer to 12 than to 6"


def test_more_credit_lasts_longer_and_the_same_answer_comes_twice() -> None:
    answers = [lasts(f"{balance}.00", _weekends) for balance in range(1, 60, 3)]

    days = [told.days or 0 for told in answers]
    assert days == sorted(days)
    assert answers == [lasts(f"{balance}.00", _weekends) for balance in range(1, 60, 3)]


def test_energy_without_a_price_is_said_so() -> None:
    with pytest.raises(TariffError, match="tariff 3"):
        lasts("10.00", lambda _: (0.0, 0.0, 1.0))


def test_on_simulated_households_the_range_holds_and_the_expectation_beats_the_plain_mean() -> None:
    """Twelve homes of all kinds, each asked on ten days for credit of three to four weeks' use at most."""
    end = 1_793_440_800.0
    rates = [0.32, 0.18, 0.25, 0.2]
    prices = Prices(tuple(Decimal(str(rate)) for rate in rates))
    inside, ours, plain = [], [], []
    for meter in demo_line(5, 12, clock=lambda: end).meters.values():
        rows = list(meter.history(end - 75 * 86_400, end))
        counters = np.array([row.energy_import_tariffs[:4] for row in rows])
        energy = np.diff(counters, axis=0)
        start = dt.datetime.fromtimestamp(rows[1].start, dt.UTC)
        cost = energy @ np.array(rates)
        for day in range(30, 50, 4):
            now = start + dt.timedelta(days=day, hours=9)
            at = 24 * day + 9
            daily = 24 * cost[at - 28 * 24 : at].mean()

            known = HourlyEnergy.of(start, energy[:at].tolist())
            for days in (3, 7, 14):
                balance = round(daily * days, 2)
                told = forecast(
                    Decimal(str(balance)),
                    now=now,
                    zone=UTC,
                    prices=prices,
                    load=lambda *_, known=known: known,
                )
                truth = (int(np.searchsorted(np.cumsum(cost[at:]), balance)) + 1) / 24
                assert told.days is not None
                inside.append((told.earliest or 0) <= truth <= (told.latest or 366))
                ours.append(abs(told.days - truth) / truth)
                plain.append(abs(days - truth) / truth)

    assert 0.75 < np.mean(inside) < 0.97, "four in five"
    assert np.mean(ours) < 0.9 * np.mean(plain)
