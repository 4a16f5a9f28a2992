"""Entities of what a meter has no longer leave the registry: nobody could bring them back.

A meter has lost some of them with another profile, another firmware or its circuit. Those of a meter whose
profile is missing stay, as it may come back, and so do all where anything went wrong.
"""

from __future__ import annotations

import asyncio

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .coordinator import CsjConfigEntry


@callback
def async_remove_stale_entities(hass: HomeAssistant, entry: CsjConfigEntry) -> None:
    """Do so once all platforms have added what there is."""
    work = _async_remove_when_all_are_there(hass, entry)
    entry.async_create_background_task(hass, work, f"stale entities of {entry.title}")


async def _async_remove_when_all_are_there(hass: HomeAssistant, entry: CsjConfigEntry) -> None:
    runtime, registry = entry.runtime_data, er.async_get(hass)
    if runtime.arriving:
        await asyncio.wait(list(runtime.arriving))
    for known in er.async_entries_for_config_entry(registry, entry.entry_id):
        if known.domain in runtime.failed_platforms:
            continue
        offered = runtime.offered.get((known.config_subentry_id or "", known.domain))
        # None: its platform has not been set up, or its profile is missing
        if offered is not None and known.unique_id not in offered:
            registry.async_remove(known.entity_id)
