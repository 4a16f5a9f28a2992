"""What is set of one kind of finding, as people enter it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from homeassistant.const import PERCENTAGE, UnitOfElectricCurrent, UnitOfPower, UnitOfTime

from ..anomaly.kinds import Kind
from ..anomaly.rules import RULES
from ..anomaly.settings import Tuning

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
