"""The sensor that says in a sentence how a meter is doing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, override

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .advising.advising import Advising
from .advising.status import SIGNAL_INSIGHTS
from .coordinator import CsjCoordinator
from .detection.status import SIGNAL_DETECTION
from .entity import KnownOfMeterEntity
from .insights.wording import LONGEST_STATE
from .meters.sample import moment_of

INSIGHT: Final = SensorEntityDescription(key="insight", translation_key="insight")


def insight_sensors_of(coordinator: CsjCoordinator, advising: Advising) -> Iterator[SensorEntity]:
    """The sensors of one meter."""
    yield InsightSensor(coordinator, advising, INSIGHT)


class InsightSensor(KnownOfMeterEntity, SensorEntity):
    """How a meter is doing, in the language of the site; there while it is silent, which is said as well."""

    def __init__(
        self, coordinator: CsjCoordinator, advising: Advising, description: SensorEntityDescription
    ) -> None:
        """Belong to the device of the meter of ``coordinator``."""
        super().__init__(coordinator, description)
        self._advising = advising

    @override
    async def async_added_to_hass(self) -> None:
        # with each minute what was today is yesterday, and the supply may be off
        for signal in (SIGNAL_INSIGHTS, SIGNAL_DETECTION):
            self.async_on_remove(async_dispatcher_connect(self.hass, signal, self.async_write_ha_state))

    @property
    @override
    def native_value(self) -> str:
        state = self._advising.state(self._serial)
        return self._advising.teller.sentence(state.sentence)[:LONGEST_STATE]

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        state = self._advising.state(self._serial)
        return {
            "key": state.key,
            "severity": state.severity,
            "since": None if state.since is None else moment_of(state.since),
        }
