"""What a meter has used today and this month follows its counters, through midnight, restarts and outages."""

from __future__ import annotations

from contextlib import closing
import datetime as dt
from decimal import Decimal
from pathlib import Path
import sqlite3
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    EVENT_CORE_CONFIG_UPDATE,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
import numpy as np
import pytest

from custom_components.csj_meter.history import usage as usage_module
from custom_components.csj_meter.history.opening import DATABASE_FILE
from custom_components.csj_meter.history.telemetry import async_telemetry
from custom_components.csj_meter.history.usage_base import read_bases
from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.prepay.money import round_money
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.telemetry import database
from custom_components.csj_meter.telemetry.series import DAY, Series

from .conftest import Home, subentry_of
from .driven_time import EPOCH

PREPAID, PLAIN = 2, 4
"""Unit ids of a single-phase prepaid meter, and of one that knows no prices."""

SHORTLY_BEFORE_MIDNIGHT = "Pacific/Chatham"
"""Where it is 23:45 on the 31st of October when driven time begins."""

MIDNIGHT = EPOCH + 15 * 60
"""When the first of November begins there."""

pytestmark = pytest.mark.meters(live_period=30)


@pytest.fixture
async def known(home: Home) -> Home:
    """A prepaid meter that used 0.02 kWh a minute in the last forty days, 0.01 kWh until a week ago."""
    await home.hass.config.async_set_time_zone("Europe/Berlin")
    home = home.with_meters(subentry_of(home.line.meters[PREPAID]))
    assert await home.set_up()
    await remember(home, PREPAID)
    await home.time.run(130)
    return home


