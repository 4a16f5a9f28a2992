"""Monthly statements: what adds up, and what is said when it does not."""

from __future__ import annotations

from dataclasses import replace
import datetime as dt
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, strategies as st
import pytest

from custom_components.csj_meter.prepay.errors import StatementError
from custom_components.csj_meter.prepay.hourly_energy import HourlyEnergy
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import MovementKind, MovementState, Source
from custom_components.csj_meter.prepay.price_history import PricesSince
from custom_components.csj_meter.prepay.statement import (
    BalanceAt,
    EnergyLine,
    Gap,
    Month,
    Period,
    Remark,
    statement,
)
from custom_components.csj_meter.prepay.tariffs import Prices
from custom_components.csj_meter.prepay.top_up import TopUps

from .model import LANDLORD, Clock, LineMeter
from .statement_account import AFTER, BERLIN, END, MARCH, PRICES, START, a_movement, an_account


def test_a_complete_month_adds_up() -> None:
    made = statement(an_account(), MARCH, now=AFTER)

    assert (made.start, made.end) == (START, END)
    assert made.lines == (
        EnergyLine(tariff=1, energy=Decimal("100.00"), price=Decimal("0.3000"), cost=Decimal("30.00")),
        EnergyLine(tariff=2, energy=Decimal("48.60"), price=Decimal("0.2000"), cost=Decimal("9.72")),
    )
    assert (made.energy, made.cost, made.topped_up) == (
        Decimal("148.60"),
        Decimal("39.72"),
        Decimal("50.00"),
    )
    assert made.opening is not None
    assert made.closing is not None
    assert (made.opening.balance, made.closing.balance) == (Decimal("12.50"), Decimal("22.78"))
    assert made.difference == 0
    assert made.remarks == ()


def test_a_price_that_changed_makes_a_line_of_its_own() -> None:
    changed = PricesSince(
        since=dt.datetime(2026, 3, 16, tzinfo=dt.UTC), prices=Prices((Decimal("0.4"), Decimal("0.2")))
    )
    made = statement(an_account(prices=[changed, *an_account().prices]), MARCH, now=AFTER)

    assert [(line.tariff, line.price) for line in made.lines] == [
        (1, Decimal("0.3000")),
        (1, Decimal("0.4")),
        (2, Decimal("0.2000")),
    ]
    assert sum(line.energy for line in made.lines) == pytest.approx(Decimal("148.60"), abs=Decimal("0.02"))
    assert Remark.DIFFERENCE in made.remarks, "the meter charged the old price"


def test_what_is_printed_adds_up_with_a_pencil() -> None:
    made = statement(an_account(energy=HourlyEnergy.of(START, [(0.0333, 0.0777)] * 743)), MARCH, now=AFTER)

    for line in made.lines:
        assert line.price is not None
        assert line.cost == (line.energy * line.price).quantize(Decimal("0.01"))
    assert made.energy == sum(line.energy for line in made.lines)
    assert made.cost == sum(line.cost or 0 for line in made.lines)


def test_gaps_are_said_and_not_filled() -> None:
    hours: list[tuple[float, float] | None] = [(0.1, 0.0)] * 743
    hours[10:13] = [None] * 3
    hours[500] = None
    made = statement(an_account(energy=HourlyEnergy.of(START, hours)), MARCH, now=AFTER)

    hour = dt.timedelta(hours=1)
    assert made.gaps == (
        Gap(start=START + 10 * hour, end=START + 13 * hour),
        Gap(start=START + 500 * hour, end=START + 501 * hour),
    )
    assert made.remarks == (Remark.GAPS,)
    assert made.difference is None, "with gaps there is nothing to compare"
    assert made.energy == Decimal("73.90")


def test_a_history_that_begins_late_or_ends_early_has_gaps_there() -> None:
    short = HourlyEnergy.of(START + dt.timedelta(days=1), [(0.1, 0.0)] * 24)

    made = statement(an_account(energy=short), MARCH, now=AFTER)

    assert [gap.start for gap in made.gaps] == [START, START + dt.timedelta(days=2)]
    assert made.gaps[-1].end == END


@pytest.mark.parametrize(
    ("minutes", "remarks"),
    [
        pytest.param(20, (), id="in the first hour"),
        pytest.param(60, (Remark.NO_PRICE,), id="after the first hour"),
    ],
)
def test_the_first_prices_hold_for_the_hour_in_which_they_were_seen_and_for_none_before(
    minutes: int, remarks: tuple[Remark, ...]
) -> None:
    seen = PricesSince(since=START + dt.timedelta(minutes=minutes), prices=PRICES)

    made = statement(an_account(prices=[seen]), MARCH, now=AFTER)

    assert made.remarks == remarks


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({"prices": []}, Remark.NO_PRICE),
        ({"prices": [PricesSince(since=START, prices=Prices((Decimal("0.3"),)))]}, Remark.NO_PRICE),
        ({"movements": [a_movement("5.00", 9, MovementState.UNCERTAIN)]}, Remark.UNSETTLED),
        ({"movements": [a_movement(None, 9, MovementState.FOREIGN)]}, Remark.AMOUNT_UNKNOWN),
        ({"balances": [an_account().balances[0]]}, Remark.NO_OPENING),
        ({"balances": [an_account().balances[1]]}, Remark.NO_CLOSING),
        (
            {
                "balances": [
                    an_account().balances[0],
                    BalanceAt(at=START - dt.timedelta(hours=5), balance=Decimal(9)),
                ]
            },
            Remark.OLD_BALANCE,
        ),
        ({"movements": []}, Remark.DIFFERENCE),
    ],
)
def test_what_is_not_known_is_said(changes: dict[str, object], remark: Remark) -> None:
    made = statement(an_account(**changes), MARCH, now=AFTER)

    assert remark in made.remarks
    if remark is not Remark.DIFFERENCE:
        assert made.difference is None
        assert Remark.DIFFERENCE not in made.remarks


