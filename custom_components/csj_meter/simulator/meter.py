"""One simulated meter: measures its household on its feeder and remembers.

Everything it says is a function of seed and time, except what faults have done to it while the
simulator ran: extra energy, restarts and events. ``truth`` gives the values of the present
sample under the canonical names, as a perfect reader would decode them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
import math

import numpy as np

from . import noise
from .connection import Connection
from .credit import Credit, CreditState
from .energy import EnergyHistory
from .extra import ExtraEnergy
from .faults import ELECTRICAL, FaultBoard, FaultKind
from .feeder import Feeder
from .files import EventLog, LoadProfile, MeterEvent
from .household import DAY, Household
from .models import Capability, Nameplate, Settings
from .noise import Floats
from .past import HistoryRow, history
from .truth import Truth, measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Mounting:
    """Where and when a meter was mounted."""

    unit_id: int
    """Its unit id on the line, 1..247."""

    phases: tuple[int, ...]
    """Phases of the feeder, 0..2, that it is connected to."""

    installed: int
    """First day, counted from 1970-01-01."""

    utc_offset: int = 0
    """Seconds from UTC to its own time, which knows no daylight saving."""

    initial_import: float = 0.0
    """kWh of tariff 1 that were on the counter on the first day."""

    turnaround: float | None = None
    """Seconds before it answers; None for that of the line."""

    label: str = ""
    """Where it hangs, for people."""


class SimulatedMeter:
    """A meter at one unit id."""

    def __init__(
        self,
        mounting: Mounting,
        nameplate: Nameplate,
        household: Household,
        feeder: Feeder,
        *,
        clock: Callable[[], float],
        settings: Settings | None = None,
        comfort: float = 8.0,
    ) -> None:
        """Mount a meter.

        ``clock`` in seconds since 1970-01-01 UTC; ``comfort`` is the balance below which the
        people top up. Raises ``ValueError`` when phases, household and model do not fit together.
        """
        unit_id, phases = mounting.unit_id, mounting.phases
        if not len(phases) == household.phases == nameplate.model.phases:
            raise ValueError(f"unit {unit_id}: a {nameplate.model.name} has {nameplate.model.phases} phases")
        if not 1 <= unit_id <= 247:
            raise ValueError(f"unit {unit_id} is not a unit id: use 1 to 247")
        self.unit_id = unit_id
        self.nameplate = nameplate
        self.household = household
        self.settings = settings or Settings()
        self.label = mounting.label or f"meter {unit_id}"
        self.turnaround = mounting.turnaround
        """Seconds before it answers; None for that of the line."""
        self.clock = clock
        self.installed_at = mounting.installed * DAY - mounting.utc_offset
        """Start of its first day, UTC."""
        max_power = nameplate.max_current * nameplate.rated_voltage
        self.connection = Connection(unit_id, household, feeder, phases, max_power)
        self.energy = EnergyHistory(
            household, self.settings.schedule, mounting.installed, mounting.initial_import
        )
        self.credit = Credit(self.energy, self.settings.prices, household.seed, comfort)
        self.extra = ExtraEnergy()
        self.events: list[MeterEvent] = []
        """What happened while the simulator ran; the invented past is in ``event_log``."""
        self.line_speed = 9600
        """What register 0x0505 says; a line sets it."""
        self.line_parity = "N"
        """What register 0x0506 says; a line sets it."""
        self.foreign_serial: Callable[[int], str] = lambda unit: f"STRANGER{unit:03}"
        """Serial number that the fault of that name shows for its value; a line knows its units."""
        self.load_profile: LoadProfile = LoadProfile(self)
        self.event_log: EventLog = EventLog(self)
        self._utc_offset = mounting.utc_offset
        self._key = noise.key(household.seed, "meter", unit_id)
        self._restarted_at: float | None = None
        self._frozen_at: float | None = None
        self._was_powered = True
        self._voltage_level = 0
        self._settled_at: float | None = None
        self._sample: tuple[float, Truth] | None = None
        self.join(FaultBoard())

    @property
    def circuit(self) -> str:
        """Name of the feeder."""
        return self.connection.feeder.name

    @property
    def capabilities(self) -> Capability:
        """What it can do."""
        return self.nameplate.model.capabilities

    def local(self, time: float) -> float:
        """The meter's own time for a time in UTC."""
        return time + self._utc_offset

    def utc(self, local: float) -> float:
        """The reverse."""
        return local - self._utc_offset

    # --- faults ---------------------------------------------------------------------------

    def join(self, board: FaultBoard) -> None:
        """Feel the faults of a line from now on."""
        self.faults = board
        self.connection.faults = board
        board.watch(before=self.settle, after=self._faults_changed)

    @property
    def powered(self) -> bool:
        """Whether it has a supply, and so a voice."""
        return self.connection.powered()

    @property
    def shown_serial(self) -> str:
        """The serial number that it shows on the line."""
        fault = self.faults.on(FaultKind.FOREIGN_SERIAL, self.unit_id)
        return self.foreign_serial(int(fault.size)) if fault else self.nameplate.serial

    def settle(self) -> None:
        """Count what faults have changed until now; to be called before the counters are looked at."""
        now = self.local(self.clock())
        since, self._settled_at = self._settled_at, now
        if since is not None and any(self.faults.on(kind, self.unit_id) for kind in ELECTRICAL):
            self.extra.count(self.connection, self.settings.schedule, since, now)

    def _faults_changed(self) -> None:
        now = self.clock()
        if not self.faults.on(FaultKind.METER_FROZEN, self.unit_id):
            self._frozen_at = None
        elif self._frozen_at is None:
            self.truth()
            self._frozen_at = self._sampled_at(now)
        powered = self.powered
        if powered != self._was_powered:
            self._was_powered = powered
            self.events.append(MeterEvent(time=int(now), code=1 if powered else 2, value=0))
            if powered:
                self._restarted_at = now
        self._log_voltage(now)

    def _log_voltage(self, now: float) -> None:
        """Note the beginning of a sag (8) or swell (9) in the event log."""
        factors = self.connection.factors()
        level = -1 if factors.min() < 0.9 else int(factors.max() > 1.1)
        if self.powered and level not in (0, self._voltage_level):
            volts = self.connection.state(self.local(now)).voltage
            extreme = float(volts.min() if level < 0 else volts.max())
            event = MeterEvent(time=int(now), code=8 if level < 0 else 9, value=round(extreme * 10))
            self.events.append(event)
        self._voltage_level = level

    # --- what it knows --------------------------------------------------------------------

    def truth(self) -> Truth:
        """What a perfect reader would decode from the present sample, and from the settings now."""
        self.settle()
        now = self.clock()
        time = self._sampled_at(now)
        if self._sample is None or self._sample[0] != time:
            self._sample = (time, measure(self, time))
        return {**self._sample[1], "clock": int(now)}

    def counters(self, time: float) -> Floats:
        """Counters at a moment of the meter's own time, kWh and kvarh, shape (18,)."""
        return np.maximum(self.energy.at(time) + self.extra.at(time), 0.0)

    def credit_at(self, time: float) -> CreditState:
        """The account at a moment of the meter's own time."""
        state = self.credit.at(time)
        return CreditState(
            balance=state.balance - self.credit.cost(self.extra.at(time)),
            top_up_count=state.top_up_count,
            last_top_up=state.last_top_up,
        )

    def history(self, start: float, end: float, step: int = 3600) -> Iterator[HistoryRow]:
        """Its past from ``start`` to ``end`` (UTC) in steps of whole minutes, oldest first.

        Raises ``ValueError`` for other steps.
        """
        self.settle()
        return history(self, start, end, step)

    def invented_starts(self, time: float) -> list[int]:
        """When the supply came back after the power cuts of its past, up to ``time`` (UTC)."""
        spell = DAY * (40 + 50 * noise.uniform(self._key, 1))
        spells = math.floor((time - self.installed_at) / spell)
        return [self.installed_at + math.ceil(number * spell) for number in range(1, spells + 1)]

    def started_at(self, time: float) -> float:
        """When it was last switched on before ``time`` (UTC)."""
        starts = [float(min(self.installed_at, time)), *self.invented_starts(time)]
        if self._restarted_at is not None:
            starts.append(self._restarted_at)
        return max(starts)

    def _sampled_at(self, time: float) -> float:
        """When the sample that shows at ``time`` was taken; the first one right after a start."""
        if self._frozen_at is not None:
            return self._frozen_at
        interval = self.settings.reporting_interval
        return max(time // interval * interval, math.floor(self.started_at(time)))
