"""The statement by action, and how long credit lasts: out of what Home Assistant has recorded."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from homeassistant.components.recorder.core import Recorder
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.csj_meter.money.prepayment import async_prepayment
from custom_components.csj_meter.prepay.tariffs import Prices
from custom_components.csj_meter.site.tenants import Tenancy, Turn
from custom_components.csj_meter.tenants.book import async_tenants

from ..conftest import Home
from .conftest import Call

UNIT, PLAIN = 2, 3
HOUR = dt.timedelta(hours=1)
NOW = dt.datetime(2026, 10, 31, 10, tzinfo=dt.UTC)
"""Where driven time begins."""

PER_HOUR = (0.25, 0.5, 0.0, 0.25)
"""kWh by tariff, every hour of the year."""

pytestmark = pytest.mark.meters(2, 3, live_period=60)


@pytest.fixture
def hass(recorder_mock: Recorder, hass: HomeAssistant) -> HomeAssistant:
    """A Home Assistant that records."""
    return hass


async def remember(
    home: Home, key: str, rows: list[StatisticData], unit: str, unit_class: str | None
) -> None:
    """Give a sensor of the meter a past."""
    entity_id = home.entity_id("sensor", UNIT, key)
    assert entity_id is not None
    async_import_statistics(
        home.hass,
        {
            "source": "recorder",
            "statistic_id": entity_id,
            "name": None,
            "unit_of_measurement": unit,
            "unit_class": unit_class,
            "has_sum": True,
            "mean_type": StatisticMeanType.NONE,
        },
        rows,
    )


async def live(home: Home, days: int, gap: range = range(0)) -> None:
    """Let the meter have been used for ``days``; hours of ``gap``, counted back, were not recorded."""
    first = NOW - days * dt.timedelta(days=1)
    for tariff, energy in enumerate(PER_HOUR, 1):
        rows = [
            StatisticData(start=first + number * HOUR, state=100 + energy * number, sum=energy * number)
            for number in range(24 * days)
            if 24 * days - number not in gap
        ]
        await remember(home, f"energy_import_t{tariff}", rows, "kWh", "energy")
    balances = [
        StatisticData(start=first + number * HOUR, state=500.0 - number * 0.1, sum=0.0)
        for number in range(24 * days)
    ]
    await remember(home, "balance", balances, "EUR", None)
    await async_wait_recording_done(home.hass)


async def test_the_statement_of_a_month(opened: Home, call: Call) -> None:
    await live(opened, 70)
    prepayment = await async_prepayment(opened.hass)
    prices = Prices(tuple(map(Decimal, ("0.1", "0.2", "0.3", "0.4"))))
    await opened.hass.async_add_executor_job(
        prepayment.ledger.note_prices, opened.serial(UNIT), prices, NOW - dt.timedelta(days=90)
    )

    told = await call("statement", UNIT, month="2026-09")

    assert (told["month"], told["unit"], told["meter"]) == ("2026-09", "EUR", opened.serial(UNIT))
    # September has 720 hours
    assert [(one["tariff"], one["energy"], one["cost"]) for one in told["tariffs"]] == [
        (1, 180.0, 18.0),
        (2, 360.0, 72.0),
        (4, 180.0, 72.0),
    ]
    assert (told["energy"], told["cost"]) == (720.0, 162.0)
    assert told["opening"]["balance"] > told["closing"]["balance"]
    assert told["csv"].splitlines()[0].startswith("Meter,Serial number,Period")
    assert told["html"].startswith("<!doctype html>")
    assert "Home 2" in told["html"]


async def test_a_statement_of_a_meter_is_in_the_language_of_the_site(opened: Home, call: Call) -> None:
    await opened.hass.config.async_update(language="es")
    await opened.time.run(60)

    told = await call("statement", UNIT)

    assert '<html lang="es">' in told["html"]
    assert "Extracto septiembre de 2026 · Home 2" in told["html"]
    assert told["csv"].startswith("Contador,")


async def test_energy_of_hours_that_were_not_recorded_is_not_lost(opened: Home, call: Call) -> None:
    await live(opened, 20, gap=range(100, 110))

    told = await call("statement", UNIT, month="2026-10")

    # the first of the 480 hours has nothing before it to compare with
    assert told["energy"] == pytest.approx(480.0, abs=1.1)
    # no price was seen before, so there is no cost; the hours before the first one are a gap
    assert set(told["remarks"]) == {"running", "gaps", "no_price", "no_opening"}
    assert told["cost"] is None


async def test_without_a_past_a_statement_says_what_it_does_not_know(opened: Home, call: Call) -> None:
    told = await call("statement", UNIT)

    assert told["month"] == "2026-09"
    assert await call("statement", UNIT, month="") == told, "as a template gives it, left empty"
    assert {"gaps", "no_opening", "no_closing"} <= set(told["remarks"])
    assert told["energy"] == 0


@pytest.mark.parametrize(
    ("month", "key"), [("2026-13", "impossible_statement"), ("2027-01", "impossible_statement")]
)
async def test_a_month_that_cannot_be_is_refused(call: Call, month: str, key: str) -> None:
    with pytest.raises(ServiceValidationError) as told:
        await call("statement", UNIT, month=month)

    assert told.value.translation_key == key


async def test_a_month_of_a_megabyte_is_not_told_whole(call: Call) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await call("statement", UNIT, month="x" * 1_000_000)
    assert len(str(refused.value)) < 300


async def test_a_meter_without_prepayment_has_no_statement(call: Call) -> None:
    with pytest.raises(ServiceValidationError) as told:
        await call("statement", PLAIN)

    assert told.value.translation_key == "not_prepaid"


def tariff_at(table: list[dict[str, Any]], hour: int) -> int:
    """The tariff of an hour by a table as the action tells it."""
    tariff: int = [point["tariff"] for point in table if int(point["time"][:2]) <= hour][-1]
    return tariff


@pytest.mark.days
async def test_days_of_credit_left_follow_habits_and_top_ups(opened: Home, call: Call) -> None:
    assert opened.state("sensor", UNIT, "credit_days_left").attributes["outlook"] == "unknown"
    await live(opened, 28)
    await opened.time.run(1900)

    days = opened.state("sensor", UNIT, "credit_days_left")
    account = opened.line.meters[UNIT].truth()
    prices = [float(str(account[f"price_t{tariff}"])) for tariff in range(1, 5)]
    # a kWh every hour, at the price that its hour has by the day tables of the meter
    per_day = sum(
        weight * sum(prices[tariff_at(table, hour) - 1] for hour in range(24)) / 7
        for table, weight in zip((await call("get_day_tables", UNIT)).values(), (5, 1, 1), strict=True)
    )
    available = float(str(account["balance"])) + float(str(account["overdraft_limit"]))
    assert float(days.state) == pytest.approx(available / per_day, rel=0.1)
    assert days.attributes["outlook"] == "runs_out"
    assert days.attributes["per_day"] == pytest.approx(per_day, abs=0.02)

    await call("top_up", UNIT, amount=100)
    await opened.time.run(5)

    more = opened.state("sensor", UNIT, "credit_days_left")
    assert float(more.state) - float(days.state) == pytest.approx(100 / per_day, rel=0.1)

    # dearer from now on
    for day in ("weekday", "saturday", "sunday"):
        await call("set_day_table", UNIT, day=day, switch_points=[{"time": "00:00", "tariff": 1}])
    await opened.time.run(1800)
    dearer = opened.state("sensor", UNIT, "credit_days_left")
    assert dearer.attributes["per_day"] == pytest.approx(24 * prices[0], abs=0.05)


async def lives_there(home: Home, moved_in: dt.datetime) -> None:
    """Somebody lives behind the meter, since then."""
    tenancy = Tenancy(id="0" * 32, serial=home.serial(UNIT), name="Ada", moved_in=Turn(at=moved_in))
    book = await async_tenants(home.hass)
    await home.time.through(book.async_change(lambda tenancies: tenancies.with_tenancy(tenancy)))
    await home.time.run(5)


async def test_how_long_credit_lasts_says_nothing_of_who_lived_there_before(opened: Home) -> None:
    await live(opened, 28)
    await opened.time.run(1900)
    assert opened.state("sensor", UNIT, "credit_days_left").attributes["outlook"] == "runs_out"
    credit = opened.entry.runtime_data.credit
    (forecast,) = (
        credit.forecast(one)
        for one in opened.entry.runtime_data.coordinators.values()
        if one.identity.serial == opened.serial(UNIT)
    )
    assert forecast.data.known_days > 27

    now = dt.datetime.fromtimestamp(opened.time.wall, dt.UTC)
    for moved_in in (now, NOW - 20 * HOUR):
        await lives_there(opened, moved_in)
        assert opened.state("sensor", UNIT, "credit_days_left").state == "unknown"
        assert opened.state("sensor", UNIT, "credit_days_left").attributes["outlook"] == "unknown"

    await lives_there(opened, NOW - 49.5 * HOUR)
    assert opened.state("sensor", UNIT, "credit_days_left").attributes["outlook"] == "runs_out"
    assert forecast.data.known_days == pytest.approx(49 / 24, abs=1.1 / 24)
