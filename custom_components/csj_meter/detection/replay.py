"""What would have been told of some days that are in the store, by these settings or others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
import datetime as dt
from functools import partial
import threading
from typing import Final
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..anomaly.engine import Engine
from ..anomaly.finding import Finding
from ..anomaly.intake import Block
from ..anomaly.local_time import Holidays
from ..anomaly.replay import replay
from ..anomaly.settings import Settings
from ..const import LOGGER
from ..history.telemetry import async_telemetry
from ..meters.sample import moment_of
from ..site_settings import async_site_settings
from ..telemetry.series import DAY, HOUR
from ..telemetry.store import Store
from .fleet import Fleet, fleet_of
from .holidays import CalendarUnreadableError, async_holidays
from .stored_rows import first_minute, stored_blocks

WARM_UP: Final = 31 * DAY
"""Minutes before the first that is asked for, from which the engine learns what is usual."""

PIECE: Final = 6 * HOUR
"""Minutes that are replayed between two looks at whether anybody still wants to know."""


class ReplayStoppedError(Exception):
    """Nobody wants to know any more."""


class ReplayControl:
    """How far a replay is, and how to end it before its time: told and asked from its thread."""

    def __init__(self, hass: HomeAssistant, tell: Callable[[float], None]) -> None:
        """``tell`` hears in the event loop how far it is, 0..1."""
        self._loop = hass.loop
        self._tell = tell
        self._percent = -1
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End it soon."""
        self._stopped.set()

    def at(self, done: float) -> None:
        """Called in the thread. Raises ReplayStoppedError."""
        if self._stopped.is_set():
            raise ReplayStoppedError
        if (percent := int(100 * done)) != self._percent:
            self._percent = percent
            self._loop.call_soon_threadsafe(self._tell, done)


async def async_replay(
    hass: HomeAssistant,
    serials: Collection[str],
    since: int,
    until: int,
    settings: Settings,
    control: ReplayControl | None = None,
) -> list[Finding]:
    """What would have been told of some meters from minute ``since`` to before ``until``, oldest first.

    Their circuits and bridges are those of now; who is not configured or not among ``serials`` bears no
    witness. It takes many seconds for a month. Raises TelemetryUnavailableError, and ReplayStoppedError when
    ``control`` has ended it.
    """
    zone = await dt_util.async_get_time_zone(hass.config.time_zone) or ZoneInfo("UTC")
    fleet = replace(fleet_of(hass, settings).some(serials), settings=settings)
    first, last = (moment_of(minute, zone).date() for minute in (since - WARM_UP, until))
    calendar = (await async_site_settings(hass)).holiday_calendar
    try:
        holidays = await async_holidays(hass, calendar, first, last)
    except CalendarUnreadableError as err:
        LOGGER.debug("replayed without holidays: %s", err)
        holidays = frozenset()
    telemetry = await async_telemetry(hass)
    return await telemetry.async_read(partial(_replay, fleet, zone, holidays, since, until, control))


def _replay(
    fleet: Fleet,
    zone: dt.tzinfo,
    holidays: Holidays,
    since: int,
    until: int,
    control: ReplayControl | None,
    store: Store,
) -> list[Finding]:
    engine = Engine(fleet.meters, zone, fleet.settings)
    engine.know_holidays(holidays)
    first = first_minute(fleet.serials, since - WARM_UP, store)
    minutes: Iterable[Block] = () if first is None else stored_blocks(fleet.serials, first, until, store)
    if control is not None and first is not None:
        minutes = _watched(minutes, first, until, control)
    findings = replay(engine, minutes, fleet.meters, fleet.settings, until=until - 1)
    return [finding for finding in findings if finding.at >= since]


def _watched(blocks: Iterable[Block], first: int, until: int, control: ReplayControl) -> Iterator[Block]:
    """The same, taken in pieces of a few hours: each can be the last."""
    for block in blocks:
        for begin in range(-(block.minute % PIECE), len(block), PIECE):  # whole hours stay whole
            control.at((block.minute + max(begin, 0) - first) / max(1, until - first))
            yield block.part(max(begin, 0), begin + PIECE)
