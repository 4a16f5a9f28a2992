"""What the meters of a bridge have used today, this month and last week, kept up to the minute.

The store is read when hours were closed, and until it knows of today; the readings of the meters go on from
there. All of it is worked out anew after a restart, so nothing of it is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
import datetime as dt
from typing import cast
from zoneinfo import ZoneInfo

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from ..coordinator import CsjConfigEntry, CsjCoordinator
from ..meters.reading import Group
from ..meters.sample import minute_of, moment_of
from ..telemetry.aggregate import midnight
from .status import SIGNAL_HOUR_CLOSED, SIGNAL_TELEMETRY_STATUS
from .telemetry import Telemetry
from .troubles import TelemetryUnavailableError
from .usage_base import TOLD, Base, LiveUsage, Point, read_bases


class UsageCoordinator(DataUpdateCoordinator[LiveUsage]):
    """What one meter has used; its data change in place."""

    config_entry: CsjConfigEntry

    def __init__(self, hass: HomeAssistant, meter: CsjCoordinator) -> None:
        """Follow the readings of ``meter``."""
        super().__init__(hass, LOGGER, config_entry=meter.config_entry, name=f"usage of {meter.name}")
        self.meter = meter
        self.data = LiveUsage()
        self.data.turn(*day_and_month())
        self.is_asked_for = True
        """Whether the store is to be read anew."""
        self.is_young = True
        """Whether the store had not heard of today when it was read."""
        self._shown: bool | None = None

    @property
    def serial(self) -> str:
        """Of the meter."""
        return self.meter.identity.serial

    @property
    def shown(self) -> bool:
        """Whether the counters are those of now."""
        return self.meter.data.shows(Group.ENERGY)

    @callback
    def reported(self) -> None:
        """The meter has said something."""
        if Group.ENERGY in self.meter.data.updated and self.shown:
            self._follow()
            self.is_asked_for |= self.is_young
        elif self.shown is self._shown:
            return
        self._shown = self.shown
        self.async_update_listeners()

    def _follow(self) -> None:
        # a day that nobody has waited for: the clock was set, and the store may know of it
        self.is_asked_for |= self.data.turn(*day_and_month())
        meter, reading = self.meter, self.meter.data.readings[Group.ENERGY]
        values = {name: meter.value(name) for name in TOLD}
        self.data.read(Point.of_values(minute_of(reading.at), values))


class UsageWatch:
    """What the meters of a bridge use, while it is set up."""

    def __init__(self, hass: HomeAssistant, entry: CsjConfigEntry, telemetry: Telemetry) -> None:
        """Look into ``telemetry`` for the meters that are ``add``-ed."""
        self._hass = hass
        self._entry = entry
        self._telemetry = telemetry
        self._meters: dict[str, UsageCoordinator] = {}
        self._is_reading = False
        self._days_of = _zone()
        self._midnight: CALLBACK_TYPE | None = None
        entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_HOUR_CLOSED, self._hours_closed))
        entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_TELEMETRY_STATUS, self._committed))
        entry.async_on_unload(hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._clock_changed))
        entry.async_on_unload(self._stop)
        self._await_midnight()

    @callback
    def add(self, meter: CsjCoordinator) -> UsageCoordinator:
        """Follow a meter of the bridge."""
        usage = UsageCoordinator(self._hass, meter)
        self._meters[usage.serial] = usage
        self._entry.async_on_unload(meter.async_add_listener(usage.reported))
        self._read()
        return usage

    @callback
    def _hours_closed(self, serials: set[str]) -> None:
        """Hours of some meters are known, or known better."""
        self._ask(self._meters.keys() & serials)

    @callback
    def _committed(self) -> None:
        """The store has heard of the last minute, unless it is in trouble."""
        if self._telemetry.status.last_error is None:
            self._read()

    @callback
    def _clock_changed(self, _: Event) -> None:
        """Something of Home Assistant's settings is new; it says so whenever it starts as well."""
        if _zone() is self._days_of:
            return
        self._day_begins()
        self._ask(self._meters)

    @callback
    def _day_begins(self, _: dt.datetime | None = None) -> None:
        self._await_midnight()
        for usage in self._meters.values():
            if usage.data.turn(*day_and_month()):
                usage.async_update_listeners()

    @callback
    def _ask(self, serials: Iterable[str]) -> None:
        for serial in serials:
            self._meters[serial].is_asked_for = True
        self._read()

    @callback
    def _read(self) -> None:
        """Read what is asked for, in the background."""
        if not self._is_reading and any(usage.is_asked_for for usage in self._meters.values()):
            self._is_reading = True
            self._entry.async_create_background_task(self._hass, self._async_read(), f"{DOMAIN} usage")

    async def _async_read(self) -> None:
        """Read until nothing is asked for; the root of a task."""
        asked: list[str] = []
        try:
            while asked := self._asked():
                for serial, base in (await self._async_bases(asked)).items():
                    if (usage := self._meters.get(serial)) is not None:
                        usage.is_young = base.is_young
                        usage.data.rebase(base)
                        usage.async_update_listeners()
                        await asyncio.sleep(0)  # others have their turn
        except TelemetryUnavailableError as err:
            LOGGER.debug("usage of the meters of %s: %s", self._entry.title, err)  # a repair issue says so
            for serial in asked:
                self._meters[serial].is_asked_for = True  # once the store is well again
        except Exception:  # noqa: BLE001 - the root of a task: the next hour may go better
            LOGGER.exception("Usage of the meters of %s could not be worked out", self._entry.title)
        finally:
            self._is_reading = False

    async def _async_bases(self, serials: list[str]) -> dict[str, Base]:
        now = minute_of(dt_util.utcnow().timestamp())
        zone, (morning, month) = _zone(), day_and_month()
        return await self._telemetry.async_read(
            lambda store: read_bases(store, serials, now=now, zone=zone, morning=morning, month=month)
        )

    def _asked(self) -> list[str]:
        """The meters that are asked for, from now on no more; meters that have left are forgotten."""
        there = {one.identity.serial for one in self._entry.runtime_data.coordinators.values()}
        for serial in self._meters.keys() - there:
            del self._meters[serial]
        asked = [serial for serial, usage in self._meters.items() if usage.is_asked_for]
        for serial in asked:
            self._meters[serial].is_asked_for = False
        return asked

    @callback
    def _await_midnight(self) -> None:
        self._stop()
        self._days_of = _zone()
        tomorrow = dt_util.now().date() + dt.timedelta(days=1)
        moment = moment_of(midnight(tomorrow, _zone()))
        self._midnight = async_track_point_in_utc_time(self._hass, self._day_begins, moment)

    @callback
    def _stop(self) -> None:
        if self._midnight is not None:
            self._midnight()
            self._midnight = None


def day_and_month() -> tuple[int, int]:
    """Minutes with which this local day and this month begin."""
    today = dt_util.now().date()
    return midnight(today, _zone()), midnight(today.replace(day=1), _zone())


def _zone() -> ZoneInfo:
    # Home Assistant only sets zones of this kind
    return cast("ZoneInfo", dt_util.get_default_time_zone())
