"""What was used today and this month: out of a real store, and on with each reading of the meter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
import datetime as dt
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import URL

from custom_components.csj_meter.history.usage_base import Base, LiveUsage, Point, Running, read_bases
from custom_components.csj_meter.telemetry.series import DAY, HOUR, Series
from custom_components.csj_meter.telemetry.store import Store

SERIAL = "000000000001"
BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")

PRICE = 2500
"""Steps: 0.25 per kWh."""


def minute(text: str, zone: ZoneInfo = BERLIN) -> int:
    """The minute of a local time."""
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) // 60


class Meter:
    """A meter that counts 0.02 kWh each minute, and the store that knows of it."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def measured(self, since: int, until: int, *, priced: bool = True) -> None:
        """It was read every minute, and the hours that are over were closed."""
        minutes = np.arange(since, until)
        columns = {"energy_import": 2 * minutes, "energy_import_t1": 2 * minutes}
        if priced:
            columns["price_t1"] = np.full(len(minutes), PRICE)
        series = Series(minutes=minutes, provenance=np.full(len(minutes), 3), columns=columns)
        if self.store.serials():
            self.store.append(series.samples(SERIAL))
        else:
            self.store.ingest(SERIAL, series)
        self.store.roll(until)

    def base(self, now: str, zone: ZoneInfo = BERLIN) -> Base:
        """What is known at a local time."""
        moment = dt.datetime.fromisoformat(now)
        found = read_bases(
            self.store,
            [SERIAL],
            now=minute(now, zone),
            zone=zone,
            morning=minute(f"{moment:%Y-%m-%d}", zone),
            month=minute(f"{moment:%Y-%m}-01", zone),
        )
        return found[SERIAL]


@pytest.fixture(params=[BERLIN], ids=str)
def meter(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Meter]:
    """A meter of which nothing is known yet."""
    store = Store.open(URL.create("sqlite", database=str(tmp_path / "meter.db")), zone=request.param)
    yield Meter(store)
    store.close()


def told(running: Running | None) -> tuple[Decimal, Decimal | None] | None:
    """Energy and cost."""
    return None if running is None else (running.kilowatt_hours, running.money)


def test_today_and_the_month_count_from_midnight_to_the_newest_sample(meter: Meter) -> None:
    meter.measured(minute("2026-05-30"), minute("2026-06-03 10:31"))

    base = meter.base("2026-06-03 10:31")

    assert told(base.today) == (Decimal("12.60"), Decimal("3.15"))  # 630 minutes
    assert told(base.month) == (Decimal("70.20"), Decimal("17.55"))  # 58.5 hours
    assert not base.is_young


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)], ids=["clocks go forward", "clocks go back"]
)
def test_a_day_is_as_long_as_the_clocks_make_it(meter: Meter, day: str, hours: int) -> None:
    meter.measured(minute(day) - 2 * DAY, minute(f"{day} 23:59") + 1)

    base = meter.base(f"{day} 23:59")

    assert base.today is not None
    # the last minute ends with a sample that is not there yet
    assert base.today.energy == 2 * (60 * hours - 1)


@pytest.mark.parametrize("meter", [KOLKATA], indirect=True, ids=str)
def test_a_day_may_begin_amid_an_hour(meter: Meter) -> None:
    meter.measured(minute("2026-05-30", KOLKATA), minute("2026-06-02 01:01", KOLKATA))

    base = meter.base("2026-06-02 01:01", KOLKATA)

    assert base.today is not None
    assert base.today.energy == 2 * 60
    assert base.month is not None
    assert base.month.energy == 2 * (DAY + 60)


def test_a_meter_that_came_today_tells_nothing_of_today(meter: Meter) -> None:
    meter.measured(minute("2026-06-03 08:20"), minute("2026-06-03 10:31"))

    base = meter.base("2026-06-03 10:31")

    assert (base.today, base.month) == (None, None)
    assert not base.is_young, "the store will not know more of this morning in a minute"


def test_a_meter_that_came_this_month_tells_of_today_and_not_of_the_month(meter: Meter) -> None:
    meter.measured(minute("2026-06-02 08:20"), minute("2026-06-03 10:31"))

    base = meter.base("2026-06-03 10:31")

    assert told(base.today) == (Decimal("12.60"), Decimal("3.15"))
    assert base.month is None


@pytest.mark.parametrize("ahead", ["2026-06-03 13:00", "2026-06-04 02:00"])
def test_what_a_clock_that_was_ahead_has_left_is_not_of_today(meter: Meter, ahead: str) -> None:
    meter.measured(minute("2026-05-30"), minute(ahead))

    base = meter.base("2026-06-03 10:30")

    assert told(base.today) == (Decimal("12.60"), Decimal("3.15"))  # 630 minutes
    assert told(base.month) == (Decimal("70.20"), Decimal("17.55"))  # 58.5 hours
    assert base.today is not None
    assert base.today.upto.at == minute("2026-06-03 10:30")


def test_without_a_price_there_is_no_cost(meter: Meter) -> None:
    meter.measured(minute("2026-05-30"), minute("2026-06-03 10:31"), priced=False)

    base = meter.base("2026-06-03 10:31")

    assert told(base.today) == (Decimal("12.60"), None)


@pytest.mark.parametrize("hours", [2, 30])
def test_an_outage_over_midnight_is_shared_between_the_days(meter: Meter, hours: int) -> None:
    returned = minute("2026-06-03 01:31")
    meter.measured(minute("2026-05-30"), returned - hours * HOUR)
    meter.measured(returned, returned + 30)

    base = meter.base("2026-06-03 02:01")

    assert base.today is not None
    assert base.today.energy == 2 * 120
    assert base.month is not None
    assert base.month.energy == 2 * (2 * DAY + 120)


