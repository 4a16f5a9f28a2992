"""Thresholds and confirmation of each kind, for the site, a circuit or a meter: the closest one counts.

``Settings.from_dict`` is the door for what people write; it says where something is wrong and what would be
right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, Self

from .kinds import Kind
from .rules import RULES

MOST_SAMPLES: Final = 60
"""Samples that a confirmation may take."""


class SettingsError(ValueError):
    """A setting that makes no sense: ``path`` says which, ``problem`` what is wrong with it."""

    def __init__(self, path: str, problem: str) -> None:
        """As ``path: problem``."""
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """What holds for one kind and meter."""

    enabled: bool
    """Whether it is looked for."""

    threshold: float
    """As ``Rule.threshold``."""

    confirm: int
    """Abnormal samples in a row that confirm it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What somebody has set of one kind; None where they left it."""

    enabled: bool | None = None
    """Whether it is looked for."""

    threshold: float | None = None
    """As ``Rule.threshold``."""

    confirm: int | None = None
    """Abnormal samples in a row that confirm it."""

    @classmethod
    def from_dict(cls, kind: Kind, stored: object, path: str) -> Self:
        """What ``as_dict`` gave or a person wrote. Raises SettingsError."""
        if not isinstance(stored, Mapping):
            raise SettingsError(path, "expected enabled, threshold or confirm")
        unknown = sorted(str(key) for key in stored.keys() - {"enabled", "threshold", "confirm"})
        if unknown:
            raise SettingsError(f"{path}.{unknown[0]}", "expected enabled, threshold or confirm")
        enabled, threshold, confirm = (stored.get(key) for key in ("enabled", "threshold", "confirm"))
        rule = RULES[kind]
        if enabled is not None and not isinstance(enabled, bool):
            raise SettingsError(f"{path}.enabled", "expected true or false")
        if threshold is not None:
            number = isinstance(threshold, int | float) and not isinstance(threshold, bool)
            if not number or not rule.low <= threshold <= rule.high:
                raise SettingsError(
                    f"{path}.threshold", f"expected a number from {rule.low:g} to {rule.high:g}"
                )
        if confirm is not None:
            whole = isinstance(confirm, int) and not isinstance(confirm, bool)
            if not whole or not 1 <= confirm <= MOST_SAMPLES:
                raise SettingsError(f"{path}.confirm", f"expected a whole number from 1 to {MOST_SAMPLES}")
        return cls(
            enabled=enabled, threshold=None if threshold is None else float(threshold), confirm=confirm
        )

    def as_dict(self) -> dict[str, Any]:
        """What is set, for storage."""
        pairs = {"enabled": self.enabled, "threshold": self.threshold, "confirm": self.confirm}
        return {key: value for key, value in pairs.items() if value is not None}

    def over(self, wider: Tuned) -> Tuned:
        """With what is left open as ``wider`` has it."""
        return Tuned(
            enabled=wider.enabled if self.enabled is None else self.enabled,
            threshold=wider.threshold if self.threshold is None else self.threshold,
            confirm=wider.confirm if self.confirm is None else self.confirm,
        )


type Tunings = Mapping[Kind, Tuning]

NOTHING_SET: Final[Tunings] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All of them."""

    site: Tunings = NOTHING_SET
    """What holds everywhere."""

    circuits: Mapping[str, Tunings] = field(default_factory=dict)
    """What holds on a circuit."""

    meters: Mapping[str, Tunings] = field(default_factory=dict)
    """What holds for a meter, by its serial number."""

    unwatched: frozenset[str] = frozenset()
    """Serial numbers of the meters that nothing is found of."""

    @classmethod
    def from_dict(cls, stored: object) -> Self:
        """What ``as_dict`` gave or a person wrote. Raises SettingsError."""
        if not isinstance(stored, Mapping):
            raise SettingsError("settings", "expected site, circuits, meters or unwatched")
        unknown = sorted(str(key) for key in stored.keys() - {"site", "circuits", "meters", "unwatched"})
        if unknown:
            raise SettingsError(unknown[0], "expected site, circuits, meters or unwatched")
        unwatched = stored.get("unwatched", [])
        if not isinstance(unwatched, list) or not all(isinstance(serial, str) for serial in unwatched):
            raise SettingsError("unwatched", "expected a list of serial numbers")
        return cls(
            site=_tunings(stored.get("site", {}), "site"),
            circuits=_by_name(stored.get("circuits", {}), "circuits"),
            meters=_by_name(stored.get("meters", {}), "meters"),
            unwatched=frozenset(unwatched),
        )

    def as_dict(self) -> dict[str, Any]:
        """For storage: plain data that ``from_dict`` takes."""
        return {
            "site": _stored(self.site),
            "circuits": {name: _stored(its) for name, its in self.circuits.items()},
            "meters": {serial: _stored(its) for serial, its in self.meters.items()},
            "unwatched": sorted(self.unwatched),
        }

    def of(self, kind: Kind, serial: str, circuit: str | None) -> Tuned:
        """What holds for one kind and meter."""
        rule = RULES[kind]
        found = Tuned(enabled=rule.enabled, threshold=rule.threshold, confirm=rule.confirm)
        wider = self.circuits.get(circuit, NOTHING_SET) if circuit is not None else NOTHING_SET
        for tunings in (self.site, wider, self.meters.get(serial, NOTHING_SET)):
            if kind in tunings:
                found = tunings[kind].over(found)
        return found

    def with_threshold(self, kind: Kind, serial: str, threshold: float) -> Self:
        """With another threshold of one kind for one meter. Raises SettingsError."""
        its = self.meters.get(serial, NOTHING_SET)
        stored = its.get(kind, Tuning()).as_dict() | {"threshold": threshold}
        tuning = Tuning.from_dict(kind, stored, f"meters.{serial}.{kind}")
        return replace(self, meters={**self.meters, serial: {**its, kind: tuning}})


def _tunings(stored: object, path: str) -> Tunings:
    if not isinstance(stored, Mapping):
        raise SettingsError(path, "expected kinds of findings")
    found = {}
    for name, tuning in stored.items():
        if name not in {kind.value for kind in Kind}:
            raise SettingsError(f"{path}.{name}", f"expected one of {', '.join(Kind)}")
        found[Kind(name)] = Tuning.from_dict(Kind(name), tuning, f"{path}.{name}")
    return found


def _by_name(stored: object, path: str) -> dict[str, Tunings]:
    if not isinstance(stored, Mapping):
        raise SettingsError(path, "expected names")
    return {str(name): _tunings(its, f"{path}.{name}") for name, its in stored.items()}


def _stored(tunings: Tunings) -> dict[str, Any]:
    return {kind.value: tuning.as_dict() for kind, tuning in tunings.items()}
