"""One simulated meter: measures its household on its feeder, does as it is told, and remembers.

What it says is a function of seed and time, and of what has happened to it: commands, money,
switching (``state``, plain data) and the energy that faults have made. ``truth`` gives the values
of the present sample under the canonical names, as a perfect reader would decode them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
import math
from typing import Final

import numpy as np

from . import noise
from .account import Account
from .connection import Connection
from .counted import CountedEnergy
from .credit import Credit, CreditState
from .energy import EnergyHistory
from .extra import ExtraEnergy
from .faults import ELECTRICAL, Fault, FaultBoard, FaultKind
from .feeder import Feeder
from .files import EventLog, LoadProfile
from .firmware import Updater, Version
from .household import DAY, Household, moments
from .lock import Lock
from .models import Capability, Mounting, Nameplate, Settings
from .noise import Floats
from .past import HistoryRow, history
from .relay import Relay
from .state import MeterEvent, MeterState, Sampling
from .tokens import TokenResult, remember
from .truth import Truth, measure, mirror

SILENT: Final = 3.0
"""Seconds that a restart takes."""

UNSAVED: Final = 60.0
"""Seconds after which energy that a fault makes is kept, whatever else happens."""

HASTE: Final = 1.0
"""Seconds between two times that what is not urgent is kept."""


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
        self.nameplate = nameplate
        self.household = household
        self.label = mounting.label or f"meter {unit_id}"
        self.turnaround = mounting.turnaround
        """Seconds before it answers; None for that of the line."""
        self.clock: Callable[[], float] = clock
        """The true time; what the meter takes for it is ``shown_clock``."""
        self.installed_at = mounting.installed * DAY - mounting.utc_offset
        """Start of its first day, UTC."""
        self._mounting = mounting
        self._delivered = settings or Settings()
        max_power = nameplate.max_current * nameplate.rated_voltage
        self.connection = Connection(unit_id, household, feeder, phases, max_power)
        self.energy = EnergyHistory(
            household, self._delivered.schedule, mounting.installed, mounting.initial_import
        )
        """What it would have counted if nothing had ever happened to it."""
        self.credit = Credit(self.energy, self._delivered.rates, household.seed, comfort)
        """What its account would be likewise."""
        self.line_speed = 9600
        """Speed that it speaks at; its line sets it."""
        self.line_parity = "N"
        """Likewise."""
        self.foreign_serial: Callable[[int], str] = lambda unit: f"STRANGER{unit:03}"
        """Serial number that the fault of that name shows for its value; a line knows its units."""
        self.moved: Callable[[], None] = lambda: None
        """Called when it has another unit id; a line wants to know."""
        self.kept: Callable[[MeterState], None] = lambda _: None
        """Called with what has to outlive the simulator, whenever that has changed."""
        self.load_profile: LoadProfile = LoadProfile(self)
        self._key = noise.key(household.seed, "meter", unit_id)
        self.event_log: EventLog = EventLog(self, noise.key(household.seed, "events", unit_id))
        self._frozen: tuple[float, int] | None = None
        self._was_powered = True
        self._voltage_level = 0
        self._busy: tuple[Fault | None, float] = (None, 0.0)
        self._kept_at = 0.0
        self._unkept = False
        self.faults = FaultBoard()
        self.restore(MeterState())
        self.join(self.faults)

    def restore(self, state: MeterState) -> None:
        """Go on from what another simulator has kept."""
        self.state: MeterState = state
        self.unit_id = self.connection.unit = state.unit_id or self._mounting.unit_id
        self.settings = state.settings or self._delivered
        self.line_speed = state.speed or self.line_speed
        self.line_parity = state.parity or self.line_parity
        self.counted = CountedEnergy(self.energy, state)
        """What it has counted, without what faults have made."""
        self.connection.connected = self.counted.contact.closed
        self.extra = ExtraEnergy(state)
        self.account = Account(self.energy, self.credit, self.counters, state)
        self.lock = Lock(self.nameplate.key, state)
        self.relay = Relay(self)
        self.updater: Updater = Updater(self.nameplate.model, state)
        self._sample: tuple[tuple[float, int], Truth] | None = None
        self._mirror: tuple[float, Truth] | None = None

    def keep(self, *, urgent: bool = True) -> None:
        """Have the state outlive the simulator; what is not ``urgent`` may wait a little."""
        now = self.clock()
        if urgent or not 0 <= now - self._kept_at < HASTE:
            self._kept_at, self._unkept = now, False
            self.extra.keep(self.state)
            self.kept(self.state)

    @property
    def circuit(self) -> str:
        """Name of the feeder."""
        return self.connection.feeder.name

    @property
    def capabilities(self) -> Capability:
        """What it can do."""
        return self.nameplate.model.capabilities

    @property
    def firmware(self) -> Version:
        """What runs on it: major, minor, patch."""
        return self.state.firmware or self.nameplate.firmware

    def local(self, time: float) -> float:
        """The meter's own time for a time in UTC."""
        return time + self._mounting.utc_offset

    def utc(self, local: float) -> float:
        """The reverse."""
        return local - self._mounting.utc_offset

    def clock_error(self, time: float) -> float:
        """Seconds by which its clock is fast at ``time`` (UTC)."""
        since, offset = float(self.installed_at), 0.0
        for setting in self.state.clocks:
            if setting.time <= time:
                since, offset = setting.time, setting.offset
        return offset + self._mounting.drift * max(0.0, time - since) / DAY

    def shown_clock(self, time: float) -> int:
        """What its clock shows at ``time``; both in seconds since 1970-01-01 UTC."""
        return int(time + self.clock_error(time))

    # --- faults ---------------------------------------------------------------------------

    def join(self, board: FaultBoard) -> None:
        """Feel the faults of a line from now on."""
        self.faults = board
        self.connection.faults = board
        board.watch(before=self.settle, after=self._faults_changed)

    @property
    def powered(self) -> bool:
        """Whether it has a supply."""
        return self.connection.powered()

    @property
    def answers(self) -> bool:
        """Whether it has a voice: it is powered, and not about to start."""
        return self.powered and self.clock() >= self.state.answers_from

    @property
    def busy(self) -> bool:
        """Whether it refuses everything for the moment."""
        return self.clock() < self._busy[1]

    @property
    def shown_serial(self) -> str:
        """The serial number that it shows on the line."""
        fault = self.faults.on(FaultKind.FOREIGN_SERIAL, self.unit_id)
        return self.foreign_serial(int(fault.size)) if fault else self.nameplate.serial

    def settle(self) -> None:
        """Work out what has happened until now; to be called before anything is looked at."""
        now = self.local(self.clock())
        since, self.state.settled_at = self.state.settled_at, now
        if since is None or since >= now:
            return
        self.relay.live(since, now)
        disturbed = self.faults and any(self.faults.on(kind, self.unit_id) for kind in ELECTRICAL)
        if self._unkept or (disturbed and self.clock() - self._kept_at > UNSAVED):
            self.keep()

    def _faults_changed(self) -> None:
        now = self.clock()
        if not self.faults.on(FaultKind.METER_FROZEN, self.unit_id):
            self._frozen = None
        elif self._frozen is None:
            self.truth()
            self._frozen = self.sample_at(now)
        busy = self.faults.on(FaultKind.BUSY, self.unit_id)
        if busy is not self._busy[0]:
            self._busy = (busy, now + busy.size if busy else 0.0)
        if self.faults.on(FaultKind.COVER_OPENED, self.unit_id) and not self.state.cover_opened:
            self.state.cover_opened = True
            self.log(3, 0)
        powered = self.powered
        if powered != self._was_powered:
            self._was_powered = powered
            if powered:
                self._start(now)
            else:
                self.log(2, 0)
        self._log_voltage(now)
        self.relay.judge(self.local(now))
        if self._unkept:
            self.keep()

    def _log_voltage(self, now: float) -> None:
        """Note the beginning of a sag (8) or swell (9) in the event log."""
        factors = self.connection.factors()
        level = -1 if factors.min() < 0.9 else int(factors.max() > 1.1)
        if self.powered and level not in (0, self._voltage_level):
            volts = self.connection.state(self.local(now)).voltage
            extreme = float(volts.min() if level < 0 else volts.max())
            self.log(8 if level < 0 else 9, round(extreme * 10))
        self._voltage_level = level

    # --- what it does ---------------------------------------------------------------------

    def log(self, code: int, value: int, *, at: float | None = None) -> None:
        """Note an event, now or ``at`` (UTC)."""
        time = int(self.clock() if at is None else at)
        self.state.log(MeterEvent(time=time, code=code, value=min(value, 0xFFFF)))
        self._unkept = True

    def mirror(self, time: float) -> None:
        """Credit or relay have changed at ``time`` (UTC): the prepayment block shows it."""
        self.state.mirrored_at = max(self.state.mirrored_at, time)
        self._mirror = None
        self._unkept = True

    def take_sample(self) -> None:
        """Measure now, out of turn; a frozen meter does not."""
        if self._frozen is None:
            now = self.clock()
            self._number_on(now, now)
            self.keep()

    def _number_on(self, now: float, taken: float) -> None:
        """A sample follows at ``taken`` on the one that shows ``now``."""
        _, sequence = self.sample_at(now)
        self.state.sampling = Sampling(since=taken, shown=taken, sequence=sequence + 1)

    def restart(self) -> None:
        """Start again: silent for a while, then with a new uptime and all that it knew."""
        self.settle()
        now = self.clock()
        self.log(2, 0)
        self.state.answers_from = now + SILENT
        self._start(now + SILENT)

    def _start(self, time: float) -> None:
        """Power comes at ``time`` (UTC), now or soon."""
        state = self.state
        self._number_on(self.clock(), time)
        state.started_at = time
        self.lock.close()
        self.log(1, 0, at=time)
        if version := self.updater.restart(self.clock()):
            self.log(10, version[0] << 8 | version[1], at=time)
        state.speed, state.parity = state.next_speed or state.speed, state.next_parity or state.parity
        state.next_speed = state.next_parity = None
        self.line_speed, self.line_parity = state.speed or self.line_speed, state.parity or self.line_parity
        self.keep()

    def pay_in(self, cents: int, *, token: int | None = None) -> None:
        """Credit ``cents`` (0.01 of the currency), from now on; counts as a top-up.

        ``token`` is the number of the token that it came with. This is also how somebody else tops
        up: at a counter, or with another master. Raises ``ValueError`` without prepayment.
        """
        if Capability.PREPAY not in self.capabilities:
            raise ValueError(f"{self.label} has no prepayment")
        self.settle()
        now = self.clock()
        if token is not None:
            remember(self.state.tokens, token)
            self.state.token_result = TokenResult.ACCEPTED
        self.account.top_up(self.local(now), cents, self.settings.rates)
        self.log(6, round(cents / 100))
        self.relay.judge(self.local(now))
        self.mirror(now)
        self.keep()

    def end_habits(self) -> None:
        """The people do not top up on their own any more; the first top-up through the line ends it too."""
        self.settle()
        self.account.end_habits(self.local(self.clock()), self.settings.rates)
        self.keep()

    def clear_flags(self) -> None:
        """Forget cover and overload, unless the cover is open."""
        self.state.overloaded = False
        self.state.cover_opened = self.faults.on(FaultKind.COVER_OPENED, self.unit_id) is not None
        self.relay.judge(self.local(self.clock()))
        self.keep()

    def move_to(self, unit_id: int) -> None:
        """Listen to another unit id."""
        self.settle()
        self.unit_id = self.connection.unit = self.state.unit_id = unit_id
        self.moved()

    # --- what it knows --------------------------------------------------------------------

    def truth(self) -> Truth:
        """What a perfect reader would decode from the present sample, and from the settings now."""
        self.settle()
        now = self.clock()
        taken = self.sample_at(now)
        if self._sample is None or self._sample[0] != taken:
            self._sample = (taken, measure(self, *taken))
        values = {
            **self._sample[1],
            "reporting_interval": self.settings.reporting_interval,
            "load_profile_interval": self.settings.load_profile_interval,
            "clock": self.shown_clock(now),
        }
        if Capability.PREPAY in self.capabilities:
            shown = max(taken[0], min(now, self.state.mirrored_at))
            if self._mirror is None or self._mirror[0] != shown:
                self._mirror = (shown, mirror(self, shown))
            values |= self._mirror[1]
        return values

    def counters(self, time: float) -> Floats:
        """Counters at a moment of the meter's own time, kWh and kvarh, shape (18,)."""
        return np.maximum(self.counted.at(time) + self.extra.at(time), 0.0)

    def day_counters(self, ordinal: int, second: float) -> Floats:
        """``counters`` at the same second of every minute of a day, shape (18, 1440)."""
        counters = self.counted.day_at(ordinal, second)
        if self.extra.counts:
            times = moments(ordinal, second).tolist()
            counters = counters + np.transpose([self.extra.at(time) for time in times])
        return np.maximum(counters, 0.0)

    def credit_at(self, time: float) -> CreditState:
        """The account at a moment of the meter's own time."""
        return self.account.at(time)

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
        if self.state.started_at is not None and self.state.started_at <= time:
            starts.append(self.state.started_at)
        return max(starts)

    def sample_at(self, time: float) -> tuple[float, int]:
        """When the sample that shows at ``time`` was taken, and its number before that wraps.

        The first sample after a start is taken at once.
        """
        if self._frozen is not None:
            return self._frozen
        interval, sampling = self.settings.reporting_interval, self.state.sampling
        taken = int(time // interval) - int(sampling.since // interval)
        shown = time // interval * interval if taken > 0 else sampling.shown
        return max(shown, math.floor(self.started_at(time))), sampling.sequence + max(0, taken)
