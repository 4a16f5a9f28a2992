"""The table of quantities: exactly the promised names, and limits that let truth pass."""

from __future__ import annotations

from decimal import Decimal

import pytest

from custom_components.csj_meter.meters.profile_loader import ProfileLibrary
from custom_components.csj_meter.meters.quantities import (
    HARMONIC_ORDERS,
    QUANTITIES,
    STATUS_BITS,
    Kind,
    Status,
    Unit,
)
from custom_components.csj_meter.meters.reading import Group, Value


def tariffs(stem: str) -> list[str]:
    return [f"{stem}_t{tariff}" for tariff in (1, 2, 3, 4, 5, 6, 7, 8)]


PROMISED: dict[str, list[str]] = {
    "V": [
        *("voltage_l1", "voltage_l2", "voltage_l3"),
        *("voltage_l1_l2", "voltage_l2_l3", "voltage_l3_l1"),
        "battery_voltage",
    ],
    "A": ["current_l1", "current_l2", "current_l3", "current_n"],
    "W": ["active_power_l1", "active_power_l2", "active_power_l3", "active_power", "max_demand"],
    "var": ["reactive_power_l1", "reactive_power_l2", "reactive_power_l3", "reactive_power"],
    "VA": ["apparent_power_l1", "apparent_power_l2", "apparent_power_l3", "apparent_power"],
    "Hz": ["frequency"],
    "%": [
        *("voltage_thd_l1", "voltage_thd_l2", "voltage_thd_l3"),
        *("current_thd_l1", "current_thd_l2", "current_thd_l3"),
        *("voltage_harmonics_l1", "voltage_harmonics_l2", "voltage_harmonics_l3"),
        *("current_harmonics_l1", "current_harmonics_l2", "current_harmonics_l3"),
        *("voltage_unbalance", "current_unbalance"),
    ],
    "°C": ["temperature"],
    "kWh": [
        *("energy_import", *tariffs("energy_import")),
        *("energy_export", *tariffs("energy_export")),
    ],
    "kvarh": ["reactive_energy_import", "reactive_energy_export"],
    "s": ["uptime", "reporting_interval", "load_profile_interval", "clock"],
    "money": ["balance", "last_top_up", "overdraft_limit", "credit_alarm_1", "credit_alarm_2"],
    "money/kWh": tariffs("price"),
    "": [
        *("power_factor_l1", "power_factor_l2", "power_factor_l3", "power_factor"),
        *("active_tariff", "sequence", "status"),
        *("credit_mode", "top_up_count", "currency"),
        *("relay_contact", "relay_mode", "relay_cause"),
    ],
}
"""Unit -> names, as the design promises them to entities, store, CSV and command line."""


def test_the_table_holds_exactly_what_is_promised() -> None:
    assert set(QUANTITIES) == {name for names in PROMISED.values() for name in names}
    assert all(name == quantity.name for name, quantity in QUANTITIES.items())


@pytest.mark.parametrize("unit", PROMISED)
def test_each_name_has_the_promised_unit(unit: str) -> None:
    assert [QUANTITIES[name].unit for name in PROMISED[unit]] == [Unit(unit)] * len(PROMISED[unit])


def test_profiles_use_these_names_and_no_others() -> None:
    used = {
        field.quantity
        for profile in ProfileLibrary.load().profiles.values()
        for group, fields in profile.groups.items()
        if group is not Group.IDENTITY
        for field in fields
    }
    assert used == set(QUANTITIES)  # the CSJ map alone has all of them


def test_phases_and_tariffs_are_known_per_quantity() -> None:
    assert [QUANTITIES[f"current_l{n}"].phase for n in (1, 2, 3)] == [1, 2, 3]
    assert [QUANTITIES[name].tariff for name in tariffs("price")] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert QUANTITIES["voltage_l1_l2"].phase == QUANTITIES["current_unbalance"].phase == 3
    assert QUANTITIES["active_power"].phase is QUANTITIES["current_n"].phase is None


