"""What is kept of a meter: one sample a minute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import datetime as dt
from enum import IntEnum
from typing import Final

from .reading import Value

MINUTE: Final = 60
"""Seconds."""


class Provenance(IntEnum):
    """Where a sample comes from; of two of the same minute, the one with the higher number is believed."""

    PROFILE = 1
    """Worked out from the load profile that the meter itself keeps."""

    IMPORTED = 2
    """Handed in by a person."""

    MEASURED = 3
    """Read from the meter at that minute."""

    @property
    def word(self) -> str:
        """As people and CSV files see it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The readings of one meter in one minute."""

    serial: str
    """Serial number of the meter."""

    minute: int
    """The minute that it belongs to: whole minutes since 1970-01-01 UTC."""

    values: Mapping[str, Value]
    """Canonical quantity -> value in its canonical unit; quantities that are not stored may be among them."""

    provenance: Provenance = Provenance.MEASURED
    """Where it comes from."""

    frozen: bool = False
    """Whether the meter answered with its last measurement over and over: it has no live values then."""


def minute_of(at: float) -> int:
    """The minute since 1970-01-01 UTC that a moment (UTC s) is in."""
    return int(at // MINUTE)


def moment_of(minute: int, zone: dt.tzinfo = dt.UTC) -> dt.datetime:
    """When a minute since 1970-01-01 UTC begins, by the clock of ``zone``."""
    return dt.datetime.fromtimestamp(minute * MINUTE, zone)
