"""What an automation hears of the log of a meter, and what is kept of it over a restart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from homeassistant.core import Event, EventStateChangedData, callback
from homeassistant.helpers.event import async_track_state_change_event

from custom_components.csj_meter.const import DOMAIN

from .conftest import Home

UNIT = 1
"""A prepaid three-phase meter."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Every event of one meter's log, as an automation would hear it."""

    events: list[dict[str, Any]]

    @property
    def types(self) -> list[str]:
        """Kinds of the entries, in order."""
        return [event["event_type"] for event in self.events]

    @property
    def values(self) -> list[int]:
        """Values of the entries, in order."""
        return [event["value"] for event in self.events]


def listen(home: Home, unit_id: int = UNIT) -> Heard:
    """Listen from now on; the entity need not exist yet."""
    heard = Heard([])
    entity_id = home.entity_id("event", unit_id, "meter_log")
    assert entity_id is not None

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        new, old = event.data["new_state"], event.data["old_state"]
        # as the trigger of event entities does: unavailable and back again is no event
        if new is None or new.state in {"unavailable", "unknown"} or "event_type" not in new.attributes:
            return
        if heard.events and heard.events[-1]["state"] == new.state:
            return
        if old is not None and old.state == "unavailable" and new.state in restored:
            return
        heard.events.append({"state": new.state, **new.attributes})

    state = home.hass.states.get(entity_id)
    restored = set() if state is None else {state.state}
    async_track_state_change_event(home.hass, entity_id, changed)
    return heard


async def restart(home: Home) -> None:
    """Unload the bridge and set it up again, as a restart of Home Assistant does."""
    assert await home.tear_down()
    assert await home.time.through(home.hass.config_entries.async_setup(home.entry.entry_id))
    await home.time.run(30)


def kept(home: Home, storage: dict[str, Any]) -> dict[str, Any]:
    """What is kept of the positions, by serial number."""
    positions: dict[str, Any] = storage[f"{DOMAIN}.{home.entry.entry_id}.log"]["data"]
    return positions