def test_only_money_on_this_meter_in_this_month_counts() -> None:
    movements = [
        a_movement("1.00", 1),
        a_movement("2.00", 5, MovementState.REFUSED),
        replace(a_movement("4.00", 6), serial="CSJ000000002"),
        replace(a_movement("8.00", 31), settled_at=END),
        replace(a_movement("16.00", 7), settled_at=START),
        replace(a_movement("32.00", 8), kind=MovementKind.CORRECTION),
    ]

    made = statement(an_account(movements=movements), MARCH, now=AFTER)

    assert made.topped_up == Decimal("49.00")
    assert [one.amount for one in made.top_ups] == [Decimal(16), Decimal(1), Decimal(32)], "the oldest first"


def test_a_month_that_is_not_over_ends_now() -> None:
    now = dt.datetime(2026, 3, 10, 12, 30, tzinfo=dt.UTC)
    balances = [*an_account().balances, BalanceAt(at=now, balance=Decimal("30.00"))]

    made = statement(an_account(balances=balances), MARCH, now=now)

    assert made.end == now
    assert Remark.RUNNING in made.remarks
    assert made.closing == balances[-1]
    assert [movement.amount for movement in made.top_ups] == [Decimal("30.00")]
    assert made.gaps == ()
    with pytest.raises(StatementError, match="2026-05 has not begun"):
        statement(an_account(), Month(2026, 5), now=AFTER)


@pytest.mark.parametrize(
    ("zone", "month", "start", "hours"),
    [
        ("Europe/Berlin", "2026-03", "2026-02-28T23:00", 743),
        ("Europe/Berlin", "2026-10", "2026-09-30T22:00", 745),
        ("Europe/Berlin", "2026-02", "2026-01-31T23:00", 672),
        ("Asia/Kolkata", "2026-03", "2026-02-28T18:30", 744),
        ("America/Asuncion", "2017-10", "2017-10-01T04:00", 743),  # midnight of the 1st was skipped
        ("Pacific/Apia", "2011-12", "2011-12-01T10:00", 720),  # the 30th was skipped
        ("UTC", "2028-02", "2028-02-01T00:00", 696),
    ],
)
def test_months_are_local_ones(zone: str, month: str, start: str, hours: int) -> None:
    first, last = Month.parse(month).bounds(ZoneInfo(zone))

    assert first == dt.datetime.fromisoformat(start).replace(tzinfo=dt.UTC)
    assert (last - first) / dt.timedelta(hours=1) == hours


@given(st.sampled_from(sorted(available_timezones())), st.integers(1970, 2060), st.integers(1, 12))
def test_months_follow_each_other_without_gap_or_overlap(zone: str, year: int, month: int) -> None:
    this = Month(year, month)
    start, end = this.bounds(ZoneInfo(zone))

    assert start < end
    assert this.following.bounds(ZoneInfo(zone))[0] == end
    assert Month.of(start, ZoneInfo(zone)) == this
    assert Month.of(end - dt.timedelta(seconds=1), ZoneInfo(zone)) == this


@given(st.integers(0, 59), st.integers(1, 100))
def test_hours_cut_by_the_month_count_with_their_share(minutes: int, number: int) -> None:
    since = START + dt.timedelta(minutes=minutes)
    energy = HourlyEnergy.of(START, [(1.0,)] * (number + 1))

    hours = list(energy.between(since, since + dt.timedelta(hours=number)))

    assert sum(sum(hour.energy or ()) for hour in hours) == pytest.approx(number)
    assert hours[0].start == since
    assert all(one.end == next_one.start for one, next_one in pairwise(hours))


def test_what_an_hour_that_is_cut_may_have_cost_is_no_difference() -> None:
    """Whoever moves in at half past two has half of the hour, though all of it may have been used before."""
    start, end = START + dt.timedelta(hours=2.5), START + dt.timedelta(hours=4)
    balances = [BalanceAt(at=start, balance=Decimal("10.00")), BalanceAt(at=end, balance=Decimal("9.10"))]
    account = an_account(energy=HourlyEnergy.of(START, [(2.0, 0.0)] * 5), balances=balances, movements=[])

    made = statement(account, Period(start, end, BERLIN), now=AFTER)

    assert (made.cost, made.difference) == (Decimal("0.90"), Decimal(0))
    for used, remarks in (("1.40", ()), ("1.60", (Remark.DIFFERENCE,))):
        told = [balances[0], BalanceAt(at=end, balance=Decimal("10.00") - Decimal(used))]
        assert (
            statement(replace(account, balances=told), Period(start, end, BERLIN), now=AFTER).remarks
            == remarks
        )


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "26-03", "2026-3-1", "x-03", "0000-01"])
def test_what_is_no_month_says_how_to_write_one(text: str) -> None:
    with pytest.raises(StatementError, match="write it like 2026-03"):
        Month.parse(text)


def test_energy_of_a_history_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        HourlyEnergy.of(START.replace(tzinfo=None), [])


async def test_the_ledger_hands_over_what_a_statement_needs(
    ledger: Ledger, top_ups: TopUps, meter: LineMeter, clock: Clock
) -> None:
    await top_ups.top_up(meter, "30.00", actor=LANDLORD, source=Source.ACTION)
    meter.account.rival(Decimal("20.00"))
    await top_ups.settle(meter)

    made = statement(
        an_account(movements=ledger.movements(meter.serial, since=START, until=END)), MARCH, now=AFTER
    )

    assert made.topped_up == Decimal("50.00")
    assert made.difference == 0
