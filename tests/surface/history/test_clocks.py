"""Clocks that jump, and days that are longer or shorter: every sample keeps its minute, energy adds up."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from custom_components.csj_meter.meters.sample import Provenance

from ..conftest import Home
from .conftest import Archive

HOUR = 3600


@pytest.mark.parametrize("hours", [5, -5])
async def test_a_clock_that_jumps_and_jumps_back_loses_no_sample(
    archive: Archive, hours: int, caplog: pytest.LogCaptureFixture
) -> None:
    home = archive.home
    measured: set[int] = set()
    for jump in (hours, -hours, 0):
        await home.time.until_multiple_of(60)
        start = int(home.time.wall // 60)
        await home.time.run(15 * 60)
        measured |= set(range(start, start + 15))
        await home.time.step(jump * HOUR)
        await home.time.run(130)

    status = (await archive.telemetry()).status
    assert (status.waiting, status.last_error, status.dropped) == (0, None, 0)
    series = await archive.samples()
    kept = series.minutes[series.provenance == Provenance.MEASURED]
    assert measured <= set(kept.tolist())
    assert "Traceback" not in caplog.text
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.days
@pytest.mark.parametrize(
    ("zone", "midnight", "minutes"),
    [
        ("America/New_York", dt.datetime(2026, 11, 1), 25 * 60),  # noqa: DTZ001 - of the zone under test
        ("Australia/Lord_Howe", dt.datetime(2027, 4, 4), 24 * 60 + 30),  # noqa: DTZ001
        ("Europe/Berlin", dt.datetime(2027, 3, 28), 23 * 60),  # noqa: DTZ001
    ],
)
async def test_a_day_on_which_the_clock_changes_has_the_energy_of_its_counters(
    alone: Home, zone: str, midnight: dt.datetime, minutes: int
) -> None:
    home = alone
    await home.hass.config.async_set_time_zone(zone)
    begins = midnight.replace(tzinfo=ZoneInfo(zone)).timestamp()
    await home.time.skip(begins - HOUR - home.time.wall)
    assert await home.set_up()
    await home.time.run(HOUR)
    assert await home.tear_down()
    await home.time.run((minutes - 30) * 60)
    assert await home.set_up()
    await home.time.run(3 * HOUR)

    archive = Archive(home)
    days = (await archive.read(lambda store: store.days([archive.serial], 0, 1 << 40)))[archive.serial]
    place = int(np.searchsorted(days.starts, begins // 60))
    assert (int(days.starts[place]), int(days.lengths[place])) == (begins // 60, minutes)
    series = await archive.samples()
    at = dict(zip(series.minutes.tolist(), series.steps("energy_import").tolist(), strict=True))
    rise = at[int(begins // 60) + minutes] - at[int(begins // 60)]
    assert int(days.steps("energy_import_used")[place]) == rise
    assert rise > 0
