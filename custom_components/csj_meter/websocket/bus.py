"""The lines: how busy they are and how well they work, meter by meter; and a search for meters on one."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util.hass_dict import HassKey
import probatio

from ..bus.bus import Bus
from ..bus.scan import ScanProgress, forget_strangers, scan
from ..const import CONF_LINK, CONF_UNIT_ID, DOMAIN, LOGGER
from ..coordinator import CsjConfigEntry, UnitFigures
from ..exceptions import wrong
from ..site.access import Permission
from .bridges import bridges_of, follow_bridges, listen_to_meters
from .command import NAME, UNFORESEEN, Call, Subscription, failure_of, whole
from .list_view import ListView, Rows
from .values import moment

LOOKED_AT_EVERY: Final = dt.timedelta(seconds=5)
"""Figures change with every request; somebody who looks sees them this often."""

PROGRESS_EVERY: Final = 0.5
"""Seconds between two events of a scan."""

SCAN: Final = {
    probatio.Required("bridge"): NAME,
    probatio.Optional("first", default=1): whole(1, 247),
    probatio.Optional("last", default=247): whole(1, 247),
}

_SCANNED: Final[HassKey[set[str]]] = HassKey(f"{DOMAIN}_scanned_bridges")
"""Ids of the bridges whose lines are being searched."""


async def async_subscribe(call: Call) -> None:
    """All bridges with the figures of their lines."""
    await call.async_verify(Permission.SEE_DIAGNOSTICS)

    def rows() -> Rows:
        if call.visible(Permission.SEE_DIAGNOSTICS) is not None:  # the role was taken away
            return {}
        return {entry.entry_id: _bridge(entry) for entry in bridges_of(call.hass)}

    view = ListView(call.hass, call.subscribed, "bridges", rows)
    follow_bridges(call.hass, call.subscribed, listen_to_meters(view.ask), view.ask)
    call.subscribed.on_close(
        async_track_time_interval(call.hass, view.ask, LOOKED_AT_EVERY, name=f"{DOMAIN} bus view")
    )


def _bridge(entry: CsjConfigEntry) -> dict[str, Any]:
    loaded = entry.state is ConfigEntryState.LOADED
    line = entry.runtime_data.line if loaded else None
    figures = None if line is None else line.figures()
    meters = _meters(entry)
    return {
        "bridge": entry.entry_id,
        "name": entry.title,
        "link": entry.data[CONF_LINK],
        "state": entry.state.value,
        "reason": entry.reason,
        "up": None if line is None else line.up,
        "load": None if figures is None else _rounded(figures.load),
        "efficiency": None if figures is None else _rounded(figures.efficiency),
        "total": None if figures is None else _unit(figures.total),
        "units": (
            []
            if figures is None
            else [
                {
                    "unit_id": unit_id,
                    "serial": meters[unit_id][0],
                    "name": meters[unit_id][1],
                    **_unit(figures.units.get(unit_id, UnitFigures())),
                }
                for unit_id in sorted(meters)
            ]
        ),
    }


def _meters(entry: CsjConfigEntry) -> dict[int, tuple[str | None, str]]:
    """Unit id -> serial number and name of the meter."""
    return {
        subentry.data[CONF_UNIT_ID]: (subentry.unique_id, subentry.title)
        for subentry in entry.subentries.values()
        if CONF_UNIT_ID in subentry.data
    }


def _unit(figures: UnitFigures) -> dict[str, Any]:
    return {
        "requests": figures.requests,
        "timeouts": figures.timeouts,
        "garbled": figures.garbled,
        "stale": figures.stale,
        "success_rate": _rounded(figures.success_rate),
        "round_trip": _rounded(figures.round_trip),
        "last_contact": moment(figures.last_contact),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


async def async_scan(call: Call) -> None:
    """Search a line for meters while it goes on being polled; to end the subscription is to end the scan."""
    entry = next((one for one in bridges_of(call.hass) if one.entry_id == call.data["bridge"]), None)
    async with call.allowed(Permission.COMMAND):
        if entry is None:
            raise wrong("no_such_bridge")
        if entry.state is not ConfigEntryState.LOADED:
            raise wrong("bridge_not_set_up", bridge=entry.title)
        if (bus := entry.runtime_data.bus) is None:
            raise wrong("no_line", bridge=entry.title)
        if call.data["first"] > call.data["last"]:
            raise wrong("impossible_unit_ids")
        scanned = call.hass.data.setdefault(_SCANNED, set())
        if entry.entry_id in scanned:
            raise wrong("scan_under_way", bridge=entry.title)
        scanned.add(entry.entry_id)
    subscription = call.subscribed

    @callback
    def begin() -> None:
        # of the entry: with its bridge the scan ends as well
        task = entry.async_create_background_task(
            call.hass, _async_scan(call, entry, bus, subscription), f"{DOMAIN} scan"
        )
        subscription.on_close(lambda: _cancel(task))
        task.add_done_callback(lambda _: scanned.discard(entry.entry_id))

    subscription.on_begin(begin)
    if subscription.is_closed:
        scanned.discard(entry.entry_id)


def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()


async def _async_scan(call: Call, entry: CsjConfigEntry, bus: Bus, subscription: Subscription) -> None:
    """The scan itself; the root of a task."""
    loop = call.hass.loop
    asked = range(call.data["first"], call.data["last"] + 1)
    told_at = loop.time()

    def tell(progress: ScanProgress) -> None:
        nonlocal told_at
        if loop.time() >= told_at + PROGRESS_EVERY:
            told_at = loop.time()
            subscription.send(
                {
                    "type": "progress",
                    "unit_id": progress.unit_id,
                    "done": progress.done,
                    "total": progress.total,
                    "found": progress.found,
                }
            )

    try:
        result = await scan(bus, asked, tell)
    except asyncio.CancelledError:
        subscription.send({"type": "ended"})
        raise
    except Exception as err:  # noqa: BLE001 - the root of a task: whoever waits for it is told
        if (failure := failure_of(err)) is None:
            LOGGER.exception("A scan has failed")
        subscription.send(failure or UNFORESEEN)
        return
    finally:
        forget_strangers(bus, _meters(entry), asked)
    meters = _meters(entry)
    subscription.send(
        {
            "type": "result",
            "hits": [
                {"unit_id": unit_id, "serial": meters.get(unit_id, (None, ""))[0]} for unit_id in result.hits
            ],
            "garbled": list(result.garbled),
        }
    )
