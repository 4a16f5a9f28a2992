"""Button that reads a meter at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import CsjConfigEntry, CsjCoordinator
from .entity import MeterEntity, async_add_for_every_meter
from .exceptions import translates_errors
from .meters.meter import Meter
from .meters.poller import Poller

PARALLEL_UPDATES: Final = 0  # the bus lets one request through at a time

TAKE_SAMPLE: Final = ButtonEntityDescription(key="take_sample", translation_key="take_sample")


async def async_setup_entry(
    hass: HomeAssistant, entry: CsjConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the button of every meter that can be asked."""
    poller = entry.runtime_data.poller

    def entities_of(coordinator: CsjCoordinator) -> Iterator[ButtonEntity]:
        if poller is not None and isinstance(coordinator.source, Meter):
            yield TakeSampleButton(coordinator, poller, coordinator.source)

    async_add_for_every_meter(hass, entry, async_add_entities, entities_of)


class TakeSampleButton(MeterEntity, ButtonEntity):
    """Reads the live block now, ahead of everything that is due.

    Available on a silent meter too: pressing it is how people find out.
    """

    def __init__(self, coordinator: CsjCoordinator, poller: Poller, meter: Meter) -> None:
        """Ask ``meter`` through ``poller``, so that its rhythm and statistics hear of it."""
        super().__init__(coordinator, TAKE_SAMPLE)
        self._poller = poller
        self._meter = meter

    @override
    @translates_errors
    async def async_press(self) -> None:
        await self._poller.sample_now(self._meter)
