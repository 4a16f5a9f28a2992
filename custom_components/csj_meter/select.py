"""Select: who decides about the supply relay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .control import MeterControl
from .coordinator import CsjConfigEntry, CsjCoordinator
from .entity import ControlEntity, async_add_for_every_control
from .meters.commands.relay import set_relay, shows_relay
from .meters.quantities import RelayMode
from .site.access import Permission

PARALLEL_UPDATES: Final = 0  # the bus lets one request through at a time

RELAY_MODE: Final = SelectEntityDescription(
    key="relay_mode", translation_key="relay_mode", options=[mode.name.lower() for mode in RelayMode]
)


async def async_setup_entry(
    hass: HomeAssistant, entry: CsjConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the relay mode of every meter that has one."""

    def selects_of(coordinator: CsjCoordinator, control: MeterControl) -> Iterator[SelectEntity]:
        if "relay_mode" in coordinator.source.quantities and shows_relay(control.session.meter):
            yield RelayModeSelect(coordinator, control)

    async_add_for_every_control(hass, entry, async_add_entities, selects_of)


class RelayModeSelect(ControlEntity, SelectEntity):
    """Automatic: prepayment decides; otherwise the contact is forced."""

    permission = Permission.SWITCH_SUPPLY

    def __init__(self, coordinator: CsjCoordinator, control: MeterControl) -> None:
        """Follow the block that tells the mode."""
        group = coordinator.source.group_of("relay_mode")
        super().__init__(coordinator, control, RELAY_MODE, *([] if group is None else [group]))

    @property
    @override
    def current_option(self) -> str | None:
        mode = self.coordinator.value("relay_mode")
        return mode if isinstance(mode, str) else None

    @override
    async def async_select_option(self, option: str) -> None:
        await self.async_command(lambda session: set_relay(session, RelayMode[option.upper()]), option)
