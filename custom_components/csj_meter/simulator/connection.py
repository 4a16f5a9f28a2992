"""Where a household meets its feeder: what faults make of its voltage and its load.

A ``Connection`` is the wiring of one meter. The feeder asks it for the load, the meter for the
electrical state that its measuring elements see; faults come in between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from . import noise
from .appliances import RESISTIVE
from .faults import Fault, FaultBoard, FaultKind
from .feeder import Feeder
from .household import Household, Load, moments
from .noise import Floats

SERVICE_RESISTANCE: Final = 0.03
"""Ohm of the cable from the feeder to one home."""

PHASE_LOST: Final = 0.1
"""Share of the voltage below which nothing runs."""

RESIDUAL: Final = 0.015
"""Share of the voltage that a lost phase still shows."""

VOLTAGE_EXPONENT: Final = 1.3
"""How the power of a home follows its voltage."""

STARTING_CURRENT: Final = 0.01
"""A below which a meter shows nothing."""

LIVELY: Final = 15.0
"""VA below which harmonics are no longer related to the small fundamental."""

LARGEST_DISTORTION: Final = 300.0
"""% of the fundamental that all orders together may show."""

ORDERS: Final = np.arange(2, 32)

BACKGROUND_HARMONICS: Final = np.full(ORDERS.size, 0.02)
"""Voltage harmonics that the grid brings along, % of the fundamental, orders 2..31."""
for _order, _share in {3: 0.55, 5: 1.25, 7: 0.8, 9: 0.2, 11: 0.35, 13: 0.25, 15: 0.1, 17: 0.12}.items():
    BACKGROUND_HARMONICS[_order - 2] = _share


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Electrical:
    """The electrical state at one moment, as a meter sees it."""

    voltage: Floats
    """V per phase."""

    active: Floats
    """W per phase."""

    reactive: Floats
    """var per phase."""

    current: Floats
    """A per phase."""

    neutral: float
    """A."""

    voltage_harmonics: Floats
    """% of the fundamental, shape (phases, 30)."""

    current_harmonics: Floats
    """Likewise."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ElectricalDay:
    """The electrical state at one second of every minute of a day; shape (phases, 1440)."""

    voltage: Floats
    """V."""

    active: Floats
    """W."""

    reactive: Floats
    """var."""

    current: Floats
    """A."""

    neutral: Floats
    """A, shape (1440,)."""

    voltage_thd: Floats
    """%."""

    current_thd: Floats
    """%."""


