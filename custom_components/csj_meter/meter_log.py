"""Follows the meters' own event logs, so that each entry is told once, whatever is restarted in between.

Up to where a log was told is kept in a file of its own, by serial number: one small file per bridge,
written for every news and before anybody hears of it. A crash in that very moment loses an entry rather
than telling it twice: an automation that tops up or switches must not run again for yesterday's reason.
The newest entries that were told are kept with it, for whoever looks at a meter later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
import contextlib
from dataclasses import dataclass
import logging
import math
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.storage import Store

from .bus.errors import BusError, RefusedError
from .const import DOMAIN, LOGGER, SUBENTRY_METER
from .control import MeterControl
from .coordinator import CsjConfigEntry, CsjCoordinator
from .kept_file import async_load_or_set_aside
from .meters.commands.registers import EVENT_ENTRIES
from .meters.commands.rings import (
    LogEntry,
    LogNews,
    LogPosition,
    read_log_end,
    read_new_events,
)
from .meters.errors import MeterError
from .meters.reading import Value

VERSION: Final = 1

PERIOD: Final = 60.0
"""Seconds between two looks at the end of a log: two registers."""

type _Data = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signs:
    """What changes, as a rule, when a meter has logged something."""

    online: bool
    status: Value
    top_up_count: Value


@dataclass(slots=True, kw_only=True, eq=False)
class _Watch:
    """One meter that somebody listens to."""

    coordinator: CsjCoordinator
    control: MeterControl
    tell: Callable[[LogEntry], None]
    signs: _Signs
    uptime: float = 0.0
    due: float = 0.0
    """When to look next, in the event loop's seconds."""

    end: tuple[int, int] | None = None
    """End of the log (see ``read_log_end``) when it was last read; None makes sure by reading it."""

    refused: bool = False
    """Whether it was said that the log cannot be read."""

    @property
    def serial(self) -> str:
        """Serial number of the meter."""
        return self.coordinator.identity.serial


def _store(hass: HomeAssistant, entry_id: str) -> Store[_Data]:
    return Store(hass, VERSION, f"{DOMAIN}.{entry_id}.log", private=True)


async def async_forget_log(hass: HomeAssistant, entry_id: str) -> None:
    """Delete the file of a bridge that is removed."""
    await _store(hass, entry_id).async_remove()


