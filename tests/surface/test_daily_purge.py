"""What is removed for its age: once a day, and never by a clock that has just jumped."""

from __future__ import annotations

from collections.abc import Iterator
import datetime as dt

from homeassistant.core import HomeAssistant
import pytest

from custom_components.csj_meter.daily_purge import DailyPurge

from .driven_time import EPOCH, DrivenTime

HOUR = 3600.0
DAY = 86_400.0


class Purges(list[float]):
    """Hours since the beginning, by the clock on the wall, at which something was removed."""

    async def purge(self, now: dt.datetime) -> None:
        self.append(round((now.timestamp() - EPOCH) / HOUR, 1))


@pytest.fixture
def purges(hass: HomeAssistant, driven_time: DrivenTime) -> Iterator[Purges]:
    purges = Purges()
    daily = DailyPurge(hass, purges.purge, name="of a test")
    yield purges
    daily.stop()


async def test_the_first_is_soon_and_the_others_are_a_day_apart(
    purges: Purges, driven_time: DrivenTime
) -> None:
    await driven_time.run(HOUR)
    assert purges == []
    await driven_time.run(2 * DAY)
    assert [purges[0] < 2.1, len(purges)] == [True, 2]
    assert 24 <= purges[1] - purges[0] < 25


@pytest.mark.parametrize("jump", [10 * 365 * DAY, -10 * 365 * DAY])
async def test_a_clock_that_jumps_removes_nothing_until_it_has_gone_well_for_a_while(
    purges: Purges, driven_time: DrivenTime, jump: float
) -> None:
    await driven_time.run(1.3 * HOUR)
    await driven_time.step(jump)
    await driven_time.run(HOUR)
    assert purges == []
    await driven_time.step(-jump)
    await driven_time.run(HOUR)
    assert purges == []
    await driven_time.run(HOUR)
    assert len(purges) == 1
    assert 0 < purges[0] < 5, "by the clock as it was set right"


async def test_who_has_stopped_removes_nothing(hass: HomeAssistant, driven_time: DrivenTime) -> None:
    purges = Purges()
    daily = DailyPurge(hass, purges.purge, name="of a test")
    await driven_time.run(HOUR)
    daily.stop()
    await driven_time.run(2 * DAY)
    assert purges == []