async def remember(home: Home, unit_id: int) -> None:
    """Put forty days into the store, up to what the meter shows now."""
    await home.time.run(20)
    truth = home.line.meters[unit_id].truth()
    now = int(home.time.wall // 60)
    minutes = np.arange(now - 40 * DAY, now)
    rate = np.where(minutes < now - 7 * DAY, 1, 2)
    columns = {
        name: round(100 * float(str(truth[name]))) - np.cumsum(rate[::-1])[::-1]
        if name.endswith(("import", f"_t{truth['active_tariff']}"))
        else np.full(len(minutes), round(100 * float(str(truth[name]))))
        for name in (
            "energy_import",
            "energy_import_t1",
            "energy_import_t2",
            "energy_import_t3",
            "energy_import_t4",
        )
        if truth.get(name) is not None
    }
    columns |= {
        name: np.full(len(minutes), round(10_000 * float(str(truth[name]))))
        for name in ("price_t1", "price_t2", "price_t3", "price_t4")
        if truth.get(name) is not None
    }
    series = Series(
        minutes=minutes, provenance=np.full(len(minutes), int(Provenance.MEASURED)), columns=columns
    )
    telemetry = await async_telemetry(home.hass)
    await home.time.through(telemetry.async_run(lambda store: store.ingest(home.serial(unit_id), series)))


def value(home: Home, key: str, unit_id: int = PREPAID) -> Decimal:
    """What a sensor shows."""
    return Decimal(home.state("sensor", unit_id, key).state)


async def counter_at(home: Home, minute: int, unit_id: int = PREPAID) -> Decimal:
    """What the counter showed at a minute, as the store has it."""
    telemetry = await async_telemetry(home.hass)
    series = await home.time.through(
        telemetry.async_read(
            lambda store: Series.joined(store.minutes(home.serial(unit_id), minute, minute + 1))
        )
    )
    return Decimal(str(series.numbers("energy_import")[0]))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Of which meters the store was asked, each time it was."""
    asked: list[list[str]] = []

    def counted(store: Any, serials: list[str], **times: Any) -> Any:
        asked.append(serials)
        return read_bases(store, serials, **times)

    monkeypatch.setattr(usage_module, "read_bases", counted)
    return asked


async def test_usage_and_cost_are_those_of_the_day_and_month_of_the_home(known: Home) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    midnight = int(dt.datetime(2026, 10, 31, tzinfo=berlin).timestamp()) // 60
    first = int(dt.datetime(2026, 10, 1, tzinfo=berlin).timestamp()) // 60
    shown = value(known, "energy_import")

    assert value(known, "usage_today") == shown - await counter_at(known, midnight)
    assert value(known, "usage_this_month") == shown - await counter_at(known, first)
    tariff = known.state("sensor", PREPAID, "active_tariff").state
    price = Decimal(str(known.line.meters[PREPAID].truth()[f"price_t{tariff}"]))
    for key, energy in (("cost_today", "usage_today"), ("cost_this_month", "usage_this_month")):
        cost = known.state("sensor", PREPAID, key)
        assert Decimal(cost.state) == round_money(price * value(known, energy)), key
        assert cost.attributes[ATTR_UNIT_OF_MEASUREMENT] == "EUR"
        assert cost.attributes["device_class"] == SensorDeviceClass.MONETARY


async def test_the_last_week_is_compared_with_the_one_before(known: Home) -> None:
    trend = known.state("sensor", PREPAID, "usage_trend")

    assert float(trend.state) == pytest.approx(100, abs=0.5)
    assert trend.attributes["last_7_days"] == pytest.approx(201.6, abs=0.5)
    assert trend.attributes["previous_7_days"] == pytest.approx(100.8, abs=0.5)


async def test_no_statistics_are_kept_that_the_energy_dashboard_would_count_twice(known: Home) -> None:
    for key in ("usage_today", "usage_this_month", "cost_today", "cost_this_month"):
        assert "state_class" not in known.state("sensor", PREPAID, key).attributes, key
    assert known.state("sensor", PREPAID, "energy_import").attributes["state_class"] == "total_increasing"


async def test_today_moves_with_every_reading_while_the_store_is_left_alone(
    known: Home, reads: list[list[str]]
) -> None:
    started = value(known, "energy_import"), value(known, "usage_today")
    seen = set()

    for _ in range(30):
        await known.time.run(60)
        counter, today = value(known, "energy_import"), value(known, "usage_today")
        assert today - started[1] == counter - started[0]
        seen.add(today)

    assert len(seen) > 3
    assert reads == []


async def test_the_store_is_asked_once_an_hour(known: Home, reads: list[list[str]]) -> None:
    await known.time.run(3600)

    assert reads == [[known.serial(PREPAID)]]


async def test_the_store_is_not_asked_because_home_assistant_tells_its_settings_again(
    known: Home, reads: list[list[str]]
) -> None:
    known.hass.bus.async_fire(EVENT_CORE_CONFIG_UPDATE)  # as at each start
    await known.time.run(60)
    assert reads == []

    await known.hass.config.async_update(time_zone="Europe/Lisbon")
    await known.time.run(60)
    assert reads == [[known.serial(PREPAID)]]


@pytest.fixture
async def evening(home: Home) -> Home:
    """The same shortly before midnight on the last day of a month."""
    await home.hass.config.async_set_time_zone(SHORTLY_BEFORE_MIDNIGHT)
    home = home.with_meters(subentry_of(home.line.meters[PREPAID]))
    assert await home.set_up()
    await remember(home, PREPAID)
    await home.time.run(130)
    return home


async def test_at_midnight_a_day_and_a_month_begin(evening: Home) -> None:
    before = value(evening, "usage_today")
    assert before > 20
    assert value(evening, "usage_this_month") > 500

    await evening.time.run(MIDNIGHT - evening.time.wall + 0.5)

    for key in ("usage_today", "usage_this_month", "cost_today", "cost_this_month"):
        assert 0 <= value(evening, key) <= Decimal("0.02"), key  # the counters may just have been read
    last = value(evening, "energy_import") - value(evening, "usage_today")
    await evening.time.run(59)
    assert value(evening, "usage_today") == value(evening, "energy_import") - last

    # when the store knows of midnight, its counters are those between the samples around it
    await evening.time.run(3600)
    used = value(evening, "energy_import") - await counter_at(evening, int(MIDNIGHT // 60))
    assert abs(value(evening, "usage_today") - used) <= Decimal("0.01")
    assert value(evening, "usage_this_month") == value(evening, "usage_today")
    assert value(evening, "cost_this_month") == value(evening, "cost_today") > 0


async def test_after_a_restart_today_goes_on(known: Home) -> None:
    before = value(known, "usage_today")
    counter = value(known, "energy_import")
    assert await known.tear_down()
    await known.time.run(1800)

    assert await known.time.through(known.hass.config_entries.async_setup(known.entry.entry_id))
    await known.time.run(130)

    rise = value(known, "energy_import") - counter
    assert rise > 0
    assert value(known, "usage_today") == before + rise


async def test_an_outage_over_midnight_is_shared_between_the_days(evening: Home) -> None:
    month = value(evening, "usage_this_month")
    counter = value(evening, "energy_import")
    evening.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))  # the meter itself goes on
    await evening.time.run(MIDNIGHT - evening.time.wall + 3600)
    assert evening.state("sensor", PREPAID, "usage_today").state == STATE_UNAVAILABLE
    evening.line.faults.clear()
    await evening.time.run(600)

    rise = value(evening, "energy_import") - counter
    today = value(evening, "usage_today")
    assert 0 < today < rise
    assert value(evening, "usage_this_month") == today, "the month began at midnight"
    assert month > rise


async def test_a_meter_that_does_not_answer_shows_nothing(known: Home) -> None:
    known.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=PREPAID))
    await known.time.run(200)
    for key in ("usage_today", "usage_this_month", "cost_today", "cost_this_month", "usage_trend"):
        assert known.state("sensor", PREPAID, key).state == STATE_UNAVAILABLE, key

    known.line.faults.clear()
    await known.time.run(400)

    assert value(known, "usage_today") > 0


async def test_what_is_not_known_from_its_beginning_on_is_not_shown(home: Home) -> None:
    home = home.with_meters(subentry_of(home.line.meters[PLAIN]))
    assert await home.set_up()
    await home.time.run(20)

    for key in ("usage_today", "usage_this_month", "usage_trend"):
        assert home.state("sensor", PLAIN, key).state == STATE_UNKNOWN, key


async def test_a_meter_without_prices_has_no_costs(home: Home) -> None:
    home = home.with_meters(subentry_of(home.line.meters[PLAIN]))
    assert await home.set_up()

    assert home.entity_id("sensor", PLAIN, "usage_today") is not None
    assert home.entity_id("sensor", PLAIN, "cost_today") is None


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is locked is given up at once: nobody is going to let go of it meanwhile."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.01)


async def test_a_database_that_is_locked_does_not_stop_today(impatient: None, known: Home) -> None:
    counter, today = value(known, "energy_import"), value(known, "usage_today")
    file = Path(known.hass.config.path(DATABASE_FILE))
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        await known.time.run(900)

        rise = value(known, "energy_import") - counter
        assert rise > 0
        assert value(known, "usage_today") == today + rise
        other.execute("ROLLBACK")


async def test_a_clock_that_is_set_over_midnight_shows_the_day_and_month_that_are_there_then(
    evening: Home,
) -> None:
    chatham = ZoneInfo(SHORTLY_BEFORE_MIDNIGHT)
    day = int(dt.datetime(2026, 10, 31, tzinfo=chatham).timestamp()) // 60
    month = int(dt.datetime(2026, 10, 1, tzinfo=chatham).timestamp()) // 60
    await evening.time.run(MIDNIGHT - evening.time.wall + 600)
    assert value(evening, "usage_today") < 1
    await evening.time.step(-900)
    await evening.time.run(180)

    shown = value(evening, "energy_import")
    assert value(evening, "usage_today") == shown - await counter_at(evening, day)
    assert value(evening, "usage_this_month") == shown - await counter_at(evening, month)
    assert value(evening, "cost_this_month") > value(evening, "cost_today") > 0

    # and when it is set right, shortly before midnight would have come once more
    await evening.time.step(900)
    await evening.time.run(180)
    used = value(evening, "energy_import") - await counter_at(evening, int(MIDNIGHT // 60))
    assert abs(value(evening, "usage_today") - used) <= Decimal("0.01")
