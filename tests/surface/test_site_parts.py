"""What all bridges share: it is there for whoever uses it, however bridges come and go at once."""

from __future__ import annotations

import asyncio
from functools import partial
import threading
from typing import Any

from homeassistant.config_entries import ConfigEntries, ConfigEntry, ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store as Storage
import pytest

from custom_components.csj_meter import site_parts
from custom_components.csj_meter.alerting.alerting import current_alerting
from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.detection.engine_file import engine_path
from custom_components.csj_meter.history.telemetry import async_telemetry
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.telemetry.store import Store

from .conftest import Home, subentry_of


@pytest.fixture
def bridges(home: Home) -> tuple[Home, Home]:
    """Two bridges with a meter each, not set up yet."""
    meters = home.line.meters
    return home.with_meters(subentry_of(meters[1])), home.with_meters(subentry_of(meters[2]))


def _minutes(serial: str, since: int, store: Store) -> list[int]:
    return [minute for part in store.minutes(serial, since, since + 60) for minute in part.minutes.tolist()]


async def samples(home: Home) -> dict[int, int]:
    """Unit id -> how many of the next three minutes are in the store, of the meter of each bridge."""
    since = int(home.time.wall // 60) + 1
    await home.time.run(4 * 60 + 10)
    telemetry = await async_telemetry(home.hass)
    found: dict[int, int] = {}
    for unit_id in (1, 2):
        minutes = partial(_minutes, home.serial(unit_id), since)
        read = telemetry.async_read(minutes)
        found[unit_id] = len([one for one in await home.time.through(read) if one < since + 3])
    return found


def telemetry_threads() -> list[str]:
    """The threads that have the measurements open."""
    return [thread.name for thread in threading.enumerate() if "telemetry" in thread.name]


async def test_bridges_that_are_reloaded_at_once_go_on_measuring(
    bridges: tuple[Home, Home], hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick, slow = bridges
    assert await quick.set_up()
    assert await slow.set_up()
    quick_returns, slow_has_left = asyncio.Event(), asyncio.Event()
    save, forward = Storage.async_save, ConfigEntries.async_forward_entry_setups

    async def on_a_slow_disk(storage: Storage[Any], data: Any) -> None:
        if storage.key == f"csj_meter.{slow.entry.entry_id}":
            await quick_returns.wait()
        await save(storage, data)

    async def one_by_one(entries: ConfigEntries, entry: ConfigEntry, platforms: Any) -> None:
        (quick_returns if entry is quick.entry else slow_has_left).set()
        await slow_has_left.wait()
        await forward(entries, entry, platforms)

    monkeypatch.setattr(Storage, "async_save", on_a_slow_disk)
    monkeypatch.setattr(ConfigEntries, "async_forward_entry_setups", one_by_one)

    async def reload_both() -> bool:
        reload = hass.config_entries.async_reload
        return all(await asyncio.gather(*(reload(home.entry.entry_id) for home in bridges)))

    assert await quick.time.through(reload_both())

    assert await samples(quick) == {1: 3, 2: 3}


async def test_a_bridge_that_is_unloaded_leaves_one_alone_that_is_being_set_up(
    bridges: tuple[Home, Home], hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving, coming = bridges
    assert await leaving.set_up()
    coming.entry.add_to_hass(hass)
    has_left, has_begun, forward = asyncio.Event(), asyncio.Event(), ConfigEntries.async_forward_entry_setups

    async def slowly(entries: ConfigEntries, entry: ConfigEntry, platforms: Any) -> None:
        has_begun.set()
        await has_left.wait()
        await forward(entries, entry, platforms)

    monkeypatch.setattr(ConfigEntries, "async_forward_entry_setups", slowly)

    async def one_comes_while_the_other_leaves() -> None:
        setting_up = hass.async_create_task(hass.config_entries.async_setup(coming.entry.entry_id))
        await has_begun.wait()
        assert await hass.config_entries.async_unload(leaving.entry.entry_id)
        has_left.set()
        assert await setting_up

    await coming.time.through(one_comes_while_the_other_leaves())

    assert await samples(coming) == {1: 0, 2: 3}


async def test_what_was_opened_for_a_bridge_whose_set_up_fails_is_closed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(_entries: ConfigEntries, entry: ConfigEntry, _platforms: Any) -> None:
        assert telemetry_threads()
        raise RuntimeError(f"{entry.title} has no platforms")

    monkeypatch.setattr(ConfigEntries, "async_forward_entry_setups", fails)

    assert not await home.set_up()

    assert not telemetry_threads()


async def test_meters_whose_line_is_down_since_the_start_are_told_of(home: Home) -> None:
    assert await home.set_up()
    await home.time.run(5 * 60)
    assert await home.tear_down()
    assert not telemetry_threads()
    home.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))

    await home.time.through(home.hass.config_entries.async_setup(home.entry.entry_id))
    await home.time.run(16 * 60)

    assert home.state_of_entry() == "setup_retry"
    alerting = current_alerting(home.hass)
    assert alerting is not None
    assert {alert.finding.kind for alert in alerting.desk.active} == {Kind.METER_SILENT}

    home.line.faults.clear()
    await home.time.run(10 * 60)
    assert home.state_of_entry() == "loaded"
    assert not alerting.desk.active
    assert await home.tear_down()
    assert not telemetry_threads()


@pytest.mark.parametrize("how", ["disabled", "removed"])
async def test_a_bridge_that_was_never_up_is_let_go_of_when_it_is_given_up(home: Home, how: str) -> None:
    home.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
    assert not await home.set_up()
    assert telemetry_threads()
    entries = home.hass.config_entries

    if how == "disabled":
        await home.time.through(entries.async_set_disabled_by(home.entry.entry_id, ConfigEntryDisabler.USER))
    else:
        await home.time.through(entries.async_remove(home.entry.entry_id))
    await home.time.through(home.hass.async_block_till_done())

    assert not telemetry_threads()


async def test_with_the_last_bridge_goes_what_was_learnt_also_when_its_line_is_down(home: Home) -> None:
    assert await home.set_up()
    await home.time.run(7 * 60)
    assert await home.tear_down()
    path = engine_path(home.hass)
    assert await home.hass.async_add_executor_job(path.exists)
    home.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
    assert not await home.time.through(home.hass.config_entries.async_setup(home.entry.entry_id))

    await home.time.through(home.hass.config_entries.async_remove(home.entry.entry_id))
    await home.time.through(home.hass.async_block_till_done())

    assert not await home.hass.async_add_executor_job(path.exists)


async def test_a_bridge_for_which_nothing_could_be_opened_does_not_count(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(_: HomeAssistant) -> None:
        raise RuntimeError("nothing is learnt today")

    home.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
    with monkeypatch.context() as patched:
        patched.setattr(site_parts, "async_detection", fails)
        assert not await home.set_up()
    assert home.state_of_entry() == "setup_error"
    assert not telemetry_threads()
