"""How long the credit of a meter lasts, worked out anew every half hour and when money comes in."""

from __future__ import annotations

import asyncio
import datetime as dt
from decimal import Decimal
from typing import Final, override
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from ..bus.errors import BusError
from ..const import DOMAIN, LOGGER
from ..coordinator import CsjConfigEntry, CsjCoordinator
from ..meters.errors import MeterError
from ..meters.reading import Group
from ..prepay.errors import TariffError
from ..prepay.forecast import LOOK_BACK, Forecast, forecast
from ..prepay.tariffs import Schedule
from ..site.tenants import Tenancy
from ..tenants.book import TenantBook, async_tenants
from .day_tables import read_schedule
from .energy_history import async_hourly_energy, full_hour
from .prices import prices_of

INTERVAL: Final = dt.timedelta(minutes=30)

ALMOST_AN_HOUR: Final = dt.timedelta(hours=1, microseconds=-1)
"""From a moment to the last one of an hour that begins with it or after it."""

PATIENCE: Final = 3.0
"""Seconds that whoever shows a forecast waits for the one that is being worked out."""


class ForecastCoordinator(DataUpdateCoordinator[Forecast | None]):
    """The forecast of one prepaid meter."""

    config_entry: CsjConfigEntry

    def __init__(self, hass: HomeAssistant, meter: CsjCoordinator) -> None:
        """Look ahead for ``meter``."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=meter.config_entry,
            name=f"credit of {meter.name}",
            update_interval=INTERVAL,
        )
        self._meter = meter
        self._account: tuple[object, ...] = ()
        self._schedule: Schedule | None = None
        self._keeps_schedule = False
        self._tenancy: Tenancy | None = None
        """Of whose usage it is made; None for that of everybody."""
        self._work: asyncio.Task[None] | None = None
        self.data = None

    def account_read(self) -> None:
        """Work it out at once when the account is new, was topped up, or has other prices or limits."""
        meter = self._meter
        account = (meter.value("top_up_count"), meter.value("overdraft_limit"), prices_of(meter))
        if account != self._account:
            # money changes no day tables: to read them would leave the forecast behind for seconds
            self._keeps_schedule = account[1:] == self._account[1:]
            self._account = account
            self._work_out()

    @callback
    def tenants_changed(self, book: TenantBook) -> None:
        """Work it out at once when others live there, or have for another time."""
        before, now = self._tenancy, book.current(self._meter.identity.serial)
        if self.data is not None and (before and before.moved_in) != (now and now.moved_in):
            self._keeps_schedule = True
            self._work_out()

    def _work_out(self) -> None:
        self._work = self.config_entry.async_create_background_task(
            self.hass, self.async_refresh(), f"{DOMAIN} {self.name}"
        )

    async def async_settled(self) -> Forecast | None:
        """The forecast of the account as it was read last; the one before when that takes too long."""
        if self._work is not None and not self._work.done():
            await asyncio.wait({self._work}, timeout=PATIENCE)
        return self.data

    @override
    async def _async_update_data(self) -> Forecast | None:
        meter = self._meter
        balance, overdraft = meter.value("balance"), meter.value("overdraft_limit")
        prices = prices_of(meter)
        if not isinstance(balance, Decimal) or prices is None:
            if not meter.data.shows(Group.PREPAY):
                return None  # it has not answered since the start, which it says itself
            raise UpdateFailed(translation_domain=DOMAIN, translation_key="no_account")
        now = dt_util.utcnow()
        until = full_hour(now)
        self._tenancy = (await async_tenants(self.hass)).current(meter.identity.serial)
        since = until - LOOK_BACK
        if self._tenancy is not None:  # how those used it who lived there before says nothing
            since = min(max(since, full_hour(self._tenancy.moved_in.at + ALMOST_AN_HOUR)), until)
        history = await async_hourly_energy(
            self.hass, meter.identity.serial, meter.identity.tariffs, since, until
        )
        schedule = await self._async_schedule()
        zone = await dt_util.async_get_time_zone(self.hass.config.time_zone) or ZoneInfo("UTC")

        def _forecast() -> Forecast:
            return forecast(
                balance,
                now=now,
                zone=zone,
                prices=prices,
                load=lambda *_: history,
                schedule=schedule,
                overdraft=overdraft if isinstance(overdraft, Decimal) else Decimal(0),
            )

        try:
            return await self.hass.async_add_executor_job(_forecast)
        except TariffError as err:
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="impossible_tariff",
                translation_placeholders={"error": str(err)},
            ) from err

    async def _async_schedule(self) -> Schedule | None:
        """The day tables of the meter, or those that it told last; without them habits have to do."""
        keeps, self._keeps_schedule = self._keeps_schedule, False
        if keeps and self._schedule is not None:
            return self._schedule
        if (control := self._meter.control) is not None:
            try:
                self._schedule = await control.watched(read_schedule, awaited=False)
            except (BusError, MeterError, TariffError) as err:
                LOGGER.debug("day tables of meter %s: %s", self._meter.identity.serial, err)
        return self._schedule
