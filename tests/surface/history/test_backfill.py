"""After an outage, what the meter has kept itself: marked as such, with energy that adds up."""

from __future__ import annotations

import numpy as np
import pytest

from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from custom_components.csj_meter.telemetry.gaps import Gap, GapState
from custom_components.csj_meter.telemetry.series import DAY, Series

from ..conftest import Home
from .conftest import UNIT, Archive

HOUR = 3600

pytestmark = pytest.mark.meters(live_period=30)


async def gaps(archive: Archive, state: GapState | None = None) -> list[Gap]:
    """The outages of the meter since it was seen first."""
    found: list[Gap] = await archive.read(lambda store: store.gaps(archive.serial, state))
    return [gap for gap in found if gap.since is not None]


async def outage_of_home_assistant(home: Home, seconds: float) -> None:
    """Nobody listens for a time."""
    assert await home.tear_down()
    await home.time.run(seconds)
    assert await home.set_up()


async def outage_of_the_line(home: Home, seconds: float) -> None:
    """The meter goes on, and nobody hears it for a time."""
    home.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
    await home.time.run(seconds)
    home.line.faults.clear()


def during(series: Series, gap: Gap) -> Series:
    """The samples inside an outage."""
    assert gap.since is not None
    return series.between(gap.since + 1, gap.until)


@pytest.mark.parametrize("outage", [outage_of_home_assistant, outage_of_the_line])
async def test_the_load_profile_fills_an_outage(archive: Archive, outage: object) -> None:
    home = archive.home
    await home.time.run(600)

    await outage(home, 4 * HOUR)  # type: ignore[operator]
    await home.time.run(900)

    (gap,) = await gaps(archive)
    assert gap.state is GapState.FILLED
    assert gap.since is not None
    series = await archive.samples()
    filled = during(series, gap)
    assert filled.minutes.tolist() == list(range(gap.since + 1, gap.until))
    assert set(filled.provenance.tolist()) == {Provenance.PROFILE}
    assert np.count_nonzero(~np.isnan(filled.numbers("active_power"))) > 200


async def test_of_a_meter_that_was_without_power_only_the_energy_is_known(archive: Archive) -> None:
    home = archive.home
    await home.time.run(600)

    home.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=UNIT))
    await home.time.run(4 * HOUR)
    home.line.faults.clear()
    await home.time.run(900)

    (gap,) = await gaps(archive)
    assert gap.state in {GapState.PARTLY, GapState.UNFILLABLE}
    filled = during(await archive.samples(), gap)
    assert np.count_nonzero(~np.isnan(filled.numbers("active_power"))) <= 30


@pytest.mark.parametrize("outage", [outage_of_home_assistant, outage_of_the_line])
async def test_the_energy_of_an_outage_is_that_of_the_counters(archive: Archive, outage: object) -> None:
    home = archive.home
    await home.time.run(600)
    await outage(home, 3 * HOUR)  # type: ignore[operator]
    await home.time.run(2 * HOUR)

    series = await archive.samples()
    span = int(series.minutes[0]), int(series.minutes[-1])
    hours = (await archive.read(lambda store: store.hours([archive.serial], 0, 1 << 40)))[archive.serial]
    start, end = int(hours.starts[1]), int(hours.starts[-1] + 60)
    assert span[0] <= start
    assert end <= span[1]
    at = dict(zip(series.minutes.tolist(), range(len(series)), strict=True))
    for counter in ("energy_import", "energy_import_t1", "energy_import_t2"):
        steps = series.steps(counter)
        rise = int(steps[at[end]] - steps[at[start]])
        assert int(hours.steps(f"{counter}_used")[1:].sum()) == rise
        assert np.all(np.diff(steps[steps >= 0]) >= 0)


async def test_a_meter_that_is_new_brings_the_past_that_it_has_kept(archive: Archive) -> None:
    home = archive.home
    began = int(home.time.wall // 60)
    await home.time.run(900)

    series = await archive.samples()
    past = series.between(0, began)
    assert set(past.provenance.tolist()) == {Provenance.PROFILE}
    assert past.minutes.tolist() == list(range(int(past.minutes[0]), began))
    assert len(past) == pytest.approx(7 * DAY, abs=30)
    assert await gaps(archive, GapState.OPEN) == []


async def test_unloading_does_not_wait_for_a_load_profile_and_the_next_set_up_goes_on(
    archive: Archive,
) -> None:
    home = archive.home
    await home.time.until_multiple_of(60)
    await home.time.run(6)  # the first samples are on disk, and their past is being read

    assert await home.tear_down()
    assert home.time.wall % 60 < 10
    assert await home.set_up()
    await home.time.run(900)

    assert len((await archive.samples()).between(0, int(home.time.wall // 60) - 60))
