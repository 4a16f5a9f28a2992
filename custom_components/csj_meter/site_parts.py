"""What all bridges share while they are set up: measurements, alerts, detection and what builds on them.

It is opened with the first bridge and closed with the last. A bridge counts from before anything is opened
for it until it has let go of everything: Home Assistant calls one loaded only when it is set up, and several
may be set up and unloaded at once.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from .access.audit_log import async_close_audit_log
from .advising.advising import async_advising, async_close_advising
from .alerting.alerting import async_alerting, async_close_alerting
from .alerting.summary import async_close_weekly_summary, async_weekly_summary
from .const import DOMAIN
from .detection.detection import async_close_detection, async_detection
from .history.telemetry import Telemetry, async_close_telemetry, async_telemetry
from .money.prepayment import async_close_prepayment
from .tenants.reminders import async_close_reminders, async_reminders


@dataclass(slots=True)
class _Users:
    """The bridges that count."""

    entries: set[str] = field(default_factory=set)
    """Ids of their entries."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Nobody is handed what is being closed."""


_USERS: Final[HassKey[_Users]] = HassKey(f"{DOMAIN}_site_parts")


async def async_open_site_parts(hass: HomeAssistant, entry: ConfigEntry) -> Telemetry:
    """Open all of it for a bridge, which keeps its measurements in what is returned.

    Whoever calls this calls ``async_leave_site_parts`` in the end, also when this raises.
    """
    users = hass.data.setdefault(_USERS, _Users())
    async with users.lock:
        users.entries.add(entry.entry_id)
        telemetry = await async_telemetry(hass)
        await async_alerting(hass)  # before there is anything to hear
        await async_weekly_summary(hass)
        await async_reminders(hass)
        await async_detection(hass)
        await async_advising(hass)
        return telemetry


async def async_leave_site_parts(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Close all of it, unless another bridge uses it."""
    users = hass.data.setdefault(_USERS, _Users())
    async with users.lock:
        users.entries.discard(entry.entry_id)
        if users.entries:
            return
        await async_close_advising(hass)
        await async_close_prepayment(hass)
        await async_close_detection(hass)
        await async_close_weekly_summary(hass)
        await async_close_reminders(hass)
        await async_close_alerting(hass)
        await async_close_telemetry(hass)
        await async_close_audit_log(hass)
