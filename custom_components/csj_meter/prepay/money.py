"""Amounts of credit: exact, with two decimals, in the meter's currency or in kWh.

A meter counts in hundredths, so nothing here is ever a binary fraction.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from .errors import AmountError

CENT: Final = Decimal("0.01")
"""The smallest step of every meter here, and the smallest amount that can be topped up."""

MAX_AMOUNT: Final = Decimal("42949672.95")
"""The largest amount that one top-up can carry: a u32 of hundredths."""

MAX_BALANCE: Final = Decimal("21474836.47")
"""The largest balance that a meter can hold: an i32 of hundredths."""

LONGEST_SHOWN: Final = 40

KILOWATT_HOURS: Final = "kWh"
"""The unit of a meter whose credit counts energy; others have the letters of their currency."""


def amount_of(value: Decimal | int | str, limit: Decimal = MAX_AMOUNT) -> Decimal:
    """The amount of a top-up, with exactly two decimals.

    Raises AmountError for anything that is not a number of whole hundredths from 0.01 to ``limit``.
    Binary fractions are not taken: 0.1 is none of them.
    """
    if isinstance(value, float | bool):
        raise AmountError(f"an amount is a decimal number, not the binary {value!r}: pass Decimal('12.50')")
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise AmountError(f"{_shown(value)} is not an amount: write it like 12.50") from None
    if not amount.is_finite():
        raise AmountError(f"{_shown(value)} is not an amount: write it like 12.50")
    if amount < CENT or amount > limit:
        raise AmountError(f"an amount of {_shown(amount)} is outside of {CENT} to {limit}")
    return _whole_hundredths(amount)


def signed_amount_of(value: Decimal | int | str) -> Decimal:
    """The amount of a correction, which may be negative. Raises AmountError as ``amount_of``."""
    if isinstance(value, Decimal) and not value.is_finite():
        raise AmountError(f"{_shown(value)} is not an amount: write it like 12.50")
    if isinstance(value, Decimal) and value < 0:
        return -amount_of(value.copy_negate())  # "-" would round, and -1e999999999 is too large for it
    if isinstance(value, int) and value < 0:
        return -amount_of(-value)
    if isinstance(value, str) and value.strip().startswith("-"):
        return -amount_of(value.strip()[1:])
    return amount_of(value)


def round_money(value: Decimal) -> Decimal:
    """To hundredths, halves away from zero, the way bills are rounded."""
    return value.quantize(CENT, ROUND_HALF_UP)


def to_hundredths(amount: Decimal) -> int:
    """For storage. Raises AmountError when something finer than a hundredth would be lost."""
    return int(_whole_hundredths(amount).scaleb(2))


def from_hundredths(number: int) -> Decimal:
    """What ``to_hundredths`` stored."""
    return Decimal(number).scaleb(-2)


def _shown(value: object) -> str:
    """What somebody gave, as much of it as a message needs."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _whole_hundredths(amount: Decimal) -> Decimal:
    exact = amount.quantize(CENT)
    if exact != amount:
        raise AmountError(f"an amount of {_shown(amount)} has more than two decimals")
    return exact
