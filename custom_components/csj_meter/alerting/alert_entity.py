"""What the entities of alerts have in common: their device, and when they look again."""

from __future__ import annotations

from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import EntityDescription

from ..alerts.alert import Alert
from ..coordinator import CsjCoordinator
from ..detection.detection import Detection
from ..detection.status import SIGNAL_DETECTION
from ..entity import KnownOfMeterEntity, SiteEntity
from .alerting import Alerting
from .status import SIGNAL_ALERTS


class MeterAlertEntity(KnownOfMeterEntity):
    """Something about the alerts of one meter."""

    def __init__(
        self,
        coordinator: CsjCoordinator,
        alerting: Alerting,
        detection: Detection,
        description: EntityDescription,
    ) -> None:
        """Belong to the device of the meter of ``coordinator``."""
        super().__init__(coordinator, description)
        self._alerting = alerting
        self._detection = detection

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.look_when(SIGNAL_ALERTS, SIGNAL_DETECTION)

    @property
    def alerts(self) -> list[Alert]:
        """What is active on the meter, the worst first."""
        return self._alerting.active_of(self._serial)

    @property
    def is_watched(self) -> bool:
        """Whether anything would be found; what was found holds before the engine is ready."""
        view = self._detection.view(self._serial)
        return view.watched or view.known_days is None

    @override
    @callback
    def look(self) -> None:
        self.write_if_other((self.is_watched, list(self.alerts)))


class SiteAlertEntity(SiteEntity):
    """Something about the alerts of the whole site."""

    def __init__(self, entry: ConfigEntry, alerting: Alerting, description: EntityDescription) -> None:
        """Belong to the device of the bridge ``entry``."""
        super().__init__(entry, description)
        self._alerting = alerting

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(async_dispatcher_connect(self.hass, SIGNAL_ALERTS, self.async_write_ha_state))
