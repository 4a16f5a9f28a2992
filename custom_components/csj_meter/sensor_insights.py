"""The sensor that says in a sentence how a meter is doing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, override

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription
from homeassistant.core import callback

from .advising.advising import Advising
from .advising.status import SIGNAL_INSIGHTS
from .coordinator import CsjCoordinator
from .detection.status import SIGNAL_DETECTION
from .entity import KnownOfMeterEntity
from .insights.state import State
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
        self._meter = coordinator
        self._state: State
        self._attr_native_value: str | None = None

    @override
    async def async_added_to_hass(self) -> None:
        self._update()
        # with each minute what was today is yesterday, and the supply may be off
        self.look_when(SIGNAL_INSIGHTS, SIGNAL_DETECTION)

    @override
    @callback
    def look(self) -> None:
        before = self._state, self._attr_native_value
        self._update()
        if before != (self._state, self._attr_native_value):
            self.async_write_ha_state()

    def _update(self) -> None:
        self._state = self._advising.state(self._serial, self._meter)
        self._attr_native_value = self._advising.teller.sentence(self._state.sentence)[:LONGEST_STATE]

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        state = self._state
        return {
            "key": state.key,
            "severity": state.severity,
            "since": None if state.since is None else moment_of(state.since),
        }
