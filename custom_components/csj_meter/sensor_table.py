"""How each canonical quantity looks as a sensor: derived from ``QUANTITIES``, not written twice.

The kind of a quantity decides about device class, state class and unit; what people rarely
need, or what is only of interest to a technician, is named in two sets. A quantity that is no
sensor of its own (status bits, the clock) is not in the table.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
import re
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription, SensorStateClass
from homeassistant.const import (
    EntityCategory,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfFrequency,
    UnitOfPower,
    UnitOfRatio,
    UnitOfReactiveEnergy,
    UnitOfReactivePower,
    UnitOfTemperature,
    UnitOfTime,
)

from .meters.quantities import Kind, Quantity

_NUMBERED: Final = re.compile(r"(?P<stem>.+?)_(?:(?P<phase>l[1-3](?:_l[1-3])?)|t(?P<tariff>[1-8]))")
"""``voltage_l1_l2`` is the stem ``voltage`` and the phase ``l1_l2``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """How one kind of quantity is shown."""

    device_class: SensorDeviceClass | None = None
    state_class: SensorStateClass | None = None
    unit: str | None = None


_MEASUREMENT: Final = SensorStateClass.MEASUREMENT
_TOTAL: Final = SensorStateClass.TOTAL_INCREASING

_LOOKS: Final[Mapping[Kind, _Look]] = {
    Kind.VOLTAGE: _Look(
        device_class=SensorDeviceClass.VOLTAGE, state_class=_MEASUREMENT, unit=UnitOfElectricPotential.VOLT
    ),
    Kind.CURRENT: _Look(
        device_class=SensorDeviceClass.CURRENT, state_class=_MEASUREMENT, unit=UnitOfElectricCurrent.AMPERE
    ),
    Kind.ACTIVE_POWER: _Look(
        device_class=SensorDeviceClass.POWER, state_class=_MEASUREMENT, unit=UnitOfPower.WATT
    ),
    Kind.REACTIVE_POWER: _Look(
        device_class=SensorDeviceClass.REACTIVE_POWER,
        state_class=_MEASUREMENT,
        unit=UnitOfReactivePower.VOLT_AMPERE_REACTIVE,
    ),
    Kind.APPARENT_POWER: _Look(
        device_class=SensorDeviceClass.APPARENT_POWER,
        state_class=_MEASUREMENT,
        unit=UnitOfApparentPower.VOLT_AMPERE,
    ),
    Kind.POWER_FACTOR: _Look(device_class=SensorDeviceClass.POWER_FACTOR, state_class=_MEASUREMENT),
    Kind.FREQUENCY: _Look(
        device_class=SensorDeviceClass.FREQUENCY, state_class=_MEASUREMENT, unit=UnitOfFrequency.HERTZ
    ),
    Kind.RATIO: _Look(state_class=_MEASUREMENT, unit=UnitOfRatio.PERCENTAGE),
    Kind.TEMPERATURE: _Look(
        device_class=SensorDeviceClass.TEMPERATURE, state_class=_MEASUREMENT, unit=UnitOfTemperature.CELSIUS
    ),
    Kind.ENERGY_COUNTER: _Look(
        device_class=SensorDeviceClass.ENERGY, state_class=_TOTAL, unit=UnitOfEnergy.KILO_WATT_HOUR
    ),
    Kind.REACTIVE_ENERGY_COUNTER: _Look(
        device_class=SensorDeviceClass.REACTIVE_ENERGY,
        state_class=_TOTAL,
        unit=UnitOfReactiveEnergy.KILO_VOLT_AMPERE_REACTIVE_HOUR,
    ),
    # the unit of these two is the meter's currency, which a reading tells
    Kind.MONEY: _Look(device_class=SensorDeviceClass.MONETARY),
    Kind.PRICE: _Look(),
    Kind.DURATION: _Look(device_class=SensorDeviceClass.DURATION, unit=UnitOfTime.SECONDS),
    Kind.NUMBER: _Look(),
    Kind.CODE: _Look(device_class=SensorDeviceClass.ENUM),
}

