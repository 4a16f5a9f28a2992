"""Watches a counter of Home Assistant and lets the pulse meter behind it report like the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_registry import EventEntityRegistryUpdatedData
from homeassistant.helpers.event import (
    async_track_entity_registry_updated_event,
    async_track_state_change_event,
    async_track_time_interval,
)
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from .const import DOMAIN, LOGGER
from .kept_file import async_load_or_set_aside
from .link_data import PulseLink
from .meters.identity import Identity
from .meters.pulse import PulseCounter, PulseMeter, PulseState
from .meters.reading import Group

REFRESH: Final = timedelta(seconds=10)
"""How often the power is told while no pulse comes: it falls meanwhile."""

SAVE_DELAY: Final = 900.0
"""Seconds between a pulse and its writing; until then the counter itself remembers."""

VERSION: Final = 1


class Report(Protocol):
    """Who wants to know, with the signature of ``CsjCoordinator.report``."""

    def __call__(self, *, online: bool, failed: Mapping[Group, Exception], updated: frozenset[Group]) -> None:
        """Take over what has just been learnt."""


def _store(hass: HomeAssistant, entry_id: str) -> Store[dict[str, Any]]:
    return Store(hass, VERSION, f"{DOMAIN}.{entry_id}.pulse", private=True)


async def async_forget_pulses(hass: HomeAssistant, entry_id: str) -> None:
    """Delete what was remembered for a bridge that is removed."""
    await _store(hass, entry_id).async_remove()


class PulseFeed:
    """One counter, from set-up to unloading of its entry."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, link: PulseLink, identity: Identity) -> None:
        """Stand for the counter of ``link``; ``meter`` is what it feeds."""
        registered = er.async_get(hass).async_get(link.entity_id)
        # what outlives another entity id, where there is such a thing
        self._counter_id = registered.id if registered is not None else link.entity_id
        self.meter = PulseMeter(identity, PulseCounter(link.pulses_per_kwh, counter_id=self._counter_id))
        self._hass = hass
        self._entry = entry
        self._link = link
        self._store = _store(hass, entry.entry_id)
        self._online: bool | None = None
        self._pending = False
        self._kept: PulseState
        self._report: Report
        self._stops: list[CALLBACK_TYPE] = []

    async def async_load(self) -> None:
        """Go on where the counter was left; with another counter, where the meter was left."""
        if not (stored := await async_load_or_set_aside(self._hass, self._store)):
            return
        try:
            state = PulseState.from_dict(stored)
        except ValueError as err:
            LOGGER.error("%s: the energy starts anew from the counter: %s", self._entry.title, err)
            return
        if state.counter_id in {"", self._link.entity_id}:  # not kept yet, or only registered since
            state = replace(state, counter_id=self._counter_id)
        self.meter.counter = PulseCounter(self._link.pulses_per_kwh, state, self._counter_id)

    def start(self, report: Report) -> None:
        """Begin to watch; ``report`` hears at once how things stand."""
        self._report = report
        entity_id = self._link.entity_id
        self._take_in(self._hass.states.get(entity_id))
        self._stops = [
            async_track_state_change_event(self._hass, entity_id, self._changed),
            async_track_entity_registry_updated_event(self._hass, entity_id, self._registry_changed),
            async_track_time_interval(self._hass, self._tick, REFRESH),
        ]

    async def async_stop(self) -> None:
        """Watch no more, and keep what was counted."""
        while self._stops:
            self._stops.pop()()
        if (state := self.meter.counter.state) is not None:
            await self._store.async_save(state.as_dict())

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        self._take_in(event.data["new_state"])

    @callback
    def _tick(self, now: datetime) -> None:
        if self._online:
            self._tell(now.timestamp())

    @callback
    def _registry_changed(self, event: Event[EventEntityRegistryUpdatedData]) -> None:
        """Follow the counter when it gets another name; the change reloads the entry."""
        data = event.data
        if data["action"] == "update" and "old_entity_id" in data:
            self._hass.config_entries.async_update_entry(
                self._entry, data={**self._entry.data, "entity_id": data["entity_id"]}
            )

    def _take_in(self, state: State | None) -> None:
        counter = self.meter.counter
        problem = None
        if state is None or state.state in {STATE_UNAVAILABLE, STATE_UNKNOWN}:
            problem = "does not say anything"
        else:
            try:
                counter.observe(float(state.state), state.last_updated_timestamp)
            except ValueError:
                problem = f"shows {state.state!r}, which is no count of pulses"
        online = problem is None
        if self._online is not online:
            if not online:
                LOGGER.warning("%s: %s %s", self._entry.title, self._link.entity_id, problem)
            elif self._online is not None:
                LOGGER.warning("%s: %s counts again", self._entry.title, self._link.entity_id)
            self._online = online
        if counter.state is not None:
            self._save_later(counter.state)
        self._tell(dt_util.utcnow().timestamp())

    def _save_later(self, state: PulseState) -> None:
        if not self._pending:  # asking again would push the writing further away
            self._pending = True
            self._store.async_delay_save(self._data, SAVE_DELAY)
        self._kept = state

    def _data(self) -> dict[str, Any]:
        self._pending = False
        return self._kept.as_dict()

    def _tell(self, at: float) -> None:
        online = bool(self._online)
        updated = self.meter.refresh(at) if online else frozenset()
        self._report(online=online, failed={}, updated=updated)
