"""The past of a meter that joins late comes out of the store, while the others are watched on."""

from __future__ import annotations

import asyncio
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.helpers.dispatcher import async_dispatcher_send
import numpy as np
import pytest

from custom_components.csj_meter.detection.past import Past
from custom_components.csj_meter.history.opening import DATABASE_FILE
from custom_components.csj_meter.history.status import SIGNAL_PAST_CAME
from custom_components.csj_meter.history.telemetry import async_telemetry
from custom_components.csj_meter.telemetry.series import DAY, Series

from ..conftest import Home, subentry_of
from .conftest import KNOWN, UNIT, WatchedHome, enable_anomaly

LATE = 4
"""Unit of the meter that joins late."""


def join(home: Home) -> ConfigSubentry:
    """Somebody adds the other meter."""
    data = subentry_of(home.line.meters[LATE])
    subentry = ConfigSubentry(
        data=MappingProxyType(dict(data["data"])),
        subentry_type=data["subentry_type"],
        title=data["title"],
        unique_id=data["unique_id"],
    )
    home.hass.config_entries.async_add_subentry(home.entry, subentry)
    return subentry


async def known_days(watched: WatchedHome, most: int = 6) -> int:
    """Days that are known of the late one, after as many minutes as its threads need."""
    known = 0
    for _ in range(most):
        await watched.run(1)
        known = (await watched.detection()).view(watched.home.serial(LATE)).known_days or 0
        if known:
            break
    return known


async def remember_late(watched: WatchedHome) -> None:
    """Put some days of the late one into the store."""
    minutes = np.arange(watched.minute - KNOWN * DAY, watched.minute - 10)
    series = Series.measured(minutes, {"active_power": np.full(len(minutes), 300.0) + minutes % 7})
    telemetry = await async_telemetry(watched.home.hass)
    serial = watched.home.serial(LATE)
    await watched.home.time.through(telemetry.async_run(lambda store: store.ingest(serial, series)))


@pytest.fixture
async def begun(watched: WatchedHome) -> WatchedHome:
    """One meter is watched; of another one there are measurements."""
    enable_anomaly(watched.home, LATE)
    await watched.begin()
    await remember_late(watched)
    return watched


async def test_a_meter_that_joins_is_known_by_what_the_store_has_of_it(begun: WatchedHome) -> None:
    join(begun.home)

    known = await known_days(begun)

    assert KNOWN - 2 <= known <= KNOWN
    expected = (await begun.detection()).view(begun.home.serial(LATE)).expected
    assert expected is not None
    assert expected.power == pytest.approx(303, abs=3)
    assert begun.told == []


async def test_one_that_has_left_and_comes_back_is_known_again(begun: WatchedHome) -> None:
    subentry = join(begun.home)
    assert await known_days(begun)
    begun.home.hass.config_entries.async_remove_subentry(begun.home.entry, subentry.subentry_id)
    await begun.run(1)

    join(begun.home)

    assert await known_days(begun) >= KNOWN - 2


async def test_one_without_a_past_begins_anew(watched: WatchedHome) -> None:
    enable_anomaly(watched.home, LATE)
    await watched.begin()
    join(watched.home)

    assert await known_days(watched, most=3) == 0
    assert (await watched.detection()).view(watched.home.serial(LATE)).watched


class Slow:
    """A store that answers when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = asyncio.Event()
        self.goes_on = asyncio.Event()
        ask = Past._async_ask

        async def wait(past: Past, job: Any) -> Any:
            self.asked.set()
            await self.goes_on.wait()
            return await ask(past, job)

        monkeypatch.setattr(Past, "_async_ask", wait)


async def test_meanwhile_the_others_are_watched(begun: WatchedHome, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Slow(monkeypatch)
    join(begun.home)
    await begun.run(1)
    assert store.asked.is_set()

    begun.sag()
    await begun.run(4)
    assert begun.sags() == ["suspected", "confirmed"]
    store.goes_on.set()

    assert await known_days(begun) >= KNOWN - 2
    assert begun.sags() == ["suspected", "confirmed"]


async def test_a_restart_meanwhile_has_it_learnt_after_it(
    begun: WatchedHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        store = Slow(patch)
        join(begun.home)
        await begun.run(7)
        assert store.asked.is_set()
        assert await begun.home.tear_down()

    await begun.home.set_up()

    assert await known_days(begun) >= KNOWN - 2
    assert begun.told == []


async def test_what_cannot_be_read_now_is_read_later(begun: WatchedHome) -> None:
    database = begun.file.parents[1] / DATABASE_FILE
    assert await begun.home.tear_down()
    elsewhere = database.rename(database.with_suffix(".away"))
    database.mkdir()
    await begun.home.set_up()
    await begun.run(2)
    join(begun.home)
    await begun.run(3)

    database.rmdir()
    elsewhere.rename(database)

    assert await known_days(begun, most=12) >= KNOWN - 2


async def test_what_comes_into_the_store_later_is_learnt_as_well(watched: WatchedHome) -> None:
    await watched.begin()
    await watched.remember()
    await watched.run(1)
    assert (await watched.view()).known_days == 0

    async_dispatcher_send(watched.home.hass, SIGNAL_PAST_CAME, {watched.home.serial(UNIT), "nobody's"})

    assert await watched.learn_anew() >= KNOWN - 2
