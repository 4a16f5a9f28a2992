"""Registers to values, against numbers worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from custom_components.csj_meter.meters.decode import QuantityField, capabilities_of
from custom_components.csj_meter.meters.identity import Capability, Identity
from custom_components.csj_meter.meters.profile import Field, FieldType
from custom_components.csj_meter.meters.reading import Value

IDENTITY = Identity(
    serial="1", profile="p", manufacturer="m", model="m", phases=3, tariffs=4, ct_ratio=40.0, pt_ratio=1.0
)


def _field(quantity: str, type_: str, **more: object) -> Field:
    return Field(quantity=quantity, space="input", address=0, type=FieldType(type_), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "words", "value"),
    [
        (_field("voltage_l1", "u16", scale=0.1), [2304], 230.4),
        (_field("temperature", "i16", scale=0.1), [0xFFCE], -5.0),
        (_field("current_l1", "u32", scale=0.001), [0x0001, 0x86A0], 100.0),
        (_field("active_power", "i32", scale=0.1), [0xFFFF, 0xD8F0], -1000.0),
        (_field("active_power", "i32", scale=0.1, word_order="little"), [0xD8F0, 0xFFFF], -1000.0),
        (_field("energy_import", "u64", scale=0.001), [0, 0, 0x0012, 0xD687], 1234.567),
        (_field("energy_import", "i64", scale=1), [0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF], -1),
        (_field("frequency", "float32"), [0x4248, 0x0000], 50.0),
        (_field("active_power", "float32", scale=1000), [0x3F9D, 0xF3B6], 1234.0),
        (_field("frequency", "float32"), [0x7FC0, 0x0000], None),
        (_field("voltage_l1", "u16", scale=0.1, absent=0xFFFF), [0xFFFF], None),
        (_field("active_power_l2", "i32", scale=0.1, absent=0x7FFFFFFF), [0x7FFF, 0xFFFF], None),
        (_field("serial", "ascii", length=3), [0x4353, 0x4A31, 0x0000], "CSJ1"),
        (_field("serial", "ascii", length=2), [0x0000, 0x0000], None),
        (_field("serial", "bcd", length=3), [0x0021, 0x0730, 0x0012], "002107300012"),
        (_field("relay_contact", "u16", values={0: "open", 1: "closed"}), [1], "closed"),
        (_field("relay_contact", "u16", values={0: "open", 1: "closed"}), [7], None),
        (_field("status", "u16", bits={0: "cover_opened", 3: "arrears"}), [0b1001], 0b100010),
        (_field("firmware", "u32", version=(8, 8, 16)), [0x0201, 0x0003], "2.1.3"),
        (
            _field("voltage_harmonics_l1", "u16", length=3, scale=0.01, absent=0xFFFF),
            [123, 0xFFFF, 5],
            (1.23, None, 0.05),
        ),
        (_field("energy_import", "u32", scale=0.01, multiply=("ct_ratio",)), [0, 12345], 4938.0),
        (_field("reporting_interval", "u16"), [60], 60),
    ],
)
def test_a_field_becomes_its_value(field: Field, words: list[int], value: Value) -> None:
    assert QuantityField(field, IDENTITY).decode(words) == value


def test_money_is_exact() -> None:
    balance = QuantityField(_field("balance", "i32", scale=0.01)).decode([0xFFFF, 0xFFFE])
    price = QuantityField(_field("price_t1", "u32", scale=0.0001)).decode([0, 2999])
    assert balance == Decimal("-0.02")
    assert isinstance(balance, Decimal)
    assert price == Decimal("0.2999")


def test_the_capability_mask_follows_the_order_of_the_capabilities() -> None:
    field = _field("capabilities", "u16", bits={0: "relay", 1: "prepay", 7: "sts_token"})
    mask = QuantityField(field).decode([0b10000011])
    assert isinstance(mask, int)
    assert capabilities_of(mask) == {Capability.RELAY, Capability.PREPAY, Capability.STS_TOKEN}
