"""What a kWh costs on a meter now, as the meter says."""

from __future__ import annotations

from decimal import Decimal

from ..coordinator import CsjCoordinator
from ..meters.quantities import TARIFFS
from ..prepay.errors import TariffError
from ..prepay.tariffs import Prices
from .units import counts_energy


def told_prices(meter: CsjCoordinator) -> Prices | None:
    """The prices that the meter shows, in its currency; None unless it shows one for each of its tariffs."""
    told = [meter.value(f"price_t{tariff}") for tariff in TARIFFS[: meter.identity.tariffs]]
    prices = tuple(price for price in told if isinstance(price, Decimal))
    try:
        return Prices(prices) if prices and len(prices) == len(told) else None
    except TariffError:
        return None  # the meter tells prices that no meter can have


def prices_of(meter: CsjCoordinator) -> Prices | None:
    """What a kWh takes off the credit of a meter in each tariff; None while that is not known."""
    return Prices.by_energy() if counts_energy(meter) else told_prices(meter)
