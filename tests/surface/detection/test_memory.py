"""What the engine knows outlives restarts; what is lost comes out of the store, and nothing is told twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
import stat

import pytest

from custom_components.csj_meter.detection.detection import AGAIN, SAVING
from custom_components.csj_meter.detection.past import Past
from custom_components.csj_meter.detection.status import Stage
from custom_components.csj_meter.history.opening import DATABASE_FILE

from .conftest import KNOWN, WatchedHome


async def test_it_is_kept_every_few_minutes_and_for_nobody_else(watched: WatchedHome) -> None:
    await watched.begin()
    await watched.run(SAVING + 1)
    first = watched.file.read_bytes()
    assert stat.S_IMODE(watched.file.stat().st_mode) == 0o600

    await watched.run(1)
    assert watched.file.read_bytes() == first
    await watched.run(SAVING)

    assert watched.file.read_bytes() != first
    assert (await watched.detection()).status.saved_bytes == len(watched.file.read_bytes())


async def test_it_is_kept_when_home_assistant_stops(watched: WatchedHome) -> None:
    await watched.begin()
    await watched.run(SAVING)
    watched.file.unlink()

    await watched.home.time.through(watched.home.hass.async_stop())

    assert watched.file.exists()


async def test_what_was_found_before_a_restart_is_not_told_again(watched: WatchedHome) -> None:
    await watched.begin()
    watched.sag()
    await watched.run(4)
    assert watched.sags() == ["suspected", "confirmed"]
    since = watched.anomaly.attributes["since"]

    await watched.restart()

    assert watched.sags() == ["suspected", "confirmed"]
    assert (watched.anomaly.state, watched.anomaly.attributes["since"]) == ("critical", since)
    watched.mend()
    await watched.run(5)
    assert watched.sags() == ["suspected", "confirmed", "cleared"]


async def test_what_is_only_suspected_at_a_restart_is_confirmed_after_it(watched: WatchedHome) -> None:
    await watched.begin()
    watched.sag()
    await watched.run(2)

    await watched.restart()
    await watched.run(2)

    assert watched.sags() == ["suspected", "confirmed"]


async def set_back(watched: WatchedHome, old: bytes) -> None:
    """Restart with what was kept some time ago, as after a power cut."""
    assert await watched.home.tear_down()
    watched.file.write_bytes(old)
    watched.told.clear()
    assert await watched.home.set_up()
    await watched.run(1)


async def test_what_began_since_it_was_kept_and_lasts_is_told_once(watched: WatchedHome) -> None:
    await watched.begin()
    await watched.run(SAVING + 1)
    old = watched.file.read_bytes()
    watched.sag()
    await watched.run(5)

    await set_back(watched, old)

    assert watched.sags() == ["confirmed"]
    assert watched.anomaly.state == "critical"
    await watched.run(3)
    assert watched.sags() == ["confirmed"]


async def test_what_ended_since_it_was_kept_is_told_as_over(watched: WatchedHome) -> None:
    await watched.begin()
    watched.sag()
    await watched.run(SAVING + 5)
    old = watched.file.read_bytes()
    watched.mend()
    await watched.run(5)

    await set_back(watched, old)

    assert watched.sags() == ["cleared"]
    assert watched.anomaly.state == "ok"


async def test_what_began_and_ended_since_it_was_kept_is_not_told(watched: WatchedHome) -> None:
    await watched.begin()
    await watched.run(SAVING + 1)
    old = watched.file.read_bytes()
    watched.sag()
    await watched.run(5)
    watched.mend()
    await watched.run(5)

    await set_back(watched, old)

    assert watched.sags() == []
    assert watched.anomaly.state == "ok"


def lost(file: Path) -> None:
    """Nothing was kept."""
    file.unlink()


def damaged(file: Path) -> None:
    """Half of it is there."""
    file.write_bytes(file.read_bytes()[:1000])


@pytest.mark.parametrize("spoil", [lost, damaged])
async def test_what_is_lost_is_learnt_anew_from_the_store(
    watched: WatchedHome, spoil: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    await watched.begin()
    await watched.remember()
    assert await watched.home.tear_down()
    spoil(watched.file)
    caplog.clear()

    assert await watched.home.set_up()
    await watched.run(2)

    view = await watched.view()
    assert view.known_days is not None
    assert KNOWN - 2 <= view.known_days <= KNOWN
    assert view.is_learning
    assert view.expected is not None
    assert (await watched.detection()).status.stage is Stage.WATCHING
    assert watched.told == []
    assert "learnt anew" in caplog.text
    ours = [record for record in caplog.records if record.name.startswith("custom_components.csj_meter")]
    assert not [record for record in ours if record.levelname in {"WARNING", "ERROR"}]


async def test_what_cannot_be_read_or_written_keeps_nobody_from_watching(watched: WatchedHome) -> None:
    watched.file.mkdir(parents=True)
    await watched.begin()
    watched.sag()
    await watched.run(SAVING + 2)

    assert watched.sags() == ["suspected", "confirmed"]
    assert (await watched.detection()).status.saved_bytes is None
    assert await watched.home.tear_down()
    watched.file.rmdir()


async def test_another_time_zone_has_other_days(watched: WatchedHome) -> None:
    await watched.begin()
    await watched.remember()
    watched.sag()
    await watched.run(4)
    assert (await watched.view()).known_days == 0, "what came into the store later was not seen"
    watched.told.clear()

    await watched.home.hass.config.async_set_time_zone("Asia/Kolkata")
    known = await watched.learn_anew()

    assert known >= KNOWN - 2
    assert watched.sags() == []
    assert watched.anomaly.state == "critical"


async def test_a_past_that_could_not_be_read_is_read_when_the_database_is_well(
    watched: WatchedHome,
) -> None:
    await watched.begin()
    await watched.remember()
    assert await watched.home.tear_down()
    watched.file.unlink()
    database = watched.file.parents[1] / DATABASE_FILE
    elsewhere = database.rename(database.with_suffix(".away"))
    database.mkdir()
    assert await watched.home.set_up()
    await watched.run(2)
    assert (await watched.view()).known_days == 0

    database.rmdir()
    elsewhere.rename(database)
    await watched.run(AGAIN + 3)

    known = (await watched.view()).known_days
    assert known is not None
    assert known >= KNOWN - 2
    assert watched.file.exists()


async def test_a_state_of_the_future_is_not_believed(watched: WatchedHome) -> None:
    await watched.begin()
    await watched.run(SAVING)
    assert await watched.home.tear_down()
    await watched.home.time.step(-24 * 3600)

    assert await watched.home.set_up()
    await watched.run(2)
    watched.sag()
    await watched.run(4)

    assert watched.sags() == ["suspected", "confirmed"]


async def test_unloading_while_the_past_is_read_leaves_what_was_kept(
    watched: WatchedHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    await watched.begin()
    await watched.run(SAVING)
    assert await watched.home.tear_down()
    kept = watched.file.read_bytes()
    await watched.home.time.run(180)  # there is something to read then

    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Past, "_async_ask", never)
    assert await watched.home.set_up()
    assert (await watched.detection()).status.stage is Stage.STARTING
    assert await watched.home.tear_down()

    assert watched.file.read_bytes() == kept


async def test_with_the_last_bridge_it_is_forgotten(watched: WatchedHome) -> None:
    await watched.begin()
    await watched.run(SAVING)

    home = watched.home
    await home.time.through(home.hass.config_entries.async_remove(home.entry.entry_id))

    assert not watched.file.exists()
