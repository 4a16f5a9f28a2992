"""Where settings of detection hold: on the whole site, a circuit or a meter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from ..anomaly.kinds import Kind
from ..anomaly.settings import NOTHING_SET, Settings, Tuned, Tuning, Tunings
from .fleet import Fleet


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

    def covered(self, fleet: Fleet) -> list[str]:
        """The meters for which what is set here holds."""
        return [meter.serial for meter in fleet.meters if self.covers(meter.serial, meter.circuit)]

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
