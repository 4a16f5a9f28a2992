"""Entities that look again: each once, in order, a few in one call of the event loop."""

from __future__ import annotations

import asyncio
from functools import partial

from homeassistant.core import HomeAssistant
import pytest

from custom_components.csj_meter.looks import AT_ONCE, looks_of


async def test_many_look_in_several_calls_and_each_once(hass: HomeAssistant) -> None:
    looked: list[int] = []
    everybody = [partial(looked.append, number) for number in range(2 * AT_ONCE + 5)]
    looks = looks_of(hass)
    for look in (*everybody, *everybody):
        looks.ask(look)
    assert looked == []

    seen = []
    while len(looked) < len(everybody):
        await asyncio.sleep(0)
        seen.append(len(looked))
    assert seen == [AT_ONCE, 2 * AT_ONCE, 2 * AT_ONCE + 5]
    await asyncio.sleep(0)
    assert looked == list(range(len(everybody)))


async def test_whoever_has_gone_does_not_look_and_whoever_cannot_keeps_nobody_away(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    looked: list[str] = []
    looks = looks_of(hass)

    def cannot() -> None:
        raise LookupError("lost")

    def gone() -> None:
        looked.append("gone")

    def asks_again() -> None:
        looked.append("again")
        if len(looked) < 3:
            looks.ask(asks_again)

    for look in (cannot, gone, asks_again):
        looks.ask(look)
    looks.forget(gone)
    for _ in range(5):
        await asyncio.sleep(0)

    assert looked == ["again"] * 3
    assert "could not look again" in caplog.text


async def test_one_may_make_another_go_before_its_turn(hass: HomeAssistant) -> None:
    looked: list[str] = []
    looks = looks_of(hass)
    gone, last = partial(looked.append, "gone"), partial(looked.append, "last")
    for look in (partial(looks.forget, gone), gone, last):
        looks.ask(look)
    await asyncio.sleep(0)

    assert looked == ["last"]
