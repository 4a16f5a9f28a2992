"""How often the meters of a bridge are asked, as its options say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .meters.reading import Group
from .meters.rhythm import DEFAULT_PERIODS


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One period that can be set."""

    groups: tuple[Group, ...]
    """Groups that are read so often."""

    low: int
    """Shortest in s."""

    high: int
    """Longest in s."""

    @property
    def default(self) -> int:
        """Period in s when nobody has set one."""
        return int(DEFAULT_PERIODS[self.groups[0]])


PERIODS: Final[Mapping[str, Period]] = {
    "live_period": Period(groups=(Group.LIVE,), low=5, high=900),
    "energy_period": Period(groups=(Group.ENERGY, Group.PREPAY), low=10, high=3600),
    "harmonics_period": Period(groups=(Group.HARMONICS,), low=60, high=86_400),
    "settings_period": Period(groups=(Group.SETTINGS, Group.IDENTITY), low=300, high=86_400),
}
"""Option -> what it sets."""


def periods_of(options: Mapping[str, Any]) -> dict[Group, float]:
    """Seconds between two reads of each group; what is missing or out of bounds is as by default."""
    periods: dict[Group, float] = {}
    for name, period in PERIODS.items():
        value = options.get(name, period.default)
        sound = isinstance(value, int | float) and period.low <= value <= period.high
        periods |= dict.fromkeys(period.groups, float(value if sound else period.default))
    return periods
