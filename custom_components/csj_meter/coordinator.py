"""What a set-up bridge keeps: one coordinator per meter, one for the line, and both as a whole.

Values are pushed: the poller (or a pulse counter) reports, the coordinator takes the report as
its data, the entities follow. Nobody asks a meter from here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol, override

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .bus.bus import Bus
from .const import CONF_CIRCUIT, LOGGER
from .meter_memory import MeterMemory
from .meters.identity import Identity
from .meters.poller import Poller
from .meters.profile_loader import ProfileLibrary
from .meters.quantities import Status
from .meters.reading import Group, Reading, Value

if TYPE_CHECKING:
    from .control import MeterControl
    from .meter_log import MeterLog
    from .money.credit_watch import CreditWatch

LINE_INTERVAL: Final = timedelta(minutes=1)
"""How often the statistics of a line are shown anew: they would write a state per request."""

type CsjConfigEntry = ConfigEntry[CsjRuntime]
"""A bridge."""


class Source(Protocol):
    """What a coordinator needs to know of a meter, polled or counted from pulses."""

    @property
    def identity(self) -> Identity:
        """Who the meter is."""

    @property
    def quantities(self) -> frozenset[str]:
        """Canonical quantities that it offers."""

    @property
    def readings(self) -> Mapping[Group, Reading]:
        """Last good reading of each group."""

    @property
    def status_bits(self) -> Status:
        """The bits that its status can show."""

    def group_of(self, quantity: str) -> Group | None:
        """The group that brings a quantity, None when the meter does not have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterState:
    """How a meter stands."""

    online: bool | None = None
    """Whether it answers; None before the first report."""

    readings: Mapping[Group, Reading] = field(default_factory=dict)
    """Last good reading of each group."""

    failed: Mapping[Group, Exception] = field(default_factory=dict)
    """Groups whose values must not be shown now, with the reason."""

    updated: frozenset[Group] = frozenset()
    """Groups that the last report brought."""

    def shows(self, group: Group) -> bool:
        """Whether the values of this group are those of now."""
        return bool(self.online) and group in self.readings and group not in self.failed


