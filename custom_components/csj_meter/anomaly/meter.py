"""What the engine must know of a meter besides its samples."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..meters.identity import Capability, Identity

NOMINAL_VOLTAGE: Final = 230.0
"""V (IEC 60038), where a meter does not say."""


class FeederPhase(StrEnum):
    """Where a meter hangs on the circuit."""

    A = "a"
    B = "b"
    C = "c"

    THREE = "three_phase"
    """On all of them; which of its own phases is which of the circuit's, nobody knows."""

    UNKNOWN = "unknown"
    """On one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedMeter:
    """One meter, as the engine sees it."""

    serial: str
    """Serial number."""

    circuit: str | None = None
    """The circuit or transformer that it hangs on; its neighbours have the same, on whichever bridge."""

    gateway: str | None = None
    """The bridge that it is read through: meters of one gateway fall silent together when it fails."""

    phases: int = 1
    """1 or 3."""

    feeder_phase: FeederPhase = FeederPhase.UNKNOWN
    """Where it hangs on the circuit."""

    rated_voltage: float = NOMINAL_VOLTAGE
    """Nominal phase voltage Un, V."""

    max_current: float | None = None
    """Largest current that it may carry, A."""

    ct_ratio: float = 1.0
    """Current transformer ratio."""

    has_relay: bool = False
    """Whether it can open the supply and says so in its status."""

    may_export: bool = False
    """Whether feeding back is what it is for."""

    interval: int = 1
    """Minutes between its samples, 1..60."""

    @classmethod
    def of(
        cls,
        identity: Identity,
        *,
        circuit: str | None = None,
        gateway: str | None = None,
        feeder_phase: FeederPhase = FeederPhase.UNKNOWN,
    ) -> WatchedMeter:
        """The meter that says this of itself, and where it hangs."""
        return cls(
            serial=identity.serial,
            circuit=circuit,
            gateway=gateway,
            phases=identity.phases,
            feeder_phase=FeederPhase.THREE if identity.phases == 3 else feeder_phase,
            rated_voltage=identity.rated_voltage or NOMINAL_VOLTAGE,
            max_current=identity.max_current or None,
            ct_ratio=max(1.0, identity.ct_ratio),
            has_relay=Capability.RELAY in identity.capabilities,
            may_export=Capability.EXPORT in identity.capabilities,
        )