def test_harmonics_are_lists_of_orders_2_to_31() -> None:
    assert tuple(range(2, 32)) == HARMONIC_ORDERS
    lists = {name for name, quantity in QUANTITIES.items() if quantity.items > 1}
    assert lists == {f"{kind}_harmonics_l{n}" for kind in ("voltage", "current") for n in (1, 2, 3)}
    assert {QUANTITIES[name].items for name in lists} == {30}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("credit_mode", {"money": 0, "energy": 1}),
        ("relay_contact", {"open": 0, "closed": 1}),
        ("relay_mode", {"automatic": 0, "forced_closed": 1, "forced_open": 2}),
        (
            "relay_cause",
            {"none": 0, "arrears": 1, "overload": 2, "remote": 3, "tamper": 4, "voltage": 5},
        ),
        ("voltage_l1", {}),
    ],
)
def test_codes_have_words(name: str, words: dict[str, int]) -> None:
    assert QUANTITIES[name].words == words
    assert (QUANTITIES[name].kind is Kind.CODE) is bool(words)


def test_status_bits_have_names() -> None:
    assert list(STATUS_BITS) == [
        "relay_closed",
        "arrears",
        "balance_low",
        "balance_very_low",
        "overload",
        "cover_opened",
        "phase_sequence_wrong",
        "clock_not_set",
        "battery_low",
        "memory_error",
    ]
    assert STATUS_BITS["battery_low"] is Status.BATTERY_LOW
    assert Status.BATTERY_LOW.value == 0x100


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("voltage_l1", 230.1),
        ("voltage_l1", 0.0),  # an outage is true
        ("voltage_l1", 320.0),  # a lost neutral too
        ("current_l1", 900.0),  # and a short circuit
        ("power_factor", -1.0),
        ("power_factor", 1.0),
        ("frequency", 0.0),
        ("active_power", -4500.5),
        ("current_unbalance", 200.0),
        ("energy_import", 999_999.99),
        ("balance", Decimal("-12.50")),
        ("top_up_count", 0),
        ("relay_mode", "forced_open"),
        ("temperature", -40.0),
        ("temperature", None),
        ("voltage_harmonics_l1", (1.5, None, 0.0)),
        ("currency", 978),
    ],
)
def test_what_can_happen_is_plausible(name: str, value: Value) -> None:
    assert QUANTITIES[name].plausible(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("voltage_l1", 6553.5),
        ("voltage_l1", -0.1),
        ("current_l1", 4.2e9),
        ("power_factor", 1.01),
        ("power_factor_l3", -32.768),
        ("frequency", 655.35),
        ("active_power", 4.0e8),
        ("apparent_power", -1.0),
        ("energy_import", -0.01),
        ("energy_import", float("nan")),
        ("frequency", float("inf")),
        ("temperature", 3276.6),
        ("active_tariff", 0),
        ("active_tariff", 9),
        ("relay_mode", "broken"),
        ("currency", 1000),
        ("voltage_harmonics_l1", (1.5, 1e9)),
        ("voltage_harmonics_l1", (0.0,) * 31),
        ("load_profile_interval", 0),
    ],
)
def test_what_cannot_happen_is_a_corrupt_reading(name: str, value: Value) -> None:
    assert not QUANTITIES[name].plausible(value)


@pytest.mark.parametrize(
    ("name", "value", "ct_ratio", "pt_ratio"),
    [
        ("voltage_l1", 20_000.0, 1, 200),
        ("current_l1", 40_000.0, 100, 1),
        ("active_power", 5e9, 100, 200),
    ],
)
def test_transformers_widen_the_limits(name: str, value: float, ct_ratio: float, pt_ratio: float) -> None:
    quantity = QUANTITIES[name]
    assert quantity.plausible(value, ct_ratio=ct_ratio, pt_ratio=pt_ratio)
    assert not quantity.plausible(value)
    assert not QUANTITIES["frequency"].plausible(120.0, ct_ratio=ct_ratio, pt_ratio=pt_ratio)
