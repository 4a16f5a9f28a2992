"""A hundred meters on four lines: who they are, where they answer, and how Home Assistant stores them.

The lines carry the six homes of the demo again and again, each meter with a serial number of its own: so a
year of six homes is the past of all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
import datetime as dt
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentryData

from custom_components.csj_meter.bus.bus import Bus
from custom_components.csj_meter.bus.line_settings import LineSettings
from custom_components.csj_meter.bus.timing import LineTiming
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.flow.meters import subentry_of
from custom_components.csj_meter.link_data import NetworkLink
from custom_components.csj_meter.meters.discovery import identify
from custom_components.csj_meter.meters.profile_loader import ProfileLibrary
from custom_components.csj_meter.meters.sample import MINUTE
from custom_components.csj_meter.simulator.line import SimulatedLine
from custom_components.csj_meter.simulator.meter import SimulatedMeter
from custom_components.csj_meter.simulator.site import demo_line
from custom_components.csj_meter.simulator.state import MeterState

END: Final = int(dt.datetime(2026, 12, 2, 11, 30, tzinfo=dt.UTC).timestamp())
"""Where the past ends: a Wednesday, a year after the last meter was installed."""

HOMES: Final = 6
"""Different ones: those of the demo."""

LINES: Final = 4

ON_A_LINE: Final = 25

METERS: Final = LINES * ON_A_LINE

BAUDRATE: Final = 9600
"""Of the serial lines behind the gateways."""

FAST: Final = 115200
"""Of a line on which meters only say who they are."""


def line(number: int, clock: Callable[[], float], baudrate: int = BAUDRATE) -> SimulatedLine:
    """One of the lines, 0 to ``LINES`` - 1."""
    mounted: list[SimulatedMeter] = []
    while len(mounted) < ON_A_LINE:
        homes = demo_line(1, min(HOMES, ON_A_LINE - len(mounted)), clock=clock, reporting_interval=MINUTE)
        for meter in homes.meters.values():
            unit_id = len(mounted) + 1
            meter.nameplate = replace(meter.nameplate, serial=serial(number, unit_id))
            meter.restore(MeterState(unit_id=unit_id))  # with the key that goes with its number
            mounted.append(meter)
    return SimulatedLine(
        mounted, baudrate=baudrate, turnaround=0.015 if baudrate == BAUDRATE else 0.0, seed=number
    )


def home_of(unit_id: int) -> int:
    """The unit id in the demo of the home that a meter hangs in."""
    return (unit_id - 1) % HOMES + 1


def serial(number: int, unit_id: int) -> str:
    """The serial number of a meter, by its line and unit id."""
    return f"CSJ60{number + 1}{unit_id:05}"


def speaks_modbus_tcp(number: int) -> bool:
    """Every other gateway does; the rest are transparent."""
    return number % 2 == 0


@dataclass(frozen=True, slots=True)
class Bridges:
    """The lines as bridges in the storage of Home Assistant."""

    ports: tuple[int, ...]
    """Where the gateways listen, by line."""

    async def stored(self) -> dict[str, Any]:
        """What is in ``core.config_entries``."""
        entries = [await self._entry(number, port) for number, port in enumerate(self.ports)]
        return {"entries": [entry.as_dict() for entry in entries]}

    async def _entry(self, number: int, port: int) -> ConfigEntry:
        link = NetworkLink(
            modbus_tcp=speaks_modbus_tcp(number),
            host="127.0.0.1",
            port=port,
            settings=LineSettings(baudrate=BAUDRATE),
        )
        return ConfigEntry(
            domain=DOMAIN,
            title=f"Riser {number + 1}",
            data=link.as_data(),
            options={},
            subentries_data=await _meters(number),
            entry_id=f"riser{number + 1:021}",
            unique_id=None,
            source="user",
            version=1,
            minor_version=1,
            discovery_keys={},  # type: ignore[arg-type]  # none
        )


async def _meters(number: int) -> list[ConfigSubentryData]:
    """The meters of a line, after each has said who it is."""
    profiles: Mapping[str, Any] = ProfileLibrary.load().profiles
    made = line(number, lambda: float(END), FAST)
    bus = Bus("footprint", made.unit, LineTiming(baudrate=FAST, latency=0.001))
    return [
        subentry_of(
            await identify(bus, unit_id, profiles.values()),
            unit_id,
            f"Home {number + 1}.{unit_id}",
            f"Street {number + 1}.{(unit_id - 1) // HOMES + 1}",
            meter.nameplate.key,
        )
        for unit_id, meter in made.meters.items()
    ]
