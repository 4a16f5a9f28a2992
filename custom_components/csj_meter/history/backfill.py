"""What meters have kept themselves while nobody listened: their load profile fills the gaps of the store.

One for each bridge, and one meter at a time: a load profile is hundreds of questions, asked at the lowest
priority while polling goes on. What could not be read is tried again, ever more seldom; which outages are
still open is in the store, so nothing is forgotten by a restart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util
import numpy as np

from ..asked_work import AskedWork
from ..bus.errors import BusError
from ..bus.turns import Priority
from ..const import DOMAIN, LOGGER
from ..coordinator import CsjConfigEntry, CsjCoordinator
from ..meters.commands.rings import ProfileEntry, read_load_profile
from ..meters.commands.session import Session
from ..meters.errors import MeterError
from ..meters.identity import Capability
from ..meters.reading import Group, Reading
from ..meters.sample import MINUTE, moment_of
from ..money.day_tables import read_schedule
from ..prepay.errors import TariffError
from ..prepay.tariffs import Schedule
from ..site_settings import async_site_settings
from ..telemetry.columns import ABSENT
from ..telemetry.gaps import Gap, GapState
from ..telemetry.load_profile import TariffAt, fill, history
from ..telemetry.rollup import COUNTER
from ..telemetry.series import DAY, HOUR, Series
from ..telemetry.store import Store
from .status import SIGNAL_GAPS_FOUND
from .telemetry import Telemetry
from .troubles import TelemetryUnavailableError

FIRST_PAUSE: Final = 60.0
LONGEST_PAUSE: Final = 3600.0
"""Seconds until a meter is asked again that could not be; doubled from the one to the other."""

MARGIN: Final = 2 * HOUR
"""Minutes before a gap from which on the load profile is read: clocks may have been set meanwhile."""

MOST_HISTORY: Final = 90 * DAY
"""Minutes before the first sample of a meter that are taken from its load profile, if it goes back so far."""

NEIGHBOURHOOD: Final = 3 * HOUR
"""Minutes around a gap in which a sample with counters is looked for."""

USUAL_INTERVAL: Final = 15
"""Minutes of an interval of the load profile, where the meter does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a meter has kept of a gap."""

    entries: Sequence[ProfileEntry]
    """Intervals of its load profile, oldest first."""

    clock_error: float
    """Seconds by which its clock is ahead."""

    interval: int
    """Minutes of an interval."""

    schedule: Schedule | None
    """Which tariff counts when; None when it does not say."""


class Backfill:
    """Fills the gaps of the meters of one bridge."""

    def __init__(self, hass: HomeAssistant, entry: CsjConfigEntry) -> None:
        """Work while ``entry`` is set up."""
        self._hass = hass
        self._entry = entry
        self._telemetry: Telemetry
        self._pauses: dict[str, float] = {}
        self._not_before: dict[str, float] = {}
        self._work = AskedWork(
            self._async_work,
            lambda work: entry.async_create_background_task(
                hass, work, f"{DOMAIN} backfill of {entry.title}"
            ),
        )
        self._stop_listening: CALLBACK_TYPE | None = None

    def start(self, telemetry: Telemetry) -> None:
        """Begin with the gaps that are open, and go on with those that are found."""
        self._telemetry = telemetry
        self._stop_listening = async_dispatcher_connect(self._hass, SIGNAL_GAPS_FOUND, self._gaps_found)
        self._work.ask()

    async def async_stop(self) -> None:
        """Leave it at that; the next set-up goes on."""
        if self._stop_listening is not None:
            self._stop_listening()
        await self._work.async_stop()

    @callback
    def _gaps_found(self, serials: set[str]) -> None:
        if serials & {meter.identity.serial for meter in self._meters()}:
            self._work.ask()

    def _meters(self) -> list[CsjCoordinator]:
        return list(self._entry.runtime_data.coordinators.values())

    async def _async_work(self) -> float | None:
        """Fill gap after gap; seconds until one that could not be may be tried again. The root of a task."""
        pauses: list[float] = []
        for meter in self._meters():
            try:
                pause = await self._async_fill_meter(self._telemetry, meter)
            except Exception:  # noqa: BLE001 - the root of a task: the next meter may go better
                LOGGER.exception("Gaps of meter %s could not be filled", meter.identity.serial)
                pause = LONGEST_PAUSE
            if pause is not None:
                pauses.append(pause)
        return min(pauses, default=None)

    async def _async_fill_meter(self, telemetry: Telemetry, meter: CsjCoordinator) -> float | None:
        """Fill what is open of a meter; seconds until that may be tried again, None when all is done."""
        serial, loop = meter.identity.serial, self._hass.loop
        if (left := self._not_before.get(serial, 0.0) - loop.time()) > 0:
            return left
        try:
            # the short ones first: they are of now, and quickly done
            gaps = sorted(await telemetry.async_read(partial(_open_gaps, serial)), key=_length)
            if gaps and not meter.data.online:
                return FIRST_PAUSE
            for gap in gaps:
                await self._async_fill(telemetry, meter, gap)
        except (BusError, MeterError, TelemetryUnavailableError, _NotYetError) as err:
            pause = self._pauses.get(serial, FIRST_PAUSE)
            self._pauses[serial] = min(2 * pause, LONGEST_PAUSE)
            self._not_before[serial] = loop.time() + pause
            LOGGER.debug("gaps of meter %s are filled in %.0f s: %s", serial, pause, err)
            return pause
        self._pauses.pop(serial, None)
        return None

    async def _async_fill(self, telemetry: Telemetry, meter: CsjCoordinator, gap: Gap) -> None:
        """Fill one gap as far as the meter knows it."""
        kept = await self._async_kept(meter, gap)
        if kept is None:
            await telemetry.async_run(lambda store: store.settle_gap(gap, GapState.UNFILLABLE))
            return
        zone = await dt_util.async_get_time_zone(self._hass.config.time_zone) or ZoneInfo("UTC")
        tariff_at = _tariff_at(meter.identity.tariffs, kept.schedule, zone)
        series = await telemetry.async_read(partial(_worked_out, gap, kept, tariff_at))
        state = _outcome(series, gap, kept.interval)
        await telemetry.async_run(partial(_take_in, gap, series, state))
        LOGGER.info(
            "Meter %s: %d minutes of an outage come from its load profile (%s)",
            gap.serial,
            len(series),
            state,
        )

    async def _async_kept(self, meter: CsjCoordinator, gap: Gap) -> Kept | None:
        """What the meter has kept of a gap; None when it keeps nothing. Raises a BusError or MeterError."""
        if (control := meter.control) is None or Capability.LOAD_PROFILE not in meter.identity.capabilities:
            return None
        if gap.since is None:
            kept_days = (await async_site_settings(self._hass)).telemetry.raw_days
            since = gap.until - min(kept_days * DAY, MOST_HISTORY)
        else:
            since = gap.since - MARGIN
        # each by itself: what has been read is taken for news of the meter as soon as it is over
        settings = await control.watched(_async_settings, awaited=False)
        clock, interval = settings.values.get("clock"), settings.values.get("load_profile_interval")
        clock_error = clock - settings.at if isinstance(clock, int | float) else 0.0
        first = max(0, int(since * MINUTE + clock_error))
        entries = await control.watched(partial(read_load_profile, since=first), awaited=False)
        return Kept(
            entries=entries,
            clock_error=clock_error,
            interval=int(interval) // MINUTE if isinstance(interval, int | float) else USUAL_INTERVAL,
            schedule=await control.watched(_async_schedule, awaited=False),
        )


class _NotYetError(Exception):
    """It cannot be done now, but may be later."""


async def _async_settings(session: Session) -> Reading:
    return await session.meter.read(Group.SETTINGS, Priority.SLOW)


async def _async_schedule(session: Session) -> Schedule | None:
    """The day tables of a meter, which is then asked who it is: that all was of no other one."""
    schedule = None
    if session.meter.identity.tariffs > 1:
        try:
            schedule = await read_schedule(session)
        except TariffError as err:
            LOGGER.debug("day tables of meter %s: %s", session.meter.identity.serial, err)
    await session.meter.read(Group.IDENTITY, Priority.SLOW)
    return schedule


def _tariff_at(tariffs: int, schedule: Schedule | None, zone: ZoneInfo) -> TariffAt | None:
    """The tariff of a minute, by the clock on the wall."""
    if tariffs == 1:
        return lambda _: 1
    if schedule is None:
        return None
    return lambda minute: schedule.tariff_at(moment_of(minute, zone))


def _worked_out(gap: Gap, kept: Kept, tariff_at: TariffAt | None, store: Store) -> Series:
    """The samples of a gap. Raises _NotYetError while the counters at its ends are not known."""
    after = _counted(store, gap.serial, gap.until, gap.until + NEIGHBOURHOOD)
    if not len(after):
        raise _NotYetError("the meter has not told its counters yet")
    after = after.rows(slice(0, 1))
    if gap.since is None:
        return history(kept.entries, after, tariff_at=tariff_at, clock_error=kept.clock_error)
    before = _counted(store, gap.serial, gap.since - NEIGHBOURHOOD, gap.since + 1)
    if not len(before):
        return Series.empty()
    return fill(
        kept.entries,
        before.rows(slice(-1, None)),
        after,
        tariff_at=tariff_at,
        clock_error=kept.clock_error,
    )


def _counted(store: Store, serial: str, since: int, until: int) -> Series:
    """The samples with counters."""
    found = Series.joined(store.minutes(serial, since, until))
    return found.rows(found.steps(COUNTER) != ABSENT)


def _outcome(series: Series, gap: Gap, interval: int) -> GapState:
    """How much the meter knew."""
    known = int(np.count_nonzero(series.steps("active_power") != ABSENT))
    if not known:
        return GapState.UNFILLABLE
    # intervals that a gap only begins or ends in are no part of the load profile yet, or not alone
    whole = gap.since is None or known + 2 * interval >= gap.until - gap.since
    return GapState.FILLED if whole else GapState.PARTLY


def _take_in(gap: Gap, series: Series, state: GapState, store: Store) -> None:
    if state is not GapState.UNFILLABLE:
        store.ingest(gap.serial, series)
    store.settle_gap(gap, state)


def _open_gaps(serial: str, store: Store) -> list[Gap]:
    return store.gaps(serial, GapState.OPEN)


def _length(gap: Gap) -> float:
    return float("inf") if gap.since is None else gap.until - gap.since
