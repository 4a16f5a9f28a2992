"""A sample a minute of every meter: written once, when the minute is over, whatever clocks do."""

from __future__ import annotations

from functools import partial

import numpy as np

from custom_components.csj_meter.history.telemetry import async_telemetry
from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.telemetry.series import Series
from custom_components.csj_meter.telemetry.store import Store

from ..conftest import Home
from .conftest import UNIT, Archive


async def test_every_minute_of_every_meter_becomes_a_sample(bridge: Home) -> None:
    start = bridge.time.wall
    await bridge.time.until_multiple_of(60)
    await bridge.time.run(600)

    store_of = await async_telemetry(bridge.hass)
    since = int(start // 60) + 1
    for unit_id in (meter.data["unit_id"] for meter in bridge.entry.subentries.values()):
        serial = bridge.serial(unit_id)
        (series,) = await bridge.time.through(
            store_of.async_read(partial(_samples, serial, since, since + 9))
        )
        assert series.minutes.tolist() == list(range(since, since + 9))
        assert set(series.provenance.tolist()) == {Provenance.MEASURED}
        assert {"voltage_l1", "active_power", "energy_import", "status", "active_tariff"} <= set(
            series.columns
        )


def _samples(serial: str, since: int, until: int, store: Store) -> list[Series]:
    return list(store.minutes(serial, since, until))


async def test_a_sample_is_what_the_meter_said_in_its_minute(archive: Archive) -> None:
    home = archive.home
    await home.time.until_multiple_of(60)
    await home.time.run(50)
    shown = {
        key: float(home.state("sensor", UNIT, key).state)
        for key in ("voltage_l1", "energy_import", "balance")
    }
    await home.time.run(20)

    series = (await archive.samples()).rows(slice(-1, None))

    assert int(series.minutes[0]) == int((home.time.wall - 20) // 60)
    assert {key: float(series.numbers(key)[0]) for key in shown} == shown


async def test_nothing_is_written_before_the_minute_is_over(archive: Archive) -> None:
    home = archive.home
    await home.time.until_multiple_of(60)
    await home.time.run(62)

    assert int((await archive.samples()).minutes[-1]) == int(home.time.wall // 60) - 2

    await home.time.run(2)

    assert int((await archive.samples()).minutes[-1]) == int(home.time.wall // 60) - 1


async def test_the_minute_that_runs_is_written_when_the_bridge_is_unloaded(archive: Archive) -> None:
    home = archive.home
    await home.time.run(130)
    minute = int(home.time.wall // 60)

    assert await home.tear_down()
    assert await home.set_up()

    assert minute in (await archive.samples()).minutes


async def test_what_a_bridge_has_written_is_there_when_it_comes_back(archive: Archive) -> None:
    home = archive.home
    await home.time.run(300)
    before = await archive.samples()

    assert await home.tear_down()
    await home.time.run(120)
    assert await home.set_up()
    await home.time.run(120)

    after = await archive.samples()
    assert set(before.minutes.tolist()) <= set(after.minutes.tolist())
    assert np.all(np.diff(after.minutes) > 0)


async def test_the_status_tells_how_the_writing_goes(archive: Archive) -> None:
    home = archive.home
    await home.time.until_multiple_of(60)
    await home.time.run(20 * 60)

    status = (await archive.telemetry()).status

    assert (status.waiting, status.lag_seconds, status.last_error, status.dropped) == (0, 0.0, None, 0)
    assert status.rows_per_minute == 1.0
    assert status.dialect == "sqlite"
    assert status.database == str(archive.file)
    assert status.size_bytes is not None
    assert status.size_bytes > 0
    assert status.meters == 1
    assert status.oldest is not None
    assert int(status.oldest.timestamp() // 60) == (await archive.samples()).minutes[0]