class CsjCoordinator(DataUpdateCoordinator[MeterState]):
    """One meter, as the entities see it."""

    config_entry: CsjConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: CsjConfigEntry,
        subentry: ConfigSubentry,
        source: Source,
        memory: MeterMemory,
    ) -> None:
        """Stand for the meter of ``subentry``."""
        super().__init__(hass, LOGGER, config_entry=entry, name=subentry.title)
        self.subentry = subentry
        self.source = source
        self.control: MeterControl | None = None
        """How to command it; None for a meter that is only read."""
        self.data = MeterState()
        self._memory = memory

    @property
    def identity(self) -> Identity:
        """Who the meter is."""
        return self.source.identity

    @property
    def circuit(self) -> str | None:
        """The circuit or transformer that the user says it hangs on."""
        return self.subentry.data.get(CONF_CIRCUIT) or None

    def value(self, quantity: str) -> Value:
        """Last good value of ``quantity``, None when there is none."""
        group = self.source.group_of(quantity)
        reading = self.data.readings.get(group) if group is not None else None
        return reading.values.get(quantity) if reading is not None else None

    def remembered(self, quantity: str) -> Value:
        """As ``value``; what was remembered from before the restart when nothing was read yet."""
        value = self.value(quantity)
        return self._memory.value(self.identity.serial, quantity) if value is None else value

    @property
    def clock_drift(self) -> int | None:
        """Seconds that the meter's clock was ahead when it was read last; None when it was not read."""
        group, clock = self.source.group_of("clock"), self.value("clock")
        if group is None or not isinstance(clock, int | float):
            return None
        # the meter tells whole seconds, so on average it is half a second later than it says
        return round(clock + 0.5 - self.data.readings[group].at)

    def report(self, *, online: bool, failed: Mapping[Group, Exception], updated: frozenset[Group]) -> None:
        """Take over what the source has just learnt and let the entities know."""
        self.async_set_updated_data(
            MeterState(
                online=online, readings=dict(self.source.readings), failed=dict(failed), updated=updated
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFigures:
    """Link statistics of one meter at one moment; see ``bus.statistics.UnitStatistics``."""

    requests: int = 0
    timeouts: int = 0
    garbled: int = 0
    stale: int = 0
    success_rate: float | None = None
    round_trip: float | None = None
    last_contact: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigures:
    """Statistics of a whole line at one moment."""

    load: float | None = None
    """Share of the last minutes in use, 0..1."""

    efficiency: float | None = None
    """Theoretical floor / measured, 0..1."""

    total: UnitFigures = field(default_factory=UnitFigures)
    """Sums over all units; the rates are left out."""

    units: Mapping[int, UnitFigures] = field(default_factory=dict)
    """Unit id -> its figures."""


class LineCoordinator(DataUpdateCoordinator[LineFigures]):
    """The line itself: its statistics once a minute, its state at once."""

    config_entry: CsjConfigEntry

    def __init__(self, hass: HomeAssistant, entry: CsjConfigEntry, bus: Bus, poller: Poller) -> None:
        """Watch ``bus``."""
        super().__init__(hass, LOGGER, config_entry=entry, name=bus.name, update_interval=LINE_INTERVAL)
        self._bus = bus
        self._poller = poller
        self._was_up: bool | None = None
        self.data = self.figures()

    @property
    def up(self) -> bool | None:
        """Whether the serial port or connection works; None before anything was asked."""
        return self._poller.link_up if self._bus.statistics.units else None

    def notice(self) -> None:
        """Look whether the link has gone or returned."""
        if self.up is not self._was_up:
            self._was_up = self.up
            self.async_set_updated_data(self.figures())

    @override
    async def _async_update_data(self) -> LineFigures:
        return self.figures()

    def figures(self) -> LineFigures:
        """The statistics as they are now; ``data`` is up to a minute old."""
        statistics = self._bus.statistics
        return LineFigures(
            load=self._bus.load,
            efficiency=statistics.efficiency,
            total=UnitFigures(
                requests=statistics.total("requests"),
                timeouts=statistics.total("timeouts"),
                garbled=statistics.total("garbled"),
                stale=statistics.total("stale"),
            ),
            units={
                unit_id: UnitFigures(
                    requests=unit.requests,
                    timeouts=unit.timeouts,
                    garbled=unit.garbled,
                    stale=unit.stale,
                    success_rate=unit.success_rate,
                    round_trip=unit.round_trip_mean,
                    last_contact=unit.last_success,
                )
                for unit_id, unit in statistics.units.items()
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CsjRuntime:
    """A bridge that is set up."""

    library: ProfileLibrary
    """The profiles it was set up with."""

    memory: MeterMemory
    """What its meters must not forget."""

    bus: Bus | None = None
    """The line; None where meters are pulse counters."""

    poller: Poller | None = None
    """Who asks the meters; None likewise."""

    line: LineCoordinator | None = None
    """State and statistics of the line; None likewise."""

    log: MeterLog | None = None
    """The meters' own event logs; None likewise."""

    credit: CreditWatch | None = None
    """Who looks after the money of its meters; None likewise."""

    stop: Callable[[], Coroutine[Any, Any, None]]
    """Stops polling and keeps what must be kept."""

    coordinators: dict[str, CsjCoordinator] = field(default_factory=dict)
    """Id of the meter's subentry -> the meter; changes while the bridge is set up."""

    arriving: set[asyncio.Task[None]] = field(default_factory=set)
    """Who is still adding entities."""

    offered: dict[tuple[str, str], set[str | None]] = field(default_factory=dict)
    """Id of a meter's subentry and platform -> unique ids of the entities that it has, also disabled ones."""

    failed_platforms: set[str] = field(default_factory=set)
    """Those of which some entities could not be added."""
