"""Days that are past, looked at once more: the same settings find the same, others something else."""

from __future__ import annotations

from dataclasses import asdict

from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.anomaly.settings import Settings
from custom_components.csj_meter.detection.replay import async_replay

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