def test_while_the_store_has_not_heard_of_today_it_is_asked_again(meter: Meter) -> None:
    meter.measured(minute("2026-05-30"), minute("2026-06-02 22:00"))

    base = meter.base("2026-06-03 08:00")

    assert (base.today, base.month) == (None, None)
    assert base.is_young


def test_just_after_midnight_yesterday_is_waited_for(meter: Meter) -> None:
    meter.measured(minute("2026-05-30"), minute("2026-06-02 22:00"))
    meter.measured(minute("2026-06-02 22:00"), minute("2026-06-03 00:01"))

    base = meter.base("2026-06-03 00:01")

    assert (base.today, base.month) == (None, None), "the hour before midnight is not closed yet"
    assert base.is_young
    meter.measured(minute("2026-06-03 00:01"), minute("2026-06-03 00:03"))
    assert told(meter.base("2026-06-03 00:03").today) == (Decimal("0.04"), Decimal("0.01"))


# --- on with each reading -------------------------------------------------------------------

MORNING = minute("2026-06-03")
MONTH = minute("2026-06-01")


def point(at: int, energy: int, price: int | None = PRICE) -> Point:
    """What the meter shows."""
    steps = {"energy_import": energy, "energy_import_t1": energy}
    return Point(at=at, steps=steps if price is None else steps | {"price_t1": price})


def test_readings_go_on_from_what_the_store_knows(meter: Meter) -> None:
    meter.measured(minute("2026-05-30"), minute("2026-06-03 10:31"))
    base = meter.base("2026-06-03 10:31")
    live = LiveUsage()
    live.turn(MORNING, MONTH)
    newest = 2 * minute("2026-06-03 10:30")
    live.read(point(minute("2026-06-03 10:32"), newest + 10))
    assert live.today is None

    live.rebase(base)
    assert told(live.today) == (Decimal("12.70"), Decimal("3.18"))
    live.read(point(minute("2026-06-03 10:33"), newest + 30, price=10_000))
    live.read(point(minute("2026-06-03 10:34"), newest + 40))

    # up to the new price at the old one: 0.1 and 0.2 kWh at 0.25, then 0.1 kWh at 1
    assert told(live.today) == (Decimal("13.00"), Decimal("3.33"))
    assert live.month is not None
    assert live.month.kilowatt_hours == Decimal("70.60")


def test_a_counter_that_falls_counts_nothing() -> None:
    running = Running(energy=100, cost=0, upto=point(MORNING, 5000))

    assert running.until(point(MORNING + 1, 20)).energy == 100
    assert running.until(point(MORNING + 1, 20)).until(point(MORNING + 2, 25)).energy == 105


def test_usage_without_a_price_has_no_cost_from_then_on() -> None:
    running = Running(energy=0, cost=0, upto=point(MORNING, 0, price=None))

    assert running.until(point(MORNING + 1, 0, price=None)).cost == 0
    assert running.until(point(MORNING + 1, 1, price=None)).cost is None
    assert running.until(point(MORNING + 1, 1, price=None)).until(point(MORNING + 2, 2)).cost is None


def test_a_reading_without_the_counter_changes_nothing() -> None:
    running = Running(energy=5, cost=0, upto=point(MORNING, 10))

    assert running.until(Point(at=MORNING + 1, steps={"price_t1": 5})) == running


def live_since_yesterday() -> LiveUsage:
    live = LiveUsage()
    live.turn(MORNING - DAY, MONTH)
    live.read(point(MORNING - 1, 1000))
    live.today = Running(energy=700, cost=0, upto=point(MORNING - 1, 1000))
    live.month = Running(energy=9000, cost=0, upto=point(MORNING - 1, 1000))
    return live


def test_at_midnight_today_begins_anew_and_the_month_goes_on() -> None:
    live = live_since_yesterday()

    assert live.turn(MORNING, MONTH)
    live.read(point(MORNING + 1, 1004))

    assert (live.today.energy, live.month.energy) == (4, 9004)  # type: ignore[union-attr]
    assert not live.turn(MORNING, MONTH), "once is enough"


def test_with_the_month_both_begin_anew() -> None:
    live = live_since_yesterday()

    live.turn(MORNING, MORNING)
    live.read(point(MORNING + 1, 1004))

    assert (live.today.energy, live.month.energy) == (4, 4)  # type: ignore[union-attr]


def test_midnight_that_nobody_saw_leaves_both_unknown() -> None:
    live = live_since_yesterday()
    live.read(point(MORNING - 16, 990))

    live.turn(MORNING, MONTH)

    assert (live.today, live.month) == (None, None)


def test_a_clock_that_is_set_back_by_a_day_leaves_both_unknown() -> None:
    live = live_since_yesterday()

    live.turn(MORNING - 2 * DAY, MONTH)

    assert (live.today, live.month) == (None, None)


def test_what_was_known_of_yesterday_is_not_taken_for_today(meter: Meter) -> None:
    meter.measured(minute("2026-05-30"), minute("2026-06-02 23:59"))
    base = meter.base("2026-06-02 23:59")
    live = live_since_yesterday()
    live.turn(MORNING, MONTH)
    before = (live.today, live.month)

    live.rebase(base)

    assert (live.today, live.month) == before


def test_what_the_store_does_not_know_goes_on(meter: Meter) -> None:
    meter.measured(minute("2026-06-03 08:20"), minute("2026-06-03 10:31"))
    live = live_since_yesterday()
    live.turn(MORNING, MONTH)
    live.read(point(MORNING + 1, 1004))

    live.rebase(replace(meter.base("2026-06-03 10:31"), morning=MORNING))

    assert (live.today.energy, live.month.energy) == (4, 9004)  # type: ignore[union-attr]
