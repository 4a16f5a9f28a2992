"""Buttons: read the meter now, restart it, let prepayment decide about its relay again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.components.button.const import ButtonDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .control import MeterControl
from .coordinator import CsjConfigEntry, CsjCoordinator
from .entity import ControlEntity, MeterEntity, async_add_for_every_meter
from .exceptions import translates
from .meters.commands.relay import set_relay, shows_relay
from .meters.commands.restart import restart
from .meters.commands.sample import take_sample
from .meters.commands.session import Session
from .meters.meter import Meter
from .meters.poller import Poller
from .meters.quantities import RelayMode
from .site.access import Permission

PARALLEL_UPDATES: Final = 0  # the bus lets one request through at a time


@dataclass(frozen=True, kw_only=True)
class CommandDescription(ButtonEntityDescription):
    """A command without a value."""

    command: Callable[[Session], Awaitable[Any]]
    """What it does."""

    permission: Permission
    """What it takes to press it."""

    offered: Callable[[Meter], bool] = lambda _: True
    """Whether the meter can do it."""


TAKE_SAMPLE: Final = CommandDescription(
    key="take_sample", translation_key="take_sample", command=take_sample, permission=Permission.COMMAND
)

COMMANDS: Final = (
    TAKE_SAMPLE,
    CommandDescription(
        key="restart",
        device_class=ButtonDeviceClass.RESTART,
        entity_category=EntityCategory.CONFIG,
        command=restart,
        permission=Permission.COMMAND,
    ),
    CommandDescription(
        key="relay_automatic",
        translation_key="relay_automatic",
        command=lambda session: set_relay(session, RelayMode.AUTOMATIC),
        permission=Permission.SWITCH_SUPPLY,
        offered=shows_relay,
    ),
)
"""Buttons of a meter that takes commands."""


async def async_setup_entry(
    hass: HomeAssistant, entry: CsjConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the buttons of every meter that can be asked."""
    poller = entry.runtime_data.poller

    def buttons_of(coordinator: CsjCoordinator) -> Iterator[ButtonEntity]:
        if (control := coordinator.control) is not None:
            for description in COMMANDS:
                if description.offered(control.session.meter):
                    yield CommandButton(coordinator, control, description)
        elif poller is not None and isinstance(coordinator.source, Meter):
            yield ReadNowButton(coordinator, poller, coordinator.source)

    async_add_for_every_meter(hass, entry, async_add_entities, buttons_of)


class CommandButton(ControlEntity, ButtonEntity):
    """Does one thing on the meter.

    Available on a silent meter too: pressing it is how people find out.
    """

    entity_description: CommandDescription

    def __init__(
        self, coordinator: CsjCoordinator, control: MeterControl, description: CommandDescription
    ) -> None:
        """Do what ``description`` says."""
        super().__init__(coordinator, control, description)
        self.permission = description.permission

    @override
    async def async_press(self) -> None:
        await self.async_command(self.entity_description.command)


class ReadNowButton(MeterEntity, ButtonEntity):
    """Reads a meter that takes no commands, ahead of everything that is due; available as above."""

    permission = TAKE_SAMPLE.permission

    def __init__(self, coordinator: CsjCoordinator, poller: Poller, meter: Meter) -> None:
        """Ask ``meter`` through ``poller``, so that its rhythm and statistics hear of it."""
        super().__init__(coordinator, TAKE_SAMPLE)
        self._poller = poller
        self._meter = meter

    @override
    @translates
    async def async_press(self) -> None:
        async with self.async_used():
            await self._poller.sample_now(self._meter)
