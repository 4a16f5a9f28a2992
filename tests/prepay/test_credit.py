"""What a reading of the prepayment group means in money."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from custom_components.csj_meter.meters.identity import Capability, Identity
from custom_components.csj_meter.meters.reading import Group, Reading, Value
from custom_components.csj_meter.prepay.credit import credit_of
from custom_components.csj_meter.prepay.errors import CreditUnknownError

METER = Identity(
    serial="CSJ000000001",
    profile="csj_1p_prepay",
    manufacturer="CSJ",
    model="DDSY100",
    phases=1,
    tariffs=4,
    capabilities=frozenset({Capability.PREPAY}),
    rated_voltage=230.0,
    max_current=60.0,
)


def _reading(**values: Value) -> Reading:
    known: dict[str, Value] = {
        "balance": Decimal("-1.50"),
        "credit_mode": "money",
        "top_up_count": 7,
        "last_top_up": Decimal("20.00"),
        "price_t1": Decimal("0.25"),
        "price_t2": Decimal("0.50"),
        "price_t3": None,
        "currency": 978,
    }
    return Reading(group=Group.PREPAY, values={**known, **values}, at=0.0)


def test_balance_count_and_last_top_up_come_from_one_reading() -> None:
    credit = credit_of(_reading(), METER)

    assert (credit.balance, credit.count, credit.last_amount) == (Decimal("-1.50"), 7, Decimal("20.00"))
    assert credit.unit == "EUR"


def test_the_most_that_can_be_used_is_full_load_at_the_dearest_price() -> None:
    assert credit_of(_reading(), METER).most_per_hour == Decimal(230) * Decimal("1.2") * 60 / 1000 / 2


def test_a_meter_that_counts_kilowatt_hours_uses_up_its_power() -> None:
    credit = credit_of(_reading(credit_mode="energy"), METER)

    assert credit.unit == "kWh"
    assert credit.most_per_hour == Decimal("16.56")


def test_transformers_and_phases_count() -> None:
    big = replace(METER, phases=3, ct_ratio=10.0)

    assert credit_of(_reading(credit_mode="energy"), big).most_per_hour == Decimal("496.8")


@pytest.mark.parametrize("unrated", [replace(METER, rated_voltage=None), replace(METER, max_current=None)])
def test_without_ratings_or_prices_nothing_is_known_of_consumption(unrated: Identity) -> None:
    assert credit_of(_reading(), unrated).most_per_hour is None
    assert credit_of(_reading(price_t1=None, price_t2=None), METER).most_per_hour is None


@pytest.mark.parametrize("missing", ["balance", "top_up_count", "last_top_up"])
def test_a_meter_that_does_not_say_is_said_so(missing: str) -> None:
    with pytest.raises(CreditUnknownError, match=METER.serial):
        credit_of(_reading(**{missing: None}), METER)
