"""Energy and balances hour by hour: those of the store, and of the recorder before it began."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from homeassistant.util import dt as dt_util
import pytest

from custom_components.csj_meter.history.telemetry import async_telemetry
from custom_components.csj_meter.money.energy_history import async_balances, async_hourly_energy, full_hour
from custom_components.csj_meter.telemetry.series import Series

from ..conftest import Home, subentry_of

UNIT = 2
HOUR = dt.timedelta(hours=1)

pytestmark = pytest.mark.meters(live_period=60)


@pytest.fixture
async def alone(home: Home) -> Home:
    """A bridge with one prepaid meter and no past."""
    bridge = home.with_meters(subentry_of(home.line.meters[UNIT]))
    assert await bridge.set_up()
    return bridge


@pytest.mark.days
async def test_the_hours_of_the_store_add_up_to_the_counters(alone: Home) -> None:
    serial, tariffs = alone.serial(UNIT), 4
    await alone.time.until_multiple_of(3600)
    since = full_hour(dt_util.utcnow())
    await alone.time.run(3 * 3600 + 240)
    until = since + 3 * HOUR

    energy = await alone.time.through(async_hourly_energy(alone.hass, serial, tariffs, since, until))

    telemetry = await async_telemetry(alone.hass)
    first, last = int(since.timestamp() // 60), int(until.timestamp() // 60)
    series = await alone.time.through(
        telemetry.async_read(lambda store: Series.joined(store.minutes(serial, first, last + 1)))
    )
    for tariff in range(tariffs):
        counter = series.numbers(f"energy_import_t{tariff + 1}")
        used = sum(hour[tariff] for hour in energy.hours if hour is not None)
        assert used == pytest.approx(counter[-1] - counter[0], abs=0.001)
    assert None not in energy.hours


@pytest.mark.days
async def test_of_the_time_before_the_store_nothing_is_known_without_a_recorder(alone: Home) -> None:
    await alone.time.run(2 * 3600 + 240)
    since = full_hour(dt_util.utcnow()) - 10 * HOUR

    energy = await alone.time.through(
        async_hourly_energy(alone.hass, alone.serial(UNIT), 4, since, since + 10 * HOUR)
    )

    assert energy.hours[:7] == (None,) * 7
    assert energy.hours[-1] is not None


@pytest.mark.days
async def test_balances_are_those_at_the_end_of_each_hour(alone: Home) -> None:
    await alone.time.until_multiple_of(3600)
    await alone.time.run(2 * 3600 + 240)
    until = full_hour(dt_util.utcnow())

    balances = await alone.time.through(
        async_balances(alone.hass, alone.serial(UNIT), until - 2 * HOUR, until)
    )

    assert [one.at for one in balances] == [until - HOUR, until]
    assert balances[0].balance > balances[1].balance > Decimal(0)