class Connection:
    """One home on its feeder."""

    def __init__(
        self, unit_id: int, household: Household, feeder: Feeder, phases: tuple[int, ...], max_power: float
    ) -> None:
        """Connect a home to ``phases`` (0..2) of a feeder; the meter is made for ``max_power`` W a phase."""
        self.household = household
        self.feeder = feeder
        self.phases = phases
        self.faults = FaultBoard()
        self.unit = unit_id
        """Whose faults it feels."""
        self.connected: Callable[[float], bool] = lambda _: True
        """Whether the relay lets current through, at a moment of the meter's own time."""
        self._max_power = max_power
        self._key = noise.key(household.seed, "connection", unit_id)
        feeder.attach(self)

    def factors(self) -> Floats:
        """What sags, swells, imbalance and lost phases leave of the voltage, shape (phases,)."""
        factors = np.ones(len(self.phases))
        if self.faults:
            alone = len(self.phases) == 1
            own = (0,) if alone else (0, 1, 2)
            factors *= _disturbance(lambda kind: self.faults.of_unit(kind, self.unit), own, alone)
            factors *= _disturbance(self.faults.of_line, self.phases, False)
        return factors

    def powered(self) -> bool:
        """Whether the meter has a supply: a single-phase one goes out with its phase."""
        if self.faults.on(FaultKind.METER_DEAD, self.unit):
            return False
        return bool((self.factors() > PHASE_LOST).any())

    def load(self, time: float, *, steady: bool = False) -> Load:
        """What the home draws at a moment of the meter's own time, faults included.

        ``steady``: the mean of that minute.
        """
        load = self.household.at(time, steady=steady)
        if not self.connected(time):
            return _none_of(load)
        if not self.faults:
            return load
        factors = self.factors()
        strength = np.where(factors > PHASE_LOST, factors**VOLTAGE_EXPONENT, 0.0)
        active, reactive = load.active * strength, load.reactive * strength
        distortion = load.distortion * strength[:, None]
        first = int(np.argmax(strength > 0))
        for kind in (FaultKind.LEAK, FaultKind.STUCK_APPLIANCE):
            if (fault := self.faults.on(kind, self.unit)) and strength.any():
                active[first] += fault.size
                distortion[first] += fault.size * RESISTIVE
        if fault := self.faults.on(FaultKind.OVERLOAD, self.unit):
            active = np.maximum(active, fault.size * self._max_power * strength)
        return Load(active=active, reactive=reactive, distortion=distortion)

    def loads(self, ordinal: int, second: float) -> tuple[Floats, Floats]:
        """W and var of an undisturbed day at the same second of every minute, shape (phases, 1440)."""
        day = self.household.day(ordinal)
        strength = 1 + self.household.ripple.day_at(ordinal, second)
        strength = strength * [self.connected(time) for time in moments(ordinal, second).tolist()]
        return day.active * strength, day.reactive * strength

    def metered(self, time: float, *, steady: bool = False) -> Load:
        """What of the load goes through the measuring elements."""
        load = self.load(time, steady=steady)
        if self.faults and (
            self.faults.on(FaultKind.ZERO_CURRENT, self.unit)
            or self.faults.on(FaultKind.METER_DEAD, self.unit)
        ):
            return _none_of(load)
        return load

    def day_at(self, ordinal: int, second: float, feeder: Floats) -> ElectricalDay:
        """``state`` of an undisturbed day at the same second of every minute.

        ``feeder``: its voltages then, V, shape (3, 1440).
        """
        active, reactive = self.loads(ordinal, second)
        voltage = feeder[list(self.phases)] - SERVICE_RESISTANCE * active / self.feeder.nominal
        apparent = np.hypot(active, reactive)
        current = np.where(voltage > 1, apparent / np.maximum(voltage, 1), 0.0)
        flows = current >= STARTING_CURRENT
        metered = self.household.distortion(ordinal) * (apparent > 0)[:, :, None]
        current = current * flows
        angles = np.arctan2(reactive * flows, active * flows)
        angles += np.arange(len(self.phases))[:, None] * 2 * np.pi / 3
        wander = 1 + 0.15 * noise.smooths(self._key, moments(ordinal, second), 1800)
        own = 100 * self.feeder.reactance * ORDERS * metered / self.feeder.nominal**2
        spectra = (BACKGROUND_HARMONICS * wander[:, None] + own) * (voltage > 20)[:, :, None]
        thd = np.linalg.norm(metered, axis=2) * 100 / np.maximum(apparent, LIVELY)
        return ElectricalDay(
            voltage=voltage,
            active=active * flows,
            reactive=reactive * flows,
            current=current,
            neutral=np.abs((current * np.exp(1j * angles)).sum(axis=0)),
            voltage_thd=np.linalg.norm(spectra, axis=2),
            current_thd=np.minimum(thd, LARGEST_DISTORTION) * flows,
        )

    def state(self, time: float) -> Electrical:
        """Voltages, currents and powers at a moment of the meter's own time."""
        metered = self.metered(time)
        feeder = self.feeder.voltages(time)[list(self.phases)]
        drop = SERVICE_RESISTANCE * self.load(time).active / self.feeder.nominal
        voltage = (feeder - drop) * self.factors()
        apparent = np.hypot(metered.active, metered.reactive)
        current = np.where(voltage > 1, apparent / np.maximum(voltage, 1), 0.0)
        flows = current >= STARTING_CURRENT
        active, reactive, current = metered.active * flows, metered.reactive * flows, current * flows
        angles = np.arctan2(reactive, active) + np.arange(len(self.phases)) * 2 * np.pi / 3
        wander = 1 + 0.15 * noise.smooth(self._key, time, 1800)
        own = 100 * self.feeder.reactance * ORDERS * metered.distortion / self.feeder.nominal**2
        distortion = 100 * metered.distortion / np.maximum(apparent, LIVELY)[:, None]
        thd = np.linalg.norm(distortion, axis=1, keepdims=True)
        distortion *= LARGEST_DISTORTION / np.maximum(thd, LARGEST_DISTORTION)
        return Electrical(
            voltage=voltage,
            active=active,
            reactive=reactive,
            current=current,
            neutral=float(abs((current * np.exp(1j * angles)).sum())),
            voltage_harmonics=(BACKGROUND_HARMONICS * wander + own) * (voltage > 20)[:, None],
            current_harmonics=distortion * flows[:, None],
        )


def _none_of(load: Load) -> Load:
    """The load of nothing, on as many phases."""
    nothing = np.zeros_like(load.active)
    return Load(active=nothing, reactive=nothing, distortion=np.zeros_like(load.distortion))


def _disturbance(look: Callable[[FaultKind], Fault | None], phases: tuple[int, ...], alone: bool) -> Floats:
    """Voltage factors of ``phases`` from the faults of one place; ``alone``: any lost phase is this one."""
    factors = np.ones(len(phases))
    if sag := look(FaultKind.VOLTAGE_SAG):
        factors *= 1 - sag.size
    if swell := look(FaultKind.VOLTAGE_SWELL):
        factors *= 1 + swell.size
    if imbalance := look(FaultKind.PHASE_IMBALANCE):
        # the mean stays, so the largest deviation from it is the magnitude
        weak, strong = 1 - imbalance.size, 1 + imbalance.size / 2
        factors *= np.array([strong if phase else weak for phase in phases])
    if loss := look(FaultKind.PHASE_LOSS):
        factors[[alone or phase == int(loss.size) - 1 for phase in phases]] = RESIDUAL
    return factors
