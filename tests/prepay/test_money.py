"""Amounts are exact or refused."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.csj_meter.prepay.errors import AmountError
from custom_components.csj_meter.prepay.money import (
    MAX_AMOUNT,
    amount_of,
    from_hundredths,
    round_money,
    signed_amount_of,
    to_hundredths,
)

CENTS = st.integers(1, 4_294_967_295)


@given(CENTS)
def test_every_amount_that_a_meter_can_take_goes_there_and_back(cents: int) -> None:
    amount = from_hundredths(cents)

    assert amount_of(amount) == amount_of(str(amount)) == amount
    assert amount.as_tuple().exponent == -2
    assert to_hundredths(amount) == cents


@given(CENTS, st.integers(1, 9))
def test_anything_finer_than_a_hundredth_is_refused(cents: int, digit: int) -> None:
    with pytest.raises(AmountError):
        amount_of(f"{from_hundredths(cents)}{digit}")


@pytest.mark.parametrize("value", [0.1, 10.0, True, "1,50", "", "1e999999999", "sNaN", "1_0.001"])
def test_what_is_no_amount_says_how_to_write_one(value: object) -> None:
    with pytest.raises(AmountError):
        amount_of(value)  # type: ignore[arg-type]


def test_whole_numbers_and_exponents_are_amounts() -> None:
    assert amount_of(5) == amount_of("5") == amount_of("0.5e1") == Decimal("5.00")
    assert amount_of(MAX_AMOUNT) == MAX_AMOUNT


def test_only_corrections_may_be_negative() -> None:
    assert signed_amount_of("-3.50") == signed_amount_of(Decimal("-3.5")) == Decimal("-3.50")
    assert signed_amount_of(" 3.50 ") == Decimal("3.50")
    for nothing in ("0", "-0", "--1"):
        with pytest.raises(AmountError):
            signed_amount_of(nothing)
    with pytest.raises(AmountError):
        amount_of("-3.50")


def test_bills_round_halves_up() -> None:
    rounded = [round_money(Decimal(text)) for text in ("0.005", "0.015", "-0.005", "2.674999")]
    assert rounded == [Decimal(text) for text in ("0.01", "0.02", "-0.01", "2.67")]
