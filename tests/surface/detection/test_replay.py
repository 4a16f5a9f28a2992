"""Days that are past, looked at once more: the same settings find the same, others something else."""

from __future__ import annotations

from dataclasses import asdict
import datetime as dt

from homeassistant.components.calendar import CalendarEvent
from homeassistant.util import dt as dt_util
import pytest

from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.anomaly.local_time import Holidays
from custom_components.csj_meter.anomaly.settings import Settings
from custom_components.csj_meter.detection.replay import async_replay
from custom_components.csj_meter.site_settings import async_site_settings

from ..calendars import add_calendar
from .conftest import UNIT, WatchedHome


async def replayed(watched: WatchedHome, since: int, settings: Settings) -> list[Finding]:
    """What would have been told of the meter up to now."""
    home = watched.home
    return await home.time.through(
        async_replay(home.hass, {home.serial(UNIT)}, since, watched.minute, settings)
    )


async def test_what_was_told_live_is_told_once_more(watched: WatchedHome) -> None:
    await watched.begin()
    watched.sag()
    await watched.run(5)
    watched.mend()
    await watched.run(5)

    again = await replayed(watched, 0, Settings())

    assert watched.sags() == ["suspected", "confirmed", "cleared"]
    assert [asdict(finding) for finding in again] == [asdict(finding) for finding in watched.told]


async def test_other_settings_find_something_else(watched: WatchedHome) -> None:
    await watched.begin()
    watched.sag()
    await watched.run(5)
    wide = Settings.from_dict({"site": {"voltage_sag": {"threshold": 0.5}}})
    told = len(watched.told)

    again = await replayed(watched, 0, wide)

    assert Kind.VOLTAGE_SAG not in {finding.kind for finding in again}
    assert len(watched.told) == told, "nobody else hears of it"
    assert watched.anomaly.state == "critical"


async def test_only_what_was_found_in_the_time_asked_for_is_told(watched: WatchedHome) -> None:
    await watched.begin()
    watched.sag()
    await watched.run(5)
    watched.mend()
    await watched.run(5)
    (confirmed,) = [finding.at for finding in watched.told if finding.kind is Kind.VOLTAGE_SAG][1:2]

    again = await replayed(watched, confirmed + 1, Settings())

    assert [finding.state for finding in again if finding.kind is Kind.VOLTAGE_SAG] == ["cleared"]


async def test_of_meters_that_nobody_knows_nothing_is_told(watched: WatchedHome) -> None:
    await watched.begin()
    home = watched.home

    again = await home.time.through(async_replay(home.hass, {"nobody"}, 0, watched.minute, Settings()))

    assert again == []


@pytest.mark.parametrize("is_broken", [False, True])
async def test_holidays_of_then_are_days_off_as_far_as_they_are_known(
    watched: WatchedHome, is_broken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await watched.begin()
    hass, day = watched.home.hass, dt.timedelta(days=1)
    past = dt_util.now().date() - 40 * day
    calendar = await add_calendar(hass, CalendarEvent(start=past, end=past + day, summary="Holiday"))
    calendar.is_broken = is_broken
    await (await async_site_settings(hass)).async_set_holiday_calendar(calendar.entity_id)
    known: list[Holidays] = []
    know = Engine.know_holidays

    def noted(self: Engine, holidays: Holidays) -> None:
        known.append(holidays)
        know(self, holidays)

    monkeypatch.setattr(Engine, "know_holidays", noted)

    await replayed(watched, watched.minute - 12 * 1440, Settings())

    assert known[-1] == (frozenset() if is_broken else {past})
