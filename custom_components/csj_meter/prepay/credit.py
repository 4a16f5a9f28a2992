"""What a meter says about its credit, in one consistent look."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ..meters.identity import Identity
from ..meters.quantities import TARIFFS, CreditMode
from ..meters.reading import Reading
from .currencies import letters_of
from .errors import CreditUnknownError
from .money import KILOWATT_HOURS

VOLTAGE_MARGIN: Final = Decimal("1.2")
"""Mains voltage stays below this share of the rated one."""

COUNTS: Final = 1 << 16
"""The top-up count of a meter is a u16 and starts again at 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """The account on the meter, all from one reply."""

    balance: Decimal
    """Two decimals; negative is overdrawn."""

    count: int
    """Top-ups so far, 0..65535, wraps."""

    last_amount: Decimal
    """Amount of the top-up that took ``count``."""

    unit: str = ""
    """Letters of the currency or "kWh"; "" where the meter names no currency."""

    most_per_hour: Decimal | None = None
    """The most that this meter can use up in an hour, in ``unit``.

    It bounds what consumption can have to do with a change of the balance. None: not known; then a top-up
    that others have overtaken stays uncertain until a person decides.
    """


def next_count(count: int) -> int:
    """The count that the next top-up takes."""
    return (count + 1) % COUNTS


def credit_of(reading: Reading, identity: Identity) -> Credit:
    """The credit in a reading of the prepayment group.

    Raises CreditUnknownError when balance, count or last top-up are missing.
    """
    values = reading.values
    balance, count, last = (values.get(name) for name in ("balance", "top_up_count", "last_top_up"))
    if not (isinstance(balance, Decimal) and isinstance(last, Decimal) and isinstance(count, int)):
        raise CreditUnknownError(f"meter {identity.serial} does not say its balance, count and last top-up")
    by_energy = values.get("credit_mode") == CreditMode.ENERGY.name.lower()
    prices = [values.get(f"price_t{tariff}") for tariff in TARIFFS]
    dearest = max((price for price in prices if isinstance(price, Decimal)), default=None)
    power = _most_power(identity)
    price = Decimal(1) if by_energy else dearest
    return Credit(
        balance=balance,
        count=count,
        last_amount=last,
        unit=KILOWATT_HOURS if by_energy else letters_of(values.get("currency")) or "",
        most_per_hour=None if power is None or price is None else power * price,
    )


def _most_power(identity: Identity) -> Decimal | None:
    """The most that can flow through the meter, kW."""
    if identity.rated_voltage is None or identity.max_current is None:
        return None
    ratios = Decimal(str(identity.ct_ratio)) * Decimal(str(identity.pt_ratio))
    amperes = Decimal(str(identity.max_current)) * identity.phases
    return Decimal(str(identity.rated_voltage)) * VOLTAGE_MARGIN * amperes * ratios / 1000
