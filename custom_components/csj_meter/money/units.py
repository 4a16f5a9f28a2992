"""In what a meter counts its credit: letters of a currency, or kWh."""

from __future__ import annotations

from typing import Final

from homeassistant.const import UnitOfEnergy

from ..coordinator import CsjCoordinator
from ..prepay.currencies import letters_of

CREDIT_IN_ENERGY: Final = "energy"
"""Word of ``credit_mode`` on meters whose balance counts kWh."""


def counts_energy(coordinator: CsjCoordinator) -> bool:
    """Whether the credit of the meter is kWh."""
    return coordinator.remembered("credit_mode") == CREDIT_IN_ENERGY


def currency_of(coordinator: CsjCoordinator) -> str | None:
    """The meter's currency; the home's own when the meter has not said anything yet."""
    number = coordinator.remembered("currency")
    return coordinator.hass.config.currency if number is None else letters_of(number)


def credit_unit(coordinator: CsjCoordinator) -> str | None:
    """Unit of an amount of credit; None where the meter names no currency."""
    return UnitOfEnergy.KILO_WATT_HOUR if counts_energy(coordinator) else currency_of(coordinator)


def price_unit(coordinator: CsjCoordinator) -> str | None:
    """Unit of a price."""
    currency = currency_of(coordinator)
    return None if currency is None else f"{currency}/{UnitOfEnergy.KILO_WATT_HOUR}"
