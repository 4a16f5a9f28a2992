"""Hours in Home Assistant's statistics: all of them after an outage, never other than the counters say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import datetime as dt
from itertools import count, pairwise
import sqlite3
from typing import Any

from homeassistant.components.recorder.core import Recorder
from homeassistant.components.recorder.statistics import list_statistic_ids, statistics_during_period
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
import numpy as np
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from custom_components.csj_meter.history.hourly_course import SUMS, closed_hours, courses
from custom_components.csj_meter.history.statistics import HourlyStatistics, statistic_id
from custom_components.csj_meter.history.telemetry import async_telemetry
from custom_components.csj_meter.telemetry.columns import ABSENT
from custom_components.csj_meter.telemetry.series import FOREVER, Series

from ..conftest import Home, subentry_of
from ..driven_time import EPOCH as BEGIN
from .conftest import UNIT, Archive
from .test_backfill import outage_of_home_assistant, outage_of_the_line

HOUR = 3600
EPOCH = dt.datetime.fromtimestamp(0, dt.UTC)
COUNTERS = ("energy_import", "energy_import_t1", "energy_import_t2", "energy_import_t3", "energy_import_t4")

pytestmark = pytest.mark.meters(live_period=30)


@pytest.fixture
def hass(recorder_mock: Recorder, hass: HomeAssistant) -> HomeAssistant:
    """A Home Assistant that records."""
    return hass


async def recorded(home: Home) -> None:
    """Let the recorder write down what it has been given, whatever that leads to."""
    for _ in range(4):
        await home.time.run(1)
        await async_wait_recording_done(home.hass)


async def rows(archive: Archive, key: str) -> list[dict[str, Any]]:
    """The hours of a quantity of the meter."""
    hass = archive.home.hass
    await recorded(archive.home)
    its_id = statistic_id(archive.serial, key)
    found = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        EPOCH,
        None,
        {its_id},
        "hour",
        None,
        {"sum", "state", "mean", "min", "max"},
    )
    return [dict(row) for row in found.get(its_id, ())]


@contextmanager
def unwritable(hass: HomeAssistant, times: int) -> Iterator[None]:
    """A recorder whose database is locked whenever it writes statistics, at most so many times."""
    engine, numbers = get_instance(hass).engine, count()

    def refuse(_: Any, __: Any, statement: str, *___: Any) -> None:
        if statement.startswith(("INSERT INTO statistics ", "UPDATE statistics ")) and next(numbers) < times:
            raise OperationalError(statement, {}, sqlite3.OperationalError("database is locked"))

    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", refuse)
    assert next(numbers)


def counter_at(series: Series, counter: str, moment: float) -> float | None:
    """What a counter showed at a full minute."""
    place = series.minutes.searchsorted(int(moment // 60))
    if place == len(series) or series.minutes[place] != int(moment // 60):
        return None
    return None if series.steps(counter)[place] == ABSENT else float(series.numbers(counter)[place])


@pytest.mark.days
@pytest.mark.parametrize("outage", [outage_of_home_assistant, outage_of_the_line])
async def test_every_hour_is_there_after_an_outage_with_the_energy_of_the_counters(
    archive: Archive, outage: Any
) -> None:
    home = archive.home
    await home.time.run(1800)
    await outage(home, 4 * HOUR)
    await home.time.run(2 * HOUR)

    series = await archive.samples()
    for counter in COUNTERS:
        hours = await rows(archive, counter)
        starts = [row["start"] for row in hours]
        assert starts == [starts[0] + HOUR * place for place in range(len(starts))]
        assert starts[-1] >= home.time.wall - 2 * HOUR
        recent = [row for row in hours if row["start"] >= home.time.wall - 8 * HOUR]
        for before, row in pairwise(recent):
            rise = [counter_at(series, counter, moment) for moment in (row["start"], row["end"])]
            assert None not in rise
            assert row["sum"] - before["sum"] == pytest.approx(rise[1] - rise[0], abs=0.0051)  # type: ignore[operator]


@pytest.mark.days
async def test_the_sums_of_all_tariffs_are_the_sum_of_the_whole(archive: Archive) -> None:
    home = archive.home
    await home.time.run(3 * HOUR)

    whole = (await rows(archive, "energy_import"))[-3:]
    tariffs = [(await rows(archive, counter))[-3:] for counter in COUNTERS[1:]]

    rise = whole[-1]["sum"] - whole[0]["sum"]
    assert sum(rows[-1]["sum"] - rows[0]["sum"] for rows in tariffs) == pytest.approx(rise, abs=0.05)
    assert rise > 0


@pytest.mark.parametrize("hours", [3, -3])
async def test_no_sum_falls_because_of_hours_that_a_clock_was_ahead_in(archive: Archive, hours: int) -> None:
    home, loop = archive.home, archive.home.hass.loop
    begun = loop.time() - (home.time.wall - BEGIN)
    # the meter lives by the time that is true
    home.line.meters[UNIT].clock = lambda: BEGIN + loop.time() - begun
    await home.time.run(4000)
    for step in (hours, -hours):
        await home.time.step(step * HOUR)
        await home.time.run(900)

        for key in ("energy_import", "cost"):
            sums = [row["sum"] for row in await rows(archive, key)]
            assert sums == sorted(sums), f"{key} after a step by {step} hours"
    total = (await rows(archive, "energy_import"))[-1]["sum"]
    used = await archive.read(lambda store: store.totals(archive.serial)["energy_import_used"])
    assert total == pytest.approx(used / 100, abs=0.05)


async def test_voltage_has_mean_and_extremes_and_cost_is_in_the_currency_of_the_meter(
    archive: Archive,
) -> None:
    home = archive.home
    await home.time.run(2 * HOUR)

    voltage = (await rows(archive, "voltage_l1"))[-1]
    cost = await rows(archive, "cost")

    assert 180 < voltage["min"] <= voltage["mean"] <= voltage["max"] < 260
    assert cost[-1]["sum"] > cost[-2]["sum"]
    known = await get_instance(home.hass).async_add_executor_job(list_statistic_ids, home.hass)
    its = {one["statistic_id"]: one for one in known}
    told = its[statistic_id(archive.serial, "cost")]
    assert (told["statistics_unit_of_measurement"], told["has_sum"], told["name"]) == (
        "EUR",
        True,
        "Home 2 Energy cost",
    )
    assert its[statistic_id(archive.serial, "energy_import_t2")]["name"] == "Home 2 Energy import tariff 2"


@pytest.mark.days
async def test_sums_go_on_when_the_store_has_to_begin_anew(archive: Archive) -> None:
    home = archive.home
    await home.time.run(3 * HOUR)
    before = await rows(archive, "energy_import")

    assert await home.tear_down()
    archive.file.unlink()
    assert await home.set_up()
    await home.time.run(3 * HOUR)

    after = {row["start"]: row for row in await rows(archive, "energy_import")}
    assert set(after) >= {row["start"] for row in before}
    ordered = [after[start]["sum"] for start in sorted(after)]
    assert all(one <= other for one, other in pairwise(ordered))


@pytest.mark.days
async def test_a_course_that_begins_later_than_others_goes_on_from_its_own_hour(archive: Archive) -> None:
    home, keys = archive.home, ("energy_import", "energy_import_t2", "cost")
    await home.time.run(8 * HOUR)
    before = {key: await rows(archive, key) for key in keys}
    hours = await archive.read(lambda store: closed_hours(archive.serial, 0, FOREVER, store))
    found = await archive.read(lambda store: courses(archive.serial, hours, store))
    later = {key: found[key][2:] if key == "cost" else found[key] for key in keys}

    async def tell() -> None:
        (meter,) = home.entry.runtime_data.coordinators.values()
        await HourlyStatistics(home.hass, await async_telemetry(home.hass))._async_send(meter, later)

    await home.time.through(tell())
    assert {key: await rows(archive, key) for key in keys} == before


async def test_nothing_is_told_twice_when_nothing_has_changed(archive: Archive) -> None:
    home = archive.home
    await home.time.run(2 * HOUR)
    await recorded(home)

    assert await archive.read(lambda store: store.untold()) == {}


async def test_the_meters_of_a_bridge_that_is_set_up_later_are_told_at_once(alone: Home) -> None:
    other = alone.with_meters(subentry_of(alone.line.meters[1]))
    assert await other.set_up()
    assert await alone.set_up()
    archive = Archive(alone)
    await alone.time.run(1800)
    assert await alone.tear_down()
    await alone.time.run(2 * HOUR)
    assert await rows(archive, "energy_import") == []  # of a meter that is not set up nobody knows the name

    assert await alone.set_up()

    assert [row["start"] for row in await rows(archive, "energy_import")] == [BEGIN]


@pytest.mark.parametrize("times", [1, 10_000], ids=["one course", "all courses"])
async def test_what_the_recorder_cannot_write_is_told_again(archive: Archive, times: int) -> None:
    home, keys = archive.home, (*COUNTERS, "cost")
    await home.time.run(2 * HOUR)
    before = {key: await rows(archive, key) for key in keys}

    with unwritable(home.hass, times):
        await home.time.run(HOUR)
        await recorded(home)
    await home.time.run(2 * HOUR)

    hours = await archive.read(lambda store: closed_hours(archive.serial, 0, FOREVER, store))
    for key in keys:
        after = await rows(archive, key)
        assert len(after) >= len(before[key]) + 3
        assert [row["start"] for row in after] == [after[0]["start"] + HOUR * n for n in range(len(after))]
        used = hours.numbers(SUMS[key])[-len(after) :]
        assert [row["sum"] for row in after] == pytest.approx(np.cumsum(used).tolist(), abs=1e-6)
    assert await archive.read(lambda store: store.untold()) == {}
