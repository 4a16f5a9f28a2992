"""Energy hour by hour, as the statement and the forecast take it from whoever keeps history."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
import datetime as dt
import math
from typing import Final, Self

HOUR: Final = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """One hour, or the part of it that was asked for."""

    start: dt.datetime
    """UTC."""

    end: dt.datetime
    """UTC, at most an hour later."""

    energy: tuple[float, ...] | None
    """kWh by tariff, tariff 1 first; None where nothing is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HourlyEnergy:
    """Imported energy of consecutive hours."""

    start: dt.datetime
    """Where the first hour begins, UTC."""

    hours: tuple[tuple[float, ...] | None, ...]
    """kWh of each hour by tariff, tariff 1 first; None where nothing is known."""

    @classmethod
    def of(cls, start: dt.datetime, hours: Sequence[Sequence[float] | None]) -> Self:
        """From lists or arrays.

        An hour with a value that is no number is an hour of which nothing is known. A negative value is net
        export: nothing was bought. Raises ValueError when ``start`` has no time zone.
        """
        if start.tzinfo is None:
            raise ValueError(f"the start {start} of hourly energy has no time zone")
        return cls(start=start.astimezone(dt.UTC), hours=tuple(_known(hour) for hour in hours))

    @classmethod
    def nothing(cls, start: dt.datetime) -> Self:
        """No history at all."""
        return cls.of(start, ())

    def between(self, since: dt.datetime, until: dt.datetime) -> Iterator[Hour]:
        """The hours from ``since`` to ``until``, known or not.

        Those cut by the bounds (midnight is not on the hour everywhere) are there with their share.
        """
        number = (since - self.start) // HOUR
        while (start := self.start + number * HOUR) < until:
            energy = self.hours[number] if 0 <= number < len(self.hours) else None
            first, last = max(start, since), min(start + HOUR, until)
            share = (last - first) / HOUR
            yield Hour(
                start=first,
                end=last,
                energy=None if energy is None else tuple(used * share for used in energy),
            )
            number += 1


type HourlyLoad = Callable[[dt.datetime, dt.datetime], HourlyEnergy]
"""The energy from one moment (UTC) to another, as far as somebody knows it."""


def _known(hour: Sequence[float] | None) -> tuple[float, ...] | None:
    if hour is None:
        return None
    values = tuple(float(value) for value in hour)
    return tuple(max(0.0, value) for value in values) if all(map(math.isfinite, values)) else None
