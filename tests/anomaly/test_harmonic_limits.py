"""Limits of single harmonics, as the standard has them."""

from __future__ import annotations

from custom_components.csj_meter.anomaly.harmonic_limits import VOLTAGE_HARMONICS
from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.anomaly.rules import RULES
from custom_components.csj_meter.meters.quantities import HARMONIC_ORDERS


def test_every_order_up_to_25_has_its_limit() -> None:
    assert list(VOLTAGE_HARMONICS) == list(range(2, 26))
    assert set(VOLTAGE_HARMONICS) <= set(HARMONIC_ORDERS)


def test_limits_are_those_of_table_1() -> None:
    rows = {
        limit: sorted(o for o, its in VOLTAGE_HARMONICS.items() if its == limit) for limit in (6.0, 5.0, 0.5)
    }

    assert rows == {6.0: [5], 5.0: [3, 7], 0.5: [6, 8, 10, 12, 14, 15, 16, 18, 20, 21, 22, 24]}
    assert [VOLTAGE_HARMONICS[order] for order in (2, 4, 9, 11, 13, 17, 19, 23, 25)] == [
        *(2.0, 1.0, 1.5, 3.5, 3.0, 2.0, 1.5, 1.5, 1.5)
    ]


def test_a_single_harmonic_may_be_less_than_all_together() -> None:
    assert max(VOLTAGE_HARMONICS.values()) < RULES[Kind.HARMONIC_DISTORTION].threshold
