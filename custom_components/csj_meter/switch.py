"""Switches: the supply relay, fast reporting, and whether a meter is watched for anomalies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.components.switch.const import SwitchDeviceClass
from homeassistant.const import STATE_OFF, STATE_ON, EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .assist.exposure import keep_from_assist
from .control import MeterControl
from .coordinator import CsjConfigEntry, CsjCoordinator
from .entity import ControlEntity, MeterEntity, async_add_for_every_control, async_add_for_every_meter
from .meters.commands.relay import contact_of, set_relay, shows_relay
from .meters.commands.settings import write_setting
from .meters.poller import FAST_PERIOD
from .meters.quantities import RelayContact, RelayMode
from .site.access import Permission
from .site_settings import SIGNAL_SITE_SETTINGS, SiteSettings, async_site_settings

PARALLEL_UPDATES: Final = 0  # the bus lets one request through at a time

NORMAL_REPORTING: Final = 60
"""Reporting interval in s of a meter that is not to report fast."""

SUPPLY: Final = SwitchEntityDescription(
    key="supply", translation_key="supply", device_class=SwitchDeviceClass.SWITCH
)
FAST_REPORTING: Final = SwitchEntityDescription(
    key="fast_reporting", translation_key="fast_reporting", entity_category=EntityCategory.CONFIG
)
WATCH_LOAD: Final = SwitchEntityDescription(
    key="watch_load", translation_key="watch_load", entity_category=EntityCategory.CONFIG
)


async def async_setup_entry(
    hass: HomeAssistant, entry: CsjConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the switches of every meter: those of its commands, and whether it is watched."""
    settings = await async_site_settings(hass)

    def switches_of(coordinator: CsjCoordinator, control: MeterControl) -> Iterator[SwitchEntity]:
        if shows_relay(control.session.meter):
            yield SupplySwitch(coordinator, control)
        if "reporting_interval" in coordinator.source.quantities:
            yield FastReportingSwitch(coordinator, control)

    async_add_for_every_control(hass, entry, async_add_entities, switches_of)
    async_add_for_every_meter(
        hass, entry, async_add_entities, lambda coordinator: [WatchSwitch(coordinator, settings)]
    )


class SupplySwitch(ControlEntity, SwitchEntity):
    """The contact of the supply relay, on is closed; switching it forces it, whatever the credit.

    It never shows what was asked for, only where the contact is. Assist has it when somebody has exposed it.
    """

    permission = Permission.SWITCH_SUPPLY

    def __init__(self, coordinator: CsjCoordinator, control: MeterControl) -> None:
        """Follow the block that tells about the contact."""
        meter = control.session.meter
        group = meter.group_of("relay_contact") or meter.group_of("status")
        super().__init__(coordinator, control, SUPPLY, *([] if group is None else [group]))

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        keep_from_assist(self.hass, self.entity_id)

    @property
    @override
    def is_on(self) -> bool | None:
        contact = contact_of(self._control.session.meter)
        return None if contact is None else contact is RelayContact.CLOSED

    @override
    async def async_turn_on(self, **_: Any) -> None:
        await self.async_command(lambda session: set_relay(session, RelayMode.FORCED_CLOSED), STATE_ON)

    @override
    async def async_turn_off(self, **_: Any) -> None:
        await self.async_command(lambda session: set_relay(session, RelayMode.FORCED_OPEN), STATE_OFF)


class FastReportingSwitch(ControlEntity, SwitchEntity):
    """Whether the meter samples, and is read, every ten seconds or faster instead of every minute."""

    permission = Permission.COMMAND

    def __init__(self, coordinator: CsjCoordinator, control: MeterControl) -> None:
        """Follow the settings."""
        group = coordinator.source.group_of("reporting_interval")
        super().__init__(coordinator, control, FAST_REPORTING, *([] if group is None else [group]))

    @property
    @override
    def is_on(self) -> bool | None:
        interval = self.coordinator.value("reporting_interval")
        return interval <= FAST_PERIOD if isinstance(interval, int | float) else None

    @override
    async def async_turn_on(self, **_: Any) -> None:
        await self._async_set_interval(FAST_PERIOD)

    @override
    async def async_turn_off(self, **_: Any) -> None:
        await self._async_set_interval(NORMAL_REPORTING)

    async def _async_set_interval(self, seconds: float) -> None:
        await self.async_command(
            lambda session: write_setting(session, "reporting_interval", seconds), seconds
        )


class WatchSwitch(MeterEntity, SwitchEntity):
    """Whether anything is looked for on the meter: a setting of the site, unknown to the meter."""

    permission = Permission.CONFIGURE

    def __init__(self, coordinator: CsjCoordinator, settings: SiteSettings) -> None:
        """Change ``settings``."""
        super().__init__(coordinator, WATCH_LOAD)
        self._settings = settings

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(
            async_dispatcher_connect(self.hass, SIGNAL_SITE_SETTINGS, self.async_write_ha_state)
        )

    @property
    @override
    def is_on(self) -> bool:
        return self.coordinator.identity.serial not in self._settings.detection.unwatched

    @override
    async def async_turn_on(self, **_: Any) -> None:
        await self._async_set(watched=True)

    @override
    async def async_turn_off(self, **_: Any) -> None:
        await self._async_set(watched=False)

    async def _async_set(self, *, watched: bool) -> None:
        async with self.async_used(STATE_ON if watched else STATE_OFF):
            await self._settings.async_set_watched(self.coordinator.identity.serial, watched=watched)
