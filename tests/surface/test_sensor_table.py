"""How quantities look as sensors: rules that hold for the whole table."""

from __future__ import annotations

from homeassistant.components.sensor.const import (
    DEVICE_CLASS_STATE_CLASSES,
    DEVICE_CLASS_UNITS,
    SensorDeviceClass,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
import pytest

from custom_components.csj_meter.meters.quantities import QUANTITIES, Kind, Quantity
from custom_components.csj_meter.sensor_table import QuantitySensorDescription, describe, is_sensor

SHOWN = [quantity for quantity in QUANTITIES.values() if is_sensor(quantity)]


def look(
    name: str, *, single_phase: bool = False, offered: set[str] | None = None
) -> QuantitySensorDescription:
    """The sensor of one quantity, on a meter that offers everything unless told."""
    return describe(QUANTITIES[name], single_phase=single_phase, offered=offered or set(QUANTITIES))


def test_only_the_status_is_no_sensor() -> None:
    assert {name for name in QUANTITIES if not is_sensor(QUANTITIES[name])} == {"status"}


@pytest.mark.parametrize("quantity", SHOWN, ids=lambda quantity: quantity.name)
def test_device_class_state_class_and_unit_go_together(quantity: Quantity) -> None:
    description = look(quantity.name)

    if description.device_class in DEVICE_CLASS_UNITS:
        assert description.native_unit_of_measurement in DEVICE_CLASS_UNITS[description.device_class]
    if description.device_class in DEVICE_CLASS_STATE_CLASSES and description.state_class is not None:
        assert description.state_class in DEVICE_CLASS_STATE_CLASSES[description.device_class]


@pytest.mark.parametrize("quantity", SHOWN, ids=lambda quantity: quantity.name)
def test_canonical_units_are_shown_as_they_are(quantity: Quantity) -> None:
    unit = look(quantity.name).native_unit_of_measurement

    if quantity.kind not in {Kind.MONEY, Kind.PRICE, Kind.TIMESTAMP} and quantity.name != "uptime":
        assert (unit or "") == quantity.unit.value


@pytest.mark.parametrize(
    ("name", "device_class", "state_class"),
    [
        ("energy_import", SensorDeviceClass.ENERGY, SensorStateClass.TOTAL_INCREASING),
        ("energy_import_t3", SensorDeviceClass.ENERGY, SensorStateClass.TOTAL_INCREASING),
        ("energy_export", SensorDeviceClass.ENERGY, SensorStateClass.TOTAL_INCREASING),
        ("reactive_energy_import", SensorDeviceClass.REACTIVE_ENERGY, SensorStateClass.TOTAL_INCREASING),
        ("active_power", SensorDeviceClass.POWER, SensorStateClass.MEASUREMENT),
        ("voltage_l1_l2", SensorDeviceClass.VOLTAGE, SensorStateClass.MEASUREMENT),
        ("power_factor", SensorDeviceClass.POWER_FACTOR, SensorStateClass.MEASUREMENT),
        ("voltage_thd_l2", None, SensorStateClass.MEASUREMENT),
        ("balance", SensorDeviceClass.MONETARY, SensorStateClass.TOTAL),
        ("credit_alarm_1", SensorDeviceClass.MONETARY, None),
        ("price_t1", None, None),
        ("relay_cause", SensorDeviceClass.ENUM, None),
        ("uptime", SensorDeviceClass.UPTIME, None),
        ("clock", SensorDeviceClass.DURATION, SensorStateClass.MEASUREMENT),
        ("sequence", None, None),
    ],
)
def test_what_energy_dashboard_and_statistics_rely_on(
    name: str, device_class: SensorDeviceClass | None, state_class: SensorStateClass | None
) -> None:
    description = look(name)

    assert (description.device_class, description.state_class) == (device_class, state_class)


def test_a_number_shows_the_decimals_of_its_quantity() -> None:
    assert look("current_l1").suggested_display_precision == 3
    assert look("frequency").suggested_display_precision == 2
    assert look("reporting_interval").suggested_display_precision == 0
    assert look("relay_mode").suggested_display_precision is None


def test_a_code_offers_its_words() -> None:
    assert look("relay_mode").options == ["automatic", "forced_closed", "forced_open"]
    assert look("voltage_l1").options is None


@pytest.mark.parametrize(
    ("name", "key", "placeholders"),
    [
        ("voltage_l1", "voltage_phase", {"phase": "L1"}),
        ("voltage_l2_l3", "voltage_phase", {"phase": "L2-L3"}),
        ("energy_import_t4", "energy_import_tariff", {"tariff": "4"}),
        ("energy_import", "energy_import", {}),
        ("current_n", "current_n", {}),
        ("credit_alarm_1", "credit_alarm_1", {}),
        ("clock", "clock_drift", {}),
    ],
)
def test_phases_and_tariffs_share_a_name(name: str, key: str, placeholders: dict[str, str]) -> None:
    description = look(name)

    assert (description.translation_key, description.placeholders) == (key, placeholders)


def test_the_only_phase_of_a_meter_has_no_number() -> None:
    description = look("voltage_l1", single_phase=True, offered={"voltage_l1"})

    assert description.translation_key == "voltage"
    assert description.entity_registry_enabled_default


def test_the_only_phase_beside_a_total_adds_nothing() -> None:
    description = look("active_power_l1", single_phase=True, offered={"active_power_l1", "active_power"})

    assert description.translation_key == "active_power_phase"
    assert not description.entity_registry_enabled_default


def test_a_phase_without_a_total_is_the_power_of_a_single_phase_meter() -> None:
    description = look("active_power_l1", single_phase=True, offered={"active_power_l1"})

    assert description.translation_key == "active_power"
    assert description.entity_registry_enabled_default


@pytest.mark.parametrize(
    ("name", "enabled"),
    [
        ("active_power", True),
        ("active_power_l2", True),
        ("energy_import_t8", True),
        ("energy_export", True),
        ("energy_export_t1", False),
        ("reactive_power", False),
        ("apparent_power_l3", False),
        ("voltage_harmonics_l1", False),
        ("voltage_l1_l2", False),
        ("price_t1", False),
        ("balance", True),
    ],
)
def test_what_is_rarely_used_is_disabled(name: str, enabled: bool) -> None:
    assert look(name).entity_registry_enabled_default is enabled


def test_what_interests_technicians_is_diagnostic() -> None:
    assert look("temperature").entity_category is EntityCategory.DIAGNOSTIC
    assert look("energy_import").entity_category is None