_LOOKS_OF_THEIR_OWN: Final[Mapping[str, _Look]] = {
    # money may only be a total; this is what keeps the course of the credit after ten days
    "balance": _Look(device_class=SensorDeviceClass.MONETARY, state_class=SensorStateClass.TOTAL),
    "top_up_count": _Look(state_class=_TOTAL),
    "uptime": _Look(device_class=SensorDeviceClass.UPTIME),
    "clock": _Look(
        device_class=SensorDeviceClass.DURATION, state_class=_MEASUREMENT, unit=UnitOfTime.SECONDS
    ),
}
"""Where the kind does not decide."""

_OTHER_NAMES: Final[Mapping[str, str]] = {"clock": "clock_drift"}
"""Sensors that show something made of the quantity."""

_ONLY_FOR_TECHNICIANS: Final = frozenset(
    {
        "temperature",
        "battery_voltage",
        "sequence",
        "uptime",
        "credit_mode",
        "top_up_count",
        "overdraft_limit",
        "credit_alarm_1",
        "credit_alarm_2",
        "relay_contact",
        "relay_mode",
        "currency",
        "reporting_interval",
        "load_profile_interval",
        "clock",
    }
)
"""Quantities of the diagnostic category."""

_RARELY_USED: Final = frozenset(
    {
        "voltage_l1_l2",
        "voltage_l2_l3",
        "voltage_l3_l1",
        "current_n",
        "reactive_power",
        "reactive_power_l*",
        "apparent_power",
        "apparent_power_l*",
        "power_factor_l*",
        "voltage_thd",
        "voltage_thd_l*",
        "current_thd",
        "current_thd_l*",
        "voltage_harmonics",
        "voltage_harmonics_l*",
        "current_harmonics",
        "current_harmonics_l*",
        "sequence",
        "uptime",
        "energy_export_t*",
        "reactive_energy_import",
        "reactive_energy_export",
        "credit_mode",
        "price_t*",
        "relay_contact",
        "currency",
        "reporting_interval",
        "load_profile_interval",
    }
)
"""Quantities that are there but disabled until somebody wants them; ``*`` stands for any number."""

_NO_SENSOR: Final = frozenset({"status"})
"""Bits of the status are binary sensors."""


@dataclass(frozen=True, kw_only=True)
class QuantitySensorDescription(SensorEntityDescription):
    """A sensor that shows one canonical quantity."""

    quantity: Quantity
    """What it shows."""

    stem: str
    """Name of the quantity without phase and tariff."""

    placeholders: Mapping[str, str]
    """Phase or tariff for the name."""


def describe(
    quantity: Quantity, *, single_phase: bool, offered: Collection[str]
) -> QuantitySensorDescription:
    """The sensor of one quantity of a meter that offers the quantities ``offered``.

    On a single-phase meter the first phase is the whole: it needs no number in its name where
    the meter has no total, and adds nothing where it has one.
    """
    look = _LOOKS_OF_THEIR_OWN.get(quantity.name) or _LOOKS[quantity.kind]
    stem = rule = quantity.name
    key = _OTHER_NAMES.get(quantity.name, quantity.name)
    placeholders: dict[str, str] = {}
    hidden = False
    if numbered := _NUMBERED.fullmatch(quantity.name):
        stem = numbered["stem"]
        if tariff := numbered["tariff"]:
            rule, key, placeholders = f"{stem}_t*", f"{stem}_tariff", {"tariff": tariff}
        elif single_phase and stem not in offered:
            rule = key = stem
        else:
            phase = numbered["phase"]
            rule, key, placeholders = (
                f"{stem}_l*",
                f"{stem}_phase",
                {"phase": phase.upper().replace("_", "-")},
            )
            hidden = single_phase
    return QuantitySensorDescription(
        key=quantity.name,
        quantity=quantity,
        stem=stem,
        translation_key=key,
        placeholders=placeholders,
        device_class=look.device_class,
        state_class=look.state_class,
        native_unit_of_measurement=look.unit,
        options=list(quantity.words) if quantity.kind is Kind.CODE else None,
        suggested_display_precision=quantity.decimals if look.unit or quantity.decimals else None,
        entity_category=EntityCategory.DIAGNOSTIC if quantity.name in _ONLY_FOR_TECHNICIANS else None,
        entity_registry_enabled_default=not (hidden or _RARELY_USED & {quantity.name, rule}),
    )


def is_sensor(quantity: Quantity) -> bool:
    """Whether the quantity is shown by a sensor."""
    return quantity.name not in _NO_SENSOR
