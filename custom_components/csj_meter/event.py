"""Events: what the meters have logged themselves, entry by entry, and what happens to alerts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .alerting.alerting import Alerting, async_alerting
from .alerting.event_data import event_data
from .alerting.event_feed import async_event_feed
from .alerts.alert import AlertEvent, AlertEventType
from .const import DOMAIN
from .control import MeterControl
from .coordinator import CsjConfigEntry, CsjCoordinator
from .entity import ControlEntity, async_add_for_every_control, async_add_for_every_meter
from .meter_log import MeterLog
from .meters.commands.rings import EventCode, LogEntry
from .site_home import async_when_home

PARALLEL_UPDATES: Final = 0  # the log brings the entries

OTHER: Final = "other"
"""Type of an entry whose code is not known; the code is an attribute."""

METER_LOG: Final = EventEntityDescription(
    key="meter_log",
    translation_key="meter_log",
    event_types=[*(code.name.lower() for code in EventCode), OTHER],
)

ALERT: Final = EventEntityDescription(
    key="alert", translation_key="alert", event_types=[step.value for step in AlertEventType]
)

SITE_ALERT: Final = EventEntityDescription(
    key="alert", translation_key="site_alert", event_types=ALERT.event_types
)

ALERT_FACTS: Final = (
    "alert_id",
    "kind",
    "severity",
    "state",
    "scope",
    "title",
    "message",
    "circuit",
    "phase",
    "quantity",
    "value",
    "expected",
    "low",
    "high",
    "unit",
    "since",
    "by",
    "cause",
    "area_alert_id",
    "work_order",
    "drill",
)
"""Fields of the event of the bus that are attributes of the event entity."""


async def async_setup_entry(
    hass: HomeAssistant, entry: CsjConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add alerts of every meter and of the site, and the log of meters that take commands: those keep one."""
    alerting = await async_alerting(hass)
    async_add_for_every_meter(
        hass,
        entry,
        async_add_entities,
        lambda coordinator: [MeterAlertEvent(coordinator, alerting)],
    )
    async_when_home(hass, entry, lambda: async_add_entities([SiteAlertEvent(entry, alerting)]))
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


class AlertEventEntity(EventEntity):
    """Steps in the life of alerts, each once.

    The state is when Home Assistant heard of it. Every step is an event of the bus as well, with lists of
    causes and members besides.
    """

    _attr_has_entity_name = True
    _attr_should_poll = False
    _serial: str | None = None
    """Serial number of the meter; None for what befalls a circuit."""

    def __init__(self, alerting: Alerting) -> None:
        """Speak as ``alerting`` does."""
        self._alerting = alerting

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        # once the first state is written: what comes with that is no news to automations
        self.async_on_remove(self.hass.loop.call_soon(self._follow).cancel)

    @callback
    def _follow(self) -> None:
        self.async_on_remove(async_event_feed(self.hass).follow(self._serial, self._tell))

    @callback
    def _tell(self, event: AlertEvent) -> None:
        members = self._alerting.desk.members_of(event.alert)
        data = event_data(self.hass, event, self._alerting.wording, members)
        self._trigger_event(event.type.value, {name: data[name] for name in ALERT_FACTS})
        self.async_write_ha_state()


class MeterAlertEvent(AlertEventEntity):
    """The alerts of one meter, also those that are members of an alert of its circuit."""

    def __init__(self, coordinator: CsjCoordinator, alerting: Alerting) -> None:
        """Belong to the device of the meter of ``coordinator``."""
        super().__init__(alerting)
        self._serial = coordinator.identity.serial
        self.entity_description = ALERT
        self._attr_unique_id = f"{self._serial}_{ALERT.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, self._serial)})


class SiteAlertEvent(AlertEventEntity):
    """The alerts of whole circuits; on the device of one bridge, though they are about all."""

    def __init__(self, entry: ConfigEntry, alerting: Alerting) -> None:
        """Belong to the device of the bridge ``entry``."""
        super().__init__(alerting)
        self.entity_description = SITE_ALERT
        self._attr_unique_id = f"site_{SITE_ALERT.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry.entry_id)})
