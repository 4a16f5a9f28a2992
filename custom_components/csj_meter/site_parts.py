"""What all bridges share while they are set up: measurements, alerts, detection and what builds on them.

It is opened with the first bridge and closed with the last. A bridge counts from before anything is opened
for it until it has let go of everything: Home Assistant calls one loaded only when it is set up, and several
may be set up and unloaded at once.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
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

    waiting: set[str] = field(default_factory=set)
    """Those of them whose link is down since they were to be set up."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Nobody is handed what is being closed."""


_STILL_TRIED: Final = frozenset(
    {ConfigEntryState.SETUP_RETRY, ConfigEntryState.SETUP_IN_PROGRESS, ConfigEntryState.LOADED}
)

_USERS: Final[HassKey[_Users]] = HassKey(f"{DOMAIN}_site_parts")


async def async_open_site_parts(hass: HomeAssistant, entry: ConfigEntry) -> Telemetry:
    """Open all of it for a bridge, which keeps its measurements in what is returned.

    Whoever calls this calls ``async_leave_site_parts`` in the end, also when this raises.
    """
    users = _users(hass)
    async with users.lock:
        users.entries.add(entry.entry_id)
        users.waiting.discard(entry.entry_id)
        telemetry = await async_telemetry(hass)
        await async_alerting(hass)  # before there is anything to hear
        await async_weekly_summary(hass)
        await async_reminders(hass)
        await async_detection(hass)
        await async_advising(hass)
        return telemetry


async def async_hold_site_parts(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Open all of it for a bridge whose link is down: that its meters do not answer is told all the same.

    It counts until it is set up after all, or given up.
    """
    try:
        await async_open_site_parts(hass, entry)
    except BaseException:
        await async_leave_site_parts(hass, entry)
        raise
    _users(hass).waiting.add(entry.entry_id)


def _users(hass: HomeAssistant) -> _Users:
    if (users := hass.data.get(_USERS)) is not None:
        return users
    users = hass.data[_USERS] = _Users()

    @callback
    def changed(change: ConfigEntryChange, entry: ConfigEntry) -> None:
        # Home Assistant does not unload what was never set up
        given_up = change is ConfigEntryChange.REMOVED or entry.state not in _STILL_TRIED
        if given_up and entry.entry_id in users.waiting:
            users.waiting.discard(entry.entry_id)
            hass.async_create_task(async_leave_site_parts(hass, entry), f"{DOMAIN} leave {entry.title}")

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, changed)
    return users


async def async_leave_site_parts(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Close all of it, unless another bridge uses it."""
    users = _users(hass)
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
