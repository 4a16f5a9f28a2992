"""What subscriptions hold on to, so that a test can see that they have let go of it."""

from __future__ import annotations

import asyncio
from collections import Counter
import gc
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import DATA_DISPATCHER

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.websocket.command import Subscription

from .conftest import Office

NOT_OURS: Final = ("homeassistant_", "logging_changed")
"""Events that connections themselves and files that are open listen for."""

SCAN: Final = f"{DOMAIN} scan"
WHAT_IF: Final = f"{DOMAIN} what if"


def held(office: Office) -> dict[str, Any]:
    """Listeners, demands, timers and open subscriptions, by where they are."""
    hass = office.hass
    found: dict[str, Any] = {
        "bus": Counter(
            {
                str(event): len(its)
                for event, its in hass.bus._listeners.items()
                if its and not str(event).startswith(NOT_OURS)
            }
        ),
        "signals": Counter(
            {str(signal): len(its) for signal, its in hass.data.get(DATA_DISPATCHER, {}).items() if its}
        ),
        "timers": _timers(hass),
        "tasks": sorted(
            task.get_name() for task in asyncio.all_tasks() if task.get_name() in (SCAN, WHAT_IF)
        ),
        "subscriptions": sum(
            1 for one in gc.get_objects() if isinstance(one, Subscription) and not one.is_closed
        ),
        "demands": 0,
        "listeners": 0,
    }
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        runtime = entry.runtime_data
        found["demands"] += len(runtime.poller._demands._demands)
        found["listeners"] += len(runtime.line._listeners)
        found["listeners"] += sum(len(one._listeners) for one in runtime.coordinators.values())
    return found


def _timers(hass: HomeAssistant) -> int:
    """Timers of the views."""
    loop: Any = hass.loop
    return sum(
        "websocket" in repr(timer._callback) and DOMAIN in repr(timer._callback)
        for timer in loop._scheduled
        if not timer.cancelled()
        and getattr(timer._callback, "__module__", "").startswith("custom_components")
    )
