"""A home whose meters are watched, and somebody who writes down what is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from homeassistant.core import State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import numpy as np
import pytest

from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.detection.detection import Detection, async_detection
from custom_components.csj_meter.detection.engine_file import engine_path
from custom_components.csj_meter.detection.status import SIGNAL_FINDINGS, MeterView
from custom_components.csj_meter.history.telemetry import async_telemetry
from custom_components.csj_meter.meters.sample import minute_of
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.telemetry.series import DAY, Series

from ..conftest import Home, subentry_of

UNIT = 2
"""A single-phase prepaid meter."""

MINUTE = 60.0
"""Seconds."""

KNOWN = 4
"""Days of which there are measurements, where there are any."""


@dataclass(frozen=True, slots=True)
class WatchedHome:
    """A home with the one meter of ``UNIT``, and what was told of it."""

    home: Home
    told: list[Finding] = field(default_factory=list)

    @property
    def file(self) -> Path:
        """Where the engine is kept."""
        return engine_path(self.home.hass)

    @property
    def minute(self) -> int:
        """The minute that runs."""
        return minute_of(self.home.time.wall)

    @property
    def states(self) -> list[tuple[str, str]]:
        """Kind and state of everything that was told."""
        return [(finding.kind.value, finding.state.value) for finding in self.told]

    @property
    def anomaly(self) -> State:
        """What the sensor shows."""
        return self.home.state("sensor", UNIT, "anomaly")

    async def detection(self) -> Detection:
        """Who watches."""
        return await async_detection(self.home.hass)

    async def view(self) -> MeterView:
        """What is known of the meter."""
        return (await self.detection()).view(self.home.serial(UNIT))

    async def begin(self) -> None:
        """Set the bridge up, and let the first minutes pass."""
        assert await self.home.set_up()
        await self.home.time.until_multiple_of(MINUTE)
        await self.run(2)

    async def run(self, minutes: int) -> None:
        """Let minutes pass, up to five seconds into one: the one before has been looked at."""
        time = self.home.time
        await time.run(MINUTE * minutes + 5 - time.wall % MINUTE)

    async def restart(self) -> None:
        """Unload the bridge and set it up again, and let the next minute be looked at."""
        assert await self.home.tear_down()
        await self.home.set_up()
        await self.run(2)

    def sag(self) -> None:
        """Let the voltage fall so far that it is a finding."""
        self.home.line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG, unit=UNIT, magnitude=0.3))

    def mend(self) -> None:
        """End all faults."""
        self.home.line.faults.clear()

    def sags(self) -> list[str]:
        """The states of sags that were told."""
        return [finding.state.value for finding in self.told if finding.kind is Kind.VOLTAGE_SAG]

    async def learn_anew(self) -> int:
        """Days that are known once the past was read, which takes as many minutes as its thread needs."""
        known = 0
        for _ in range(6):
            await self.run(1)
            known = (await self.view()).known_days or 0
            if known:
                break
        return known

    async def remember(self) -> None:
        """Put some days of steady usage into the store, up to shortly before now."""
        minutes = np.arange(self.minute - KNOWN * DAY, self.minute - 10)
        hour = minutes // 60 % 24
        series = Series.measured(
            minutes,
            {
                "active_power": np.where(hour < 6, 100.0, 500.0) + minutes % 7,
                "voltage_l1": np.full(len(minutes), 230.0),
                "energy_import": minutes / 100.0,
            },
        )
        telemetry = await async_telemetry(self.home.hass)
        serial = self.home.serial(UNIT)
        await self.home.time.through(telemetry.async_run(lambda store: store.ingest(serial, series)))


def enable_anomaly(home: Home, unit_id: int) -> None:
    """Enable the sensor of what was found on a meter, as a technician does; before the bridge is set up."""
    registry = er.async_get(home.hass)
    registry.async_get_or_create("sensor", DOMAIN, f"{home.serial(unit_id)}_anomaly")


@pytest.fixture
def watched(home: Home) -> Iterator[WatchedHome]:
    """A home with one meter, not set up yet."""
    watched = WatchedHome(home.with_meters(subentry_of(home.line.meters[UNIT])))
    enable_anomaly(watched.home, UNIT)
    async_dispatcher_connect(home.hass, SIGNAL_FINDINGS, watched.told.extend)
    yield watched
    # in the time that passes when it is released, simulated meters work out each minute of a fault
    watched.mend()
