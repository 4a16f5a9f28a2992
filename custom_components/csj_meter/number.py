"""Numbers: the settings of a meter that are one value each.

Which there are is said by ``meters.commands.registers.SETTINGS``; how they look is said here. A
meter that takes commands has its settings as numbers and not as sensors too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .control import MeterControl
from .coordinator import CsjConfigEntry, CsjCoordinator
from .entity import ControlEntity, async_add_for_every_control
from .meters.commands.registers import SETTINGS
from .meters.commands.settings import write_setting
from .meters.quantities import TARIFFS
from .money.units import counts_energy, credit_unit, price_unit
from .site.access import Permission

PARALLEL_UPDATES: Final = 0  # the bus lets one request through at a time

MOST_MONEY: Final = Decimal("999999.99")
"""As much as a meter of this class can be set to."""

MOST_PRICE: Final = Decimal("9999.9999")


@dataclass(frozen=True, kw_only=True)
class SettingDescription(NumberEntityDescription):
    """One setting as people see it."""

    unit: Callable[[CsjCoordinator], str | None]
    """Its unit."""

    permission: Permission
    """What it takes to change it."""

    most: Decimal | None = None
    """Largest value, when it is less than the register holds."""

    is_credit: bool = False
    """Whether it is an amount of credit: money or energy."""

    tariff: int | None = None
    """The tariff that it belongs to."""

    @property
    def least(self) -> float:
        """Smallest value."""
        return float(SETTINGS[self.key].least)

    @property
    def largest(self) -> float:
        """Largest value."""
        most = SETTINGS[self.key].most
        return float(most if self.most is None else min(most, self.most))

    @property
    def finest(self) -> float:
        """Smallest change."""
        return float(SETTINGS[self.key].step)


def _seconds(_: CsjCoordinator) -> str:
    return UnitOfTime.SECONDS


NUMBERS: Final = (
    SettingDescription(
        key="reporting_interval",
        translation_key="reporting_interval",
        device_class=NumberDeviceClass.DURATION,
        unit=_seconds,
        permission=Permission.COMMAND,
    ),
    SettingDescription(
        key="load_profile_interval",
        translation_key="load_profile_interval",
        device_class=NumberDeviceClass.DURATION,
        unit=_seconds,
        permission=Permission.COMMAND,
        entity_registry_enabled_default=False,
    ),
    *(
        SettingDescription(
            key=key,
            translation_key=key,
            unit=credit_unit,
            permission=Permission.SET_PRICES,
            most=MOST_MONEY,
            is_credit=True,
        )
        for key in ("credit_alarm_1", "credit_alarm_2", "overdraft_limit")
    ),
    *(
        SettingDescription(
            key=f"price_t{tariff}",
            translation_key="price_tariff",
            translation_placeholders={"tariff": str(tariff)},
            unit=price_unit,
            permission=Permission.SET_PRICES,
            most=MOST_PRICE,
            tariff=tariff,
        )
        for tariff in TARIFFS
    ),
)
"""Every setting that is shown."""

SET_BY_NUMBER: Final = frozenset(description.key for description in NUMBERS)
"""Canonical quantities that are numbers on a meter that takes commands."""


async def async_setup_entry(
    hass: HomeAssistant, entry: CsjConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the settings of every meter that takes commands."""

    def numbers_of(coordinator: CsjCoordinator, control: MeterControl) -> Iterator[NumberEntity]:
        for description in NUMBERS:
            if description.key in coordinator.source.quantities:
                yield SettingNumber(coordinator, control, description)

    async_add_for_every_control(hass, entry, async_add_entities, numbers_of)


class SettingNumber(ControlEntity, NumberEntity):
    """One setting, as the meter keeps it."""

    entity_description: SettingDescription
    _attr_mode = NumberMode.BOX
    _attr_entity_category = EntityCategory.CONFIG

    def __init__(
        self, coordinator: CsjCoordinator, control: MeterControl, description: SettingDescription
    ) -> None:
        """Show and write the setting of ``description``."""
        group = coordinator.source.group_of(description.key)
        super().__init__(coordinator, control, description, *([] if group is None else [group]))
        self.permission = description.permission
        self._attr_native_min_value = description.least
        self._attr_native_max_value = description.largest
        self._attr_native_step = description.finest

    @property
    @override
    def device_class(self) -> NumberDeviceClass | None:
        if not self.entity_description.is_credit:
            return self.entity_description.device_class
        in_energy = counts_energy(self.coordinator)
        return NumberDeviceClass.ENERGY_STORAGE if in_energy else NumberDeviceClass.MONETARY

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        return self.entity_description.unit(self.coordinator)

    @property
    @override
    def native_value(self) -> float | None:
        value = self.coordinator.value(self.entity_description.key)
        if isinstance(value, int | float | Decimal):
            return int(value) if self.native_step == int(self.native_step or 0) else float(value)
        return None

    @override
    async def async_set_native_value(self, value: float) -> None:
        await self.async_command(
            lambda session: write_setting(session, self.entity_description.key, value), value
        )
