"""What is set of one kind of finding, at one place: the whole site, a circuit or a meter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from homeassistant.const import PERCENTAGE, UnitOfElectricCurrent, UnitOfPower, UnitOfTime

from ..anomaly.kinds import Kind
from ..anomaly.rules import RULES
from ..anomaly.settings import NOTHING_SET, Settings, Tuned, Tuning, Tunings
from ..detection.fleet import Fleet


class Reach(StrEnum):
    """How far a setting goes."""

    SITE = "site"
    CIRCUIT = "circuit"
    METER = "meter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is set."""

    reach: Reach = Reach.SITE

    name: str = ""
    """Name of the circuit, or serial number of the meter."""

    circuit: str | None = None
    """The circuit that holds there as well, or itself."""

    def tunings(self, settings: Settings) -> Tunings:
        """What is set at this very place."""
        match self.reach:
            case Reach.SITE:
                return settings.site
            case Reach.CIRCUIT:
                return settings.circuits.get(self.name, NOTHING_SET)
        return settings.meters.get(self.name, NOTHING_SET)

    def tuned(self, settings: Settings, kind: Kind) -> Tuned:
        """What holds here."""
        return settings.of(kind, self.name if self.reach is Reach.METER else "", self.circuit)

    def source(self, settings: Settings, kind: Kind, what: str) -> Reach | None:
        """Where that comes from which holds here; None: from nobody, it is as by default."""
        circuit = NOTHING_SET if self.circuit is None else settings.circuits.get(self.circuit, NOTHING_SET)
        places = {
            Reach.METER: self.tunings(settings) if self.reach is Reach.METER else NOTHING_SET,
            Reach.CIRCUIT: circuit,
            Reach.SITE: settings.site,
        }
        for reach, tunings in places.items():
            if kind in tunings and getattr(tunings[kind], what) is not None:
                return reach
        return None

    def with_tuning(self, settings: Settings, kind: Kind, tuning: Tuning) -> Settings:
        """The same settings with another one at this place; a tuning that says nothing takes it away."""
        tunings = {one: its for one, its in self.tunings(settings).items() if one is not kind}
        if tuning != Tuning():
            tunings[kind] = tuning
        if self.reach is Reach.SITE:
            return replace(settings, site=tunings)
        if self.reach is Reach.CIRCUIT:
            return replace(settings, circuits=_with(settings.circuits, self.name, tunings))
        return replace(settings, meters=_with(settings.meters, self.name, tunings))

    def covers(self, serial: str, circuit: str | None) -> bool:
        """Whether what is set here holds for a meter."""
        match self.reach:
            case Reach.SITE:
                return True
            case Reach.CIRCUIT:
                return circuit == self.name
        return serial == self.name

    def serials(self, fleet: Fleet) -> list[str]:
        """The meters that it holds for, and those that bear witness for them: the rest of the circuit."""
        if self.reach is Reach.SITE:
            return fleet.serials
        return [
            meter.serial
            for meter in fleet.meters
            if meter.serial == self.name or (self.circuit is not None and meter.circuit == self.circuit)
        ]


def _with(places: Mapping[str, Tunings], name: str, tunings: Tunings) -> dict[str, Tunings]:
    others = {one: its for one, its in places.items() if one != name}
    return {**others, name: tunings} if tunings else others


TIMES: Final = "×"

_IN_SHARES: Final = frozenset(
    {
        Kind.OUTAGE,
        Kind.VOLTAGE_SAG,
        Kind.UNDERVOLTAGE,
        Kind.VOLTAGE_SWELL,
        Kind.PHASE_LOSS,
        Kind.SHORT_CIRCUIT,
        Kind.OVERLOAD,
        Kind.LOAD_COLLAPSE,
        Kind.STUCK_LOAD,
        Kind.LEAK,
        Kind.HIGH_USAGE,
        Kind.LOW_USAGE,
        Kind.DRIFT,
        Kind.DAILY_SHAPE,
        Kind.METER_FROZEN,
    }
)

UNITS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        **dict.fromkeys(_IN_SHARES, TIMES),
        Kind.PHASE_IMBALANCE: PERCENTAGE,
        Kind.CURRENT_IMBALANCE: PERCENTAGE,
        Kind.FREQUENCY: PERCENTAGE,
        Kind.HARMONIC_DISTORTION: PERCENTAGE,
        Kind.ZERO_CURRENT: UnitOfElectricCurrent.AMPERE,
        Kind.LASTING_CHANGE: UnitOfTime.DAYS,
        Kind.UNUSUAL_USAGE: "σ",
        Kind.REVERSE_ENERGY: UnitOfPower.WATT,
    }
)
"""Kind -> unit of its threshold, where it has one; ``×``: so many times what it is compared with."""


def has_threshold(kind: Kind) -> bool:
    """Whether its threshold can be set at all."""
    return RULES[kind].low < RULES[kind].high


def tuning_of(kind: Kind, entered: Mapping[str, Any]) -> Tuning:
    """What somebody has entered of a kind. Raises SettingsError."""
    stored: dict[str, Any] = {}
    if entered["enabled"] != AS_IT_WAS:
        stored["enabled"] = entered["enabled"] == LOOK
    if "threshold" in entered:
        stored["threshold"] = entered["threshold"]
    if "confirm" in entered:
        confirm = float(entered["confirm"])
        stored["confirm"] = int(confirm) if confirm.is_integer() else confirm
    return Tuning.from_dict(kind, stored, kind.value)


AS_IT_WAS: Final = "as_it_was"
LOOK: Final = "look"
IGNORE: Final = "ignore"
"""What a form offers for ``Tuning.enabled``."""


def as_entered(tuning: Tuning) -> dict[str, Any]:
    """A tuning as somebody would have entered it."""
    enabled = {None: AS_IT_WAS, True: LOOK, False: IGNORE}[tuning.enabled]
    return {"enabled": enabled, "threshold": tuning.threshold, "confirm": tuning.confirm}
