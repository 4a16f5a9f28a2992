"""What the meters have logged themselves, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .control import MeterControl
from .coordinator import CsjConfigEntry, CsjCoordinator
from .entity import ControlEntity, async_add_for_every_control
from .meter_log import MeterLog
from .meters.commands.rings import EventCode, LogEntry

PARALLEL_UPDATES: Final = 0  # the log brings the entries

OTHER: Final = "other"
"""Type of an entry whose code is not known; the code is an attribute."""

METER_LOG: Final = EventEntityDescription(
    key="meter_log",
    translation_key="meter_log",
    event_types=[*(code.name.lower() for code in EventCode), OTHER],
)


async def async_setup_entry(
    hass: HomeAssistant, entry: CsjConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the log of every meter that takes commands: those keep one."""
    if (log := entry.runtime_data.log) is None:
        return

    def logs_of(coordinator: CsjCoordinator, control: MeterControl) -> Iterator[EventEntity]:
        yield MeterLogEvent(coordinator, control, log)

    async_add_for_every_control(hass, entry, async_add_entities, logs_of)


class MeterLogEvent(ControlEntity, EventEntity):
    """Event log of one meter; each entry is an event, once.

    The state is when Home Assistant heard of it, ``time`` when it happened by the meter's clock.
    """

    def __init__(self, coordinator: CsjCoordinator, control: MeterControl, log: MeterLog) -> None:
        """Tell what ``log`` finds."""
        super().__init__(coordinator, control, METER_LOG)
        self._log = log

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._log.async_follow(self.coordinator, self._control, self._tell))

    @callback
    def _tell(self, entry: LogEntry) -> None:
        self._trigger_event(
            entry.code.name.lower() if isinstance(entry.code, EventCode) else OTHER,
            {
                "time": dt_util.utc_from_timestamp(entry.time).isoformat(),
                "code": int(entry.code),
                "value": entry.value,
            },
        )
        self.async_write_ha_state()
