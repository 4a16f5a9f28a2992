"""The YAML file with thresholds, as ``Settings`` has them, and what measurements do not say of meters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, override

import yaml

from custom_components.csj_meter.anomaly.meter import FeederPhase
from custom_components.csj_meter.anomaly.settings import Settings, SettingsError

from ..errors import CommandError

MOST_BYTES: Final = 4 << 20
"""A line for each kind of each of 2 500 meters is less."""

IDENTITY: Final = "identity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What somebody has said of a meter; None or the default where they have not."""

    phases: int | None = None
    """1 or 3."""

    rated_voltage: float | None = None
    """Nominal phase voltage, V."""

    max_current: float | None = None
    """Largest current that it may carry, A."""

    ct_ratio: float = 1.0
    """Current transformer ratio."""

    has_relay: bool = False
    """Whether it can open the supply and says so in its status."""

    may_export: bool = False
    """Whether feeding back is what it is for."""

    feeder_phase: FeederPhase | None = None
    """Where it hangs on the circuit."""

    gateway: str | None = None
    """The bridge that it is read through."""

    interval: int | None = None
    """Minutes between its samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stipulated:
    """What the file says."""

    settings: Settings = field(default_factory=Settings)
    """Thresholds and confirmation."""

    identity: Mapping[str, Stated] = field(default_factory=dict)
    """Serial number -> what is said of the meter."""

    @property
    def serials(self) -> set[str]:
        """The meters that are named."""
        return {*self.settings.meters, *self.settings.unwatched, *self.identity}


def _number(low: float, high: float) -> Callable[[object], bool]:
    def holds(value: object) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high

    return holds


def _whole(low: int, high: int) -> Callable[[object], bool]:
    def holds(value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high

    return holds


_PHASES: Final = ", ".join(FeederPhase)

_FACTS: Final[Mapping[str, tuple[Callable[[object], bool], str]]] = {
    "phases": (lambda value: type(value) is int and value in (1, 3), "1 or 3"),
    "rated_voltage": (_number(50, 1000), "a number of volts from 50 to 1000"),
    "max_current": (_number(1, 10_000), "a number of amperes from 1 to 10000"),
    "ct_ratio": (_number(1, 10_000), "a number from 1 to 10000"),
    "has_relay": (lambda value: isinstance(value, bool), "true or false"),
    "may_export": (lambda value: isinstance(value, bool), "true or false"),
    "feeder_phase": (lambda value: value in tuple(FeederPhase), f"one of {_PHASES}"),
    "gateway": (lambda value: isinstance(value, str | int) and not isinstance(value, bool), "a name"),
    "interval": (_whole(1, 60), "a whole number of minutes from 1 to 60"),
}
"""What may be said of a meter: which values make sense, and that in words."""


class _Loader(yaml.SafeLoader):
    """Safe YAML in which serial numbers stay as they were written, whatever numbers YAML takes them for."""

    @override
    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError) as err:
            # what looks like a date, a number or what its tag says, and is none
            kind = node.tag.rpartition(":")[2]
            raise yaml.constructor.ConstructorError(
                None, None, f"{node.value!r} is no {kind}", node.start_mark
            ) from err

    @override
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str) or key == "<<":
                raise yaml.constructor.ConstructorError(None, None, "expected a name", key_node.start_mark)
            if key in found:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key!r} is there twice", key_node.start_mark
                )
            if key == "unwatched" and isinstance(value_node, yaml.SequenceNode):
                found[key] = [item.value for item in value_node.value]
            else:
                found[key] = self.construct_object(value_node, deep=True)
        return found


def read_settings(path: Path) -> Stipulated:
    """What the file says. Raises CommandError."""
    try:
        with path.open("rb") as file:
            body = file.read(MOST_BYTES + 1)
    except OSError as err:
        raise CommandError(f"cannot read {path}: {err.strerror}; give the path of a YAML file") from err
    if len(body) > MOST_BYTES:
        raise CommandError(f"{path}: larger than {MOST_BYTES >> 20} MiB; is it the settings file?")
    try:
        stored = yaml.load(body, _Loader)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as err:
        line = "" if err.problem_mark is None else f" line {err.problem_mark.line + 1}"
        raise CommandError(f"{path}{line}: {err.problem}; it must be YAML, see docs/replay.md") from err
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as err:
        raise CommandError(f"{path}: no YAML in UTF-8; see docs/replay.md for an example") from err
    if stored is None:
        return Stipulated()
    try:
        identity = _identity(stored.pop(IDENTITY, {})) if isinstance(stored, dict) else {}
        return Stipulated(settings=Settings.from_dict(stored), identity=identity)
    except SettingsError as err:
        more = f" or {IDENTITY}" if err.problem.endswith("unwatched") else ""
        raise CommandError(f"{path}: {err}{more}") from err


def _identity(stored: object) -> dict[str, Stated]:
    if not isinstance(stored, Mapping):
        raise SettingsError(IDENTITY, "expected serial numbers")
    return {serial: _stated(its, f"{IDENTITY}.{serial}") for serial, its in stored.items()}


def _stated(stored: object, path: str) -> Stated:
    known = ", ".join(_FACTS)
    if not isinstance(stored, Mapping):
        raise SettingsError(path, f"expected {known}")
    for name, value in stored.items():
        if name not in _FACTS:
            raise SettingsError(f"{path}.{name}", f"expected one of {known}")
        holds, expected = _FACTS[name]
        if not holds(value):
            raise SettingsError(f"{path}.{name}", f"expected {expected}")
    words: dict[str, Any] = dict(stored)
    if "feeder_phase" in words:
        words["feeder_phase"] = FeederPhase(words["feeder_phase"])
    if "gateway" in words:
        words["gateway"] = str(words["gateway"])
    return Stated(**words)
