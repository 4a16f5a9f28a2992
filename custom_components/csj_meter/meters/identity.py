"""Who a meter is, as it says itself; kept with the configuration so that a silent meter has a face."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Self


class Capability(StrEnum):
    """What a meter can do beyond measuring; the order is that of the CSJ capability bits."""

    RELAY = "relay"
    PREPAY = "prepay"
    HARMONICS = "harmonics"
    EXPORT = "export"
    BATTERY = "battery"
    LOAD_PROFILE = "load_profile"
    FIRMWARE_UPDATE = "firmware_update"
    STS_TOKEN = "sts_token"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Identity block of one meter, decoded and checked."""

    serial: str
    """Serial number; the unique id of the meter everywhere."""

    profile: str
    """Name of the profile that reads it."""

    manufacturer: str
    """Maker, as the profile names it."""

    model: str
    """Model name, for example DTSY300."""

    phases: int
    """1 or 3."""

    tariffs: int
    """Number of tariffs, 1..8."""

    capabilities: frozenset[Capability] = frozenset()
    """What it offers."""

    firmware: str | None = None
    """Firmware version, "major.minor.patch" where known."""

    hardware: str | None = None
    """Hardware revision."""

    rated_voltage: float | None = None
    """Nominal phase voltage Un in V."""

    max_current: float | None = None
    """Maximum current in A."""

    ct_ratio: float = 1.0
    """Current transformer ratio."""

    pt_ratio: float = 1.0
    """Voltage transformer ratio."""

    def as_dict(self) -> dict[str, Any]:
        """Plain data for storage."""
        return asdict(self) | {"capabilities": sorted(self.capabilities)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The identity that ``as_dict`` wrote; unknown keys of a newer version are ignored."""
        known = {field.name for field in fields(cls)}
        values = {key: value for key, value in data.items() if key in known}
        values["capabilities"] = frozenset(Capability(name) for name in data.get("capabilities", ()))
        return cls(**values)
