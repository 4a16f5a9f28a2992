"""How long the credit of a meter lasts, worked out anew every half hour and when money comes in."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final, override
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from ..coordinator import CsjConfigEntry, CsjCoordinator
from ..meters.quantities import TARIFFS
from ..prepay.errors import TariffError
from ..prepay.forecast import LOOK_BACK, Forecast, forecast
from ..prepay.tariffs import Prices
from .energy_history import async_hourly_energy
from .units import counts_energy

INTERVAL: Final = dt.timedelta(minutes=30)


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
        self._topped_up: object = None
        self.data = None

    def account_read(self) -> None:
        """Work it out at once when the account was read for the first time or topped up since."""
        topped_up = self._meter.value("top_up_count")
        if topped_up is not None and topped_up != self._topped_up:
            self._topped_up = topped_up
            self.config_entry.async_create_background_task(
                self.hass, self.async_refresh(), f"{DOMAIN} {self.name}"
            )

    @override
    async def _async_update_data(self) -> Forecast:
        meter = self._meter
        balance, overdraft = meter.value("balance"), meter.value("overdraft_limit")
        prices = prices_of(meter)
        if not isinstance(balance, Decimal) or prices is None:
            raise UpdateFailed(translation_domain=DOMAIN, translation_key="no_account")
        now = dt_util.utcnow()
        until = now.replace(minute=0, second=0, microsecond=0)
        since = until - LOOK_BACK
        history = await async_hourly_energy(
            self.hass, meter.identity.serial, meter.identity.tariffs, since, until
        )
        zone = await self.hass.async_add_executor_job(ZoneInfo, self.hass.config.time_zone)

        def _forecast() -> Forecast:
            return forecast(
                balance,
                now=now,
                zone=zone,
                prices=prices,
                load=lambda *_: history,
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


def prices_of(meter: CsjCoordinator) -> Prices | None:
    """What a kWh costs in each tariff of a meter; None while that is not known."""
    if counts_energy(meter):
        return Prices.by_energy()
    told = [meter.value(f"price_t{tariff}") for tariff in TARIFFS[: meter.identity.tariffs]]
    prices = tuple(price for price in told if isinstance(price, Decimal))
    try:
        return Prices(prices) if prices and len(prices) == len(told) else None
    except TariffError:
        return None  # the meter tells prices that no meter can have
