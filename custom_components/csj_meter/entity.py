"""What all entities have in common: their device, their name, and when they have something to show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from itertools import batched
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    async_get_current_platform,
)
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .access.doors import async_allowed, async_caller, place_of
from .const import CONF_UNIT_ID, DOMAIN, LOGGER
from .control import MeterControl
from .coordinator import CsjConfigEntry, CsjCoordinator, LineCoordinator, UnitFigures
from .looks import looks_of
from .meters.commands.session import Session
from .meters.reading import Group
from .site.access import Permission

AT_ONCE: Final = 8
"""Entities that are added in one go of the event loop: each takes Home Assistant a part of a millisecond."""


def new_meter_signal(entry: CsjConfigEntry) -> str:
    """Signal that carries the coordinator of a meter that has just joined the bridge."""
    return f"{DOMAIN}_{entry.entry_id}_new_meter"


@callback
def async_add_for_every_meter(
    hass: HomeAssistant,
    entry: CsjConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    entities_of: Callable[[CsjCoordinator], Iterable[Entity]],
) -> None:
    """Add what ``entities_of`` gives for the meters of the bridge, now and when one joins.

    A few at a time, so that a bridge with many meters does not hold up everything else; until all are there,
    it is at work already.
    """

    @callback
    def add(coordinator: CsjCoordinator) -> None:
        async_add_entities(entities_of(coordinator), config_subentry_id=coordinator.subentry.subentry_id)

    async def add_all(coordinators: Iterable[CsjCoordinator]) -> None:
        for coordinator in coordinators:
            subentry_id = coordinator.subentry.subentry_id
            offered: set[str | None] = set()
            for some in batched(entities_of(coordinator), AT_ONCE, strict=False):
                offered.update(entity.unique_id for entity in some)
                if runtime.coordinators.get(subentry_id) is not coordinator:
                    break  # it has left meanwhile
                async_add_entities(some, config_subentry_id=subentry_id)
                await asyncio.sleep(0)
            runtime.offered.setdefault((subentry_id, domain), set()).update(offered)

    @callback
    def finished(task: asyncio.Task[None]) -> None:
        runtime.arriving.discard(task)
        if task.cancelled():
            runtime.failed_platforms.add(domain)
        elif (error := task.exception()) is not None:
            runtime.failed_platforms.add(domain)
            LOGGER.error("Some entities of %s could not be added", entry.title, exc_info=error)

    runtime, domain = entry.runtime_data, async_get_current_platform().domain
    entry.async_on_unload(async_dispatcher_connect(hass, new_meter_signal(entry), add))
    adding = add_all(list(runtime.coordinators.values()))
    # not eager: each platform would add its first ones in the very call that sets all of them up
    task = entry.async_create_task(hass, adding, f"entities of {entry.title}", eager_start=False)
    runtime.arriving.add(task)
    task.add_done_callback(finished)


@callback
def async_add_for_every_control(
    hass: HomeAssistant,
    entry: CsjConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    entities_of: Callable[[CsjCoordinator, MeterControl], Iterable[Entity]],
) -> None:
    """As ``async_add_for_every_meter``, for the meters that take commands."""

    def of(coordinator: CsjCoordinator) -> Iterable[Entity]:
        return () if (control := coordinator.control) is None else entities_of(coordinator, control)

    async_add_for_every_meter(hass, entry, async_add_entities, of)


class MeterEntity(CoordinatorEntity[CsjCoordinator]):
    """Something of one meter; always there, unless it stands on blocks of registers."""

    _attr_has_entity_name = True

    permission: Permission
    """What it takes to use it; an entity that only shows something has none."""

    def __init__(self, coordinator: CsjCoordinator, description: EntityDescription, *groups: Group) -> None:
        """Show what the blocks ``groups`` bring; available while all of them are."""
        super().__init__(coordinator)
        serial = coordinator.identity.serial
        self.entity_description = description
        self._attr_unique_id = f"{serial}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, serial)})
        self._groups = frozenset(groups)
        self._written: object = None

    @property
    @override
    def available(self) -> bool:
        """One failing block takes only its own entities down."""
        return super().available and all(map(self.coordinator.data.shows, self._groups))

    @property
    def besides(self) -> object:
        """What the state depends on besides the meter's readings."""
        return None

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write a state only when this report concerns the entity: a meter has a hundred."""
        standing = (self.available, self.coordinator.data.online, self.besides)
        if self._groups & self.coordinator.data.updated or standing != self._written:
            self._written = standing
            self.async_write_ha_state()

    @asynccontextmanager
    async def async_used(self, to: object = None) -> AsyncIterator[None]:
        """Do what whoever uses the entity wants, if they may; what came of it goes to the audit log.

        ``to``: what it is to be then, for that log. Raises Unauthorized.
        """
        key = self.entity_description.key
        user = await async_caller(self.hass, self._context)
        async with async_allowed(
            self.hass,
            user,
            (self.permission,),
            (place_of(self.hass, self.coordinator.identity.serial),),
            what=key if to is None else f"{key}: {to}",
            context=self._context,
        ):
            yield


class ControlEntity(MeterEntity):
    """Something of a meter that takes commands.

    Without the meter's key it is there all the same: who uses it is told to enter the key.
    """

    def __init__(
        self,
        coordinator: CsjCoordinator,
        control: MeterControl,
        description: EntityDescription,
        *groups: Group,
    ) -> None:
        """Give commands through ``control``, and show what the blocks ``groups`` bring."""
        super().__init__(coordinator, description, *groups)
        self._control = control

    async def async_command[T](self, command: Callable[[Session], Awaitable[T]], to: object = None) -> T:
        """Do something on the meter for whoever has used the entity; ``to`` as for ``async_used``.

        Raises Unauthorized for a user who may not, and as ``MeterControl.run``.
        """
        async with self.async_used(to):
            return await self._control.run(command)


class LinkEntity(CoordinatorEntity[LineCoordinator]):
    """How well the line carries the talk with one meter."""

    _attr_has_entity_name = True

    def __init__(
        self, line: LineCoordinator, coordinator: CsjCoordinator, description: EntityDescription
    ) -> None:
        """Belong to the device of the meter of ``coordinator``."""
        super().__init__(line)
        serial = coordinator.identity.serial
        self.entity_description = description
        self._unit_id: int = coordinator.subentry.data[CONF_UNIT_ID]
        self._attr_unique_id = f"{serial}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, serial)})

    @property
    def figures(self) -> UnitFigures:
        """The figures of this meter; zeros before it was asked anything."""
        return self.coordinator.data.units.get(self._unit_id, UnitFigures())


class KnownOfMeterEntity(Entity):
    """Something that is known of a meter besides its readings; there while the meter is silent."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, coordinator: CsjCoordinator, description: EntityDescription) -> None:
        """Belong to the device of the meter of ``coordinator``."""
        self._serial = coordinator.identity.serial
        self.entity_description = description
        self._attr_unique_id = f"{self._serial}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, self._serial)})
        self._written: object = None

    @callback
    def look_when(self, *signals: str) -> None:
        """Do ``look`` soon after each of these signals, for as long as the entity is there."""
        looks = looks_of(self.hass)

        @callback
        def ask() -> None:
            looks.ask(self.look)

        for signal in signals:
            self.async_on_remove(async_dispatcher_connect(self.hass, signal, ask))
        self.async_on_remove(lambda: looks.forget(self.look))

    @callback
    def look(self) -> None:
        """Write a state where another one is known."""
        raise NotImplementedError

    @callback
    def write_if_other(self, standing: object) -> None:
        """Write a state only when it is another one: a site has thousands, and looks every minute."""
        if standing != self._written:
            self._written = standing
            self.async_write_ha_state()


class SiteEntity(Entity):
    """Something of the whole site; on the device of one bridge, though it is about all."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, entry: ConfigEntry, description: EntityDescription) -> None:
        """Belong to the device of the bridge ``entry``."""
        self.entity_description = description
        self._attr_unique_id = f"site_{description.key}"  # the same on whichever bridge
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry.entry_id)})


class LineEntity(CoordinatorEntity[LineCoordinator]):
    """Something of the bridge."""

    _attr_has_entity_name = True

    def __init__(self, line: LineCoordinator, description: EntityDescription) -> None:
        """Belong to the device of the bridge."""
        super().__init__(line)
        entry_id = line.config_entry.entry_id
        self.entity_description = description
        self._attr_unique_id = f"{entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry_id)})
