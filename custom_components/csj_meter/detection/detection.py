"""Detection of this site while a bridge is set up: one engine for all bridges, fed once a minute.

What goes to the telemetry goes to the engine, whether the database takes it or not. The engine works in a
thread, one piece at a time, and what it finds is told in the event loop. What it knows is kept every few
minutes and at the end. The next one goes on from there: what was measured since comes out of the store, and
of what happened in it only that is told which still lasts. Where nothing was kept that could be used, it
learns anew from the measurements of the last month, while the minutes of now wait.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.util import dt as dt_util
from homeassistant.util.file import WriteError
from homeassistant.util.hass_dict import HassKey

from ..anomaly.baseline import Expected
from ..anomaly.engine import Engine
from ..anomaly.finding import Finding
from ..asked_work import AskedWork
from ..const import DOMAIN, LOGGER
from ..history.status import SIGNAL_MINUTE_OVER, SIGNAL_PAST_CAME
from ..history.telemetry import Telemetry, async_telemetry
from ..history.troubles import TelemetryUnavailableError
from ..history.waiting import Batch
from ..meters.sample import minute_of
from ..site_part import SitePart
from ..site_settings import SIGNAL_SITE_SETTINGS, SiteSettings, async_site_settings
from .engine_file import engine_path
from .engine_jobs import (
    AHEAD,
    Look,
    begin,
    configure,
    expected_at,
    feed,
    know_holidays,
    look,
    save,
    take_over,
    take_past,
    told_once,
)
from .fleet import Fleet, fleet_of
from .holidays import HolidayCalendar
from .latecomers import Latecomers
from .past import LENGTH, Past
from .status import SIGNAL_DETECTION, SIGNAL_FINDINGS, DetectionStatus, MeterView, Stage

SAVING: Final = 5
"""Minutes after which what the engine knows is kept again."""

MOST_WAITING: Final = 60
"""Minutes of now that wait while the past is read; the store has the others by then."""

AGAIN: Final = 5
"""Minutes until the past is asked for again that could not be read."""

SETTING_UP: Final = 10
"""Minutes after the start in which bridges are being set up; whoever is not heard later does not answer."""


class Detection:
    """The anomaly engine of this Home Assistant, watching or about to."""

    def __init__(self, hass: HomeAssistant, settings: SiteSettings, telemetry: Telemetry) -> None:
        """Begin to watch as ``settings`` say; what is known is read in the background."""
        self._hass = hass
        self._settings = settings
        self._telemetry = telemetry
        self._past = Past(telemetry)
        self._latecomers = Latecomers(hass, self._past, self)
        self._holidays = HolidayCalendar(hass, settings, self._settings_changed)
        self._path = engine_path(hass)
        self._engine: Engine | None = None
        self._zone: str | None = None
        self._fleet = Fleet(settings=settings.detection)
        self._minutes: deque[tuple[int, int, list[Batch]]] = deque(maxlen=MOST_WAITING)
        """Minute that runs, minutes that the clock has jumped since the one before, and what was said."""
        self._running: int | None = None
        self._heard = False
        self._unheard = 0
        """Minutes since the start, as long as no meter was heard in any."""
        self._changed = False
        self._owes_from: int | None = None
        self._saved_at = -1
        self._saved_bytes: int | None = None
        self._look: Look | None = None
        self._seconds = 0.0
        self._stage = Stage.STARTING
        self._progress: float | None = None
        self._turn = asyncio.Lock()
        # no task of Home Assistant's: at stop it would cancel it in the middle of a minute
        self._work = AskedWork(
            self._async_work, lambda work: hass.loop.create_task(work, name=f"{DOMAIN} detection")
        )
        self._stops = [
            async_dispatcher_connect(hass, SIGNAL_MINUTE_OVER, self._minute_over),
            async_dispatcher_connect(hass, SIGNAL_PAST_CAME, self._latecomers.add),
            async_dispatcher_connect(hass, SIGNAL_SITE_SETTINGS, self._settings_changed),
            async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed),
        ]
        self._work.ask()
        self._holidays.look()

    def view(self, serial: str) -> MeterView:
        """What is known of a meter; nothing at first, and ``SIGNAL_DETECTION`` says when that is new."""
        views = {} if self._look is None else self._look.views
        return views.get(serial) or MeterView()

    async def async_expected(self, serial: str, minutes: Sequence[int]) -> list[Expected | None]:
        """What is usual in the hours of some minutes (UTC), as far as it is known."""
        if (engine := self._engine) is None:
            return [None] * len(minutes)
        return await self._async_compute(partial(expected_at, engine, serial, minutes))

    @property
    def watching(self) -> tuple[Engine, Fleet] | None:
        """The engine that has begun to watch, and what it watches."""
        if (engine := self._engine) is None or engine.minute < 0:
            return None
        return engine, self._fleet

    async def async_take_past(self, engine: Engine, learnt: Engine, until: int) -> bool:
        """Have the engine know what another one has learnt of the minutes before ``until``.

        False when it is not in that minute any more.
        """
        async with self._turn:
            if engine is not self._engine:
                return True  # the one that has taken over has read the past itself
            if engine.minute + 1 != until:
                return False
            seen = await self._hass.async_add_executor_job(take_past, engine, learnt, self._fleet, _now())
            self._show(seen)
        return True

    @property
    def findings(self) -> list[Finding]:
        """What is suspected or confirmed now, of all watched meters."""
        return [] if self._look is None else list(self._look.active.values())

    @property
    def status(self) -> DetectionStatus:
        """How detection itself does."""
        look = self._look
        views = [] if look is None else list(look.views.values())
        return DetectionStatus(
            stage=self._stage,
            progress=self._progress,
            meters=sum(1 for view in views if view.watched),
            unwatched=sum(1 for view in views if not view.watched),
            known_days=tuple(sorted(view.known_days for view in views if view.known_days is not None)),
            seconds=self._seconds,
            memory_bytes=0 if look is None else look.memory_bytes,
            saved_bytes=self._saved_bytes,
            waiting=len(self._minutes),
            owes_past=self._owes_from is not None,
        )

    async def async_close(self) -> None:
        """Look at nothing more, and keep what is known."""
        while self._stops:
            self._stops.pop()()
        async with self._turn:  # nobody touches the engine now, nor is about to tell what it has found
            await self._work.async_stop()
            await self._latecomers.async_stop()
            await self._holidays.async_stop()
        if self._engine is not None:
            await self._async_save(self._engine)

    @callback
    def _minute_over(self, minute: int, batches: list[Batch]) -> None:
        # each minute is told of: where one is not, the clock was set, or the machine has slept
        jump = 0 if self._running is None else max(0, minute - self._running - 1)
        self._running = minute
        self._minutes.append((minute, jump, batches))
        self._work.ask()
        self._holidays.look()

    @callback
    def _settings_changed(self) -> None:
        self._changed = True
        self._work.ask()
        self._holidays.look()

    @callback
    def _entry_changed(self, _: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN:
            self._settings_changed()

    async def _async_work(self) -> None:
        """Whatever is to be done, in order; the root of a task."""
        try:
            if (engine := self._engine) is None or self._is_useless(engine):
                engine = await self._async_open(engine)
            if self._changed:
                await self._async_configure(engine)
            while self._minutes:
                await self._async_look(engine, *self._minutes.popleft())
            if not 0 <= engine.minute - self._saved_at < SAVING:
                await self._async_save(engine)
        except Exception:  # noqa: BLE001 - the root of a task: the next minute may go better
            LOGGER.exception("Meters could not be watched for anomalies")

    def _is_useless(self, engine: Engine) -> bool:
        """Whether another engine is to take over: with the past, with other days, or that hears again."""
        if engine.minute > _now() + AHEAD:
            return True
        if (owed := self._owes_from) is not None:
            return _now() >= owed and self._telemetry.status.last_error is None
        return self._zone != self._hass.config.time_zone

    async def _async_open(self, before: Engine | None) -> Engine:
        """An engine that knows what was kept, or of the last month from the store, and what came since.

        Without the past it only takes over where ``before`` is no better.
        """
        zone_name = self._hass.config.time_zone
        zone = await dt_util.async_get_time_zone(zone_name) or ZoneInfo("UTC")
        fleet = fleet_of(self._hass, self._settings.detection)
        begun = await self._async_compute(partial(begin, self._path, fleet, zone, _now()))
        engine = begun.engine
        self._stage = Stage.STARTING if begun.kept else Stage.REBUILDING
        self._saved_at = engine.minute if begun.kept else -1
        complete = await self._async_read_past(engine, fleet) or begun.kept
        self._owes_from = None if complete else _now() + AGAIN
        ahead = begun.ahead
        if before is not None and before.minute > _now() + AHEAD:
            ahead = before
        elif not complete and before is not None:
            self._stage = Stage.WATCHING
            return before
        async with self._turn:
            seen = await self._hass.async_add_executor_job(take_over, engine, ahead, fleet, _now())
            told = begun.active if self._look is None else self._look.active
            self._engine, self._fleet, self._zone = engine, fleet, zone_name
            self._stage = Stage.WATCHING
            self._show(seen, told_once(told, seen.active, engine.minute))
        if begun.kept:
            self._latecomers.add(engine.strangers)
        self._changed = True  # holidays may be known since
        return engine

    async def _async_read_past(self, engine: Engine, fleet: Fleet) -> bool:
        """Let an engine know of what the store has since it was saved; whether that worked."""
        start = first = max(engine.minute + 1, _now() - LENGTH)
        try:
            while start < (until := _now()):  # it takes a while, and more has been written then
                async for blocks in self._past.async_read(fleet.serials, start, until):
                    await self._async_compute(partial(feed, engine, blocks))
                    if blocks:
                        self._progress = (blocks[-1].minute - first) / (until - first)
                start = until
        except TelemetryUnavailableError as err:
            LOGGER.debug("the past is not known to the engine: %s", err)  # a repair issue says so
            return False
        finally:
            self._progress = None
        return True

    async def _async_compute[T](self, job: Callable[[], T]) -> T:
        async with self._turn:
            return await self._hass.async_add_executor_job(job)

    async def _async_configure(self, engine: Engine) -> None:
        """Follow meters that have come, gone or changed, settings and holidays."""
        self._changed = False
        fleet, holidays = fleet_of(self._hass, self._settings.detection), self._holidays.dates
        if fleet != self._fleet:
            joined = set(fleet.serials) - set(self._fleet.serials)
            async with self._turn:
                seen = await self._hass.async_add_executor_job(configure, engine, fleet, _now())
                self._fleet = fleet
                self._show(seen)
            self._latecomers.add(joined)
        if holidays is not None and holidays != engine.holidays:
            async with self._turn:
                job = partial(know_holidays, engine, holidays, fleet, _now())
                self._show(await self._hass.async_add_executor_job(job))

    async def _async_look(self, engine: Engine, minute: int, jump: int, batches: Sequence[Batch]) -> None:
        """Let the engine know of the minute before ``minute``, and of a ``jump`` of the clock before it."""
        if minute <= engine.minute + 1:
            return  # it was in the store already
        self._unheard += not self._heard
        first, self._heard = not self._heard, self._heard or bool(batches) or self._unheard > SETTING_UP
        if not self._heard:
            return  # bridges are still being set up: their meters are not silent
        async with self._turn:
            # what was read of the store has been left out; before the first minute nobody listened
            unknown = minute - engine.minute - 1
            jump = unknown if first else min(jump, unknown)
            seen = await self._hass.async_add_executor_job(look, engine, self._fleet, batches, minute, jump)
            self._seconds = seen.seconds
            self._show(seen, seen.findings)

    @callback
    def _show(self, seen: Look, findings: Iterable[Finding] = ()) -> None:
        """Let everybody know."""
        self._look = seen
        if told := list(findings):
            async_dispatcher_send(self._hass, SIGNAL_FINDINGS, told)
        async_dispatcher_send(self._hass, SIGNAL_DETECTION)

    async def _async_save(self, engine: Engine) -> None:
        """Keep what is known; while the past is owed there is nothing worth keeping."""
        if self._owes_from is not None or engine.minute < 0:
            return
        try:
            job = partial(save, engine, self._path, self._latecomers.serials)
            self._saved_bytes = await self._async_compute(job)
        except (OSError, WriteError) as err:
            LOGGER.debug("what the engine knows could not be kept: %s", err)  # whoever writes it says so
        self._saved_at = engine.minute


def _now() -> int:
    return minute_of(dt_util.utcnow().timestamp())


_PART: Final[HassKey[SitePart[Detection]]] = HassKey(f"{DOMAIN}_detection")


async def async_detection(hass: HomeAssistant) -> Detection:
    """The anomaly engine of this site."""

    async def make() -> Detection:
        return Detection(hass, await async_site_settings(hass), await async_telemetry(hass))

    return await hass.data.setdefault(_PART, SitePart()).async_open(hass, make)


def current_detection(hass: HomeAssistant) -> Detection | None:
    """The anomaly engine, while it is open."""
    return None if (part := hass.data.get(_PART)) is None else part.open


async def async_close_detection(hass: HomeAssistant) -> None:
    """Keep what is known, and watch no more."""
    if (part := hass.data.get(_PART)) is not None:
        await part.async_close()
