"""What is watched on a meter, as numbers that are drawn beside its values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ..anomaly.harmonic_limits import STANDARD, VOLTAGE_HARMONICS
from ..anomaly.kinds import Kind
from ..anomaly.meter import NOMINAL_VOLTAGE
from ..anomaly.settings import Settings
from ..meters.identity import Identity

_VOLTAGES: Final = {
    "outage": Kind.OUTAGE,
    "sag": Kind.VOLTAGE_SAG,
    "undervoltage": Kind.UNDERVOLTAGE,
    "swell": Kind.VOLTAGE_SWELL,
}
"""Name of a limit -> the kind whose threshold it is, a share of the nominal voltage."""

FIFTY_OR_SIXTY: Final = 55.0
"""Hz; above it a line is one of 60 Hz, as for detection."""


def limits_of(
    settings: Settings,
    identity: Identity,
    circuit: str | None,
    measured: frozenset[str],
    frequency: float | None,
) -> dict[str, Any]:
    """The limits of a meter; ``measured`` are its quantities, ``frequency`` is what it shows in Hz."""

    def threshold(kind: Kind) -> float | None:
        tuned = settings.of(kind, identity.serial, circuit)
        return tuned.threshold if tuned.enabled and identity.serial not in settings.unwatched else None

    return {
        "voltage": _voltage(identity, threshold) if "voltage_l1" in measured else None,
        "frequency": _frequency(frequency, threshold(Kind.FREQUENCY)) if frequency else None,
        "harmonics": (
            {
                "voltage": {
                    "standard": STANDARD,
                    "orders": {str(order): limit for order, limit in VOLTAGE_HARMONICS.items()},
                    "thd": threshold(Kind.HARMONIC_DISTORTION),
                },
                # those of standards are for what a meter does not know: see docs/websocket.md
                "current": None,
            }
            if "voltage_harmonics_l1" in measured
            else None
        ),
    }


def _voltage(identity: Identity, threshold: Callable[[Kind], float | None]) -> dict[str, float | None]:
    nominal = identity.rated_voltage or NOMINAL_VOLTAGE
    shares = {name: threshold(kind) for name, kind in _VOLTAGES.items()}
    return {
        "nominal": nominal,
        **{name: None if share is None else round(nominal * share, 2) for name, share in shares.items()},
    }


def _frequency(frequency: float, percent: float | None) -> dict[str, float | None]:
    nominal = 60.0 if frequency > FIFTY_OR_SIXTY else 50.0
    if percent is None:
        return {"nominal": nominal, "low": None, "high": None}
    away = nominal * percent / 100
    return {"nominal": nominal, "low": round(nominal - away, 3), "high": round(nominal + away, 3)}
