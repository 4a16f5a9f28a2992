"""The bridge whose link is changed, and whether anybody still looks at the dialogue that changes it.

No dialogue is told that it was left: a tab is closed, a phone falls asleep, and the next step never comes.
So a bridge is off its line for the time of a question only. Where that is too short, as a gateway has to
call first, it goes back when nothing has happened in the dialogue for a while.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final, override

from homeassistant.config_entries import (
    DISCOVERY_SOURCES,
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later

from ..link_data import AnyLink
from ..links import async_places, async_places_of
from .steps import SearchSteps

LEFT_AFTER: Final = 300.0
"""Seconds after its last step when a dialogue gives way to another one about the same line."""

PAUSE_PATIENCE: Final = 600.0
"""Seconds after the last step for which a bridge waits for a call: a gateway may be set up meanwhile."""


class PausingSteps(ConfigFlow, SearchSteps[ConfigFlowResult]):
    """Take a bridge off its line, and see to it that it comes back."""

    def __init__(self) -> None:
        """Start with the bridge on its line."""
        super().__init__()
        self._paused = False
        self._shown: ConfigFlowResult | None = None
        self._seen_at = 0.0
        self._stop_watch: CALLBACK_TYPE | None = None

    # --- what the flow has to bring -------------------------------------------------------

    async def async_give_back(self) -> None:
        """Put the bridge back on its line, although the dialogue is not over."""
        raise NotImplementedError

    # --- whether somebody looks -----------------------------------------------------------

    @property
    @override
    def cur_step(self) -> ConfigFlowResult | None:
        """What is shown; Home Assistant sets it at the end of each step."""
        return self._shown

    @cur_step.setter
    def cur_step(self, step: ConfigFlowResult | None) -> None:
        self._shown = step
        self.see()

    @callback
    def see(self) -> None:
        """Note that somebody is there."""
        self._seen_at = self.hass.loop.time()

    @property
    def gives_way(self) -> bool:
        """Whether another dialogue may take its place.

        One that Home Assistant has begun stays: it can be found, and nothing else offers the device.
        """
        return self.source not in DISCOVERY_SOURCES and not self._is_busy and self._unseen >= LEFT_AFTER

    @property
    def _is_busy(self) -> bool:
        return self._task is not None and not self._task.done()

    @property
    def _unseen(self) -> float:
        """Seconds since the last step."""
        return self.hass.loop.time() - self._seen_at

    # --- the bridge whose link is changed -------------------------------------------------

    async def async_is_own(self, link: AnyLink) -> bool:
        """Whether the bridge that is being changed has this link already, with whatever settings."""
        if self.source != SOURCE_RECONFIGURE:
            return False
        places = await async_places_of(self.hass, self._get_reconfigure_entry())
        return bool(places & await async_places(self.hass, link))

    @asynccontextmanager
    async def async_off_its_line(self, link: AnyLink) -> AsyncIterator[None]:
        """Have the bridge out of the way for the time of a question, if that is about its own line."""
        paused = await self.async_is_own(link) and await self.async_pause()
        try:
            yield
        finally:
            if paused:
                await self.async_resume()

    async def async_pause(self) -> bool:
        """Take the bridge off its line while the line is tried with other settings; whether it was on it."""
        entry = self._get_reconfigure_entry()
        if entry.state not in {ConfigEntryState.LOADED, ConfigEntryState.SETUP_RETRY}:
            return False
        self._paused = True  # also where this is cut short
        # closing the dialogue in this moment must not leave it half unloaded
        unloading = self.hass.config_entries.async_unload(entry.entry_id)
        self._paused = await asyncio.shield(self.hass.async_create_task(unloading, "csj_meter pause"))
        return self._paused

    async def async_resume(self) -> None:
        """Put the bridge back on its line."""
        if not self._paused or self.hass.is_stopping:
            return
        self._paused = False
        self.stop_watch()
        entry_id = self.context["entry_id"]
        if self.hass.config_entries.async_get_entry(entry_id) is not None:  # it may be removed meanwhile
            # nor half set up
            loading = self.hass.config_entries.async_reload(entry_id)
            await asyncio.shield(self.hass.async_create_task(loading, "csj_meter resume"))

    @callback
    def watch(self, seconds: float = PAUSE_PATIENCE) -> None:
        """Have the bridge given back when the dialogue is left."""
        self.stop_watch()
        self._stop_watch = async_call_later(self.hass, seconds, self._async_look)

    @callback
    def stop_watch(self) -> None:
        """Leave it to the dialogue again."""
        if self._stop_watch is not None:
            self._stop_watch()
            self._stop_watch = None

    async def _async_look(self, _now: datetime) -> None:
        self._stop_watch = None
        waits = PAUSE_PATIENCE if self._is_busy else PAUSE_PATIENCE - self._unseen
        if waits > 0:
            self.watch(waits)
        else:
            await self.async_give_back()
