"""What a Home Assistant has one of: opened once, closed once, whoever leaves meanwhile."""

from __future__ import annotations

import asyncio

from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE, EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
import pytest

from custom_components.csj_meter.site_part import SitePart


class Behind:
    """Something that is opened in a thread."""

    def __init__(self) -> None:
        self.closed = 0

    async def async_close(self) -> None:
        self.closed += 1


async def test_what_is_opened_for_somebody_who_has_left_is_closed(hass: HomeAssistant) -> None:
    part: SitePart[Behind] = SitePart()
    in_thread, made = asyncio.Event(), []

    async def make() -> Behind:
        await in_thread.wait()
        made.append(Behind())
        return made[-1]

    leaver = asyncio.create_task(part.async_open(hass, make))
    await asyncio.sleep(0)
    leaver.cancel()
    next_one = asyncio.create_task(part.async_open(hass, make))
    await asyncio.sleep(0)
    in_thread.set()
    with pytest.raises(asyncio.CancelledError):
        await leaver
    opened = await next_one

    assert [one.closed for one in made] == [1, 0]
    assert part.open is opened is made[1]
    await part.async_close()
    assert [one.closed for one in made] == [1, 1]


async def test_what_is_opened_after_the_last_writing_is_closed_as_well(hass: HomeAssistant) -> None:
    part: SitePart[Behind] = SitePart()

    async def make() -> Behind:
        return Behind()

    opened = []
    for event in (EVENT_HOMEASSISTANT_FINAL_WRITE, EVENT_HOMEASSISTANT_CLOSE):
        opened.append(await part.async_open(hass, make))
        hass.bus.async_fire_internal(event)
        await hass.async_block_till_done()

    assert [one.closed for one in opened] == [1, 1]
