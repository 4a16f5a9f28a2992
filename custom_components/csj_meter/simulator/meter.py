"""One simulated meter: measures its household on its feeder and remembers.

Everything it says is a function of seed and time, except what faults have done to it while the
simulator ran: that is kept here as extra energy, restarts and events. ``truth`` gives the values
of the present sample under the canonical names, as a perfect reader would decode them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
import math
from typing import Final

import numpy as np

from . import noise
from .appliances import RESISTIVE, winter
from .credit import Credit, CreditState
from .energy import ROWS, TARIFFS, EnergyHistory, counters_per_hour
from .faults import ELECTRICAL, Fault, FaultBoard, FaultKind
from .feeder import SERVICE_RESISTANCE, Feeder, unbalance
from .files import EventLog, LoadProfile, MeterEvent
from .household import DAY, Household, Load
from .models import Capability, Nameplate, Settings
from .noise import Floats
from .past import HistoryRow, history

type Truth = Mapping[str, float | int | str | tuple[float, ...] | None]
"""Canonical quantity -> value at register resolution; codes as numbers; None where absent."""

PHASE_LOST: Final = 0.1
"""Share of the voltage below which nothing runs."""

RESIDUAL: Final = 0.015
"""Share of the voltage that a lost phase still shows."""

VOLTAGE_EXPONENT: Final = 1.3
"""How the power of a home follows its voltage."""

BACKGROUND_HARMONICS: Final = np.array(
    [{3: 0.55, 5: 1.25, 7: 0.8, 9: 0.2, 11: 0.35, 13: 0.25, 15: 0.1, 17: 0.12, 19: 0.1}.get(order, 0.02)
     for order in range(2, 32)]
)  # fmt: skip
"""Voltage harmonics that the grid brings along, % of the fundamental, orders 2..31."""

REMEMBERED: Final = 10_000
"""How many moments of extra energy are kept at least; older ones blur."""

STARTING_CURRENT: Final = 0.01
"""A below which a meter shows and counts nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Electrical:
    """The electrical state at one moment."""

    voltage: Floats
    """V per phase."""

    active: Floats
    """W per phase, as measured."""

    reactive: Floats
    """var per phase, as measured."""

    current: Floats
    """A per phase."""

    neutral: float
    """A."""

    voltage_harmonics: Floats
    """% of the fundamental, shape (phases, 30)."""

    current_harmonics: Floats
    """Likewise."""