class MeterLog:
    """The event logs of the meters of one bridge, as long as somebody listens."""

    def __init__(self, hass: HomeAssistant, entry: CsjConfigEntry) -> None:
        """Stand for the logs behind ``entry``; nothing is read yet."""
        self._hass = hass
        self._entry = entry
        self._store = _store(hass, entry.entry_id)
        self._known: dict[str, LogPosition] = {}
        self._told: dict[str, tuple[LogEntry, ...]] = {}
        self._watches: dict[str, _Watch] = {}
        self._telling = asyncio.Lock()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._unlisten: CALLBACK_TYPE | None = None

    async def async_load(self) -> None:
        """Read up to where the logs of the bridge's meters were told."""
        stored = await async_load_or_set_aside(self._hass, self._store)
        serials = {subentry.unique_id for subentry in self._entry.get_subentries_of_type(SUBENTRY_METER)}
        for serial, position in stored.items():
            if serial not in serials:
                continue
            try:
                known = LogPosition.from_dict(position)
                told = tuple(LogEntry.from_list(entry) for entry in position.get("told", ()))
            except (ValueError, TypeError) as err:
                LOGGER.error("Meter %s: its log is looked at as for the first time: %s", serial, err)
                continue
            self._known[serial], self._told[serial] = known, told[-EVENT_ENTRIES:]

    def entries(self, serial: str) -> tuple[LogEntry, ...]:
        """The newest entries of a meter that were told, oldest first: as many as a log has."""
        return self._told.get(serial, ())

    @callback
    def start(self) -> None:
        """Begin to look, but not before there are automations that can hear of it."""
        self._unlisten = async_at_started(self._hass, self._begin)

    @callback
    def _begin(self, _: HomeAssistant) -> None:
        self._task = self._hass.loop.create_task(self._run(), name=f"{DOMAIN} logs of {self._entry.title}")

    async def async_stop(self) -> None:
        """Stop looking; news that are being told are told to the end."""
        if self._unlisten is not None:
            self._unlisten()
            self._unlisten = None
        if self._task is not None:
            async with self._telling:
                self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    @callback
    def async_follow(
        self, coordinator: CsjCoordinator, control: MeterControl, tell: Callable[[LogEntry], None]
    ) -> CALLBACK_TYPE:
        """Tell the news of a meter from now on, oldest first, until what is returned is called.

        What its log holds when it is seen for the first time is history and not told: nobody wants
        an automation to run for what happened last year. What is logged while nobody listens, or
        while Home Assistant is away, is told when somebody listens again.
        """
        watch = _Watch(
            coordinator=coordinator, control=control, tell=tell, signs=_signs(coordinator), due=math.inf
        )
        self._watches[watch.serial] = watch
        unlisten = coordinator.async_add_listener(lambda: self._notice(watch))
        if watch.signs.online:
            self._hurry(watch)

        @callback
        def leave() -> None:
            del self._watches[watch.serial]
            unlisten()
            if coordinator.subentry.subentry_id not in self._entry.subentries:
                self._known.pop(watch.serial, None)
                self._told.pop(watch.serial, None)

        return leave

    @callback
    def _notice(self, watch: _Watch) -> None:
        """Look at once when a report makes it likely that something was logged."""
        signs, uptime = _signs(watch.coordinator), watch.coordinator.value("uptime")
        restarted = isinstance(uptime, int | float) and uptime < watch.uptime
        if signs.online and not watch.signs.online:
            watch.end = None  # in a long silence a ring may have come round to where it was
        if signs.online and (signs != watch.signs or restarted):
            self._hurry(watch)
        watch.signs = signs
        if isinstance(uptime, int | float):
            watch.uptime = float(uptime)

    @callback
    def _hurry(self, watch: _Watch) -> None:
        watch.due = self._hass.loop.time()
        self._wake.set()

    async def _run(self) -> None:
        """Look at one log after the other, for ever."""
        loop = self._hass.loop
        while True:
            self._wake.clear()
            watch = min(self._watches.values(), key=lambda each: each.due, default=None)
            due = math.inf if watch is None else watch.due
            if watch is None or due > loop.time():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout_at(due if due < math.inf else None):
                        await self._wake.wait()
                continue
            watch.due = loop.time() + PERIOD
            try:
                await self._look(watch)
            except Exception:  # noqa: BLE001 - the root of a task
                # what goes wrong with one log must not end the others
                LOGGER.exception("%s: following the log of meter %s failed", self._entry.title, watch.serial)

    async def _look(self, watch: _Watch) -> None:
        """See whether the log has grown, and tell what is new."""
        if not watch.signs.online:
            watch.due = math.inf  # its return will be noticed
            return
        if watch.control.session.lock.locked():
            return  # it may be just restarting; what a command leaves in the log waits for a minute
        meter = watch.control.session.meter
        try:
            if watch.end is not None and await read_log_end(meter) == watch.end:
                return
            news = await watch.control.watched(
                lambda _: read_new_events(meter, self._known.get(watch.serial)), awaited=False
            )
        except (BusError, MeterError) as err:
            # lost replies are counted by the bus; that a meter has no readable log is worth a line
            worth_a_line = isinstance(err, RefusedError) and not watch.refused
            watch.refused = watch.refused or worth_a_line
            LOGGER.log(
                logging.WARNING if worth_a_line else logging.DEBUG,
                "%s: the event log of meter %s was not read: %s",
                self._entry.title,
                watch.serial,
                err,
            )
            return
        await self._tell(watch, news)

    async def _tell(self, watch: _Watch, news: LogNews) -> None:
        """Keep the position, then tell: in one step that stopping does not come between."""
        async with self._telling:
            if not self._listens(watch):
                return
            before, told = self._known.get(watch.serial), self.entries(watch.serial)
            if before != news.position:
                await self._keep(watch.serial, news.position, (*told, *news.entries))
                if not self._listens(watch):
                    # it was unloaded while this was written, and what nobody has heard is still new
                    await self._keep(watch.serial, before, told)
                    return
            if news.lost:
                LOGGER.warning(
                    "%s: the event log of meter %s has run over; entries before those told now are lost",
                    self._entry.title,
                    watch.serial,
                )
            for entry in news.entries:
                watch.tell(entry)
            watch.end = news.position.slot, news.position.filled

    def _listens(self, watch: _Watch) -> bool:
        return self._watches.get(watch.serial) is watch

    async def _keep(self, serial: str, position: LogPosition | None, told: tuple[LogEntry, ...]) -> None:
        if position is None:
            self._known.pop(serial, None)
            self._told.pop(serial, None)
        else:
            self._known[serial] = position
            self._told[serial] = told[-EVENT_ENTRIES:]
        await self._store.async_save(
            {
                meter: known.as_dict() | {"told": [entry.as_list() for entry in self.entries(meter)]}
                for meter, known in self._known.items()
            }
        )


def _signs(coordinator: CsjCoordinator) -> _Signs:
    return _Signs(
        online=bool(coordinator.data.online),
        status=coordinator.value("status"),
        top_up_count=coordinator.value("top_up_count"),
    )
