"""The audit log in Home Assistant: one file for the site, written before anything is done.

What the disk does not take waits and is tried again with the next line; an issue says so. Nobody is kept from
cutting a supply because a disk is full.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import replace
import datetime as dt
from functools import partial
from itertools import batched
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER
from ..file_issues import point_out_file, withdraw_file
from ..opened_file import async_closed, async_opened
from ..site.audit import AuditEntry, AuditRecord, AuditStore
from ..site.errors import AuditTooNewError
from ..site_part import SitePart
from ..steady_clock import SteadyClock
from ..telemetry.errors import StoreBrokenError, TelemetryError

AUDIT_FILE: Final = "csj_meter_audit.db"
"""In the configuration folder, so that it is part of every backup."""

ISSUE_AUDIT: Final = "audit"

MOST_WAITING: Final = 10_000
"""Lines that wait for a disk which has taken none."""

FOLDED_WITHIN: Final = dt.timedelta(minutes=1)
"""For so long the same refusal is not written again, so that nobody fills the disk by asking."""

MOST_REFUSED: Final = 30
"""Refusals of one user that are written within that time, each in a line of its own."""

FURTHER_REFUSALS: Final = "further_refusals"
"""What the one line of all others is about; the panel has a text for it."""

_PURGED_EVERY: Final = dt.timedelta(days=1)
_PURGED_AGAIN: Final = dt.timedelta(hours=1)
"""After a purge that has failed."""

_PURGED_AT_ONCE: Final = 500
"""Lines that are removed in one go: some ten milliseconds."""


class AuditLog:
    """The file, and what it does not have yet."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Open the file with the first line."""
        self._hass = hass
        self._store: AuditStore | None = None
        self._waiting: list[AuditRecord] = []
        self._writing = asyncio.Lock()
        self._jobs: set[asyncio.Future[Any]] = set()
        """What is done with the file beside whoever writes."""
        self._closed = False
        self._refused: dict[str | None, dict[Hashable, dt.datetime]] = {}
        """User -> their last refusals, and when each was written."""
        self._clock = SteadyClock()
        self._purged_at: dt.datetime | None = None
        self._purging: asyncio.Task[None] | None = None

    async def async_add(self, *records: AuditRecord) -> None:
        """Write lines down; they are on disk then, unless an issue says otherwise."""
        new = [written for record in records if (written := self._to_write(record)) is not None]
        if not new:
            return
        self._waiting += new
        async with self._turn():
            await self._async_write()

    async def async_read[T](self, job: Callable[[AuditStore], T]) -> T:
        """Ask the file something, in a thread, beside whoever writes meanwhile.

        Raises TelemetryError and AuditTooNewError.
        """
        async with self._turn():
            await self._async_write()
            reading = self._begun(job, await self._async_store())
        return await asyncio.shield(reading)

    async def async_close(self) -> None:
        """Write what waits, and let go of the file once nobody uses it."""
        self._closed = True
        if self._purging is not None:
            self._purging.cancel()
        async with self._turn():
            await self._async_write()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """One after the other; after it was closed the file is let go of by each who was still under way."""
        async with self._writing:
            try:
                yield
            finally:
                if self._closed:
                    await self._async_let_go()

    def _begun[**P, T](self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """What a thread does with the file: whoever lets go of it waits for that, whoever else has left."""
        begun = self._hass.async_add_executor_job(partial(job, *args, **kwargs))
        self._jobs.add(begun)
        begun.add_done_callback(self._jobs.discard)
        return begun

    async def _async_store(self) -> AuditStore:
        if self._store is None:
            opener = partial(_opened, _path(self._hass))
            self._store = await async_opened(self._hass, opener, AuditStore.close)
        return self._store

    async def _async_write(self) -> None:
        if not (batch := list(self._waiting)):
            return
        try:
            store = await self._async_store()
            await self._hass.async_add_executor_job(store.add, batch)
        except (TelemetryError, AuditTooNewError) as err:
            await self._async_stumbled(err)
            # as long as the disk takes them, whoever has many lines waits with them
            if (lost := len(self._waiting) - MOST_WAITING) > 0:
                LOGGER.error("The disk takes no line of the audit log, and %s are lost", lost)
                del self._waiting[:lost]
            return
        written = set(map(id, batch))
        self._waiting = [record for record in self._waiting if id(record) not in written]
        withdraw_file(self._hass, ISSUE_AUDIT)
        self._purge_daily()

    async def _async_stumbled(self, err: TelemetryError | AuditTooNewError) -> None:
        """Say that the file does not take or give something."""
        _point_out(self._hass, err)
        if isinstance(err, StoreBrokenError):
            await self._async_let_go()  # with the next line it is set aside, and a new one begun

    async def _async_let_go(self) -> None:
        if self._store is not None:
            store, self._store = self._store, None
            try:
                if self._jobs:
                    await asyncio.wait(self._jobs)
            finally:
                await async_closed(self._hass, store.close)

    @callback
    def _purge_daily(self) -> None:
        """Have what is too much removed, without anybody waiting for it."""
        now = dt_util.utcnow()
        # by a clock that has just jumped, or begun, everything might seem too old
        is_steady = self._clock.is_steady(now.timestamp(), self._hass.loop.time())
        due = self._purged_at is None or not self._purged_at <= now < self._purged_at + _PURGED_EVERY
        if due and not self._closed:
            self._purged_at = now
            purging = self._async_purge(now, is_steady=is_steady)
            self._purging = self._hass.async_create_background_task(purging, f"{DOMAIN} audit log")

    async def _async_purge(self, now: dt.datetime, *, is_steady: bool) -> None:
        """A little at a time: what is to be written meanwhile waits for no more than that."""
        try:
            doomed = await self.async_read(partial(AuditStore.doomed, now=now if is_steady else None))
            for some in batched(doomed, _PURGED_AT_ONCE, strict=False):
                async with self._turn():
                    await asyncio.shield(self._begun((await self._async_store()).remove, some))
        except (TelemetryError, AuditTooNewError) as err:
            self._purged_at = now - _PURGED_EVERY + _PURGED_AGAIN
            async with self._turn():
                await self._async_stumbled(err)

    def _to_write(self, record: AuditRecord) -> AuditRecord | None:
        """As it is to be written: of many refusals the last ones as one; None for one that just was."""
        if not isinstance(record, AuditEntry) or record.allowed:
            return record
        refused = {
            what: at
            for what, at in self._refused.get(record.user_id, {}).items()
            if at <= record.at < at + FOLDED_WITHIN
        }
        self._refused[record.user_id] = refused
        what: Hashable = (record.permission, record.what, record.serial, record.circuit)
        if what in refused:
            return None
        if len(refused) >= MOST_REFUSED:
            if FURTHER_REFUSALS in refused:
                return None
            what, record = FURTHER_REFUSALS, replace(record, what=FURTHER_REFUSALS, serial=None, circuit=None)
        refused[what] = record.at
        return record


def _path(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(AUDIT_FILE))


def _opened(path: Path) -> AuditStore:
    store = AuditStore.at(path, dt_util.utcnow())
    if store.set_aside is not None:
        LOGGER.warning("%s was damaged; it was moved to %s", AUDIT_FILE, store.set_aside)
    return store


def _point_out(hass: HomeAssistant, err: Exception) -> None:
    """Say that nothing can be written down."""
    key = "audit_too_new" if isinstance(err, AuditTooNewError) else "audit_unavailable"
    point_out_file(hass, ISSUE_AUDIT, key, AUDIT_FILE, err)


_PART: Final[HassKey[SitePart[AuditLog]]] = HassKey(f"{DOMAIN}_audit_log")


async def async_audit_log(hass: HomeAssistant) -> AuditLog:
    """The audit log of this site."""

    async def make() -> AuditLog:
        return AuditLog(hass)

    return await hass.data.setdefault(_PART, SitePart()).async_open(hass, make)


async def async_close_audit_log(hass: HomeAssistant) -> None:
    """Write what waits, and let go of the file."""
    if (part := hass.data.get(_PART)) is not None:
        await part.async_close()
