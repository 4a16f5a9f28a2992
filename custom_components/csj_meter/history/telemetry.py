"""Measurements of this site while a bridge is set up: one store for all bridges, and its one writer.

Meters report when they like; once a minute, what they said becomes samples and goes to disk in one
transaction. Where the database does not take them they wait, a repair issue says so, and a minute later it
is tried again: meters are polled whatever becomes of it. The store is opened by the first who needs it and
closed with the last bridge or when Home Assistant stops, when all that waits has been written.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent import futures
from functools import partial
from typing import Final, Literal

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.util import dt as dt_util
from homeassistant.util.executor import InterruptibleThreadPoolExecutor
from homeassistant.util.hass_dict import HassKey
from sqlalchemy import URL

from ..const import DOMAIN, LOGGER
from ..coordinator import CsjCoordinator
from ..meters.errors import MeterFrozenError
from ..meters.reading import Group
from ..meters.sample import MINUTE, minute_of, moment_of
from ..opened_file import async_closed
from ..site_part import SitePart
from ..site_settings import SIGNAL_SITE_SETTINGS, SiteSettings, async_site_settings
from ..steady_clock import SteadyClock
from ..telemetry.address import POSTGRESQL, told
from ..telemetry.errors import StoreBrokenError, StoreUnavailableError, TelemetryError
from ..telemetry.gaps import Gap, GapState
from ..telemetry.store import Store, StoreStatus
from .opening import address_of, async_opener
from .statistics import HourlyStatistics
from .status import (
    SIGNAL_GAPS_FOUND,
    SIGNAL_HOUR_CLOSED,
    SIGNAL_MINUTE_OVER,
    SIGNAL_TELEMETRY_STATUS,
    TelemetryStatus,
)
from .troubles import (
    DatabaseSilentError,
    TelemetryUnavailableError,
    kind_of,
    point_out,
    point_out_loss,
    point_out_set_aside,
    withdraw,
)
from .upkeep import Change, roll, tidy
from .waiting import KEPT_GROUPS, Batch, Waiting

WRITING_SECOND: Final = 3.0
"""Second of the minute at which the one before is written: late answers have come by then."""

MOST_AT_ONCE: Final = 60
"""Minutes that go to disk in one transaction, when some have waited."""

STUCK: Final = 180.0
"""Seconds after which people are told of a round that has not come to its end."""

LAST_WRITING: Final = 20.0
"""Seconds that closing may take; then what waits is lost."""

PATIENCE: Final = 1.0
"""Seconds that closing waits for whoever was broken off; then they close what they hold themselves."""

RATE_OVER: Final = 10
"""Rounds over which the rate of writing is told, and after which the size is looked at again."""


class Telemetry:
    """The measurements of this Home Assistant, open or waiting to be."""

    def __init__(self, hass: HomeAssistant, settings: SiteSettings) -> None:
        """Begin to write as ``settings`` say; the database is opened in the background."""
        self._hass = hass
        self._settings = settings
        self.status = TelemetryStatus()
        """How things stand; ``SIGNAL_TELEMETRY_STATUS`` says when that is new."""
        self._waiting = Waiting()
        self._thread = InterruptibleThreadPoolExecutor(1, f"{DOMAIN} telemetry")
        self._store: Store | None = None
        self._made: Store | None = None
        """One that has been opened and is not in use yet: whoever waits for it may be cancelled."""
        self._opened: tuple[URL, str] | None = None
        self._tried = asyncio.Event()
        self._error: str | None = None
        self._trouble: str | None = None
        self._known: StoreStatus | None = None
        self._changed: dict[str, Change] = {}
        self._rounds = 0
        self._clock = SteadyClock()
        self._written: deque[int] = deque(maxlen=RATE_OVER)
        self._one_round = asyncio.Lock()
        self._round: asyncio.Task[None] | None = None
        self._round_began = 0.0
        self._under_way = 0
        """Batches, the first that wait, that the database has been given and has not answered."""
        self._timer: asyncio.TimerHandle | None = None
        self._stops = [
            async_dispatcher_connect(hass, SIGNAL_SITE_SETTINGS, self._begin_round),
            hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._begin_round),
        ]
        self._statistics = HourlyStatistics(hass, self)
        self._statistics.start()
        self._set_timer()
        self._begin_round()

    @callback
    def note(self, coordinator: CsjCoordinator) -> None:
        """Keep what a meter has just reported; called with every report."""
        state, serial = coordinator.data, coordinator.identity.serial
        self._waiting.note(
            serial,
            [
                state.readings[group]
                for group in KEPT_GROUPS
                if group in state.updated and group not in state.failed
            ],
        )
        if state.online and isinstance(state.failed.get(Group.LIVE), MeterFrozenError):
            self._waiting.note_frozen(serial, minute_of(dt_util.utcnow().timestamp()))

    async def async_run[T](self, job: Callable[[Store], T]) -> T:
        """Do something that writes to the store, in the order of asking. Raises TelemetryUnavailableError."""
        await self._tried.wait()
        try:
            return await self._in_turn(job)
        except (StoreUnavailableError, StoreBrokenError) as err:
            raise TelemetryUnavailableError(str(err)) from err

    async def async_read[T](self, job: Callable[[Store], T]) -> T:
        """Do something that only reads, beside whoever writes. Raises TelemetryUnavailableError."""
        await self._tried.wait()
        try:
            return await self._hass.async_add_executor_job(self._with_store, job)
        except (StoreUnavailableError, StoreBrokenError) as err:
            raise TelemetryUnavailableError(str(err)) from err

    async def async_close(self) -> None:
        """Write what waits, and let go of the database."""
        await self._statistics.async_stop()
        while self._stops:
            self._stops.pop()()
        if self._timer is not None:
            self._timer.cancel()
        try:
            async with asyncio.timeout(LAST_WRITING), self._one_round:
                self._waiting.finish(None)
                await self._async_open()
                await self._async_write()
        except (TelemetryError, TimeoutError) as err:
            problem = str(err) or "the database does not answer"
            LOGGER.error("%d samples could not be saved and are lost: %s", len(self._waiting), problem)
        finally:
            await self._async_end()

    async def _async_end(self) -> None:
        """Close the database and the thread, whatever they are doing."""
        if self._round is not None:
            self._round.cancel()
        store, self._store = self._store, None
        await async_closed(self._hass, partial(self._finish_thread, store))
        withdraw(self._hass)

    def _make(self, opener: Callable[[], Store]) -> Store:
        """Called in the thread."""
        self._close(self._made)
        self._made = opener()
        return self._made

    def _close_all(self, store: Store | None, patience: float = -1) -> None:
        """Called in the thread, after whatever it was doing."""
        self._close(store, patience)
        self._close(self._made, patience)

    @staticmethod
    def _close(store: Store | None, patience: float = -1) -> None:
        if store is not None:
            store.close(patience)

    def _finish_thread(self, store: Store | None) -> None:
        """Called in another thread: it has an end, whatever the database does."""
        closing = self._thread.submit(self._close_all, store)
        # waited for: shutting down throws away what has not begun
        futures.wait([closing], LAST_WRITING)
        self._thread.shutdown()  # what a database does not answer is broken off
        if closing.cancelled():
            self._close_all(store, PATIENCE)

    def _with_store[T](self, job: Callable[[Store], T]) -> T:
        """Called in a thread: the store is the one of now, not of when the job was given."""
        if (store := self._store) is None:
            raise StoreUnavailableError(self._error or "the database is not open")
        return job(store)

    def _in_turn[T](self, job: Callable[[Store], T]) -> asyncio.Future[T]:
        return self._hass.loop.run_in_executor(self._thread, self._with_store, job)

    @callback
    def _set_timer(self) -> None:
        """Wait for the second of writing, by the clock on the wall as it is now.

        It is looked at anew every minute, so that it may jump in either direction.
        """
        delay = MINUTE - (dt_util.utcnow().timestamp() - WRITING_SECOND) % MINUTE
        if delay < 1:
            delay += MINUTE  # a timer that came early
        self._timer = self._hass.loop.call_later(delay, self._minute_is_over)

    @callback
    def _minute_is_over(self) -> None:
        self._set_timer()
        # not by whoever writes: others go on with what was said while a database is down
        minute = minute_of(dt_util.utcnow().timestamp())
        async_dispatcher_send(self._hass, SIGNAL_MINUTE_OVER, minute, self._waiting.finish(minute))
        self._begin_round()
        if self._hass.loop.time() - self._round_began >= STUCK:
            self._tell_of_silence()

    @callback
    def _begin_round(self, _: Event | None = None) -> None:
        if self._round is None or self._round.done():
            self._round_began = self._hass.loop.time()
            self._round = self._hass.async_create_background_task(self._async_round(), f"{DOMAIN} telemetry")

    async def _async_round(self) -> None:
        """Open what is to be open, write what is over, look after the store; the root of a task."""
        async with self._one_round:
            error: Exception | None = None
            try:
                try:
                    await self._async_open()
                except TelemetryError as err:
                    if self._store is None:
                        raise
                    error = err  # another database is wanted and does not work: the one before goes on
                finally:
                    self._tried.set()
                await self._async_write()
                await self._async_look_after(minute_of(dt_util.utcnow().timestamp()))
            except TelemetryError as err:
                error = err
            except Exception as err:  # noqa: BLE001 - the root of a task: samples wait, the next minute tries again
                LOGGER.exception("Measurements could not be saved")
                error = err
            await self._async_conclude(error)

    async def _async_open(self) -> None:
        """Open the database that is wanted, unless it is open."""
        url = address_of(self._hass, self._settings.telemetry)
        wanted = (url, self._hass.config.time_zone)
        if self._store is not None and wanted == self._opened:
            return
        opener = await async_opener(self._hass, url)
        if self._opened is not None and self._opened[0] == url:
            await self._async_let_go()  # the same file with other days: never open twice
        loop = self._hass.loop
        store = await loop.run_in_executor(self._thread, self._make, opener)
        await self._async_let_go()
        self._store, self._made, self._opened = store, None, wanted
        if store.set_aside is not None:
            point_out_set_aside(self._hass, store.set_aside)
        self._tell_gaps(await self._in_turn(_open_gaps))

    async def _async_let_go(self) -> None:
        """Close the store that is open, if one is."""
        if (store := self._store) is not None:
            self._store = self._opened = None
            # it is closed in its turn, also when nobody waits for that any more
            await asyncio.shield(self._hass.loop.run_in_executor(self._thread, store.close))

    async def _async_write(self) -> None:
        """Put on disk what waits and is over."""
        self._written.append(0)
        while batches := self._waiting.first(MOST_AT_ONCE):
            self._under_way = len(batches)
            try:
                gaps = await self._in_turn(partial(_append, batches))
                self._waiting.taken(batches)
            finally:
                self._under_way = 0
            self._written[-1] += sum(map(len, batches))
            self._tell_gaps(gaps)

    async def _async_look_after(self, minute: int) -> None:
        """Close hours that are over, let people know of them, and tidy up for a moment."""
        changed = await self._in_turn(partial(roll, minute))
        fresh = {serial for serial, change in changed.items() if self._changed.get(serial) != change}
        self._changed = changed
        if fresh:
            async_dispatcher_send(self._hass, SIGNAL_HOUR_CLOSED, fresh)
        # by a clock that has just jumped, everything might seem too old
        steady = self._clock.is_steady(dt_util.utcnow().timestamp(), self._hass.loop.time())
        await self._in_turn(partial(tidy, minute, self._settings.telemetry if steady else None))
        known = self._known
        if known is None or known.oldest is None or fresh or self._rounds % RATE_OVER == 0:
            self._known = await self._in_turn(Store.status)
        self._rounds += 1

    @callback
    def _tell_gaps(self, gaps: Sequence[Gap]) -> None:
        if gaps:
            async_dispatcher_send(self._hass, SIGNAL_GAPS_FOUND, {gap.serial for gap in gaps})

    async def _async_conclude(self, error: Exception | None) -> None:
        """Tell how it went."""
        if error is None:
            if self._error is not None:
                LOGGER.warning("Measurements are saved again")
            withdraw(self._hass)
            self._error = self._trouble = None
        else:
            self._point_out(error)
            await self._hass.loop.run_in_executor(self._thread, _pack, self._waiting.loose())
            self._let_go_what_is_too_much()
            if isinstance(error, StoreBrokenError):
                await self._async_let_go()  # opening sets a broken file aside
        self._tell_status()

    @callback
    def _tell_of_silence(self) -> None:
        """Whoever writes waits for the database, which may go on so for ever: so this is not left to them."""
        self._point_out(DatabaseSilentError())
        self._hass.async_add_executor_job(_pack, self._waiting.loose())
        self._let_go_what_is_too_much()
        self._tell_status()

    @callback
    def _point_out(self, error: Exception) -> None:
        """Say that what was measured waits, and why."""
        database = self._told()
        if self._error is None:
            LOGGER.warning("Measurements cannot be saved in %s and wait: %s", database, error)
        point_out(self._hass, error, database)
        self._error, self._trouble = str(error), kind_of(error)

    @callback
    def _let_go_what_is_too_much(self) -> None:
        if self._waiting.drop(self._under_way):
            point_out_loss(self._hass, self._told())

    @callback
    def _tell_status(self) -> None:
        self.status = self._status()
        async_dispatcher_send(self._hass, SIGNAL_TELEMETRY_STATUS)

    def _told(self) -> str:
        """The database that is wanted, for people."""
        try:
            return told(address_of(self._hass, self._settings.telemetry))
        except TelemetryError as err:
            return str(err)

    def _status(self) -> TelemetryStatus:
        known, oldest = self._known, self._waiting.oldest
        now = dt_util.utcnow()
        return TelemetryStatus(
            waiting=len(self._waiting),
            dropped=self._waiting.dropped,
            lag_seconds=0.0 if oldest is None else max(0.0, (now - moment_of(oldest + 1)).total_seconds()),
            rows_per_minute=sum(self._written) / len(self._written) if self._written else 0.0,
            last_error=self._error,
            trouble=self._trouble,
            size_bytes=None if known is None else known.size,
            oldest=None if known is None or known.oldest is None else moment_of(known.oldest),
            newest=None if known is None or known.newest is None else moment_of(known.newest),
            meters=0 if known is None else known.meters,
            dialect=None if self._opened is None else _dialect(self._opened[0]),
            database=None if self._opened is None else told(self._opened[0]),
        )


def _append(batches: Sequence[Batch], store: Store) -> Sequence[Gap]:
    return store.append([sample for batch in batches for sample in batch.samples()])


def _open_gaps(store: Store) -> list[Gap]:
    return [gap for serial in store.serials() for gap in store.gaps(serial, GapState.OPEN)]


def _pack(batches: Sequence[Batch]) -> None:
    for batch in batches:
        batch.pack()


def _dialect(url: URL) -> Literal["sqlite", "postgresql"]:
    return "postgresql" if url.get_backend_name() == POSTGRESQL else "sqlite"


_PART: Final[HassKey[SitePart[Telemetry]]] = HassKey(f"{DOMAIN}_telemetry")


async def async_telemetry(hass: HomeAssistant) -> Telemetry:
    """The measurements of this site; whether their database works, its status says."""

    async def begin() -> Telemetry:
        return Telemetry(hass, await async_site_settings(hass))

    return await hass.data.setdefault(_PART, SitePart()).async_open(hass, begin)


async def async_close_telemetry(hass: HomeAssistant) -> None:
    """Write what waits and close the database, if it is open."""
    if (part := hass.data.get(_PART)) is not None:
        await part.async_close()