class SimulatedMeter:
    """A meter at one unit id."""

    def __init__(
        self,
        *,
        unit_id: int,
        nameplate: Nameplate,
        household: Household,
        feeder: Feeder,
        phases: tuple[int, ...],
        installed: int,
        clock: Callable[[], float],
        settings: Settings | None = None,
        comfort: float = 8.0,
        utc_offset: int = 0,
        initial_import: float = 0.0,
        label: str = "",
        turnaround: float | None = None,
    ) -> None:
        """Mount a meter.

        ``phases`` of the feeder (0..2) it is connected to, ``installed`` the ordinal of its first
        day, ``clock`` seconds since 1970-01-01 UTC, ``comfort`` the balance below which the people
        top up, ``utc_offset`` s of the meter's own time, ``initial_import`` kWh at installation,
        ``turnaround`` s before it answers (None: that of the line).
        Raises ``ValueError`` when phases, household and model do not fit together.
        """
        if not len(phases) == household.phases == nameplate.model.phases:
            raise ValueError(f"unit {unit_id}: a {nameplate.model.name} has {nameplate.model.phases} phases")
        if not 1 <= unit_id <= 247:
            raise ValueError(f"unit {unit_id} is not a unit id: use 1 to 247")
        self.unit_id = unit_id
        self.nameplate = nameplate
        self.household = household
        self.feeder = feeder
        self.phases = phases
        self.settings = settings or Settings()
        self.label = label or f"meter {unit_id}"
        self.turnaround = turnaround
        self.installed_at = installed * DAY - utc_offset
        self.clock = clock
        self.energy = EnergyHistory(household, self.settings.schedule, installed, initial_import)
        self.credit = Credit(self.energy, self.settings.prices, household.seed, comfort)
        self.events: list[MeterEvent] = []
        """What happened while the simulator ran; the invented past is in ``files``."""
        self.line_speed = 9600
        """What register 0x0505 says; a line sets it."""
        self.line_parity = "N"
        """What register 0x0506 says; a line sets it."""
        self.foreign_serial: Callable[[int], str] = lambda unit: f"STRANGER{unit:03}"
        """Serial number that ``foreign_serial`` shows for its value; a line gives that of the named unit."""
        self.load_profile = LoadProfile(self)
        self.event_log = EventLog(self)
        self._utc_offset = utc_offset
        self._key = noise.key(household.seed, "meter", unit_id)
        self._restarted_at: float | None = None
        self._frozen_at: float | None = None
        self._was_powered = True
        self._voltage_level = 0
        self._extra_times = [-math.inf]
        self._extra = [np.zeros(ROWS)]
        self._settled_at: float | None = None
        self._sample: tuple[float, Truth] | None = None
        feeder.attach(self)
        self.join(FaultBoard())

    @property
    def circuit(self) -> str:
        """Name of the feeder."""
        return self.feeder.name

    @property
    def capabilities(self) -> Capability:
        """What it can do."""
        return self.nameplate.model.capabilities

    def join(self, board: FaultBoard) -> None:
        """Feel the faults of a line."""
        self.faults = board
        board.watch(before=self._settle, after=self._faults_changed)

    def local(self, time: float) -> float:
        """The meter's own time, without daylight saving, for a time in UTC."""
        return time + self._utc_offset

    def utc(self, local: float) -> float:
        """The reverse."""
        return local - self._utc_offset

    # --- what faults do -------------------------------------------------------------------

    @property
    def powered(self) -> bool:
        """Whether it has a supply: a single-phase meter goes out with its phase."""
        if self.faults.on(FaultKind.METER_DEAD, self.unit_id):
            return False
        return bool((self._voltage_factors() > PHASE_LOST).any())

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
        factors = self._voltage_factors()
        level = -1 if factors.min() < 0.9 else int(factors.max() > 1.1)
        if powered and level not in (0, self._voltage_level):
            volts = self.electrical(now).voltage
            extreme = float(volts.min() if level < 0 else volts.max())
            self.events.append(
                MeterEvent(time=int(now), code=8 if level < 0 else 9, value=round(extreme * 10))
            )
        self._voltage_level = level

    def _voltage_factors(self) -> Floats:
        """What sags, swells, imbalance and lost phases make of the voltage of every phase."""
        factors = np.ones(len(self.phases))
        if self.faults:
            board, unit = self.faults, self.unit_id
            alone = len(self.phases) == 1
            own = (0,) if alone else (0, 1, 2)
            factors *= _disturbance(lambda kind: board.of_unit(kind, unit), own, alone)
            factors *= _disturbance(board.of_line, self.phases, False)
        return factors

    def load(self, time: float) -> Load:
        """What the household draws at a moment of the meter's own time, faults included."""
        load = self.household.at(time)
        if not self.faults:
            return load
        factors = self._voltage_factors()
        strength = np.where(factors > PHASE_LOST, factors**VOLTAGE_EXPONENT, 0.0)
        active, reactive = load.active * strength, load.reactive * strength
        distortion = load.distortion * strength[:, None]
        first = int(np.argmax(strength > 0))
        for kind in (FaultKind.LEAK, FaultKind.STUCK_APPLIANCE):
            if (fault := self.faults.on(kind, self.unit_id)) and strength.any():
                active[first] += fault.size
                distortion[first] += fault.size * RESISTIVE
        if fault := self.faults.on(FaultKind.OVERLOAD, self.unit_id):
            power = fault.size * self.nameplate.max_current * self.nameplate.rated_voltage
            active = np.maximum(active, power * strength)
        return Load(active=active, reactive=reactive, distortion=distortion)

    def _metered(self, time: float) -> Load:
        """What of the load goes through the measuring element."""
        load = self.load(time)
        if self.faults.on(FaultKind.ZERO_CURRENT, self.unit_id) or not self.powered:
            nothing = np.zeros(len(self.phases))
            return Load(active=nothing, reactive=nothing, distortion=np.zeros_like(load.distortion))
        return load

    def _settle(self) -> None:
        """Count what the faults of the time since the last settlement have added or taken away."""
        now = self.local(self.clock())
        since = self._settled_at
        self._settled_at = now
        if since is None or not any(self.faults.on(kind, self.unit_id) for kind in ELECTRICAL):
            return
        extra = self._extra[-1].copy()
        if since > self._extra_times[-1]:
            self._extra_times.append(since)
            self._extra.append(extra.copy())
        while since < now:
            until = min(now, (since // 60 + 1) * 60)
            middle = (since + until) / 2
            tariff = np.array([self.settings.schedule.tariff(middle)])
            real, base = self._metered(middle), self.household.at(middle)
            rates = counters_per_hour(_total(real.active), _total(real.reactive), tariff)
            rates -= counters_per_hour(_total(base.active), _total(base.reactive), tariff)
            extra += rates[:, 0] * (until - since) / 3600
            since = until
        if len(self._extra) > 2 and self._extra_times[-2] // 60 == now // 60:
            self._extra_times.pop()
            self._extra.pop()
        self._extra_times.append(now)
        self._extra.append(extra)
        if len(self._extra) > 2 * REMEMBERED:
            del self._extra_times[1:REMEMBERED], self._extra[1:REMEMBERED]

    def extra(self, time: float) -> Floats:
        """What faults have added to the counters until a moment of the meter's own time, shape (18,)."""
        place = bisect_right(self._extra_times, time) - 1
        extra = self._extra[place]
        if 0 < place < len(self._extra) - 1:
            start, end = self._extra_times[place : place + 2]
            extra = extra + (self._extra[place + 1] - extra) * (time - start) / (end - start)
        return extra

    def counters(self, time: float) -> Floats:
        """Counters at a moment of the meter's own time, kWh and kvarh, shape (18,)."""
        return np.maximum(self.energy.at(time) + self.extra(time), 0.0)

    def credit_at(self, time: float) -> CreditState:
        """The account at a moment of the meter's own time."""
        state = self.credit.at(time)
        return CreditState(
            balance=state.balance - self.credit.cost(self.extra(time)),
            top_up_count=state.top_up_count,
            last_top_up=state.last_top_up,
        )

    def history(self, start: float, end: float, step: int = 3600) -> Iterator[HistoryRow]:
        """Its past from ``start`` to ``end`` (UTC) in steps of whole minutes, oldest first."""
        return history(self, start, end, step)

    # --- measuring ------------------------------------------------------------------------

    def _sampled_at(self, time: float) -> float:
        """When the sample that shows at ``time`` was taken."""
        if self._frozen_at is not None:
            return self._frozen_at
        interval = self.settings.reporting_interval
        return max(math.floor(time / interval) * interval, self.started_at(time))

    def invented_starts(self, time: float) -> list[float]:
        """When the supply came back after the power cuts of its past, up to ``time``."""
        spell = DAY * (40 + 50 * noise.uniform(self._key, 1))
        spells = max(0, math.floor((time - self.installed_at) / spell))
        return [self.installed_at + math.floor(number * spell) for number in range(1, spells + 1)]

    def started_at(self, time: float) -> float:
        """When it was last switched on."""
        invented = [self.installed_at, *self.invented_starts(time)][-1]
        return invented if self._restarted_at is None else max(invented, self._restarted_at)

    @property
    def shown_serial(self) -> str:
        """The serial number that it shows on the line."""
        fault = self.faults.on(FaultKind.FOREIGN_SERIAL, self.unit_id)
        return self.foreign_serial(int(fault.size)) if fault else self.nameplate.serial

    def electrical(self, time: float) -> Electrical:
        """Voltages, currents and powers at ``time`` (UTC)."""
        local = self.local(time)
        factors = self._voltage_factors()
        metered = self._metered(local)
        feeder = self.feeder.voltages(local)[list(self.phases)]
        voltage = (feeder - SERVICE_RESISTANCE * self.load(local).active / self.feeder.nominal) * factors
        apparent = np.hypot(metered.active, metered.reactive)
        current = np.where(voltage > 1, apparent / np.maximum(voltage, 1), 0.0)
        quiet = current < STARTING_CURRENT
        active = np.where(quiet, 0.0, metered.active)
        reactive = np.where(quiet, 0.0, metered.reactive)
        current = np.where(quiet, 0.0, current)
        angles = np.arctan2(reactive, active) + np.arange(len(self.phases)) * 2 * np.pi / 3
        fundamental = np.maximum(apparent, 15.0)
        distortion = 100 * metered.distortion / fundamental[:, None]
        wander = 1 + 0.15 * noise.smooth(self._key + 1, local, 1800)
        orders = np.arange(2, 32)
        own = 100 * self.feeder.reactance * orders * metered.distortion / self.feeder.nominal**2
        return Electrical(
            voltage=voltage,
            active=active,
            reactive=reactive,
            current=current,
            neutral=float(abs((current * np.exp(1j * angles)).sum())),
            voltage_harmonics=np.where((voltage > 20)[:, None], BACKGROUND_HARMONICS * wander + own, 0.0),
            current_harmonics=np.where(quiet[:, None], 0.0, np.minimum(distortion, 320.0)),
        )

    def truth(self) -> Truth:
        """What a perfect reader would decode from the present sample (and from the settings now)."""
        self._settle()
        time = self._sampled_at(self.clock())
        if self._sample is None or self._sample[0] != time:
            self._sample = (time, self._measure(time))
        return {**self._sample[1], "clock": int(self.clock())}

    def _measure(self, time: float) -> Truth:
        plate, settings = self.nameplate, self.settings
        local = self.local(time)
        state = self.electrical(time)
        three = len(self.phases) == 3
        active, reactive = np.round(state.active, 1), np.round(state.reactive, 1)
        apparent = np.round(np.hypot(state.active, state.reactive), 1)
        values: dict[str, float | int | str | tuple[float, ...] | None] = {}

        def per_phase(name: str, items: Floats, digits: int) -> None:
            for phase in range(3):
                here = phase < len(self.phases)
                values[f"{name}_l{phase + 1}"] = round(float(items[phase]), digits) if here else None

        per_phase("voltage", state.voltage, 1)
        lines = _line_voltages(state.voltage) if three else (None, None, None)
        for name, volts in zip(("l1_l2", "l2_l3", "l3_l1"), lines, strict=True):
            values[f"voltage_{name}"] = None if volts is None else round(volts, 1)
        per_phase("current", state.current, 3)
        values["current_n"] = round(state.neutral, 3)
        for name, items in (
            ("active_power", active),
            ("reactive_power", reactive),
            ("apparent_power", apparent),
        ):
            per_phase(name, items, 1)
            values[name] = round(float(items.sum()), 1)
        per_phase("power_factor", _power_factor(active, apparent), 3)
        values["power_factor"] = round(float(_power_factor(active.sum(), apparent.sum())), 3)
        values["frequency"] = round(self.feeder.frequency(local), 2)
        per_phase("voltage_thd", np.linalg.norm(state.voltage_harmonics, axis=1), 2)
        per_phase("current_thd", np.linalg.norm(state.current_harmonics, axis=1), 2)
        for phase in range(3):
            here = phase < len(self.phases) and Capability.HARMONICS in self.capabilities
            for name, spectrum in (
                ("voltage", state.voltage_harmonics),
                ("current", state.current_harmonics),
            ):
                values[f"{name}_harmonics_l{phase + 1}"] = (
                    tuple(round(float(item), 2) for item in spectrum[phase]) if here else None
                )
        values["voltage_unbalance"] = round(100 * unbalance(state.voltage), 2) if three else None
        values["current_unbalance"] = round(100 * unbalance(state.current), 2) if three else None
        values["temperature"] = (
            round(self._temperature(local, state.current), 1) if plate.thermometer else None
        )
        values["battery_voltage"] = round(3.63 - 0.00009 * (time - self.installed_at) / 86400, 3)
        values["active_tariff"] = settings.schedule.tariff(local)
        values["uptime"] = int(time - self.started_at(time))
        values["sequence"] = int(time // settings.reporting_interval) % 65536
        values |= self._counted(local)
        if Capability.PREPAY in self.capabilities:
            values |= self._prepaid(local)
        values["status"] = self._status(state, values)
        values["reporting_interval"] = settings.reporting_interval
        values["load_profile_interval"] = settings.load_profile_interval
        return values

    def _counted(self, local: float) -> Truth:
        counters = np.floor(self.counters(local) * 100 + 1e-6) / 100 % 1_000_000
        values: dict[str, float | None] = {}
        # a meter counts every tariff in whole steps of 0.01 kWh, so that its total is their sum
        for name, offset, offered in (
            ("energy_import", 0, True),
            ("energy_export", TARIFFS, Capability.EXPORT in self.capabilities),
        ):
            tariffs = counters[offset : offset + TARIFFS]
            values[name] = round(float(tariffs.sum()) % 1_000_000, 2) if offered else None
            for tariff in range(TARIFFS):
                counted = offered and tariff < self.nameplate.tariffs
                values[f"{name}_t{tariff + 1}"] = round(float(tariffs[tariff]), 2) if counted else None
        values["reactive_energy_import"] = round(float(counters[-2]), 2)
        values["reactive_energy_export"] = round(float(counters[-1]), 2)
        values["max_demand"] = round(self.energy.max_demand(local), 1)
        return values

    def _prepaid(self, local: float) -> Truth:
        settings = self.settings
        state = self.credit_at(local)
        values: dict[str, float | int | None] = {
            "balance": round(state.balance, 2),
            "credit_mode": 0,
            "top_up_count": state.top_up_count,
            "last_top_up": round(state.last_top_up, 2),
            "overdraft_limit": settings.overdraft_limit,
            "credit_alarm_1": settings.alarms[0],
            "credit_alarm_2": settings.alarms[1],
            "relay_contact": 1,
            "relay_mode": 0,
            "relay_cause": 0,
            "currency": settings.currency,
        }
        for tariff in range(TARIFFS):
            counted = tariff < self.nameplate.tariffs
            values[f"price_t{tariff + 1}"] = round(settings.prices[tariff], 4) if counted else None
        return values

    def _status(self, state: Electrical, values: Truth) -> int:
        bits = 1
        balance = values.get("balance")
        if isinstance(balance, float):
            bits |= (balance < 0) << 1
            bits |= (balance < self.settings.alarms[0]) << 2
            bits |= (balance < self.settings.alarms[1]) << 3
        bits |= bool((state.current > self.nameplate.max_current).any()) << 4
        return bits

    def _temperature(self, local: float, current: Floats) -> float:
        ordinal, second = divmod(local, DAY)
        warm = 3 * math.sin(2 * math.pi * (second / DAY - 0.38))
        load = 9 * (float(current.max()) / self.nameplate.max_current) ** 2
        return 23 - 8 * winter(int(ordinal)) + warm + load + 1.5 * noise.smooth(self._key + 2, local, 7200)


def _disturbance(look: Callable[[FaultKind], Fault | None], phases: tuple[int, ...], alone: bool) -> Floats:
    """Voltage factors of ``phases`` from the faults of one place; ``alone``: any lost phase is this one."""
    factors = np.ones(len(phases))
    if sag := look(FaultKind.VOLTAGE_SAG):
        factors *= 1 - sag.size
    if swell := look(FaultKind.VOLTAGE_SWELL):
        factors *= 1 + swell.size
    if imbalance := look(FaultKind.PHASE_IMBALANCE):
        weak, strong = 1 - imbalance.size, 1 + imbalance.size / 2
        factors *= np.array([strong if phase else weak for phase in phases])
    if loss := look(FaultKind.PHASE_LOSS):
        factors[[alone or phase == int(loss.size) - 1 for phase in phases]] = RESIDUAL
    return factors


def _total(items: Floats) -> Floats:
    return np.array([items.sum()])


def _line_voltages(volts: Floats) -> tuple[float, ...]:
    """L1-L2, L2-L3, L3-L1 of three voltages that are 120 degrees apart."""
    return tuple(
        math.sqrt(a * a + b * b + a * b)
        for a, b in ((volts[0], volts[1]), (volts[1], volts[2]), (volts[2], volts[0]))
    )


def _power_factor(active: Floats | float, apparent: Floats | float) -> Floats:
    """P / S with the sign of P, 1 where nothing flows."""
    safe = np.maximum(apparent, 1e-9)
    return np.asarray(np.where(np.asarray(apparent) > 0, np.clip(active / safe, -1, 1), 1.0))
