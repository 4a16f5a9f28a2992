"""What a meter has said: one reading per group of registers that are polled together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

type Value = float | int | str | Decimal | tuple[float | None, ...] | None
"""A decoded quantity in its canonical unit; None where the meter has no such value now."""


class Group(StrEnum):
    """Registers that change at the same pace and are read together."""

    LIVE = "live"
    ENERGY = "energy"
    PREPAY = "prepay"
    HARMONICS = "harmonics"
    SETTINGS = "settings"
    IDENTITY = "identity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One group, read whole, at one time."""

    group: Group
    """Which registers this was."""

    values: Mapping[str, Value]
    """Canonical quantity -> value."""

    at: float
    """When the last reply arrived, seconds since 1970-01-01 UTC."""
